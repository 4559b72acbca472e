// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Decision is what an approver says, from one of the seats that are theirs to answer.
type Decision struct {
	Seat    SeatID // 0 for the one that is theirs
	Yes     bool
	Comment string // at most 2000 characters; a refusal must say why
}

// Decide carries out what an approver says. Of however many at the same instant each counts once,
// and the approval has one outcome (F54).
//
// Errors: NotFound for whoever has no business with it; Denied for one's own wish, for staff without
// a seat and for whoever left; Conflict where it is over, its ticket is closed, what was asked has
// changed, or it is not this seat's turn; Invalid with fields.
func (s *Service) Decide(ctx context.Context, by access.Actor, which ID, d Decision) (Approval, error) {
	said := func(a Approval, deputies map[person.ID]person.ID) (Approval, []told, *Seat, error) {
		x := Said{By: person.ID(by.ID), Seat: d.Seat, Yes: d.Yes, Comment: d.Comment, Via: by.Via, At: s.Clock.Now()}
		a, seat, err := a.answered(x, deputies)
		step := ticket.ApprovalNo
		if d.Yes {
			step = ticket.ApprovalYes
		}
		return a, []told{{step: step, by: x.By, stood: seat.For(), comment: seat.Comment}}, &seat, err
	}
	return s.act(ctx, by, which, said)
}

// Call lets an approver whose turn it is call in somebody else, before or after them (加签). Errors
// as of Decide.
func (s *Service) Call(ctx context.Context, by access.Actor, which ID, from SeatID, who person.ID, before bool, comment string) (Approval, error) {
	p := s.People.Card(ctx, who)
	if who == 0 || !p.Active {
		return Approval{}, errs.Field("who", "approval.person_gone", "Name", p.Name)
	}
	comment = text.Body(comment)
	if len([]rune(comment)) > maxWords {
		return Approval{}, errs.Field("comment", "approval.comment_length", "Max", maxWords)
	}
	call := func(a Approval, deputies map[person.ID]person.ID) (Approval, []told, *Seat, error) {
		a, level, err := a.called(person.ID(by.ID), from, who, before, deputies)
		if err != nil {
			return a, nil, nil, err
		}
		a.Seats = append(slices.Clone(a.Seats), Seat{Level: level.ID, Person: who, Because: ByCall})
		return a, []told{{step: ticket.ApprovalAdded, by: person.ID(by.ID), added: who, comment: comment}}, nil, nil
	}
	return s.act(ctx, by, which, call)
}

// act runs one pure rule on an approval in a commit, with all that follows from it.
func (s *Service) act(ctx context.Context, by access.Actor, which ID,
	rule func(Approval, map[person.ID]person.ID) (Approval, []told, *Seat, error),
) (Approval, error) {
	seen, err := s.admitted(ctx, by, which)
	if err != nil {
		return Approval{}, err
	}
	changed, err := s.changed(ctx, seen)
	if err != nil {
		return Approval{}, err
	}
	ready, err := s.desk(ctx)
	if err != nil {
		return Approval{}, err
	}
	policy, err := s.policy(ctx)
	if err != nil {
		return Approval{}, err
	}
	var out Approval
	var late error // what is told to whoever comes too late; what was found out is stored all the same
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		out, late = Approval{}, nil
		t, err := s.Tickets.Lock(ctx, tx, seen.Ticket)
		if err != nil {
			return err
		}
		a, err := take(ctx, tx, which)
		if err != nil {
			return err
		}
		var end State
		switch {
		case !a.Open():
		case !t.Open():
			end, a.Reason, late = Dropped, "approval.because_closed", errs.New(errs.Conflict, "approval.ticket_closed")
		case changed:
			end, late = Void, errs.New(errs.Conflict, "approval.content_changed")
		case !s.Clock.Now().Before(a.ExpiresAt):
			end, late = Expired, errs.New(errs.Conflict, "approval.over_expired")
		}
		if late != nil {
			out, err = s.end(ctx, tx, ready, a, end, 0)
			return err
		}
		out, err = s.follow(ctx, tx, ready, policy, by, a, rule)
		return err
	})
	if err == nil {
		err = late
	}
	return out, err
}

