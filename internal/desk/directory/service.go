// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// Parts are what the room is made of.
type Parts struct {
	DB       *db.DB
	Bus      *event.Bus
	Clock    clock.Clock
	Jobs     *job.Queue
	People   *person.Service
	Settings *setting.Service
	Keys     *secret.Keys
	Client   Client       // asks directory servers; nil asks none
	Log      *slog.Logger // silence where nil
}

// Service brings people to the desk.
type Service struct{ Parts }

// The kinds of job of this room.
const (
	ApplyJob = "directory:apply" // does what a file says
	RekeyJob = "directory:rekey" // gives people the keys by which they are found while one types
)

// NewService makes the room and takes charge of its jobs.
func NewService(p Parts) *Service {
	s := &Service{Parts: p}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	p.Jobs.Handle(ApplyJob, s.apply, job.Timeout(30*time.Minute), job.Limit(1))
	p.Jobs.Handle(RekeyJob, s.rekey, job.Timeout(30*time.Minute), job.Limit(1))
	p.Jobs.Handle(TickJob, s.tick, job.Limit(1))
	p.Jobs.Handle(SyncJob, s.sync, job.Timeout(longestSync), job.Limit(1), job.MaxAttempts(3))
	return s
}

func (s *Service) ensureKeys(ctx context.Context, tx *db.Tx) error {
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: RekeyJob, Key: RekeyJob})
}

func (s *Service) rekey(ctx context.Context, _ job.Job) error {
	for {
		n, err := s.People.Rekey(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// ImportID is the key of a file that was uploaded.
type ImportID int64

// Import is a file of people as it was uploaded.
type Import struct {
	ID       ImportID
	Name     string
	Text     string
	Encoding string
	Comma    string
	Leavers  bool // whoever was kept by a file before and is not in this one is gone
	By       person.ID
	At       time.Time
}

// keepFor is how long the text of a file is kept that was never imported.
const keepFor = 7 * 24 * time.Hour

// Upload keeps a file for looking at what it would do. Encoding and Comma may be empty: they are
// found out. Invalid where it is no list of people.
func (s *Service) Upload(ctx context.Context, by access.Actor, x Import, raw []byte) (Import, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return x, err
	}
	var err error
	if x.Text, x.Encoding, err = Decode(raw, x.Encoding); err != nil {
		return x, err
	}
	if x.Comma == "" {
		x.Comma = CommaOf(x.Text)
	}
	if _, err := Read(x.Text, x.Comma, s.Settings.Desk(ctx).Lang); err != nil {
		return x, err
	}
	if x.Name = person.CleanName(x.Name); x.Name == "" {
		x.Name = "CSV"
	}
	x.Name = shorten(x.Name)
	x.By, x.At = person.ID(by.ID), s.Clock.Now()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := dropImports(ctx, tx, x.At.Add(-keepFor)); err != nil {
			return err
		}
		var err error
		x.ID, err = insertImport(ctx, tx, x)
		return err
	})
	return x, err
}

// Preview is what a file would do now.
type Preview struct {
	Import
	Sheet   Sheet
	Changes []Change
	Tally   Tally
}

// Preview plans a file without changing anything.
func (s *Service) Preview(ctx context.Context, by access.Actor, which ImportID) (Preview, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Preview{}, err
	}
	return s.preview(ctx, which, false)
}

// Table is a file as it came: its heading, and the cells of its lines by their numbers.
func (s *Service) Table(ctx context.Context, by access.Actor, which ImportID) (head []string, rows map[int64][]string, err error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, nil, err
	}
	x, err := getImport(ctx, s.DB, which)
	if err != nil {
		return nil, nil, errs.Wrap(err, errs.KindOf(err), "directory.import_not_found")
	}
	head, all := Rows(x.Text, x.Comma)
	rows = map[int64][]string{}
	for r := range all {
		rows[r.At] = r.Cells
	}
	return head, rows, nil
}

func (s *Service) preview(ctx context.Context, which ImportID, allowed bool) (Preview, error) {
	x, err := getImport(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Preview{}, errs.New(errs.NotFound, "directory.import_not_found")
	}
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Import: x}
	if p.Sheet, err = Read(x.Text, x.Comma, s.Settings.Desk(ctx).Lang); err != nil {
		return p, err
	}
	p.Sheet.Whole = x.Leavers
	people, err := s.People.All(ctx, access.Desk())
	if err != nil {
		return p, err
	}
	hold := Most(people, CSV, s.Guard(ctx))
	if allowed {
		hold = -1
	}
	p.Changes = Plan(people, p.Sheet.Batch, hold)
	p.Tally = Count(p.Changes)
	return p, nil
}

// Apply queues a run that does what a file says; again for a file that was done already is well.
// allowed says that somebody looked at how many are disabled.
func (s *Service) Apply(ctx context.Context, by access.Actor, which ImportID, allowed bool) (Run, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Run{}, err
	}
	r := Run{Source: CSV, Import: which, State: Waiting, Allowed: allowed, By: person.ID(by.ID), Started: s.Clock.Now()}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := getImport(ctx, tx, which); err != nil {
			return errs.Wrap(err, errs.KindOf(err), "directory.import_not_found")
		}
		var err error
		if r.ID, err = insertRun(ctx, tx, r); err != nil {
			return err
		}
		n := strconv.FormatInt(int64(r.ID), 10)
		return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: ApplyJob, Payload: n, Key: ApplyJob + ":" + n})
	})
	return r, err
}

// apply is the job of one file. What a run before it was cut off at is done already, and is found
// unchanged.
func (s *Service) apply(ctx context.Context, j job.Job) error {
	n, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	r, err := getRun(ctx, s.DB, RunID(n))
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return job.Permanent(err)
	}
	if err != nil || r.State == Done || r.State == Asks {
		return err
	}
	p, err := s.preview(ctx, r.Import, r.Allowed)
	if err != nil {
		if errs.KindOf(err) == errs.Invalid || errs.KindOf(err) == errs.NotFound {
			return s.fail(ctx, r, errs.As(err).Key, "")
		}
		return err
	}
	_, err = s.carryOut(ctx, r, p.Changes, p.Sheet.Fields)
	return err
}
