// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"net/http"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
)

// sheet is one page of the desk and how to come there.
type sheet struct {
	name   string
	path   string
	status int          // 200 where 0
	act    func(b *tab) // what is done there first
}

// find returns the first ticket of a list that is as wanted.
func (d desk) find(t *testing.T, f ticket.Filter, wanted func(ticket.Ticket) bool) ticket.Ticket {
	t.Helper()
	if f.View == "" {
		f.View = ticket.All
	}
	f.Limit = 200
	page, err := d.Tickets.List(t.Context(), access.Desk(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range page.Tickets {
		full, err := d.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: x.ID})
		if err != nil {
			t.Fatal(err)
		}
		if wanted(full) {
			return full
		}
	}
	t.Fatalf("the sample desk has no such ticket: %+v", f)
	return ticket.Ticket{}
}

func (d desk) of(t *testing.T, email string, status ticket.Status) ticket.Ticket {
	t.Helper()
	p, err := d.People.ByEmail(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return d.find(t, ticket.Filter{Requester: p.ID, Status: status}, func(ticket.Ticket) bool { return true })
}

func (d desk) with(t *testing.T, status ticket.Status, wanted func(ticket.Ticket) bool) string {
	t.Helper()
	return "/work/tickets/" + d.find(t, ticket.Filter{Status: status}, wanted).Ref()
}

func any1(ticket.Ticket) bool { return true }

func blocked(t ticket.Ticket) bool { return t.Pending == ticket.Blocked }

// tracking is the address of a tracking link, as a mail has it.
func (d desk) tracking(t ticket.Ticket) string {
	return "/t/" + d.Links.Track(session.Bond{Ticket: int64(t.ID), Person: int64(t.Requester)})
}

func (d desk) outside(t *testing.T) []sheet {
	return []sheet{
		{name: "sign-in", path: "/signin"},
		{name: "forgot", path: "/forgot"},
		{name: "sign-in by mail", path: "/signin/mail"},
		{name: "no network", path: "/offline"},
		{name: "bad link", path: "/t/v1-1-1-bad", status: http.StatusNotFound},
		{name: "link: to confirm", path: d.tracking(d.of(t, wang, ticket.Resolved))},
		{name: "link: open", path: d.tracking(d.of(t, wang, ticket.Opened))},
		{name: "sign-in, refused", path: "/signin", act: func(b *tab) {
			b.provoke(http.StatusUnprocessableEntity, http.StatusUnauthorized)
			b.run(`document.querySelector("input[name=email]").value="wang@qinglan.example";document.querySelector("input[name=password]").value="wrong wrong wrong"`)
			b.click("main button[type=submit], main form .btn:not([data-variant])")
			b.sees("the refusal", `performance.getEntriesByType("navigation")[0].responseStatus === 401 && document.readyState === "complete"`)
		}},
	}
}

func (d desk) forRequester(t *testing.T) []sheet {
	return []sheet{
		{name: "portal home", path: "/"},
		{name: "new request", path: "/new"},
		{name: "requests", path: "/requests"},
		{name: "request, open", path: "/requests/" + d.of(t, wang, ticket.Opened).Ref()},
		{name: "request, waiting", path: "/requests/" + d.of(t, wang, ticket.Pending).Ref()},
		{name: "request, to confirm", path: "/requests/" + d.of(t, wang, ticket.Resolved).Ref()},
		{name: "request, closed", path: d.tracking(d.find(t, ticket.Filter{Status: ticket.Closed}, any1))},
		{name: "me", path: "/me"},
		{name: "new request, refused", path: "/new", act: func(b *tab) {
			b.provoke(http.StatusUnprocessableEntity)
			b.run(`document.querySelector("main form").noValidate=true`)
			b.click(`main form button[type=submit]`)
			b.sees("the refusal", `document.querySelector("[aria-invalid=true]")`)
		}},
		{name: "not found", path: "/requests/LD-999999", status: http.StatusNotFound},
		{name: "denied", path: "/admin", status: http.StatusForbidden},
	}
}

func (d desk) forAgent(t *testing.T) []sheet {
	open := d.with(t, ticket.Opened, any1)
	return []sheet{
		{name: "queue", path: "/work"},
		{name: "queue, mine", path: "/work?view=mine"},
		{name: "queue, closed", path: "/work?view=closed"},
		{name: "queue, nothing found", path: "/work?q=zzzzzz"},
		{name: "queue, picked", path: "/work", act: func(b *tab) { b.press("j", "x") }},
		{name: "ticket, new", path: d.with(t, ticket.New, any1)},
		{name: "ticket, open", path: open},
		{name: "ticket, blocked", path: d.with(t, ticket.Pending, blocked)},
		{name: "ticket, resolved", path: d.with(t, ticket.Resolved, any1)},
		{name: "ticket, closed", path: d.with(t, ticket.Closed, any1)},
		{name: "ticket, reopened", path: "/work/tickets/" + d.find(t, ticket.Filter{}, func(x ticket.Ticket) bool { return x.Detail.Reopened > 0 }).Ref()},
		{name: "ticket, writing", path: open, act: func(b *tab) { b.press("r"); b.focused("#reply textarea") }},
		{name: "resolve", path: open + "/resolve"},
		{name: "hand over", path: open + "/hand-over"},
		{name: "hold", path: open + "/hold"},
		{name: "split", path: open + "/split"},
		{name: "merge", path: open + "/merge"},
		{name: "conformance", path: open + "/conformance"},
		{name: "views", path: "/work/views"},
		{name: "view, being built", path: "/work/views/new"},
		{name: "queue, in parts", path: "/work?by=owner"},
		{name: "queue, a glance", path: "/work", act: func(b *tab) { b.press("j", "Space"); b.sees("the ticket", `document.querySelector("#peek .msg")`) }},
		{name: "queue, the palette", path: "/work", act: func(b *tab) {
			b.press("ctrl+k")
			b.sees("what there is", `document.querySelectorAll("#palette [role=option]").length > 8`)
		}},
		{name: "notifications", path: "/work/inbox"},
		{name: "notifications, watched", path: "/work/inbox?show=watched"},
		{name: "notifications, done", path: "/work/inbox?show=done"},
		{name: "how one is told", path: "/me/notices"},
		{name: "ticket, mentioning", path: open, act: func(b *tab) {
			b.press("n")
			b.focused("#note textarea")
			b.write("@")
			b.sees("the colleagues", `document.querySelectorAll("#mentions [role=option]").length > 1`)
		}},
		{name: "canned texts", path: "/work/texts", act: func(b *tab) {
			if n := eval[int](b, `document.querySelectorAll("main td.act .btn").length`); n == 0 {
				b.Error("the sample desk has no canned texts")
			}
			for _, v := range b.objections(`"label-content-name-mismatch"`) { // they say "view" or "edit" by who reads
				b.Errorf("canned texts: %s", v)
			}
		}},
		{name: "phone", path: "/work/phone"},
		{name: "new ticket", path: "/work/new"},
		{name: "quarantine", path: "/work/quarantine"},
		{name: "ticket, not found", path: "/work/tickets/LD-999999", status: http.StatusNotFound},
		{name: "administration, denied", path: "/admin", status: http.StatusForbidden},
		{name: "visits", path: "/work/visits"},
		{name: "visit, on site", path: d.visiting(t, visit.OnSite)},
		{name: "visit, signed", path: d.visiting(t, visit.Signed)},
		{name: "arrange a visit", path: open + "/visit"},
		{name: "link a device", path: open + "/device"},
		{name: "devices", path: "/work/devices"},
		{name: "device", path: "/work/devices/1"},
		{name: "device, being changed", path: "/work/devices/1/edit"},
		{name: "labels", path: "/work/devices/labels"},
		{name: "places", path: "/work/places"},
		{name: "services", path: "/work/services"},
		{name: "service", path: "/work/services/2"},
		{name: "keys", path: "/work", act: func(b *tab) { b.press("?"); b.sees("the keys", `document.querySelector("#keymap").open`) }},
	}
}

func (d desk) forAdmin(*testing.T) []sheet {
	return []sheet{
		{name: "administration", path: "/admin"},
		{name: "people", path: "/admin/people"},
		{name: "new person", path: "/admin/people/new"},
		{name: "groups", path: "/admin/groups"},
		{name: "group", path: "/admin/groups/1"},
		{name: "categories", path: "/admin/categories"},
		{name: "category", path: "/admin/categories/1"},
		{name: "import of devices", path: "/admin/devices"},
		{name: "services", path: "/admin/services"},
		{name: "service", path: "/admin/services/1"},
		{name: "grading", path: "/admin/grading"},
		{name: "desk", path: "/admin/desk"},
		{name: "mail settings", path: "/admin/mail"},
		{name: "letters", path: "/admin/letters"},
		{name: "letter", path: "/admin/letters/acknowledged/zh-CN"},
		{name: "pace of mail", path: "/admin/pace"},
		{name: "approval hours", path: "/admin/approvals"},
		{name: "jobs", path: "/admin/jobs"},
		{name: "board", path: "/work/board"},
		{name: "board, by risk", path: "/work/board?by=risk"},
	}
}

// visit goes to a page as somebody would and does there what is to be done.
func (b *tab) visit(s sheet) {
	b.Helper()
	want := s.status
	if want == 0 {
		want = http.StatusOK
	}
	if want != http.StatusOK {
		b.provoke(want)
	}
	if got := b.goTo(s.path); got != want {
		b.Errorf("%s: %s answers %d, want %d", s.name, s.path, got, want)
	}
	if s.act != nil {
		s.act(b)
	}
}

// Every page, in both languages, both themes, on a desk and on a phone: nothing on the
// console and nothing that the policy stops (A34), nothing asked of another house (A40),
// nothing that axe objects to, nothing that scrolls sideways.
func TestPages_A34_A40(t *testing.T) {
	t.Parallel()
	for _, p := range []struct {
		name, who string
		sheets    func(desk, *testing.T) []sheet
	}{
		{"agent", chen, desk.forAgent}, {"requester", wang, desk.forRequester}, {"admin", zheng, desk.forAdmin}, {"outside", nobody, desk.outside},
	} {
		for _, lang := range []string{"zh-CN", "en"} {
			t.Run(p.name+"/"+lang, func(t *testing.T) {
				t.Parallel()
				d := sampleDeskIn(t, lang)
				b := open(t, d.url)
				if p.who != nobody {
					b.signIn(p.who)
				} else {
					b.goTo("/signin")
				}
				b.speak(lang)
				for _, s := range p.sheets(d, t) {
					b.visit(s)
					b.look(s.name, lang)
				}
			})
		}
	}
}
