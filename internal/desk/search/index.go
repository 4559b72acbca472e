// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// The jobs that keep the index.
const (
	jobTicket    = "search:ticket"
	jobPerson    = "search:person"
	jobRequester = "search:requester"
	jobRebuild   = "search:rebuild"
)

// rules is the number of the rules by which lines are made: of cutting words, and of what else a
// line holds. An index made by others is made anew.
const rules = 10*text.Rules + 1

// batch is how many lines are written in one turn of the writer: about ten milliseconds.
const batch = 20

// lag is how long a changed ticket may wait for others until the index follows; a search is to know
// of it within two seconds (L07).
const lag = 300 * time.Millisecond

// stint is how long one run of making the index anew works before it lets others have the worker.
const stint = time.Minute

func (s *Service) handle() {
	s.Jobs.HandleAll(jobTicket, batch, s.indexTickets, job.Gather(lag))
	s.Jobs.Handle(jobPerson, s.indexPerson)
	s.Jobs.Handle(jobRequester, s.indexRequester, job.Limit(1))
	s.Jobs.Handle(jobRebuild, s.rebuild, job.Limit(1), job.Timeout(5*stint))
}

// silent are the facts of a ticket that change neither its words nor a property by which it is
// found.
func silent() []string {
	return []string{
		ticket.Acknowledged{}.EventName(), ticket.ReadBackDone{}.EventName(), ticket.ReadBackAsked{}.EventName(), ticket.ReadBackWrong{}.EventName(), ticket.CallPromised{}.EventName(),
		ticket.VendorSilent{}.EventName(), ticket.Reminded{}.EventName(), ticket.TimeUp{}.EventName(),
		ticket.LinkedTo{}.EventName(), ticket.Deviated{}.EventName(), ticket.MailHeld{}.EventName(), ticket.Paced{}.EventName(),
		ticket.ParticipantAdded{}.EventName(), ticket.ParticipantRemoved{}.EventName(), ticket.LeftOut{}.EventName(),
		ticket.Rated{}.EventName(), ticket.OriginalOpened{}.EventName(), ticket.Approval{}.EventName(), ticket.PassedAround{}.EventName(),
		ticket.VisitStepped{}.EventName(), ticket.DeedDone{}.EventName(),
		ticket.RemoteAsked{}.EventName(), ticket.RemoteAgreed{}.EventName(), ticket.RemoteStarted{}.EventName(), ticket.RemotePictured{}.EventName(), ticket.RemoteEnded{}.EventName(),
	}
}

// Heard listens, within the commit, to every fact, and queues the job that follows: one for
// each ticket, however many facts, so that what a commit said is found a moment after it.
func (s *Service) Heard(ctx context.Context, tx *db.Tx, r event.Record) error {
	switch room, _, _ := strings.Cut(r.Name, "."); {
	case r.Subject == 0:
		return nil
	case room == "ticket" && !slices.Contains(silent(), r.Name):
		return s.Touch(ctx, tx, ticket.ID(r.Subject))
	case r.Name == person.Added{}.EventName():
		return s.Jobs.Enqueue(ctx, tx, one(jobPerson, r.Subject))
	case r.Name == person.Changed{}.EventName():
		return s.Jobs.Enqueue(ctx, tx, one(jobPerson, r.Subject), one(jobRequester, r.Subject))
	}
	return nil
}

// Touch lets the index follow a change of a ticket that no fact of the ticket tells, such as an
// erasure. A ticket that is gone leaves the index.
func (s *Service) Touch(ctx context.Context, tx *db.Tx, which ticket.ID) error {
	return s.Jobs.Enqueue(ctx, tx, one(jobTicket, int64(which)))
}

// one is a job about one thing; only one of it waits.
func one(kind string, id int64) job.Spec {
	key := strconv.FormatInt(id, 10)
	return job.Spec{Kind: kind, Payload: key, Key: kind + ":" + key}
}

// key reads which thing a job is about.
func key(j job.Job) (int64, error) {
	id, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return 0, job.Permanent(fmt.Errorf("read job %d: %w", j.ID, err))
	}
	return id, nil
}

// indexTickets writes the lines of the tickets that jobs are about in one commit.
func (s *Service) indexTickets(ctx context.Context, list []job.Job) error {
	keys := make([]int64, 0, len(list))
	for _, j := range list {
		id, err := key(j)
		if err != nil {
			return err
		}
		keys = append(keys, id)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.these(ctx, tx, keys) })
}

func (s *Service) indexPerson(ctx context.Context, j job.Job) error {
	id, err := key(j)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.persons(ctx, tx, id, id, []int64{id}) })
}

// tickets writes the lines of tickets, and takes out whatever else stands from one key to another.
func (s *Service) tickets(ctx context.Context, tx *db.Tx, from, to int64, keys []int64) error {
	have, err := s.write(ctx, tx, keys)
	if err != nil {
		return err
	}
	return drop(ctx, tx, from, to, have)
}

