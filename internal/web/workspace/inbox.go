// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const inboxPath = "/work/inbox"

// mountInbox adds what the reader was told, and what they do about it. Opening a ticket is a link;
// that they have seen it is a POST of their page, so that no link changes anything.
func (f *Faces) mountInbox(r *page.Router) {
	r.Get(inboxPath, access.QueueRead, f.inbox)
	r.Post(inboxPath+"/seen", access.QueueRead, f.inboxSeen)
	r.Post(inboxPath+"/undo", access.QueueRead, f.inboxUndo)
	r.Post(inboxPath+"/{number}/seen", access.QueueRead, f.inboxSeen)
	r.Post(inboxPath+"/{number}/done", access.QueueRead, f.inboxDone)
	r.Post(inboxPath+"/{number}/undo", access.QueueRead, f.inboxUndo)
	r.Post("/work/tickets/{number}/watch", access.TicketWork, f.watch)
	r.Post("/work/tickets/{number}/unwatch", access.TicketWork, f.unwatch)
}

// watchedState is the list of what somebody watches, beside the states of the inbox.
const watchedState inbox.State = "watched"

// inboxView is the page.
type inboxView struct {
	State   inbox.State
	Kind    inbox.Kind
	Tabs    []ui.Link
	Filter  ui.FilterView
	Here    string // the address of the page as it stands
	Lines   []inboxLine
	Watched []watchedLine
	Newest  inbox.ItemID // for marking all
	Undo    bool
	Beside  []besideLine // what concerns no ticket
	Unread  bool
	Pager   ui.PagerView
	Todo    []articleTodo // articles that wait for the reader
}

// articleTodo is an article that waits for somebody.
type articleTodo struct {
	Href, Title, Why, Icon string
}

// articleTodos are what the room of articles wants of the reader; on the first page alone.
func (f *Faces) articleTodos(c *page.Ctx) ([]articleTodo, error) {
	todo, err := f.Knowledge.Todo(c.Context(), c.Actor)
	var out []articleTodo
	for _, a := range todo.Review {
		out = append(out, articleTodo{articleAddress(a.ID) + "?see=work", a.Work.Title, c.T("workarticle.inbox_review"), "search-check"})
	}
	for _, a := range todo.Returned {
		out = append(out, articleTodo{articleAddress(a.ID) + "?see=work", a.Work.Title, c.T("workarticle.inbox_returned"), "undo-2"})
	}
	for _, a := range todo.Read {
		out = append(out, articleTodo{articleAddress(a.ID), a.Live.Title, c.T("workarticle.inbox_read"), "book-open"})
	}
	for _, a := range todo.Look {
		out = append(out, articleTodo{articleAddress(a.ID), a.Live.Title, c.T("workarticle.inbox_look"), "clock"})
	}
	return out, err
}

// inboxLine is everything about one ticket.
type inboxLine struct {
	inbox.Line
	Href string
	At   string // of its deeds
	What []inboxWhat
	More int // items that are not written out
}

// inboxWhat is one item in words.
type inboxWhat struct {
	Icon, Tone, Text string
	Item             inbox.Item
}

// watchedLine is a ticket that is watched.
type watchedLine struct {
	Ticket   ticket.Ticket
	Href, At string
	State    string
	Tone     string
}

// whatShown bounds the items of a line that are written out.
const whatShown = 3

func (f *Faces) inbox(c *page.Ctx) error {
	v, err := f.readInbox(c)
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Show(inboxList(c.Frame(""), v))
	}
	return f.showInbox(c, http.StatusOK, v)
}

func (f *Faces) showInbox(c *page.Ctx, status int, v inboxView) error {
	fr := c.Frame(c.T("inbox.title"))
	if !strings.HasPrefix(fr.Path, inboxPath) {
		fr.Path = inboxPath
	}
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}
	return c.Render(status, framed(w, inboxPage(fr, v)))
}

