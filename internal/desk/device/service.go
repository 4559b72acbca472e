// SPDX-License-Identifier: Apache-2.0

package device

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	People  *person.Service
	Catalog *catalog.Desk
	Tickets *ticket.Service
}

// Service holds the commands and queries on devices and places.
type Service struct{ Parts }

// NewService makes the room. Call Listen once the bus is there.
func NewService(p Parts) *Service { return &Service{Parts: p} }

// Filter narrows a list. Zero fields do not narrow.
type Filter struct {
	Text    string // part of tag, serial number or model; or who has it, as their name is written or sounds
	Kind    Kind
	State   State
	Owner   person.ID
	Place   PlaceID
	Service catalog.ServiceID
	After   string // tag of the last one of the page before
	Limit   int    // 1–200, 50 where 0
}

// Get returns one device. NotFound where there is none.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (Device, error) {
	if err := access.Can(by, access.DeviceRead, access.Object{}); err != nil {
		return Device{}, err
	}
	return s.get(ctx, s.DB, which)
}

func (s *Service) get(ctx context.Context, q db.Querier, which ID) (Device, error) {
	d, err := get(ctx, q, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return d, errs.New(errs.NotFound, "device.not_found")
	}
	return d, err
}

// List returns a stretch of the register in the order of tags; more says that there are others.
func (s *Service) List(ctx context.Context, by access.Actor, f Filter) (list []Device, more bool, err error) {
	if err := access.Can(by, access.DeviceRead, access.Object{}); err != nil {
		return nil, false, err
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	limit, text := f.Limit, person.CleanName(f.Text)
	f.Limit++
	if list, err = page(ctx, s.DB, f, text); err != nil {
		return nil, false, err
	}
	if text != "" && f.Owner == 0 && len(list) < limit { // and those of people who are called so, as it sounds
		who, err := s.People.Find(ctx, by, text, false, 10)
		if err != nil {
			return nil, false, err
		}
		for _, p := range who {
			own := f
			own.Owner = p.ID
			more, err := page(ctx, s.DB, own, "")
			if err != nil {
				return nil, false, err
			}
			for _, d := range more {
				if !slices.ContainsFunc(list, func(x Device) bool { return x.ID == d.ID }) {
					list = append(list, d)
				}
			}
		}
		slices.SortFunc(list, func(a, b Device) int { return strings.Compare(fold(a.Tag), fold(b.Tag)) })
	}
	more = len(list) > limit
	return list[:min(len(list), limit)], more, nil
}

// Of returns the devices of a person that are not retired, at most twenty.
func (s *Service) Of(ctx context.Context, by access.Actor, who person.ID) ([]Device, error) {
	if err := access.Can(by, access.DeviceRead, access.Object{}); err != nil || who == 0 {
		return nil, err
	}
	list, err := page(ctx, s.DB, Filter{Owner: who, Limit: ticket.MaxTied}, "")
	return slices.DeleteFunc(list, Device.Retired), err
}

// Save adds (ID 0) or changes a device. Stale where the version is an old one; Invalid where the
// tag or the serial number is another's.
func (s *Service) Save(ctx context.Context, by access.Actor, d Device, version int64) (Device, error) {
	if err := access.Can(by, access.DeviceWork, access.Object{}); err != nil {
		return d, err
	}
	d, err := d.Clean()
	if err != nil {
		return d, err
	}
	if d.Owner != 0 && s.People.Card(ctx, d.Owner).ID == 0 {
		return d, errs.Field("owner", "device.owner_unknown")
	}
	if d.Service != 0 && s.Catalog.Service(ctx, d.Service).ID == 0 {
		return d, errs.Field("service", "catalog.service_unknown")
	}
	out := d
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x := d
		var err error
		if x.Place.ID != 0 {
			if x.Place, err = place(ctx, tx, x.Place.ID); err != nil {
				return errs.Field("place", "device.place_unknown")
			}
		}
		out, err = s.write(ctx, tx, by, x, version)
		return err
	})
	if errors.Is(err, errTaken) {
		err = s.taken(ctx, d)
	}
	return out, err
}

