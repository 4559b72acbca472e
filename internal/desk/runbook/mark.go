// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Marking is what somebody says of the step at which they saw a run stand.
type Marking struct {
	Seq     int // the mark that it is, so that a second press is none
	Step    string
	Outcome string
	Value   string
	Reason  string
	Digest  string // of the deed that was read, at a step with a risk
}

const (
	maxValue  = 1000 // characters of an answer or an outcome
	maxReason = 400
)

// mark makes a mark of what was said, for a step of its kind.
func (m Marking) mark(step Step) (Mark, error) {
	out := Mark{Seq: m.Seq, Step: m.Step, Outcome: m.Outcome, Value: text.Body(m.Value), Reason: text.Body(m.Reason)}
	switch {
	case utf8.RuneCountInString(out.Value) > maxValue:
		return out, errs.Field("value", "runbook.value_long", "Max", maxValue)
	case utf8.RuneCountInString(out.Reason) > maxReason:
		return out, errs.Field("reason", "runbook.reason_long", "Max", maxReason)
	}
	if step.Kind == Measure && m.Outcome != Waived && m.Outcome != Cannot && m.Outcome != Unclear {
		var err error
		out.Outcome, out.Value, err = step.Measured(m.Value)
		return out, err
	}
	return out, nil
}

// Mark records what came of a step. A step with a risk is locked until its lock is open; what
// came of it must be said.
//
// Errors: Conflict where the ticket is closed, the run is over or stands elsewhere by now; Stale where
// what will be done at a step with a risk is another than was read; Missing with the gaps of the
// lock; Invalid with fields.
func (s *Service) Mark(ctx context.Context, by access.Actor, which RunID, m Marking) (Course, error) {
	c, err := s.Course(ctx, by, which)
	if err != nil {
		return c, err
	}
	do := access.TicketWork
	if !by.Staff() {
		do = access.TicketAnswer
	}
	if err := access.Can(by, do, c.Of.Object()); err != nil {
		return c, err
	}
	if err := goes(c); err != nil {
		return c, err
	}
	step, ok := c.Here()
	if !ok || m.Seq != c.Marks+1 || m.Step != step.Name {
		return c, errs.New(errs.Conflict, "runbook.moved_on")
	}
	mark, err := m.mark(step)
	if err != nil {
		return c, err
	}
	mark.ByUser, mark.By, mark.At = !by.Staff(), person.ID(by.ID), s.Clock.Now()
	if err := s.allowed(by, c, step, mark, m.Digest); err != nil {
		return c, err
	}
	at, err := c.Book.Next(c.At, mark)
	if err != nil {
		return c, err
	}
	if err := s.marked(ctx, by, c, step, mark, at); err != nil {
		return c, err
	}
	return s.Course(ctx, by, which)
}

// allowed asks whether the step may be done by the actor now.
func (s *Service) allowed(by access.Actor, c Course, step Step, m Mark, digest string) error {
	if m.ByUser {
		if m.Outcome == Waived || !s.Risks().ForRequester(step) {
			return errs.New(errs.Denied, "runbook.not_yours")
		}
		return nil
	}
	if m.left() || !c.Lock.Risky {
		return nil
	}
	if gaps := c.Lock.gaps(); len(gaps) > 0 {
		return &errs.Error{Kind: errs.Missing, Key: "runbook.locked", Args: []any{"Count", len(gaps)}, Gaps: gaps}
	}
	if c.Lock.Risk.FourEyes && c.Lock.Deed.Releaser == person.ID(by.ID) {
		return errs.New(errs.Denied, "runbook.own_deed")
	}
	if digest != c.Lock.Digest {
		return errs.New(errs.Stale, "runbook.deed_changed")
	}
	if m.Value == "" {
		return errs.Field("value", "runbook.result_missing")
	}
	return nil
}

// left reports whether the step was not done.
func (m Mark) left() bool { return m.Outcome == Waived || m.Outcome == Cannot || m.Outcome == Unclear }

// gaps are what is missing before a step with a risk. None can be deviated from: the step can be
// left out, with a reason.
func (l Lock) gaps() []errs.Gap {
	var out []errs.Gap
	if !l.Prepared {
		return append(out, errs.Gap{Clause: "N31", Key: "gap.deed_prepared", Form: "prepare"})
	}
	if !l.Covered {
		out = append(out, errs.Gap{Clause: "N31", Key: "gap.deed_approval", Form: "approval"})
	}
	if !l.Released {
		out = append(out, errs.Gap{Clause: "N31", Key: "gap.deed_release", Form: "release"})
	}
	return out
}

