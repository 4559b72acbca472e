// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/clue"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// MaxQuery is the greatest length of what is typed, in characters.
const MaxQuery = 1000

// plan is a question that was understood. It is asked in three steps that leave out more and
// more: the index by terms, the database by fields, and Go by the words themselves.
type plan struct {
	groups   [][]text.Term  // of each list the index must hold one
	whole    bool           // and where it does, nothing that fields ask is left open
	fields   *queue.Plan    // what must hold of the ticket; nil for nothing
	asked    []queue.Plan   // fields that count together with words; the database says which hold
	words    node           // what is looked at in the words
	patterns []text.Pattern // those that are marked and ranked by
	plain    bool           // every word must be there: patterns and nothing else
	last     bool           // a word is what stands last
	number   int64          // of the ticket that is named, if one is
	person   bool           // words alone, by which people are found as well
}

// node is what is looked at in the words of a ticket.
type node struct {
	op      queue.Op
	kids    []node
	pattern text.Pattern
	file    bool   // an attachment
	fact    string // a fact in a text
	asked   int    // 1 + the place in plan.asked; 0 where it is none
}

// forAll are the fields that whoever sees a ticket sees of it.
func forAll(f queue.Field) bool {
	return slices.Contains([]queue.Field{queue.Words, queue.Status, queue.Created, queue.Updated, queue.Has}, f)
}

// understand makes a plan of what was typed.
func (s *Service) understand(ctx context.Context, by access.Actor, q Query) (*plan, error) {
	if utf8.RuneCountInString(q.Text) > MaxQuery {
		return nil, errs.Field("q", "search.long", "Max", MaxQuery)
	}
	typed, err := queue.Question(q.Text)
	if err != nil {
		return nil, err
	}
	if err := mayAsk(by, typed); err != nil {
		return nil, err
	}
	tree, err := queue.SettleQuestion(ctx, typed, s.Tickets.Names(by))
	if err != nil {
		return nil, err
	}
	reader, err := s.Tickets.Reader(ctx, by)
	if err != nil {
		return nil, err
	}
	if zone := q.Zone; zone != nil {
		reader.Zone = func() *time.Location { return zone }
	}
	p := &plan{plain: true, whole: true}
	if tree.Op != queue.And {
		tree = queue.Tree{Op: queue.And, Kids: []queue.Tree{tree}}
	}
	for _, t := range append(tree.Kids, within(q.Within)...) {
		p.must(t.Tidy(), reader)
	}
	p.person = p.fields == nil && p.plain && len(p.patterns) > 0
	if len(tree.Kids) > 0 {
		last := tree.Kids[len(tree.Kids)-1]
		p.last = last.Op == queue.Leaf && last.Cond.Field == queue.Words && !last.Cond.Phrase
		if len(tree.Kids) == 1 && p.last {
			p.number = ticket.ParseRef(last.Cond.Values[0])
		}
	}
	return p, nil
}

// mayAsk refuses a field that the reader does not see, and never passes it over: what it would
// leave out would tell of it (S24).
func mayAsk(by access.Actor, t queue.Tree) error {
	if by.Staff() {
		return nil
	}
	if t.Op == queue.Leaf && t.Cond.Field != "" && !forAll(t.Cond.Field) {
		return errs.Field("q", "search.filter_staff", "Name", t.Cond.Typed, "At", t.Cond.At)
	}
	for _, k := range t.Kids {
		if err := mayAsk(by, k); err != nil {
			return err
		}
	}
	return nil
}

// within are the fields that a form or a program names by key.
func within(f ticket.Filter) []queue.Tree {
	var out []queue.Tree
	add := func(field queue.Field, id int64) {
		if id != 0 {
			out = append(out, queue.Key(field, id))
		}
	}
	add(queue.Group, int64(f.Group))
	add(queue.Owner, int64(f.Owner))
	add(queue.Requester, int64(f.Requester))
	add(queue.Category, int64(f.Category))
	add(queue.Service, int64(f.Service))
	if f.Priority != 0 {
		out = append(out, queue.Of(queue.Priority, queue.Is, f.Priority.String()))
	}
	if f.View == ticket.Done {
		out = append(out, queue.Of(queue.Status, queue.Is, "closed"))
	}
	switch f.Status {
	case "":
	case ticket.Opened:
		out = append(out, queue.Of(queue.Status, queue.Is, "working"))
	default:
		out = append(out, queue.Of(queue.Status, queue.Is, string(f.Status)))
	}
	if !f.Tree.Unset() {
		out = append(out, f.Tree)
	}
	return out
}

// must adds what has to hold.
func (p *plan) must(t queue.Tree, r queue.Reader) {
	switch {
	case t.Empty():
	case t.Op == queue.And:
		for _, k := range t.Kids {
			p.must(k, r)
		}
	case !spoken(t):
		bound := t.Bind(r)
		groups, exact := marksOfPlan(&bound)
		p.groups, p.whole = append(p.groups, groups...), p.whole && exact
		if p.fields == nil {
			p.fields = &queue.Plan{Op: queue.And}
		}
		p.fields.Kids = append(p.fields.Kids, bound)
	default:
		n := p.node(t, r)
		if n.void() {
			return
		}
		p.words.kids = append(p.words.kids, n)
		p.words.op = queue.And
		p.groups = append(p.groups, p.needs(n)...)
		p.plain = p.plain && n.plain()
		p.patterns = n.wanted(p.patterns)
	}
}

