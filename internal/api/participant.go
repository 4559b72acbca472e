// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"

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
		Person  int64  `json:"person,omitempty" minimum:"1" maximum:"9007199254740991"`
		Address string `json:"address,omitempty" maxLength:"254" doc:"Or an address that the requester named"`
	}
	leaveOutJSON struct {
		Address string `json:"address" minLength:"1" maxLength:"254"`
	}
)

// participantCommands let people take part in a ticket, and no longer.
func (a *API) participantCommands() {
	command(a, ticket.CmdAddParticipant, access.TicketAnswer, "Let somebody take part",
		"They read the public side, reply, and are told of replies, solutions, waits and the end. Staff; and the requester on the own ticket, "+
			"by address, who gets the same answer whether or not the desk knows it.",
		simple(func(b addParticipantJSON) ticket.Command {
			return ticket.AddParticipant{Person: person.ID(b.Person), Address: b.Address}
		}))
	command(a, ticket.CmdRemoveParticipant, access.TicketAnswer, "Let somebody take part no longer", "At once: links and letters end with it.",
		simple(func(b removeParticipantJSON) ticket.Command {
			return ticket.RemoveParticipant{Person: person.ID(b.Person), Address: b.Address}
		}))
	command(a, ticket.CmdLeave, access.TicketSay, "Take part no longer", "Whoever takes part leaves; the requester cannot bring them back.",
		simple(func(struct{}) ticket.Command { return ticket.Leave{} }))
	command(a, ticket.CmdLeaveOut, access.TicketWork, "Leave an address out", "A mail was copied to it; it is not proposed again.",
		simple(func(b leaveOutJSON) ticket.Command { return ticket.LeaveOut{Address: b.Address} }))
}

// participant writes whom a fact is about: by name, or to readers outside the desk by the address
// under which the requester named them.
func (a *API) participant(ctx context.Context, r reader, who person.ID, address string) factJSON {
	out := factJSON{Address: address}
	if who != 0 && (address == "" || r.staff()) {
		out.Participant = a.who(ctx, r, who)
	}
	return out
}
