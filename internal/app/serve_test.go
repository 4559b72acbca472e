// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// desk is a `loopdesk serve` that runs in this process.
type desk struct {
	*terminal
	dir     string
	url     string
	metrics string
	stop    context.CancelFunc
	ended   chan int
	once    sync.Once
}

// serve starts a desk on free ports and waits until it says that it is ready.
func serve(t *testing.T, dir string, args ...string) *desk {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	d := &desk{terminal: newTerminal(t), dir: dir, stop: stop, ended: make(chan int, 1)}
	pr, pw := io.Pipe()
	lines := bufio.NewScanner(pr)
	go func() {
		args = append([]string{"serve", "--data", dir, "--http", "127.0.0.1:0", "--smtp", "127.0.0.1:0", "--metrics", "127.0.0.1:0"}, args...)
		d.ended <- d.runInto(ctx, io.MultiWriter(&d.out, pw), args...)
		_ = pw.Close()
	}()
	t.Cleanup(d.close)
	for d.metrics == "" && lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), "ready: "); ok {
			d.url = at
		}
		if _, at, ok := strings.Cut(lines.Text(), "Metrics: "); ok {
			d.metrics = strings.TrimSuffix(at, "/metrics")
		}
	}
	go func() { _, _ = io.Copy(io.Discard, pr) }()
	if d.metrics == "" {
		t.Fatalf("the desk did not start:\n%s%s", d.out.String(), d.err.String())
	}
	return d
}

// close stops the desk as SIGTERM does and waits for its end.
func (d *desk) close() {
	d.once.Do(func() {
		d.stop()
		if code := <-d.ended; code != 0 {
			d.t.Errorf("the desk ended with %d:\n%s", code, d.err.String())
		}
	})
}

// ask sends a request that follows no redirect and returns status and body.
func ask(t *testing.T, method, at string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

var setUpLink = regexp.MustCompile(`http://localhost:\d+(/setup/[a-z2-7]{26})`)

func TestS53_TheSetUpLinkWorksOnceAndOnlyWithoutAnAdministrator(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "desk")
	d := serve(t, dir)
	found := setUpLink.FindStringSubmatch(d.out.String())
	if found == nil {
		t.Fatalf("no set-up link:\n%s", d.out.String())
	}
	link := d.url + found[1]
	if status, _ := ask(t, http.MethodGet, link, nil); status != http.StatusOK {
		t.Errorf("the link answers %d", status)
	}
	if status, _ := ask(t, http.MethodGet, d.url+"/setup/"+id.Token(), nil); status != http.StatusNotFound {
		t.Errorf("a made-up link answers %d", status)
	}
	form := url.Values{"name": {"Ada"}, "email": {"ada@desk.example"}, "password": {"correct horse battery"}}
	if status, body := ask(t, http.MethodPost, link, form); status != http.StatusSeeOther {
		t.Fatalf("set-up answers %d\n%s", status, body)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if status, _ := ask(t, method, link, form); status != http.StatusNotFound {
			t.Errorf("%s of the used link answers %d", method, status)
		}
	}
	d.close()
	if again := serve(t, dir); setUpLink.MatchString(again.out.String()) {
		t.Error("a desk with an administrator prints a set-up link")
	}
}

func TestS53_EachStartVoidsTheLastLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := serve(t, dir)
	old := setUpLink.FindStringSubmatch(first.out.String())
	first.close()
	second := serve(t, dir)
	fresh := setUpLink.FindStringSubmatch(second.out.String())
	if old == nil || fresh == nil || old[1] == fresh[1] {
		t.Fatalf("links %v and %v", old, fresh)
	}
	if status, _ := ask(t, http.MethodGet, second.url+old[1], nil); status != http.StatusNotFound {
		t.Errorf("the link of the last start answers %d", status)
	}
}

func TestF24_ASecondDeskOnTheSameDataIsRefused(t *testing.T) {
	t.Parallel()
	d := serve(t, t.TempDir())
	second := newTerminal(t)
	second.want(1, "serve", "--data", d.dir, "--http", "127.0.0.1:0", "--smtp", "", "--metrics", "")
	if !strings.Contains(second.err.String(), "loopdesk.db") {
		t.Errorf("it does not say why: %s", second.err.String())
	}
	if status, _ := ask(t, http.MethodGet, d.url+"/readyz", nil); status != http.StatusOK {
		t.Errorf("the first desk answers %d afterwards", status)
	}
}

func TestAnAddressThatIsTakenIsNamed(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	x := newTerminal(t)
	x.want(1, "serve", "--data", t.TempDir(), "--http", l.Addr().String(), "--smtp", "", "--metrics", "")
	if !strings.Contains(x.err.String(), l.Addr().String()) {
		t.Error(x.err.String())
	}
}

