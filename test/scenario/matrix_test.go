// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
)

var update = flag.Bool("update", false, "write the golden files anew") //nolint:gochecknoglobals // a flag of the tests

// matrixFile holds what everybody may do at every door: method, pattern, action, who, verdict.
// Its rows were read by people; a route without rows fails, and so does a verdict that changed.
var matrixFile = filepath.Join("testdata", "authorization.tsv") //nolint:gochecknoglobals // a constant in all but name

// verdict is what an answer says about whether somebody was let in. Whoever was let in may
// still be told that a form is empty or that the ticket is elsewhere in its life.
func verdict(a answer) string {
	switch {
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusNotFound:
		return fmt.Sprint(a.status)
	case a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/signin"):
		return "sign-in"
	case a.status == http.StatusServiceUnavailable && (a.body == "draining\n" || strings.Contains(a.body, "127.0.0.1")):
		return "in" // what /readyz says of a house that nobody serves, and a mail server that does not answer
	case a.status == http.StatusTooManyRequests, a.status >= http.StatusInternalServerError:
		return fmt.Sprintf("broken %d", a.status)
	}
	return "in"
}

// TestA69_S20_S26_S27_WhoMayDoWhatAtEveryDoor asks every route of every door as everybody,
// over the wire, and compares with the matrix.
func TestA69_S20_S26_S27_WhoMayDoWhatAtEveryDoor(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile(matrixFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		w.failing()
		rows := w.matrix()
		if *update {
			if err := os.WriteFile(matrixFile, []byte(rows), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(rows, "\n")); d != "" {
			t.Errorf("the matrix is not what was agreed (-agreed +is); after a look at each row write it by -update:\n%s", d)
		}
	})
}

// matrix asks everything. The order of the questions is that of the routes, so that what one
// changes the next finds the same each time.
func (w *world) matrix() string {
	w.Helper()
	var b strings.Builder
	b.WriteString("method\tpattern\taction\twho\texpected\n")
	w.guide() // before anything closes the ticket
	people, programs := w.everybody(), w.programs()
	w.screen(route{pattern: "{session}"}) // asked for while the ticket is open; later questions find it, or its end
	routes := w.routes()
	slices.SortStableFunc(routes, func(a, b route) int {
		return strings.Compare(a.pattern, b.pattern)
	})
	for _, r := range routes {
		who := people
		if r.api {
			who = append(slices.Clone(programs), w.cookie())
		}
		if strings.Contains(r.pattern, "{code}") {
			who = w.holders()
		}
		for _, v := range who {
			a := v.ask(r)
			fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\n", r.method, r.pattern, r.action, v.name, verdict(a))
			if got := verdict(a); strings.HasPrefix(got, "broken") {
				w.Errorf("%s %s as %s: %s\n%.400s", r.method, r.pattern, v.name, got, a.body)
			}
			w.again(v)
		}
	}
	return b.String()
}

// ask sends what a well-meant caller would, where an empty body would be refused before
// anybody is asked for their rights.
func (v *visitor) ask(r route) answer {
	v.Helper()
	last := r.pattern[strings.LastIndexByte(r.pattern, '/')+1:]
	bodies := map[string]string{
		"leave": `{}`, "ask-read-back": `{}`, "answer-read-back": `{"right":true,"mark":"x"}`, "promise-call": `{"at":"2126-01-01T00:00:00Z","number":"1"}`,
		"{command}": `{}`, "say": `{"what":"helped"}`, "articles": `{"lang":"zh","title":"x","body":"x"}`,
		"rate": `{"score":5}`, "ask": `{"elements":["since"]}`, "answer": `{"text":"x"}`,
		"reply": `{"text":"x"}`, "messages": `{"kind":"public","text":"x"}`, "note": `{"text":"x"}`, "call": `{"text":"x"}`, "reopen": `{"reason":"again"}`,
		"close": `{"as":"cancelled","reason":"no longer wanted"}`, "hand-over": `{"group":1}`, "grade": `{"core":true,"affected":"team","halt":"stopped"}`,
		"runbooks": `{"text":"# x"}`, "text": `{"text":"# x"}`, "runs": `{"runbook":1}`, "marks": `{"seq":1,"step":"cable","outcome":"unclear"}`,
		"deed": `{"seq":1,"what":"x","rollback":"x"}`, "release": `{"digest":"x"}`, "send": `{}`, "end": `{"waive":"x"}`, "submit": `{}`, "review": `{"right":true}`, "publish": `{}`,
		"visits": `{"fixed":true,"times":[{"from":"2126-01-01T00:00:00Z","to":"2126-01-01T01:00:00Z"}],"place":"x"}`, "devices": `{"tag":"PRN-9"}`, "device": `{"device":1}`, "{act}": `{}`, "pick": `{"pick":1}`, "refuse": `{}`,
		"norm": `{"pack":"","version":999999}`, "restore": `{"to":1,"version":999999}`, "rehearsals": `{"kind":"pack","body":"","months":1}`,
		"add-participant": `{"address":"nobody@example.test"}`, "remove-participant": `{"person":1}`, "leave-out": `{"address":"nobody@example.test"}`,
	}
	switch {
	case r.api && r.method == http.MethodPut && strings.Contains(r.pattern, "/devices/"):
		return v.json(r.method, v.filled(r), `{"tag":"PRN-1"}`)
	case r.api && r.method == http.MethodPut && bodies[last] != "":
		return v.json(r.method, v.filled(r), bodies[last])
	case r.method != http.MethodPost:
		return v.send(r.method, v.filled(r), nil, nil)
	case r.api && bodies[last] != "":
		return v.json(r.method, v.filled(r), bodies[last])
	case r.api:
		return v.send(r.method, v.filled(r), nil, nil)
	case r.pattern == "/work/claim":
		return v.post(v.filled(r), url.Values{"claim": {v.ticket.Ref()}})
	}
	return v.post(v.filled(r), url.Values{})
}

