// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// View is a ready-made list.
type View string

// The views. Those above Done list open tickets in risk order, the others by last change.
const (
	Risk      View = "risk"      // everything open
	Mine      View = "mine"      // owner or assignee is the actor
	Unclaimed View = "unclaimed" // nobody took it yet
	ForUser   View = "waiting"   // waits for the requester
	Promised  View = "promised"  // a promised word is due within the hour, or was missed and nothing was said since
	Overdue   View = "overdue"   // the next clock has run out
	ToConfirm View = "confirm"   // solution given, the user's word is missing
	ToArchive View = "archive"   // only the closure sheet is missing
	Done      View = "closed"    // closed, newest change first
	All       View = "all"       // everything, newest change first
)

// Views lists the ready-made lists in the order of the navigation.
func Views() []View {
	return []View{Risk, Mine, Unclaimed, ForUser, Promised, Overdue, ToConfirm, ToArchive, Done, All}
}

// Tree is what a ready-made list holds, written as anybody could write it.
func (v View) Tree() (queue.Tree, bool) {
	open := queue.Of(queue.Status, queue.Is, "open")
	with := func(t queue.Tree) queue.Tree { return queue.Tree{Op: queue.And, Kids: []queue.Tree{open, t}} }
	switch v {
	case Risk, "":
		return open, true
	case Mine:
		return with(queue.Tree{Op: queue.Or, Kids: []queue.Tree{queue.Of(queue.Owner, queue.Is, queue.Me), queue.Of(queue.Assignee, queue.Is, queue.Me)}}), true
	case Unclaimed:
		return with(queue.Of(queue.Status, queue.Is, "new")), true
	case ForUser:
		return with(queue.Of(queue.Waiting, queue.Is, "requester")), true
	case Promised:
		return queue.Of(queue.Promised, queue.Under, "1h"), true
	case Overdue:
		return queue.Of(queue.Clock, queue.Is, "over"), true
	case ToConfirm:
		return with(queue.Of(queue.Status, queue.Is, "confirm")), true
	case ToArchive:
		return with(queue.Of(queue.Status, queue.Is, "archive")), true
	case Done:
		return queue.Of(queue.Status, queue.Is, "closed"), true
	case All:
		return queue.All(), true
	}
	return queue.Tree{}, false
}

// Plans binds filters to their reader and to now.
func (s *Service) Plans(ctx context.Context, by access.Actor, list ...queue.Tree) ([]queue.Plan, error) {
	r, err := s.Reader(ctx, by)
	if err != nil {
		return nil, err
	}
	out := make([]queue.Plan, 0, len(list))
	for _, t := range list {
		out = append(out, t.Bind(r))
	}
	return out, nil
}

// Reader is who asks, with all that the words of a filter mean for them now.
func (s *Service) Reader(ctx context.Context, by access.Actor) (queue.Reader, error) {
	r := queue.Reader{Me: by.ID, Now: s.Clock.Now(), Zone: func() *time.Location { return s.zone(ctx, by) }}
	for _, g := range s.People.GroupsOf(ctx, person.ID(by.ID)) {
		r.Groups = append(r.Groups, int64(g))
	}
	tree, err := s.Catalog.Categories(ctx)
	if err != nil {
		return r, err
	}
	r.Below = func(which int64) []int64 { return below(tree, which) }
	services, err := s.Catalog.Services(ctx)
	if err != nil {
		return r, err
	}
	for _, one := range services {
		if one.Core {
			r.Core = append(r.Core, int64(one.ID))
		}
	}
	if s.Majors != nil {
		r.Majors = s.Majors()
	}
	return r, nil
}

// zone is the one in which the days of a filter are meant: the reader's, else the desk's.
func (s *Service) zone(ctx context.Context, by access.Actor) *time.Location {
	return clock.FirstZone(s.People.Card(ctx, person.ID(by.ID)).Zone, s.Settings.Desk(ctx).Zone)
}

// below returns a category with all that lies below it. Parents come first.
func below(tree []catalog.Category, which int64) []int64 {
	out := []int64{which}
	for _, c := range tree {
		if c.Parent != 0 && slices.Contains(out, int64(c.Parent)) {
			out = append(out, int64(c.ID))
		}
	}
	return out
}

// row is a ticket as far as filters ask about it.
func (t Ticket) row() queue.Row {
	r := queue.Row{
		ID: int64(t.ID), Requester: int64(t.Requester), Owner: int64(t.Owner), Assignee: int64(t.Assignee),
		Group: int64(t.Group), Category: int64(t.Category), Service: int64(t.Service),
		Priority: int64(t.Priority), Reopened: int64(t.Detail.Reopened), HandOvers: int64(t.Detail.HandOvers),
		Created: millis(t.CreatedAt), Updated: millis(t.UpdatedAt), Due: millis(t.NextDue), Promise: millis(t.PromiseAt),
		Public: millis(t.LastPublicAt), Heard: millis(t.LastRequesterAt),
		Status: string(t.Status), Pending: string(t.Pending), Clock: t.NextClock, Channel: string(t.Channel),
		Department: queue.Fold(t.Detail.Organisation), Place: queue.Fold(t.Detail.Site),
		Text:    queue.Fold(t.Subject + "\n" + t.Snippet),
		Parties: parties(t.Detail.Participants),
	}
	if t.Open() {
		r.Open = 1
	}
	if t.Graded {
		r.Graded = 1
	}
	return r
}