// marked stores a mark with everything that follows from it, in one commit.
func (s *Service) marked(ctx context.Context, by access.Actor, c Course, step Step, m Mark, at Standing) error {
	after := c.Run
	if after.Marks, after.Step = m.Seq, at.Step; at.Over() {
		after.EndedAt, after.State = m.At, RunUnsolved
		if at.End == Solved {
			after.State = RunSolved
		}
	}
	with, err := s.beside(ctx, by, facts(c, after, step, m)...)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := takeRun(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if x.Marks+1 != m.Seq || x.State.Over() {
			return errs.New(errs.Conflict, "runbook.moved_on")
		}
		if x.Version != c.Version+1 { // the lock, and all that was decided above, is of another run
			return errs.New(errs.Stale, "errs.stale")
		}
		if err := insertMark(ctx, tx, x, m); err != nil {
			return err
		}
		x.Marks, x.Step, x.EndedAt = after.Marks, after.Step, after.EndedAt
		if after.State.Over() {
			x.State = after.State
		}
		if err := saveRun(ctx, tx, x); err != nil {
			return err
		}
		if _, err := s.Bus.Record(ctx, tx, by.Meta(m.At), Marked{c.Ticket, c.ID, m}); err != nil {
			return err
		}
		return with.in(ctx, tx, x.Ticket)
	})
}

// facts are what the ticket learns of a mark: a line of the diagnosis log, the answers of the
// requester, and the end.
func facts(c Course, x Run, step Step, m Mark) []ticket.Command {
	var out []ticket.Command
	if line, ok := finding(c, x, step, m); ok && len(c.Of.Detail.Findings) < ticket.MaxFindings {
		out = append(out, line)
	}
	if c.Lock.Risky && !m.ByUser && !m.left() {
		out = append(out, ticket.NoteDeed{Deed: c.deedDone(step, m)})
	}
	g := x.onTicket(c.Book)
	g.Step, g.Outcome = step.Title, m.Outcome
	cmd := ticket.GuideWith{Guide: g}
	switch {
	case x.State.Over() && m.ByUser:
		cmd.Say = ticket.Say{Text: report(c, step, m, x.State)}
	case x.State.Over():
	case m.ByUser:
		cmd.State = ticket.GuideAnswered
	default:
		return out
	}
	return append(out, cmd)
}

// finding is a mark as a line of the diagnosis log (N5): what was looked at, what came of it, and
// what that says. What the requester could not do says nothing yet.
func finding(c Course, x Run, step Step, m Mark) (ticket.Diagnose, bool) {
	d := ticket.Diagnose{
		Check: step.Title, Result: Said(c.Book.Lang, step, m),
		Source: i18n.T(c.Book.Lang, "runbook.source", "Title", c.Book.Title, "Number", c.Book.Number(step.Name)),
	}
	switch m.Outcome {
	case Cannot, Unclear:
		return d, false
	case Waived:
		d.Judgement = ticket.Unclear
	case Done:
		if d.Judgement = ticket.RuledOut; x.State == RunSolved {
			d.Judgement = ticket.Effective
		}
	case Failed:
		d.Judgement = ticket.NoEffect
	case In:
		d.Judgement = ticket.RuledOut
	default:
		d.Judgement = ticket.Confirms
	}
	return d, true
}

// report is what the requester did, step by step, as words of theirs.
func report(c Course, last Step, m Mark, state RunState) string {
	l := c.Book.Lang
	lines := []string{i18n.T(l, "runbook.report_"+string(state), "Title", c.Book.Title), ""}
	for _, one := range append(slices.Clone(c.Marked), m) {
		step, _ := c.Book.Step(one.Step)
		lines = append(lines, strconv.Itoa(c.Book.Number(one.Step))+". "+step.Title+i18n.T(l, "runbook.report_arrow")+Said(l, step, one))
	}
	if n := len(lines); n > 62 { // a walk in circles is told by its end
		lines = append(lines[:2], lines[n-60:]...)
	}
	return strings.Join(lines, "\n")
}
