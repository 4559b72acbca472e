// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// Crew is who works at the desk now, and in which groups.
type Crew struct {
	Staff  []Person
	Groups []Group
}

// Crew returns who works at the desk now.
func (s *Service) Crew(ctx context.Context) (out Crew, err error) {
	if out.Staff, err = s.Staff(ctx); err != nil {
		return out, err
	}
	out.Groups, err = s.Groups(ctx)
	return out, err
}

// Working keeps of the people those who work here now, each once.
func (c Crew) Working(list ...ID) []ID {
	var out []ID
	for _, who := range list {
		if slices.ContainsFunc(c.Staff, func(p Person) bool { return p.ID == who }) && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	return out
}

// Members are those of a group who work here now.
func (c Crew) Members(of GroupID) []ID {
	if i := slices.IndexFunc(c.Groups, func(g Group) bool { return g.ID == of }); i >= 0 {
		return c.Working(c.Groups[i].Members...)
	}
	return nil
}

// Instead are who can act where those who have something left: the group, else who leads (N12).
func (c Crew) Instead(of GroupID) []ID {
	if list := c.Members(of); len(list) > 0 {
		return list
	}
	return c.Leads(of)
}

// Leads are those of a group, else all, else the administrators: somebody must know.
func (c Crew) Leads(of GroupID) []ID {
	var all, admins []ID
	for _, p := range c.Staff {
		switch p.Role {
		case access.Lead:
			all = append(all, p.ID)
		case access.Admin:
			admins = append(admins, p.ID)
		case access.Requester, access.Agent:
		}
	}
	members := c.Members(of)
	own := slices.DeleteFunc(slices.Clone(all), func(who ID) bool { return !slices.Contains(members, who) })
	for _, list := range [][]ID{own, all} {
		if len(list) > 0 {
			return list
		}
	}
	return admins
}
