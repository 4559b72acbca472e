// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

type (
	wantJSON struct {
		Element  string `json:"element,omitempty"`
		Question string `json:"question,omitempty" doc:"Of the category's form"`
		Label    string `json:"label" doc:"As it was asked"`
	}
	askBodyJSON struct {
		Elements  []string `json:"elements,omitempty" nullable:"false" maxItems:"7" enum:"who,contact,since,symptom,affected,people,wanted"`
		Questions []string `json:"questions,omitempty" nullable:"false" maxItems:"40" maxLength:"40" pattern:"^[a-z][a-z0-9_]*$" doc:"Names of questions of the category's form"`
	}
	answerBodyJSON struct {
		Intake  *intakeJSON `json:"intake,omitempty"`
		Answers []givenJSON `json:"answers,omitempty" nullable:"false" maxItems:"40"`
		Text    string      `json:"text,omitempty" maxLength:"200000" doc:"The requester's own words; made of the answers where it is missing"`
	}
)

func (a *API) askCommands() {
	command(a, ticket.CmdAsk, access.TicketWork, "Ask the requester for what is missing", "One message, in the requester's language and by the way the request came (N15).", a.ask)
	command(a, ticket.CmdAnswer, access.TicketAnswer, "Answer what was asked for", "As the requester. Elements and questions are filled, and the answers stand as a message.", a.answer)
}

func (a *API) ask(ctx context.Context, r reader, n Numbered, b askBodyJSON) (ticket.Command, error) {
	t, err := a.read(ctx, r, n)
	if err != nil {
		return nil, err
	}
	c := ticket.Ask{Questions: b.Questions, Lang: a.Tickets.LangOf(a.People.Card(ctx, t.Requester)), Channel: ticket.API}
	for _, e := range b.Elements {
		c.Elements = append(c.Elements, ticket.Element(e))
	}
	return c, nil
}

func (a *API) answer(_ context.Context, _ reader, _ Numbered, b answerBodyJSON) (ticket.Command, error) {
	c := ticket.Answering{Elements: b.Intake.answers(), Questions: given(b.Answers), Say: ticket.Say{Text: b.Text, Channel: ticket.API}}
	if strings.TrimSpace(b.Text) == "" {
		var lines []string
		for _, e := range ticket.Elements() {
			if x, ok := c.Elements[e]; ok {
				lines = append(lines, string(e)+": "+x.Value+x.Reason)
			}
		}
		for _, g := range b.Answers {
			lines = append(lines, g.Question+": "+strings.Join(g.Values, ", "))
		}
		c.Say.Text = strings.Join(lines, "\n")
	}
	return c, nil
}

func wants(list []ticket.Wanting) []wantJSON {
	out := make([]wantJSON, 0, len(list))
	for _, w := range list {
		out = append(out, wantJSON{string(w.Element), w.Question, w.Label})
	}
	return out
}