// errTaken says that the tag or the serial number is another's.
var errTaken = errors.New("tag or serial number is taken") //nolint:gochecknoglobals // a sentinel

// write stores a device within a commit and records what changed; nothing where nothing did.
func (s *Service) write(ctx context.Context, tx *db.Tx, by access.Actor, d Device, version int64) (Device, error) {
	now := s.Clock.Now()
	var fields []string
	var err error
	if d.ID == 0 {
		d.Token, d.Version, d.Created = id.Token(), 1, now
		d.ID, err = insert(ctx, tx, d)
	} else {
		was, failed := s.get(ctx, tx, d.ID)
		if failed != nil {
			return d, failed
		}
		if version != 0 && was.Version != version {
			return d, errs.Overtaken(was.Version)
		}
		d.Token, d.Created = was.Token, was.Created
		if fields = differ(was, d); len(fields) == 0 && was.Place.ID == d.Place.ID {
			return was, nil
		}
		if d.Version, err = save(ctx, tx, d); err == nil && d.Version != was.Version+1 { // somebody changed it in between
			return d, errs.Overtaken(d.Version - 1)
		}
	}
	if db.IsUnique(err) {
		return d, errTaken
	}
	if err != nil {
		return d, err
	}
	_, err = s.Bus.Record(ctx, tx, by.Meta(now), Changed{Device: d, Fields: fields})
	return d, err
}

// taken says which of the two names is another's, after the commit was lost.
func (s *Service) taken(ctx context.Context, d Device) error {
	list, err := byTag(ctx, s.DB, fold(d.Tag))
	if err == nil && len(list) > 0 && list[0].ID != d.ID {
		return errs.Field("tag", "device.tag_taken", "Tag", list[0].Tag)
	}
	return errs.Field("serial", "device.serial_used")
}

// Places returns the register of places, by their names. Everybody of staff may read it.
func (s *Service) Places(ctx context.Context, by access.Actor) ([]Place, error) {
	if err := access.Can(by, access.DeviceRead, access.Object{}); err != nil {
		return nil, err
	}
	return places(ctx, s.DB)
}

// Place returns one place; the zero Place where there is none.
func (s *Service) Place(ctx context.Context, which PlaceID) (Place, error) {
	p, err := place(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Place{}, nil //nolint:nilerr // a place that is gone is no failure
	}
	return p, err
}

// SavePlace adds (ID 0) or changes a place.
func (s *Service) SavePlace(ctx context.Context, by access.Actor, p Place, version int64) (Place, error) {
	if err := access.Can(by, access.DeviceWork, access.Object{}); err != nil {
		return p, err
	}
	p, err := p.Clean()
	if err != nil {
		return p, err
	}
	out := p
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = s.writePlace(ctx, tx, by, p, version)
		return err
	})
	return out, err
}

func (s *Service) writePlace(ctx context.Context, tx *db.Tx, by access.Actor, p Place, version int64) (Place, error) {
	var err error
	if p.ID == 0 {
		p.Token, p.Active, p.Version = id.Token(), true, 1
		p.ID, err = insertPlace(ctx, tx, p)
	} else {
		var list []Place
		if list, err = savePlace(ctx, tx, p); err == nil {
			switch {
			case len(list) == 0:
				return p, errs.New(errs.NotFound, "device.place_not_found")
			case version != 0 && list[0].Version != version+1:
				return p, errs.Overtaken(list[0].Version - 1)
			}
			p = list[0]
		}
	}
	if db.IsUnique(err) {
		return p, errs.Field("room", "device.place_taken")
	}
	if err != nil {
		return p, err
	}
	_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), PlaceChanged{p})
	return p, err
}
