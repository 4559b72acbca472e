// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// demoAside is what a colleague writes on a ticket of somebody, and who watches it.
type demoAside struct {
	By    string
	Of    string // whose ticket: who works on it
	Text  string
	Watch []string
}

// recentFor is how far back of the past that is written people are told on their pages.
const recentFor = 30 * time.Hour

// castAsides lets colleagues speak to one another on the tickets that are open at the end.
func (h *House) castAsides(ctx context.Context, c *cast) error {
	used := []ticket.ID{}
	for _, a := range c.script.Asides {
		by := staffActor(c.staff[a.By])
		p, err := h.Tickets.List(ctx, by, ticket.Filter{View: ticket.Risk, Limit: 200})
		if err != nil {
			return err
		}
		i := slices.IndexFunc(p.Tickets, func(t ticket.Ticket) bool { return t.Assignee == c.staff[a.Of].ID && !slices.Contains(used, t.ID) })
		if i < 0 {
			continue // they have nothing open at this hour
		}
		t := p.Tickets[i]
		used = append(used, t.ID)
		for _, who := range a.Watch {
			if err := h.Inbox.Watch(ctx, staffActor(c.staff[who]), t); err != nil {
				return fmt.Errorf("demo: watch: %w", err)
			}
		}
		if _, err := h.Tickets.Do(ctx, by, ticket.Target{ID: t.ID}, ticket.Note{Say: ticket.Say{Text: a.Text}}); err != nil {
			return fmt.Errorf("demo: a note: %w", err)
		}
	}
	return h.reviewDemo(ctx, c)
}

// reviewDemo lets the lead look at the older deviations, most of which she accepts.
func (h *House) reviewDemo(ctx context.Context, c *cast) error {
	lead := staffActor(c.lead())
	p, err := h.Scores.Deviations(ctx, lead, score.Filter{Limit: 200}, c.zone)
	if err != nil {
		return fmt.Errorf("demo: deviations: %w", err)
	}
	for i, d := range p.List {
		finding, comment := score.Accepted, ""
		switch {
		case i < 2 || d.By == c.lead().ID:
			continue // not looked at yet
		case i%4 == 3:
			finding, comment = score.Refused, c.script.Refused
		}
		if err := h.Scores.Review(ctx, lead, d.Event, finding, comment); err != nil {
			return fmt.Errorf("demo: a review: %w", err)
		}
	}
	return nil
}
