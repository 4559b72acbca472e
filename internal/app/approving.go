// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// approving makes the room of approvals and tells it whom its rules mean.
func (h *House) approving() {
	h.Approvals = approval.NewService(approval.Parts{
		DB: h.DB, Bus: h.Bus, Clock: h.Clock, Jobs: h.Jobs, People: h.People, Settings: h.Settings, Tickets: h.Tickets, Links: h.Links,
		Contents: h.contents(), Calendar: h.Clocks.Calendar, Manager: h.managerOf, Owner: h.ownerOf,
	})
	h.Runbooks.Approvals = h.Approvals // a risky step may be covered by one (N31)
}

// prepared voids an approval of what was written anew (N31).
func (h *House) prepared(ctx context.Context, _ event.Record, f runbook.Prepared) error {
	return h.Approvals.ContentChanged(ctx, f.Ticket, runbook.ApprovalKind, f.Ref())
}

// contents are the rooms that keep what can be approved, by the name of its kind.
func (h *House) contents() map[string]approval.Contents {
	return map[string]approval.Contents{runbook.ApprovalKind: h.Runbooks}
}

// figures stand beside the navigation of whoever is signed in: what waits for their approval, and what
// a requester was told and has not seen.
func (h *House) figures(ctx context.Context, c *page.Ctx) map[string]int {
	out := map[string]int{}
	if n, err := h.Approvals.Waits(ctx, c.Actor); err == nil { // the page is worth more than the figure
		out["approvals"] = n
	}
	if !c.Actor.Staff() || c.Actor.Via == "portal" {
		if n, err := h.Inbox.Unread(ctx, c.Actor); err == nil {
			out[page.ToldCount] = int(n)
		}
	}
	return out
}

// managerOf is whom somebody reports to, as the directory says.
func (h *House) managerOf(ctx context.Context, who person.ID) (person.ID, error) {
	p, err := h.Directory.ManagerOf(ctx, who)
	return p.ID, err
}

// ownerOf is who answers for a service.
func (h *House) ownerOf(ctx context.Context, which catalog.ServiceID) (person.ID, error) {
	if who := h.Catalog.OwnerOf(ctx, which); who != 0 {
		return who, nil
	}
	return 0, errs.New(errs.NotFound, "approval.no_owner")
}