// readInbox gathers the page that the address asks for. A POST has its address in the field "at".
func (f *Faces) readInbox(c *page.Ctx) (inboxView, error) {
	v := inboxView{State: inbox.State(c.Query("show")), Kind: inbox.Kind(c.Query("kind"))}
	if v.State != inbox.Unread && v.State != inbox.Done && v.State != watchedState {
		v.State = inbox.Open
	}
	if !v.Kind.Known() || v.State == watchedState {
		v.Kind = ""
	}
	v.Here = inboxAddress(v.State, v.Kind, "")
	for _, s := range []inbox.State{inbox.Open, inbox.Unread, inbox.Done, watchedState} {
		word := "open"
		if s != inbox.Open {
			word = string(s)
		}
		v.Tabs = append(v.Tabs, ui.Link{Label: c.T("inbox.tab_" + word), Href: inboxAddress(s, v.Kind, ""), Current: s == v.State})
	}
	v.Filter = kindFilter(c, v.State, v.Kind)
	beside, err := f.toldBeside(c)
	if err != nil {
		return v, err
	}
	v.Beside = beside
	if v.State == watchedState {
		list, err := f.Inbox.Watched(c.Context(), c.Actor)
		for _, t := range list {
			word, tone := f.bare(c, t).status(t)
			v.Watched = append(v.Watched, watchedLine{Ticket: t, Href: "/work/tickets/" + t.Ref(), At: "/work/tickets/" + key(t.Number), State: word, Tone: tone})
		}
		return v, err
	}
	p, err := f.Inbox.List(c.Context(), c.Actor, inbox.Filter{State: v.State, Kind: v.Kind, Before: inbox.ItemID(c.QueryInt("before"))})
	if err != nil {
		return v, err
	}
	for _, l := range p.Lines {
		v.Lines = append(v.Lines, f.inboxLine(c, l))
		v.Unread = v.Unread || l.Unread > 0
		v.Newest = max(v.Newest, l.Newest())
	}
	if (v.State == inbox.Open || v.State == inbox.Unread) && c.Query("before") == "" && v.Kind == "" {
		if v.Todo, err = f.articleTodos(c); err != nil {
			return v, err
		}
	}
	if p.Next != 0 {
		v.Pager.Older = inboxAddress(v.State, v.Kind, key(int64(p.Next)))
	}
	if c.Query("before") != "" {
		v.Pager.Newer = v.Here
	}
	v.Undo, err = f.Inbox.CanUndo(c.Context(), c.Actor)
	return v, err
}

func inboxAddress(s inbox.State, k inbox.Kind, before string) string {
	q := url.Values{}
	for name, value := range map[string]string{"show": string(s), "kind": string(k), "before": before} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return inboxPath
	}
	return inboxPath + "?" + q.Encode()
}

func kindFilter(c *page.Ctx, s inbox.State, set inbox.Kind) ui.FilterView {
	v := ui.FilterView{Label: c.T("inbox.kind"), Value: c.T("work.any")}
	if set != "" {
		v.Value, v.Clear = c.T("inbox.kind_"+string(set)), inboxAddress(s, "", "")
	}
	for _, k := range inbox.Kinds() {
		v.Options = append(v.Options, ui.Link{Label: c.T("inbox.kind_" + string(k)), Href: inboxAddress(s, k, ""), Current: k == set})
	}
	return v
}

func (f *Faces) inboxLine(c *page.Ctx, l inbox.Line) inboxLine {
	out := inboxLine{Line: l, Href: "/work/tickets/" + l.Ticket.Ref(), At: inboxPath + "/" + key(l.Ticket.Number)}
	for _, i := range l.Items {
		if len(out.What) == whatShown {
			out.More++
			continue
		}
		icon, tone := kindSign(i.Kind)
		out.What = append(out.What, inboxWhat{Icon: icon, Tone: tone, Text: f.inboxWords(c, i), Item: i})
	}
	return out
}

// inboxWords says in a sentence what happened.
func (f *Faces) inboxWords(c *page.Ctx, i inbox.Item) string {
	name := c.T("workticket.desk")
	if i.Actor != 0 {
		name = f.People.Card(c.Context(), i.Actor).Name
	}
	return c.T(i.Words(), "Name", name)
}

func kindSign(k inbox.Kind) (icon, tone string) {
	signs := map[inbox.Kind][2]string{
		inbox.Clock: {"clock-alert", "text-danger"}, inbox.Mentioned: {"at-sign", "text-brand"}, inbox.Assigned: {"user-round-check", "text-fg2"},
		inbox.Rejected: {"rotate-ccw", "text-warn"}, inbox.Answered: {"message-circle", "text-fg2"}, inbox.Promise: {"handshake", "text-warn"},
		inbox.Record: {"clipboard-check", "text-warn"}, inbox.Trouble: {"triangle-alert", "text-warn"}, inbox.Approval: {"stamp", "text-brand"}, inbox.Outcome: {"stamp", "text-fg2"}, inbox.Team: {"users", "text-fg2"},
		inbox.Watched: {"eye", "text-fg2"}, inbox.Confirmed: {"circle-check", "text-ok"},
	}
	return signs[k][0], signs[k][1]
}

