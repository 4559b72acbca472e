// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// hostileMail carries a payload in its body, its subject, its sender's name and its file's name,
// type and bytes.
func hostileMail(from, payload string, n int) []byte {
	word := func(s string) string { // encoded words: as they are, some would be no address any more
		var out []string
		for part := range slices.Chunk([]rune(strings.Map(printable, s)), 10) {
			out = append(out, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(string(part)))+"?=")
		}
		return strings.Join(out, "\r\n ")
	}
	fold := func(s string) string {
		var b strings.Builder
		for len(s) > 76 {
			b.WriteString(s[:76] + "\r\n")
			s = s[76:]
		}
		return b.String() + s
	}
	body := fold(base64.StdEncoding.EncodeToString([]byte(payload)))
	return []byte("From: " + word(payload) + " <" + from + ">\r\nTo: " + apptest.Address + "\r\nSubject: " + word(payload) + fmt.Sprintf("\r\nMessage-ID: <hostile-%d@evil.example>\r\n", n) +
		"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body +
		"\r\n--b1\r\nContent-Type: text/html; name=\"x.html\"\r\nContent-Disposition: attachment; filename*=UTF-8''" + url.PathEscape(payload) + "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body + "\r\n--b1--\r\n")
}

// printable leaves out what no header can hold.
func printable(r rune) rune {
	if r < ' ' {
		return ' '
	}
	return r
}

// TestA10_S60_S66_AMailRunsNowhere sends every payload of the corpus as a mail: in its words, in
// its HTML, in its names. Nothing of it runs in any page, and the frame that shows it is a sandbox.
func TestA10_S60_S66_S65_AMailRunsNowhere(t *testing.T) {
	t.Parallel()
	corpus := cases[struct{ ID, HTML string }](t, "xss")
	w := build(t, apptest.New(t), "")
	for i, c := range corpus {
		_, err := w.Intake.Journal(t.Context(), intake.Delivery{
			Source: "smtp", Sender: w.owner.Email, Recipient: apptest.Address, Address: "127.0.0.1", Raw: hostileMail(w.owner.Email, c.HTML, i),
		})
		w.must(err)
	}
	w.RunJobs()
	agent, owner := w.browser("agent", w.agent), w.browser("owner", w.owner)
	harmless := func(v *visitor, path string, frame bool) answer {
		t.Helper()
		a := v.get(path)
		if a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
		for _, what := range armed(a.body, frame) {
			t.Errorf("%s as %s holds %.200s", path, v.name, what)
		}
		wrapped(t, path, a)
		return a
	}
	tickets, frames, files := 0, 0, 0
	for cursor := ""; ; {
		page, err := w.Tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All, Limit: 200, Cursor: cursor})
		w.must(err)
		for _, v := range page.Tickets {
			if v.Requester != w.owner.ID {
				continue
			}
			tickets++
			harmless(agent, "/work/tickets/"+v.Ref(), false)
			harmless(owner, "/requests/"+v.Ref(), false)
			thread, err := w.Tickets.Thread(t.Context(), access.Desk(), v)
			w.must(err)
			for _, e := range thread {
				if e.Message == nil {
					continue
				}
				if e.Message.HTML != "" {
					frames++
					a := harmless(agent, fmt.Sprintf("/frame/%d/%d", v.Number, e.Message.ID), true)
					if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || strings.Contains(csp, "allow-scripts") || strings.Contains(csp, "allow-same-origin") {
						t.Fatalf("the frame is no sandbox: %q", csp)
					}
				}
				for _, f := range e.Message.Attached {
					if f.Token == w.file {
						continue // the picture of the fixture, which may be shown in place
					}
					files++
					a := agent.get(fmt.Sprintf("/files/%d/%s/x", v.Number, f.Token))
					kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
					if a.status != http.StatusOK || strings.Contains(kind, "html") || strings.Contains(kind, "svg") || strings.Contains(kind, "xml") || strings.Contains(kind, "script") ||
						!strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") {
						t.Errorf("a file of %s: %d %s, %s", v.Ref(), a.status, kind, a.header.Get("Content-Disposition"))
					}
				}
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	for _, path := range []string{"/work", "/work?view=all", "/work/quarantine"} {
		harmless(agent, path, false)
	}
	harmless(owner, "/requests", false)
	harmless(w.browser("admin", w.admin), "/admin/people", false)
	if corpus != nil && (tickets < 400 || frames < 290 || files < 400) {
		t.Errorf("only %d tickets, %d frames and %d files were looked at", tickets, frames, files)
	}
	t.Logf("%d tickets, %d frames, %d files", tickets, frames, files)
}

