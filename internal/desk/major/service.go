// SPDX-License-Identifier: Apache-2.0

package major

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	Settings *setting.Service
	Tickets  *ticket.Service
}

// Service holds the commands and queries on major incidents.
type Service struct {
	Parts
	held atomic.Pointer[held]
}

// held is what every page and clock asks for, from memory.
type held struct {
	standing []Standing
	policy   Policy
}

// Standing is an incident that has not ended, with the last words about it.
type Standing struct {
	Incident
	Number int64
	Words  []Update // public ones, newest first
}

// wordsShown is how many words the banner and the page of incidents hold.
const wordsShown = 10

// NewService makes the room. Call Load before the first page.
func NewService(p Parts) *Service {
	s := &Service{Parts: p}
	s.held.Store(&held{policy: Start()})
	return s
}

// Load reads what stands and the policy: at start, after a change here, and every quarter of a
// minute for changes of other nodes.
func (s *Service) Load(ctx context.Context) error {
	p, _, err := setting.Load(ctx, s.Settings, PolicyName, Start())
	if err != nil {
		return err
	}
	list, err := standing(ctx, s.DB)
	if err != nil {
		return err
	}
	h := held{policy: p}
	for _, x := range list {
		t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: x.Ticket})
		if err != nil {
			return err
		}
		words, err := updates(ctx, s.DB, x.Ticket, x.DeclaredAt, 50)
		if err != nil {
			return err
		}
		words = slices.DeleteFunc(words, func(u Update) bool { return !u.Public })
		h.standing = append(h.standing, Standing{Incident: x, Number: t.Number, Words: words[:min(len(words), wordsShown)]})
	}
	s.held.Store(&h)
	return nil
}

// Policy returns the policy in force.
func (s *Service) Policy() Policy { return s.held.Load().policy }

// Standing returns the incidents that have not ended, oldest first, from memory. The list is
// shared: callers only read it.
func (s *Service) Standing() []Standing { return s.held.Load().standing }

// Public returns those of them that stand on the portal. Without a person behind the actor it
// is nothing unless the policy shows them to anybody.
func (s *Service) Public(by access.Actor) []Standing {
	h := s.held.Load()
	if by.Kind != access.Person && !h.policy.Anonymous {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(h.standing), func(x Standing) bool { return !x.Public })
}

// Stands returns the incident that a ticket is, from memory; false where it is none, or has ended.
func (s *Service) Stands(which ticket.ID) (Incident, bool) {
	for _, x := range s.held.Load().standing {
		if x.Ticket == which {
			return x.Incident, true
		}
	}
	return Incident{}, false
}

// StandsIn is Stands as the commit sees it, for rooms that act: memory may be a moment behind
// what another node did.
func (s *Service) StandsIn(ctx context.Context, tx *db.Tx, which ticket.ID) (Incident, bool, error) {
	x, err := get(ctx, tx, which)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return Incident{}, false, err
	}
	return x, err == nil && x.Open(), nil
}

// Gate stands before closing: an incident ends before its ticket does (N4).
func (s *Service) Gate(t ticket.Ticket) []errs.Gap {
	if _, stands := s.Stands(t.ID); !stands {
		return nil
	}
	return []errs.Gap{{Clause: "N4", Key: "gap.major", Form: "major"}}
}

// Get returns an incident, standing or ended, with its words newest first and its requests.
// NotFound where the ticket was never one.
func (s *Service) Get(ctx context.Context, by access.Actor, which ticket.ID) (x Incident, words []Update, list []Request, err error) {
	if err = access.Can(by, access.MajorRead, access.Object{}); err != nil {
		return x, nil, nil, err
	}
	x, err = get(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return x, nil, nil, errs.New(errs.NotFound, "major.not_found")
	}
	if err == nil {
		words, err = updates(ctx, s.DB, which, time.UnixMilli(0), 200)
	}
	if err == nil {
		list, err = requests(ctx, s.DB, which)
	}
	return x, words, list, err
}

// Word returns an incident and one of the words about it, for those who pass it on; no word where
// there is none of that number.
func (s *Service) Word(ctx context.Context, which ticket.ID, word int64) (x Incident, u Update, err error) {
	if x, err = get(ctx, s.DB, which); err != nil || word == 0 {
		return x, u, err
	}
	list, err := updates(ctx, s.DB, which, time.UnixMilli(0), 200)
	for _, one := range list {
		if one.ID == word {
			u = one
		}
	}
	return x, u, err
}

