// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// rows makes the views of a stretch of a list. The way to a ticket remembers the list, so
// that it stands beside the ticket too.
func (f *Faces) rows(c *page.Ctx, v listView, list []ticket.Ticket) []ui.QueueRow {
	from := url.Values{}
	for _, name := range []string{"view", "group", "f"} {
		if s := v.Query.Get(name); s != "" {
			from.Set(name, s)
		}
	}
	out := make([]ui.QueueRow, 0, len(list))
	for _, t := range list {
		r := f.row(c, t)
		if len(from) > 0 {
			r.Href += "?" + from.Encode()
		}
		r.Extra = f.extras(c, v.Shape, t)
		out = append(out, r)
	}
	return out
}

// row makes the view of one ticket. It needs no detail.
func (f *Faces) row(c *page.Ctx, t ticket.Ticket) ui.QueueRow {
	who := f.People.Card(c.Context(), t.Requester)
	r := ui.QueueRow{
		Number: t.Ref(), Href: "/work/tickets/" + t.Ref(), Problem: t.Subject, Words: secondLine(c, t),
		Requester: who.Name, Place: who.Department, Clock: clockOf(c, t), Promise: promiseOf(c, t),
		Unread: t.Open() && t.Waiting(), Rev: key(t.Version),
	}
	if t.Graded {
		r.Priority = int(t.Priority)
	}
	if t.Status == ticket.New {
		r.Tags = append(r.Tags, ui.Tag{Tone: ui.Brand, Text: c.T("work.new")})
	}
	if t.Owner != 0 {
		owner := f.People.Card(c.Context(), t.Owner)
		r.Owner = ui.Person{Name: owner.Name, Me: owner.ID == c.Person.ID}
	} else if t.Status == ticket.New {
		r.Claim = "/work/claim"
	}
	if path := f.Catalog.Path(c.Context(), t.Category); len(path) > 0 {
		r.Category = path[0].Label(string(c.Lang))
	}
	return r
}

// secondLine is what stands under the problem: what the ticket waits for, else the user's own
// words as far as the problem does not say them already, else how and when it came.
func secondLine(c *page.Ctx, t ticket.Ticket) string {
	switch {
	case t.Status == ticket.Pending:
		return c.T("work.waits_" + string(t.Pending))
	case t.Status == ticket.Resolved && t.NextClock == ticket.ClockArchive:
		return c.T("work.waits_archive")
	case t.Status == ticket.Resolved:
		return c.T("work.waits_confirm", "Time", c.Clock(t.ResolvedAt))
	case t.Status == ticket.Closed:
		return c.T("work.closed_"+string(t.ClosedAs), "Time", c.Clock(t.ClosedAt))
	}
	if said := beyond(t.Subject, t.Snippet); said != "" {
		return c.T("work.quoted", "Text", said)
	}
	return c.T("work.came", "Channel", c.T("work.by_"+string(t.Channel)), "Time", c.Clock(t.CreatedAt))
}

// beyond returns the words that a subject made of their beginning leaves out.
func beyond(subject, words string) string {
	rest, cut := strings.CutPrefix(words, strings.TrimRight(subject, "… "))
	if !cut {
		return words
	}
	if r, _ := utf8.DecodeRuneInString(rest); r < utf8.RuneSelf && unicode.IsLetter(r) { // cut within a word
		_, rest, _ = strings.Cut(rest, " ")
	}
	rest = strings.TrimLeft(rest, "，。；：、！？,.;:!? ")
	if utf8.RuneCountInString(rest) < 4 {
		return ""
	}
	return "…" + rest
}

// clockOf is the next time limit, with its meaning.
func clockOf(c *page.Ctx, t ticket.Ticket) ui.Clock {
	if t.NextClock == "" || t.NextDue.Equal(ticket.Never) || !t.Open() {
		return ui.Clock{}
	}
	return ui.Clock{Meaning: c.T("work.clock_" + t.NextClock), Due: t.NextDue, Left: t.NextDue.Sub(c.Now), At: c.Clock(t.NextDue)}
}

// nearPromise is how long before its time a promise is near.
const nearPromise = 30 * time.Minute

// promiseOf is the time that the requester was told; a broken one is called broken.
func promiseOf(c *page.Ctx, t ticket.Ticket) *ui.Promise {
	if t.PromiseAt.IsZero() || !t.Open() {
		return nil
	}
	at := c.Clock(t.PromiseAt)
	switch left := t.PromiseAt.Sub(c.Now); {
	case left < 0:
		return &ui.Promise{State: ui.Broken, Text: c.T("work.promise_broken", "Time", at)}
	case left <= nearPromise:
		return &ui.Promise{State: ui.Near, Text: c.T("work.promised", "Time", at)}
	}
	return &ui.Promise{State: ui.Open, Text: c.T("work.promised", "Time", at)}
}
