// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

func TestA31_CookiesCarryPrefixAndFlags(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{true, false} {
		h := newHouse(t, func(k *page.Kit) { k.Secure = secure })
		h.password(h.agent)
		b := h.nobody()
		w := b.post("/signin", "email", h.agent.Email, "password", passphrase)
		w2, w3 := b.post("/lang", "lang", "en"), b.post("/theme", "theme", "dark")
		got := map[string]string{}
		for _, k := range slices.Concat(w.Result().Cookies(), w2.Result().Cookies(), w3.Result().Cookies()) {
			if k.Path != "/" || k.Domain != "" || k.SameSite != http.SameSiteLaxMode || k.Secure != secure {
				t.Errorf("secure %v: %v", secure, k)
			}
			got[k.Name] = map[bool]string{true: "no script", false: "script"}[k.HttpOnly]
		}
		want := map[string]string{"session": "no script", "lang": "no script", "theme": "no script"}
		if secure {
			want = map[string]string{"__Host-session": "no script", "__Host-lang": "no script", "__Host-theme": "no script"}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("secure %v: %s", secure, d)
		}
	}
}

func TestA55_S47_TriesAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.password(h.agent)
	b := h.nobody()
	for i := range session.MaxTries {
		w := b.post("/signin", "email", h.agent.Email, "password", "wrong wrong wrong")
		if w.Code != http.StatusUnauthorized {
			t.Fatalf("try %d: %d", i, w.Code)
		}
		if !strings.Contains(w.Body.String(), `value="`+h.agent.Email+`"`) || strings.Contains(w.Body.String(), "wrong wrong") {
			t.Fatalf("the address is not kept, or the password is:\n%s", w.Body)
		}
	}
	if w := b.post("/signin", "email", h.agent.Email, "password", passphrase); w.Code != http.StatusTooManyRequests {
		t.Errorf("the right password after %d wrong ones: %d", session.MaxTries, w.Code)
	}
	h.clock.Advance(session.Window + time.Second)
	if w := b.post("/signin", "email", h.agent.Email, "password", passphrase); w.Code != http.StatusSeeOther {
		t.Errorf("after the window: %d", w.Code)
	}
}

func TestA60_S48_SignInTellsNobodyWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.password(h.agent)
	say := func(email string) string {
		w := h.nobody().post("/signin", "email", email, "password", "wrong wrong wrong")
		return http.StatusText(w.Code) + strings.ReplaceAll(w.Body.String(), email, "EMAIL")
	}
	known := say(h.agent.Email)
	for _, email := range []string{"nobody@example.test", h.requester.Email} {
		if d := cmp.Diff(known, say(email)); d != "" {
			t.Errorf("%s: %s", email, d)
		}
	}
}

func TestA60_S48_ForgettingAlwaysGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.nobody()
	first := b.post("/forgot", "email", h.agent.Email)
	second := b.post("/forgot", "email", "Nobody@Example.test")
	if first.Code != http.StatusOK || first.Body.String() != second.Body.String() {
		t.Errorf("%d and %d: %s", first.Code, second.Code, cmp.Diff(first.Body.String(), second.Body.String()))
	}
	if d := cmp.Diff([]string{h.agent.Email, "nobody@example.test"}, h.forgotten); d != "" {
		t.Error(d)
	}
	if w := b.post("/forgot", "email", "no address"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "no address") {
		t.Errorf("what is no address: %d", w.Code)
	}
	for range 20 {
		b.post("/forgot", "email", h.agent.Email)
	}
	if w := b.post("/forgot", "email", h.agent.Email); w.Code != http.StatusTooManyRequests {
		t.Errorf("without end: %d", w.Code)
	}
}

func TestA65_S45_EverySignInIsANewSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	old := b.cookies["session"]
	b.post("/signin", "email", h.agent.Email, "password", passphrase)
	fresh := b.cookies["session"]
	if len(old) < 26 || len(fresh) < 26 || old == fresh {
		t.Fatalf("the session %q became %q", old, fresh)
	}
	// A secret that somebody else has planted is not taken over, and the one before is over.
	for _, secret := range []string{old, "aaaaaaaaaaaaaaaaaaaaaaaaaa", "", "x"} {
		thief := h.nobody()
		thief.cookies["session"] = secret
		if w := thief.get("/me"); w.Code != http.StatusSeeOther {
			t.Errorf("session %q opens the profile: %d", secret, w.Code)
		}
	}
	planted := h.nobody()
	planted.cookies["session"] = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	planted.post("/signin", "email", h.agent.Email, "password", passphrase)
	if planted.cookies["session"] == "aaaaaaaaaaaaaaaaaaaaaaaaaa" {
		t.Error("a planted secret became a session")
	}
}