// Ended returns the incidents that ended last.
func (s *Service) Ended(ctx context.Context, by access.Actor, limit int) ([]Incident, error) {
	if err := access.Can(by, access.MajorRead, access.Object{}); err != nil {
		return nil, err
	}
	return ended(ctx, s.DB, min(max(limit, 1), 100))
}

// Declaration is what somebody says who declares a major incident.
type Declaration struct {
	Headline string // the ticket's subject where empty; what is public needs words of its own
	Public   bool
}

// Declare makes an open ticket a major incident. Agents may where it is graded P1; leads may
// always. Conflict where it is one already.
func (s *Service) Declare(ctx context.Context, by access.Actor, on ticket.Target, d Declaration) (Incident, error) {
	t, err := s.ticket(ctx, by, on)
	if err != nil {
		return Incident{}, err
	}
	if by.Role == access.Agent && (!t.Graded || t.Priority != triage.P1) {
		return Incident{}, errs.New(errs.Denied, "major.only_p1")
	}
	if !t.Open() {
		return Incident{}, errs.New(errs.Conflict, "major.closed")
	}
	if d.Public && text.Body(d.Headline) == "" { // the subject is the requester's, with names that are not for everybody
		return Incident{}, errs.Field("headline", "major.headline_needed")
	}
	if d.Headline == "" {
		d.Headline = firstRunes(t.Subject, maxHeadline)
	}
	if d.Headline, err = cleanHeadline(d.Headline); err != nil {
		return Incident{}, err
	}
	pace, err := s.pace(ctx, s.Policy().UpdateMinutes)
	if err != nil {
		return Incident{}, err
	}
	x := Incident{Ticket: t.ID, Headline: d.Headline, Public: d.Public, DeclaredAt: s.Clock.Now(), DeclaredBy: person.ID(by.ID)}
	var out Incident
	err = s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		made, err := declare(ctx, tx, x)
		if err != nil {
			return err
		}
		if len(made) == 0 {
			return errs.New(errs.Conflict, "major.already")
		}
		out = made[0]
		if err := pace(ctx, tx, t.ID); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(x.DeclaredAt), Declared{Ticket: t.ID, Headline: x.Headline, Public: x.Public})
		return err
	})
	return out, err
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// ticket returns the ticket of an incident for somebody who runs it.
func (s *Service) ticket(ctx context.Context, by access.Actor, on ticket.Target) (ticket.Ticket, error) {
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return t, err
	}
	return t, access.Can(by, access.MajorWork, t.Object())
}

// write is a commit after which what stands is read anew.
func (s *Service) write(ctx context.Context, fn func(context.Context, *db.Tx) error) error {
	if err := s.DB.Write(ctx, fn); err != nil {
		return err
	}
	return s.Load(ctx)
}

// standingIn takes an incident that has not ended.
func standingIn(ctx context.Context, tx *db.Tx, which ticket.ID) (Incident, error) {
	x, err := take(ctx, tx, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return x, errs.New(errs.NotFound, "major.not_found")
	}
	if err == nil && !x.Open() {
		err = errs.New(errs.Conflict, "major.ended")
	}
	return x, err
}

// End is how an incident ends.
type End struct {
	Review    string // what happened, what was learnt: at least ten characters
	Deviation string // or why there is no review
}

// End ends an incident. Without a review it is Missing, with a gap that a deviation may stand in for.
func (s *Service) End(ctx context.Context, by access.Actor, on ticket.Target, e End) (Incident, error) {
	t, err := s.ticket(ctx, by, on)
	if err != nil {
		return Incident{}, err
	}
	review, short := cleanText("review", e.Review, minReview, "major.review_length")
	why, noWhy := cleanText("deviation", e.Deviation, 5, "major.deviation_length")
	switch {
	case short == nil:
		why = ""
	case review != "":
		return Incident{}, short
	case why == "":
		return Incident{}, &errs.Error{
			Kind: errs.Missing, Key: "ticket.missing", Args: []any{"Count", 1},
			Gaps: []errs.Gap{{Clause: "N4", Key: "gap.major_review", Form: "review", Deviable: true}},
		}
	case noWhy != nil:
		return Incident{}, noWhy
	}
	pace, err := s.pace(ctx, 0)
	if err != nil {
		return Incident{}, err
	}
	var out Incident
	err = s.write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := standingIn(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		x.EndedAt, x.EndedBy, x.Review, x.Deviation = s.Clock.Now(), person.ID(by.ID), review, why
		if err := save(ctx, tx, x); err != nil {
			return err
		}
		out = x
		if err := pace(ctx, tx, t.ID); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(x.EndedAt), Ended{Ticket: t.ID, Review: review, Deviation: why})
		return err
	})
	return out, err
}
