// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// remoteStep tells one fact of remote help (N26). What the agent wrote for colleagues is not in it.
func (f *Faces) remoteStep(c *page.Ctx, t ticket.Ticket, e ticket.Entry, actor string) (s step) {
	switch fact := e.Fact.(type) {
	case ticket.RemoteAsked:
		s.Title = c.T("portal.step_remote_asked_by", "Name", actor)
		if mine(c, t) {
			s.Title = c.T("portal.step_remote_asked", "Name", actor)
		}
	case ticket.RemoteAgreed:
		s.Title, s.Icon, s.State = f.ofAsker(c, t, "portal.step_remote_agreed", "portal.step_remote_agreed_by"), "user", ui.Todo
		if fact.Pictures {
			s.Text = c.T("portal.step_remote_pictures")
		}
	case ticket.RemoteStarted:
		s.Title = c.T("portal.step_remote_started_"+fact.Way, "Name", actor, "Tool", fact.Tool)
	case ticket.RemotePictured:
		s.Title = c.T("portal.step_remote_pictured", "Name", actor)
	case ticket.RemoteEnded:
		s.Title, s.Text = c.T("portal.step_remote_ended"), c.T("portal.remote_reason_"+fact.Reason)
	}
	return s
}
