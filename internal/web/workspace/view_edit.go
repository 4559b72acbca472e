// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// viewsPath is where the saved lists are kept.
const viewsPath = "/work/views"

// savedAddress is where one of them is built.
func savedAddress(which queue.ViewID) string { return viewsPath + "/" + key(int64(which)) }

// mountViews adds the saved views: their list, the form that builds one, and what is done to them.
func (f *Faces) mountViews(r *page.Router) {
	r.Get(viewsPath, access.QueueRead, f.views)
	r.Get(viewsPath+"/new", access.QueueWork, f.newView)
	r.Get(viewsPath+"/{id}", access.QueueWork, f.editView)
	r.Post(viewsPath+"/edit", access.QueueWork, f.buildView)
	r.Post(viewsPath+"/{id}/delete", access.QueueWork, f.deleteView)
	r.Post(viewsPath+"/{id}/restore", access.QueueWork, f.restoreView)
	r.Post(viewsPath+"/arrange", access.QueueWork, f.arrangeViews)
}

// viewForm is a view while it is built.
type viewForm struct {
	View     queue.View
	Form     *page.Form
	Root     rowForm
	Text     string // the filter as words
	Matches  string // how many tickets it holds now
	Fields   []fieldGroup
	Sorts    []ui.Option
	Parts    []ui.Option
	Columns  []ui.Option
	Icons    []ui.Option
	Sharings []ui.Option
	Groups   []ui.Option
	Choices  choices
}

// fieldGroup is fields that belong together, for a list of them.
type fieldGroup struct {
	Label  string
	Fields []opt
}

func fieldGroups(c *page.Ctx) []fieldGroup {
	var out []fieldGroup
	for _, g := range []struct {
		name   string
		fields []queue.Field
	}{
		{"facts", []queue.Field{
			queue.Status, queue.Waiting, queue.Priority, queue.Category, queue.Service, queue.Core, queue.Channel, queue.Unread, queue.Major,
			queue.Reopened, queue.HandOvers, queue.Words,
		}},
		{"people", []queue.Field{queue.Owner, queue.Assignee, queue.Group, queue.Requester, queue.Participant, queue.Department, queue.Place}},
		{"times", []queue.Field{queue.Clock, queue.Due, queue.Promise, queue.Promised, queue.Silent, queue.Age, queue.Idle, queue.Created, queue.Updated}},
	} {
		one := fieldGroup{Label: c.T("workview.fields_" + g.name)}
		for _, x := range g.fields {
			one.Fields = append(one.Fields, opt{Value: string(x), Label: c.T("workview.field_" + string(x))})
		}
		out = append(out, one)
	}
	return out
}

// newView begins a view with the filter that an address names, else with the open tickets.
func (f *Faces) newView(c *page.Ctx) error {
	v := queue.View{Icon: queue.Icons()[0], Sharing: queue.Own, Columns: queue.UsualColumns()}
	text := c.Query("f")
	if text == "" {
		text = "status:open"
	}
	if c.Query("from") != "" { // of a list, with its look
		if from, err := f.list(c, c.Request.URL.Query()); err == nil {
			text = from.tree.String()
			v.Sort, v.Grouping, v.Columns, v.Dense = string(from.shape.Sort), string(from.shape.By), from.shape.Columns, from.shape.Dense
		}
	}
	tree, err := queue.Understand(c.Context(), text, f.Tickets.Names(c.Actor))
	if err != nil { // as it was written, with what is wrong with it
		form := page.Filled("text", text)
		status := c.MarkUp(form, err)
		return f.showView(c, status, v, form, nodeOf(queue.Of(queue.Status, queue.Is, "open")))
	}
	return f.showView(c, http.StatusOK, v, nil, nodeOf(tree.Tidy()))
}

func (f *Faces) editView(c *page.Ctx) error {
	e, err := f.viewAt(c)
	if err != nil {
		return err
	}
	tree, err := e.Tree()
	if err != nil {
		return err
	}
	v := e.View
	if !e.Keeps { // a copy of one's own
		v.ID, v.Version, v.Sharing, v.Group = 0, 0, queue.Own, 0
	}
	return f.showView(c, http.StatusOK, v, nil, nodeOf(tree))
}

func (f *Faces) viewAt(c *page.Ctx) (queue.Entry, error) {
	which, err := c.PathInt("id")
	if err != nil {
		return queue.Entry{}, err
	}
	return f.Views.Get(c.Context(), c.Actor, queue.ViewID(which))
}

// viewFields are the fields of the form.
func viewFields() []string {
	return []string{
		"id", "version", "name", "icon", "shared", "group", "sort", "by", "columns", "dense", "text", "text_was", "act", "row",
		"join_*", "field_*", "was_*", "cmp_*", "val_*",
	}
}

