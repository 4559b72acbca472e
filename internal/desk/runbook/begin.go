// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"
	"slices"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Beginning is how a runbook is begun on a ticket.
type Beginning struct {
	Runbook ID
	Send    bool   // to the requester, as pages
	Words   string // that go with it
	Wait    bool   // the ticket waits for the requester meanwhile
	Waive   string // it is not followed at all, for this reason
}

// Begin begins a run, sends it to the requester, or records that the runbook is left out.
//
// Errors: Conflict where nothing of it is in force, or it is being followed on this ticket
// already, or is to be sent and holds a step that the requester must not do.
func (s *Service) Begin(ctx context.Context, by access.Actor, on ticket.Target, b Beginning) (Course, error) {
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return Course{}, err
	}
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return Course{}, err
	}
	o, ok := s.held.Load().books[b.Runbook]
	switch {
	case !ok:
		return Course{}, errs.New(errs.Conflict, "runbook.not_offered")
	case !t.Open():
		return Course{}, errs.New(errs.Conflict, "runbook.ticket_closed")
	case b.Send && !s.Risks().Sendable(o.book):
		return Course{}, errs.New(errs.Conflict, "runbook.not_sendable")
	}
	x := Run{Ticket: t.ID, Runbook: b.Runbook, Number: o.number, State: Running, Step: o.book.Start().Step, Starter: person.ID(by.ID), At: s.Clock.Now()}
	if b.Waive = text.Body(b.Waive); b.Waive != "" {
		b.Send = false
		if utf8.RuneCountInString(b.Waive) > 400 {
			return Course{}, errs.Field("reason", "runbook.reason_long", "Max", 400)
		}
		x.State, x.Reason, x.EndedAt = RunWaived, b.Waive, x.At
	}
	var say ticket.Say
	cmds := []ticket.Command{ticket.GuideWith{}}
	if b.Send {
		x.State, x.SentAt = Sent, x.At
		say, cmds = s.sending(ctx, t, o.book, b.Words, b.Wait)
	}
	with, err := s.beside(ctx, by, cmds...)
	if err != nil {
		return Course{}, err
	}
	var which RunID
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := s.Tickets.Lock(ctx, tx, t.ID); err != nil { // two presses begin one run
			return err
		}
		have, err := runsOf(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(have, func(r Run) bool { return r.Runbook == b.Runbook && !r.State.Over() }) {
			return errs.New(errs.Conflict, "runbook.begun")
		}
		x := x
		if x.ID, err = insertRun(ctx, tx, x); err != nil {
			return err
		}
		which = x.ID
		return with.guide(ticket.GuideWith{Guide: x.onTicket(o.book), Say: say}).in(ctx, tx, t.ID)
	})
	if err != nil {
		return Course{}, err
	}
	return s.Course(ctx, by, which)
}

// onTicket is the run as the ticket keeps it.
func (r Run) onTicket(b Book) ticket.Guide {
	return ticket.Guide{Run: int64(r.ID), Runbook: int64(r.Runbook), Version: r.Number, Title: b.Title, State: r.State.guide(), Reason: r.Reason}
}

// beside are commands on the ticket of a run, looked up before the commit that they are part of.
type beside []ticket.Ready

func (s *Service) beside(ctx context.Context, by access.Actor, cmds ...ticket.Command) (beside, error) {
	var out beside
	for _, cmd := range cmds {
		who := by
		if _, log := cmd.(ticket.Diagnose); log && !by.Staff() { // the desk writes the log, also of what the requester found
			who = access.Desk()
		}
		ready, err := s.Tickets.Ready(ctx, who, cmd)
		if err != nil {
			return nil, err
		}
		out = append(out, ready)
	}
	return out, nil
}

func (b beside) in(ctx context.Context, tx *db.Tx, on ticket.ID) error {
	for _, ready := range b {
		if _, err := ready.In(ctx, tx, ticket.Target{ID: on}); err != nil {
			return err
		}
	}
	return nil
}