// The operator's figures are not among the pages (A79).
func TestA79_MetricsAreNotPublic(t *testing.T) {
	t.Parallel()
	d := serve(t, t.TempDir())
	if status, _ := ask(t, http.MethodGet, d.url+"/metrics", nil); status != http.StatusNotFound {
		t.Errorf("/metrics answers %d to everybody", status)
	}
	status, body := ask(t, http.MethodGet, d.metrics+"/metrics", nil)
	if status != http.StatusOK || !strings.Contains(body, `loopdesk_tickets{view="risk"} 0`) || !strings.Contains(body, "loopdesk_http_request_seconds") {
		t.Errorf("%d\n%s", status, body)
	}
	for _, method := range []string{http.MethodPost, http.MethodTrace} {
		if status, _ := ask(t, method, d.url+"/healthz", nil); status != http.StatusMethodNotAllowed {
			t.Errorf("%s /healthz answers %d", method, status)
		}
	}
}

// A request that was under way when the desk was told to stop is answered; meanwhile the
// desk says that it is not ready, and afterwards it is gone.
func TestF07_ARequestUnderWayIsAnsweredBeforeTheEnd(t *testing.T) {
	t.Parallel()
	d := serve(t, t.TempDir())
	at, err := url.Parse(d.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", at.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	form := url.Values{"email": {"nobody@desk.example"}, "password": {"wrong horse battery"}}.Encode()
	_, _ = fmt.Fprintf(conn, "POST /signin HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", at.Host, len(form))
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100") { // its handler reads now
		t.Fatalf("%q %v", line, err)
	}
	_, _ = answers.ReadString('\n')
	d.stop()
	for {
		if status, _ := ask(t, http.MethodGet, d.metrics+"/readyz", nil); status == http.StatusServiceUnavailable {
			break
		}
	}
	_, _ = io.WriteString(conn, form)
	res, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatalf("the request was cut: %v", err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusOK {
		t.Errorf("the request was answered with %d", res.StatusCode)
	}
	d.close()
	if !strings.Contains(d.out.String(), "stopped") {
		t.Error("the end is not told")
	}
}

func TestTheDataFolderIsNobodyElsesBusiness(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Log("modes are inherited there")
		return
	}
	dir := filepath.Join(t.TempDir(), "deep", "desk")
	d := serve(t, dir)
	d.close()
	n := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		n++
		want := fs.FileMode(0o600)
		if e.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
		return nil
	})
	if err != nil || n < 4 {
		t.Errorf("%d names looked at: %v", n, err)
	}
}

func TestTheMasterKeyIsMadeOnceAndADamagedOneIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newTerminal(t).want(0, "migrate", "--data", dir)
	path := filepath.Join(dir, "master.key")
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	newTerminal(t).want(0, "migrate", "--data", dir)
	if again, err := os.ReadFile(path); err != nil || string(again) != string(first) {
		t.Errorf("the key changed: %v", err)
	}
	write(t, dir, "master.key", string(first[:20])+"\n")
	x := newTerminal(t)
	x.want(1, "migrate", "--data", dir)
	if !strings.Contains(x.err.String(), "master.key") {
		t.Error(x.err.String())
	}
}

func TestF12_AFolderThatCannotBeUsedIsNamed(t *testing.T) {
	t.Parallel()
	file := write(t, t.TempDir(), "desk", "not a folder")
	x := newTerminal(t)
	x.want(1, "serve", "--data", file, "--http", "127.0.0.1:0", "--smtp", "", "--metrics", "")
	if !strings.Contains(x.err.String(), file) {
		t.Error(x.err.String())
	}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		t.Error("what was there is gone")
	}
}

func TestDataOfAnotherMasterKeyIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	serve(t, dir).close()
	if err := os.Remove(filepath.Join(dir, "master.key")); err != nil {
		t.Fatal(err)
	}
	x := newTerminal(t)
	x.want(1, "serve", "--data", dir, "--http", "127.0.0.1:0", "--smtp", "", "--metrics", "")
	if !strings.Contains(x.err.String(), "master.key") {
		t.Error(x.err.String())
	}
}

// A certificate makes the listener speak TLS 1.2 or newer, and cookies secure (A31, A76).
func TestA76_ACertificateEncryptsThePages(t *testing.T) {
	t.Parallel()
	cert, key, pool := certificate(t)
	d := serve(t, t.TempDir(), "--tls-cert", cert, "--tls-key", key)
	if !strings.HasPrefix(d.url, "https://localhost:") {
		t.Fatalf("the desk says it is at %s", d.url)
	}
	get := func(version uint16) (*http.Response, error) {
		client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MaxVersion: version, MinVersion: tls.VersionTLS10}}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.url+"/signin", nil)
		if err != nil {
			t.Fatal(err)
		}
		return client.Do(req)
	}
	if res, err := get(tls.VersionTLS11); err == nil {
		_ = res.Body.Close()
		t.Error("TLS 1.1 is spoken")
	}
	res, err := get(tls.VersionTLS13)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	wrong := newTerminal(t)
	wrong.want(2, "serve", "--data", t.TempDir(), "--http", "127.0.0.1:0", "--smtp", "", "--metrics", "", "--tls-cert", key, "--tls-key", cert)
}