// these writes the lines of tickets, and takes out those of tickets that are gone.
func (s *Service) these(ctx context.Context, tx *db.Tx, keys []int64) error {
	have, err := s.write(ctx, tx, keys)
	if err != nil || len(have) == len(keys) {
		return err
	}
	for _, k := range keys {
		if !slices.Contains(have, k) {
			if err := drop(ctx, tx, k, k, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// write writes the lines of tickets and returns the keys of those that are there. It reads within
// the commit, so that it never writes what was true before.
func (s *Service) write(ctx context.Context, tx *db.Tx, keys []int64) ([]int64, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	which := make([]ticket.ID, 0, len(keys))
	for _, k := range keys {
		which = append(which, ticket.ID(k))
	}
	list, err := ticketsOf(ctx, tx, which)
	if err != nil {
		return nil, err
	}
	words, err := read(ctx, tx, list, true)
	if err != nil {
		return nil, err
	}
	have := make([]int64, 0, len(list))
	for _, t := range list {
		have = append(have, int64(t.ID))
		if err := put(ctx, tx, int64(t.ID), t.Version, t.terms(words[t.ID])); err != nil {
			return nil, err
		}
	}
	return have, nil
}

// persons does the same for people, whose lines stand under the negatives of their keys.
func (s *Service) persons(ctx context.Context, tx *db.Tx, from, to int64, keys []int64) error {
	which := make([]person.ID, 0, len(keys))
	for _, k := range keys {
		which = append(which, person.ID(k))
	}
	var list []person.Person
	var err error
	if len(which) > 0 {
		if list, err = peopleOf(ctx, tx, which); err != nil {
			return err
		}
	}
	have := make([]int64, 0, len(list))
	for _, p := range list {
		have = append(have, -int64(p.ID))
		if err := put(ctx, tx, -int64(p.ID), p.Version, personTerms(p)); err != nil {
			return err
		}
	}
	return drop(ctx, tx, -to, -from, have)
}

// indexRequester writes the tickets of somebody anew whose name or address changed.
func (s *Service) indexRequester(ctx context.Context, j job.Job) error {
	who, err := key(j)
	if err != nil {
		return err
	}
	for below := int64(math.MaxInt64); ; {
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			keys, err := belonging(ctx, tx, person.ID(who), below, batch)
			if err != nil || len(keys) == 0 {
				below = 0
				return err
			}
			below = keys[len(keys)-1]
			return s.these(ctx, tx, keys)
		})
		if err != nil || below == 0 {
			return err
		}
	}
}

// Ensure lets the index be made where it is not there yet, or by rules that are no longer these.
func (s *Service) Ensure(ctx context.Context) error {
	st, err := readState(ctx, s.DB)
	if err != nil || st.Rules == rules {
		return err
	}
	return s.Rebuild(ctx)
}

// Rebuild lets the index be made anew, from the newest ticket to the oldest. Searches go on
// meanwhile, with each line as it was until it is replaced.
func (s *Service) Rebuild(ctx context.Context) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		st := state{Rules: rules, Reached: math.MaxInt64, Started: s.Clock.Now()}
		if err := saveState(ctx, tx, st); err != nil {
			return err
		}
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: jobRebuild, Key: jobRebuild})
	})
}

// rebuild goes on where the state says that it is. A crash costs one batch.
func (s *Service) rebuild(ctx context.Context, _ job.Job) error {
	until := s.Clock.Now().Add(stint)
	for {
		st, err := readState(ctx, s.DB)
		if err != nil || st.Rules == 0 || !st.Finished.IsZero() {
			return err
		}
		if s.Clock.Now().After(until) {
			return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: jobRebuild, Key: jobRebuild})
			})
		}
		if err := s.step(ctx, st); err != nil {
			return err
		}
	}
}

// step makes the next batch: tickets down to the first, then people, then it is done.
func (s *Service) step(ctx context.Context, st state) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if st.Reached == 0 {
			st.Reached = math.MinInt64 + 1 // people from here on
		}
		ofPeople := st.Reached < 0
		below := st.Reached
		if ofPeople {
			below = -below
		}
		keys, err := before(ctx, tx, ofPeople, below, batch)
		if err != nil {
			return err
		}
		low := int64(1)
		if len(keys) == batch {
			low = keys[batch-1]
		}
		index := s.tickets
		if ofPeople {
			index = s.persons
		}
		if err := index(ctx, tx, low, below-1, keys); err != nil {
			return err
		}
		switch {
		case low > 1 && ofPeople:
			st.Reached = -low
		case low > 1:
			st.Reached = low
		case ofPeople:
			st.Reached, st.Finished = 0, s.Clock.Now()
		default:
			st.Reached = 0
		}
		return saveState(ctx, tx, st)
	})
}
