// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// LearnJob is the kind of the job that learns all labels anew.
const LearnJob = "suggest:learn"

// every is how often the desk learns anew.
const every = 24 * time.Hour

// mostLearned bounds the tickets that are learned from, the newest ones: what was called so years
// ago is called otherwise today.
const mostLearned = 20_000

// again is the payload of the job that plans its own next run.
const again = "again"

// Ensure plans the next learning: a day after the last, soon where there was none.
func (s *Service) Ensure(ctx context.Context) error {
	list, err := newest(ctx, s.DB)
	if err != nil {
		return err
	}
	at := s.Clock.Now().Add(time.Minute)
	for _, m := range list {
		if next := m.At.Add(every); next.After(at) {
			at = next
		}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.plan(ctx, tx, at) })
}

func (s *Service) plan(ctx context.Context, tx *db.Tx, at time.Time) error {
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: LearnJob, Payload: again, Key: LearnJob, RunAt: at})
}

// Learn lets the desk learn at once.
func (s *Service) Learn(ctx context.Context, by access.Actor) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: LearnJob, Key: LearnJob + ":now"})
	})
}

// Relearn learns in the caller's time, for a desk that is being made.
func (s *Service) Relearn(ctx context.Context) error { return s.learn(ctx, job.Job{}) }

// learn makes a model of each label. Doing it again makes one more version of each.
func (s *Service) learn(ctx context.Context, j job.Job) error {
	list, err := s.history(ctx)
	if err != nil {
		return err
	}
	untouched, err := applied(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, l := range Labels() {
		if err := s.learnLabel(ctx, l, examples(list, l, untouched[l])); err != nil {
			return err
		}
	}
	s.forget()
	if err := s.lookAgain(ctx); err != nil || j.Payload != again {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.plan(ctx, tx, s.Clock.Now().Add(every)) })
}

// history reads what is learned from, newest first.
func (s *Service) history(ctx context.Context) (out []ticket.First, err error) {
	for below := ticket.ID(math.MaxInt64); len(out) < mostLearned; {
		page, err := s.Tickets.Firsts(ctx, below, 500)
		if err != nil || len(page) == 0 {
			return out, err
		}
		below = page[len(page)-1].ID
		for _, t := range page {
			if t.ClosedAs != ticket.Invalid && t.ClosedAs != ticket.Duplicate {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// examples are the tickets that people gave a value of the label.
func examples(list []ticket.First, l Label, untouched map[ticket.ID]bool) []model.Example {
	out := make([]model.Example, 0, len(list))
	for _, t := range list {
		if v := l.of(t.Ticket); v != "" && !untouched[t.ID] {
			out = append(out, model.Example{Key: uint64(t.ID), Text: textOf(t), Label: v})
		}
	}
	return out
}

func textOf(t ticket.First) model.Text { return model.Text{Subject: t.Subject, Body: t.Words} }

// learnLabel makes and stores the next version of a label's model.
func (s *Service) learnLabel(ctx context.Context, l Label, list []model.Example) error {
	start := s.Clock.Now()
	m, err := model.Learn(ctx, list)
	made := Made{Label: l, Learned: int64(len(list)), At: s.Clock.Now(), Sure: 2000}
	made.Took = made.At.Sub(start)
	stored := []byte{}
	switch {
	case errors.Is(err, model.ErrTooFew):
		made.Trouble = "suggest.too_few"
		if s.knownTrouble(ctx, made) {
			return nil
		}
	case err != nil:
		return err
	default:
		q := m.Quality()
		made.Learned, made.Classes, made.Tested = int64(m.Learned()), int64(len(m.Labels())), int64(q.Tested)
		made.Accuracy, made.MacroF1, made.Majority = thousandths(q.Accuracy), thousandths(q.MacroF1), thousandths(q.Majority)
		made.Sure, made.Coverage = thousandths(q.Sure), thousandths(q.Coverage)
		if stored, err = m.Bytes(); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		version, err := insertMade(ctx, tx, made, stored)
		if err != nil || made.Trouble != "" {
			return err
		}
		if err := thin(ctx, tx, l, version); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, access.Desk().Meta(made.At), Learned{Label: l, Version: version, From: made.Learned})
		return err
	})
}

// knownTrouble reports whether the last attempt failed in the same way with as many tickets.
func (s *Service) knownTrouble(ctx context.Context, m Made) bool {
	list, err := newest(ctx, s.DB)
	if err != nil {
		return false
	}
	for _, was := range list {
		if was.Label == m.Label {
			return was.Trouble == m.Trouble && was.Learned == m.Learned
		}
	}
	return false
}

func thousandths(x float64) int64 { return int64(math.Round(x * 1000)) }