// buildView takes the form: a button of the rows, another look, or the whole view to be saved.
// What was changed in the words wins over the rows.
func (f *Faces) buildView(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, viewFields()...)
	if err != nil {
		return err
	}
	v := viewFrom(form)
	root := nodeFrom(form.Values)
	root.act(form.Get("act"))
	tree := root.tree()
	if wordsChanged(form) {
		tree, err = queue.Parse(strings.TrimSpace(form.Get("text")))
	}
	if err == nil {
		tree, err = queue.Settle(c.Context(), tree.Tidy(), f.Tickets.Names(c.Actor))
	}
	if err != nil {
		return f.showView(c, c.MarkUp(form, err), v, form, root)
	}
	if wordsChanged(form) {
		root = nodeOf(tree)
	}
	switch form.Get("act") {
	case "save":
		v.Filter = tree.String()
		saved, err := f.Views.Save(c.Context(), c.Actor, v, form.Version())
		if err != nil {
			form.Values.Del("text")
			return c.Again(form, err, func(form *page.Form) templ.Component {
				v.Version = form.Version() // of the latest, where somebody was quicker
				return f.viewPage(c, v, form, root)
			})
		}
		c.Say("workview.saved", "Name", saved.Name)
		return c.Redirect("/work?view=" + viewKey(saved.ID))
	case "show":
		q := url.Values{"f": {tree.String()}}
		if v.Sort != "" {
			q.Set("sort", v.Sort)
		}
		if v.Grouping != "" {
			q.Set("by", v.Grouping)
		}
		if len(v.Columns) > 0 && !slices.Equal(v.Columns, queue.UsualColumns()) {
			q.Set("cols", strings.Join(v.Columns, ","))
		}
		if v.Dense {
			q.Set("rows", "dense")
		}
		return c.Redirect("/work?" + q.Encode())
	}
	form.Values.Del("text")
	return f.showView(c, http.StatusOK, v, form, root)
}

// wordsChanged reports whether the filter was changed in its words, not in the rows.
func wordsChanged(form *page.Form) bool {
	return strings.TrimSpace(form.Get("text")) != strings.TrimSpace(form.Get("text_was"))
}

func viewFrom(form *page.Form) queue.View {
	v := queue.View{
		ID: queue.ViewID(form.Int("id")), Version: form.Version(), Name: form.Text("name"), Icon: form.Get("icon"), Sharing: queue.Sharing(form.Get("shared")),
		Group: person.GroupID(form.Int("group")), Grouping: form.Get("by"), Dense: form.On("dense"), Sort: form.Get("sort"),
	}
	for _, name := range queue.Columns() {
		if slices.Contains(form.All("columns"), name) {
			v.Columns = append(v.Columns, name)
		}
	}
	if !slices.Contains(ticket.Sorts(), ticket.Sort(v.Sort)) {
		v.Sort = string(ticket.ByRisk)
	}
	if !slices.Contains(ticket.Groupings(), ticket.Grouping(v.Grouping)) {
		v.Grouping = ""
	}
	return v
}

func (f *Faces) showView(c *page.Ctx, status int, v queue.View, form *page.Form, root node) error {
	return c.Render(status, f.viewPage(c, v, form, root))
}

// viewPage is the form; of it the rows alone where a script asked.
func (f *Faces) viewPage(c *page.Ctx, v queue.View, form *page.Form, root node) templ.Component {
	x := viewForm{View: v, Form: form, Fields: fieldGroups(c)}
	x.Choices, _ = f.choices(c)
	x.Root = f.rowForms(c, root, x.Choices)
	names := f.Tickets.Names(c.Actor)
	if tree, err := queue.Settle(c.Context(), root.tree().Tidy(), names); err == nil {
		x.Text = queue.Say(c.Context(), tree, string(c.Lang), names)
		x.Matches = f.matches(c, tree)
	}
	for _, s := range ticket.Sorts() {
		x.Sorts = append(x.Sorts, ui.Option{Value: string(s), Label: c.T("workview.sort_" + string(s))})
	}
	for _, g := range ticket.Groupings() {
		x.Parts = append(x.Parts, ui.Option{Value: string(g), Label: c.T("workview.by_" + string(g))})
	}
	for _, name := range queue.Columns() {
		x.Columns = append(x.Columns, ui.Option{Value: name, Label: c.T("workview.col_" + name)})
	}
	for _, name := range queue.Icons() {
		x.Icons = append(x.Icons, ui.Option{Value: name, Label: name})
	}
	leads := access.Can(c.Actor, access.QueueShare, access.Object{}) == nil
	x.Groups = f.mineOf(c, leads)
	x.Sharings = []ui.Option{{Value: string(queue.Own), Label: c.T("workview.shared_own")}}
	if len(x.Groups) > 0 {
		x.Sharings = append(x.Sharings, ui.Option{Value: string(queue.Shared), Label: c.T("workview.shared_group")})
	}
	if leads {
		x.Sharings = append(x.Sharings, ui.Option{Value: string(queue.ForAll), Label: c.T("workview.shared_all")})
	}
	title := c.T("workview.new")
	if v.ID != 0 {
		title = c.T("workview.edit", "Name", v.Name)
	}
	fr := c.Frame(title).Listen("queue", "person")
	if c.Fragment() {
		return viewBuilder(fr, x)
	}
	return framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}, viewFormPage(fr, x, title))
}

