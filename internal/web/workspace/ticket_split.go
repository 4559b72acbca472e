// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

func readSplit(form *page.Form) ticket.Command {
	c := ticket.Split{Subject: form.Text("subject"), Category: catalog.CategoryID(form.Int("category"))}
	for _, which := range form.Ints("messages") {
		c.Messages = append(c.Messages, ticket.MessageID(which))
	}
	return c
}

// splittable are the messages that may be taken into a new ticket, oldest first, with who wrote
// them, when, and how they begin.
func splittable(p place) ui.Field {
	f := ui.Field{Name: "messages", ID: p.id("messages"), Label: p.s.T("workticket.split_messages"), Help: p.s.T("workticket.split_messages_help"), Error: p.Form.Mark("messages"), Values: p.Form.All("messages"), Long: true}
	for _, e := range p.s.entries {
		m := e.Message
		if m == nil || m.Kind == ticket.Unsent {
			continue
		}
		who := p.s.person(m.Author).Name
		switch {
		case m.Kind == ticket.Internal:
			who += " · " + p.s.T("ui.internal_note")
		case m.Kind == ticket.Call:
			who += " · " + p.s.T("workticket.card_call")
		case m.ByUser:
			who += " · " + p.s.T("workticket.split_own_words")
		}
		f.Options = append(f.Options, ui.Option{
			Value: key(int64(m.ID)), Label: beginning(m.Text), Note: who + " · " + p.s.c.Moment(m.At),
		})
	}
	return f
}

// beginning is how a message begins, on one line.
func beginning(s string) string {
	line := strings.Join(strings.Fields(s), " ")
	if r := []rune(line); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return line
}

// lastOfUser is the message that is probably meant: the last of the user's side but the request.
func (s *sheet) lastOfUser() string {
	for _, e := range slices.Backward(s.entries) {
		if m := e.Message; m != nil && m.ByUser && !m.First {
			return key(int64(m.ID))
		}
	}
	return ""
}
