// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// What waits is one letter with everything that joined it:
//
//	first delivery ──waits, has the job──▶ sent, and with it all that ride along
//	later ones ────ride along (with_id), have no job
//
// Whoever joins takes the row of the first, and so does whoever settles it; so that nobody
// joins a letter that has left, and nobody is left behind.

// margin is the time before a letter goes in which nothing joins it or hurries it any more.
const margin = 2 * time.Second

// post writes a delivery down and sees to it that it goes: by itself, or with a letter that
// waits. It does nothing where the same was written down before.
func (s *Service) post(ctx context.Context, tx *db.Tx, d Delivery) error {
	now := s.Clock.Now()
	if d.State == Queued && d.Template.gathers() && d.DueAt.After(now) {
		first, err := join(ctx, tx, d, now.Add(margin))
		if err != nil {
			return err
		}
		for _, f := range first {
			if f.Template.gathers() && f.Template.staff() == d.Template.staff() {
				d.With, d.DueAt = f.ID, f.DueAt
			}
		}
	}
	how := d.answering
	fresh, err := insert(ctx, tx, d)
	if err != nil || len(fresh) == 0 {
		return err
	}
	d = fresh[0]
	d.answering = how
	if d.Template == Acknowledged && d.State == Queued {
		if d, err = s.answerOnce(ctx, tx, d); err != nil {
			return err
		}
	}
	if d.State != Queued || d.With != 0 {
		return nil
	}
	if !d.DueAt.After(now) {
		if err := s.hurry(ctx, tx, d); err != nil {
			return err
		}
	}
	return s.queue(ctx, tx, d)
}

// hurry lets go what waits for the same reader of the same ticket: what happened first is told first.
func (s *Service) hurry(ctx context.Context, tx *db.Tx, d Delivery) error {
	now := s.Clock.Now()
	list, err := hurried(ctx, tx, d, now, now.Add(margin))
	if err != nil {
		return err
	}
	for _, w := range list {
		if err := s.queue(ctx, tx, w); err != nil {
			return err
		}
	}
	return nil
}

// early marks the job that sends a letter before its time, or once more. From then on the job that was
// queued for its time has nothing to do with it: one job at a time is in charge of a letter.
const early = " early"

// left gives a letter of its own to what joined one while that was on its way.
func (s *Service) left(ctx context.Context, tx *db.Tx, d Delivery) error {
	list, err := apart(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	for _, w := range list {
		if err := s.queue(ctx, tx, w); err != nil {
			return err
		}
	}
	return nil
}