// maxCounted bounds what is counted of a filter that closed tickets can pass.
const maxCounted = 1000

// matches says how many tickets a filter holds now.
func (f *Faces) matches(c *page.Ctx, tree queue.Tree) string {
	if sizes, err := f.Tickets.Sizes(c.Context(), c.Actor, tree); err == nil && sizes[0] >= 0 {
		return c.T("workview.matches", "Count", sizes[0])
	}
	n, err := f.Tickets.Size(c.Context(), c.Actor, ticket.Filter{View: ticket.All, Tree: tree}, maxCounted)
	switch {
	case err != nil:
		return ""
	case n >= maxCounted:
		return c.T("workview.matches_many", "Count", maxCounted)
	}
	return c.T("workview.matches_all", "Count", int(n))
}

// viewLine is a view in the list of them.
type viewLine struct {
	queue.Entry
	Who   string // has it
	Words string // its filter
	Count string
}

// views lists what the reader has.
func (f *Faces) views(c *page.Ctx) error {
	list, err := f.Views.Views(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	names := f.Tickets.Names(c.Actor)
	var lines []viewLine
	for _, e := range list {
		tree, err := e.Tree()
		if err != nil {
			return err
		}
		l := viewLine{Entry: e, Who: c.T("workview.shared_" + string(e.Sharing)), Words: queue.Say(c.Context(), tree, string(c.Lang), names)}
		if e.Sharing == queue.Shared {
			l.Who = f.People.Group(c.Context(), e.Group).Label(string(c.Lang))
		}
		if e.Sharing != queue.Own {
			l.Who = dotted(l.Who, c.T("workview.made_by", "Name", f.People.Card(c.Context(), e.Owner).Name))
		}
		if sizes, err := f.Tickets.Sizes(c.Context(), c.Actor, tree); err == nil && sizes[0] >= 0 {
			l.Count = c.T("work.count", "Count", sizes[0])
		}
		lines = append(lines, l)
	}
	fr := c.Frame(c.T("workview.title")).Listen("queue", "person")
	return c.Show(framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}, viewsPage(fr, lines)))
}

// arrangeViews puts a view up or down, or beside the reader's pages and away from there.
func (f *Faces) arrangeViews(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "up", "down", "star", "unstar")
	if err != nil {
		return err
	}
	list, err := f.Views.Views(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	var order []queue.ViewID
	chosen := map[queue.ViewID]bool{}
	for _, e := range list {
		order = append(order, e.ID)
		chosen[e.ID] = e.Favourite
	}
	at := func(name string) int { return slices.Index(order, queue.ViewID(form.Int(name))) }
	if i := at("up"); i > 0 {
		order[i-1], order[i] = order[i], order[i-1]
	}
	if i := at("down"); i >= 0 && i+1 < len(order) {
		order[i+1], order[i] = order[i], order[i+1]
	}
	if i := at("star"); i >= 0 {
		chosen[order[i]] = true
	}
	if i := at("unstar"); i >= 0 {
		chosen[order[i]] = false
	}
	if err := f.Views.Arrange(c.Context(), c.Actor, order, chosen); err != nil {
		return err
	}
	return c.Redirect(viewsPath)
}

func (f *Faces) deleteView(c *page.Ctx) error {
	return f.buryView(c, func(which queue.ViewID) error {
		v, err := f.Views.Delete(c.Context(), c.Actor, which)
		if err == nil {
			c.SayUndo(savedAddress(which)+"/restore", "workview.deleted", "Name", v.Name)
		}
		return err
	})
}

func (f *Faces) restoreView(c *page.Ctx) error {
	return f.buryView(c, func(which queue.ViewID) error {
		v, err := f.Views.Restore(c.Context(), c.Actor, which)
		if err == nil {
			c.Say("workview.restored", "Name", v.Name)
		}
		return err
	})
}

func (f *Faces) buryView(c *page.Ctx, do func(queue.ViewID) error) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if err := do(queue.ViewID(which)); err != nil {
		return err
	}
	return c.Redirect(viewsPath)
}
