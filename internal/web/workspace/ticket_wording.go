// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/wording"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// seenField carries the rules whose remarks the writer has seen.
const seenField = "wording_seen"

// remarkView is one remark under what is being written.
type remarkView struct {
	Rule   string
	Clause string
	Words  string
	Nth    int    // which of the same words in the text, from 0
	Better string // the wording that takes their place, filled in
	Text   string // the question, or what is better
	Put    string // "start" or "end" of a text in which it is absent
}

// shownRemarks bounds how many remarks stand under a text at once.
const shownRemarks = 5

// replyRemarks are what the rules say of words to the requester. A term that they used
// themselves is no jargon to them.
func (s *sheet) replyRemarks(text string, part bool) []wording.Remark {
	list := s.f.Words.Check(s.c.Context(), wording.Reply, text, wording.Context{Theirs: s.t.Words(), Reader: s.requester.Name})
	if part { // a piece of a solution needs no greeting of its own
		list = slices.DeleteFunc(list, func(r wording.Remark) bool { return r.Rule.Absent })
	}
	return list
}

// unseen are the rules that speak and that the writer was not shown yet. Advice is never asked about.
func unseen(list []wording.Remark, form *page.Form) []string {
	seen := strings.Fields(strings.Join(form.All(seenField), " "))
	var out []string
	for _, r := range list {
		if !r.Rule.Advice && !slices.Contains(seen, r.Rule.ID) && !slices.Contains(out, r.Rule.ID) {
			out = append(out, r.Rule.ID)
		}
	}
	return out
}

// askWording asks once about remarks that the writer has not seen: they come back under the
// words, and the same button sends them as they are.
func askWording(list []wording.Remark, form *page.Form) error {
	if form.Values.Has(seenField) && len(unseen(list, form)) > 0 {
		return errs.Field("wording", "workticket.wording_ask")
	}
	return nil
}

// sentAnyway reports whether the writer had seen what is remarked on.
func sentAnyway(list []wording.Remark, form *page.Form) bool {
	return len(list) > 0 && form.Values.Has(seenField) && len(unseen(list, form)) == 0
}

// seenRules is what the form sends back of the remarks that it shows.
func seenRules(list []wording.Remark, form *page.Form) string {
	out := strings.Fields(strings.Join(form.All(seenField), " "))
	for _, r := range list {
		if !slices.Contains(out, r.Rule.ID) {
			out = append(out, r.Rule.ID)
		}
	}
	return strings.Join(out[:min(len(out), 40)], " ")
}

// views are the remarks as they stand under a text, each rule once.
func (s *sheet) views(text string, list []wording.Remark) []remarkView {
	var out []remarkView
	done := []string{}
	for _, r := range list {
		if slices.Contains(done, r.Rule.ID) || len(out) == shownRemarks {
			continue
		}
		done = append(done, r.Rule.ID)
		v := remarkView{Rule: r.Rule.ID, Clause: r.Rule.Clause, Words: r.Words, Better: s.better(r), Text: r.Rule.Hint}
		if r.Rule.Ask != "" {
			v.Text = r.Rule.Ask
		}
		v.Nth = strings.Count(text[:r.Start], r.Words)
		if r.Rule.Absent {
			v.Put, v.Nth = "end", 0
			if r.Rule.Head {
				v.Put = "start"
			}
		}
		out = append(out, v)
	}
	return out
}

// better is the wording of a rule with its places filled: when the requester hears next, and
// their name.
func (s *sheet) better(r wording.Remark) string {
	return strings.NewReplacer("{{time}}", s.c.Clock(s.nextWord()), "{{name}}", s.requester.Name).Replace(r.Rule.Say)
}

