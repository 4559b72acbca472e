// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"math"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem/radar"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// ScanJob is the kind of the job that looks each day: the radar, the effect of improvements, what
// is due, and the review of a month that has ended.
const ScanJob = "problem:scan"

const (
	// once is the payload of a look that somebody asked for.
	once = "once"
	// again is the payload of the job that plans its own next run.
	again = "again"
	// scanHour is the hour of the desk's day at which the radar looks.
	scanHour = 5
	// maxEvidence bounds the tickets that are kept of a candidate.
	maxEvidence = 500
	// maxFindings bounds the candidates of one look, those that stand out most: more nobody decides about.
	maxFindings = 60
	// back is how far the radar looks back.
	back = radar.Week * radar.Weeks * 24 * time.Hour
	// forget is after how long a candidate that the radar no longer sees is another one.
	forget = 90 * 24 * time.Hour
)

// Ensure plans the next look.
func (s *Service) Ensure(ctx context.Context) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.plan(ctx, tx) })
}

func (s *Service) plan(ctx context.Context, tx *db.Tx) error {
	now := s.Clock.Now().In(s.zone(ctx))
	at := time.Date(now.Year(), now.Month(), now.Day(), scanHour, 0, 0, 0, now.Location())
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: ScanJob, Payload: again, Key: ScanJob, RunAt: at.UTC()})
}

// Ask has the radar look soon, as a job: over many tickets it takes longer than anybody waits for a page.
// However often it is asked for meanwhile, it looks once. Anybody of staff may ask.
func (s *Service) Ask(ctx context.Context, by access.Actor) error {
	if err := may(by, access.ProblemLink); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: ScanJob, Payload: once, Key: ScanJob + ":" + once, RunAt: s.Clock.Now()})
	})
}

// daily does what the desk does by itself each day, and plans the next.
func (s *Service) daily(ctx context.Context, j job.Job) error {
	if j.Payload == once {
		return s.Scan(ctx, access.Desk())
	}
	if err := s.Refresh(ctx); err != nil {
		return err
	}
	if j.Payload != again {
		return nil
	}
	return s.Ensure(ctx)
}

// Refresh looks at once, in the caller's time: candidates, effects, what is due, the review.
func (s *Service) Refresh(ctx context.Context) error {
	list, err := s.history(ctx, s.Clock.Now().Add(-back))
	if err != nil {
		return err
	}
	if err := s.look(ctx, list); err != nil {
		return err
	}
	if err := s.recount(ctx, list); err != nil {
		return err
	}
	if err := s.remind(ctx); err != nil {
		return err
	}
	return s.draftReview(ctx)
}

// Scan lets the radar look at once. Anybody of staff may ask.
func (s *Service) Scan(ctx context.Context, by access.Actor) error {
	if err := may(by, access.ProblemLink); err != nil {
		return err
	}
	list, err := s.history(ctx, s.Clock.Now().Add(-back))
	if err != nil {
		return err
	}
	return s.look(ctx, list)
}

