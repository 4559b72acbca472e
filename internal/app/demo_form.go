// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// demoForm is what a category of the sample organisation asks.
type demoForm struct {
	Category  string
	Questions []demoQuestion
}

type demoQuestion struct {
	Name, Kind, Label, Help, By, Unit string
	LabelEN                           string `toml:"label_en"`
	HelpEN                            string `toml:"help_en"`
	UnitEN                            string `toml:"unit_en"`
	Min, Max                          *float64
	Options                           [][3]string // value, name and English name
	Show                              [][3]string // question, comparison and value; all hold
}

// demoAnswers are what the requesters of a story answer.
type demoAnswers struct {
	Story string
	Given map[string][]string
}

func (q demoQuestion) field() form.Field {
	out := form.Field{
		Name: q.Name, Kind: form.Kind(q.Kind), Label: q.Label, LabelEN: q.LabelEN, Help: q.Help, HelpEN: q.HelpEN, By: form.Stage(q.By),
		Unit: q.Unit, UnitEN: q.UnitEN, Min: q.Min, Max: q.Max,
	}
	for _, o := range q.Options {
		out.Options = append(out.Options, form.Option{Value: o[0], Label: o[1], LabelEN: o[2]})
	}
	for _, t := range q.Show {
		out.Show.Tests = append(out.Show.Tests, form.Test{Field: t[0], Op: form.Op(t[1]), Value: t[2]})
	}
	return out
}

// castForms saves what the categories ask.
func (h *House) castForms(ctx context.Context, c *cast) error {
	for _, f := range c.script.Forms {
		var fields form.Form
		for _, q := range f.Questions {
			fields = append(fields, q.field())
		}
		which, ok := c.categories[f.Category]
		if !ok {
			return fmt.Errorf("no category %s", f.Category)
		}
		if _, err := h.Catalog.SaveForm(ctx, access.Desk(), which, fields, 0); err != nil {
			return fmt.Errorf("%s: %w", f.Category, err)
		}
	}
	return nil
}

// given is what the requester of the story answers; nil where nothing is asked.
func (l *life) given() map[string][]string {
	i := slices.IndexFunc(l.c.script.Answers, func(a demoAnswers) bool { return a.Story == l.story.Key })
	if i < 0 {
		return nil
	}
	return maps.Clone(l.c.script.Answers[i].Given)
}

// fillIn writes down what the agent learns for the category's form.
func (l *life) fillIn() {
	if g := l.given(); g != nil {
		l.work(ticket.Fill{Answers: g})
	}
}
