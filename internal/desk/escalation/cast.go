// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"context"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// cast is everybody who can be told, gathered before a commit begins.
type cast struct {
	staff  []person.Person
	groups []person.Group
	oncall map[rota.ID][]person.ID
}

func (s *Service) cast(ctx context.Context, p Plan, now time.Time) (cast, error) {
	out := cast{oncall: map[rota.ID][]person.ID{}}
	var err error
	if out.staff, err = s.People.Staff(ctx); err != nil {
		return out, err
	}
	if out.groups, err = s.People.Groups(ctx); err != nil {
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

// working keeps of the people those who work here now.
func (c cast) working(list ...person.ID) []person.ID {
	var out []person.ID
	for _, who := range list {
		if slices.ContainsFunc(c.staff, func(p person.Person) bool { return p.ID == who }) && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	return out
}

func (c cast) members(which person.GroupID) []person.ID {
	if i := slices.IndexFunc(c.groups, func(g person.Group) bool { return g.ID == which }); i >= 0 {
		return c.working(c.groups[i].Members...)
	}
	return nil
}

// leads are those of the ticket's group, else all, else the administrators: somebody must know.
func (c cast) leads(t ticket.Ticket) []person.ID {
	var all, admins []person.ID
	for _, p := range c.staff {
		switch p.Role {
		case access.Lead:
			all = append(all, p.ID)
		case access.Admin:
			admins = append(admins, p.ID)
		case access.Requester, access.Agent:
		}
	}
	members := c.members(t.Group)
	own := slices.DeleteFunc(slices.Clone(all), func(who person.ID) bool { return !slices.Contains(members, who) })
	for _, list := range [][]person.ID{own, all} {
		if len(list) > 0 {
			return list
		}
	}
	return admins
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
			if a, list = Group, c.members(t.Group); len(list) == 0 || step.Clock == ClockDeclared {
				a, list = Leads, c.leads(t)
			}
		}
		add(a, list)
	}
	return out, gap
}

func (c cast) audience(a Audience, step Step, standby rota.ID, t ticket.Ticket) []person.ID {
	switch a {
	case Assignee:
		if list := c.working(t.Assignee); len(list) > 0 {
			return list
		}
		return c.working(t.Owner)
	case Owner:
		return c.working(t.Owner)
	case Group:
		return c.members(t.Group)
	case Leads:
		return c.leads(t)
	case OnCall:
		which := step.Rota
		if which == 0 {
			which = standby
		}
		return c.working(c.oncall[which]...)
	}
	return nil
}
