// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// node is a filter as the rows of a form: a condition, or a box with rows in it. Its path names
// the fields of its row, "0.2" for the third row of the first box.
type node struct {
	Path   string
	Joins  string // all, any or none; "" for a condition
	Rows   []node
	Field  queue.Field
	Cmp    string // a queue.Cmp, or isnt
	Values []string
	Fresh  bool // added just now
}

// The ways to join rows.
const (
	joinAll  = "all"
	joinAny  = "any"
	joinNone = "none"
)

// isnt turns a condition round.
const isnt = "isnt"

// nodeOf lays a filter out as rows. At the top stands a box.
func nodeOf(t queue.Tree) node {
	n := laid(t)
	if n.Joins == "" {
		n = node{Joins: joinAll, Rows: []node{n}}
	}
	n.number("0")
	return n
}

func laid(t queue.Tree) node {
	switch t.Op {
	case queue.Leaf:
		return node{Field: t.Cond.Field, Cmp: string(t.Cond.Cmp), Values: t.Cond.Values}
	case queue.Not:
		in := laid(t.Kids[0])
		switch in.Joins {
		case "":
			if s, ok := queue.SpecOf(in.Field); ok && !s.Compares() && in.Cmp == "" {
				in.Cmp = isnt
				return in
			}
		case joinAny:
			in.Joins = joinNone
			return in
		}
		return node{Joins: joinNone, Rows: []node{in}}
	}
	out := node{Joins: joinAll}
	if t.Op == queue.Or {
		out.Joins = joinAny
	}
	for _, k := range t.Kids {
		out.Rows = append(out.Rows, laid(k))
	}
	return out
}

// number gives every row its path.
func (n *node) number(path string) {
	n.Path = path
	for i := range n.Rows {
		n.Rows[i].number(path + "." + strconv.Itoa(i))
	}
}

// tree is the filter that the rows make. A row without a value is left out.
func (n node) tree() queue.Tree {
	if n.Joins == "" {
		values := slices.DeleteFunc(slices.Clone(n.Values), func(v string) bool { return strings.TrimSpace(v) == "" })
		if len(values) == 0 {
			return queue.All()
		}
		cmp := queue.Cmp(n.Cmp)
		if n.Cmp == isnt {
			return queue.Tree{Op: queue.Not, Kids: []queue.Tree{queue.Of(n.Field, queue.Is, values...)}}
		}
		if s, ok := queue.SpecOf(n.Field); ok && !slices.Contains(s.Compare(), cmp) {
			cmp = s.Compare()[0]
		}
		return queue.Of(n.Field, cmp, values...)
	}
	var kids []queue.Tree
	for _, r := range n.Rows {
		if t := r.tree(); !t.Empty() {
			kids = append(kids, t)
		}
	}
	switch {
	case len(kids) == 0:
		return queue.All()
	case n.Joins == joinAny:
		return queue.Tree{Op: queue.Or, Kids: kids}
	case n.Joins == joinNone:
		return queue.Tree{Op: queue.Not, Kids: []queue.Tree{{Op: queue.Or, Kids: kids}}}
	}
	return queue.Tree{Op: queue.And, Kids: kids}
}

// maxRows bounds the rows of a form: twice what a filter may ask, for those that stand empty.
const maxRows = 2 * queue.MaxConds

// nodeFrom reads the rows of a form. Each row says where it stands by the names of its fields.
func nodeFrom(form url.Values) node {
	paths := slices.Clone(form["row"])
	if len(paths) > maxRows {
		paths = paths[:maxRows]
	}
	root := node{Joins: joinOf(form.Get("join_0"))}
	for _, p := range paths {
		if strings.Count(p, ".") > queue.MaxDepth || !strings.HasPrefix(p, "0.") {
			continue
		}
		n := node{}
		if j := form.Get("join_" + p); j != "" {
			n.Joins = joinOf(j)
		} else {
			n.Field, n.Cmp, n.Values = queue.Field(form.Get("field_"+p)), form.Get("cmp_"+p), valuesOf(form, p)
			if was := form.Get("was_" + p); was != "" && was != string(n.Field) {
				n.Values, n.Cmp = nil, "" // another field has other values
			}
			if _, ok := queue.SpecOf(n.Field); !ok {
				continue
			}
		}
		root.put(strings.Split(p, ".")[1:], n)
	}
	root.number("0")
	return root
}