// inboxTicket is the ticket that the address names; the zero ticket where it names none.
func (f *Faces) inboxTicket(c *page.Ctx) (ticket.Ticket, error) {
	if c.Path("number") == "" {
		return ticket.Ticket{}, nil
	}
	number, err := c.Number("number")
	if err != nil {
		return ticket.Ticket{}, err
	}
	return f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
}

// inboxSeen marks as read what a page showed, of one ticket or of all.
func (f *Faces) inboxSeen(c *page.Ctx) error {
	return f.inboxAct(c, func(t ticket.Ticket, upTo inbox.ItemID) error { return f.Inbox.Seen(c.Context(), c.Actor, t.ID, upTo) })
}

// inboxDone takes from the list what a page showed of a ticket.
func (f *Faces) inboxDone(c *page.Ctx) error {
	return f.inboxAct(c, func(t ticket.Ticket, upTo inbox.ItemID) error {
		n, err := f.Inbox.Done(c.Context(), c.Actor, t.ID, upTo)
		if err == nil && n > 0 {
			c.SayUndo(inboxPath+"/"+key(t.Number)+"/undo", "inbox.said_done", "Ref", t.Ref())
		}
		return err
	})
}

// inboxUndo brings back what was last taken from the list, or everything of a ticket.
func (f *Faces) inboxUndo(c *page.Ctx) error {
	return f.inboxAct(c, func(t ticket.Ticket, _ inbox.ItemID) error {
		err := f.Inbox.Undo(c.Context(), c.Actor, t.ID)
		if err == nil {
			c.Say("inbox.said_undone")
		}
		return err
	})
}

// inboxAct does something about the list and shows it again as it was: filtered, in place.
func (f *Faces) inboxAct(c *page.Ctx, do func(ticket.Ticket, inbox.ItemID) error) error {
	form, err := c.Form(page.SmallForm, "upto", "show", "kind")
	if err != nil {
		return err
	}
	t, err := f.inboxTicket(c)
	if err != nil {
		return err
	}
	if err := do(t, inbox.ItemID(form.Int("upto"))); err != nil {
		return err
	}
	at := inboxAddress(inbox.State(form.Get("show")), inbox.Kind(form.Get("kind")), "")
	if !c.Fragment() {
		return c.Redirect(at)
	}
	u, err := url.Parse(at)
	if err != nil {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	c.Request.URL.RawQuery = u.RawQuery
	v, err := f.readInbox(c)
	if err != nil {
		return err
	}
	return c.Show(inboxAnswer(c.Frame(""), v))
}

// watch and unwatch let the reader hear of a ticket, and no longer.
func (f *Faces) watch(c *page.Ctx) error { return f.watching(c, f.Inbox.Watch, "inbox.said_watch") }

func (f *Faces) unwatch(c *page.Ctx) error {
	return f.watching(c, f.Inbox.Unwatch, "inbox.said_unwatch")
}

func (f *Faces) watching(c *page.Ctx, do watchFunc, said string) error {
	form, err := c.Form(page.SmallForm, "next")
	if err != nil {
		return err
	}
	t, err := f.inboxTicket(c)
	if err != nil {
		return err
	}
	if err := do(c.Context(), c.Actor, t); err != nil {
		return err
	}
	c.Say(said, "Ref", t.Ref())
	s := f.bare(c, t)
	if !c.Fragment() {
		return c.Redirect(page.LocalPath(form.Get("next"), s.home()))
	}
	if form.Get("next") == inboxAddress(watchedState, "", "") {
		return c.Redirect(form.Get("next"))
	}
	if s.watchers, err = f.Inbox.Watchers(c.Context(), c.Actor, t); err != nil {
		return err
	}
	return c.Show(watchAnswer(s))
}

// besideLine is something that the reader was told and that concerns no ticket.
type besideLine struct {
	ID               int64
	Icon, Text, Href string
}

// toldBeside reads what problems, improvements and reviews told the reader.
func (f *Faces) toldBeside(c *page.Ctx) ([]besideLine, error) {
	list, err := f.Problems.Notices(c.Context(), c.Actor)
	out := make([]besideLine, 0, len(list))
	for _, n := range list {
		l := besideLine{ID: n.ID, Icon: "users", Text: c.T("workproblem.notice_review"), Href: reviewPath + "/" + key(n.About)}
		if n.Kind == problem.NoticeDue {
			l = besideLine{ID: n.ID, Icon: "target", Text: c.T("workproblem.notice_due", "Ref", problem.ImprovementID(n.About).Ref()), Href: improvementPath + "/" + key(n.About)}
		}
		out = append(out, l)
	}
	return out, err
}
