// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// home is everything that the first page shows.
type home struct {
	Hello   string
	Lead    string
	Expect  string // how soon somebody will be in touch
	Ask     *page.Form
	Useful  []answer   // what most people found useful
	Common  []ui.Link  // forms of what people mostly want
	Majors  []standing // what goes on for everybody
	Told    []bulletin // what the desk tells everybody
	News    []toldLine // what they were told and have not seen
	Confirm []request
	Going   []line
	More    bool // there are more than the page shows
}

// home greets, takes a request, asks for what is to be confirmed and shows what goes on.
func (f *Faces) home(c *page.Ctx) error {
	c.Together()
	return f.showHome(c, http.StatusOK, nil)
}

func (f *Faces) showHome(c *page.Ctx, status int, ask *page.Form) error {
	h, err := f.readHome(c)
	if err != nil {
		return err
	}
	h.Ask = page.Keyed(ask)
	frame := c.Frame(c.T("portal.home"))
	return show(c, status, frame.Listen("person"), homePage(frame, h))
}

// shown bounds the requests on the first page, newsShown the news about them.
const (
	shown     = 8
	newsShown = 3
)

func (f *Faces) readHome(c *page.Ctx) (home, error) {
	h := home{Majors: f.standing(c), Hello: c.T(greeting(c.Now.In(c.Zone)), "Name", given(c.Person.Name)), Expect: f.expect(c)}
	open, err := f.tickets.List(c.Context(), c.Actor, ticket.Filter{View: ticket.Risk, Limit: 50})
	if err != nil {
		return h, err
	}
	if h.Told, err = f.announced(c); err != nil {
		return h, err
	}
	if h.Common, err = f.common(c, ""); err != nil {
		return h, err
	}
	if h.Useful, err = f.useful(c, 0, 5); err != nil {
		return h, err
	}
	news, err := f.inbox.List(c.Context(), c.Actor, inbox.Filter{State: inbox.Unread, Limit: newsShown})
	if err != nil {
		return h, err
	}
	h.News = f.toldLines(c, news)
	going := 0
	for _, t := range open.Tickets {
		if toConfirm(t) && mine(c, t) && len(h.Confirm) < 3 {
			full, err := f.tickets.Get(c.Context(), c.Actor, ticket.Target{ID: t.ID})
			if err != nil {
				return h, err
			}
			h.Confirm = append(h.Confirm, request{Ticket: full, Base: base(c, full), Owner: f.people.Card(c.Context(), full.Owner)})
			continue
		}
		if going++; len(h.Going) < shown {
			h.Going = append(h.Going, f.line(c, t))
		}
	}
	h.More = going > shown || open.Next != ""
	switch {
	case len(h.Confirm) > 0 && going > 0:
		h.Lead = c.T("portal.lead_both", "Confirm", len(h.Confirm), "Going", going)
	case len(h.Confirm) > 0:
		h.Lead = c.T("portal.lead_confirm", "Count", len(h.Confirm))
	case going > 0:
		h.Lead = c.T("portal.lead_going", "Count", going)
	default:
		h.Lead = c.T("portal.lead_none")
	}
	return h, nil
}

// expect is the honest sentence beside the button: what the policy promises for a request
// that nobody has graded yet (N20).
func (f *Faces) expect(c *page.Ctx) string {
	due := f.clocks.Expect(ticket.Ticket{CreatedAt: c.Now, Detail: ticket.Detail{Organisation: c.Person.Department, Site: c.Person.Place}})
	return c.T("portal.expect", "Duration", i18n.Duration(c.Lang, due.Sub(c.Now)))
}

func greeting(now time.Time) string {
	switch h := now.Hour(); {
	case h < 5, h >= 18:
		return "portal.good_evening"
	case h < 12:
		return "portal.good_morning"
	default:
		return "portal.good_afternoon"
	}
}

// given is how a colleague would address somebody: the given name.
func given(name string) string {
	if r := []rune(name); len(r) >= 3 && len(r) <= 4 && r[0] > 0x2e7f {
		return string(r[len(r)-2:])
	}
	if first, _, found := strings.Cut(name, " "); found {
		return first
	}
	return name
}

// requests lists everything one ever asked for, the latest change first.
func (f *Faces) requests(c *page.Ctx) error {
	if q := strings.TrimSpace(c.Query("q")); q != "" {
		return f.findRequests(c, q)
	}
	p, err := f.tickets.List(c.Context(), c.Actor, ticket.Filter{View: ticket.All, Limit: 20, Cursor: c.Query("after")})
	if err != nil {
		return err
	}
	var lines []line
	for _, t := range p.Tickets {
		lines = append(lines, f.line(c, t))
	}
	frame := c.Frame(c.T("portal.requests"))
	return show(c, http.StatusOK, frame, requestsPage(frame, lines, p.Next, c.Query("after") != ""))
}
