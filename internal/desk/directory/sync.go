// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// The jobs of a directory server.
const (
	TickJob = "directory:tick" // looks whether it is time
	SyncJob = "directory:sync" // asks the server
)

// longestSync is how long one run may take.
const longestSync = 30 * time.Minute

// order says what a run is to do.
type order struct {
	Whole bool
	Allow int64 // how many may be disabled: somebody looked at the list
	By    person.ID
}

// tick queues a run where it is time for one, and looks again in a while.
func (s *Service) tick(ctx context.Context, _ job.Job) error {
	conf, _, err := s.server(ctx)
	if err != nil || !conf.On {
		return err
	}
	last, err := lastOf(ctx, s.DB, LDAP)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	now := s.Clock.Now()
	due := last.Started.Add(time.Duration(conf.Minutes) * time.Minute)
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if !due.After(now) {
			if err := s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: SyncJob, Payload: "{}", Key: SyncJob}); err != nil {
				return err
			}
		}
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: TickJob, Key: TickJob, RunAt: now.Add(time.Minute)})
	})
}

// ensureTick looks after a setting that was switched on.
func (s *Service) ensureTick(ctx context.Context, tx *db.Tx) error {
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: TickJob, Key: TickJob})
}

// Sync queues a run that reads the whole server now.
func (s *Service) Sync(ctx context.Context, by access.Actor) error {
	return s.queue(ctx, by, order{Whole: true, By: person.ID(by.ID)}, SyncJob+":now")
}

// Allow queues a run that may disable as many as a run asked about, and no more.
func (s *Service) Allow(ctx context.Context, by access.Actor, which RunID) error {
	r, err := s.Run(ctx, by, which)
	if err != nil {
		return err
	}
	if r.Source != LDAP || r.State != Asks {
		return errs.New(errs.Conflict, "directory.asks_nothing")
	}
	return s.queue(ctx, by, order{Whole: true, Allow: r.Tally[Held], By: person.ID(by.ID)}, SyncJob+":allow")
}

func (s *Service) queue(ctx context.Context, by access.Actor, o order, key string) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	if conf, _, err := s.server(ctx); err != nil || !conf.Stated() {
		if err == nil {
			err = errs.New(errs.Conflict, "directory.not_stated")
		}
		return err
	}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: SyncJob, Payload: string(text), Key: key})
	})
}

// sync is the job of one run. What a server says and what is wrong with a server both end the run
// for good: the next one begins anew by its own time.
func (s *Service) sync(ctx context.Context, j job.Job) error {
	var o order
	if err := json.Unmarshal([]byte(j.Payload), &o); err != nil {
		return job.Permanent(err)
	}
	if err := s.clearAway(ctx, j); err != nil {
		return err
	}
	conf, _, err := s.server(ctx)
	if err != nil || !conf.Stated() || s.Client == nil {
		return err
	}
	had, err := getCursor(ctx, s.DB)
	if err != nil && errs.KindOf(err) != errs.NotFound {
		return err
	}
	now := s.Clock.Now()
	whole := o.Whole || had.Changed == "" || had.Setting != fingerprint(conf) || now.Sub(had.FullAt) >= time.Duration(conf.FullHours)*time.Hour
	r := Run{Source: LDAP, State: Running, Allowed: o.Allow > 0, By: o.By, Started: now, Whole: whole, Job: j.ID}
	if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		r.ID, err = insertRun(ctx, tx, r)
		return err
	}); err != nil {
		return err
	}
	done, err := s.run(ctx, conf, r, had, o)
	var wrong *ServerError
	var known *errs.Error
	switch {
	case errors.As(err, &wrong):
		s.Log.WarnContext(ctx, "directory not read", "run", r.ID, "error", wrong)
		return s.fail(ctx, r, wrong.Key, wrong.Answer)
	case errors.As(err, &known) && known.Kind == errs.Invalid:
		s.Log.WarnContext(ctx, "directory not taken", "run", r.ID, "error", known.Key)
		return s.fail(ctx, r, known.Key, "")
	case err != nil:
		return err
	}
	t := done.Tally
	s.Log.InfoContext(ctx, "directory read", "run", r.ID, "whole", done.Whole, "entries", done.Entries, "new", t[New], "changed", t[Changed], "renamed", t[Renamed],
		"disabled", t[Disabled], "held", t[Held], "wrong", t[Bad], "same", t[Same], "took", done.Took())
	return nil
}

