// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountPromises adds the list of what was promised, over all tickets.
func (f *Faces) mountPromises(r *page.Router) {
	r.Get("/work/promises", access.QueueRead, f.promiseLines)
}

// promiseView is a stretch of the list in one state.
type promiseView struct {
	State    promise.State
	Tabs     []ui.Link
	Filters  []ui.FilterView
	Standing promise.Standing
	Lines    []promiseLine
	Pager    ui.PagerView
}

// promiseLine is one promise with its ticket.
type promiseLine struct {
	promise.Line
	Chip      ui.Promise
	Href      string
	Requester string
	Who       string // answers for it
	Group     string
	Told      string
	Done      string
}

// promiseTabs are the states in the order of their urgency.
func promiseTabs() []promise.State {
	return []promise.State{promise.Open, promise.Broken, promise.Kept, promise.Renegotiated}
}

// promiseLines lists what was promised: what is due first stands first.
func (f *Faces) promiseLines(c *page.Ctx) error {
	flt := promise.Filter{
		State: promise.Open, Group: person.GroupID(c.QueryInt("group")), Person: person.ID(c.QueryInt("person")), Cursor: c.Query("after"),
	}
	if s := promise.State(c.Query("state")); slices.Contains(promiseTabs(), s) {
		flt.State = s
	}
	p, err := f.Promises.List(c.Context(), c.Actor, flt)
	if errs.KindOf(err) == errs.Invalid { // a place in the list that there is not
		return c.Redirect(promiseAddress(flt, ""))
	}
	if err != nil {
		return err
	}
	v := promiseView{State: flt.State}
	if v.Standing, err = f.Promises.Standing(c.Context(), c.Actor, flt.Person); err != nil {
		return err
	}
	for _, s := range promiseTabs() {
		at := flt
		at.State = s
		v.Tabs = append(v.Tabs, ui.Link{Label: c.T("workpromise.tab_" + string(s)), Href: promiseAddress(at, ""), Current: s == flt.State})
	}
	if p.Next != "" {
		v.Pager.Older = promiseAddress(flt, p.Next)
	}
	if flt.Cursor != "" {
		v.Pager.Newer = promiseAddress(flt, "")
	}
	for _, l := range p.Lines {
		v.Lines = append(v.Lines, f.promiseLine(c, l))
	}
	from, err := f.choices(c)
	if err != nil {
		return err
	}
	v.Filters = promiseFilters(c, flt, from)
	return f.showHouse(c, http.StatusOK, c.T("workpromise.title"), func(fr page.Frame) templ.Component { return promisePageOf(fr, v) })
}

func (f *Faces) promiseLine(c *page.Ctx, l promise.Line) promiseLine {
	who := l.Assignee
	if who == 0 {
		who = l.Owner
	}
	return promiseLine{
		Line: l, Chip: promiseChip(c, l.Promise), Href: "/work/tickets/" + l.On.Ref(), Requester: f.People.Card(c.Context(), l.On.Requester).Name,
		Who: f.People.Card(c.Context(), who).Name, Group: f.People.Group(c.Context(), l.Group).Label(string(c.Lang)),
		Told: promiseTold(c, f, l.Promise), Done: promiseDone(c, l.Promise),
	}
}

// promiseAddress is the address of the list as it is narrowed, from a place in it on.
func promiseAddress(f promise.Filter, after string) string {
	q := url.Values{}
	if f.State != promise.Open {
		q.Set("state", string(f.State))
	}
	if f.Group != 0 {
		q.Set("group", strconv.FormatInt(int64(f.Group), 10))
	}
	if f.Person != 0 {
		q.Set("person", strconv.FormatInt(int64(f.Person), 10))
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/work/promises"
	}
	return "/work/promises?" + q.Encode()
}

// promiseFilters narrow the list to a group or to one person; oneself stands first.
func promiseFilters(c *page.Ctx, f promise.Filter, from choices) []ui.FilterView {
	chip := func(label string, set int64, options []ui.Option, with func(int64) promise.Filter) ui.FilterView {
		v := ui.FilterView{Label: c.T(label), Value: c.T("work.any")}
		if set != 0 {
			v.Clear = promiseAddress(with(0), "")
		}
		for _, o := range options {
			n, err := strconv.ParseInt(o.Value, 10, 64)
			if err != nil {
				continue
			}
			if n == set {
				v.Value = o.Label
			}
			v.Options = append(v.Options, ui.Link{Label: o.Label, Href: promiseAddress(with(n), ""), Current: n == set})
		}
		return v
	}
	me := key(int64(c.Person.ID))
	people := append([]ui.Option{{Value: me, Label: c.T("work.me", "Name", c.Person.Name)}},
		slices.DeleteFunc(slices.Clone(from.People), func(o ui.Option) bool { return o.Value == me })...)
	return []ui.FilterView{
		chip("workpromise.filter_person", int64(f.Person), people, func(n int64) promise.Filter {
			f := f
			f.Person = person.ID(n)
			return f
		}),
		chip("work.filter_group", int64(f.Group), from.Groups, func(n int64) promise.Filter {
			f := f
			f.Group = person.GroupID(n)
			return f
		}),
	}
}
