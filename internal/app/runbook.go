// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// runbookChannel is where the nodes tell each other that another runbook is in force.
const runbookChannel = "runbook"

// runbooks makes the room of what is known about how to handle a request.
func (h *House) runbooks(s stores) {
	h.Runbooks = runbook.NewService(runbook.Parts{
		DB: s.DB, Bus: h.Bus, Clock: h.Clock, People: h.People, Catalog: h.Catalog, Settings: h.Settings, Tickets: h.Tickets, Blobs: s.Blobs,
		Changed: func(tx *db.Tx) {
			if tx.Engine() == db.Postgres {
				tx.Notify(runbookChannel, "")
			}
		},
	})
}
