// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// told is a promise of the desk as its requester reads it: by when, and whether it was kept.
type told struct {
	Text string
	Word string
	Tone string
	Icon string
}

// promises tells what the desk promised on a request, the newest first, honestly: a broken
// promise is called one.
func (f *Faces) promises(c *page.Ctx, t ticket.Ticket) ([]told, error) {
	list, err := f.promise.ForTicket(c.Context(), c.Actor, t)
	if err != nil {
		return nil, err
	}
	var out []told
	for _, p := range slices.Backward(list) {
		x := told{Text: c.T("portal.promised_"+string(p.Source), "Time", c.Moment(p.Due))}
		switch {
		case p.Overdue(c.Now):
			x.Word, x.Tone, x.Icon = c.T("portal.promise_broken"), ui.Danger, "triangle-alert"
		case p.State == promise.Kept:
			x.Word, x.Tone, x.Icon = c.T("portal.promise_kept", "Time", c.Clock(p.DoneAt)), ui.OK, "check"
		case p.State == promise.Renegotiated:
			x.Word, x.Tone, x.Icon = c.T("portal.promise_renegotiated", "Time", c.Clock(p.MovedTo)), ui.Neutral, "arrow-right"
		case p.State == promise.Void:
			x.Word, x.Tone, x.Icon = c.T("portal.promise_void"), ui.Neutral, "ban"
		default:
			x.Word, x.Tone, x.Icon = c.T("portal.promise_open"), ui.Brand, "handshake"
		}
		out = append(out, x)
	}
	return out, nil
}
