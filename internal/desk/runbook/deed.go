// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// DeedID is the key of a deed.
type DeedID int64

// Deed is what will be done at a step with a risk, written before it is done (N31).
type Deed struct {
	ID         DeedID
	Run        RunID
	Seq        int // the mark that it will be
	Step       string
	What       string // what exactly: on which system, with which values
	Rollback   string // how it is taken back
	By         person.ID
	At         time.Time
	Releaser   person.ID // the second pair of eyes; 0 before
	ReleasedAt time.Time
}

// Ref names a deed to the room of approvals.
func (d Deed) Ref() string { return strconv.FormatInt(int64(d.ID), 10) }

// Lock is what stands before a step with a risk.
type Lock struct {
	Risky    bool
	Risk     Risk
	Deed     Deed   // zero until it is written
	Digest   string // of what will be done
	Prepared bool
	Covered  bool // by the reviewed version, or by an approval of exactly this
	ByReview bool // it is the version that covers it
	Released bool // by a second person, where the class asks for one
}

// Open reports whether the step may be done.
func (l Lock) Open() bool { return !l.Risky || l.Prepared && l.Covered && l.Released }

// content is what is approved and released: everything that a change of would be another deed.
func content(l i18n.Lang, t ticket.Ticket, b Book, s Step, d Deed) (title, body string) {
	title = person.CleanName(s.Title)
	lines := []string{
		t.Ref() + " · " + b.Title, strconv.Itoa(b.Number(s.Name)) + ". " + s.Title, "",
		s.Body, "",
		i18n.T(l, "runbook.deed_what"), d.What, "",
		i18n.T(l, "runbook.deed_rollback"), d.Rollback, "",
		i18n.T(l, "runbook.deed_mark", "Seq", d.Seq),
	}
	return title, text.Body(strings.Join(lines, "\n"))
}

// deedDone is a step with a risk as the ticket keeps it: what let it be done, and what came of it.
func (c Course) deedDone(s Step, m Mark) ticket.DeedDone {
	out := ticket.DeedDone{
		Run: int64(c.ID), Step: s.Title, Risk: s.Risk, Cover: ticket.ByApproval, Writer: c.Lock.Deed.By,
		Releaser: c.Lock.Deed.Releaser, FourEyes: c.Lock.Risk.FourEyes, Outcome: Said(c.Book.Lang, s, m),
	}
	if c.Lock.ByReview {
		out.Cover = ticket.ByRunbook
	}
	return out
}

// digestOf names a deed of a run down to the last character, as the room of approvals names what
// it was asked about.
func (c Course) digestOf(s Step, d Deed) string {
	title, text := content(c.Book.Lang, c.Of, c.Book, s, d)
	return id.Digest(ApprovalKind, d.Ref(), title, text)
}

// Content is what an approval of a deed is about: what it is called, every word of what will be
// done, and who wrote it. NotFound where the ticket has no such deed.
func (s *Service) Content(ctx context.Context, on ticket.ID, ref string) (title, text string, by person.ID, err error) {
	n, bad := strconv.ParseInt(ref, 10, 64)
	gone := errs.New(errs.NotFound, "runbook.not_found")
	if bad != nil {
		return "", "", 0, gone
	}
	d, err := deed(ctx, s.DB, DeedID(n))
	if err != nil {
		return "", "", 0, orUnknown(err)
	}
	c, err := s.course(ctx, s.DB, d.Run)
	if err != nil {
		return "", "", 0, err
	}
	step, ok := c.Book.Step(d.Step)
	if c.Ticket != on || !ok {
		return "", "", 0, gone
	}
	title, text = content(c.Book.Lang, c.Of, c.Book, step, d)
	return title, text, d.By, nil
}

// lock is what stands before the step at which a run stands.
func (s *Service) lock(ctx context.Context, q db.Querier, c Course) (Lock, error) {
	step, ok := c.Here()
	if !ok || step.Risk == "" {
		return Lock{}, nil
	}
	l := Lock{Risky: true}
	l.Risk, _ = s.Risks().Of(step.Risk)
	d, err := deedAt(ctx, q, c.ID, c.Marks+1)
	if errs.KindOf(err) == errs.NotFound { // nothing is written down yet
		return l, nil
	}
	if err != nil {
		return l, err
	}
	l.Deed, l.Prepared, l.Digest = d, true, c.digestOf(step, d)
	l.Released = !l.Risk.FourEyes || d.Releaser != 0
	if l.ByReview = !l.Risk.Approval && c.Text.Covered() && !c.Retired; l.ByReview {
		l.Covered = true
		return l, nil
	}
	if s.Approvals != nil {
		l.Covered, err = s.Approvals.Covers(ctx, c.Ticket, ApprovalKind, d.Ref(), l.Digest)
	}
	return l, err
}

