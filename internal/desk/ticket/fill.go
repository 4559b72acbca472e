// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// A ticket is asked what the form of its category asks. It keeps the version with which it was
// filled in, whatever becomes of the form or of the category. What the form still asks for is
// worked out when something is answered and recorded with the answers, so that gates look at the
// ticket alone.

// Filled is a form as far as it is answered.
type Filled struct {
	Category catalog.CategoryID // whose form it is: the ticket's category or one above it
	Version  int64
	Answers  form.Answers `json:",omitempty"`
	Missing  []form.Ask   `json:",omitempty"` // what has to be answered by some step and is not
	Words    []string     `json:",omitempty"` // the answers as somebody may look for them
}

// IsZero reports whether there is no form.
func (f Filled) IsZero() bool { return f.Version == 0 }

// Given is what was typed into a form, and which form was shown.
type Given struct {
	Version int64 // 0 for the one in force
	Answers map[string][]string
	// Partly lets what has to be answered at once be missing: whoever takes a request down for
	// somebody else asks for it later, and it stands before a solution at the latest (N21).
	Partly bool
}

// Fill answers questions of the ticket's form; those that are not named stay as they are, and one
// with no value is taken back.
type Fill struct{ Answers map[string][]string }

// Name of the command.
func (Fill) Name() Name { return CmdFill }

// FormFilled says what the form of a ticket is and how it is answered, as a whole: its history
// is the difference between one and the next.
type FormFilled struct {
	Of
	Form        Filled
	ByRequester bool `json:",omitempty"`
}

func (f FormFilled) apply(t *Ticket, _ event.Meta) {
	if was := t.Detail.Form; was.Category != f.Form.Category && len(was.Answers) > 0 {
		t.Detail.Forms = append(otherForms(t.Detail.Forms, was.Category), was)
	}
	t.Detail.Forms = otherForms(t.Detail.Forms, f.Form.Category)
	t.Detail.Form = f.Form
}

// otherForms are the forms of other categories; nil where there are none, as a stored list reads back.
func otherForms(list []Filled, which catalog.CategoryID) []Filled {
	var out []Filled
	for _, f := range list {
		if f.Category != which {
			out = append(out, f)
		}
	}
	return out
}

// fill makes a form with answers that are right in type.
func fill(of catalog.Form, answers form.Answers) Filled {
	out := Filled{Category: of.Category, Version: of.Version, Missing: of.Fields.Missing(answers), Words: of.Fields.Words(answers)}
	if len(answers) > 0 {
		out.Answers = answers
	}
	return out
}

func (c Fill) decide(t Ticket, w world) ([]Fact, error) {
	f, err := fillIn(t, w, c.Answers)
	if err != nil {
		return nil, err
	}
	return []Fact{FormFilled{Of: Of{t.ID}, Form: f}}, nil
}

// fillIn writes answers over those that the ticket has.
func fillIn(t Ticket, w world, given map[string][]string) (Filled, error) {
	if w.form.Version == 0 {
		return Filled{}, errs.New(errs.Conflict, "form.none")
	}
	if len(given) == 0 {
		return Filled{}, errs.Field("answers", "ticket.record_nothing")
	}
	all := map[string][]string{}
	maps.Copy(all, t.Detail.Form.Answers)
	var bad []errs.FieldError
	for name, values := range given {
		field, known := w.form.Fields.Field(name)
		if !known {
			bad = append(bad, errs.FieldError{Name: form.Prefix + name, Key: "ticket.answer_unknown"})
		}
		if len(values) > 0 && (field.Kind.Chosen() || field.Kind == form.YesNo) {
			values = byWords(field, values)
		}
		if field.Kind == form.File {
			bad = append(bad, filesOf(name, values, w.files)...)
		}
		all[name] = values
	}
	answers, wrong := w.form.Fields.Read(all)
	if bad = append(bad, wrong...); len(bad) > 0 {
		slices.SortFunc(bad, func(a, b errs.FieldError) int { return strings.Compare(a.Name, b.Name) })
		return Filled{}, errs.Invalidf(bad...)
	}
	return fill(w.form, answers), nil
}

// filesOf refuses files that are not on the ticket.
func filesOf(name string, tokens []string, have map[string]bool) []errs.FieldError {
	for _, token := range tokens {
		if token != "" && !have[token] {
			return []errs.FieldError{{Name: form.Prefix + name, Key: "form.file_gone"}}
		}
	}
	return nil
}