func valuesOf(form url.Values, path string) []string {
	var out []string
	for _, v := range form["val_"+path] {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) && len(out) < queue.MaxValues {
			out = append(out, v)
		}
	}
	return out
}

func joinOf(s string) string {
	if s == joinAny || s == joinNone {
		return s
	}
	return joinAll
}

// put adds a row below the boxes that the path names; boxes come before what is in them.
func (n *node) put(path []string, row node) {
	if len(path) == 1 {
		row.Path = path[0]
		n.Rows = append(n.Rows, row)
		return
	}
	for i := range n.Rows {
		if n.Rows[i].Path == path[0] && n.Rows[i].Joins != "" {
			n.Rows[i].put(path[1:], row)
			return
		}
	}
}

// act does what a button of the rows asks: one more row, one more box, or one less.
func (n *node) act(what string) {
	do, path, _ := strings.Cut(what, ":")
	steps := strings.Split(path, ".")
	at, last := n, -1
	if do == "drop" && len(steps) > 1 {
		steps, last = steps[:len(steps)-1], int(number(steps[len(steps)-1]))
	}
	for _, s := range steps[1:] {
		i := int(number(s))
		if i < 0 || i >= len(at.Rows) || at.Rows[i].Joins == "" {
			return
		}
		at = &at.Rows[i]
	}
	fresh := node{Field: queue.Status, Fresh: true}
	switch {
	case do == "drop" && last >= 0 && last < len(at.Rows):
		at.Rows = slices.Delete(at.Rows, last, last+1)
	case do == "add":
		at.Rows = append(at.Rows, fresh)
	case do == "box":
		at.Rows = append(at.Rows, node{Joins: joinAny, Rows: []node{fresh}})
	}
	n.number("0")
}

// rowForm is a row with all that its fields need.
type rowForm struct {
	node
	Label   string // for whom reads it aloud: "condition 2"
	Type    queue.Type
	Cmps    []opt
	Choices []opt  // of a value; none where it is typed
	Many    bool   // the choices are ticked
	Help    string // how a typed value is written
	Error   string // what is wrong with this condition
	Rows    []rowForm
	First   bool // the box at the top
}

// wrong reports whether something is wrong with a row, or with one in it.
func (r rowForm) wrong() bool { return r.Error != "" || slices.ContainsFunc(r.Rows, rowForm.wrong) }

// boxAround is where the focus goes when a row is gone: the button that adds one to its box.
func (r rowForm) boxAround() string { return "act-add:" + r.Path[:strings.LastIndex(r.Path, ".")] }

// opt is one choice.
type opt struct {
	Value, Label string
	On           bool
}

