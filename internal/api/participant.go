// SPDX-License-Identifier: Apache-2.0

package api

import (
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

type (
	addParticipantJSON struct {
		Person  int64  `json:"person,omitempty" minimum:"1" maximum:"9007199254740991" doc:"A person's id; staff only"`
		Address string `json:"address,omitempty" maxLength:"254" doc:"Or a mail address. From staff it becomes a requester where nobody has it"`
	}
	removeParticipantJSON struct {
		Person int64 `json:"person" minimum:"1" maximum:"9007199254740991"`
	}
	leaveOutJSON struct {
		Address string `json:"address" minLength:"1" maxLength:"254"`
	}
)

// participantCommands let people take part in a ticket, and no longer.
func (a *API) participantCommands() {
	command(a, ticket.CmdAddParticipant, access.TicketAnswer, "Let somebody take part",
		"They read the public side, reply, and are told of replies and solutions. Staff, and the requester on the own ticket.",
		simple(func(b addParticipantJSON) ticket.Command {
			return ticket.AddParticipant{Person: person.ID(b.Person), Address: b.Address}
		}))
	command(a, ticket.CmdRemoveParticipant, access.TicketAnswer, "Let somebody take part no longer", "At once: links and letters end with it.",
		simple(func(b removeParticipantJSON) ticket.Command {
			return ticket.RemoveParticipant{Person: person.ID(b.Person)}
		}))
	command(a, ticket.CmdLeaveOut, access.TicketWork, "Leave an address out", "A mail was copied to it; it is not proposed again.",
		simple(func(b leaveOutJSON) ticket.Command { return ticket.LeaveOut{Address: b.Address} }))
}
