// SPDX-License-Identifier: Apache-2.0

package visit

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Parts are what the room is made of. Label and Place come from the register of devices.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	People   *person.Service
	Settings *setting.Service
	Tickets  *ticket.Service
	// Label returns what a code or a tag stands on; NotFound where it stands on nothing.
	Label func(ctx context.Context, by access.Actor, text string) (Where, error)
	// Place returns a place of the register in words; empty where there is none.
	Place func(ctx context.Context, which int64) (string, error)
	// DevicePlace returns what a device is called and where it stands; false where there is none.
	DevicePlace func(ctx context.Context, which int64) (name string, place int64, known bool, err error)
}

// Where is what a label stands on.
type Where struct {
	Device  int64 // 0 for a room
	Place   int64
	Name    string
	Retired bool
}

// Service holds the commands and queries on visits.
type Service struct{ Parts }

// NewService makes the room.
func NewService(p Parts) *Service { return &Service{Parts: p} }

// Listen follows tickets that end: nobody goes there any more.
func (s *Service) Listen() {
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, f ticket.Ended) error {
		list, err := ofTicket(ctx, tx, f.Ticket)
		if err != nil {
			return err
		}
		for _, v := range list {
			if !v.State.EndsWithTicket() {
				continue
			}
			if v, err = take(ctx, tx, v.ID); err != nil {
				return err
			}
			v.State, v.Times = Cancelled, ""
			if err := save(ctx, tx, v); err != nil {
				return err
			}
			if err := s.keep(ctx, tx, access.Desk(), v, Wish{Act: Cancel, Key: id.Token()}, r.Meta.At); err != nil {
				return err
			}
		}
		return nil
	})
}

// Deed is one act as it was done.
type Deed struct {
	ID    int64
	Visit ID
	Key   string
	Act   Act
	State State // after it
	By    person.ID
	Via   string
	Did   time.Time // when it was done
	At    time.Time // when the desk heard of it
	Words string
}

// Propose makes a visit on a ticket: by Propose with up to three times, or by Fix with the one that
// was agreed on the telephone. The same form sent twice makes one. Missing where a gate of the
// ticket stands before it.
func (s *Service) Propose(ctx context.Context, by access.Actor, on ticket.Target, w Wish) (Visit, error) {
	if err := access.Can(by, access.VisitWork, access.Object{}); err != nil {
		return Visit{}, err
	}
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return Visit{}, err
	}
	if w.Engineer == 0 {
		w.Engineer = t.Assignee
	}
	if w.Zone == "" {
		w.Zone = s.zone(ctx, person.ID(by.ID))
	}
	if err := s.placeOf(ctx, &w); err != nil {
		return Visit{}, err
	}
	return s.do(ctx, by, Visit{Ticket: t.ID, By: person.ID(by.ID)}, on, w)
}

// Do carries out an act on a visit, once for each key.
//
// Errors: NotFound where the actor may not see the ticket; Denied where the act is another's;
// Conflict where it comes out of turn or answers to an earlier proposal; Missing where a gate of
// the ticket stands before it; Invalid with fields.
func (s *Service) Do(ctx context.Context, by access.Actor, which ID, w Wish) (Visit, error) {
	v, err := s.Get(ctx, by, which)
	if err != nil {
		return Visit{}, err
	}
	if err := s.admit(by, v, w.Act); err != nil {
		return Visit{}, err
	}
	if w.Place == "" || w.PlaceID != 0 || w.Device != 0 {
		if err := s.placeOf(ctx, &w); err != nil {
			return Visit{}, err
		}
	}
	return s.do(ctx, by, v, ticket.Target{ID: v.Ticket}, w)
}

// admit asks who an act is for. What is done there is done by whoever went there.
func (s *Service) admit(by access.Actor, v Visit, a Act) error {
	if a.Requester() {
		return nil // the ticket decides: its requester, by whatever door
	}
	if err := access.Can(by, access.VisitWork, access.Object{}); err != nil {
		return err
	}
	if a.Late() && by.Kind == access.Person && person.ID(by.ID) != v.Engineer {
		return errs.New(errs.Denied, "visit.not_yours")
	}
	return nil
}

