// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
)

// odd are addresses that lead nowhere, or to failures, at every door.
func odd() []string {
	return []string{
		"/nothing", "/work/nothing", "/admin/nothing", "/api/v1/nothing", "/api/v2/", "/api/", "/assets/nothing.css", "/assets/", "/assets/../../etc/passwd",
		"/t/none", "/t/", "/setup/none", "/password/none", "/files/1/none/x", "/frame/1/1", "/requests/LD-999999", "/work/tickets/999999", "/work/tickets/x",
		"/requests/%00", "/requests/%ff", "/work?view=nothing", "/work?after=%00%ff", "/api/v1/tickets?view=nothing", "/api/v1/tickets?cursor=%ff", "//signin", "/signin/", "/SIGNIN",
		"/healthz/", "/events", "/events?topics=*", "/.git/HEAD", "/robots.txt", "/favicon.ico",
	}
}

// TestA34_A35_A42_A79_EveryAnswerOfEveryDoorIsWrapped asks every route and every way to fail
// at every door, and looks at what stands on the answer.
func TestA34_A35_A42_A79_EveryAnswerOfEveryDoorIsWrapped(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.guide() // before the ticket is closed by one of the questions
		w.deviation()
		n := 0
		look := func(what string, a answer) {
			t.Helper()
			n++
			wrapped(t, what, a)
		}
		for _, v := range []*visitor{w.nobody(), w.browser("admin", w.admin), w.program("admin", w.admin), w.holders()[0]} {
			for _, r := range w.routes() {
				if strings.Contains(r.pattern, "{id}") || r.pattern == "/signout" {
					continue
				}
				path := v.filled(r)
				look(v.name+" "+r.method+" "+path, v.ask(r))
				look(v.name+" DELETE "+path, v.send(http.MethodDelete, path, nil, nil))
				look(v.name+" cross-site "+path, v.send(http.MethodPost, path, nil, http.Header{"Sec-Fetch-Site": {"cross-site"}}))
				look(v.name+" no form "+path, v.send(http.MethodPost, path, strings.NewReader("{"), http.Header{"Content-Type": {"application/json"}}))
			}
			for _, path := range odd() {
				look(v.name+" GET "+path, v.get(path))
				look(v.name+" HEAD "+path, v.send(http.MethodHead, path, nil, nil))
				look(v.name+" part "+path, v.send(http.MethodGet, path, nil, http.Header{"Hx-Request": {"true"}}))
				look(v.name+" JSON "+path, v.send(http.MethodGet, path, nil, http.Header{"Accept": {"application/json"}}))
			}
		}
		t.Logf("%d answers", n)
	})
}

// tells are words by which an answer would tell what the desk is made of or where it lies: what has
// to stand there first, because most answers hold none, and what it then means.
var tells = []struct { //nolint:gochecknoglobals // a constant in all but name
	near  string
	means *regexp.Regexp
}{
	{"go1.", regexp.MustCompile(`go1\.\d+`)},
	{"loopdesk", regexp.MustCompile(`loopdesk[/ ]v?\d`)},
	{"postgres", regexp.MustCompile(`\bpostgres(ql)?\b`)},
	{"sqlite", regexp.MustCompile(`\bsqlite\b`)},
	{"pgx", regexp.MustCompile(`\bpgx\b`)},
	{"modernc", regexp.MustCompile(`\bmodernc\b`)},
	{"goose", regexp.MustCompile(`\bgoose\b`)},
	{"huma", regexp.MustCompile(`\bhuma\b`)},
	{"templ", regexp.MustCompile(`\btempl\b`)},
	{"/home/", regexp.MustCompile(`/home/`)},
	{"/root/", regexp.MustCompile(`/root/`)},
	{"internal/", regexp.MustCompile(`internal/(kit|desk|web|app)/`)},
	{".go:", regexp.MustCompile(`\.go:\d+`)},
	{"goroutine", regexp.MustCompile(`goroutine \d`)},
	{"panic:", regexp.MustCompile(`panic:`)},
	{"sqlstate", regexp.MustCompile(`sqlstate`)},
	{"pq:", regexp.MustCompile(`pq:`)},
}

// inside is what an answer tells of how the desk is made, "" where it tells nothing.
func inside(body string) string {
	body = strings.ToLower(body)
	for _, x := range tells {
		if strings.Contains(body, x.near) {
			if m := x.means.FindString(body); m != "" {
				return m
			}
		}
	}
	return ""
}

