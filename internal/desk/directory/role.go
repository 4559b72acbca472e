// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// giveRoles gives and takes roles by groups. Many that would lose one at once are asked about.
func (s *Service) giveRoles(ctx context.Context, r Run, conf Server, members map[string]access.Role, b *book, allow int64) error {
	all, err := s.People.All(ctx, access.Desk())
	if err != nil {
		return err
	}
	people := map[person.ID]person.Person{}
	given := int64(0)
	for _, p := range all {
		people[p.ID] = p
	}
	for _, x := range b.by {
		if x.Role != "" {
			given++
		}
	}
	list := b.roles(people, members)
	slices.SortFunc(list, func(x, y roleChange) int { return strings.Compare(x.Entry.Outside, y.Entry.Outside) })
	lost := int64(0)
	for _, c := range list {
		if c.Given == "" {
			lost++
		}
	}
	held := lost > max(5, given*conf.Guard/100, allow)
	return inBatches(ctx, s, list, func(ctx context.Context, tx *db.Tx, c roleChange) error {
		return s.giveRole(ctx, tx, r, c, held && c.Given == "")
	})
}

// roleLine is where the lines about roles begin: entries count up from 1, who is gone down from -1.
const roleLine = -1 << 40

func (s *Service) giveRole(ctx context.Context, tx *db.Tx, r Run, c roleChange, held bool) error {
	l := Line{Line: roleLine - int64(c.Person.ID), Kind: Changed, Person: c.Person.ID, Name: c.Person.Name, Fields: []string{"role"}}
	if held {
		l.Kind = Held
		return putLine(ctx, tx, r.ID, l)
	}
	x := c.Entry
	x.Role = c.Given
	if err := putKnown(ctx, tx, x); err != nil {
		return err
	}
	if c.Role == c.Person.Role {
		return nil
	}
	p := c.Person
	p.Role = c.Role
	_, done, err := s.People.KeepIn(ctx, tx, access.Desk(), p, []string{"role"})
	if wrong := errs.As(err); wrong != nil && wrong.Kind == errs.Invalid && len(wrong.Fields) > 0 {
		l.Kind, l.Why, l.Text = Bad, wrong.Fields[0], x.DN
		err = nil
	}
	if err != nil || len(done) == 0 && l.Kind != Bad {
		return err
	}
	return putLine(ctx, tx, r.ID, l)
}
