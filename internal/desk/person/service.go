// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/phonetic"
)

// Service holds the commands and queries on people and groups.
type Service struct {
	db    *db.DB
	bus   *event.Bus
	clock clock.Clock
	cache *cache
}

// NewService makes the room.
func NewService(d *db.DB, bus *event.Bus, c clock.Clock) *Service {
	return &Service{db: d, bus: bus, clock: c, cache: newCache(c)}
}

// Add makes a person. Staff may add requesters; only administrators add staff.
func (s *Service) Add(ctx context.Context, by access.Actor, p Person) (Person, error) {
	if err := access.Can(by, needed(p.Role), access.Object{}); err != nil {
		return Person{}, err
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = s.AddIn(ctx, tx, by, p)
		return err
	})
	return p, err
}

// AddIn makes a person within the caller's commit. The caller has asked access already.
func (s *Service) AddIn(ctx context.Context, tx *db.Tx, by access.Actor, p Person) (Person, error) {
	if err := p.check(); err != nil {
		return Person{}, err
	}
	p.Active, p.Version, p.CreatedAt = true, 1, s.clock.Now()
	which, err := insert(ctx, tx, p)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Person{}, errTaken()
	}
	if err != nil {
		return Person{}, err
	}
	p.ID = which
	if err := putKeys(ctx, tx, p); err != nil {
		return Person{}, err
	}
	tx.AfterCommit(func() { s.cache.drop(p.ID) })
	_, err = s.bus.Record(ctx, tx, by.Meta(p.CreatedAt), Added{Person: p.ID, Name: p.Name, Role: string(p.Role)})
	return p, err
}

func errTaken() *errs.Error { return errs.Field("email", "person.email_taken") }

// EnsureIn returns the person with the address, made as a requester if there is none. Two that
// make the same person at once get the same one.
func (s *Service) EnsureIn(ctx context.Context, tx *db.Tx, by access.Actor, p Person) (Person, error) {
	email, ok := CleanEmail(p.Email)
	if !ok {
		return Person{}, errs.Field("email", "person.email_shape")
	}
	found, err := byEmail(ctx, tx, email)
	if err == nil || errs.KindOf(err) != errs.NotFound {
		return found, err
	}
	p.Role = access.Requester
	if p.Name = CleanName(p.Name); p.Name == "" {
		p.Name, _, _ = strings.Cut(email, "@")
	}
	if r := []rune(p.Name); len(r) > 80 {
		p.Name = strings.TrimSpace(string(r[:80]))
	}
	added, err := s.AddIn(ctx, tx, by, p)
	if errors.Is(err, errTaken()) {
		return byEmail(ctx, tx, email)
	}
	return added, err
}

// Change saves a person as edited; version is what the editor saw, 0 to skip the check.
func (s *Service) Change(ctx context.Context, by access.Actor, p Person, version int64) (Person, error) {
	var out Person
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		was, err := take(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if err := s.mayChange(by, was, p); err != nil {
			return err
		}
		if version != 0 && was.Version != version+1 {
			return errs.Overtaken(was.Version - 1)
		}
		p.CreatedAt, p.Version = was.CreatedAt, was.Version
		if err := p.check(); err != nil {
			return err
		}
		if err := save(ctx, tx, p); db.IsUnique(err) {
			return errTaken()
		} else if err != nil {
			return err
		}
		if err := keepAnAdmin(ctx, tx, was); err != nil {
			return err
		}
		if err := rekey(ctx, tx, was, p); err != nil {
			return err
		}
		out = p
		tx.AfterCommit(func() { s.cache.drop(p.ID) })
		_, err = s.bus.Record(ctx, tx, by.Meta(s.clock.Now()), Changed{
			Person: p.ID, Fields: changes(was, p), RoleWas: string(was.Role), Role: string(p.Role), Active: p.Active,
		})
		return err
	})
	return out, err
}

// mayChange lets everybody edit their own plain fields and administrators edit everything.
func (s *Service) mayChange(by access.Actor, was, p Person) error {
	own := by.Kind == access.Person && ID(by.ID) == was.ID
	if own && was.Role == p.Role && was.Active == p.Active && was.Email == p.Email && was.Skills == p.Skills && was.Limit == p.Limit &&
		was.Title == p.Title && was.Manager == p.Manager && was.Devices == p.Devices && was.Source == p.Source && was.Outside == p.Outside {
		return access.Can(by, access.SelfWork, access.Object{})
	}
	return access.Can(by, access.AdminWork, access.Object{})
}