// tokenIn finds the token of a staged file.
var tokenIn = regexp.MustCompile(`name="files" value="([a-z2-7]{26})"`) //nolint:gochecknoglobals // a constant in all but name

// jsonText writes a text as a value of JSON.
func jsonText(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

// kept reports whether a page gives back what was typed, as text.
func kept(a answer, typed string) bool {
	line := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(typed)
	body := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(html.UnescapeString(a.body))
	return strings.Contains(body, strings.TrimSpace(line)) || strings.Contains(strings.Join(strings.Fields(body), " "), strings.Join(strings.Fields(line), " "))
}

// stored is a text as the tables of both engines can hold it; nothing else of it may change.
func stored(s string) string {
	return strings.NewReplacer("\x00", "", "\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
}

// TestS81_S92_S10_AwkwardWordsAreKeptAsTheyAre types every string of the corpus where a
// requester writes: none is a failure of ours, and what is stored is what was typed.
func TestS81_S92_S10_AwkwardWordsAreKeptAsTheyAre(t *testing.T) {
	t.Parallel()
	corpus := cases[struct{ ID, Value string }](t, "naughty")
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		owner, program := w.browser("owner", w.owner), w.program("owner", w.owner)
		for i, c := range share(h, corpus) {
			if i%25 == 0 {
				w.Clock.Advance(session.Window + time.Second) // nobody types that fast
			}
			a := owner.post("/new", url.Values{"text": {c.Value}, "since": {c.Value}, "affected": {c.Value}})
			switch {
			case a.status == http.StatusSeeOther:
				ref := strings.TrimPrefix(a.header.Get("Location"), "/requests/")
				if got := w.said(ref); got != stored(c.Value) {
					t.Errorf("%s: typed %q, stored %q", c.ID, c.Value, got)
				}
				page := owner.get("/requests/" + ref)
				if page.status != http.StatusOK || !kept(page, stored(c.Value)) {
					t.Errorf("%s: the page of %s answers %d and does not show %q", c.ID, ref, page.status, c.Value)
				}
				if bad := armed(page.body, false); len(bad) > 0 {
					t.Errorf("%s: the page of %s holds %v", c.ID, ref, bad)
				}
			case a.status >= http.StatusInternalServerError:
				t.Errorf("%s: %q answers %d", c.ID, c.Value, a.status)
			case strings.TrimSpace(c.Value) != "" && (a.status != http.StatusUnprocessableEntity || !kept(a, c.Value)):
				t.Errorf("%s: %q answers %d and is not kept", c.ID, c.Value, a.status)
			}
			body := jsonText(c.Value)
			if a := program.json(http.MethodPost, "/api/v1/tickets/"+key(w.ticket.Number)+"/reply", `{"text":`+body+`}`); a.status >= http.StatusInternalServerError {
				t.Errorf("%s: the API answers %d to %s", c.ID, a.status, body)
			}
			for _, path := range []string{"/requests?q=", "/requests?after=", "/requests/", "/t/", "/api/v1/tickets/"} {
				if a := owner.get(path + url.QueryEscape(c.Value)); a.status >= http.StatusInternalServerError {
					t.Errorf("%s: %s answers %d", c.ID, path, a.status)
				}
			}
		}
	})
}

