// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Jobs    *job.Queue
	People  *person.Service
	Catalog *catalog.Desk
	Tickets *ticket.Service

	// Zone is where days begin; UTC where it is nil.
	Zone func(ctx context.Context) *time.Location
	// Working says whether a day is worked; Monday to Friday where it is nil.
	Working func(day time.Time) bool
	// Device names the device of a ticket, opaque to this room; nothing where it is nil.
	Device func(ctx context.Context, list []ticket.ID) (map[ticket.ID]string, error)
	// Articles counts the published articles of each category; unknown where it is nil.
	Articles func(ctx context.Context) (map[catalog.CategoryID]int64, error)
	// Hint says that the page of a ticket is stale; nobody where it is nil.
	Hint func(tx *db.Tx, which ticket.ID)
}

// Service holds the commands and queries on problems, improvements and reviews.
type Service struct {
	Parts
	known   atomic.Pointer[knownErrors] // what new tickets are compared with
	reading sync.Mutex                  // whoever reads them anew
	mu      sync.Mutex                  // whoever compares
}

// NewService makes the room and takes its jobs.
func NewService(p Parts) *Service {
	s := &Service{Parts: p}
	p.Jobs.Handle(ScanJob, s.daily, job.Timeout(10*time.Minute))
	return s
}

// may asks whether somebody may do something here.
func may(by access.Actor, do access.Action) error { return access.Can(by, do, access.Object{}) }

// zone is where days begin.
func (s *Service) zone(ctx context.Context) *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone(ctx)
}

// gone is the sentence for what is not there.
func gone(err error, key string) error {
	if err != nil && errs.KindOf(err) == errs.NotFound {
		return errs.New(errs.NotFound, key)
	}
	return err
}

// stale refuses a change to what has changed since it was looked at. version is the one that was
// seen; 0 skips the check. taken is the version after the row was taken.
func stale(version, taken int64) error {
	if version != 0 && taken != version+1 {
		return errs.Overtaken(taken - 1)
	}
	return nil
}

// references says which field names something that there is not.
func references(err error) error {
	if db.IsForeignKey(err) {
		return errs.New(errs.Invalid, "problem.reference_unknown")
	}
	return err
}

// owner checks that somebody may be accountable: active staff, or nobody. was is who is already: they
// may have left, which is in the way of no other change.
func (s *Service) owner(ctx context.Context, who, was person.ID) error {
	if who == 0 || who == was {
		return nil
	}
	if p := s.People.Card(ctx, who); !p.Active || !p.Role.Staff() {
		return errs.Field("owner", "problem.owner_unknown")
	}
	return nil
}
