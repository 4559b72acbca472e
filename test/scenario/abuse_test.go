// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// TestA28_A24_EveryFormEnds tries each form that somebody could send without end. Each is
// refused at some point, with what was typed kept, and open again after the window.
func TestA28_A24_EveryFormEnds(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		owner, holder, nobody := w.browser("owner", w.owner), w.holders()[0], w.nobody()
		const words = "这段话写了很久，不能丢"
		for _, form := range []struct {
			name string
			most int // within the window
			send func() answer
			keep string
		}{
			{"signing in", session.MaxTries + 5, func() answer {
				return nobody.post("/signin", url.Values{"email": {w.lead.Email}, "password": {"not the password"}})
			}, w.lead.Email},
			{"forgetting the password", 30, func() answer { return nobody.post("/forgot", url.Values{"email": {w.lead.Email}}) }, w.lead.Email},
			{"a link for signing in", 30, func() answer { return nobody.post("/signin/mail", url.Values{"email": {w.owner.Email}}) }, w.owner.Email},
			{"changing the password", session.MaxTries + 5, func() answer {
				return owner.post("/me/password", url.Values{"old": {"not the password"}, "password": {"another good passphrase"}})
			}, ""},
			{"a new request", 40, func() answer { return owner.post("/new", url.Values{"text": {words}}) }, words},
			{"words on a request", 80, func() answer { return owner.post("/requests/"+w.ticket.Ref()+"/reply", url.Values{"text": {words}}) }, words},
			{"words by a link", 80, func() answer { return holder.post("/t/"+w.code+"/reply", url.Values{"text": {words}}) }, words},
			{"uploads", 10, func() answer { return owner.upload("/files", 30) }, ""},
			{"uploads by a link", 10, func() answer { return holder.upload("/t/"+w.code+"/files", 30) }, ""},
		} {
			got := answer{}
			for range form.most {
				if got = form.send(); got.status == http.StatusTooManyRequests {
					break
				}
			}
			if got.status != http.StatusTooManyRequests || (form.keep != "" && !strings.Contains(got.body, form.keep)) {
				t.Errorf("%s, again and again: %d\n%.300s", form.name, got.status, got.body)
			}
			w.Clock.Advance(session.Window + time.Second)
			if got = form.send(); got.status == http.StatusTooManyRequests {
				t.Errorf("%s after the window: %d", form.name, got.status)
			}
		}
	})
}

// upload posts small files as a browser does.
func (v *visitor) upload(path string, files int, names ...string) answer {
	v.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for i := range files {
		name := fmt.Sprintf("%d.txt", i)
		if i < len(names) {
			name = names[i]
		}
		part, err := m.CreateFormFile("upload", name)
		v.must(err)
		_, err = part.Write([]byte("x"))
		v.must(err)
	}
	v.must(m.Close())
	return v.send(http.MethodPost, path, &body, http.Header{"Content-Type": {m.FormDataContentType()}})
}

// TestA28_A55_ProgramsAreBounded: a program that asks without end is told when to come back, and
// so is one that guesses tokens; others are not kept waiting for it.
func TestA28_A55_ProgramsAreBounded(t *testing.T) {
	t.Parallel()
	dbtest.EachURL(t, func(t *testing.T, address string) {
		t.Helper()
		w := build(t, apptest.New(t, apptest.On(address), apptest.Configured(func(c *app.Config) { c.APIPerMinute = 600 })), "")
		busy, other := w.program("agent", w.agent), w.program("lead", w.lead)
		got := answer{}
		for range 700 {
			if got = busy.get("/api/v1/me"); got.status != http.StatusOK {
				break
			}
		}
		if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
			t.Errorf("%d, come back after %q", got.status, got.header.Get("Retry-After"))
		}
		if a := other.get("/api/v1/me"); a.status != http.StatusOK {
			t.Errorf("somebody else waits for it: %d", a.status)
		}
		guess := w.nobody()
		for i := range session.MaxFrom + 5 {
			guess.token = session.TokenPrefix + fmt.Sprintf("%026d", i)
			guess.token = strings.NewReplacer("0", "a", "1", "b", "8", "c", "9", "d").Replace(guess.token)
			if got = guess.get("/api/v1/me"); got.status != http.StatusUnauthorized {
				break
			}
		}
		if got.status != http.StatusTooManyRequests {
			t.Errorf("guessing tokens without end: %d", got.status)
		}
		if a := other.get("/api/v1/me"); a.status != http.StatusOK {
			t.Errorf("a right token from the address of a guesser: %d", a.status)
		}
	})
}

