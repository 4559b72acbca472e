// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Ask is a wish for an approval.
type Ask struct {
	Subject Subject // of another kind than Free only Kind and Ref count
	Note    string  // why it is needed, at most 2000 characters
	Levels  []AskLevel
	Hours   int64 // working hours in which somebody must decide, 1–960; 0 for the policy's
	Days    int64 // working days for which it is good once granted, 0–366; 0 for no end
	Hold    bool  // the ticket waits for it
}

// Mode says how many of a level must agree.
type Mode string

// The modes.
const (
	Any  Mode = "any"  // one is enough (或签)
	All  Mode = "all"  // everybody (会签)
	Some Mode = "some" // at least Need
)

// AskLevel says who is asked at the same time.
type AskLevel struct {
	People  []person.ID
	Groups  []person.GroupID // their members as they are now
	Manager bool             // the requester's line manager, from the directory
	Owner   bool             // who answers for the ticket's service
	Mode    Mode             // All where empty
	Need    int64            // for Some
}

// askable are the statuses in which something may be asked.
func askable(s ticket.Status) bool {
	return s == ticket.New || s == ticket.Opened || s == ticket.Pending
}

// Ask asks for an approval and, where it is wanted, lets the ticket wait for it. The same wish sent
// twice asks once: while it waits, it is the answer.
//
// Errors: those of reading the ticket; Denied without the right to ask; Conflict where the ticket is
// solved or closed; Invalid with fields; Missing where gates stand before the wait.
func (s *Service) Ask(ctx context.Context, by access.Actor, on ticket.Target, q Ask) (Approval, error) {
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return Approval{}, err
	}
	if err := access.Can(by, access.ApprovalAsk, t.Object()); err != nil {
		return Approval{}, err
	}
	if !askable(t.Status) {
		return Approval{}, errs.New(errs.Conflict, "approval.not_now")
	}
	a, err := s.drawUp(ctx, by, t, q)
	if err != nil {
		return Approval{}, err
	}
	hold, err := s.Tickets.Ready(ctx, by, ticket.HoldFor{Reason: ticket.ForApproval})
	if err != nil {
		return Approval{}, err
	}
	tell, err := s.desk(ctx)
	if err != nil {
		return Approval{}, err
	}
	var out Approval
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := s.Tickets.Lock(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if !askable(now.Status) {
			return errs.New(errs.Conflict, "approval.not_now")
		}
		waiting, err := waitingOf(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(waiting, a.wishes); i >= 0 {
			out = waiting[i]
			return nil
		}
		if out, err = s.put(ctx, tx, tell, by, a); err != nil {
			return err
		}
		if out.Holds && now.Status == ticket.Opened {
			if _, err := hold.In(ctx, tx, ticket.Target{ID: t.ID}); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// wishes reports whether another approval was asked for by the same person in the same words, of the
// same people and to the same end.
func (a Approval) wishes(o Approval) bool {
	seated := func(x, y Seat) bool { return x.Level == y.Level && x.Person == y.Person }
	return a.AskedBy == o.AskedBy && a.Digest == o.Digest && a.Note == o.Note && a.Holds == o.Holds && a.Days == o.Days &&
		slices.Equal(a.Levels, o.Levels) && slices.EqualFunc(a.Seats, o.Seats, seated)
}

// drawUp checks a wish and turns it into an approval that nobody has seen yet.
func (s *Service) drawUp(ctx context.Context, by access.Actor, t ticket.Ticket, q Ask) (Approval, error) {
	subject, author, err := s.subject(ctx, t.ID, q.Subject)
	var bad []errs.FieldError
	if e := errs.As(err); e != nil && len(e.Fields) > 0 {
		bad = append(bad, e.Fields...)
	} else if err != nil {
		return Approval{}, err
	}
	policy, err := s.policy(ctx)
	if err != nil {
		return Approval{}, err
	}
	if q.Hours == 0 {
		q.Hours = policy.ExpireHours
	}
	now := s.Clock.Now()
	a := Approval{
		Ticket: t.ID, Subject: subject, Digest: subject.Digest(), Note: text.Body(q.Note), State: Waiting, AskedBy: person.ID(by.ID), Author: author, For: t.Requester,
		Holds: q.Hold, Days: q.Days, AskedAt: now,
	}
	if q.Hours < 1 || q.Hours > 960 {
		bad = append(bad, errs.FieldError{Name: "hours", Key: "approval.hours_range"})
	}
	if q.Days < 0 || q.Days > 366 {
		bad = append(bad, errs.FieldError{Name: "days", Key: "approval.days_range"})
	}
	if utf8.RuneCountInString(a.Note) > maxWords {
		bad = append(bad, errs.FieldError{Name: "note", Key: "approval.comment_length", Args: []any{"Max", maxWords}})
	}
	if len(q.Levels) == 0 {
		q.Levels = []AskLevel{{}}
	}
	if len(q.Levels) > maxLevels {
		return a, errs.New(errs.Conflict, "approval.too_many", "Max", maxSeats)
	}
	for i, l := range q.Levels {
		seats, wrong := s.seat(ctx, a, t, l)
		for _, w := range wrong {
			w.Name = fieldOf(w.Name, i)
			bad = append(bad, w)
		}
		level := Level{ID: int64(i + 1), Need: l.need(len(seats))}
		if l.Mode == Some && (l.Need < 1 || l.Need > int64(len(seats))) && len(wrong) == 0 {
			bad = append(bad, errs.FieldError{Name: fieldOf("need", i), Key: "approval.need_range", Args: []any{"Max", len(seats)}})
		}
		for _, x := range seats {
			x.Level = level.ID
			a.Seats = append(a.Seats, x)
		}
		a.Levels = append(a.Levels, level)
	}
	if len(a.Seats) > maxSeats {
		bad = append(bad, errs.FieldError{Name: "people", Key: "approval.too_many", Args: []any{"Max", maxSeats}})
	}
	a.RemindAt, a.ExpiresAt = s.hours(now, policy.RemindHours), s.hours(now, q.Hours)
	return a, errs.Invalidf(bad...)
}

// fieldOf names a field of a level: the first has no number.
func fieldOf(name string, level int) string {
	if level == 0 {
		return name
	}
	return name + "_" + itoa(level+1)
}

func (l AskLevel) need(of int) int64 {
	switch l.Mode {
	case Any:
		return 1
	case Some:
		return min(max(l.Need, 1), int64(max(of, 1)))
	case All:
	}
	return 0
}

// seat finds who sits in a level: each person once, by what names them first. Nobody gets a seat
// who would decide for themselves: of a group they are left out, and where somebody names them, or
// a rule finds them, that is refused.
func (s *Service) seat(ctx context.Context, a Approval, t ticket.Ticket, l AskLevel) (out []Seat, bad []errs.FieldError) {
	add := func(who person.ID, why Because, group person.GroupID) {
		if !slices.ContainsFunc(out, func(x Seat) bool { return x.Person == who }) {
			out = append(out, Seat{Person: who, Because: why, Group: group})
		}
	}
	named := func(field string, who person.ID, why Because) {
		p := s.People.Card(ctx, who)
		switch {
		case a.own(who):
			bad = append(bad, errs.FieldError{Name: field, Key: "approval.own_named", Args: []any{"Name", p.Name}})
		case !p.Active:
			bad = append(bad, errs.FieldError{Name: field, Key: "approval.person_gone", Args: []any{"Name", p.Name}})
		default:
			add(who, why, 0)
		}
	}
	for _, who := range l.People {
		named("people", who, ByName)
	}
	for _, g := range l.Groups {
		before := len(out)
		group := s.People.Group(ctx, g)
		for _, who := range group.Members {
			if group.Active && !a.own(who) && s.People.Card(ctx, who).Active {
				add(who, ByGroup, g)
			}
		}
		if len(out) == before && !slices.ContainsFunc(group.Members, func(m person.ID) bool { return slices.ContainsFunc(out, func(x Seat) bool { return x.Person == m }) }) {
			bad = append(bad, errs.FieldError{Name: "groups", Key: "approval.group_empty", Args: []any{"Name", group.Name}})
		}
	}
	rule := func(field, none string, why Because, find func() (person.ID, error)) {
		who, err := find()
		if err != nil || who == 0 {
			bad = append(bad, errs.FieldError{Name: field, Key: none})
			return
		}
		named(field, who, why)
	}
	if l.Manager {
		rule("manager", "approval.no_manager", ByManager, func() (person.ID, error) {
			if s.Manager == nil {
				return 0, nil
			}
			return s.Manager(ctx, t.Requester)
		})
	}
	if l.Owner {
		rule("owner", "approval.no_owner", ByOwner, func() (person.ID, error) {
			if s.Owner == nil || t.Service == 0 {
				return 0, nil
			}
			return s.Owner(ctx, t.Service)
		})
	}
	if len(out) == 0 && len(bad) == 0 {
		bad = append(bad, errs.FieldError{Name: "people", Key: "approval.nobody"})
	}
	return out, bad
}

// put stores a new approval and tells whose turn it is.
func (s *Service) put(ctx context.Context, tx *db.Tx, tell ticket.Ready, by access.Actor, a Approval) (Approval, error) {
	var err error
	if a.ID, err = insert(ctx, tx, a); err != nil {
		return a, err
	}
	asked := Asked{Approval: a.ID, Ticket: a.Ticket, Subject: a.Subject, Digest: a.Digest}
	a.Seats = slices.Clone(a.Seats)
	for i := range a.Seats {
		if a.Seats[i].ID, err = insertSeat(ctx, tx, a.ID, a.Seats[i]); err != nil {
			return a, err
		}
		asked.Seats = append(asked.Seats, a.Seats[i].Person)
	}
	if _, err := s.Bus.Record(ctx, tx, by.Meta(a.AskedAt), asked); err != nil {
		return a, err
	}
	if err := s.appoint(ctx, tx, a); err != nil {
		return a, err
	}
	turn, err := s.turn(ctx, tx, a)
	if err != nil {
		return a, err
	}
	return a, s.tell(ctx, tx, tell, a, told{step: ticket.ApprovalAsked, by: a.AskedBy, comment: a.Note, turn: turn})
}

// told is one thing to be told on the ticket.
type told struct {
	step    ticket.ApprovalStep
	by      person.ID
	stood   person.ID // for whom
	added   person.ID
	comment string
	turn    []person.ID
}

// tell puts what happened on the ticket.
func (s *Service) tell(ctx context.Context, tx *db.Tx, ready ticket.Ready, a Approval, list ...told) error {
	var facts []ticket.Approval
	for _, x := range list {
		facts = append(facts, ticket.Approval{
			Approval: int64(a.ID), Step: x.step, Title: a.Subject.Title, Asker: a.AskedBy, By: x.by, For: x.stood, Added: x.added,
			Comment: x.comment, Turn: x.turn, Reason: a.Reason,
		})
	}
	_, err := ready.With(ticket.TellApproval{Told: facts}).In(ctx, tx, ticket.Target{ID: a.Ticket})
	return err
}

// turn returns whom the desk asks now: those in open seats of the level, and beside whoever is on
// leave their deputy, who never is somebody for whom it would be their own.
func (s *Service) turn(ctx context.Context, q db.Querier, a Approval) ([]person.ID, error) {
	var out []person.ID
	for _, seat := range a.Awaited() {
		out = append(out, seat.Person)
	}
	instead, err := s.deputies(ctx, q, out)
	for _, who := range slices.Clone(out) {
		if d := instead[who]; d != 0 && !a.own(d) && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out, err
}

// meta is who did something, as a fact records it.
func meta(by access.Actor, s *Service) event.Meta { return by.Meta(s.Clock.Now()) }

// key names a job of an approval at an instant.
func key(kind string, which ID, at int64) string { return fmt.Sprint(kind, ":", which, ":", at) }

// Draft is what a form for asking shows beforehand: the subject where its kind keeps it, and whom
// the rules would find; 0 where they find nobody.
type Draft struct {
	Subject Subject
	Manager person.ID
	Owner   person.ID
	Policy  Policy
}

// Draft prepares a form for asking. Errors as of Ask.
func (s *Service) Draft(ctx context.Context, by access.Actor, t ticket.Ticket, kind, ref string) (Draft, error) {
	if err := access.Can(by, access.ApprovalAsk, t.Object()); err != nil {
		return Draft{}, err
	}
	if !askable(t.Status) {
		return Draft{}, errs.New(errs.Conflict, "approval.not_now")
	}
	var d Draft
	var err error
	if d.Policy, err = s.policy(ctx); err != nil {
		return d, err
	}
	if s.Manager != nil {
		if who, err := s.Manager(ctx, t.Requester); err == nil && who != person.ID(by.ID) {
			d.Manager = who
		}
	}
	if s.Owner != nil && t.Service != 0 {
		if who, err := s.Owner(ctx, t.Service); err == nil && who != person.ID(by.ID) && who != t.Requester {
			d.Owner = who
		}
	}
	if d.Subject.Kind = kind; kind == "" || kind == Free {
		d.Subject.Kind = Free
		return d, nil
	}
	var author person.ID
	if d.Subject, author, err = s.subject(ctx, t.ID, Subject{Kind: kind, Ref: ref}); author == 0 {
		return d, err
	}
	if d.Manager == author {
		d.Manager = 0
	}
	if d.Owner == author {
		d.Owner = 0
	}
	return d, err
}

// Askable reports whether something may be asked on a ticket that stands so.
func Askable(s ticket.Status) bool { return askable(s) }