func millis(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

// Names looks up what people call things, for filters of one reader.
func (s *Service) Names(by access.Actor) queue.Offers { return names{s, by} }

type names struct {
	s  *Service
	by access.Actor
}

// maxNamed bounds the people whom one name may mean.
const maxNamed = 20

// Find implements queue.Names.
func (n names) Find(ctx context.Context, kind queue.Type, word string) ([]int64, error) {
	var found finder
	found.want = strings.ToLower(strings.TrimSpace(word))
	switch kind {
	case queue.Person:
		return n.workers(ctx, word, found)
	case queue.Anyone:
		list, err := n.s.People.List(ctx, n.by, person.Filter{Text: word, Limit: maxNamed + 1})
		for _, p := range list {
			found.look(int64(p.ID), p.Name, p.Email)
		}
		if out := found.keys(); err != nil || len(out) <= maxNamed {
			return out, err
		}
		return nil, errs.Field("q", "queue.value_many", "Name", string(queue.Requester), "Value", word)
	case queue.Team:
		list, err := n.s.People.Groups(ctx)
		for _, g := range list {
			found.look(int64(g.ID), g.Name, g.NameEN)
		}
		return found.keys(), err
	case queue.Node:
		list, err := n.s.Catalog.Categories(ctx)
		for _, c := range list {
			found.look(int64(c.ID), c.Name, c.NameEN)
		}
		return found.keys(), err
	case queue.System:
		list, err := n.s.Catalog.Services(ctx)
		for _, v := range list {
			found.look(int64(v.ID), v.Name, v.NameEN)
		}
		return found.keys(), err
	}
	return nil, nil
}

// workers are whom a word names of those who have tickets in work, or had: active staff by the whole
// name; whoever left, by the whole name too; active staff by a part of it; and at last whoever works
// for another department by now. An address is one person's, whatever became of them.
func (n names) workers(ctx context.Context, word string, found finder) ([]int64, error) {
	list, err := n.s.People.Staff(ctx)
	for _, p := range list {
		found.look(int64(p.ID), p.Name, p.Email)
	}
	if err != nil || len(found.whole) > 0 {
		return found.whole, err
	}
	called, err := n.s.People.Called(ctx, n.by, word, queue.MaxValues+1)
	if err != nil {
		return nil, err
	}
	var others []int64
	for _, p := range called {
		if p.Role.Staff() || p.Email == found.want {
			found.whole = append(found.whole, int64(p.ID))
		} else {
			others = append(others, int64(p.ID))
		}
	}
	if out := found.keys(); len(out) > 0 {
		return out, nil
	}
	return others, nil
}

// Label implements queue.Names.
func (n names) Label(ctx context.Context, kind queue.Type, key int64, lang string) string {
	switch kind {
	case queue.Person, queue.Anyone:
		return n.s.People.Card(ctx, person.ID(key)).Name
	case queue.Team:
		return n.s.People.Group(ctx, person.GroupID(key)).Label(lang)
	case queue.Node:
		return n.s.Catalog.Category(ctx, catalog.CategoryID(key)).Label(lang)
	case queue.System:
		return n.s.Catalog.Service(ctx, catalog.ServiceID(key)).Label(lang)
	}
	return ""
}

// Offer implements queue.Offers.
func (n names) Offer(ctx context.Context, kind queue.Type, word, lang string, most int) ([]string, error) {
	word = strings.ToLower(strings.TrimSpace(word))
	var out []string
	add := func(label string, names ...string) {
		named := word == "" || slices.ContainsFunc(append(names, label), func(s string) bool { return strings.Contains(strings.ToLower(s), word) })
		if named && label != "" && len(out) < most && !slices.Contains(out, label) {
			out = append(out, label)
		}
	}
	var err error
	switch kind {
	case queue.Person:
		list, e := n.s.People.Staff(ctx)
		for _, p := range list {
			add(p.Name, p.Email)
		}
		err = e
	case queue.Anyone:
		if word == "" {
			return nil, nil
		}
		list, e := n.s.People.List(ctx, n.by, person.Filter{Text: word, Limit: most})
		for _, p := range list {
			add(p.Name, p.Email, word)
		}
		err = e
	case queue.Team:
		list, e := n.s.People.Groups(ctx)
		for _, g := range list {
			if g.Active {
				add(g.Label(lang), g.Name, g.NameEN)
			}
		}
		err = e
	case queue.Node:
		list, e := n.s.Catalog.Categories(ctx)
		for _, c := range list {
			if c.Active {
				add(c.Label(lang), c.Name, c.NameEN)
			}
		}
		err = e
	case queue.System:
		list, e := n.s.Catalog.Services(ctx)
		for _, v := range list {
			if v.Active {
				add(v.Label(lang), v.Name, v.NameEN)
			}
		}
		err = e
	}
	return out, err
}

// finder keeps what a word names: wholly, or in part where nothing is named wholly.
type finder struct {
	want        string
	whole, part []int64
}

func (f *finder) look(key int64, names ...string) {
	for _, n := range names {
		switch n = strings.ToLower(n); {
		case f.want == "" || n == "":
		case n == f.want:
			f.whole = append(f.whole, key)
			return
		case strings.Contains(n, f.want) && !slices.Contains(f.part, key):
			f.part = append(f.part, key)
		}
	}
}

func (f *finder) keys() []int64 {
	if len(f.whole) > 0 {
		return f.whole
	}
	return f.part
}