// maxDeed bounds what is written before a step with a risk, in characters.
const maxDeed = 2000

// Prepare writes down what exactly will be done at the step where the run stands, and how it is
// taken back. Another text is another deed: nothing that covered the one before covers it. The same
// text is the same deed, whoever sends it: it stays its writer's.
func (s *Service) Prepare(ctx context.Context, by access.Actor, which RunID, seq int, what, rollback string) (Course, error) {
	c, err := s.working(ctx, by, which)
	if err != nil {
		return c, err
	}
	step, ok := c.Here()
	if !ok || step.Risk == "" || c.Marks+1 != seq {
		return c, errs.New(errs.Conflict, "runbook.moved_on")
	}
	what, rollback = text.Body(what), text.Body(rollback)
	var bad []errs.FieldError
	for name, text := range map[string]string{"what": what, "rollback": rollback} {
		switch n := utf8.RuneCountInString(text); {
		case n < 2:
			bad = append(bad, errs.FieldError{Name: name, Key: "runbook.deed_" + name + "_missing"})
		case n > maxDeed:
			bad = append(bad, errs.FieldError{Name: name, Key: "runbook.deed_long", Args: []any{"Max", maxDeed}})
		}
	}
	if err := errs.Invalidf(bad...); err != nil {
		return c, err
	}
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := takeRun(ctx, tx, which)
		if err != nil {
			return err
		}
		if x.State.Over() || x.Marks+1 != seq || x.Step != step.Name {
			return errs.New(errs.Conflict, "runbook.moved_on")
		}
		was, err := deedAt(ctx, tx, which, seq)
		if err == nil && was.What == what && was.Rollback == rollback {
			return nil
		}
		if err != nil && errs.KindOf(err) != errs.NotFound {
			return err
		}
		d, err := prepare(ctx, tx, Deed{Run: which, Seq: seq, Step: step.Name, What: what, Rollback: rollback, By: person.ID(by.ID), At: now})
		if err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(now), Prepared{c.Ticket, which, d.ID, step.Name, step.Risk, c.digestOf(step, d)})
		return err
	})
	if err != nil {
		return c, err
	}
	return s.Course(ctx, by, which)
}

// Release is the second pair of eyes: somebody else than whoever wrote it says that it may be
// done. digest is of the content that they saw: Stale where it is another by now.
func (s *Service) Release(ctx context.Context, by access.Actor, which RunID, digest string) (Course, error) {
	c, err := s.working(ctx, by, which)
	if err != nil {
		return c, err
	}
	switch {
	case by.Kind != access.Person:
		return c, errs.New(errs.Denied, "access.denied")
	case !c.Lock.Risky || !c.Lock.Prepared:
		return c, errs.New(errs.Conflict, "runbook.moved_on")
	case c.Lock.Deed.By == person.ID(by.ID):
		return c, errs.New(errs.Denied, "runbook.own_release")
	case c.Lock.Digest != digest:
		return c, errs.New(errs.Stale, "runbook.deed_changed")
	case c.Lock.Deed.Releaser != 0:
		return c, nil // pressed twice
	}
	now := s.Clock.Now()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := takeRun(ctx, tx, which); err != nil {
			return err
		}
		d, err := deed(ctx, tx, c.Lock.Deed.ID)
		if err != nil {
			return err
		}
		if d.What != c.Lock.Deed.What || d.Rollback != c.Lock.Deed.Rollback || d.By == person.ID(by.ID) {
			return errs.New(errs.Stale, "runbook.deed_changed")
		}
		d.Releaser, d.ReleasedAt = person.ID(by.ID), now
		if err := release(ctx, tx, d); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(now), Released{c.Ticket, which, d.ID, d.Step, digest})
		return err
	})
	if err != nil {
		return c, err
	}
	return s.Course(ctx, by, which)
}
