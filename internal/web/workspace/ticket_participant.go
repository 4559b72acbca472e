// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// readAddParticipant takes the one who was chosen, or whoever is meant by a name or an address.
func readAddParticipant(f *Faces, c *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
	if n := form.Int("person"); n > 0 {
		return ticket.AddParticipant{Person: person.ID(n)}, nil
	}
	who := form.Text("who")
	if strings.Contains(who, "@") {
		return ticket.AddParticipant{Address: who}, nil
	}
	list, err := f.matching(c, who)
	switch {
	case err != nil:
		return nil, err
	case len(list) == 1:
		return ticket.AddParticipant{Person: list[0].ID}, nil
	case len(list) > 1:
		return nil, errs.New(errs.Conflict, "workticket.part_which", "Text", who)
	}
	return nil, errs.New(errs.Conflict, "ticket.participant_unknown")
}

func readRemoveParticipant(form *page.Form) ticket.Command {
	return ticket.RemoveParticipant{Person: person.ID(form.Int("person"))}
}

func readLeaveOut(form *page.Form) ticket.Command {
	return ticket.LeaveOut{Address: form.Text("address")}
}

// matching are the people whom a few letters may mean, as on the phone pad.
func (f *Faces) matching(c *page.Ctx, text string) ([]person.Person, error) {
	if text == "" {
		return nil, nil
	}
	return f.People.Find(c.Context(), c.Actor, text, false, 2*foundPeople)
}

// findParticipant answers who may be meant, while one is still typing.
func (f *Faces) findParticipant(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	who := strings.TrimSpace(c.Query("who"))
	list, err := f.matching(c, who)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p person.Person) bool { return p.ID == t.Requester || t.TakesPart(p.ID) })
	v := foundParts{Text: who, People: list[:min(len(list), foundPeople)]}
	if address, ok := person.CleanEmail(who); ok && len(list) == 0 {
		_, err := f.People.ByEmail(c.Context(), address)
		if v.New = address; errs.KindOf(err) != errs.NotFound {
			v.New = ""
		}
	}
	return c.Show(partsFound(f.bare(c, t), v))
}

// foundParts is who may be meant by what was typed.
type foundParts struct {
	Text   string
	People []person.Person
	New    string // an address that nobody has yet
}

// proposal is an address to decide about, with the name that the desk knows it by.
type proposal struct {
	Address, Name string
	Asked         bool // by the requester
}

func (s *sheet) proposals() []proposal {
	out := make([]proposal, 0, len(s.copied))
	for _, address := range s.copied {
		p := proposal{Address: address, Asked: slices.ContainsFunc(s.t.Detail.Named, func(n ticket.Named) bool { return n.Address == address })}
		if who, err := s.f.People.ByEmail(s.c.Context(), address); err == nil {
			p.Name = who.Name
		}
		out = append(out, p)
	}
	return out
}

// copiedShown bounds the addresses that are asked about without being opened.
const copiedShown = 2
