// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// All returns everybody the desk knows, for a directory that is compared with them.
func (s *Service) All(ctx context.Context, by access.Actor) ([]Person, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	return db.All(ctx, s.db.Long(), scan, `SELECT `+columns+` FROM person ORDER BY id`)
}

// KeepIn writes what a directory says of somebody, within the caller's commit: a new person where
// ID is 0, otherwise the named fields of the one who is there, as they stand now. What is not
// named stays: skills and language are the desk's own, and so is the role unless it is named. It returns the person and which of
// the fields changed.
//
// Invalid leaves the commit whole: an address that is taken, the last administrator, a value out
// of range. The caller has asked access already.
func (s *Service) KeepIn(ctx context.Context, tx *db.Tx, by access.Actor, p Person, fields []string) (Person, []string, error) {
	p, err := p.Clean()
	if err != nil {
		return p, nil, err
	}
	switch other, err := byEmail(ctx, tx, p.Email); {
	case err == nil && other.ID != p.ID && (p.ID == 0 || slices.Contains(fields, "email")):
		return p, nil, errTaken()
	case err != nil && errs.KindOf(err) != errs.NotFound:
		return p, nil, err
	}
	if p.ID == 0 {
		p, err = s.AddIn(ctx, tx, by, p)
		return p, fields, err
	}
	was, err := take(ctx, tx, p.ID)
	if err != nil {
		return p, nil, err
	}
	now := overwrite(was, p, fields)
	done := changes(was, now)
	if len(done) == 0 && was.Source == now.Source && was.Outside == now.Outside {
		return now, nil, nil
	}
	if was.Role == access.Admin && was.Active && (!now.Active || now.Role != access.Admin) {
		if err := lockAdmins(ctx, tx); err != nil {
			return was, nil, err
		}
		if n, err := countAdmins(ctx, tx); err != nil || n <= 1 {
			if err == nil {
				err = errs.Field("role", "person.last_admin")
			}
			return was, nil, err
		}
	}
	if err := save(ctx, tx, now); err != nil {
		return was, nil, err
	}
	if err := rekey(ctx, tx, was, now); err != nil {
		return was, nil, err
	}
	tx.AfterCommit(func() { s.cache.drop(now.ID) })
	_, err = s.bus.Record(ctx, tx, by.Meta(s.clock.Now()), Changed{
		Person: now.ID, Fields: done, RoleWas: string(was.Role), Role: string(now.Role), Active: now.Active,
	})
	return now, done, err
}

// overwrite puts the named fields of p into was.
func overwrite(was, p Person, fields []string) Person {
	now := was
	for _, f := range fields {
		switch f {
		case "name":
			now.Name = p.Name
		case "email":
			now.Email = p.Email
		case "phone":
			now.Phone, now.Further = p.Phone, p.Further
		case "department":
			now.Department = p.Department
		case "place":
			now.Place = p.Place
		case "title":
			now.Title = p.Title
		case "manager":
			now.Manager = p.Manager
		case "devices":
			now.Devices = p.Devices
		case "active":
			now.Active = p.Active
		case "role":
			now.Role = p.Role
		}
	}
	if p.Source != "" {
		now.Source, now.Outside = p.Source, p.Outside
	}
	return now
}