// history reads the tickets since an instant with the words with which they began, newest first:
// no more than the radar compares.
func (s *Service) history(ctx context.Context, since time.Time) (out []ticket.First, err error) {
	for below := ticket.ID(math.MaxInt64); len(out) < radar.MostRead; {
		page, err := s.Tickets.Firsts(ctx, below, 500)
		if err != nil || len(page) == 0 {
			return out, err
		}
		below = page[len(page)-1].ID
		for _, t := range page {
			if t.CreatedAt.Before(since) {
				return out, nil
			}
			if t.ClosedAs != ticket.Invalid && t.ClosedAs != ticket.Duplicate {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

func textOf(t ticket.First) model.Text { return model.Text{Subject: t.Subject, Body: t.Words} }

// look lets the radar look at the tickets and stores what it found.
func (s *Service) look(ctx context.Context, list []ticket.First) error {
	reports := make([]radar.Report, len(list))
	keys := make([]ticket.ID, len(list))
	for i, t := range list {
		site := t.Detail.Site
		if site == "" {
			site = t.Detail.Organisation
		}
		keys[i] = t.ID
		reports[i] = radar.Report{
			Key: int64(t.ID), At: t.CreatedAt, Text: textOf(t), Requester: int64(t.Requester), Category: int64(t.Category), Service: int64(t.Service), Site: site,
		}
	}
	if s.Device != nil {
		devices, err := s.Device(ctx, keys)
		if err != nil {
			return err
		}
		for i := range reports {
			reports[i].Device = devices[keys[i]]
		}
	}
	now := s.Clock.Now()
	var findings []Candidate
	all := radar.Find(reports, radar.Look{Now: now, Zone: s.zone(ctx), Working: s.Working})
	for _, f := range all[:min(len(all), maxFindings)] {
		findings = append(findings, found(f, now))
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		known, err := recent(ctx, tx, now.Add(-forget))
		if err != nil {
			return err
		}
		store, gone := settle(known, findings)
		for _, c := range store {
			if _, err := keep(ctx, tx, c); err != nil {
				return err
			}
		}
		for _, c := range gone {
			if err := vanish(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Candidates returns what the radar found and what became of it, what stands out most first.
func (s *Service) Candidates(ctx context.Context, by access.Actor, state CandidateState) ([]Candidate, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return nil, err
	}
	switch state {
	case Waiting, Dismissed, Taken:
	default:
		return nil, errs.Field("state", "problem.state_unknown")
	}
	return candidates(ctx, s.DB, state, 100)
}

// Recurring returns what the radar saw within a stretch of time, without what was dismissed, the most
// tickets first.
func (s *Service) Recurring(ctx context.Context, by access.Actor, from, to time.Time, limit int) ([]Candidate, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return nil, err
	}
	return seen(ctx, s.DB, from, to, limit)
}

// Waits counts the candidates that nobody has decided about.
func (s *Service) Waits(ctx context.Context, by access.Actor) (int64, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return 0, err
	}
	return candidatesCount(ctx, s.DB)
}

// Candidate returns one with its tickets, as far as the reader may see them.
func (s *Service) Candidate(ctx context.Context, by access.Actor, which CandidateID) (Candidate, []ticket.Ticket, error) {
	if err := may(by, access.ProblemRead); err != nil {
		return Candidate{}, nil, err
	}
	c, err := candidate(ctx, s.DB, which)
	if err != nil {
		return c, nil, gone(err, "problem.candidate_not_found")
	}
	if c.Tickets, err = evidence(ctx, s.DB, which); err != nil {
		return c, nil, err
	}
	list, err := s.readable(ctx, by, c.Tickets[:min(len(c.Tickets), 200)])
	return c, list, err
}

// Dismiss says, with a reason, that a candidate is no problem. It stays away until it has clearly
// grown. version is the one that was seen; 0 skips the check.
func (s *Service) Dismiss(ctx context.Context, by access.Actor, which CandidateID, version int64, reason string) error {
	if err := may(by, access.ProblemWork); err != nil {
		return err
	}
	reason = prose(reason)
	if n := utf8.RuneCountInString(reason); n < 3 || n > maxText {
		return errs.Field("reason", "problem.reason_length")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.undecided(ctx, tx, which, version)
		if err != nil {
			return err
		}
		c.State, c.Reason = Dismissed, reason
		return s.decided(ctx, tx, by, c)
	})
}

// Take makes a problem of a candidate, with its tickets.
func (s *Service) Take(ctx context.Context, by access.Actor, which CandidateID, version int64, d Draft) (Problem, error) {
	if err := may(by, access.ProblemWork); err != nil {
		return Problem{}, err
	}
	if err := s.check(ctx, &d, 0); err != nil {
		return Problem{}, err
	}
	var p Problem
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := s.undecided(ctx, tx, which, version)
		if err != nil {
			return err
		}
		tickets, err := evidence(ctx, tx, which)
		if err != nil {
			return err
		}
		if p, err = s.open(ctx, tx, by, d, which, tickets); err != nil {
			return err
		}
		c.State, c.Problem = Taken, p.ID
		return s.decided(ctx, tx, by, c)
	})
	return p, references(err)
}

func (s *Service) undecided(ctx context.Context, tx *db.Tx, which CandidateID, version int64) (Candidate, error) {
	c, err := takeCandidate(ctx, tx, which)
	if err != nil {
		return c, gone(err, "problem.candidate_not_found")
	}
	if err := stale(version, c.Version); err != nil {
		return c, err
	}
	if c.State != Waiting {
		return c, errs.New(errs.Conflict, "problem.candidate_decided")
	}
	return c, nil
}

func (s *Service) decided(ctx context.Context, tx *db.Tx, by access.Actor, c Candidate) error {
	c.DecidedBy, c.DecidedAt, c.DecidedOn = person.ID(by.ID), s.Clock.Now(), c.Count
	if err := decide(ctx, tx, c); err != nil {
		return err
	}
	_, err := s.Bus.Record(ctx, tx, by.Meta(c.DecidedAt), Decided{c.ID, c.State, c.Reason, c.Problem})
	return err
}