// guide puts what only the commit knows into the first of them.
func (b beside) guide(cmd ticket.GuideWith) beside {
	b = slices.Clone(b)
	b[0] = b[0].With(cmd)
	return b
}

// sending is what goes to the requester with a run, and the commands that go with it.
func (s *Service) sending(ctx context.Context, t ticket.Ticket, b Book, words string, wait bool) (ticket.Say, []ticket.Command) {
	lang := s.Tickets.LangOf(s.People.Card(ctx, t.Requester))
	letter := i18n.T(lang, "runbook.sent_lead", "Title", b.Title, "Count", len(b.Steps), "Minutes", max(b.Minutes(), 1))
	if words = text.Body(words); words != "" {
		letter = words + "\n\n" + letter
	}
	say := ticket.Say{Text: letter, Channel: ticket.Web}
	cmds := []ticket.Command{ticket.GuideWith{Say: say}}
	if wait && t.Status == ticket.Opened {
		cmds = append(cmds, ticket.HoldFor{Reason: ticket.ForRequester})
	}
	return say, cmds
}

// Send gives a run to the requester as pages, one action a screen, by one message. One that was
// sent is not sent again.
func (s *Service) Send(ctx context.Context, by access.Actor, which RunID, words string, wait bool) (Course, error) {
	c, err := s.working(ctx, by, which)
	if err != nil {
		return c, err
	}
	if !s.Risks().Sendable(c.Book) {
		return c, errs.New(errs.Conflict, "runbook.not_sendable")
	}
	now := s.Clock.Now()
	say, cmds := s.sending(ctx, c.Of, c.Book, words, wait)
	with, err := s.beside(ctx, by, cmds...)
	if err != nil {
		return c, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := takeRun(ctx, tx, which)
		if err != nil {
			return err
		}
		if x.State.Over() {
			return errs.New(errs.Conflict, "runbook.run_over")
		}
		if !x.SentAt.IsZero() { // pressed twice
			return nil
		}
		x.State, x.SentAt = Sent, now
		if err := saveRun(ctx, tx, x); err != nil {
			return err
		}
		return with.guide(ticket.GuideWith{Guide: x.onTicket(c.Book), Say: say}).in(ctx, tx, x.Ticket)
	})
	if err != nil {
		return c, err
	}
	return s.Course(ctx, by, which)
}

// Stop ends a run that nobody goes on with. It counts as nothing.
func (s *Service) Stop(ctx context.Context, by access.Actor, which RunID) (Course, error) {
	return s.end(ctx, by, which, RunStopped, "")
}

// WaiveRest leaves out what is left of a run, with a reason.
func (s *Service) WaiveRest(ctx context.Context, by access.Actor, which RunID, reason string) (Course, error) {
	reason = text.Body(reason)
	if n := utf8.RuneCountInString(reason); n == 0 || n > maxReason {
		return Course{}, errs.Field("reason", "runbook.waive_reason")
	}
	return s.end(ctx, by, which, RunWaived, reason)
}

func (s *Service) end(ctx context.Context, by access.Actor, which RunID, state RunState, reason string) (Course, error) {
	c, err := s.working(ctx, by, which)
	if err != nil {
		return c, err
	}
	after := c.Run
	after.State, after.Reason = state, reason
	with, err := s.beside(ctx, by, ticket.GuideWith{Guide: after.onTicket(c.Book)})
	if err != nil {
		return c, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := takeRun(ctx, tx, which)
		if err != nil {
			return err
		}
		if x.State.Over() {
			return errs.New(errs.Conflict, "runbook.run_over")
		}
		x.State, x.Reason, x.EndedAt = state, reason, s.Clock.Now()
		if err := saveRun(ctx, tx, x); err != nil {
			return err
		}
		return with.in(ctx, tx, x.Ticket)
	})
	if err != nil {
		return c, err
	}
	return s.Course(ctx, by, which)
}
