// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// approving makes the room of approvals and tells it whom its rules mean.
func (h *House) approving() {
	h.Approvals = approval.NewService(approval.Parts{
		DB: h.DB, Bus: h.Bus, Clock: h.Clock, Jobs: h.Jobs, People: h.People, Settings: h.Settings, Tickets: h.Tickets, Links: h.Links,
		Contents: h.contents(), Calendar: h.Clocks.Calendar, Manager: h.managerOf, Owner: h.ownerOf,
	})
}

// contents are the rooms that keep what can be approved, by the name of its kind.
func (h *House) contents() map[string]approval.Contents { return map[string]approval.Contents{} }

// figures stand beside the navigation of whoever is signed in: what waits for their approval.
func (h *House) figures(ctx context.Context, c *page.Ctx) map[string]int {
	n, err := h.Approvals.Waits(ctx, c.Actor)
	if err != nil { // the page is worth more than the figure
		return nil
	}
	return map[string]int{"approvals": n}
}

// managerOf is whom somebody reports to, as the directory says.
func (h *House) managerOf(ctx context.Context, who person.ID) (person.ID, error) {
	p, err := h.Directory.ManagerOf(ctx, who)
	return p.ID, err
}

// ownerOf is who answers for a service.
func (h *House) ownerOf(context.Context, catalog.ServiceID) (person.ID, error) {
	return 0, errs.New(errs.NotFound, "approval.no_owner") // the register of services names none yet
}