// spoken reports whether a filter asks for words, which no column holds.
func spoken(t queue.Tree) bool {
	if t.Op == queue.Leaf {
		return slices.Contains([]queue.Field{queue.Words, queue.Has, queue.Fact}, t.Cond.Field)
	}
	return slices.ContainsFunc(t.Kids, spoken)
}

func (p *plan) node(t queue.Tree, r queue.Reader) node {
	if !spoken(t) {
		p.asked = append(p.asked, t.Bind(r))
		return node{asked: len(p.asked)}
	}
	if t.Op != queue.Leaf {
		n := node{op: t.Op}
		for _, k := range t.Kids {
			if in := p.node(k, r); !in.void() {
				n.kids = append(n.kids, in)
			}
		}
		return n
	}
	out := node{op: queue.Or}
	for _, v := range t.Cond.Values {
		switch {
		case t.Cond.Field == queue.Has:
			out.kids = append(out.kids, node{file: true})
		case t.Cond.Field == queue.Fact:
			fact := clue.Value(v)
			if fact == "" {
				fact = v
			}
			out.kids = append(out.kids, node{fact: fact})
		case t.Cond.Phrase:
			out.kids = append(out.kids, all(text.Phrase(v)))
		default:
			out.kids = append(out.kids, all(text.Words(v)))
		}
	}
	if len(out.kids) == 1 {
		return out.kids[0]
	}
	return out
}

func all(list []text.Pattern) node {
	n := node{op: queue.And}
	for _, x := range list {
		n.kids = append(n.kids, node{pattern: x})
	}
	if len(n.kids) == 1 {
		return n.kids[0]
	}
	return n
}

// void reports whether a node asks nothing: it was typed without a letter in it.
func (n *node) void() bool { return n.op != queue.Leaf && len(n.kids) == 0 }

// leaf reports whether a node is one pattern.
func (n *node) leaf() bool { return n.op == queue.Leaf && !n.file && n.fact == "" && n.asked == 0 }

// plain reports whether the node asks for words that must all be there, and for no more.
func (n *node) plain() bool {
	return n.leaf() || n.op == queue.And && !slices.ContainsFunc(n.kids, func(k node) bool { return !k.plain() })
}

// wanted adds the patterns that are looked for, each once; those that must not be there are none.
func (n *node) wanted(list []text.Pattern) []text.Pattern {
	switch {
	case n.leaf():
		if !slices.ContainsFunc(list, n.pattern.Same) {
			list = append(list, n.pattern)
		}
	case n.op != queue.Not:
		for i := range n.kids {
			list = n.kids[i].wanted(list)
		}
	}
	return list
}

// needs are terms that the index must hold where a node holds.
func (p *plan) needs(n node) [][]text.Term {
	switch {
	case n.asked != 0:
		groups, _ := marksOfPlan(&p.asked[n.asked-1])
		return groups
	case n.file:
		return [][]text.Term{{text.Mark(byHas, "attachment")}}
	case n.fact != "":
		return [][]text.Term{{text.Mark(byFact, n.fact)}}
	case n.leaf():
		var out [][]text.Term
		for _, t := range n.pattern.Terms() {
			out = append(out, []text.Term{t})
		}
		return out
	case n.op == queue.Not:
		return nil
	}
	var lists [][][]text.Term
	for _, k := range n.kids {
		lists = append(lists, p.needs(k))
	}
	if n.op == queue.Or {
		return either(lists)
	}
	return slices.Concat(lists...)
}

// holds reports whether the words of a ticket, and the fields that count with them, hold.
func (n *node) holds(asked int64, list []cut) bool {
	switch {
	case n.asked != 0:
		return asked&(1<<(n.asked-1)) != 0
	case n.file:
		return slices.ContainsFunc(list, func(c cut) bool { return c.where == InFile })
	case n.fact != "":
		return slices.ContainsFunc(list, func(c cut) bool {
			return slices.ContainsFunc(clue.Find(c.text), func(x clue.Clue) bool { return strings.EqualFold(x.Value, n.fact) })
		})
	case n.op == queue.Leaf:
		return slices.ContainsFunc(list, func(c cut) bool { return n.pattern.In(c.units) })
	case n.op == queue.Not:
		return !n.kids[0].holds(asked, list)
	}
	for i := range n.kids {
		if in := n.kids[i].holds(asked, list); in != (n.op == queue.And) {
			return in
		}
	}
	return n.op == queue.And
}

// exact reports whether the index alone decides the words.
func (p *plan) exact() bool {
	return p.plain && !slices.ContainsFunc(p.patterns, func(x text.Pattern) bool { return !x.Exact() })
}

// empty reports whether nothing was asked.
func (p *plan) empty() bool { return len(p.words.kids) == 0 && p.fields == nil }

func conditionOf(e db.Engine, p *queue.Plan, args []any) (string, []any) {
	return ticket.Condition(e, p, args)
}
