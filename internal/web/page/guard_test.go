// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// filled replaces the parts of a pattern by things that exist.
func (h *house) filled(pattern string, t ticket.Ticket, token, message string) string {
	return strings.NewReplacer("{number}", t.Ref(), "{token}", token, "{name}", "a.png", "{message}", message,
		"{code}", h.code(t), "{secret}", "none", "{id}", "1", "/{$}", "/").Replace(pattern)
}

func TestA34_A35_EveryAnswerCarriesThePolicies(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.router.Face(page.Portal).Get("/panics", page.Public, func(*page.Ctx) error { panic("x") })
	h.router.Foreign("/foreign/", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	token := h.stage(h.requester, ticket.File{Name: "a.png", Data: strings.NewReader(png)})
	tk := h.record(h.requester, ticket.Say{Text: "打印机不工作", HTML: "<p>x</p>", Files: []string{token}})
	b := h.as(h.requester)
	addresses := []string{"/nothing", "/panics", "/foreign/x", "//signin", "/files/1/none/x"}
	for _, r := range h.router.Routes() {
		if r.Method == http.MethodGet && !strings.HasSuffix(r.Pattern, "/events") {
			addresses = append(addresses, h.filled(r.Pattern, tk, token, "1"))
		}
	}
	check := func(what string, w *httptest.ResponseRecorder) {
		csp := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: %d: no %s in %q", what, w.Code, want, csp)
			}
		}
		frame := strings.Contains(what, "/frame/") && w.Code == http.StatusOK
		if strings.Contains(strings.ReplaceAll(csp, "style-src-attr 'unsafe-inline'", ""), "unsafe") || (strings.Contains(csp, "unsafe") && !frame) {
			t.Errorf("%s: %q is unsafe", what, csp)
		}
		if frame && !strings.Contains(csp, "sandbox allow-popups allow-popups-to-escape-sandbox") {
			t.Errorf("%s: the frame is no sandbox: %q", what, csp)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", what, name, got)
			}
		}
		if p := w.Header().Get("Referrer-Policy"); p != "same-origin" && p != "no-referrer" {
			t.Errorf("%s: referrer policy %q", what, p)
		}
		if strings.Contains(what, "/t/") && w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: a link would leak by the referrer", what)
		}
		if w.Header().Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: HSTS without TLS", what)
		}
	}
	for _, a := range addresses {
		check("GET "+a, b.get(a))
		check("DELETE "+a, b.do(httptest.NewRequest(http.MethodDelete, a, nil)))
		check("cross-site POST "+a, b.with("Sec-Fetch-Site", "cross-site").post(a))
	}
}

func TestA32_HSTSIsSentWithTLS(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(k *page.Kit) { k.Secure = true })
	got := h.nobody().get("/signin").Header().Get("Strict-Transport-Security")
	seconds, err := strconv.Atoi(strings.TrimPrefix(got, "max-age="))
	if err != nil || seconds < 365*24*3600 {
		t.Errorf("HSTS: %q", got)
	}
}

func TestA37_S55_APostFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	tk := h.record(h.requester, ticket.Say{Text: "x"})
	b := h.as(h.requester)
	cases := []struct {
		name    string
		headers [2]string
	}{
		{"by fetch metadata", [2]string{"Sec-Fetch-Site", "cross-site"}},
		{"from another name of the same domain", [2]string{"Sec-Fetch-Site", "same-site"}},
	}
	for _, r := range h.router.Routes() {
		if r.Method != http.MethodPost {
			continue
		}
		for _, tt := range cases {
			w := b.with(tt.headers[0], tt.headers[1]).post(h.filled(r.Pattern, tk, "none", "1"), "lang", "en", "theme", "dark", "name", "x")
			if w.Code != http.StatusForbidden {
				t.Errorf("%s, %s: %d", r.Pattern, tt.name, w.Code)
			}
		}
		// A browser without fetch metadata names the origin.
		w := b.with("Sec-Fetch-Site", "").with("Origin", "https://evil.example").post(h.filled(r.Pattern, tk, "none", "1"), "lang", "en")
		if w.Code != http.StatusForbidden {
			t.Errorf("%s, by origin: %d", r.Pattern, w.Code)
		}
	}
	if p, err := h.people.Get(t.Context(), h.requester.ID); err != nil || p.Lang != "zh-CN" {
		t.Errorf("something was carried out: %+v %v", p, err)
	}
	if w := b.post("/lang", "lang", "en"); w.Code != http.StatusSeeOther {
		t.Errorf("our own form: %d", w.Code)
	}
}

