// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// presence answers who else is writing on a ticket.
func (f *Faces) presence(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	s := f.bare(c, t)
	if s.drafts, s.writers, err = f.Tickets.Drafts(c.Context(), c.Actor, t); err != nil {
		return err
	}
	return c.Show(presenceLines(s))
}

// presenceLine is one person who is writing, and what.
type presenceLine struct {
	Who  ui.Person
	Text string
}

func (s *sheet) presence() []presenceLine {
	var out []presenceLine
	for _, w := range s.writers {
		who := s.person(person.ID(w.Person))
		out = append(out, presenceLine{Who: who, Text: s.T("workticket.writing_"+string(w.Kind), "Name", who.Name)})
	}
	return out
}
