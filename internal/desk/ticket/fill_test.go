// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// printers is a category that asks: what is wrong at once, the tray before somebody accepts, the
// number of people before it is solved.
func (r *room) printers() catalog.Category {
	r.Helper()
	c, err := r.Catalog.SaveCategory(r.Context(), access.Desk(), catalog.Category{Name: "打印机"}, 0)
	if err != nil {
		r.Fatal(err)
	}
	r.ask(c, 0, form.Form{
		{Name: "what", Kind: form.Choice, Label: "什么现象", By: form.ToRecord, Options: []form.Option{{Value: "jam", Label: "卡纸"}, {Value: "other", Label: "其他"}}},
		{Name: "tray", Kind: form.Number, Label: "哪个纸盒", LabelEN: "Which tray", By: form.ToAccept, Show: form.Rule{Tests: []form.Test{{Field: "what", Op: form.Is, Value: "jam"}}}},
		{Name: "many", Kind: form.Number, Label: "几个人", By: form.ToResolve},
		{Name: "photo", Kind: form.File, Label: "照片"},
	})
	return c
}

func (r *room) ask(c catalog.Category, from int64, f form.Form) {
	r.Helper()
	if _, err := r.Catalog.SaveForm(r.Context(), access.Desk(), c.ID, f, from); err != nil {
		r.Fatal(err)
	}
}

// request records a request of the category at the portal.
func (r *room) request(c catalog.Category, given *ticket.Given, files ...string) (ticket.Ticket, error) {
	t, _, err := r.Record(r.Context(), r.requester, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Portal, Category: c.ID, Given: given, Say: ticket.Say{Text: "打印机卡纸", Files: files},
	})
	return t, err
}

func given(pairs ...string) *ticket.Given {
	out := &ticket.Given{Answers: map[string][]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Answers[pairs[i]] = append(out.Answers[pairs[i]], pairs[i+1])
	}
	return out
}

func gapNames(err error) string {
	var out []string
	if e := errs.As(err); e != nil {
		for _, g := range e.Gaps {
			out = append(out, g.Key+"("+g.NamesEN+")")
		}
	}
	return strings.Join(out, " ")
}

func fieldNames(err error) string {
	var out []string
	if e := errs.As(err); e != nil {
		for _, f := range e.Fields {
			out = append(out, f.Name+" "+f.Key)
		}
	}
	return strings.Join(out, ", ")
}

func TestN21_WhoeverIsShownAFormAnswersWhatItAsks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		c := r.printers()
		for want, g := range map[string]*ticket.Given{
			"a_what form.needed":        given(),
			"a_what form.not_an_option": given("what", "fire"),
			"a_tray form.number_shape":  given("what", "jam", "tray", "二号"),
			"a_photo form.file_gone":    given("what", "other", "photo", "aaaaaaaaaaaaaaaaaaaaaaaaaa"),
			"":                          given("what", "jam", "tray", "2", "many", ""),
		} {
			v, err := r.request(c, g)
			if got := fieldNames(err); got != want {
				t.Errorf("%v: %q, want %q", g.Answers, got, want)
			}
			if err == nil {
				if diff := cmp.Diff(form.Answers{"what": {"jam"}, "tray": {"2"}}, v.Detail.Form.Answers); diff != "" {
					t.Error(diff)
				}
			}
		}
		if v, err := r.request(c, nil); err != nil || len(v.Detail.Form.Missing) != 2 || v.Detail.Form.Version != 1 {
			t.Errorf("nobody was shown the form: %+v %v", v.Detail.Form, err)
		}
	})
}

func TestN21_TheFormStandsBeforeTheStepThatItNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v, err := r.request(r.printers(), given("what", "jam"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Accept{})
		if got := gapNames(err); got != "gap.form_accept(Which tray)" {
			t.Fatalf("accepting says %q", got)
		}
		r.do(r.agent, v, ticket.Fill{Answers: map[string][]string{"tray": {"3"}}})
		r.complete(v)
		_, err = r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Resolve{Solution: solution()})
		if got := gapNames(err); got != "gap.form_resolve(几个人)" {
			t.Fatalf("resolving says %q", got)
		}
		r.do(r.lead, v, ticket.Deviate{Gap: "gap.form_resolve", Reason: "现场只有一个人"})
		v = r.do(r.agent, v, ticket.Resolve{Solution: solution()})
		if v.Status != ticket.Resolved {
			t.Errorf("status %s", v.Status)
		}
	})
}

func TestN21_ATicketKeepsTheFormItWasFilledInWith(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		c := r.printers()
		v, err := r.request(c, given("what", "jam"))
		if err != nil {
			t.Fatal(err)
		}
		r.ask(c, 1, form.Form{{Name: "colour", Kind: form.Text, Label: "什么颜色", By: form.ToRecord}})
		c.Active = false
		if _, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), c, 0); err != nil {
			t.Fatal(err)
		}
		v = r.do(r.agent, v, ticket.Fill{Answers: map[string][]string{"tray": {"2"}, "what": nil}})
		if diff := cmp.Diff(ticket.Filled{Category: c.ID, Version: 1, Missing: []form.Ask{
			{Name: "what", By: form.ToRecord, Label: "什么现象"}, {Name: "many", By: form.ToResolve, Label: "几个人"},
		}}, v.Detail.Form); diff != "" {
			t.Error("the tray is not shown any more: ", diff)
		}
		_, err = r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Fill{Answers: map[string][]string{"colour": {"红"}}})
		if got := fieldNames(err); got != "a_colour ticket.answer_unknown" {
			t.Errorf("a question of another version: %q", got)
		}
	})
}

func TestN21_AnswersFollowTheCategory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		c := r.printers()
		other, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "扫描仪"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		r.ask(other, 0, form.Form{{Name: "many", Kind: form.Number, Label: "几个人"}, {Name: "tray", Kind: form.Text, Label: "纸盒"}})
		plain, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "咨询"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		v, err := r.request(c, given("what", "jam", "tray", "2", "many", "7"))
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			to   catalog.CategoryID
			want form.Answers
		}{
			{other.ID, form.Answers{"tray": {"2"}, "many": {"7"}}},
			{plain.ID, nil},
			{c.ID, form.Answers{"what": {"jam"}, "tray": {"2"}, "many": {"7"}}},
		} {
			v = r.do(r.agent, v, ticket.Classify{Category: step.to})
			if diff := cmp.Diff(step.want, v.Detail.Form.Answers); diff != "" {
				t.Errorf("in %d: %s", step.to, diff)
			}
			if diff := cmp.Diff(v.Detail, r.rebuilt(v).Detail, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("the row is not its facts: %s", diff)
			}
		}
	})
}

func TestN21_AFileAnswersAQuestion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a, err := r.Stage(t.Context(), r.requester, ticket.File{Name: "a.txt", Data: strings.NewReader("x")})
		if err != nil {
			t.Fatal(err)
		}
		v, err := r.request(r.printers(), given("what", "other", "photo", a.Token), a.Token)
		if err != nil {
			t.Fatal(err)
		}
		r.do(r.agent, v, ticket.Fill{Answers: map[string][]string{"photo": {a.Token}, "many": {"1"}}})
		_, err = r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.Fill{Answers: map[string][]string{"photo": {"somebody-elses"}}})
		if got := fieldNames(err); got != "a_photo form.file_gone" {
			t.Errorf("a file that is not on the ticket: %q", got)
		}
	})
}
