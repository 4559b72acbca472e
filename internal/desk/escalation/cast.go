// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// cast is everybody who can be told, gathered before a commit begins.
type cast struct {
	person.Crew
	oncall map[rota.ID][]person.ID
}

func (s *Service) cast(ctx context.Context, p Plan, now time.Time) (cast, error) {
	out := cast{oncall: map[rota.ID][]person.ID{}}
	var err error
	if out.Crew, err = s.People.Crew(ctx); err != nil {
		return out, err
	}
	list := []rota.ID{s.rota()}
	for _, step := range p.Steps {
		list = append(list, step.Rota)
	}
	for _, which := range list {
		if _, known := out.oncall[which]; known || which == 0 {
			continue
		}
		if out.oncall[which], err = s.Rotas.OnCall(ctx, which, now); err != nil {
			return out, err
		}
	}
	return out, nil
}

// told says who is told about a step, each once, and whether a rota had nobody to offer.
func (c cast) told(step Step, standby rota.ID, t ticket.Ticket) (out []Told, gap bool) {
	add := func(as Audience, list []person.ID) {
		for _, who := range list {
			if !slices.ContainsFunc(out, func(x Told) bool { return x.Person == who }) {
				out = append(out, Told{who, as})
			}
		}
	}
	for _, a := range step.To {
		list := c.audience(a, step, standby, t)
		if a == OnCall && len(list) == 0 {
			gap = true
		}
		if len(list) == 0 { // who can act in their place
			if a, list = Group, c.Members(t.Group); len(list) == 0 || step.Clock == ClockDeclared {
				a, list = Leads, c.Leads(t.Group)
			}
		}
		add(a, list)
	}
	return out, gap
}

func (c cast) audience(a Audience, step Step, standby rota.ID, t ticket.Ticket) []person.ID {
	switch a {
	case Assignee:
		if list := c.Working(t.Assignee); len(list) > 0 {
			return list
		}
		return c.Working(t.Owner)
	case Owner:
		return c.Working(t.Owner)
	case Group:
		return c.Members(t.Group)
	case Leads:
		return c.Leads(t.Group)
	case OnCall:
		which := step.Rota
		if which == 0 {
			which = standby
		}
		return c.Working(c.oncall[which]...)
	}
	return nil
}