// remarkWords say what is remarked on, in one line.
func (s *sheet) remarkWords(v remarkView) string {
	switch {
	case v.Put != "":
		return s.T("workticket.wording_absent_"+v.Put, "Better", oneLine(v.Better))
	case v.Better != "":
		return s.T("workticket.wording_better", "Words", v.Words, "Better", v.Better)
	}
	return s.T("workticket.wording_hint", "Words", v.Words, "Hint", v.Text)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// checkWording answers, while something is being written, with what the rules say of it. Nothing is kept.
func (f *Faces) checkWording(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	fields := append(append(solutionFields(), offerFields()...), "at", "version", "text", "how", "reason", seenField, heardField, page.FileField)
	for _, e := range ticket.Elements() {
		fields = append(fields, string(e), string(e)+"_reason")
	}
	form, err := c.Form(page.TextForm, fields...)
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	s := f.bare(c, t)
	s.requester = f.People.Card(c.Context(), t.Requester)
	if e := ticket.Element(c.Query("field")); slices.Contains(ticket.Judged(), e) {
		return c.Show(recordRemarks(s.place(zoneOf(form.Get("at")), "record"), e, form.Get(string(e))))
	}
	if field := c.Query("field"); slices.Contains([]string{"solution", "cause", "prevention"}, field) {
		return c.Show(wordingBox(s, boxOf{ID: "act-resolve-" + field, Field: field, Part: true}, form.Get(field), form))
	}
	return c.Show(wordingBox(s, replyBox, form.Get("text"), form))
}

// boxOf says under which field remarks stand.
type boxOf struct {
	ID    string // of the field
	Field string // in the address of the check; "" for the reply
	Part  bool   // a piece of a solution
}

var replyBox = boxOf{ID: "f-reply"} //nolint:gochecknoglobals // a constant in all but name

func (b boxOf) id() string {
	if b.Field == "" {
		return "wording"
	}
	return "wording-" + b.Field
}

func (b boxOf) at(s *sheet) string {
	if b.Field == "" {
		return s.at("wording")
	}
	return s.query("wording", "field="+b.Field)
}

// vague are the remarks on one element of the record (N17).
func (f *Faces) vague(c *page.Ctx, text string) []wording.Remark {
	return f.Words.Check(c.Context(), wording.Objective, text, wording.Context{})
}

// checkRecord answers, while a request is being recorded, with the questions that would make an
// element precise.
func (f *Faces) checkRecord(c *page.Ctx) error {
	e := ticket.Element(c.Query("field"))
	if !slices.Contains(ticket.Judged(), e) {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	form, err := c.Form(page.TextForm, append(newFields(), padFields()...)...) // the form around the field comes along
	if err != nil {
		return err
	}
	return c.Show(elementRemarks(c.Frame(""), string(e), form.Get(string(e)), f.vague(c, form.Get(string(e)))))
}

// solutionRemarks are the remarks on each piece of a solution.
func (s *sheet) solutionRemarks(form *page.Form) []wording.Remark {
	var out []wording.Remark
	for _, name := range []string{"solution", "cause", "prevention"} {
		out = append(out, s.replyRemarks(form.Get(name), true)...)
	}
	return out
}

// readResolve takes the solution; remarks on its wording are asked about once.
func readResolve(f *Faces, c *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Command, error) {
	s := f.bare(c, t)
	list := s.solutionRemarks(form)
	if err := askWording(list, form); err != nil {
		return nil, err
	}
	return ticket.Resolve{
		Solution: solutionOf(form), Difficulties: form.Text("difficulties"), Approach: form.Text("approach"), Anyway: sentAnyway(list, form),
	}, nil
}

// worded is what an element says in the agent's words: what is being typed, and what was recorded
// by staff. The requester's own words are not judged.
func (p place) worded(e ticket.Element) string {
	if p.refused() || p.s.recordedByStaff(e) {
		return p.Form.Get(string(e))
	}
	return ""
}

// vague reports whether something that was recorded is vague.
func (p place) vague() bool {
	return p.s.verdict("N17").State == norm.Missed
}

// recordedByStaff reports whether the last words of an element are of the desk.
func (s *sheet) recordedByStaff(e ticket.Element) bool {
	ours := false
	for _, x := range s.entries {
		switch f := x.Fact.(type) {
		case ticket.Recorded:
			_, given := f.Intake[e]
			ours = given && f.Worded.Looked
		case ticket.Noted:
			if _, given := f.Intake[e]; given {
				ours = f.Worded.Looked
			}
		}
	}
	return ours
}

func nth(n int) string { return strconv.Itoa(n) }
