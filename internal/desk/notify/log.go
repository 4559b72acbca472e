// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Brief is the send log of a ticket in short. A page that shows it need not read every letter
// of a long ticket to say that all is well.
type Brief struct {
	Lines    int64
	Unsent   int64      // of them: refused or sent back
	Troubled []Delivery // refused, sent back, or kept by a server that goes on trying; oldest first
}

// Brief returns the send log of a ticket in short. Staff only.
func (s *Service) Brief(ctx context.Context, by access.Actor, t ticket.Ticket) (Brief, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return Brief{}, err
	}
	lines, troubled, err := countTicket(ctx, s.DB, t.ID)
	if err != nil || troubled == 0 {
		return Brief{Lines: lines}, err
	}
	out := Brief{Lines: lines}
	if out.Troubled, err = troubledOf(ctx, s.DB, t.ID); err != nil {
		return Brief{}, err
	}
	for _, d := range out.Troubled {
		if d.Lost() {
			out.Unsent++
		}
	}
	return out, nil
}

// Lost reports whether the letter did not reach its reader and will not by itself.
func (d Delivery) Lost() bool { return d.State == Failed || d.State == Bounced }