// placeOf writes the place of the register, or of the device, in words where none are given.
func (s *Service) placeOf(ctx context.Context, w *Wish) error {
	if w.Device != 0 && s.DevicePlace != nil {
		name, place, known, err := s.DevicePlace(ctx, w.Device)
		switch {
		case err != nil:
			return err
		case !known:
			w.Device = 0
		case w.PlaceID == 0:
			w.PlaceID = place
		}
		if known && w.Place == "" {
			if w.Place, err = s.placeName(ctx, w.PlaceID); err != nil {
				return err
			}
			if w.Place == "" {
				w.Place = name
			}
		}
	}
	var err error
	if w.Place == "" {
		w.Place, err = s.placeName(ctx, w.PlaceID)
	}
	return err
}

func (s *Service) placeName(ctx context.Context, which int64) (string, error) {
	if which == 0 || s.Place == nil {
		return "", nil
	}
	return s.Place(ctx, which)
}

// zone is that of a person, else the desk's.
func (s *Service) zone(ctx context.Context, who person.ID) string {
	if z := s.People.Card(ctx, who).Zone; z != "" {
		return z
	}
	return s.Settings.Desk(ctx).Zone
}

// before is a visit as it stands before an act, or one that is still to be made. Where the act arrived
// before, however long ago, it is errDone with the visit.
func before(ctx context.Context, tx *db.Tx, by person.ID, v Visit, key string) (Visit, error) {
	if v.ID == 0 {
		made, err := begun(ctx, tx, v.Ticket, by, key)
		if err == nil && len(made) > 0 {
			return made[0], errDone
		}
		return v, err
	}
	was, err := take(ctx, tx, v.ID)
	if err != nil {
		return v, err
	}
	done, err := deed(ctx, tx, v.ID, key)
	if err == nil && len(done) > 0 {
		return v, errDone
	}
	return was, err
}

// do decides an act and carries it out: visit, act and facts of the ticket in one commit.
func (s *Service) do(ctx context.Context, by access.Actor, v Visit, on ticket.Target, w Wish) (Visit, error) {
	if w.Key == "" {
		w.Key = id.Token()
	}
	if len(w.Key) > 64 {
		return Visit{}, errs.New(errs.Invalid, "errs.invalid")
	}
	now, err := s.scene(ctx, by, w)
	if err != nil {
		return Visit{}, err
	}
	said := s.words(ctx, v, w)
	ready, err := s.Tickets.Ready(ctx, by, ticket.Visit{})
	if err != nil {
		return Visit{}, err
	}
	spoken, err := s.Tickets.Ready(ctx, by, ticket.Note{Say: said})
	if err != nil {
		return Visit{}, err
	}
	var out Visit
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		at := s.Clock.Now()
		now := now
		now.now = at
		on := on
		if _, err := s.Tickets.Lock(ctx, tx, v.Ticket); err != nil { // one after the other: the second finds what the first did
			return err
		}
		was, err := before(ctx, tx, person.ID(by.ID), v, w.Key)
		if err != nil {
			out = was
			return err
		}
		if was.ID == 0 {
			was.Token, was.Created = id.Token(), at
		} else {
			now.own = was.Engineer == person.ID(by.ID)
		}
		after, err := decide(was, w, now)
		if err != nil {
			return err
		}
		if was.ID == 0 {
			if twin, err := same(ctx, tx, after); err != nil || len(twin) > 0 && at.Sub(twin[0].Created) < time.Minute {
				if len(twin) > 0 {
					out = twin[0]
				}
				return err
			}
			after.ID, err = insert(ctx, tx, after)
		} else {
			err = save(ctx, tx, after)
		}
		if err != nil {
			return err
		}
		if said.Text != "" {
			if _, err := spoken.In(ctx, tx, ticket.Target{ID: after.Ticket}); err != nil {
				return err
			}
			on.Version = 0 // our own words made another one
		}
		if err := tell(ctx, tx, ready, after, told(w, was), on.Version, w.when(was, at), at); err != nil {
			return err
		}
		out = after
		return s.keep(ctx, tx, by, after, w, at)
	})
	if errors.Is(err, errDone) {
		err = nil
	}
	if err == nil && out.ID != 0 {
		out, err = get(ctx, s.DB, out.ID)
	}
	return out, err
}

