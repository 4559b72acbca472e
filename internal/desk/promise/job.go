// SPDX-License-Identifier: Apache-2.0

package promise

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// The kinds of job of this room.
const (
	BreakJob  = "promise:break"  // looks at a promise when its time has passed
	VendorJob = "promise:vendor" // looks at a wait when the vendor's time has passed
)

// tick is the least time that can be stored: a promise may still be kept at its due time, and is
// broken one tick later.
const tick = time.Millisecond

func (s *Service) plan(ctx context.Context, tx *db.Tx, p Promise) error {
	n := strconv.FormatInt(int64(p.ID), 10)
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: BreakJob, Payload: n, Key: BreakJob + ":" + n, RunAt: p.Due.Add(tick)})
}

// fallDue breaks a promise whose time has passed. It takes the ticket first, as commands do, so
// that a word and the end of its time cannot both be written: the second sees the first. However
// often it runs, on whichever node and under whatever clock, a promise breaks once.
func (s *Service) fallDue(ctx context.Context, j job.Job) error {
	n, err := strconv.ParseInt(j.Payload, 10, 64)
	if err != nil {
		return job.Permanent(err)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		p, err := get(ctx, tx, ID(n))
		if err != nil || p.State != Open {
			return err
		}
		if _, err := s.Tickets.Lock(ctx, tx, p.Ticket); err != nil {
			return err
		}
		if p, err = get(ctx, tx, p.ID); err != nil || p.State != Open {
			return err
		}
		now := s.Clock.Now()
		if !now.After(p.Due) { // the clock was set back since
			return job.At(p.Due.Add(tick), nil)
		}
		p.fall()
		return s.close(ctx, tx, access.Desk().Meta(now), p)
	})
}

// vendor is the time at which a vendor was to answer.
type vendor struct {
	Ticket ticket.ID
	By     time.Time
}

// vendorNamed listens, within the commit, for waits on a vendor who said when they will answer.
func (s *Service) vendorNamed(ctx context.Context, tx *db.Tx, r event.Record, f ticket.Held) error {
	if f.Vendor.By.IsZero() {
		return nil
	}
	payload, err := json.Marshal(vendor{f.Ticket, f.Vendor.By})
	if err != nil {
		return err
	}
	return s.Jobs.Enqueue(ctx, tx, job.Spec{
		Kind: VendorJob, Payload: string(payload), Key: VendorJob + ":" + strconv.FormatInt(r.ID, 10), RunAt: f.Vendor.By.Add(tick),
	})
}

// vendorDue says on the ticket that the vendor is silent. A wait that is over, or that has
// another time by now, is left alone.
func (s *Service) vendorDue(ctx context.Context, j job.Job) error {
	var v vendor
	if err := json.Unmarshal([]byte(j.Payload), &v); err != nil {
		return job.Permanent(err)
	}
	if now := s.Clock.Now(); !now.After(v.By) {
		return job.At(v.By.Add(tick), nil)
	}
	_, err := s.Tickets.Do(ctx, access.Desk(), ticket.Target{ID: v.Ticket}, ticket.RemindVendor{By: v.By})
	if errs.KindOf(err) == errs.Conflict {
		return nil
	}
	return err
}
