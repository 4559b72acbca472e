// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountSearch adds the one box for everything.
func (f *Faces) mountSearch(r *page.Router) {
	r.Get("/work/search", access.QueueRead, f.find)
	r.Get("/work/search/suggest", access.QueueRead, f.suggest)
}

// findView is everything that the search page shows.
type findView struct {
	Text     string
	Error    string    // what could not be understood
	Wrong    [2]string // what was typed, before where it is wrong and from there on
	Asked    bool
	Building bool
	Total    string
	Hits     []foundView
	People   []personView
	Persons  string // how many people there are, where more are found than shown
	Everyone string // the page with all of them
	Whom     bool   // people are what is asked for
	Next     []queue.Completion
	Pager    ui.PagerView
}

// foundView is a ticket that was found.
type foundView struct {
	Ref       string
	Href      string
	Subject   []search.Piece
	Priority  int
	State     string
	Tone      string
	Where     string // what the words below are; empty for the user's first words
	Locked    bool   // they are for staff only
	Author    string
	Words     []search.Piece
	Requester string
	Owner     string
	At        ui.When
}

// personView is a person who was found.
type personView struct {
	Name  string
	Sub   string
	Href  string
	About string
}

// find shows what was found. A number with its sign means that ticket and nothing else.
func (f *Faces) find(c *page.Ctx) error {
	typed := strings.TrimSpace(c.Query("q"))
	if n := ticket.ParseRef(typed); n != 0 && strings.ContainsAny(typed[:1], "#Ll") {
		if t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: n}); err == nil {
			return c.Redirect("/work/tickets/" + t.Ref())
		}
	}
	v := findView{Text: typed, Whom: c.Query("of") == "people"}
	if v.Whom {
		return f.foundPeople(c, v)
	}
	p, err := f.Search.Find(c.Context(), c.Actor, search.Query{Text: typed, Cursor: c.Query("after"), Zone: c.Zone})
	status := http.StatusOK
	if e := errs.As(err); e != nil && e.Kind == errs.Invalid {
		v.wrong(c, e)
		status = http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	v.Asked, v.Building = p.Asked, p.Building
	if v.Error == "" {
		v.Total = totalOf(c, p)
	}
	for _, h := range p.Hits {
		v.Hits = append(v.Hits, f.foundView(c, h))
	}
	v.People = f.personViews(c, p.People)
	if p.Persons > len(p.People) {
		v.Persons, v.Everyone = c.T("search.all_people", "Count", p.Persons), peopleAddress(typed)
	}
	v.Pager = findPager(c, typed, p.Next)
	return f.showFound(c, status, v)
}

func (f *Faces) showFound(c *page.Ctx, status int, v findView) error {
	fr := c.Frame(c.T("search.title"))
	return c.Render(status, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}, findPage(fr, v)))
}

// wrong says what could not be understood, and where it stands.
func (v *findView) wrong(c *page.Ctx, e error) {
	x := errs.As(e)
	v.Error = c.T(x.Key, x.Args...)
	typed := []rune(v.Text)
	if at := queue.WrongAt(e); at > 0 && at <= len(typed) {
		v.Error += c.T("queue.at", "At", at)
		v.Wrong = [2]string{string(typed[:at-1]), string(typed[at-1:])}
	}
}

func peopleAddress(typed string) string {
	return "/work/search?" + url.Values{"q": {typed}, "of": {"people"}}.Encode()
}

