// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// PlannedName is the name under which it is kept what the open tickets were planned by last.
const PlannedName = "sla.planned"

// Planned is what a new release may have changed without anybody saving anything.
type Planned struct {
	Years string // fingerprint of the years of holidays that came with the desk
	Zones string // and of the rules of the calendars' time zones
	Fold  int    // ticket.FoldVersion
}

// Check accepts everything: it is no administrator who writes it.
func (Planned) Check() error { return nil }

// batch is how many tickets are planned again in a commit, and batchFold how many from their
// facts: a few milliseconds of a writer that everybody shares.
const (
	batch     = 250
	batchFold = 50
)

// upgraded begins the payload of a job that follows a new release instead of a fact.
const upgraded = "upgrade:"

// Changed listens, within the commit, for a new policy and for new calendars: they are in
// force as soon as they are saved, and the open tickets are planned by them again at once, and
// once more when every node knows them. A policy by a calendar that is not there, or with a
// rule for what is not there, is refused.
func (s *Service) Changed(ctx context.Context, tx *db.Tx, r event.Record, f setting.Changed) error {
	switch f.Name {
	case PolicyName:
		p := Standard()
		if err := json.Unmarshal(f.Value, &p); err != nil {
			return err
		}
		if err := s.known(p); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.remake(&p, nil) })
	case calendar.BookName:
		if err := s.calendarsChanged(tx, f); err != nil {
			return err
		}
	default:
		return nil
	}
	return s.plan(ctx, tx, r)
}

// Moved listens, within the commit, for categories that moved in the tree: rules hold for what
// lies below theirs.
func (s *Service) Moved(ctx context.Context, tx *db.Tx, r event.Record, _ catalog.CategoryChanged) error {
	for _, rule := range s.Policy().Rules {
		if len(rule.Categories) > 0 {
			return s.plan(ctx, tx, r)
		}
	}
	return nil
}

// plan queues the planning of every open ticket, now and when every node knows what changed.
func (s *Service) plan(ctx context.Context, tx *db.Tx, r event.Record) error {
	id := strconv.FormatInt(r.ID, 10)
	key := ReplanJob + ":" + id
	return s.jobs.Enqueue(ctx, tx,
		job.Spec{Kind: ReplanJob, Payload: id, Key: key, RunAt: r.Meta.At},
		job.Spec{Kind: ReplanJob, Payload: id, Key: key + ":again", RunAt: r.Meta.At.Add(lag)})
}

// known refuses a policy that counts by a calendar that is gone, or whose rules name what is gone.
func (s *Service) known(p Policy) error {
	there := s.shelf.Load()
	var bad []errs.FieldError
	gone := func(field, name string) {
		if _, ok := there.Get(name); name != "" && !ok {
			bad = append(bad, errs.FieldError{Name: field, Key: "sla.calendar_gone"})
		}
	}
	gone("calendar", p.Calendar)
	for g, name := range p.Groups {
		gone("group_calendar_"+strconv.FormatInt(int64(g), 10), name)
	}
	s.making.Lock()
	reg := s.register
	s.making.Unlock()
	for i, r := range p.Rules {
		gone(RuleField(i, "calendar"), r.Calendar)
		if !reg.Read {
			continue
		}
		for _, x := range []struct {
			field string
			gone  bool
		}{
			{"categories", !covers(ids(reg.Categories, func(c catalog.Category) int64 { return int64(c.ID) }), r.Categories)},
			{"services", !covers(ids(reg.Services, func(c catalog.Service) int64 { return int64(c.ID) }), r.Services)},
			{"groups", !covers(ids(reg.Groups, func(g person.Group) int64 { return int64(g.ID) }), r.Groups)},
		} {
			if x.gone {
				bad = append(bad, errs.FieldError{Name: RuleField(i, x.field), Key: "sla.rule_gone"})
			}
		}
	}
	return errs.Invalidf(bad...)
}

func ids[T any](list []T, id func(T) int64) []int64 {
	out := make([]int64, len(list))
	for i, x := range list {
		out[i] = id(x)
	}
	return out
}

// replan plans every open ticket by the policy in force, and has each solution's wait end when
// the policy now says. Doing it again changes nothing, so that one that was cut off begins again.
func (s *Service) replan(ctx context.Context, j job.Job) error {
	if err := s.Load(ctx); err != nil {
		return err
	}
	how := ticket.Replanning{Limit: batch, Also: func(ctx context.Context, tx *db.Tx, t ticket.Ticket) error {
		for _, hook := range s.hooks {
			if err := hook(ctx, tx, t); err != nil {
				return err
			}
		}
		if t.Status != ticket.Resolved {
			return nil
		}
		return s.expireAt(ctx, tx, t, j.Payload+":"+strconv.FormatInt(int64(t.ID), 10))
	}}
	_, upgrade := strings.CutPrefix(j.Payload, upgraded)
	if upgrade {
		was, _, err := setting.Load(ctx, s.settings, PlannedName, Planned{})
		if err != nil {
			return err
		}
		if how.Fold = was.Fold != ticket.FoldVersion; how.Fold {
			how.Limit = batchFold
		}
	}
	for after := ticket.ID(0); ; {
		last, err := s.tickets.Replan(ctx, after, how)
		if err != nil {
			return err
		}
		if last == 0 {
			break
		}
		after = last
	}
	if upgrade {
		now, err := s.planned(ctx)
		if err != nil {
			return err
		}
		return setting.Save(ctx, s.settings, access.Desk(), PlannedName, now, setting.AnyVersion)
	}
	return nil
}

// planned is what this release plans by.
func (s *Service) planned(ctx context.Context) (Planned, error) {
	b, _, err := s.Book(ctx)
	if err != nil {
		return Planned{}, err
	}
	sum := sha256.New()
	for _, y := range calendar.Published() {
		if text, err := y.File(); err == nil {
			sum.Write(text)
		}
	}
	return Planned{Years: hex.EncodeToString(sum.Sum(nil)[:12]), Zones: b.Zones(), Fold: ticket.FoldVersion}, nil
}

// Upgraded plans every open ticket again where this release brought other years of holidays, other
// rules of a time zone, or folds facts in another way, than the one that planned them. It runs at
// start.
func (s *Service) Upgraded(ctx context.Context) error {
	was, version, err := setting.Load(ctx, s.settings, PlannedName, Planned{})
	if err != nil {
		return err
	}
	now, err := s.planned(ctx)
	if err != nil || version != 0 && was == now {
		return err
	}
	payload := upgraded + now.Years + "." + now.Zones + "." + strconv.Itoa(now.Fold)
	return s.tickets.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.jobs.Enqueue(ctx, tx, job.Spec{Kind: ReplanJob, Payload: payload, Key: ReplanJob + ":" + payload, RunAt: s.clock.Now()})
	})
}
