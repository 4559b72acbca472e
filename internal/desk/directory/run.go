// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// RunID is a run's key.
type RunID int64

// State says how a run stands.
type State string

// The states, as in doc.go.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Asks    State = "asks"
	Failed  State = "failed"
)

// Run is one import or one synchronisation.
type Run struct {
	ID       RunID
	Source   string
	Import   ImportID // 0 for a synchronisation
	State    State
	Allowed  bool      // somebody said that many may be disabled
	By       person.ID // 0 for the desk by its own plan
	Started  time.Time
	Finished time.Time
	Tally    Tally
	Why      string // message key, of a failed one
	Answer   string // what the server said
	Whole    bool   // everything was read, not only what changed
	Entries  int64  // that were read
	Job      int64  // that does it
}

// Took is how long a run took; 0 for one that is not over.
func (r Run) Took() time.Duration {
	if r.Finished.IsZero() {
		return 0
	}
	return r.Finished.Sub(r.Started)
}

// Line is what a run did with one entry.
type Line struct {
	Line   int64
	Kind   Kind
	Person person.ID
	Name   string
	Fields []string
	Why    errs.FieldError
	Text   string
}

// batch is how many entries are written in one commit: few enough that a ticket never waits for them.
const batch = 25

// inBatches does something for each of a list, some in a commit. A commit that found the database
// busy is tried again: a run of thousands must not end for one slow moment.
func inBatches[T any](ctx context.Context, s *Service, list []T, do func(context.Context, *db.Tx, T) error) error {
	for part := range slices.Chunk(list, batch) {
		var err error
		for range 3 {
			if err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				for _, x := range part {
					if err := do(ctx, tx, x); err != nil {
						return err
					}
				}
				return nil
			}); errs.KindOf(err) != errs.Unavailable || ctx.Err() != nil {
				break
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// carryOut does what a plan says, and writes down every line but those that stay the same. What a
// run that was cut off has done already is found unchanged and is not counted twice: its lines
// stand there.
func (s *Service) carryOut(ctx context.Context, r Run, list []Change, fields []string) (Run, error) {
	if err := s.carryAll(ctx, r, list, fields, nil); err != nil {
		return r, err
	}
	return s.finish(ctx, r, int64(len(list)))
}

// carryAll does what a plan says in batches. book is what is known of the entries of a server; nil
// for a file.
func (s *Service) carryAll(ctx context.Context, r Run, list []Change, fields []string, book *book) error {
	by := access.Desk()
	return inBatches(ctx, s, list, func(ctx context.Context, tx *db.Tx, c Change) error {
		l, err := s.carry(ctx, tx, by, c, fields)
		if err != nil {
			return err
		}
		if err := book.note(ctx, tx, c, l); err != nil || l.Kind == Same {
			return err
		}
		return putLine(ctx, tx, r.ID, l)
	})
}

// carry does one change.
func (s *Service) carry(ctx context.Context, tx *db.Tx, by access.Actor, c Change, fields []string) (Line, error) {
	l := Line{Line: c.Line, Kind: c.Kind, Person: c.Was.ID, Name: c.Now.Name, Fields: c.Fields, Why: c.Why}
	if c.Kind == Bad {
		l.Text = c.Text
	}
	if l.Name == "" {
		l.Name = c.Was.Name
	}
	if c.Kind == Bad || c.Kind == Same || c.Kind == Held {
		return l, nil
	}
	if c.Line < 0 { // gone: nothing is said of them but that
		fields = []string{Active}
	}
	if c.From.DN != "" { // a server says it again: what it says as before is nobody's business
		fields = c.Fields
	}
	got, _, err := s.People.KeepIn(ctx, tx, by, c.Now, fields)
	if wrong := errs.As(err); wrong != nil && wrong.Kind == errs.Invalid && len(wrong.Fields) > 0 {
		l.Kind, l.Why, l.Text = Bad, wrong.Fields[0], c.Text
		return l, nil
	}
	l.Person = got.ID
	return l, err
}

// finish counts the lines of a run over a number of entries and closes it.
func (s *Service) finish(ctx context.Context, r Run, all int64) (Run, error) {
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		tally, err := tallyOf(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		r.State, r.Finished = Done, s.Clock.Now()
		left := all
		for _, n := range tally {
			left -= n
		}
		tally[Same] = max(0, left)
		r.Tally = tally
		if r.Tally[Held] > 0 {
			r.State = Asks
		}
		if err := saveRun(ctx, tx, r); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, access.Desk().Meta(r.Finished), Finished{Run: r.ID, Source: r.Source, State: r.State, Tally: r.Tally})
		return err
	})
	return r, err
}

// fail closes a run that could not be done.
func (s *Service) fail(ctx context.Context, r Run, key, answer string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r.State, r.Finished, r.Why, r.Answer = Failed, s.Clock.Now(), key, shorten(person.CleanName(answer))
		if err := saveRun(ctx, tx, r); err != nil {
			return err
		}
		_, err := s.Bus.Record(ctx, tx, access.Desk().Meta(r.Finished), Finished{Run: r.ID, Source: r.Source, State: r.State})
		return err
	})
}

// Runs returns the last runs, newest first, at most limit.
func (s *Service) Runs(ctx context.Context, by access.Actor, limit int) ([]Run, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	return lastRuns(ctx, s.DB, limit)
}

// Run returns one run.
func (s *Service) Run(ctx context.Context, by access.Actor, which RunID) (Run, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Run{}, err
	}
	r, err := getRun(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Run{}, errs.New(errs.NotFound, "directory.run_not_found")
	}
	return r, err
}

// Lines returns what a run did, by kind where one is named, at most limit behind a line.
func (s *Service) Lines(ctx context.Context, by access.Actor, which RunID, kind Kind, after int64, limit int) ([]Line, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	return linesOf(ctx, s.DB, which, kind, after, limit)
}

// pack writes the reason of a line as it is stored.
func pack(w errs.FieldError) (string, error) {
	if w.Key == "" {
		return "", nil
	}
	b, err := json.Marshal(w)
	return string(b), err
}

func unpack(text string) (w errs.FieldError) {
	if text != "" {
		_ = json.Unmarshal([]byte(text), &w) // one that cannot be read says nothing
	}
	for i, x := range w.Args {
		if n, ok := x.(float64); ok { // JSON has no whole numbers
			w.Args[i] = int64(n)
		}
	}
	return w
}

func fieldsOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