// reform is the fact with which a ticket gets the form of another category: answers that fit
// come along, and those that it was given in this category before come back. None where the form
// stays what it is.
func (w world) reform(t Ticket) []Fact {
	was, now := t.Detail.Form, w.form
	if was.Category == now.Category {
		return nil
	}
	answers := form.Answers{}
	for _, f := range t.Detail.Forms {
		if f.Category == now.Category {
			maps.Copy(answers, f.Answers)
		}
	}
	maps.Copy(answers, was.Answers)
	if now.Version == 0 {
		return []Fact{FormFilled{Of: Of{t.ID}}}
	}
	return []Fact{FormFilled{Of: Of{t.ID}, Form: fill(now, now.Fields.Carry(answers))}}
}

// formOf reads the form that a command is decided with, within the commit: of the ticket, or of
// the category that it is given.
func (s *Service) formOf(ctx context.Context, tx *db.Tx, w *world, t Ticket, cmd Command) (err error) {
	switch c := cmd.(type) {
	case Fill, Ask, Answering:
		return s.ownForm(ctx, tx, w, t)
	case Classify:
		w.form, err = s.Catalog.FormForIn(ctx, tx, c.Category)
	}
	return err
}

// ownForm is the version that the ticket was filled in with, or that its category has now.
func (s *Service) ownForm(ctx context.Context, tx *db.Tx, w *world, t Ticket) (err error) {
	if own := t.Detail.Form; own.Version != 0 {
		w.form, err = s.Catalog.FormAtIn(ctx, tx, own.Category, own.Version)
	} else {
		w.form, err = s.Catalog.FormForIn(ctx, tx, t.Category)
	}
	if err != nil {
		return err
	}
	files, err := attachments(ctx, tx, t.ID)
	w.files = map[string]bool{}
	for _, a := range files {
		w.files[a.Token] = true
	}
	return err
}

// FormOf returns the form with which a ticket is filled in; the zero Form where it has none.
func (s *Service) FormOf(ctx context.Context, t Ticket) (catalog.Form, error) {
	if own := t.Detail.Form; own.Version != 0 {
		return s.Catalog.FormAt(ctx, own.Category, own.Version)
	}
	return s.Catalog.FormFor(ctx, t.Category)
}

// asked reads the form of a new request. Whoever was shown one has to answer what it asks for at once.
func (s *Service) asked(ctx context.Context, r *Request) error {
	of, err := s.Catalog.FormFor(ctx, r.Category)
	if err != nil || of.Version == 0 {
		return err
	}
	if r.Given == nil {
		r.filled = fill(of, nil)
		return nil
	}
	if v := r.Given.Version; v != 0 && v != of.Version { // saved anew while it was being filled in
		if shown, err := s.Catalog.FormAt(ctx, of.Category, v); err == nil {
			of = shown
		}
	}
	answers, bad := of.Fields.Read(r.Given.Answers)
	files := map[string]bool{}
	for _, token := range r.Say.Files {
		files[token] = true
	}
	for _, field := range of.Fields {
		if field.Kind == form.File {
			bad = append(bad, filesOf(field.Name, answers[field.Name], files)...)
		}
	}
	r.filled = fill(of, answers)
	for _, ask := range r.filled.Missing {
		wrong := slices.ContainsFunc(bad, func(b errs.FieldError) bool { return b.Name == form.Prefix+ask.Name })
		if ask.By == form.ToRecord && !wrong && !r.Given.Partly {
			bad = append(bad, errs.FieldError{Name: form.Prefix + ask.Name, Key: "form.needed"})
		}
	}
	if len(bad) > 0 && text.Body(r.Say.Text) == "" {
		bad = append([]errs.FieldError{{Name: "text", Key: "ticket.text_empty"}}, bad...)
	}
	return errs.Invalidf(bad...)
}

// GateForm asks for what the form of the ticket's category wants answered by now (N21). Questions
// of earlier steps count too, each step as a gap of its own.
func GateForm(by ...form.Stage) Gate {
	return func(t Ticket) []errs.Gap {
		var out []errs.Gap
		for _, stage := range by {
			var zh, en []string
			for _, ask := range t.Detail.Form.Missing {
				if ask.By != stage {
					continue
				}
				zh = append(zh, ask.Label)
				if ask.LabelEN == "" {
					ask.LabelEN = ask.Label
				}
				en = append(en, ask.LabelEN)
			}
			if len(zh) > 0 {
				out = append(out, errs.Gap{
					Clause: "N21", Key: GapOfForm(stage), Form: "fill", Deviable: true,
					Names: strings.Join(zh, "、"), NamesEN: strings.Join(en, ", "),
				})
			}
		}
		return out
	}
}

// GapOfForm names the gap of questions that have to be answered by a stage.
func GapOfForm(stage form.Stage) string {
	return "gap.form_" + strings.ReplaceAll(string(stage), "-", "_")
}

// byWords lets an answer name options by their words too.
func byWords(f form.Field, values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = optionOf(f, v)
	}
	return out
}
