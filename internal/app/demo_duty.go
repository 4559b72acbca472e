// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// castRota puts the sample staff on call, by day and by night, and pages them where a major
// incident is declared.
func (h *House) castRota(ctx context.Context, c *cast) error {
	id := func(list []person.Person) (out []person.ID) {
		for _, p := range list {
			out = append(out, p.ID)
		}
		return out
	}
	first, second := c.members[c.groups[c.script.Groups[0].Name]], []person.Person{}
	for _, g := range c.script.Groups[1:] {
		second = append(second, c.members[c.groups[g.Name]]...)
	}
	monday := c.now.In(c.zone).AddDate(0, 0, -demoWeeks*7)
	monday = monday.AddDate(0, 0, -(int(monday.Weekday())+6)%7)
	start := time.Date(monday.Year(), monday.Month(), monday.Day(), 0, 0, 0, 0, time.UTC)
	saved, err := h.Rotas.Save(ctx, access.Desk(), rota.Rota{
		Name: c.script.Rota.Name, NameEN: c.script.Rota.NameEN, Zone: c.zone.String(), Active: true,
		Shifts: []rota.Shift{
			{Name: c.script.Rota.Day, From: 8 * 60, To: 20 * 60, Days: rota.EveryDay, People: id(first), Every: 7, Start: start},
			{Name: c.script.Rota.Night, From: 20 * 60, To: 8 * 60, Days: rota.EveryDay, People: id(second), Every: 1, Start: start},
		},
	}, 0)
	if err != nil {
		return fmt.Errorf("rota: %w", err)
	}
	plan := escalation.Start()
	for i := range plan.Steps {
		if plan.Steps[i].Clock == escalation.ClockDeclared {
			plan.Steps[i].Rota = saved.ID
		}
	}
	policy := major.Start()
	policy.Rota = saved.ID
	if err := setting.Save(ctx, h.Settings, access.Desk(), major.PolicyName, policy, 0); err != nil {
		return fmt.Errorf("major incidents: %w", err)
	}
	return h.Escalations.Save(ctx, access.Desk(), plan, 0)
}

// run adds something that the desk does about a ticket beside the commands on it.
func (l *life) run(do func(ctx context.Context, h *House, on ticket.ID) error) {
	l.steps = append(l.steps, step{at: l.at, play: l.play, also: do})
}

// shared makes a major incident of it: declared by the lead, told to everybody, reviewed.
func (l *life) shared() *life {
	lead := staffActor(l.c.lead())
	l.run(func(ctx context.Context, h *House, on ticket.ID) error {
		t, err := h.Tickets.Get(ctx, lead, ticket.Target{ID: on})
		if err == nil {
			_, err = h.Majors.Declare(ctx, lead, ticket.Target{ID: on}, major.Declaration{Headline: t.Subject, Public: true})
		}
		return err
	})
	l.wait(6, 14).run(func(ctx context.Context, h *House, on ticket.ID) error {
		_, err := h.Majors.Update(ctx, lead, ticket.Target{ID: on}, major.Word{Text: l.story.Progress, Public: true})
		return err
	})
	l.wait(20, 35).run(func(ctx context.Context, h *House, on ticket.ID) error {
		_, err := h.Majors.Update(ctx, lead, ticket.Target{ID: on}, major.Word{Text: l.story.Solution, Public: true})
		return err
	})
	l.wait(4, 9).run(func(ctx context.Context, h *House, on ticket.ID) error {
		_, err := h.Majors.End(ctx, lead, ticket.Target{ID: on}, major.End{Review: l.story.Cause + "\n" + l.story.Prevention})
		return err
	})
	return l
}

// lead is who leads the sample desk.
func (c *cast) lead() person.Person {
	for _, p := range c.script.Staff {
		if p.Role == string(access.Lead) {
			return c.staff[p.Email]
		}
	}
	return person.Person{}
}

// wide reports whether a past ticket is the one that many waited for.
func (c *cast) wide(l *life, i, n int) bool {
	return !c.waited && i > n/2 && l.priority() == triage.P1 && l.story.lang != "en"
}