// said is the first message of a ticket as it is stored.
func (w *world) said(ref string) string {
	w.Helper()
	v, err := w.Tickets.Get(w.Context(), access.Desk(), ticket.Target{Number: ticket.ParseRef(ref)})
	w.must(err)
	thread, err := w.Tickets.Thread(w.Context(), access.Desk(), v)
	w.must(err)
	for _, e := range thread {
		if e.Message != nil {
			return e.Message.Text
		}
	}
	return ""
}

// staffForms are the forms of staff and administrators that take words, each filled so that the
// words alone decide.
func (w *world) staffForms() []func(s string) (path string, form url.Values) {
	at := "/work/tickets/" + w.ticket.Ref() + "/"
	fill := func(path string, pairs ...string) func(string) (string, url.Values) {
		return func(s string) (string, url.Values) {
			v := url.Values{}
			for i := 0; i+1 < len(pairs); i += 2 {
				value := pairs[i+1]
				if value == "$" {
					value = s
				}
				v.Add(pairs[i], value)
			}
			return path, v
		}
	}
	return []func(string) (string, url.Values){
		fill(at+"note", "text", "$"), fill(at+"reply", "text", "$"), fill(at+"call", "text", "$", "spoke", "yes"), fill(at+"classify", "subject", "$"),
		fill(at+"record", "since", "$", "symptom", "$", "affected", "$", "wanted_reason", "$"), fill(at+"hold", "reason", "blocked", "stuck", "$", "doing", "$"),
		fill(at+"hand-over", "group", key(w.group.ID), "done", "$", "why", "$"), fill(at+"resolve", "solution", "$", "cause", "$", "prevention", "$"),
		fill(at+"deviate", "gap", "gap.intake", "reason", "$"), fill(at+"archive", "difficulties", "$"), fill(at+"link", "to", "$"), fill(at+"merge", "into", "$"),
		fill(at+"draft", "at", "$", "text", "$"), fill(at+"grade", "core", "$", "affected", "$", "halt", "$"), fill("/work/claim", "claim", "$"), fill("/work/new", "text", "$", "new_name", "$", "new_email", "$"),
		fill("/work/phone", "text", "$", "new_name", "$"), fill("/me", "name", "$", "phone", "$", "department", "$", "place", "$", "lang", "zh-CN"), fill("/me/tokens", "name", "$"),
		fill("/admin/people/new", "name", "$", "email", "$", "role", "requester", "lang", "en"), fill("/admin/people/"+key(w.stranger.ID), "name", "$", "email", w.stranger.Email, "department", "$", "role", "requester", "lang", "en", "active", "yes"),
		fill("/admin/groups/0", "name", "$", "name_en", "$"), fill("/admin/categories/0", "name", "$", "parent", "$"), fill("/admin/services/0", "name", "$", "name_en", "$"),
		fill("/admin/desk", "name", "$", "hotline", "$", "lang", "$", "zone", "$", "reopen_days", "$"), fill("/admin/mail", "name", "$", "address", "$", "host", "$", "port", "$", "user", "$"),
		fill("/signin", "email", "$", "password", "$", "next", "$"), fill("/lang", "lang", "$", "next", "$"), fill("/theme", "theme", "$", "next", "$"),
	}
}