func TestA67_S45_WhoeverLosesRightsLosesTheSession(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		change func(*person.Person)
	}{
		{"disabled", func(p *person.Person) { p.Active = false }},
		{"another role", func(p *person.Person) { p.Role = access.Requester }},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			b := h.as(h.lead)
			if w := b.get("/me"); w.Code != http.StatusOK {
				t.Fatalf("before: %d", w.Code)
			}
			p, err := h.people.Get(t.Context(), h.lead.ID)
			if err != nil {
				t.Fatal(err)
			}
			tt.change(&p)
			if _, err := h.people.Change(t.Context(), h.actor(h.admin, "web"), p, 0); err != nil {
				t.Fatal(err)
			}
			if w := b.get("/me"); w.Code != http.StatusSeeOther {
				t.Errorf("afterwards: %d", w.Code)
			}
			if w := b.post("/me", "name", "x"); w.Code != http.StatusUnauthorized {
				t.Errorf("a command afterwards: %d", w.Code)
			}
		})
	}
}

func TestA67_ANewPasswordEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	here := h.as(h.agent)
	there := h.nobody()
	there.post("/signin", "email", h.agent.Email, "password", passphrase)
	w := here.post("/me/password", "old", "not this one", "password", "another good passphrase")
	if w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), "another good") {
		t.Fatalf("with the wrong old one: %d", w.Code)
	}
	if w := here.post("/me/password", "old", passphrase, "password", "short"); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("too short: %d", w.Code)
	}
	if w := here.post("/me/password", "old", passphrase, "password", "another good passphrase"); w.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	if w := here.get("/me"); w.Code != http.StatusOK {
		t.Errorf("here: %d", w.Code)
	}
	if w := there.get("/me"); w.Code != http.StatusSeeOther {
		t.Errorf("there: %d", w.Code)
	}
}

func TestA66_SessionsEndByThemselves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	admin, agent := h.as(h.admin), h.as(h.agent)
	h.clock.Advance(session.AdminIdle)
	if w := admin.get("/me"); w.Code != http.StatusSeeOther {
		t.Errorf("an idle administrator: %d", w.Code)
	}
	if w := agent.get("/me"); w.Code != http.StatusOK {
		t.Errorf("an agent after as long: %d", w.Code)
	}
	h.clock.Advance(session.Idle)
	if w := agent.get("/me"); w.Code != http.StatusSeeOther {
		t.Errorf("an idle agent: %d", w.Code)
	}
}

func TestA82_S57_SigningOutLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	secret := b.cookies["session"]
	w := b.post("/signout")
	if w.Code != http.StatusSeeOther || w.Header().Get("Clear-Site-Data") == "" || b.cookies["session"] != "" {
		t.Errorf("%d %v %v", w.Code, w.Header(), b.cookies)
	}
	b.cookies["session"] = secret
	if w := b.get("/me"); w.Code != http.StatusSeeOther {
		t.Errorf("the old secret: %d", w.Code)
	}
	if w := h.as(h.agent).get("/me"); w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("a page may be kept: %q", w.Header().Get("Cache-Control"))
	}
}