func TestA44_UnknownMethodsAre405(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.nobody()
	cases := []struct{ method, path, allow string }{
		{"FOO", "/signin", "GET, HEAD, POST"},
		{"TRACE", "/signin", "GET, HEAD, POST"},
		{"OPTIONS", "/events", "GET, HEAD"},
		{"DELETE", "/signout", "POST"},
		{"GET", "/signout", "POST"},
		{"PUT", "/me", "GET, HEAD, POST"},
	}
	for _, tt := range cases {
		w := b.do(httptest.NewRequest(tt.method, tt.path, nil))
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != tt.allow {
			t.Errorf("%s %s: %d, allow %q", tt.method, tt.path, w.Code, w.Header().Get("Allow"))
		}
		said := "这个地址不接受这种请求"
		if tt.method == http.MethodGet { // somebody came back to it: there is a page, and a way on
			said = "这里没有可看的页面"
		}
		if body := w.Body.String(); !strings.Contains(body, said) || tt.method == http.MethodGet && !strings.Contains(body, `class="btn`) {
			t.Errorf("%s %s: no sentence:\n%s", tt.method, tt.path, w.Body)
		}
	}
	if w := b.do(httptest.NewRequest("FOO", "/nothing", nil)); w.Code != http.StatusNotFound {
		t.Errorf("an unknown address: %d", w.Code)
	}
}

func TestA69_ARouteWithoutAnActionStopsTheStart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	none := func(*page.Ctx) error { return nil }
	cases := []struct {
		name    string
		pattern string
		action  access.Action
		panics  bool
	}{
		{"no action", "/a", "", true},
		{"an action that does not exist", "/b", "ticket.reed", true},
		{"an action of the desk itself", "/c", access.TicketAuto, true},
		{"a link holder without a link", "/d", page.LinkHolder, true},
		{"the same address twice", "/signin", page.Public, true},
		{"an action", "/e", access.QueueRead, false},
		{"said to be public", "/f", page.Public, false},
	}
	for _, tt := range cases {
		func() {
			defer func() {
				if got := recover() != nil; got != tt.panics {
					t.Errorf("%s: panics %v", tt.name, got)
				}
			}()
			h.router.Get(tt.pattern, tt.action, none)
		}()
	}
}

// Every route of this room, for every sort of reader: let in or not. The table is written
// by hand, apart from the routes, so that a new one fails until somebody has thought about it.
func TestA69_S20_EveryOwnRouteHasARow(t *testing.T) {
	t.Parallel()
	const (
		in      = 0
		signIn  = http.StatusSeeOther
		refused = http.StatusUnauthorized
		staff   = http.StatusForbidden // for whoever is no staff
	)
	table := map[string]struct{ nobody, person int }{
		"GET /signin": {in, in}, "POST /signin": {in, in}, "GET /signin/mail": {in, in}, "POST /signin/mail": {in, in}, "GET /signin/mail/{secret}": {in, in}, "POST /signin/mail/{secret}": {in, in}, "POST /signout": {in, in}, "GET /forgot": {in, in}, "POST /forgot": {in, in},
		"GET /setup/{secret}": {in, in}, "POST /setup/{secret}": {in, in}, "GET /password/{secret}": {in, in}, "POST /password/{secret}": {in, in},
		"POST /lang": {in, in}, "POST /theme": {in, in},
		"GET /me": {signIn, in}, "POST /me": {refused, in}, "POST /me/password": {refused, in}, "POST /me/quiet": {refused, in}, "POST /me/away": {refused, in}, "POST /me/away/end": {refused, in}, "POST /me/sessions/{id}/end": {refused, in},
		"POST /me/tokens": {refused, in}, "POST /me/tokens/{id}/revoke": {refused, in},
		"GET /files/phone": {signIn, in}, "GET /u/{secret}": {in, in}, "POST /u/{secret}": {in, in},
		"POST /files": {refused, in}, "GET /files/{number}/{token}/{name}": {signIn, in}, "GET /frame/{number}/{message}": {signIn, in},
		"POST /t/{code}/files": {in, in}, "GET /t/{code}/files/{token}/{name}": {in, in}, "GET /t/{code}/frame/{message}": {in, in},
		"GET /events": {signIn, in}, "GET /t/{code}/events": {in, in},
		"GET /manifest.webmanifest": {in, in}, "GET /sw.js": {in, in}, "GET /offline": {in, in}, "GET /start": {in, in},
		"GET /me/notices": {signIn, staff}, "POST /me/notices": {refused, staff}, "POST /me/push": {refused, staff}, "POST /me/push/key": {refused, staff},
		"POST /me/push/{id}/try": {refused, staff}, "POST /me/push/{id}/remove": {refused, staff},
	}
	h := newHouse(t)
	tk := h.record(h.requester, ticket.Say{Text: "x"})
	for _, r := range h.router.Routes() {
		name := r.Method + " " + r.Pattern
		row, known := table[name]
		if !known {
			t.Errorf("%s has no row", name)
			continue
		}
		delete(table, name)
		path := h.filled(r.Pattern, tk, "none", "99")
		try := func(who string, b *browser, want int) {
			w := b.do(httptest.NewRequest(r.Method, path, nil))
			shut := w.Code == refused && !strings.Contains(w.Body.String(), `name="password"`) ||
				w.Code == signIn && strings.HasPrefix(w.Header().Get("Location"), "/signin?next=") || w.Code == http.StatusForbidden
			if (want == in) == shut || (want != in && w.Code != want) {
				t.Errorf("%s as %s: %d", name, who, w.Code)
			}
		}
		try("nobody", h.nobody(), row.nobody)
		try("requester", h.as(h.requester), row.person)
		try("administrator", h.as(h.admin), in)
	}
	for name := range table {
		t.Errorf("%s is in the table and nowhere else", name)
	}
}