// follow carries out a rule and stores what follows: the seat, whose turn it is, the end.
func (s *Service) follow(ctx context.Context, tx *db.Tx, ready ticket.Ready, policy Policy, by access.Actor, a Approval,
	rule func(Approval, map[person.ID]person.ID) (Approval, []told, *Seat, error),
) (Approval, error) {
	var who []person.ID
	for _, seat := range a.Seats {
		who = append(who, seat.Person)
	}
	deputies, err := s.deputies(ctx, tx, who)
	if err != nil {
		return a, err
	}
	before, _ := a.Turn()
	a, list, seat, err := rule(a, deputies)
	if err != nil {
		return a, err
	}
	if seat != nil {
		fresh, err := saveSeat(ctx, tx, *seat)
		if err != nil && !db.IsUnique(err) {
			return a, err
		}
		if err != nil || !fresh {
			return a, errs.New(errs.Conflict, "approval.answered_already")
		}
		f := Answered{Approval: a.ID, Seat: seat.ID, By: seat.By, For: seat.For(), Yes: seat.Answer == Yes, Via: seat.Via}
		if _, err := s.Bus.Record(ctx, tx, meta(by, s), f); err != nil {
			return a, err
		}
	}
	for i := range a.Seats {
		if a.Seats[i].ID == 0 {
			if a.Seats[i].ID, err = insertSeat(ctx, tx, a.ID, a.Seats[i]); err != nil {
				return a, err
			}
		}
	}
	v := Judge(a.Levels, a.Seats)
	if v.State != Waiting {
		if err := s.tell(ctx, tx, ready, a, list...); err != nil {
			return a, err
		}
		return s.end(ctx, tx, ready, a, v.State, person.ID(by.ID))
	}
	if now, _ := a.Turn(); now.ID != before.ID { // others have their turn, and their time to be asked again
		if list[len(list)-1].turn, err = s.turn(ctx, tx, a); err != nil {
			return a, err
		}
		a.RemindAt = s.hours(s.Clock.Now(), policy.RemindHours)
		if err := s.appoint(ctx, tx, a); err != nil {
			return a, err
		}
	}
	if err := save(ctx, tx, a); err != nil {
		return a, err
	}
	return a, s.tell(ctx, tx, ready, a, list...)
}

// end stores how an approval ended, tells it, and lets the ticket go on where it waited for nothing else.
func (s *Service) end(ctx context.Context, tx *db.Tx, ready ticket.Ready, a Approval, as State, by person.ID) (Approval, error) {
	now := s.Clock.Now()
	a.State, a.EndedAt, a.EndedBy, a.RemindAt = as, now, by, zero
	if as == Granted && a.Days > 0 {
		a.Until = s.Calendar().AddDays(now, int(a.Days))
	}
	if as == Dropped && a.Reason == "" {
		a.Reason = "approval.because_left"
	}
	if err := save(ctx, tx, a); err != nil {
		return a, err
	}
	f := Ended{Approval: a.ID, Ticket: a.Ticket, State: as, Digest: a.Digest, Until: a.Until}
	if _, err := s.Bus.Record(ctx, tx, access.Desk().Meta(now), f); err != nil {
		return a, err
	}
	if err := s.tell(ctx, tx, ready, a, told{step: ticket.ApprovalStep(as), by: by}); err != nil {
		return a, err
	}
	return a, s.goOn(ctx, tx, ready, a)
}

// goOn ends the wait of a ticket that waits for no other approval.
func (s *Service) goOn(ctx context.Context, tx *db.Tx, ready ticket.Ready, a Approval) error {
	if !a.Holds {
		return nil
	}
	t, err := s.Tickets.GetIn(ctx, tx, a.Ticket)
	if err != nil || t.Status != ticket.Pending || t.Pending != ticket.ForApproval {
		return err
	}
	others, err := waitingOf(ctx, tx, a.Ticket)
	if err != nil || slices.ContainsFunc(others, func(o Approval) bool { return o.ID != a.ID && o.Holds }) {
		return err
	}
	_, err = ready.With(ticket.Resume{Because: "approval_" + string(a.State)}).In(ctx, tx, ticket.Target{ID: a.Ticket})
	return err
}

// Withdraw takes back what is no longer wanted: whoever asked may, and whoever leads.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, which ID) (Approval, error) {
	seen, err := s.read(ctx, by, which)
	if err != nil {
		return Approval{}, err
	}
	if seen.AskedBy != person.ID(by.ID) && access.Can(by, access.LeadRead, access.Object{}) != nil {
		return Approval{}, errs.New(errs.Denied, "approval.withdraw_asker")
	}
	return s.close(ctx, seen, Withdrawn, "", person.ID(by.ID))
}

// close ends an approval that nobody decided. Conflict where it ended before. What is dropped with
// its ticket is not where that was opened again before anybody heard of its end.
func (s *Service) close(ctx context.Context, seen Approval, as State, reason string, by person.ID) (Approval, error) {
	ready, err := s.desk(ctx)
	if err != nil {
		return Approval{}, err
	}
	var out Approval
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		t, err := s.Tickets.Lock(ctx, tx, seen.Ticket)
		if err != nil || as == Dropped && t.Open() {
			return err
		}
		a, err := take(ctx, tx, seen.ID)
		if err != nil {
			return err
		}
		if !a.Open() {
			return errs.New(errs.Conflict, "approval.over_"+string(a.State))
		}
		a.Reason = reason
		out, err = s.end(ctx, tx, ready, a, as, by)
		return err
	})
	return out, err
}
