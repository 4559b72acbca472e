// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/webpush"
)

// maker is where the maker of a browser takes messages in, and the browser that reads them.
type maker struct {
	*httptest.Server
	mu     sync.Mutex
	key    *ecdh.PrivateKey
	auth   []byte
	heads  []http.Header
	got    []inbox.Message
	status int
}

func newMaker(t testing.TB) *maker {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m := &maker{key: key, auth: []byte("0123456789abcdef"), status: http.StatusCreated}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		defer m.mu.Unlock()
		w.WriteHeader(m.status)
		if m.status >= 300 {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err == nil {
			body, err = webpush.Open(body, m.key, m.auth)
		}
		var said inbox.Message
		if err == nil {
			err = json.Unmarshal(body, &said)
		}
		if err != nil {
			said.Title = "unreadable: " + err.Error()
		}
		m.got, m.heads = append(m.got, said), append(m.heads, r.Header.Clone())
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *maker) fields() url.Values {
	b64 := base64.RawURLEncoding
	return url.Values{"endpoint": {m.URL + "/send/x"}, "p256dh": {b64.EncodeToString(m.key.PublicKey().Bytes())}, "auth": {b64.EncodeToString(m.auth)}}
}

func (m *maker) taken() []inbox.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.got
	m.got = nil
	return out
}

func TestTold_TheDesktopHearsNumberAndKindAlone(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		m := newMaker(o)
		agent := o.SignInAs(o.agent)
		if r := agent.Post("/me/push/key", url.Values{}); r.Status != http.StatusOK || !strings.Contains(r.Body, `"key":"B`) || agent.Post("/me/push/key", url.Values{}).Body != r.Body {
			o.Fatalf("no key, or another one each time: %d %s", r.Status, r.Body)
		}
		if r := agent.Post("/me/push", m.fields()); r.Status != http.StatusSeeOther {
			o.Fatalf("%d %s", r.Status, r.Body)
		}
		list, err := o.Inbox.Browsers(o.Context(), apptest.Actor(o.agent, "web"))
		if err != nil || len(list) != 1 {
			o.Fatal(list, err)
		}
		agent.Post("/me/push/"+key(list[0].ID)+"/try", url.Values{})
		o.RunJobs()
		if got := m.taken(); len(got) != 1 || got[0].Title != "桌面通知可用" {
			o.Fatalf("%+v", got)
		}
		o.note(o.lead, "@陈立 看一下纸盒")
		o.note(o.agent, "看过了") // one's own
		o.RunJobs()
		path := "/work/tickets/" + strings.TrimPrefix(o.t.Ref(), ticket.Prefix)
		want := []inbox.Message{{Title: o.t.Ref(), Body: "有人提到您", Path: path, Tag: o.t.Ref(), Lang: "zh-CN"}}
		if d := cmp.Diff(want, m.taken()); d != "" {
			o.Error(d)
		}
		head := m.heads[len(m.heads)-1]
		if head.Get("Content-Encoding") != "aes128gcm" || head.Get("TTL") == "" || !strings.HasPrefix(head.Get("Authorization"), "vapid t=") || !strings.HasSuffix(head.Get("Authorization"), agentKey(o, agent)) {
			o.Errorf("%v", head)
		}
		w, err := o.Inbox.Wishes(o.Context(), apptest.Actor(o.agent, "web"))
		if err != nil {
			o.Fatal(err)
		}
		w.Reader.Words = true
		if err := o.Inbox.SaveWishes(o.Context(), apptest.Actor(o.agent, "web"), w); err != nil {
			o.Fatal(err)
		}
		o.note(o.lead, "@陈立 再看一下")
		o.RunJobs()
		if got := m.taken(); len(got) != 1 || !strings.Contains(got[0].Title, "打印机卡纸") || strings.Contains(got[0].Title+got[0].Body, "再看") {
			o.Errorf("with leave: %+v", got)
		}
		m.status = http.StatusGone
		o.note(o.lead, "@陈立 第三次")
		o.RunJobs()
		if list, err = o.Inbox.Browsers(o.Context(), apptest.Actor(o.agent, "web")); err != nil || len(list) != 0 {
			o.Error("a browser that is gone is kept", list, err)
		}
	})
}

func agentKey(t testing.TB, c *apptest.Client) string {
	t.Helper()
	var answer struct{ Key string }
	if err := json.Unmarshal([]byte(c.Post("/me/push/key", url.Values{}).Body), &answer); err != nil {
		t.Fatal(err)
	}
	return ", k=" + answer.Key
}

// An endpoint is an address that somebody else chose: it never leads into the house (S39).
func TestS39_ABrowserLiesOutsideOfTheHouse(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	agent, m := h.SignIn(access.Agent), newMaker(t)
	for _, at := range []string{m.URL, "https://127.0.0.1/x", "https://localhost/x", "https://10.0.0.8/x", "http://push.example.net/x", "https://169.254.169.254/", "ftp://push.example.net/", "https://u:p@push.example.net/", ""} {
		f := m.fields()
		f.Set("endpoint", at)
		if r := agent.Post("/me/push", f); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", at, r.Status)
		}
	}
	for name, value := range map[string]string{"p256dh": "AAAA", "auth": "AAAA"} {
		f := m.fields()
		f.Set("endpoint", "https://push.example.net/x")
		f.Set(name, value)
		if r := agent.Post("/me/push", f); r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, r.Status)
		}
	}
}

// What the worker may say of the workspace: two shapes of addresses, of nobody's ticket.
var shapes = strings.NewReplacer(`"/work/visits"`, "", `/^\/work\/tickets\/[^/]+\/draft$/`, "")

// What the app is made of says nothing of anybody, in both languages.
func TestTheAppHoldsNothingOfAnybody(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	agent := h.SignIn(access.Agent)
	for _, path := range []string{"/offline", "/manifest.webmanifest", "/sw.js"} {
		a, b := agent.Get(path), h.Nobody().Get(path)
		if a.Status != http.StatusOK || strings.Contains(a.Body, agent.Person.Name) || strings.Contains(a.Body, agent.Person.Email) || strings.Contains(shapes.Replace(a.Body), "/work") {
			t.Errorf("%s: %d", path, a.Status)
		}
		if path == "/sw.js" && a.Body != b.Body {
			t.Error("the worker is another one for each")
		}
	}
	var m struct {
		Name, Lang string
		Start      string `json:"start_url"`
		Icons      []struct{ Src string }
	}
	r := agent.Get("/manifest.webmanifest")
	if err := json.Unmarshal([]byte(r.Body), &m); err != nil || m.Name == "" || m.Lang != "zh-CN" || r.Header.Get("Content-Type") != "application/manifest+json" {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, icon := range m.Icons {
		if r := agent.Get(icon.Src); r.Status != http.StatusOK {
			t.Errorf("%s: %d", icon.Src, r.Status)
		}
	}
	for c, want := range map[*apptest.Client]string{agent: "/work", h.SignIn(access.Requester): "/", h.Nobody(): "/"} {
		if got := c.Get(m.Start).Location(); got != want {
			t.Errorf("%s starts at %s", c.Person.Role, got)
		}
	}
}
