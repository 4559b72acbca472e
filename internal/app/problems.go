// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/live"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// problems makes the room of what lies behind tickets. Days are those of the desk, and worked as
// its calendar says. Which device a ticket is about, and which articles there are, is known to
// rooms that it asks here.
func (h *House) problems(s stores, o Options) {
	h.Problems = problem.NewService(problem.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, Jobs: h.Jobs, People: h.People, Catalog: h.Catalog, Tickets: h.Tickets,
		Zone:    h.zone,
		Working: h.working,
		Device: func(ctx context.Context, list []ticket.ID) (map[ticket.ID]string, error) {
			return h.Devices.Tied(ctx, list)
		},
		Articles: h.Knowledge.PerCategory,
		Hint:     func(tx *db.Tx, which ticket.ID) { h.Hub.Publish(tx, live.Ticket(which)) },
	})
}

// zone is where the days of the desk begin.
func (h *House) zone(ctx context.Context) *time.Location {
	return clock.FirstZone(h.Settings.Desk(ctx).Zone)
}

// working says whether the desk works on a day.
func (h *House) working(day time.Time) bool {
	begins := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
	return h.Clocks.Calendar().Between(begins, begins.AddDate(0, 0, 1)) > 0
}
