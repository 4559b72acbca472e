// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// View is an approval as its reader may see and answer it.
type View struct {
	Approval
	Changed bool      // what was to be approved is not the same any more
	Mine    Seat      // the seat from which the reader may answer now; its ID is 0 where there is none
	For     person.ID // whom they would stand in for; 0 for themselves
	Why     error     // why they cannot answer; nil where they can
}

// admitted returns an approval to somebody who wants to decide it.
func (s *Service) admitted(ctx context.Context, by access.Actor, which ID) (Approval, error) {
	a, err := s.read(ctx, by, which)
	if err != nil {
		return a, err
	}
	if err := access.Can(by, access.ApprovalDecide, access.Object{Approval: int64(which)}); err != nil {
		return a, err
	}
	if p, err := s.People.Get(ctx, person.ID(by.ID)); err != nil || !p.Active {
		return a, errs.New(errs.Denied, "approval.inactive")
	}
	return a, nil
}

// read returns an approval to whoever has to do with it: staff who may ask, whoever asked, whoever
// has or had a seat, and their deputy. For everybody else there is no such approval (S21).
func (s *Service) read(ctx context.Context, by access.Actor, which ID) (Approval, error) {
	a, err := get(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return a, errNone()
	}
	if err != nil {
		return a, err
	}
	if by.Kind == access.Nobody {
		return Approval{}, errs.New(errs.Unauthenticated, "access.sign_in")
	}
	if access.Can(by, access.ApprovalAsk, access.Object{}) == nil && by.Via != "portal" {
		return a, nil
	}
	if by.Kind == access.Link && by.Approval != int64(which) {
		return Approval{}, errNone()
	}
	who := person.ID(by.ID)
	var seated []person.ID
	for _, seat := range a.Seats {
		seated = append(seated, seat.Person, seat.By)
	}
	if who == a.AskedBy || slices.Contains(seated, who) {
		return a, nil
	}
	instead, err := s.deputies(ctx, s.DB, seated)
	for _, d := range instead {
		if d == who {
			return a, err
		}
	}
	if err != nil {
		return Approval{}, err
	}
	return Approval{}, errNone()
}

// Get returns an approval with what its reader may do. NotFound as for read.
func (s *Service) Get(ctx context.Context, by access.Actor, which ID) (View, error) {
	a, err := s.read(ctx, by, which)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, by, a, 0)
}

// view adds what the reader may do, from one seat where it is named.
func (s *Service) view(ctx context.Context, by access.Actor, a Approval, from SeatID) (View, error) {
	v := View{Approval: a}
	var err error
	if v.Changed, err = s.changed(ctx, a); err != nil {
		return v, err
	}
	var seated []person.ID
	for _, seat := range a.Seats {
		seated = append(seated, seat.Person)
	}
	instead, err := s.deputies(ctx, s.DB, seated)
	if err != nil {
		return v, err
	}
	seat, why := a.seatFor(person.ID(by.ID), from, instead)
	if why != nil {
		v.Why = why
		return v, nil //nolint:nilerr // why somebody may not answer is part of what is read
	}
	switch {
	case v.Changed:
		v.Why = errs.New(errs.Conflict, "approval.content_changed")
	case !s.Clock.Now().Before(a.ExpiresAt):
		v.Why = errs.New(errs.Conflict, "approval.over_expired")
	default:
		if v.Mine = seat; seat.Person != person.ID(by.ID) {
			v.For = seat.Person
		}
	}
	return v, nil
}

