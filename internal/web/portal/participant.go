// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// mine reports whether the reader asked for a ticket. Whoever else reads it here takes part.
func mine(c *page.Ctx, t ticket.Ticket) bool { return int64(t.Requester) == c.Actor.ID }

// addParticipant lets somebody whom the desk knows take part in one's own request.
func (f *Faces) addParticipant(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "person")
	if err != nil {
		return err
	}
	return f.do(c, form, ticket.AddParticipant{Address: form.Text("person")}, "portal.part_added")
}

// removeParticipant ends that at once.
func (f *Faces) removeParticipant(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "person")
	if err != nil {
		return err
	}
	return f.do(c, form, ticket.RemoveParticipant{Person: person.ID(form.Int("person"))}, "portal.part_removed")
}
