// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	Jobs     *job.Queue
	People   *person.Service
	Tickets  *ticket.Service
	Promises *promise.Service
	Settings *setting.Service
	Keys     *secret.Keys
	Pusher   Pusher           // takes messages to the desktop; nil sends none
	Reach    netguard.Options // how far browsers may lie from the house
	BaseURL  string           // "https://desk.example.org", where people reach the desk

	// Hint says, in the commit, that the pages of somebody are stale. nil for nobody.
	Hint func(tx *db.Tx, who person.ID)
	// Awake returns when somebody may be disturbed who is told something at an instant: then, or
	// when their quiet hours end. nil for at any time.
	Awake func(ctx context.Context, who person.ID, at time.Time) (time.Time, error)
	// Post queues, in the commit, a summary of items to somebody by mail. nil sends none.
	Post func(ctx context.Context, tx *db.Tx, to person.ID, list []Item) error
	// Calendar is the one by which the desk works. nil for always.
	Calendar func() calendar.Calendar
}

// Service keeps what people are told.
type Service struct{ Parts }

// NewService makes the room and takes charge of its jobs. The assembly says what it hears.
func NewService(p Parts) *Service {
	s := &Service{p}
	p.Jobs.Handle(TellJob, s.tell, job.Timeout(time.Minute))
	p.Jobs.Handle(NearJob, s.near, job.Timeout(time.Minute))
	p.Jobs.Handle(ReadBackJob, s.readBackDue, job.Timeout(time.Minute))
	p.Jobs.Handle(DigestJob, s.digest, job.Timeout(time.Minute))
	p.Jobs.Handle(PushJob, s.push, job.Timeout(time.Minute), job.Limit(4), job.MaxAttempts(8))
	return s
}

func may(who access.Actor) error {
	if err := access.Can(who, access.QueueRead, access.Object{}); err != nil {
		return err
	}
	if who.Kind != access.Person {
		return errs.New(errs.Denied, "access.denied")
	}
	return nil
}

// mine lets everybody read what they were told themselves. Whoever is there as a requester, staff
// in the portal too, is told of their own requests alone.
func mine(who access.Actor) (own bool, err error) {
	switch {
	case who.Kind == access.Nobody:
		return false, errs.New(errs.Unauthenticated, "access.sign_in")
	case who.Kind != access.Person:
		return false, errs.New(errs.Denied, "access.denied")
	}
	return !who.Staff() || who.Via == "portal", nil
}

// List returns what somebody was told, a line a ticket, the newest first.
func (s *Service) List(ctx context.Context, who access.Actor, f Filter) (Page, error) {
	var err error
	if f.own, err = mine(who); err != nil {
		return Page{}, err
	}
	if f.Limit <= 0 || f.Limit > PageSize {
		f.Limit = PageSize
	}
	me := person.ID(who.ID)
	at, err := places(ctx, s.DB, me, f, f.Limit+1)
	if err != nil {
		return Page{}, err
	}
	var out Page
	if len(at) > f.Limit {
		at = at[:f.Limit]
		out.Next = at[f.Limit-1].newest
	}
	items, err := itemsOf(ctx, s.DB, me, f, at)
	if err != nil {
		return Page{}, err
	}
	var keys []ticket.ID
	for _, p := range at {
		keys = append(keys, p.ticket)
	}
	tickets, err := s.tickets(ctx, who, keys, f.own)
	if err != nil {
		return Page{}, err
	}
	for _, p := range at {
		t, known := tickets[p.ticket]
		if !known {
			continue
		}
		l := Line{Ticket: t}
		for _, i := range items {
			if i.Ticket == p.ticket {
				l.Items = append(l.Items, i)
				if !i.Read() {
					l.Unread++
				}
			}
		}
		if len(l.Items) > 0 {
			out.Lines = append(out.Lines, l)
		}
	}
	return out, nil
}

// tickets reads those of a page. Whoever is there as a requester may have lost the right to one.
func (s *Service) tickets(ctx context.Context, who access.Actor, keys []ticket.ID, own bool) (map[ticket.ID]ticket.Ticket, error) {
	if !own {
		return s.Tickets.Some(ctx, who, keys)
	}
	out := map[ticket.ID]ticket.Ticket{}
	for _, k := range keys {
		t, err := s.Tickets.Get(ctx, who, ticket.Target{ID: k})
		if errs.KindOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[k] = t
	}
	return out, nil
}

// Unread counts the tickets about which somebody was told something that they have not seen.
func (s *Service) Unread(ctx context.Context, who access.Actor) (int64, error) {
	own, err := mine(who)
	if err != nil {
		return 0, err
	}
	return unread(ctx, s.DB, person.ID(who.ID), own)
}

// UnreadOn returns the newest item about a ticket that somebody has not seen; 0 for none.
func (s *Service) UnreadOn(ctx context.Context, who access.Actor, on ticket.ID) (ItemID, error) {
	own, err := mine(who)
	if err != nil {
		return 0, err
	}
	return unreadOn(ctx, s.DB, person.ID(who.ID), on, own)
}