// errDone leaves a commit in which an act turned out to be done already.
var errDone = errors.New("act is done") //nolint:gochecknoglobals // a sentinel

// told are the acts that the ticket hears of: who signs at once has finished first, and who goes
// there already is nobody else.
func told(w Wish, was Visit) []Act {
	switch {
	case w.Act == Sign && was.State == OnSite:
		return []Act{Finish, Sign}
	case w.Act == Assign && w.Engineer == was.Engineer:
		return nil
	}
	return []Act{w.Act}
}

// tell writes the acts down on the ticket, which stands at a version, with when they were done.
func tell(ctx context.Context, tx *db.Tx, ready ticket.Ready, v Visit, acts []Act, version int64, did, at time.Time) error {
	for _, a := range acts {
		n := v.note(a, did, at)
		if n.Step == "" {
			continue
		}
		if _, err := ready.With(ticket.Visit{Note: n}).In(ctx, tx, ticket.Target{ID: v.Ticket, Version: version}); err != nil {
			return err
		}
		version = 0 // the first fact made another one
	}
	return nil
}

// keep writes down that the act was done, with when it was done and when it arrived.
func (s *Service) keep(ctx context.Context, tx *db.Tx, by access.Actor, v Visit, w Wish, at time.Time) error {
	did := w.when(Visit{Created: v.Created}, at)
	err := insertDeed(ctx, tx, Deed{
		Visit: v.ID, Key: w.Key, Act: w.Act, State: v.State, By: person.ID(by.ID), Via: by.Via, Did: did, At: at, Words: firstRunes(w.Why, 200),
	})
	if err != nil {
		return err
	}
	_, err = s.Bus.Record(ctx, tx, by.Meta(at), Changed{Visit: v.ID, Ticket: int64(v.Ticket), Act: w.Act, State: v.State})
	return err
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// scene gathers what a decision depends on.
func (s *Service) scene(ctx context.Context, by access.Actor, w Wish) (scene, error) {
	out := scene{now: s.Clock.Now()}
	if w.Engineer != 0 {
		p := s.People.Card(ctx, w.Engineer)
		out.staff = p.Active && p.Role.Staff()
	}
	if w.Act == Arrive && strings.TrimSpace(w.Label) != "" && s.Label != nil {
		l, err := s.Label(ctx, by, labelOf(w.Label))
		switch {
		case err == nil:
			out.label = where{found: true, device: l.Device, place: l.Place, name: l.Name, gone: l.Retired}
		case errs.KindOf(err) != errs.NotFound: // a label is unknown only where the register says so
			return out, err
		}
	}
	return out, nil
}

// labelOf takes the code out of an address that a scanner read.
func labelOf(s string) string {
	s = strings.TrimSpace(s)
	if at := strings.LastIndex(s, "/q/"); at >= 0 {
		s = s[at+len("/q/"):]
	}
	return strings.Trim(s, "/ ")
}

// words are what staff find on the ticket's thread: the work, the parts, the photos, the drawing.
func (s *Service) words(ctx context.Context, v Visit, w Wish) ticket.Say {
	lang, ok := i18n.Known(s.Settings.Desk(ctx).Lang)
	if !ok {
		lang = i18n.ZH
	}
	files := slices.Clone(w.Files)
	var lines []string
	switch w.Act {
	case Note, Finish, Sign:
		if work := strings.TrimSpace(w.Work); work != "" && work != v.Work {
			lines = append(lines, i18n.T(lang, "visit.note_work", "Text", work))
		}
		if parts := strings.TrimSpace(w.Parts); parts != "" && parts != v.Parts {
			lines = append(lines, i18n.T(lang, "visit.note_parts", "Text", parts))
		}
		if w.Act == Sign && w.Drawn != "" && w.How == "drawn" {
			files = append(files, w.Drawn)
			lines = append(lines, i18n.T(lang, "visit.note_signed", "Name", person.CleanName(w.Name)))
		}
	case Propose, Pick, Refuse, Fix, Start, Arrive, Miss, Cancel, Assign:
	}
	if len(lines) == 0 && len(files) > 0 {
		lines = append(lines, i18n.T(lang, "visit.note_photos"))
	}
	return ticket.Say{Text: strings.Join(lines, "\n"), Files: files, Channel: ticket.Web}
}