// keepAnAdmin refuses the change that would leave nobody able to administer the desk.
func keepAnAdmin(ctx context.Context, tx *db.Tx, was Person) error {
	if was.Role != access.Admin {
		return nil
	}
	if err := lockAdmins(ctx, tx); err != nil {
		return err
	}
	n, err := countAdmins(ctx, tx)
	if err == nil && n == 0 {
		return errs.Field("role", "person.last_admin")
	}
	return err
}

func needed(r access.Role) access.Action {
	if r == access.Requester {
		return access.PersonWork
	}
	return access.AdminWork
}

func changes(a, b Person) []string {
	var out []string
	add := func(name string, differs bool) {
		if differs {
			out = append(out, name)
		}
	}
	add("name", a.Name != b.Name)
	add("email", a.Email != b.Email)
	add("phone", a.Phone != b.Phone)
	add("department", a.Department != b.Department)
	add("place", a.Place != b.Place)
	add("title", a.Title != b.Title)
	add("manager", a.Manager != b.Manager)
	add("numbers", a.Further != b.Further)
	add("devices", a.Devices != b.Devices)
	add("lang", a.Lang != b.Lang)
	add("zone", a.Zone != b.Zone)
	add("role", a.Role != b.Role)
	add("active", a.Active != b.Active)
	add("skills", a.Skills != b.Skills)
	add("limit", a.Limit != b.Limit)
	return out
}

// Get returns a person as stored.
func (s *Service) Get(ctx context.Context, which ID) (Person, error) {
	return get(ctx, s.db, which)
}

// ByEmail returns the person with the address.
func (s *Service) ByEmail(ctx context.Context, email string) (Person, error) {
	clean, ok := CleanEmail(email)
	if !ok {
		return Person{}, errs.New(errs.NotFound, "person.not_found")
	}
	return byEmail(ctx, s.db, clean)
}

// Filter narrows a list of people.
type Filter struct {
	Text  string // part of name, address, department or phone
	Staff bool   // agents, leads and administrators only
	After Person // the last of the page before; Name and ID count
	Limit int    // 1–200, 50 where 0
}

// List returns people by name.
func (s *Service) List(ctx context.Context, by access.Actor, f Filter) ([]Person, error) {
	if err := access.Can(by, access.PersonRead, access.Object{}); err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	find := search{staff: f.Staff, after: Person{ID: f.After.ID, Name: CleanName(f.After.Name)}, limit: f.Limit}
	if text := CleanName(f.Text); text != "" {
		find.lower, find.typed = db.Literal(strings.ToLower(text)), db.Literal(text)
		if len(phonetic.Fold(text)) > 1 && isLetters(text) {
			find.sound = phonetic.Fold(text)
			find.beyond = phonetic.End(find.sound)
		}
	}
	return list(ctx, s.db, find)
}

// Called returns the people whose whole name or address a text is, those who left too, by name.
func (s *Service) Called(ctx context.Context, by access.Actor, text string, limit int) ([]Person, error) {
	if err := access.Can(by, access.PersonRead, access.Object{}); err != nil {
		return nil, err
	}
	if text = CleanName(text); text == "" {
		return nil, nil
	}
	return called(ctx, s.db, text, limit)
}

// isLetters reports whether a text may be how a name sounds: letters alone.
func isLetters(s string) bool {
	return strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz'-") == ""
}

// HasAdmin reports whether anybody can administer the desk yet.
func (s *Service) HasAdmin(ctx context.Context) (bool, error) {
	n, err := countAdmins(ctx, s.db)
	return n > 0, err
}

// SaveGroup adds (ID 0) or changes a group and its members.
func (s *Service) SaveGroup(ctx context.Context, by access.Actor, g Group, version int64) (Group, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Group{}, err
	}
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := g.check(); err != nil {
			return err
		}
		g.Members = slices.Compact(slices.Sorted(slices.Values(g.Members)))
		if g.ID == 0 {
			g.Active, g.Version = true, 1
			g.ID, err = insertGroup(ctx, tx, g)
		} else if was, e := takeGroup(ctx, tx, g.ID); e != nil {
			return e
		} else if version != 0 && was.Version != version+1 {
			return errs.Overtaken(was.Version - 1)
		} else {
			g.Version = was.Version
		}
		if err == nil {
			err = saveGroup(ctx, tx, g)
		}
		if db.IsUnique(err) {
			return errs.Field("name", "person.group_name_taken")
		}
		if db.IsForeignKey(err) {
			return errs.Field("members", "person.member_unknown")
		}
		if err != nil {
			return err
		}
		tx.AfterCommit(s.cache.dropGroups)
		_, err = s.bus.Record(ctx, tx, by.Meta(s.clock.Now()), GroupChanged{Group: g.ID, Name: g.Name, Members: g.Members, Active: g.Active})
		return err
	})
	return g, err
}