// Seen marks what somebody was told about a ticket as read, up to an item: what came later was
// not on the page. on is 0 for every ticket.
func (s *Service) Seen(ctx context.Context, who access.Actor, on ticket.ID, upTo ItemID) error {
	own, err := mine(who)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, who, func(ctx context.Context, tx *db.Tx, me person.ID, now time.Time) (int64, error) {
		return markRead(ctx, tx, me, on, upTo, now, own)
	})
	return err
}

// Done takes what somebody was told about a ticket from their list, up to an item; on is 0 for
// every ticket. It returns how many items that were.
func (s *Service) Done(ctx context.Context, who access.Actor, on ticket.ID, upTo ItemID) (int64, error) {
	own, err := mine(who)
	if err != nil {
		return 0, err
	}
	return s.change(ctx, who, func(ctx context.Context, tx *db.Tx, me person.ID, now time.Time) (int64, error) {
		return markDone(ctx, tx, me, on, upTo, now, own)
	})
}

// Undo brings back what was last taken from the list, or everything about a ticket where on is
// not 0. Conflict where there is nothing.
func (s *Service) Undo(ctx context.Context, who access.Actor, on ticket.ID) error {
	n, err := s.change(ctx, who, func(ctx context.Context, tx *db.Tx, me person.ID, _ time.Time) (int64, error) {
		last, err := lastDone(ctx, tx, me)
		if err != nil || last.IsZero() {
			return 0, err
		}
		return bringBack(ctx, tx, me, on, last)
	})
	if err == nil && n == 0 {
		return errs.New(errs.Conflict, "inbox.nothing_done")
	}
	return err
}

// CanUndo reports whether something was taken from the list within the last quarter of an hour.
func (s *Service) CanUndo(ctx context.Context, who access.Actor) (bool, error) {
	if _, err := mine(who); err != nil {
		return false, err
	}
	last, err := lastDone(ctx, s.DB, person.ID(who.ID))
	return !last.IsZero() && s.Clock.Now().Sub(last) < 15*time.Minute, err
}

func (s *Service) change(ctx context.Context, who access.Actor, do func(context.Context, *db.Tx, person.ID, time.Time) (int64, error)) (n int64, err error) {
	if _, err := mine(who); err != nil {
		return 0, err
	}
	me := person.ID(who.ID)
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if n, err = do(ctx, tx, me, s.Clock.Now()); n > 0 {
			s.hint(tx, me)
		}
		return err
	})
	return n, err
}

func (s *Service) hint(tx *db.Tx, who person.ID) {
	if s.Hint != nil {
		s.Hint(tx, who)
	}
}

// How long items are kept.
const (
	keepDone = 30 * 24 * time.Hour
	keepOpen = 180 * 24 * time.Hour
)

// Sweep removes what was done a month ago, and what nobody looked at for half a year.
func (s *Service) Sweep(ctx context.Context) (n int64, err error) {
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err = sweep(ctx, tx, now.Add(-keepDone), now.Add(-keepOpen))
		return err
	})
	return n, err
}

// add writes down that people are told of something, in the commit in which it happened, and
// queues what takes it further.
func (s *Service) add(ctx context.Context, tx *db.Tx, t ticket.Ticket, i Item, a *audience, of person.GroupID) error {
	list := a.list
	if len(list) > 0 || of != 0 {
		workers, err := s.People.WorkersIn(ctx, tx, persons(list), of)
		if err != nil {
			return err
		}
		list = allowed(list, t, workers)
	}
	if list = append(list, allowedOwn(a.own, t)...); len(list) == 0 {
		return nil
	}
	who := persons(list)
	rules, err := rulesOf(ctx, tx, who...)
	if err != nil {
		return err
	}
	carry := false
	for _, x := range list {
		rule := rules[x.person].Of(x.kind)
		if rule.silent() {
			continue
		}
		i.Person, i.Ticket, i.Kind, i.Letter, i.Page = x.person, t.ID, x.kind, x.letter, rule.Page
		fresh, err := insert(ctx, tx, i)
		if err != nil {
			return err
		}
		if fresh {
			s.hint(tx, x.person)
			carry = carry || rule.Push || rule.Mail != NoMail
		}
	}
	if !carry {
		return nil
	}
	n := strconv.FormatInt(i.Event, 10)
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: TellJob, Payload: n, Key: TellJob + ":" + n})
}

func persons(list []told) []person.ID {
	who := make([]person.ID, len(list))
	for n, x := range list {
		who[n] = x.person
	}
	return who
}

// members adds the members of a group who are not told anything weightier.
func members(a *audience, list []person.Worker) {
	for _, w := range list {
		if w.Member && !slices.Contains(a.not, w.ID) {
			a.tell(Team, false, w.ID)
		}
	}
}
