// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

func TestOnesOwnProfileIsSavedAndKeptWhenRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.requester)
	if w := b.get("/me"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `value="王海燕"`) {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	w := b.post("/me", "name", "", "phone", "010-1234", "lang", "zh-CN", "zone", "", "version", "1")
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="010-1234"`) || !strings.Contains(w.Body.String(), `aria-invalid="true"`) {
		t.Fatalf("without a name: %d\n%s", w.Code, w.Body)
	}
	w = b.post("/me", "name", "王海燕", "phone", "010-1234", "department", "财务部", "place", "3 楼", "lang", "en", "zone", "Europe/Berlin", "version", "1")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/me" {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	p, err := h.people.Get(t.Context(), h.requester.ID)
	if err != nil || p.Phone != "010-1234" || p.Lang != "en" || p.Zone != "Europe/Berlin" || p.Email != h.requester.Email {
		t.Fatalf("%+v %v", p, err)
	}
	if w := b.get("/me"); !strings.Contains(w.Body.String(), `lang="en"`) || !strings.Contains(w.Body.String(), "Signed-in devices") {
		t.Errorf("the page does not speak the new language:\n%s", w.Body)
	}
	w = b.post("/me", "name", "王海燕二", "lang", "en", "version", "1")
	if w.Code != http.StatusPreconditionFailed || !strings.Contains(w.Body.String(), `value="王海燕二"`) || !strings.Contains(w.Body.String(), fmt.Sprintf(`name="version" value="%d"`, p.Version)) {
		t.Errorf("somebody was quicker: %d\n%s", w.Code, w.Body)
	}
}

func TestA78_ATokenIsShownOnceAndCanBeRevoked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	if w := b.post("/me/tokens", "name", " "); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a name: %d", w.Code)
	}
	w := b.post("/me/tokens", "name", "监控")
	secret := regexp.MustCompile(`ldk_[a-z2-7]{26}`).FindString(w.Body.String())
	if w.Code != http.StatusOK || secret == "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	if p, err := h.sessions.WhoseToken(t.Context(), secret); err != nil || p.ID != h.agent.ID {
		t.Errorf("%+v %v", p, err)
	}
	again := b.get("/me").Body.String()
	if strings.Contains(again, secret) || !strings.Contains(again, "监控") {
		t.Error("the secret is shown again, or the token is not listed")
	}
	which := regexp.MustCompile(`/me/tokens/(\d+)/revoke`).FindStringSubmatch(again)
	if w := h.as(h.lead).post("/me/tokens/" + which[1] + "/revoke"); w.Code != http.StatusNotFound {
		t.Errorf("somebody else revokes it: %d", w.Code)
	}
	if w := b.post("/me/tokens/" + which[1] + "/revoke"); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if _, err := h.sessions.WhoseToken(t.Context(), secret); err == nil {
		t.Error("it still works")
	}
}

func TestA67_OneCanEndAVisitElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	here, there := h.as(h.agent), h.nobody()
	there.post("/signin", "email", h.agent.Email, "password", passphrase)
	stranger := h.as(h.lead)
	ids := regexp.MustCompile(`/me/sessions/(\d+)/end`).FindAllStringSubmatch(here.get("/me").Body.String(), -1)
	if len(ids) != 1 {
		t.Fatalf("sessions to end: %v", ids)
	}
	path := "/me/sessions/" + ids[0][1] + "/end"
	if w := stranger.post(path); w.Code != http.StatusNotFound {
		t.Errorf("somebody else ends it: %d", w.Code)
	}
	if w := here.post(path); w.Code != http.StatusSeeOther {
		t.Errorf("%d", w.Code)
	}
	if w := there.get("/me"); w.Code != http.StatusSeeOther {
		t.Errorf("there it goes on: %d", w.Code)
	}
	if w := here.get("/me"); w.Code != http.StatusOK {
		t.Errorf("here it does not: %d", w.Code)
	}
}

func TestTheReadersLanguageZoneAndTheme(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seen := ""
	h.router.Get("/seen", page.Public, func(c *page.Ctx) error {
		seen = fmt.Sprint(c.Lang, " ", c.Zone, " ", c.Theme)
		return c.Text(http.StatusOK, "")
	})
	see := func(b *browser) string {
		b.get("/seen")
		return seen
	}
	if got := see(h.nobody()); got != "zh-CN Asia/Shanghai auto" {
		t.Errorf("the desk's own: %s", got)
	}
	b := h.nobody().with("Accept-Language", "en-GB")
	if got := see(b); got != "en Asia/Shanghai auto" {
		t.Errorf("the browser's: %s", got)
	}
	w := b.post("/lang", "lang", "zh", "next", "/signin?next=/me")
	if got := see(b); w.Header().Get("Location") != "/signin?next=/me" || got != "zh-CN Asia/Shanghai auto" {
		t.Errorf("chosen on this browser: %s", got)
	}
	b.post("/theme", "theme", "dark")
	if got := see(b); got != "zh-CN Asia/Shanghai dark" {
		t.Errorf("the theme: %s", got)
	}
	for _, bad := range [][3]string{{"/lang", "lang", "fr"}, {"/theme", "theme", "pink"}, {"/theme", "theme", ""}} {
		if w := b.post(bad[0], bad[1], bad[2]); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", bad, w.Code)
		}
	}
	me := h.as(h.agent).with("Accept-Language", "en")
	if got := see(me); got != "zh-CN Asia/Shanghai auto" {
		t.Errorf("a person's own language stands before the browser's: %s", got)
	}
	me.post("/lang", "lang", "en")
	if p, err := h.people.Get(t.Context(), h.agent.ID); err != nil || p.Lang != "en" {
		t.Errorf("%+v %v", p, err)
	}
	d := setting.Start()
	d.Lang, d.Zone = "en", "Europe/Berlin"
	if err := setting.Save(t.Context(), h.settings, h.actor(h.admin, "web"), setting.DeskName, d, setting.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if got := see(h.nobody()); got != "en Europe/Berlin auto" {
		t.Errorf("another desk: %s", got)
	}
}

func TestS35_PathVariantsNeverOpenMore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.nobody()
	for _, path := range []string{"/me", "/events", "/files/1/a/b", "/frame/1/1"} {
		for _, v := range []string{"/%v", "/.%v", "/x/..%v", "%v/", "%v/.", "%v;x", "%v%%20", "%v%%00", "%v.", "/..;%v", "%v%%2f", "%v?x", "/%%2e%v", "/%%2e%%2e%v"} {
			address := fmt.Sprintf(v, path)
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if err := setPath(r, address); err != nil {
				continue // no address at all
			}
			w := b.do(r)
			switch w.Code {
			case http.StatusNotFound, http.StatusBadRequest:
			case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect, http.StatusSeeOther:
				if strings.HasPrefix(w.Header().Get("Location"), "//") {
					t.Errorf("%s leads away: %s", address, w.Header().Get("Location"))
				}
			default:
				t.Errorf("%s: %d", address, w.Code)
			}
		}
	}
}

func TestTheServerHasDeadlines(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s := page.NewServer(":0", h.router)
	if s.ReadHeaderTimeout <= 0 || s.ReadTimeout <= 0 || s.WriteTimeout <= 0 || s.IdleTimeout <= 0 || s.MaxHeaderBytes <= 0 || s.MaxHeaderBytes > 64<<10 {
		t.Errorf("%+v", s)
	}
}

func TestADeviceIsCalledWhatItsOwnerCallsIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0": "Edge · Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1":          "Safari · iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36 MicroMessenger/8.0":               "WeChat · Android",
		"curl/8": "curl/8",
		"<b>x":   "&lt;b&gt;x",
		"":       "–",
	} {
		h.password(h.agent)
		b := h.nobody().with("User-Agent", agent)
		b.post("/signin", "email", h.agent.Email, "password", passphrase)
		if body := b.get("/me").Body.String(); !strings.Contains(body, ">"+want+"</td>") {
			t.Errorf("%q is not called %q", agent, want)
		}
	}
}
