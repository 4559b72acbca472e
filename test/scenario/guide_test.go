// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// sentBook is a runbook in force that the owner of the world's ticket was sent.
type sentBook struct{ book, run, picture string }

// guide is that, made when it is first asked for: while the ticket is open.
func (w *world) guide() sentBook {
	w.Helper()
	if w.sent.run != "" {
		return w.sent
	}
	ctx := w.Context()
	agent, lead := apptest.Actor(w.agent, "web"), apptest.Actor(w.lead, "web")
	x, err := w.Runbooks.Write(ctx, agent, 0, network, "", 0)
	w.must(err)
	file, err := w.Runbooks.AddPicture(ctx, agent, x.ID, "port.png", strings.NewReader(png))
	w.must(err)
	_, err = w.Runbooks.Submit(ctx, agent, x.ID, 0)
	w.must(err)
	_, err = w.Runbooks.Review(ctx, lead, x.ID, true, "", 0)
	w.must(err)
	_, err = w.Runbooks.Publish(ctx, lead, x.ID, 0)
	w.must(err)
	c, err := w.Runbooks.Begin(ctx, agent, ticket.Target{ID: w.ticket.ID}, runbook.Beginning{Runbook: x.ID, Send: true})
	w.must(err)
	w.sent = sentBook{key(int64(x.ID)), key(int64(c.ID)), file.Token}
	return w.sent
}