// holders are whoever comes by a tracking link: with a good one, with one that is forged, and
// with the good one of another ticket.
func (w *world) holders() []*visitor {
	w.Helper()
	good, forger := w.nobody(), w.nobody()
	good.name, forger.name = "holder", "forger"
	copied := *w
	copied.code = w.forged
	forger.world = &copied
	return []*visitor{good, forger}
}

// cookie is an administrator's browser that asks the door of programs: a cookie is no token.
func (w *world) cookie() *visitor {
	w.Helper()
	if w.session == nil {
		w.session = w.browser("admin's cookie", w.admin)
	}
	return w.session
}

// again signs somebody in anew whose visit a question has ended.
func (w *world) again(v *visitor) {
	w.Helper()
	if v.person.ID != 0 && v.token == "" && v.get("/me").status != http.StatusOK {
		v.enter()
	}
}

// TestA69_TheMatrixMakesSense reads the golden file against what the product says of roles, so
// that -update cannot bless what nobody meant.
func TestA69_S26_TheMatrixMakesSense(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	staff := []string{"agent", "lead", "admin"}
	known := append([]string{"nobody", "owner", "stranger", "holder", "forger", "admin's cookie"}, staff...)
	rows := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	if len(rows) < 500 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		f := strings.Split(row, "\t")
		if len(f) != 5 || !slices.Contains(known, f[3]) {
			t.Fatalf("a row that nobody can read: %q", row)
		}
		pattern, action, who, got := f[1], f[2], f[3], f[4]
		let := got == "in"
		bad := func(why string) { t.Errorf("%s: %s", why, row) }
		if strings.HasPrefix(got, "broken") {
			bad("broken")
		}
		switch {
		case action == "page.public" || action == "":
			continue // whoever may ask; what they get is looked at elsewhere
		case who == "nobody" && let:
			bad("nobody is let in")
		case who == "forger" && got != "404":
			bad("a forged link is more than nothing")
		case who == "admin's cookie" && got != "401":
			bad("a cookie opens the door of programs")
		case strings.HasSuffix(pattern, "/solution") && got == "404":
			continue // no solution waits to be walked through
		case who == "holder" && !let:
			bad("a good link is refused")
		case strings.Contains(pattern, "{place}") && who == "admin" && got == "404":
			continue // the standard policy has no rule of its own at that place
		case strings.Contains(pattern, "/telephony/secrets/{secret}") && who == "admin" && got == "404":
			continue // nobody has made such a secret
		case strings.Contains(pattern, "/visits/{secret}") && got == "404":
			continue // nobody has made such a calendar
		case strings.Contains(pattern, "/directory/conflicts/{key}/") && who == "admin" && got == "404":
			continue // no server is asked, so nothing conflicts
		case strings.Contains(pattern, "/admin") && let != (who == "admin"):
			bad("the desk is looked after by administrators alone")
		case strings.Contains(pattern, "/work") && !slices.Contains(staff, who) && let:
			bad("the workspace is for staff")
		case who == "agent" && got == "403" && slices.Contains([]string{"major.work", "rota.work", "rota.swap", "lead.read", "mail.stop", "original.open", "runbook.publish", "problem.work", "announcement.work", "article.retire"}, action):
			continue // a lead's, or of those who stand on the rota
		case strings.HasSuffix(pattern, "/approvals/{id}/withdraw") && got == "403":
			continue // whoever asked, and who leads
		case strings.Contains(pattern, "/remote/{session}/") && !strings.HasSuffix(pattern, "/end"):
			if let != (who == "agent") {
				bad("a shared screen is for whoever asked to see it")
			}
		case strings.Contains(pattern, "/work") && slices.Contains(staff, who) && !let && got != "404":
			bad("staff are kept out of their workspace")
		case who == "stranger" && strings.Contains(pattern, "{number}") && let:
			bad("somebody else's ticket is open (S20)")
		case who == "stranger" && strings.Contains(pattern, "{number}") && !strings.Contains(pattern, "/work") && got != "404" && got != "403":
			bad("somebody else's ticket is told of (S21)")
		case who == "owner" && slices.Contains([]string{"ticket.work", "ticket.deviate", "queue.read", "quarantine.work", "person.read", "ticket.open_for"}, action) && let:
			bad("a requester does the work of staff (S26)")
		case who == "owner" && slices.Contains([]string{"ticket.read", "ticket.say", "ticket.answer", "ticket.open", "self.work"}, action) && !let:
			bad("the owner is kept from the own ticket")
		}
	}
}
