// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// offeredMentions bounds the colleagues that are listed at once.
const offeredMentions = 7

// offerMentions answers, while "@" is typed in a note, with the colleagues who may be meant:
// found by name, by how it sounds and by its initials. Whoever may not read the ticket is not
// offered: to be called gives no rights.
func (f *Faces) offerMentions(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	s := f.bare(c, t)
	if !c.Fragment() {
		return c.Redirect(s.home())
	}
	typed := strings.TrimSpace(c.Query("q"))
	list, err := s.mentionable(typed)
	if err != nil {
		return err
	}
	nobody := false
	if len(list) == 0 && typed != "" {
		if nobody, err = s.names(typed); err != nil {
			return err
		}
		nobody = !nobody
	}
	return c.Show(mentionOptions(s, list, nobody))
}

// names reports whether what was typed begins with the name of a colleague: in Chinese the words
// go on behind it without a space.
func (s *sheet) names(typed string) (bool, error) {
	staff, err := s.f.People.Staff(s.c.Context())
	return slices.ContainsFunc(staff, func(p person.Person) bool {
		return len(typed) >= len(p.Name) && strings.EqualFold(typed[:len(p.Name)], p.Name)
	}), err
}

// mentionable are the colleagues for what was typed; for nothing yet those who have to do with
// the ticket come first.
func (s *sheet) mentionable(typed string) ([]person.Person, error) {
	ctx := s.c.Context()
	var list []person.Person
	var err error
	if typed == "" {
		if list, err = s.f.People.Staff(ctx); err != nil {
			return nil, err
		}
		list = slices.Clone(list)
		team := s.f.People.Group(ctx, s.t.Group).Members
		near := func(p person.Person) int {
			switch {
			case p.ID == s.t.Owner || p.ID == s.t.Assignee:
				return 0
			case slices.Contains(team, p.ID):
				return 1
			}
			return 2
		}
		slices.SortStableFunc(list, func(a, b person.Person) int { return near(a) - near(b) })
	} else if list, err = s.f.People.Find(ctx, s.c.Actor, typed, true, 3*offeredMentions); err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(p person.Person) bool {
		who := access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
		return p.ID == s.c.Person.ID || access.Can(who, access.TicketRead, s.t.Object()) != nil
	})
	return list[:min(len(list), offeredMentions)], nil
}

// mentionsOf are the colleagues whom a note calls.
func (s *sheet) mentionsOf(m *ticket.Message) []ticket.Mention {
	for _, e := range s.entries {
		if said, ok := e.Fact.(ticket.Said); ok && said.Message == m.ID {
			return said.Mentions
		}
	}
	return nil
}

// stretch is a stretch of a text: plain, or the name of somebody who is called.
type stretch struct {
	Text string
	Who  person.ID // 0 for plain words
}

// called cuts a text at the names of those who are called in it.
func called(text string, list []ticket.Mention) []stretch {
	var out []stretch
	plain := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if r != '@' && r != '＠' {
			i += size
			continue
		}
		best := ticket.Mention{}
		for _, m := range list {
			rest := text[i+size:]
			if len(m.Name) > len(best.Name) && len(rest) >= len(m.Name) && strings.EqualFold(rest[:len(m.Name)], m.Name) {
				best = m
			}
		}
		if best.Person == 0 {
			i += size
			continue
		}
		end := i + size + len(best.Name)
		if plain < i {
			out = append(out, stretch{Text: text[plain:i]})
		}
		out = append(out, stretch{text[i:end], best.Person})
		i, plain = end, end
	}
	if plain < len(text) {
		out = append(out, stretch{Text: text[plain:]})
	}
	return out
}