// form gives rows their words.
func (f *Faces) rowForms(c *page.Ctx, n node, from choices) rowForm {
	r := rowForm{node: n, First: n.Path == "0"}
	steps := strings.Split(n.Path, ".")
	place := make([]string, 0, len(steps))
	for _, s := range steps[1:] {
		place = append(place, strconv.FormatInt(number(s)+1, 10))
	}
	r.Label = c.T("workview.row", "Place", strings.Join(place, "."))
	if n.Joins != "" {
		for _, k := range n.Rows {
			r.Rows = append(r.Rows, f.rowForms(c, k, from))
		}
		return r
	}
	r.Error = f.rowError(c, n)
	s, _ := queue.SpecOf(n.Field)
	r.Type = s.Type
	if s.Compares() {
		for _, x := range s.Compare() {
			r.Cmps = append(r.Cmps, opt{string(x), c.T("workview.cmp_" + cmpName(s.Type, x)), string(x) == n.Cmp})
		}
	} else {
		r.Cmps = []opt{{"", c.T("workview.cmp_is"), n.Cmp != isnt}, {isnt, c.T("workview.cmp_isnt"), n.Cmp == isnt}}
	}
	has := func(v string) bool { return slices.Contains(n.Values, v) }
	add := func(v, label string) { r.Choices = append(r.Choices, opt{v, label, has(v)}) }
	switch s.Type {
	case queue.Enum, queue.Yes:
		r.Many = true
		for _, code := range s.Codes() {
			add(code, c.T("workview.value_"+string(n.Field)+"_"+code))
		}
	case queue.Person:
		add(queue.Me, c.T("workview.me"))
		add(queue.None, c.T("workview.nobody"))
		for _, o := range from.People {
			add("#"+o.Value, o.Label)
		}
	case queue.Team:
		add(queue.Mine, c.T("workview.mine"))
		add(queue.None, c.T("workview.nothing"))
		for _, o := range from.Groups {
			add("#"+o.Value, o.Label)
		}
	case queue.Node, queue.System:
		add(queue.None, c.T("workview.nothing"))
		list := from.Categories
		if s.Type == queue.System {
			list = from.Services
		}
		for _, o := range list {
			add("#"+o.Value, o.Label)
		}
	case queue.Anyone, queue.Contains:
		r.Help = c.T("workview.help_words")
		r.Values = f.sayValues(c, s, n.Values)
	case queue.Ago, queue.Left:
		r.Help = c.T("workview.help_stretch")
	case queue.Day:
		r.Help = c.T("workview.help_day")
	}
	if len(r.Choices) > 0 && !r.Many {
		r.Choices = append(r.Choices, f.outOfUse(c, s.Type, n.Values, r.Choices)...)
	}
	return r
}

// outOfUse are the values of a condition that are not offered any more: they stay chosen, and say so
// (N21).
func (f *Faces) outOfUse(c *page.Ctx, kind queue.Type, values []string, offered []opt) []opt {
	var out []opt
	for _, v := range values {
		digits, named := strings.CutPrefix(v, "#")
		if !named || slices.ContainsFunc(offered, func(o opt) bool { return o.Value == v }) {
			continue
		}
		if name := f.Tickets.Names(c.Actor).Label(c.Context(), kind, number(digits), string(c.Lang)); name != "" {
			out = append(out, opt{v, c.T("work.retired", "Name", name), true})
		}
	}
	return out
}

// rowError is what is wrong with one condition by itself.
func (f *Faces) rowError(c *page.Ctx, n node) string {
	_, err := queue.Settle(c.Context(), n.tree(), f.Tickets.Names(c.Actor))
	if e := errs.As(err); e != nil && len(e.Fields) > 0 {
		return c.T(e.Fields[0].Key, e.Fields[0].Args...)
	}
	return ""
}

// sayValues are stored values of a typed field as people type them.
func (f *Faces) sayValues(c *page.Ctx, s queue.Spec, values []string) []string {
	var out []string
	names := f.Tickets.Names(c.Actor)
	for _, v := range values {
		if digits, ok := strings.CutPrefix(v, "#"); ok && s.Type == queue.Anyone {
			if label := names.Label(c.Context(), s.Type, number(digits), string(c.Lang)); label != "" {
				if found, err := names.Find(c.Context(), s.Type, label); err == nil && len(found) == 1 {
					v = label
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// cmpName names a comparison as its field is spoken of.
func cmpName(t queue.Type, c queue.Cmp) string {
	name := map[queue.Cmp]string{queue.Is: "is", queue.Over: "over", queue.AtLeast: "atleast", queue.Under: "under", queue.AtMost: "atmost"}[c]
	switch t {
	case queue.Ago:
		return "ago_" + name
	case queue.Left:
		return "left_" + name
	case queue.Day:
		return "day_" + name
	}
	return name
}