func TestA43_OnlyAKnownProxyMayNameTheVisitor(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, peer, header, want string
	}{
		{"nobody is believed", "203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		{"our proxy is", "10.0.0.2:1", "198.51.100.1", "198.51.100.1"},
		{"what the client wrote itself is not", "10.0.0.2:1", "1.1.1.1, 198.51.100.1", "198.51.100.1"},
		{"two proxies", "10.0.0.2:1", "198.51.100.1, 10.0.0.3", "198.51.100.1"},
		{"nonsense", "10.0.0.2:1", "<script>", "10.0.0.2"},
		{"nothing", "10.0.0.2:1", "", "10.0.0.2"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := ""
			h := newHouse(t, func(k *page.Kit) { k.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
			h.router.Get("/who", page.Public, func(c *page.Ctx) error {
				got = c.Visitor().Address
				return c.Text(http.StatusOK, "")
			})
			r := httptest.NewRequest(http.MethodGet, "/who", nil)
			r.RemoteAddr = tt.peer
			r.Header.Set("X-Forwarded-For", tt.header)
			h.router.ServeHTTP(httptest.NewRecorder(), r)
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestA80_A86_TheLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	tk := h.record(h.requester, ticket.Say{Text: "x"})
	code := h.code(tk)
	h.password(h.agent)
	b := h.nobody()
	b.post("/signin", "email", h.agent.Email, "password", passphrase)
	b.get("/t/" + code + "/frame/1?x=" + code)
	b.get("/password/abcdefghijklmnopqrstuvwxyz")
	b.get("/nothing/" + code)
	logged := h.log.String()
	for _, secret := range []string{code, "abcdefghijklmnopqrstuvwxyz", passphrase, b.cookies["session"]} {
		if secret == "" || strings.Contains(logged, secret) {
			t.Errorf("%q stands in the log:\n%s", secret, logged)
		}
	}
	if !strings.Contains(logged, `route=/t/{code}/frame/{message}`) {
		t.Errorf("the pattern does not stand in the log:\n%s", logged)
	}
}

func TestPagesAreCompressedAndStreamsAreNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.nobody().with("Accept-Encoding", "gzip")
	if got := b.get("/signin").Header().Get("Content-Encoding"); got != "gzip" {
		t.Errorf("a page: %q", got)
	}
	h.router.Stream("/export", page.Public, func(c *page.Ctx) error {
		return c.Copy(strings.NewReader(strings.Repeat("x", 5000)), 5000)
	})
	w := b.get("/export")
	if w.Header().Get("Content-Encoding") != "" || w.Body.Len() != 5000 || w.Header().Get("Content-Length") != "5000" {
		t.Errorf("a stream: %v, %d bytes", w.Header(), w.Body.Len())
	}
}

// Whoever comes back to an address that takes forms alone is told so in words that fit every form,
// of a ticket or not, and finds a way to its page.
func TestA44_AnAddressOfFormsLeadsToItsPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/me/password", "/me/quiet"} {
		w := h.as(h.agent).get(path)
		if body := w.Body.String(); w.Code != http.StatusMethodNotAllowed || !strings.Contains(body, "表单所在的页面") || !strings.Contains(body, `href="/me"`) {
			t.Errorf("%s: %d\n%s", path, w.Code, body)
		}
	}
}
