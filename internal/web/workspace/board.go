// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountBoard adds the board of those who lead: who has how much, and what is at risk.
func (f *Faces) mountBoard(r *page.Router) {
	r.Get("/work/board", access.LeadRead, f.board)
	r.Post("/work/board/assign", access.TicketWork, f.boardAssign)
}

// The ways to lay the board out.
const (
	boardPeople = "person"
	boardGroups = "group"
	boardRisk   = "risk"
)

// boardShown bounds the cards of a lane; its figure leads to all of them.
const boardShown = 12

// boardView is everything that the board shows.
type boardView struct {
	By      string
	Tabs    []ui.Link
	Figures []figureView // over all lanes
	Lanes   []lane
	Outcome *outcome
}

// lane is one column: somebody, a group, or a stretch of time.
type lane struct {
	ID      string // "p12", "g3": where a ticket is given to; "" where it can be given to nobody
	Title   string
	Figures []figureView
	All     string // the list of everything in it
	Rows    []ui.QueueRow
	More    int    // how many are not shown
	Key     string // the key that gives it what is picked, of the first nine

	tree queue.Tree
}

// figureView is a count that leads to its tickets.
type figureView struct {
	Label string
	Count int
	Href  string
	Tone  string
}

func leaf(f queue.Field, c queue.Cmp, values ...string) queue.Tree { return queue.Of(f, c, values...) }

func allOf(list ...queue.Tree) queue.Tree { return queue.Tree{Op: queue.And, Kids: list}.Tidy() }

// boardAsks are the questions of a lead, each with its figure.
func boardAsks() []struct {
	Name, Tone string
	Tree       queue.Tree
} {
	return []struct {
		Name, Tone string
		Tree       queue.Tree
	}{
		{"open", "", queue.All()},
		{"over", ui.Danger, leaf(queue.Clock, queue.Is, "over")},
		{"near", ui.Warn, leaf(queue.Clock, queue.Is, "near")},
		{"silent", ui.Warn, allOf(leaf(queue.Status, queue.Is, "new", "working", "pending"), leaf(queue.Silent, queue.Over, "1d"))},
		{"broken", ui.Danger, leaf(queue.Promise, queue.Is, "broken")},
		{"pingpong", ui.Warn, leaf(queue.HandOvers, queue.AtLeast, "2")},
	}
}

func (f *Faces) board(c *page.Ctx) error {
	v, err := f.readBoard(c, c.Query("by"))
	if err != nil {
		return err
	}
	v.Outcome = f.toldIn(c)
	fr := c.Frame(c.T("workboard.title")).Listen("queue", "person")
	fr.Path = "/work/board?by=" + v.By
	if c.Fragment() {
		return c.Show(boardLanes(fr, v))
	}
	return c.Show(framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}, boardPage(fr, v)))
}

// readBoard gathers the lanes. All figures come from memory in one pass, the cards of each lane
// from its index.
func (f *Faces) readBoard(c *page.Ctx, by string) (boardView, error) {
	v := boardView{By: by}
	var err error
	switch by {
	case boardGroups:
		v.Lanes, err = f.groupLanes(c)
	case boardRisk:
		v.Lanes = riskLanes(c)
	default:
		v.By = boardPeople
		v.Lanes, err = f.peopleLanes(c)
	}
	if err != nil {
		return v, err
	}
	for _, name := range []string{boardPeople, boardGroups, boardRisk} {
		v.Tabs = append(v.Tabs, ui.Link{Label: c.T("workboard.by_" + name), Href: "/work/board?by=" + name, Current: name == v.By})
	}
	open, asks := leaf(queue.Status, queue.Is, "open"), boardAsks()
	var trees []queue.Tree
	for _, base := range append([]queue.Tree{open}, laneTrees(v.Lanes)...) {
		for _, a := range asks {
			trees = append(trees, allOf(open, base, a.Tree))
		}
	}
	sizes, err := f.Tickets.Sizes(c.Context(), c.Actor, trees...)
	if err != nil {
		return v, err
	}
	figures := func(i int) []figureView {
		var out []figureView
		for j, a := range asks {
			n := sizes[i*len(asks)+j]
			x := figureView{Label: c.T("workboard.ask_"+a.Name, "Count", n), Count: n, Href: "/work?f=" + url.QueryEscape(trees[i*len(asks)+j].String())}
			if n > 0 {
				x.Tone = a.Tone
			}
			out = append(out, x)
		}
		return out
	}
	v.Figures = figures(0)
	keys := 0
	for i := range v.Lanes {
		v.Lanes[i].Figures = figures(i + 1)
		if v.Lanes[i].ID != "" && keys < 9 {
			keys++
			v.Lanes[i].Key = strconv.Itoa(keys)
		}
		if err := f.fillLane(c, &v.Lanes[i]); err != nil {
			return v, err
		}
	}
	return v, nil
}

