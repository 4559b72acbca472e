// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) formOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/categories/{id}/form", id: "get-category-form", tag: "Catalogue", action: access.TicketOpen,
		summary: "What a category asks",
		about:   "The questions of its own form or, where it never had one, of the nearest category above. 404 where nothing is asked.",
	}, a.getForm)
}

type (
	optionJSON struct {
		Value string `json:"value"`
		Label string `json:"label"`
	}
	testJSON struct {
		Question string `json:"question"`
		Op       string `json:"op" enum:"is,is_not,at_least,at_most,answered,unanswered"`
		Value    string `json:"value,omitempty"`
	}
	questionJSON struct {
		Name    string       `json:"name"`
		Kind    string       `json:"kind" enum:"text,long,number,date,moment,choice,choices,yes_no,person,device,file"`
		Label   string       `json:"label"`
		Help    string       `json:"help,omitempty"`
		By      string       `json:"required_by,omitempty" enum:"record,accept,hand-over,resolve" doc:"Before which step it has to be answered"`
		Unit    string       `json:"unit,omitempty"`
		Min     *float64     `json:"min,omitempty"`
		Max     *float64     `json:"max,omitempty"`
		Options []optionJSON `json:"options,omitempty" nullable:"false"`
		Any     bool         `json:"show_if_any,omitempty" doc:"Shown where any test holds, rather than all"`
		Show    []testJSON   `json:"show_if,omitempty" nullable:"false" doc:"Shown always where it is missing"`
	}
	askJSON struct {
		Name  string `json:"name"`
		Label string `json:"label"`
		By    string `json:"required_by" enum:"record,accept,hand-over,resolve"`
	}
	filledJSON struct {
		Category int64          `json:"category" doc:"Whose form it is"`
		Version  int64          `json:"version"`
		Answers  []answeredJSON `json:"answers" nullable:"false"`
		Missing  []askJSON      `json:"missing,omitempty" nullable:"false"`
	}
	answeredJSON struct {
		Question string   `json:"question"`
		Kind     string   `json:"kind" enum:"text,long,number,date,moment,choice,choices,yes_no,person,device,file"`
		Label    string   `json:"label"`
		Values   []string `json:"values" nullable:"false" doc:"As they are sent: of choices the values of options, of files their tokens"`
		Number   *float64 `json:"number,omitempty" doc:"Of kind number"`
		Yes      *bool    `json:"yes,omitempty" doc:"Of kind yes_no"`
		Text     string   `json:"text" doc:"In the reader's language"`
	}
	givenJSON struct {
		Question string   `json:"question" minLength:"1" maxLength:"40" pattern:"^[a-z][a-z0-9_]*$"`
		Values   []string `json:"values" nullable:"false" maxItems:"50" maxLength:"4000" doc:"One, or for choices and files any number; none takes the answer back"`
	}
	fillJSON struct {
		Answers []givenJSON `json:"answers" nullable:"false" minItems:"1" maxItems:"40" doc:"What is not named stays as it is"`
	}
)

type formIn struct {
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
}

type formOut struct {
	Body struct {
		Category  int64          `json:"category" doc:"Whose form it is"`
		Version   int64          `json:"version"`
		Questions []questionJSON `json:"questions" nullable:"false"`
	} `nameHint:"CategoryForm"`
}

func (a *API) getForm(ctx context.Context, r reader, in *formIn) (*formOut, error) {
	c := a.Catalog.Category(ctx, catalog.CategoryID(in.ID))
	if c.ID == 0 || !c.Active && !r.staff() {
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	f, err := a.Catalog.FormFor(ctx, c.ID)
	if err == nil && f.Version == 0 {
		err = errs.New(errs.NotFound, "form.none")
	}
	if err != nil {
		return nil, err
	}
	out := &formOut{}
	out.Body.Category, out.Body.Version, out.Body.Questions = int64(f.Category), f.Version, []questionJSON{}
	for _, q := range f.Fields {
		x := questionJSON{
			Name: q.Name, Kind: string(q.Kind), Label: q.Question(r.lang), Help: q.Hint(r.lang), By: string(q.By),
			Unit: q.Measure(r.lang), Min: q.Min, Max: q.Max, Any: q.Show.Any,
		}
		for _, o := range q.Options {
			x.Options = append(x.Options, optionJSON{o.Value, o.Word(r.lang)})
		}
		for _, t := range q.Show.Tests {
			x.Show = append(x.Show, testJSON{t.Field, string(t.Op), t.Value})
		}
		out.Body.Questions = append(out.Body.Questions, x)
	}
	return out, nil
}

// filled writes the form of a ticket with its answers in their own types; nil where it has none.
func (a *API) filled(ctx context.Context, r reader, t ticket.Ticket) *filledJSON {
	d := t.Detail.Form
	of, err := a.Tickets.FormOf(ctx, t)
	if d.IsZero() || err != nil {
		return nil
	}
	out := &filledJSON{Category: int64(d.Category), Version: d.Version, Answers: typed(r, of.Fields, d.Answers)}
	for _, ask := range d.Missing {
		q, _ := of.Fields.Field(ask.Name)
		out.Missing = append(out.Missing, askJSON{ask.Name, q.Question(r.lang), string(ask.By)})
	}
	return out
}

func typed(r reader, of form.Form, answers form.Answers) []answeredJSON {
	out := []answeredJSON{}
	for _, q := range of {
		values := answers[q.Name]
		if len(values) == 0 {
			continue
		}
		x := answeredJSON{Question: q.Name, Kind: string(q.Kind), Label: q.Question(r.lang), Values: values, Text: q.Text(r.lang, values)}
		if n, err := strconv.ParseFloat(values[0], 64); err == nil && q.Kind == form.Number {
			x.Number = &n
		}
		if yes := values[0] == "yes"; q.Kind == form.YesNo {
			x.Yes = &yes
		}
		out = append(out, x)
	}
	return out
}

// given reads answers by their questions; the form judges what they say.
func given(list []givenJSON) map[string][]string {
	out := make(map[string][]string, len(list))
	for _, g := range list {
		out[g.Question] = g.Values
	}
	return out
}

func fillBody(b fillJSON) ticket.Command { return ticket.Fill{Answers: given(b.Answers)} }