func TestS50_S51_S53_SetUpWorksOnceAndOnlyForAFreshDesk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	link := func(use session.Purpose, who person.ID) string {
		secret, err := h.sessions.MakeOneTime(t.Context(), use, who, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	// There is an administrator already: no link sets up anything.
	if w := h.nobody().get("/setup/" + link(session.ForSetUp, 0)); w.Code != http.StatusNotFound {
		t.Errorf("with an administrator: %d", w.Code)
	}
	if w := h.nobody().post("/setup/"+link(session.ForSetUp, 0), "name", "x", "email", "x@example.test", "password", passphrase); w.Code != http.StatusNotFound {
		t.Errorf("with an administrator, by post: %d", w.Code)
	}
	// A link for one purpose opens no other.
	for _, path := range []string{"/password/" + link(session.ForSetUp, 0), "/setup/" + link(session.ForPassword, h.agent.ID), "/password/", "/password/%20"} {
		if w := h.nobody().get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	// A password link works once, and says no-referrer.
	secret := link(session.ForPassword, h.agent.ID)
	b := h.nobody()
	w := b.get("/password/" + secret)
	if w.Code != http.StatusOK || w.Header().Get("Referrer-Policy") != "no-referrer" || !strings.Contains(w.Body.String(), h.agent.Email) {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	if w := b.post("/password/"+secret, "password", "kurz"); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("too short: %d", w.Code)
	}
	if w := b.post("/password/"+secret, "password", passphrase); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/work" {
		t.Fatalf("%d %s", w.Code, w.Header().Get("Location"))
	}
	if w := b.get("/me"); w.Code != http.StatusOK {
		t.Errorf("not signed in afterwards: %d", w.Code)
	}
	if w := h.nobody().post("/password/"+secret, "password", passphrase); w.Code != http.StatusNotFound {
		t.Errorf("twice: %d", w.Code)
	}
	h.clock.Advance(2 * time.Hour)
	old := link(session.ForPassword, h.agent.ID)
	h.clock.Advance(2 * time.Hour)
	if w := h.nobody().get("/password/" + old); w.Code != http.StatusNotFound {
		t.Errorf("too late: %d", w.Code)
	}
}

func TestS52_TheFirstAdministratorIsMadeByTheLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.fresh()
	secret, err := h.sessions.MakeOneTime(t.Context(), session.ForSetUp, 0, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	b := h.nobody()
	if w := b.get("/setup/" + secret); w.Code != http.StatusOK {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	w := b.post("/setup/"+secret, "name", "", "email", "first@example.test", "password", passphrase)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="first@example.test"`) || strings.Contains(w.Body.String(), passphrase) {
		t.Fatalf("without a name: %d\n%s", w.Code, w.Body)
	}
	if w := b.post("/setup/"+secret, "name", "第一位", "email", "first@example.test", "password", passphrase); w.Code != http.StatusSeeOther {
		t.Fatalf("%d\n%s", w.Code, w.Body)
	}
	p, err := h.people.ByEmail(t.Context(), "first@example.test")
	if err != nil || p.Role != access.Admin {
		t.Errorf("%+v %v", p, err)
	}
	if w := h.nobody().get("/setup/" + secret); w.Code != http.StatusNotFound {
		t.Errorf("the link afterwards: %d", w.Code)
	}
}

func TestS45_ALinkOfSomebodyDisabledIsNoLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.router.Face(page.Portal).Get("/t/{code}", page.LinkHolder, func(c *page.Ctx) error { return c.Text(http.StatusOK, c.Person.Name) })
	tk := h.record(h.requester, say("x"))
	code := h.code(tk)
	if w := h.nobody().get("/t/" + code); w.Code != http.StatusOK || w.Body.String() != h.requester.Name {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, bad := range []string{code + "a", code[1:], "x", strings.ToUpper(code), h.links.Reply(session.Bond{Ticket: int64(tk.ID), Person: int64(h.requester.ID)})} {
		if w := h.nobody().get("/t/" + bad); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
	p := h.requester
	p.Active = false
	if _, err := h.people.Change(t.Context(), h.actor(h.admin, "web"), p, 0); err != nil {
		t.Fatal(err)
	}
	if w := h.nobody().get("/t/" + code); w.Code != http.StatusNotFound {
		t.Errorf("disabled: %d", w.Code)
	}
	h.clock.Advance(session.LinkFor)
	if w := h.nobody().get("/t/" + code); w.Code != http.StatusNotFound {
		t.Errorf("too old: %d", w.Code)
	}
}

// TestS48_S50_MailSignIn: the answer is the same whoever asks, following the link uses nothing up, one
// press signs in and takes the session of before away, and a link for one thing opens no other.
func TestS48_S50_MailSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.nobody()
	first := b.post("/signin/mail", "email", h.requester.Email)
	second := b.post("/signin/mail", "email", "Nobody@Example.test")
	if first.Code != http.StatusOK || first.Body.String() != second.Body.String() {
		t.Errorf("%d and %d: %s", first.Code, second.Code, cmp.Diff(first.Body.String(), second.Body.String()))
	}
	if d := cmp.Diff([]string{h.requester.Email, "nobody@example.test"}, h.linked); d != "" {
		t.Error(d)
	}
	if w := b.post("/signin/mail", "email", "no address"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "no address") {
		t.Errorf("what is no address: %d", w.Code)
	}
	link := func(use session.Purpose, who person.ID) string {
		secret, err := h.sessions.MakeOneTime(t.Context(), use, who, session.SignInFor)
		if err != nil {
			t.Fatal(err)
		}
		return "/signin/mail/" + secret
	}
	for name, path := range map[string]string{"a password's link": link(session.ForPassword, h.requester.ID), "of staff": link(session.ForSignIn, h.agent.ID), "nonsense": "/signin/mail/x"} {
		if w := b.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s shows %d", name, w.Code)
		}
		if w := b.post(path); w.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", name, w.Code)
		}
	}
	path := link(session.ForSignIn, h.requester.ID)
	for range 3 { // a scanner of mails
		if w := b.get(path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), h.requester.Email) {
			t.Fatalf("looking at the link: %d", w.Code)
		}
	}
	if w := b.post(path); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
		t.Fatalf("the press: %d", w.Code)
	}
	if w := b.get("/me"); w.Code != http.StatusOK {
		t.Errorf("signed in, the profile is %d", w.Code)
	}
	if w := h.nobody().post(path); w.Code != http.StatusNotFound {
		t.Errorf("a second time: %d", w.Code)
	}
}
