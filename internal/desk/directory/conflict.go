// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Conflict is an entry of a server that could not be taken, or of which something stands
// otherwise at the desk.
type Conflict struct {
	Key    string // of the entry
	DN     string
	Name   string        // what the entry says
	Email  string        // likewise
	Person person.Person // whom it is about, or who has its address; empty where nobody
	Why    errs.FieldError
	Kept   []string          // fields in which what was written by hand stands
	Said   map[string]string // what the server says of them
}

// Conflicts returns what somebody must look at, in the order of keys behind one; at most limit.
func (s *Service) Conflicts(ctx context.Context, by access.Actor, after string, limit int) ([]Conflict, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	list, err := conflicting(ctx, s.DB, after, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Conflict, len(list))
	for i, x := range list {
		if out[i], err = s.conflict(ctx, x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) conflict(ctx context.Context, x known) (Conflict, error) {
	c := Conflict{Key: x.Outside, DN: x.DN, Why: unpack(x.Why), Kept: fieldsOf(x.Kept), Said: saidOf(x.Said)}
	c.Name, c.Email = c.Said[Name], c.Said[Email]
	var err error
	if x.Person != 0 {
		c.Person, err = s.People.Get(ctx, x.Person)
	} else {
		c.Person, err = s.People.ByEmail(ctx, c.Email)
	}
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return c, nil
	}
	return c, err
}

// Connect says that an entry is about somebody whom the desk knows already: an administrator
// looked at both. From then on the entry is known by its key. What it says of them comes with the
// next run, which is queued.
func (s *Service) Connect(ctx context.Context, by access.Actor, key, email string) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	x, err := s.entryOf(ctx, key)
	if err != nil {
		return err
	}
	p, err := s.People.ByEmail(ctx, email)
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return errs.Field("email", "directory.nobody_there")
	}
	if err != nil {
		return err
	}
	if x.Why == "" || x.Gone || x.Person != 0 && x.Person != p.ID && s.keeps(ctx, x.Person, key) {
		return errs.New(errs.Conflict, "directory.connected_already")
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if other, err := knownOf(ctx, tx, p.ID); err == nil && other.Outside != key { // an entry that was made anew
			other.Person, other.Gone = 0, true
			if err := putKnown(ctx, tx, other); err != nil {
				return err
			}
		} else if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		p.Source, p.Outside = LDAP, key
		if _, _, err := s.People.KeepIn(ctx, tx, by, p, nil); err != nil {
			return err
		}
		x.Person, x.Why, x.Said, x.Kept = p.ID, "", "", ""
		return putKnown(ctx, tx, x)
	})
	if err != nil {
		return err
	}
	return s.Sync(ctx, by)
}

// entryOf is an entry that stood on a page a moment ago; Conflict where a run has taken it away since.
func (s *Service) entryOf(ctx context.Context, key string) (known, error) {
	x, err := getKnown(ctx, s.DB, key)
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return x, errs.New(errs.Conflict, "directory.entry_not_found")
	}
	return x, err
}

// keeps reports whether a key is that of a person.
func (s *Service) keeps(ctx context.Context, who person.ID, key string) bool {
	p, err := s.People.Get(ctx, who)
	return err == nil && p.Source == LDAP && p.Outside == key
}

// TakeTheirs writes what the server says over what somebody wrote by hand.
func (s *Service) TakeTheirs(ctx context.Context, by access.Actor, key string) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	x, err := s.entryOf(ctx, key)
	if err != nil {
		return err
	}
	p, err := s.People.Get(ctx, x.Person)
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return errs.New(errs.Conflict, "directory.nobody_there")
	}
	if err != nil {
		return err
	}
	kept, said := fieldsOf(x.Kept), saidOf(x.Said)
	for _, f := range kept {
		p = put(p, read(said[f], f), f)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, _, err := s.People.KeepIn(ctx, tx, by, p, kept); err != nil {
			return err
		}
		x.Kept = ""
		return putKnown(ctx, tx, x)
	})
}

// read is Value backwards: a person of whom one field is known.
func read(v, field string) (p person.Person) {
	switch field {
	case Name:
		p.Name = v
	case Email:
		p.Email = v
	case Phone:
		for i, n := range person.ReadLines(v).List() {
			if i == 0 {
				p.Phone = n
			} else {
				p.Further = person.ReadLines(string(p.Further) + "\n" + n)
			}
		}
	case Department:
		p.Department = v
	case Place:
		p.Place = v
	case Title:
		p.Title = v
	case Manager:
		p.Manager = v
	case Devices:
		p.Devices = person.ReadLines(v)
	case Active:
		p.Active = v == "yes"
	}
	return p
}

// ManagerOf returns whom somebody reports to, as the directory server says it. NotFound where it
// says nothing, or names somebody whom the desk does not know.
func (s *Service) ManagerOf(ctx context.Context, who person.ID) (person.Person, error) {
	none := errs.New(errs.NotFound, "directory.no_manager")
	x, err := knownOf(ctx, s.DB, who)
	if err == nil && x.Leader == "" {
		return person.Person{}, none
	}
	if err == nil {
		x, err = leaderOf(ctx, s.DB, x.Leader)
	}
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return person.Person{}, none
		}
		return person.Person{}, err
	}
	p, err := s.People.Get(ctx, x.Person)
	if err == nil && (!p.Active || p.ID == who) {
		return person.Person{}, none
	}
	return p, err
}