// TestS81_S92_S82_AwkwardWordsInEveryForm types the strings into every form of staff in turn,
// and into every search. None is a failure of ours, and what is refused is kept.
func TestS81_S92_S82_S75_AwkwardWordsInEveryForm(t *testing.T) {
	t.Parallel()
	corpus := cases[struct{ ID, Value string }](t, "naughty")
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		admin := w.browser("admin", w.admin)
		forms := w.staffForms()
		searches := []string{
			"/work?q=", "/work?view=", "/work?group=", "/work?after=", "/work?trail=", "/work/rows?q=", "/work/phone/people?q=", "/admin/people?q=", "/admin/people?after=", "/admin/people?name=", "/admin/jobs?before=",
			"/work/quarantine?state=", "/work/quarantine?before=", "/work/tickets/", "/admin/people/", "/files/1/", "/frame/1/", "/events?topics=", "/signin?next=", "/password/", "/setup/", "/assets/", "/api/v1/tickets?q=",
		}
		for i, c := range share(h, corpus) {
			if i%50 == 0 {
				w.Clock.Advance(10 * time.Minute)
				if admin.get("/me").status != http.StatusOK {
					admin.enter()
				}
			}
			for _, n := range []int{i % len(forms), (i * 7) % len(forms), (i*3 + 5) % len(forms)} {
				path, form := forms[n](c.Value)
				a := admin.post(path, form)
				if a.status >= http.StatusInternalServerError {
					t.Errorf("%s: %q into %s answers %d", c.ID, c.Value, path, a.status)
				}
				if to := a.header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\")) {
					t.Errorf("%s: %q into %s leads to %q (S75)", c.ID, c.Value, path, to)
				}
				if bad := armed(a.body, false); len(bad) > 0 {
					t.Errorf("%s: %q into %s is answered with %v", c.ID, c.Value, path, bad)
				}
			}
			for _, n := range []int{i % len(searches), (i*5 + 1) % len(searches)} {
				a := admin.get(searches[n] + url.QueryEscape(c.Value))
				if a.status >= http.StatusInternalServerError {
					t.Errorf("%s: %s%q answers %d", c.ID, searches[n], c.Value, a.status)
				}
				if bad := armed(a.body, false); len(bad) > 0 {
					t.Errorf("%s: %s%q is answered with %v", c.ID, searches[n], c.Value, bad)
				}
			}
			if admin.get("/me").status != http.StatusOK {
				admin.enter()
			}
		}
		// Whatever became the name of things, every list of them is still a page.
		for _, path := range []string{"/work", "/admin", "/admin/people", "/admin/groups", "/admin/categories", "/admin/services", "/admin/desk", "/admin/mail", "/me", "/work/tickets/" + w.ticket.Ref()} {
			a := admin.get(path)
			if bad := armed(a.body, false); a.status != http.StatusOK || len(bad) > 0 {
				t.Errorf("%s afterwards: %d %v", path, a.status, bad)
			}
		}
	})
}

// TestS67_A51_A52_AwkwardFileNames uploads a file under every string and takes it back.
func TestS67_A51_A52_AwkwardFileNames(t *testing.T) {
	t.Parallel()
	corpus := cases[struct{ ID, Value string }](t, "naughty")
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		owner := w.browser("owner", w.owner)
		for i, c := range share(h, corpus) {
			if i%40 == 0 {
				w.Clock.Advance(session.Window + time.Second)
			}
			a := owner.upload("/files", 1, c.Value)
			if a.status >= http.StatusInternalServerError {
				t.Errorf("%s: %q answers %d", c.ID, c.Value, a.status)
			}
			m := tokenIn.FindStringSubmatch(a.body)
			if a.status != http.StatusOK || m == nil {
				continue // refused as it is no file name; the form says so
			}
			if a = owner.post("/requests/"+w.ticket.Ref()+"/reply", url.Values{"text": {"x"}, "files": {m[1]}}); a.status != http.StatusSeeOther {
				t.Fatalf("%s: %d", c.ID, a.status)
			}
			a = owner.get("/files/" + key(w.ticket.Number) + "/" + m[1] + "/x")
			kind, params, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
			name := params["filename"]
			if a.status != http.StatusOK || a.body != "x" || err != nil || kind != "attachment" || name == "" || strings.ContainsAny(name, "/\\\x00\r\n\"") || len([]rune(name)) > 120 ||
				strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") {
				t.Errorf("%s: %q comes back %d as %q, %v", c.ID, c.Value, a.status, name, err)
			}
		}
		if page := owner.get("/requests/" + w.ticket.Ref()); page.status != http.StatusOK || len(armed(page.body, false)) > 0 {
			t.Errorf("the page with all of them: %d %v", page.status, armed(page.body, false))
		}
	})
}
