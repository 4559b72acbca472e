// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// helpDemo shows help at a distance (N26) on two tickets that are open at the end: a screen that
// the requester showed, and a tool that was opened by its link. Both have ended.
func (h *House) helpDemo(ctx context.Context, moving *clock.Manual, c *cast) error {
	agent := c.staff["chen.li@qinglan.example"]
	by := staffActor(agent)
	page, err := h.Tickets.List(ctx, by, ticket.Filter{View: ticket.Risk, Status: ticket.Opened, Limit: 200})
	if err != nil {
		return err
	}
	did := 0
	for _, t := range page.Tickets {
		at := c.now.Add(-time.Hour)
		if t.Assignee != agent.ID || t.Requester == agent.ID || t.UpdatedAt.After(at) || did == 2 {
			continue
		}
		moving.Set(at)
		if did == 0 {
			err = h.shareDemo(ctx, moving, by, t)
		} else {
			err = h.launchDemo(ctx, moving, by, t)
		}
		if err != nil {
			return fmt.Errorf("demo: remote help on %s: %w", t.Ref(), err)
		}
		did++
	}
	return nil
}

func (h *House) shareDemo(ctx context.Context, moving *clock.Manual, by access.Actor, t ticket.Ticket) error {
	on, who := ticket.Target{ID: t.ID}, h.People.Card(ctx, t.Requester)
	own := access.Actor{ID: int64(who.ID), Kind: access.Person, Role: who.Role, Via: "portal"}
	x, err := h.Remote.Ask(ctx, by, on, true)
	if err != nil {
		return err
	}
	moving.Advance(3 * time.Minute)
	if _, _, err := h.Remote.Agree(ctx, own, on, x.ID, remote.Consent{Text: remote.Words}); err != nil {
		return err
	}
	moving.Advance(20 * time.Second)
	if _, err := h.Remote.Exchange(ctx, by, on, x.ID, remote.Talk{Began: true}); err != nil {
		return err
	}
	moving.Advance(6 * time.Minute)
	_, err = h.Remote.Stop(ctx, own, on, x.ID)
	return err
}

func (h *House) launchDemo(ctx context.Context, moving *clock.Manual, by access.Actor, t ticket.Ticket) error {
	on := ticket.Target{ID: t.ID}
	x, _, err := h.Remote.Begin(ctx, by, on, "RustDesk", "316 204 887")
	if err != nil {
		return err
	}
	moving.Advance(14 * time.Minute)
	_, err = h.Remote.End(ctx, by, on, x.ID, remote.Closing{Outcome: remote.Partly, Note: "清了缓存，能打开；导出还慢，再查服务器一侧"})
	return err
}
