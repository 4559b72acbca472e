// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Todo is what waits for one member of staff.
type Todo struct {
	Review   []Article // somebody asks for their word
	Returned []Article // theirs, sent back by who was asked
	Look     []Article // theirs, or of a keeper who works here no more, to be looked at again
	Read     []Card    // changed, to have been read
}

// Count is how much it is.
func (t Todo) Count() int { return len(t.Review) + len(t.Returned) + len(t.Look) + len(t.Read) }

// Todo returns what waits for somebody. Without a member of staff it is nothing.
func (s *Service) Todo(ctx context.Context, by access.Actor) (out Todo, err error) {
	if s.mayWork(by) != nil || by.Kind != access.Person {
		return out, nil //nolint:nilerr // nothing waits for who is no staff
	}
	keys, err := waiting(ctx, s.DB, person.ID(by.ID))
	if err != nil {
		return out, err
	}
	r := s.Reader(ctx, by)
	for _, k := range keys {
		a, err := byID(ctx, s.DB, k)
		if err != nil {
			return out, err
		}
		a, ok := seen(r, a)
		if !ok { // kept by somebody who has left the group for which it is
			continue
		}
		if a.Work.Stage == InReview && a.Work.Reviewer == person.ID(by.ID) {
			out.Review = append(out.Review, a)
		}
		if a.returnedTo(person.ID(by.ID)) {
			out.Returned = append(out.Returned, a)
		}
		if a.ReviewDue && a.Keeper == person.ID(by.ID) {
			out.Look = append(out.Look, a)
		}
	}
	left, err := s.unkept(ctx, by)
	if err != nil {
		return out, err
	}
	out.Look = append(out.Look, left...)
	asked, err := askedFrom(ctx, s.DB, person.ID(by.ID))
	if err != nil {
		return out, err
	}
	for _, x := range asked {
		c, err := s.Read(ctx, by, x.Article)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return out, err
		}
		if !slices.ContainsFunc(out.Read, func(o Card) bool { return o.ID == c.ID }) {
			out.Read = append(out.Read, c)
		}
	}
	return out, nil
}

// unkept are the articles to be looked at again whose keeper works here no more, and that fall to somebody.
func (s *Service) unkept(ctx context.Context, by access.Actor) ([]Article, error) {
	list, err := reminded(ctx, s.DB, 200)
	list = slices.DeleteFunc(list, func(a Article) bool {
		p := s.People.Card(ctx, a.Keeper)
		return p.Active && p.Role.Staff()
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	crew, err := s.People.Crew(ctx)
	if err != nil {
		return nil, err
	}
	var out []Article
	r := s.Reader(ctx, by)
	for _, x := range list {
		a, err := byID(ctx, s.DB, x.ID)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(s.keepers(ctx, crew, a), person.ID(by.ID)) {
			continue
		}
		if a, ok := seen(r, a); ok {
			out = append(out, a)
		}
	}
	return out, nil
}

// keepers are who looks at an article again: its keeper and, where they work here no more, the leads of those
// who handle it, else those, else whoever of staff may read it (N9).
func (s *Service) keepers(ctx context.Context, crew person.Crew, a Article) []person.ID {
	if own := crew.Working(a.Keeper); len(own) > 0 {
		return own
	}
	var all []person.ID
	for _, p := range crew.Staff {
		all = append(all, p.ID)
	}
	group := s.handling(ctx, a.Live.Content).ID
	for _, list := range [][]person.ID{crew.Leads(group), crew.Members(group), all} {
		list = slices.DeleteFunc(list, func(who person.ID) bool {
			reader := access.Actor{ID: int64(who), Kind: access.Person, Role: s.People.Card(ctx, who).Role, Via: "web"}
			return !s.Reader(ctx, reader).Holds(a.Live.Paper())
		})
		if len(list) > 0 {
			return list
		}
	}
	return nil
}