// OfTicket returns what was asked on a ticket, the newest first. Staff only.
func (s *Service) OfTicket(ctx context.Context, by access.Actor, t ticket.Ticket) ([]View, error) {
	if err := access.Can(by, access.ApprovalAsk, t.Object()); err != nil {
		return nil, err
	}
	list, err := ofTicket(ctx, s.DB, t.ID)
	if err != nil {
		return nil, err
	}
	out := make([]View, 0, len(list))
	for _, a := range list {
		v, err := s.view(ctx, by, a, 0)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// listed bounds the lists of one person.
const listed = 100

// Mine returns what waits for whoever asks, what ends first in front: their own seats, and those in
// which they stand in for somebody. What is not their turn yet is not in it.
func (s *Service) Mine(ctx context.Context, by access.Actor) ([]View, error) {
	if err := access.Can(by, access.ApprovalDecide, access.Object{}); err != nil {
		return nil, err
	}
	who, err := s.seatsFor(ctx, person.ID(by.ID))
	if err != nil {
		return nil, err
	}
	list, err := askedOf(ctx, s.DB, who, listed)
	if err != nil {
		return nil, err
	}
	var out []View
	for _, a := range list {
		v, err := s.view(ctx, by, a, 0)
		if err != nil {
			return nil, err
		}
		if v.Why == nil {
			out = append(out, v)
		}
	}
	return out, nil
}

// Decided returns what whoever asks answered last, the newest first.
func (s *Service) Decided(ctx context.Context, by access.Actor) ([]Approval, error) {
	if err := access.Can(by, access.ApprovalDecide, access.Object{}); err != nil {
		return nil, err
	}
	return decidedBy(ctx, s.DB, person.ID(by.ID), 20)
}

// About is what an approver reads of the ticket: its number, subject and for whom it is. They need
// no right to the ticket for it, and get no more.
func (s *Service) About(ctx context.Context, a Approval) (ticket.Ticket, error) {
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: a.Ticket})
	return ticket.Ticket{ID: t.ID, Number: t.Number, Subject: t.Subject, Requester: t.Requester, Service: t.Service, Status: t.Status}, err
}

// Link returns the code by which somebody decides from a letter, for the seat that is theirs now;
// "" where they have none.
func (s *Service) Link(ctx context.Context, which ID, who person.ID) (string, View, error) {
	a, err := get(ctx, s.DB, which)
	if err != nil {
		return "", View{}, err
	}
	v, err := s.view(ctx, access.Actor{ID: int64(who)}, a, 0)
	if err != nil || v.Why != nil {
		return "", v, err
	}
	return s.Links.Approve(int64(v.Mine.ID), int64(who)), v, nil
}

// ByLink reads the code of a letter: who its holder acts as, which approval, from which seat. It
// changes nothing. NotFound for anything that is not a good code.
func (s *Service) ByLink(ctx context.Context, code string) (access.Actor, View, error) {
	seat, who, ok := s.Links.ReadApprove(code)
	if !ok {
		return access.Actor{}, View{}, errs.New(errs.NotFound, "approval.link_gone")
	}
	gone := errs.New(errs.NotFound, "approval.link_gone")
	which, err := approvalOf(ctx, s.DB, SeatID(seat))
	if err != nil {
		return access.Actor{}, View{}, gone
	}
	by := access.Actor{Kind: access.Link, ID: who, Approval: int64(which), Role: access.Requester, Via: "link"}
	a, err := get(ctx, s.DB, which)
	if err != nil {
		return by, View{}, err
	}
	may, err := s.holds(ctx, a, SeatID(seat), person.ID(who))
	switch {
	case err != nil:
		return access.Actor{}, View{}, err
	case !may:
		return access.Actor{}, View{}, gone
	}
	v, err := s.view(ctx, by, a, SeatID(seat))
	if v.Why != nil {
		v.Mine, _ = a.Seat(SeatID(seat))
	}
	return by, v, err
}

// holds reports whether somebody who is still here has to do with a seat: it is theirs, they answered
// from it, or they stand in for whoever's it is now.
func (s *Service) holds(ctx context.Context, a Approval, which SeatID, who person.ID) (bool, error) {
	seat, _ := a.Seat(which)
	active, err := s.People.ActiveIn(ctx, s.DB, who)
	if err != nil || !active[who] || seat.Person == who || seat.By == who {
		return active[who], err
	}
	instead, err := s.deputies(ctx, s.DB, []person.ID{seat.Person})
	return instead[seat.Person] == who, err
}

// Waits counts what waits for whoever asks, at most 100. It is asked beside every page, so it counts
// without reading what was to be approved.
func (s *Service) Waits(ctx context.Context, by access.Actor) (int, error) {
	if err := access.Can(by, access.ApprovalDecide, access.Object{}); err != nil {
		return 0, err
	}
	who, err := s.seatsFor(ctx, person.ID(by.ID))
	if err != nil {
		return 0, err
	}
	n, err := awaits(ctx, s.DB, person.ID(by.ID), who, s.Clock.Now())
	return int(min(n, listed)), err
}

// seatsFor returns in whose seats somebody may answer now: their own, and those of whom they stand
// in for.
func (s *Service) seatsFor(ctx context.Context, who person.ID) ([]person.ID, error) {
	out := []person.ID{who}
	away, err := absentFor(ctx, s.DB, who, s.Clock.Now())
	for _, l := range away {
		out = append(out, l.Person)
	}
	return out, err
}