// foundPeople shows the people who hold the words, all of them, a page at a time.
func (f *Faces) foundPeople(c *page.Ctx, v findView) error {
	p, err := f.Search.FindPeople(c.Context(), c.Actor, search.Query{Text: v.Text, Cursor: c.Query("after"), Zone: c.Zone})
	status := http.StatusOK
	if e := errs.As(err); e != nil && e.Kind == errs.Invalid {
		v.wrong(c, e)
		status = http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	v.Asked = v.Text != ""
	if v.Asked && err == nil {
		v.Total = c.T("search.found_people", "Count", p.Total)
	}
	v.People = f.personViews(c, p.People)
	v.Everyone = peopleAddress(v.Text)
	if p.Next != "" {
		v.Pager.Older = v.Everyone + "&after=" + url.QueryEscape(p.Next)
	}
	if c.Query("after") != "" {
		v.Pager.Newer = v.Everyone
	}
	return f.showFound(c, status, v)
}

// suggest answers how what is typed may go on, and what may be meant, while somebody is typing.
// at says where, in characters; at the end where it says nothing.
func (f *Faces) suggest(c *page.Ctx) error {
	typed := c.Query("q")
	at := len([]rune(typed))
	if n, err := strconv.Atoi(c.Query("at")); err == nil {
		at = n
	}
	next, err := queue.Complete(c.Context(), typed, at, string(c.Lang), true, f.Tickets.Names(c.Actor))
	if err != nil {
		return err
	}
	if c.Query("only") == "fields" { // the box of a filter: there is nothing to find
		return c.Show(suggestions(c.Frame(""), findView{Next: next}))
	}
	s, err := f.Search.Suggest(c.Context(), c.Actor, search.Query{Text: typed, Zone: c.Zone})
	if err != nil {
		return err
	}
	v := findView{Text: typed, Next: next, People: f.personViews(c, s.People)}
	for _, h := range s.Tickets {
		v.Hits = append(v.Hits, f.foundView(c, h))
	}
	return c.Show(suggestions(c.Frame(""), v))
}

func totalOf(c *page.Ctx, p search.Page) string {
	switch {
	case !p.Asked:
		return ""
	case p.Total.More:
		return c.T("search.found_more", "Count", p.Total.N)
	case p.Total.About:
		return c.T("search.found_about", "Count", p.Total.N)
	}
	return c.T("search.found", "Count", p.Total.N)
}

func (f *Faces) foundView(c *page.Ctx, h search.Hit) foundView {
	t := h.Ticket
	v := foundView{
		Ref: t.Ref(), Href: "/work/tickets/" + t.Ref(), Subject: h.Subject, State: c.T("work.status_" + string(t.Status)), Tone: ui.Neutral,
		Words: h.Words, Requester: f.People.Card(c.Context(), t.Requester).Name, Owner: f.People.Card(c.Context(), t.Owner).Name,
		At: ui.At(c.Lang, t.CreatedAt, c.Now, c.Zone), Author: f.People.Card(c.Context(), h.Author).Name,
	}
	if t.Graded {
		v.Priority = int(t.Priority)
	}
	switch t.Status {
	case ticket.New:
		v.Tone = ui.Brand
	case ticket.Pending, ticket.Resolved:
		v.Tone = ui.Warn
	case ticket.Opened, ticket.Closed:
	}
	if h.Where != "" {
		v.Where = i18n.T(c.Lang, "search.where_"+string(h.Where))
		v.Locked = h.Where == search.InNote || h.Where == search.InCall || h.Where == search.InRecord
	}
	return v
}

func (f *Faces) personViews(c *page.Ctx, list []person.Person) []personView {
	var out []personView
	for _, p := range list {
		sub := p.Email
		if p.Department != "" {
			sub = p.Department + " · " + p.Email
		}
		out = append(out, personView{
			Name: p.Name, Sub: sub, About: c.T("search.person_tickets", "Name", p.Name),
			Href: "/work/search?" + url.Values{"q": {fieldName(queue.Requester, c) + ":" + p.Email}}.Encode(),
		})
	}
	return out
}

// searchAddress asks for what a narrowed list asks, with the names of the properties in full.
func (f *Faces) searchAddress(c *page.Ctx, flt ticket.Filter) string {
	lang := string(c.Lang)
	parts := []string{flt.Text}
	add := func(name queue.Field, value string) {
		if value != "" {
			parts = append(parts, fieldName(name, c)+`:"`+strings.ReplaceAll(value, `"`, "")+`"`)
		}
	}
	status := flt.Status
	if flt.View == ticket.Done {
		status = ticket.Closed
	}
	if code := string(status); status != "" {
		if status == ticket.Opened {
			code = "working"
		}
		s, _ := queue.SpecOf(queue.Status)
		add(queue.Status, s.Said(code, lang))
	}
	if flt.Owner != 0 {
		add(queue.Owner, f.People.Card(c.Context(), flt.Owner).Email)
	}
	if flt.Group != 0 {
		add(queue.Group, f.People.Group(c.Context(), flt.Group).Label(lang))
	}
	if flt.Priority != 0 {
		add(queue.Priority, flt.Priority.String())
	}
	if flt.Service != 0 {
		add(queue.Service, f.Catalog.Service(c.Context(), flt.Service).Label(lang))
	}
	if flt.Category != 0 {
		add(queue.Category, f.Catalog.Category(c.Context(), flt.Category).Label(lang))
	}
	return "/work/search?" + url.Values{"q": {strings.Join(parts, " ")}}.Encode()
}

func fieldName(f queue.Field, c *page.Ctx) string {
	s, _ := queue.SpecOf(f)
	return s.Name(string(c.Lang))
}

// findPager leads on; the way back is the browser's, and to the first page.
func findPager(c *page.Ctx, typed, next string) ui.PagerView {
	var p ui.PagerView
	at := func(cursor string) string {
		q := url.Values{"q": {typed}}
		if cursor != "" {
			q.Set("after", cursor)
		}
		return "/work/search?" + q.Encode()
	}
	if next != "" {
		p.Older = at(next)
	}
	if c.Query("after") != "" {
		p.Newer = at("")
	}
	return p
}