// TestA28_S88_ADoorMoreIsNoCountMore: whoever has used up what they may do by program has used it up
// on the pages too, and the other way round.
func TestA28_S88_ADoorMoreIsNoCountMore(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		owner, program := w.browser("owner", w.owner), w.program("owner", w.owner)
		want := func(what string, a answer, status int) {
			t.Helper()
			if a.status != status {
				t.Errorf("%s: %d, want %d\n%.300s", what, a.status, status, a.body)
			}
		}
		for range session.Opening.Most() {
			want("a request by program", program.json(http.MethodPost, "/api/v1/tickets", `{"text": "打印机卡纸"}`), http.StatusCreated)
		}
		want("one more by program", program.json(http.MethodPost, "/api/v1/tickets", `{"text": "打印机卡纸"}`), http.StatusTooManyRequests)
		want("one more on the page", owner.post("/new", url.Values{"text": {"打印机卡纸"}}), http.StatusTooManyRequests)
		for range session.Saying.Most() {
			want("words on the page", owner.post("/requests/"+w.ticket.Ref()+"/reply", url.Values{"text": {"还是不行"}}), http.StatusSeeOther)
		}
		want("more words by program", program.json(http.MethodPost, "/api/v1/tickets/"+w.ticket.Ref()+"/reply", `{"text": "还是不行"}`), http.StatusTooManyRequests)
		want("what is read", program.get("/api/v1/tickets/"+w.ticket.Ref()), http.StatusOK)
	})
}

// TestA56_S52_AFreshDeskHasNobody: what everybody tries first opens nothing.
func TestA56_S52_AFreshDeskHasNobody(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := &world{T: t, House: h}
		for _, table := range []string{"person", "credential", "session", "api_token", "one_time"} {
			if rows := w.rows(table); rows != "" {
				t.Errorf("a fresh desk has in %s:\n%s", table, rows)
			}
		}
		v := w.nobody()
		for i, pair := range [][2]string{
			{"admin", "admin"}, {"admin@example.com", "admin"}, {"admin@localhost", "password"}, {"root@localhost", "root"}, {"loopdesk@localhost", "loopdesk"}, {"administrator@desk.example", "changeme"}, {"", ""},
		} {
			a := v.post("/signin", url.Values{"email": {pair[0]}, "password": {pair[1]}})
			if a.status != http.StatusUnauthorized || len(a.header.Values("Set-Cookie")) > 0 {
				t.Errorf("%d: %v: %d %v", i, pair, a.status, a.header.Values("Set-Cookie"))
			}
		}
		for _, token := range []string{"", "admin", "ldk_", "ldk_aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
			v.token = token
			if a := v.get("/api/v1/me"); a.status != http.StatusUnauthorized {
				t.Errorf("token %q: %d", token, a.status)
			}
		}
		v.token = ""
		for _, path := range []string{"/setup/", "/setup/none", "/setup/aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
			if a := v.get(path); a.status != http.StatusNotFound {
				t.Errorf("%s on a fresh desk: %d", path, a.status)
			}
		}
		if has, err := h.People.HasAdmin(t.Context()); err != nil || has {
			t.Errorf("%v %v", has, err)
		}
	})
}
