// SPDX-License-Identifier: Apache-2.0

package promise

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
)

// Between counts the promises that were due in one stretch of time, as Counts does in weeks: the week of
// each count is the beginning of the stretch. Staff only.
func (s *Service) Between(ctx context.Context, by access.Actor, from, to time.Time) ([]Count, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return nil, err
	}
	return counted(ctx, s.DB.Long(), calendar.Stretch{From: from, To: to, Week: to.Sub(from)})
}