// clearAway closes runs that were cut off, and waits for one that another node is at.
func (s *Service) clearAway(ctx context.Context, j job.Job) error {
	list, err := inState(ctx, s.DB, Running)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	for _, r := range list {
		if r.Job != j.ID && now.Sub(r.Started) < longestSync {
			return job.At(now.Add(20*time.Second), nil)
		}
		if err := s.fail(ctx, r, "directory.cut_off", ""); err != nil {
			return err
		}
	}
	return nil
}

// run reads the server, plans and does what the plan says. Nothing is done before everything was
// read.
func (s *Service) run(ctx context.Context, conf Server, r Run, had cursor, o order) (Run, error) {
	got, err := s.read(ctx, conf, had, r.Whole)
	if err != nil {
		return r, err
	}
	r.Whole, r.Entries = got.whole, int64(len(got.records))
	p, err := s.planned(ctx, conf, got, o.Allow)
	if err != nil {
		return r, err
	}
	if err := s.carryAll(ctx, r, p.Changes, p.fields, p.book); err != nil {
		return r, err
	}
	if err := s.giveRoles(ctx, r, conf, got.members, p.book, o.Allow); err != nil {
		return r, err
	}
	if got.whole {
		if err := inBatches(ctx, s, p.book.left(), leave); err != nil {
			return r, err
		}
	}
	if r, err = s.finish(ctx, r, int64(len(p.Changes))); err != nil {
		return r, err
	}
	next := cursor{Setting: fingerprint(conf), Server: got.root.Self, Changed: got.newest, FullAt: had.FullAt}
	if got.whole {
		next.FullAt = r.Started
	} else if r.Tally[Bad]+r.Tally[Held] > 0 || next.Changed == "" {
		next.Changed = had.Changed // what could not be taken is read again
	}
	return r, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if got.whole { // there is one question at a time
			if err := answered(ctx, tx, r.ID); err != nil {
				return err
			}
		}
		return putCursor(ctx, tx, next)
	})
}

// fingerprint names by what a server was read: read otherwise, everything is read again.
func fingerprint(c Server) string {
	text := strings.Join([]string{c.Host, strconv.FormatInt(c.Port, 10), c.Base, c.Filter}, "\n")
	for _, f := range Fields() {
		text += "\n" + c.Map.of(f)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// drawn is a plan with what is needed to do it.
type drawn struct {
	Changes []Change
	people  []person.Person
	fields  []string
	book    *book
}

// planned plans what a reading means.
func (s *Service) planned(ctx context.Context, conf Server, got reading, allow int64) (drawn, error) {
	people, err := s.People.All(ctx, access.Desk())
	if err != nil {
		return drawn{}, err
	}
	b, err := openBook(ctx, s.DB)
	if err != nil {
		return drawn{}, err
	}
	d := drawn{people: people, fields: conf.Map.fields(), book: b}
	called := calling(conf.Map, got.records, b, people)
	batch := Batch{
		Source: LDAP, Fields: d.fields, Whole: got.whole && conf.Gone == GoneDisable, Lang: s.Settings.Desk(ctx).Lang, Said: b.said(), Keep: conf.Keep,
		Known: func(p person.Person) *errs.FieldError { return recognised(conf, p) },
	}
	for i, r := range got.records {
		batch.Entries = append(batch.Entries, conf.Map.entry(int64(i+1), r, called))
	}
	d.Changes = Plan(people, batch, max(allow, Most(people, LDAP, conf.Guard)))
	return d, nil
}

// recognised says why somebody whom the desk knows already is not taken for the one whom the
// directory means by their address alone. Whoever may write their own address into the directory
// must not become a member of the staff by it.
func recognised(conf Server, p person.Person) *errs.FieldError {
	switch {
	case p.Role != access.Requester:
		return &errs.FieldError{Name: Email, Key: "directory.staff_link", Args: []any{"Name", p.Name}}
	case !conf.Adopt:
		return &errs.FieldError{Name: Email, Key: "directory.known_link", Args: []any{"Name", p.Name}}
	}
	return nil
}

// calling says what an entry is called that another one names.
func calling(m Mapping, list []Record, b *book, people []person.Person) func(string) string {
	out := map[string]string{}
	byID := map[person.ID]string{}
	for _, p := range people {
		byID[p.ID] = p.Name
	}
	for _, x := range b.by {
		if !x.Gone && x.Person != 0 {
			out[x.Folded] = byID[x.Person]
		}
	}
	for _, r := range list {
		for _, a := range names(m.Name) {
			if v := person.CleanName(legible(r.first(a))); v != "" {
				out[r.Folded] = v
				break
			}
		}
	}
	return func(folded string) string { return out[folded] }
}