func laneTrees(list []lane) []queue.Tree {
	var out []queue.Tree
	for _, l := range list {
		out = append(out, l.tree)
	}
	return out
}

// fillLane reads the cards at the greatest risk.
func (f *Faces) fillLane(c *page.Ctx, l *lane) error {
	n := l.Figures[0].Count
	l.All = l.Figures[0].Href
	if n == 0 {
		return nil
	}
	p, err := f.Tickets.List(c.Context(), c.Actor, ticket.Filter{View: ticket.Risk, Tree: l.tree, Limit: boardShown})
	if err != nil {
		return err
	}
	for _, t := range p.Tickets {
		l.Rows = append(l.Rows, f.row(c, t))
	}
	l.More = max(0, n-len(p.Tickets))
	return f.mark(c, l.Rows, p.Tickets)
}

// peopleLanes are those who work on something now, what nobody does first.
func (f *Faces) peopleLanes(c *page.Ctx) ([]lane, error) {
	staff, err := f.People.Staff(c.Context())
	if err != nil {
		return nil, err
	}
	out := []lane{{Title: c.T("workboard.nobody"), tree: leaf(queue.Assignee, queue.Is, queue.None)}}
	busy := map[int64]int{}
	f.Tickets.Each(c.Actor, func(r *queue.Row) { busy[r.Assignee]++ })
	for _, p := range staff {
		if p.Role == access.Admin && busy[int64(p.ID)] == 0 {
			continue // whoever only administers gets no work
		}
		key := strconv.FormatInt(int64(p.ID), 10)
		out = append(out, lane{ID: "p" + key, Title: p.Name, tree: leaf(queue.Assignee, queue.Is, "#"+key)})
	}
	slices.SortStableFunc(out[1:], func(a, b lane) int { return busy[number(b.ID[1:])] - busy[number(a.ID[1:])] })
	return out, nil
}

func (f *Faces) groupLanes(c *page.Ctx) ([]lane, error) {
	groups, err := f.People.Groups(c.Context())
	out := []lane{{Title: c.T("workview.no_group"), tree: leaf(queue.Group, queue.Is, queue.None)}}
	for _, g := range groups {
		if g.Active {
			key := strconv.FormatInt(int64(g.ID), 10)
			out = append(out, lane{ID: "g" + key, Title: g.Label(string(c.Lang)), tree: leaf(queue.Group, queue.Is, "#"+key)})
		}
	}
	return out, err
}

func riskLanes(c *page.Ctx) []lane {
	return []lane{
		{Title: c.T("workboard.lane_over"), tree: leaf(queue.Clock, queue.Is, "over")},
		{Title: c.T("workboard.lane_near"), tree: leaf(queue.Clock, queue.Is, "near")},
		{Title: c.T("workboard.lane_day"), tree: allOf(leaf(queue.Clock, queue.Is, "calm"), leaf(queue.Due, queue.Under, "1d"))},
		{Title: c.T("workboard.lane_later"), tree: queue.Tree{Op: queue.Not, Kids: []queue.Tree{leaf(queue.Due, queue.Under, "1d")}}},
	}
}

// boardAssign gives the picked tickets to a person or to a group: by the button of a lane, or by
// dropping a card there. Each passes the same rules as on its own page.
func (f *Faces) boardAssign(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "ticket", "to", "by")
	if err != nil {
		return err
	}
	to := form.Get("to")
	cmd := ticket.Assign{}
	switch which := number(strings.TrimLeft(to, "pg")); {
	case which > 0 && strings.HasPrefix(to, "p"):
		cmd.Assignee = person.ID(which)
	case which > 0 && strings.HasPrefix(to, "g"):
		cmd.Group = person.GroupID(which)
	default:
		return errs.New(errs.Invalid, "ticket.assign_nothing")
	}
	picked := slices.Compact(slices.Sorted(slices.Values(form.All("ticket"))))
	if len(picked) == 0 {
		return errs.New(errs.Invalid, "work.pick_some")
	}
	o, before := f.giveAll(c, picked, cmd, nil)
	if len(o.Reasons) > 0 {
		return o.tell(c, boardAt(form.Get("by")))
	}
	c.SayUndo(undoOf(cmd, before), "work.bulk_assign", "Count", o.Done)
	return c.Redirect(boardAt(form.Get("by")))
}

// boardAt is the address of the board in one of its layouts.
func boardAt(by string) string { return "/work/board?by=" + url.QueryEscape(by) }