func wrapped(t *testing.T, what string, a answer) {
	t.Helper()
	csp := a.header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors"} {
		if !strings.Contains(csp, want) {
			t.Errorf("%s: %d: no %s in %q (A34)", what, a.status, want, csp)
		}
	}
	frame := (strings.Contains(what, "/frame/") || strings.Contains(what, "/admin/letters/")) && strings.Contains(csp, "sandbox") && (a.status == http.StatusOK || a.status == http.StatusUnprocessableEntity)
	if strings.Contains(strings.ReplaceAll(csp, "style-src-attr 'unsafe-inline'", ""), "unsafe-") || (strings.Contains(csp, "unsafe-") && !frame) {
		t.Errorf("%s: %q is unsafe (A34)", what, csp)
	}
	if a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s: %d without nosniff (A35)", what, a.status)
	}
	if p := a.header.Get("Referrer-Policy"); p != "same-origin" && p != "no-referrer" {
		t.Errorf("%s: referrer policy %q (A35)", what, p)
	}
	if p := a.header.Get("Cross-Origin-Resource-Policy"); p != "same-origin" {
		t.Errorf("%s: resource policy %q (A39)", what, p)
	}
	if a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("%s lets other origins in (A33)", what)
	}
	if !strings.Contains(what, "/assets/") && !strings.Contains(what, "openapi.json") && !strings.Contains(a.header.Get("Cache-Control"), "no-store") &&
		!strings.Contains(a.header.Get("Cache-Control"), "private") {
		t.Errorf("%s: may be kept: %q (A82)", what, a.header.Get("Cache-Control"))
	}
	for _, name := range []string{"Server", "X-Powered-By", "X-Aspnet-Version", "Via"} {
		if a.header.Get(name) != "" {
			t.Errorf("%s tells %s: %s (A79)", what, name, a.header.Get(name))
		}
	}
	for _, c := range a.header.Values("Set-Cookie") {
		if !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/") {
			t.Errorf("%s sets %q (A31)", what, c)
		}
	}
	kind, params, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if len(a.body) > 0 && (err != nil || (strings.HasPrefix(kind, "text/") && !strings.EqualFold(params["charset"], "utf-8") && kind != "text/event-stream")) {
		t.Errorf("%s: %d with the type %q (A42)", what, a.status, a.header.Get("Content-Type"))
	}
	if strings.HasPrefix(kind, "text/") && !utf8.ValidString(a.body) {
		t.Errorf("%s: is no UTF-8 (A42)", what)
	}
	if a.status >= 400 && !strings.Contains(what, "openapi") {
		if m := inside(a.body); m != "" {
			t.Errorf("%s: %d tells %q (A79, S46)", what, a.status, m)
		}
	}
	if a.status >= http.StatusInternalServerError && !strings.Contains(what, "/readyz") {
		t.Errorf("%s: %d\n%.300s", what, a.status, a.body)
	}
}

// TestA79_A44_S35_NothingIsOpenThatNobodyNamed: no method but those of the routes, no listing,
// no page for operators or developers, whatever way an address is written.
func TestA79_A44_S35_NothingIsOpenThatNobodyNamed(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		admin, nobody := w.browser("admin", w.admin), w.nobody()
		for _, path := range []string{
			"/metrics", "/debug/pprof/", "/debug/pprof/heap", "/debug/vars", "/debug", "/.git/config", "/.git/HEAD", "/.env", "/gallery", "/gallery/queue", "/loopdesk.db", "/data/", "/config.toml",
			"/server-status", "/openapi.json", "/docs", "/swagger", "/api/v1/docs", "/assets", "/assets/", "/assets/dist/", "/assets/src/", "/demo/mail", "/backup", "/admin/backup", "/setup", "/setup/", "/install", "/wp-login.php", "/phpinfo.php",
		} {
			for _, v := range []*visitor{nobody, admin} {
				if a := v.get(path); a.status != http.StatusNotFound && a.status != http.StatusMovedPermanently && a.status != http.StatusTemporaryRedirect {
					t.Errorf("%s reads %s: %d\n%.200s", v.name, path, a.status, a.body)
				}
			}
		}
		methods := map[string][]string{}
		for _, r := range w.routes() {
			methods[r.pattern] = append(methods[r.pattern], r.method)
		}
		for _, r := range w.routes() {
			if strings.Contains(r.pattern, "{id}") || strings.HasSuffix(r.pattern, "/") || strings.HasSuffix(r.pattern, "z") {
				continue
			}
			for _, m := range []string{"TRACE", "TRACK", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "OPTIONS", "FOO"} {
				v := admin
				if r.api {
					v = w.cookie()
				}
				a := v.send(m, v.filled(r), nil, nil)
				if a.status != http.StatusMethodNotAllowed && !slices.Contains(methods[r.pattern], m) {
					t.Errorf("%s %s: %d, want 405", m, r.pattern, a.status)
				}
				if strings.Contains(a.body, "Sec-Fetch-Site") {
					t.Errorf("%s %s echoes the request", m, r.pattern)
				}
			}
		}
		// However the address of an administrator's page is written, nobody else reads it.
		agent := w.browser("agent", w.agent)
		for _, variant := range []string{
			"//admin/people", "/./admin/people", "/x/../admin/people", "/admin//people", "/admin/./people", "/admin/people/", "/admin/people/.", "/admin/people;x=1", "/admin;x/people", "/%61dmin/people", "/admin%2fpeople",
			"/ADMIN/people", "/Admin/People", "/admin/people%00", "/admin/people%20", "/admin/people.", "/admin\\people", "/work/../admin/people", "/assets/../admin/people", "/api/v1/../../admin/people", "/admin/people?x=/..;/", "/healthz/../admin/people",
		} {
			req := &url.URL{Opaque: variant}
			for _, v := range []*visitor{nobody, agent} {
				a := v.raw(http.MethodGet, req)
				if a.status == http.StatusOK || strings.Contains(a.body, w.stranger.Email) {
					t.Errorf("%s reads %s: %d", v.name, variant, a.status)
				}
			}
		}
	})
}

// raw asks for an address as it is written, without any tidying on the way.
func (v *visitor) raw(method string, address *url.URL) answer {
	v.Helper()
	req, err := http.NewRequestWithContext(v.Context(), method, v.URL+"/", nil)
	v.must(err)
	base := req.URL
	req.URL = &url.URL{Scheme: base.Scheme, Host: base.Host, Opaque: "//" + base.Host + address.Opaque}
	for _, c := range v.client.Jar.Cookies(base) {
		req.AddCookie(c)
	}
	res, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		return answer{status: http.StatusBadRequest} // refused before it was sent
	}
	defer func() { _ = res.Body.Close() }()
	body := make([]byte, 1<<20)
	n := 0
	for n < len(body) {
		m, err := res.Body.Read(body[n:])
		n += m
		if err != nil {
			break
		}
	}
	return answer{status: res.StatusCode, header: res.Header, body: string(body[:n])}
}
