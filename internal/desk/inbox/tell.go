// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// The kinds of job that take an item further than the page.
const (
	TellJob   = "inbox:tell"   // of one fact: who gets a message on the desktop, and when mail is due
	DigestJob = "inbox:digest" // what is due to one person by mail
)

// gather is how long an item waits for others that go by mail with it.
const gather = 2 * time.Minute

// tell decides for everybody who is told of a fact. It reads wishes and hours outside the commit
// of the fact, which need not wait for that.
func (s *Service) tell(ctx context.Context, j job.Job) error {
	fact, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	items, err := untold(ctx, s.DB, fact)
	if err != nil || len(items) == 0 {
		return err
	}
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: items[0].Ticket})
	if err != nil {
		return err
	}
	for _, i := range items {
		if err := s.tellOne(ctx, t, i); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) tellOne(ctx context.Context, t ticket.Ticket, i Item) error {
	rules, err := rulesOf(ctx, s.DB, i.Person)
	if err != nil {
		return err
	}
	rule, now := rules[i.Person].Of(i.Kind), s.Clock.Now()
	awake, err := s.awake(ctx, i.Person, now, t)
	if err != nil {
		return err
	}
	due, err := s.mailDue(ctx, i, rule, t, now)
	if err != nil {
		return err
	}
	var list []Browser
	if rule.Push && !awake.After(now) {
		if list, err = browsersOf(ctx, s.DB, i.Person); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		fresh, err := markTold(ctx, tx, i.ID, now, due)
		if err != nil || !fresh {
			return err
		}
		for _, b := range list {
			if err := s.queuePush(ctx, tx, b.ID, i.ID); err != nil {
				return err
			}
		}
		if due.IsZero() || s.Post == nil {
			return nil
		}
		return s.Jobs.Enqueue(ctx, tx, job.Spec{
			Kind: DigestJob, Payload: strconv.FormatInt(int64(i.Person), 10), Key: fmt.Sprint(DigestJob, ":", i.Person, ":", due.UnixMilli()), RunAt: due,
		})
	})
}

// awake is when somebody may be disturbed about a ticket.
func (s *Service) awake(ctx context.Context, who person.ID, at time.Time, t ticket.Ticket) (time.Time, error) {
	if s.Awake == nil || urgent(t) {
		return at, nil
	}
	return s.Awake(ctx, who, at)
}

// mailDue is when an item goes by mail; zero for not at all, or where its own letter tells it.
func (s *Service) mailDue(ctx context.Context, i Item, rule Rule, t ticket.Ticket, now time.Time) (time.Time, error) {
	at := rule.Mail == AtOnce || urgent(t)
	switch {
	case rule.Mail == NoMail, i.Letter && at:
		return time.Time{}, nil
	case urgent(t):
		return now, nil
	case at:
		return s.awake(ctx, i.Person, now.Add(gather), t)
	}
	r, err := readerOf(ctx, s.DB, i.Person)
	if err != nil {
		return time.Time{}, err
	}
	zone := clock.FirstZone(s.People.Card(ctx, i.Person).Zone, s.Settings.Desk(ctx).Zone)
	work := calendar.Calendar(calendar.Always{})
	if s.Calendar != nil {
		work = s.Calendar()
	}
	return r.Next(now, zone, work), nil
}

// maxAhead bounds how many days without work are passed over.
const maxAhead = 21

// Next is when the next summary leaves after an instant: at the chosen hour of a day on which the
// desk works, or at each full hour in which it does.
func (r Reader) Next(now time.Time, zone *time.Location, work calendar.Calendar) time.Time {
	if r.Digest == Hourly {
		return work.Add(now.Truncate(time.Hour).Add(time.Hour), 0).UTC()
	}
	local := now.In(zone)
	first := time.Time{}
	for d := range maxAhead {
		at := time.Date(local.Year(), local.Month(), local.Day()+d, int(r.Hour), 0, 0, 0, zone)
		if !at.After(now) {
			continue
		}
		if first.IsZero() {
			first = at
		}
		begins := time.Date(local.Year(), local.Month(), local.Day()+d, 0, 0, 0, 0, zone)
		ends := time.Date(local.Year(), local.Month(), local.Day()+d+1, 0, 0, 0, 0, zone)
		if work.Between(begins, ends) > 0 {
			return at.UTC()
		}
	}
	return first.UTC()
}

// digest hands what is due to somebody to the one who writes letters, in one commit: what was
// read on the page meanwhile is left out, and of nothing nothing is written.
func (s *Service) digest(ctx context.Context, j job.Job) error {
	n, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	p, err := s.People.Get(ctx, person.ID(n))
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := takeDue(ctx, tx, p.ID, s.Clock.Now())
		if err != nil || len(list) == 0 || !p.Active || !p.Role.Staff() {
			return err
		}
		return s.Post(ctx, tx, p.ID, list)
	})
}
