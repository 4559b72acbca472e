// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// demoApproval is something that is asked of approvers on an open ticket of somebody, and what they say.
type demoApproval struct {
	Of      string // whose ticket: who works on it, and asks
	Like    string // a word of the ticket's subject that fits; any ticket of theirs where none has it
	Title   string
	Content string
	Note    string
	Levels  []demoLevel
	Days    int64
	Hold    bool
	Says    []demoSays // in this order
}

// demoLevel is who is asked at the same time, by address.
type demoLevel struct {
	People []string
	Mode   approval.Mode
}

// demoSays is what an approver says.
type demoSays struct {
	By      string
	Yes     bool
	Comment string
}

// anybody finds somebody of the sample by address.
func (c *cast) anybody(email string) person.Person {
	if p, ok := c.staff[email]; ok {
		return p
	}
	i := slices.IndexFunc(c.requesters, func(p person.Person) bool { return p.Email == email })
	if i < 0 {
		return person.Person{}
	}
	return c.requesters[i]
}

// castApprovals asks approvers on tickets that are open at the end, so that what waits, what was
// granted and what was refused can be seen.
func (h *House) castApprovals(ctx context.Context, c *cast) error {
	used := []ticket.ID{}
	for _, d := range c.script.Approvals {
		by := staffActor(c.staff[d.Of])
		p, err := h.Tickets.List(ctx, by, ticket.Filter{View: ticket.Risk, Limit: 200})
		if err != nil {
			return err
		}
		fits := func(t ticket.Ticket) bool {
			mine := slices.ContainsFunc(d.Levels, func(l demoLevel) bool {
				return slices.ContainsFunc(l.People, func(who string) bool { return c.anybody(who).ID == t.Requester })
			})
			return t.Assignee == c.staff[d.Of].ID && t.Status == ticket.Opened && !mine && !slices.Contains(used, t.ID)
		}
		i := slices.IndexFunc(p.Tickets, func(t ticket.Ticket) bool { return fits(t) && strings.Contains(t.Subject, d.Like) })
		if i < 0 {
			i = slices.IndexFunc(p.Tickets, fits)
		}
		if i < 0 {
			continue // they have nothing open at this hour
		}
		used = append(used, p.Tickets[i].ID)
		if err := h.castApproval(ctx, c, by, p.Tickets[i], d); err != nil {
			return fmt.Errorf("demo: an approval: %w", err)
		}
	}
	return nil
}

func (h *House) castApproval(ctx context.Context, c *cast, by access.Actor, t ticket.Ticket, d demoApproval) error {
	q := approval.Ask{Subject: approval.Subject{Title: d.Title, Content: d.Content}, Note: d.Note, Days: d.Days, Hold: d.Hold}
	for _, l := range d.Levels {
		level := approval.AskLevel{Mode: l.Mode}
		for _, who := range l.People {
			level.People = append(level.People, c.anybody(who).ID)
		}
		q.Levels = append(q.Levels, level)
	}
	a, err := h.Approvals.Ask(ctx, by, ticket.Target{ID: t.ID}, q)
	if errs.KindOf(err) == errs.Missing && err != nil { // it may not wait yet: its record was not read back
		q.Hold = false
		a, err = h.Approvals.Ask(ctx, by, ticket.Target{ID: t.ID}, q)
	}
	for _, s := range d.Says {
		if err != nil {
			return err
		}
		who := c.anybody(s.By)
		via := "web"
		if !who.Role.Staff() {
			via = "portal"
		}
		_, err = h.Approvals.Decide(ctx, access.Actor{ID: int64(who.ID), Kind: access.Person, Role: who.Role, Via: via}, a.ID,
			approval.Decision{Yes: s.Yes, Comment: s.Comment})
	}
	return err
}
