// SPDX-License-Identifier: Apache-2.0

package device

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ImportID is the key of a file that was uploaded.
type ImportID int64

// Import is a file of devices as it was uploaded.
type Import struct {
	ID       ImportID
	Name     string
	Text     string
	Encoding string
	Comma    string
	By       person.ID
	At       time.Time
}

// keepFor is how long the text of a file is kept.
const keepFor = 7 * 24 * time.Hour

// Upload keeps a file for looking at what it would do. Encoding and Comma may be empty: they are
// found out. Invalid where it is no list of devices.
func (s *Service) Upload(ctx context.Context, by access.Actor, x Import, raw []byte) (Import, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return x, err
	}
	var err error
	if x.Text, x.Encoding, err = directory.Decode(raw, x.Encoding); err != nil {
		return x, err
	}
	if x.Comma == "" {
		x.Comma = directory.CommaOf(x.Text)
	}
	if _, err := Read(x.Text, x.Comma); err != nil {
		return x, err
	}
	if x.Name = firstRunes(person.CleanName(x.Name), 200); x.Name == "" {
		x.Name = "CSV"
	}
	x.By, x.At = person.ID(by.ID), s.Clock.Now()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := dropImports(ctx, tx, x.At.Add(-keepFor)); err != nil {
			return err
		}
		var err error
		x.ID, err = insertImport(ctx, tx, x)
		return err
	})
	return x, err
}

// Preview is what a file would do now.
type Preview struct {
	Import
	Sheet   Sheet
	Changes []Change
	Tally   map[Verdict]int
}

// Preview plans a file without changing anything. NotFound where it is not there, or not any more.
func (s *Service) Preview(ctx context.Context, by access.Actor, which ImportID) (Preview, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Preview{}, err
	}
	return s.plan(ctx, s.DB, which)
}

func (s *Service) plan(ctx context.Context, q db.Querier, which ImportID) (Preview, error) {
	x, err := getImport(ctx, q, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Preview{}, errs.New(errs.NotFound, "device.import_not_found")
	}
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Import: x}
	if p.Sheet, err = Read(x.Text, x.Comma); err != nil {
		return p, err
	}
	k := Known{Services: map[string]catalog.ServiceID{}}
	if k.Devices, err = all(ctx, q); err != nil {
		return p, err
	}
	if k.Places, err = places(ctx, q); err != nil {
		return p, err
	}
	people, err := s.People.All(ctx, access.Desk())
	if err != nil {
		return p, err
	}
	k.Owner = finder(people)
	services, err := s.Catalog.Services(ctx)
	for _, v := range services {
		k.Services[fold(v.Name)] = v.ID
		if v.NameEN != "" {
			k.Services[fold(v.NameEN)] = v.ID
		}
	}
	p.Changes = Plan(k, p.Sheet)
	p.Tally = Count(p.Changes)
	return p, err
}

// finder finds people by address, by the number under which a directory knows them, or by a name
// that only one of them has.
func finder(people []person.Person) func(string) (person.ID, bool) {
	known := map[string]person.ID{}
	add := func(key string, who person.ID) {
		if key = strings.ToLower(key); key == "" {
			return
		}
		if other, twice := known[key]; twice && other != who {
			who = 0 // several: none of them is meant for sure
		}
		known[key] = who
	}
	for _, p := range people {
		if p.Active {
			add(p.Name, p.ID)
		}
	}
	for _, p := range people {
		if p.Active && p.Outside != "" {
			known[strings.ToLower(p.Outside)] = p.ID
		}
		known[strings.ToLower(p.Email)] = p.ID
	}
	return func(text string) (person.ID, bool) {
		who := known[strings.ToLower(person.CleanName(text))]
		return who, who != 0
	}
}

// Apply does what a file says, in one commit: all of it or nothing. Conflict while lines are wrong,
// unless leave says that they are to be left out.
func (s *Service) Apply(ctx context.Context, by access.Actor, which ImportID, leave bool) (Imported, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Imported{}, err
	}
	// What depends on other rooms is read before the commit; the register itself within it.
	before, err := s.plan(ctx, s.DB, which)
	if err != nil {
		return Imported{}, err
	}
	if n := before.Tally[Bad]; n > 0 && !leave {
		return Imported{}, errs.New(errs.Conflict, "device.import_bad", "Count", n)
	}
	out := Imported{Import: which, Name: before.Name, New: before.Tally[Added], Changed: before.Tally[Edited], Same: before.Tally[Same], Left: before.Tally[Bad]}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		known, err := places(ctx, tx)
		if err != nil {
			return err
		}
		at := map[string]Place{}
		for _, p := range known {
			at[p.folded()] = p
		}
		for _, c := range before.Changes {
			if c.Kind != Added && c.Kind != Edited {
				continue
			}
			if c.Now.Place.ID == 0 && c.Now.Place.Site != "" {
				p, ok := at[c.Now.Place.folded()]
				if !ok {
					if p, err = s.writePlace(ctx, tx, by, c.Now.Place, 0); err != nil {
						return err
					}
					at[p.folded()] = p
				}
				c.Now.Place = p
			}
			if _, err := s.write(ctx, tx, by, c.Now, c.Was.Version); err != nil {
				if errors.Is(err, errTaken) || errs.KindOf(err) == errs.Invalid || errs.KindOf(err) == errs.Stale { // somebody was faster since it was planned
					return errs.New(errs.Conflict, "device.import_moved", "Line", c.Line.At)
				}
				return err
			}
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), out)
		return err
	})
	return out, err
}
