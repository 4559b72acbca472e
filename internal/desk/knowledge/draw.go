// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Lang is the language of messages for an article's.
func Lang(lang string) i18n.Lang {
	if lang == "en" {
		return i18n.EN
	}
	return i18n.ZH
}

// Put is what stands in place of personal data in an article of a language.
func Put(lang string) func(Personal) string {
	return func(k Personal) string { return i18n.T(Lang(lang), "knowledge.put_"+string(k)) }
}

// Draw makes the draft of an article of a ticket that was solved: symptom, cause, steps,
// verification, prevention, without personal data (N37). Without a language it is in the one that the
// solution is written in. It stores nothing.
//
// Errors: Conflict where the ticket has no solution yet.
func (s *Service) Draw(ctx context.Context, by access.Actor, on ticket.Target, lang string) (Manuscript, error) {
	if err := s.mayWork(by); err != nil {
		return Manuscript{}, err
	}
	t, err := s.Tickets.Get(ctx, by, on)
	if err != nil {
		return Manuscript{}, err
	}
	if t.Detail.Solution.Text == "" {
		return Manuscript{}, wrong("knowledge.no_solution")
	}
	if lang == "" {
		lang = written(t.Detail.Solution.Text)
	}
	m := Manuscript{Lang: lang, From: []ticket.ID{t.ID}, Content: Content{Title: t.Subject, Body: compose(t, lang), Category: t.Category, Audience: Staff}}
	known, put := s.known(ctx, []ticket.Ticket{t}), Put(lang)
	var inTitle, inBody []Masked
	m.Title, inTitle = Mask(m.Title, known, put)
	m.Body, inBody = Mask(m.Body, known, put)
	m.Masked = together(inTitle, inBody)
	if m.Masked == nil {
		m.Masked = []Masked{}
	}
	if r := []rune(m.Title); len(r) > maxTitle {
		m.Title = string(r[:maxTitle-1]) + "…"
	}
	return m, nil
}

// written is the language of a text: a Chinese one may hold English names, an English one no Chinese word.
func written(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return "zh"
	}
	return "en"
}

// compose writes what is known of a solved ticket in the order of an article.
func compose(t ticket.Ticket, lang string) string {
	var b strings.Builder
	section := func(key string, parts ...string) {
		var words []string
		for _, p := range parts {
			if p = strings.TrimSpace(p); p != "" && !slices.Contains(words, p) {
				words = append(words, p)
			}
		}
		if len(words) == 0 {
			return
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString("## " + i18n.T(Lang(lang), "knowledge.section_"+key) + "\n\n" + strings.Join(words, "\n\n"))
	}
	d := t.Detail
	symptom := d.Intake[ticket.Symptom].Value
	if symptom == "" {
		symptom = t.Snippet
	}
	section("symptom", symptom)
	section("cause", d.Solution.Cause)
	section("checks", findings(d.Findings))
	section("steps", numbered(strings.Split(d.Solution.Text, "\n")), d.Closure.Approach)
	section("verify", numbered(d.Solution.Verify))
	section("prevention", d.Solution.Prevention)
	section("difficulties", d.Closure.Difficulties)
	return b.String()
}

// findings are the lines of the diagnosis log that came to something.
func findings(list []ticket.Finding) string {
	var out []string
	for _, f := range list {
		if f.Judgement == ticket.Unclear {
			continue
		}
		var parts []string
		for _, p := range []string{f.Hypothesis, f.Check, f.Result} {
			if p = strings.TrimSpace(strings.ReplaceAll(p, "\n", " ")); p != "" {
				parts = append(parts, p)
			}
		}
		if len(parts) > 0 {
			out = append(out, "- "+strings.Join(parts, " → "))
		}
	}
	return strings.Join(out, "\n")
}

// numbered writes lines as a list. One line is a sentence and no list; lines that are numbered
// already keep their figures.
func numbered(list []string) string {
	var lines []string
	for _, l := range list {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	if len(lines) < 2 {
		return strings.Join(lines, "\n")
	}
	for i, l := range lines {
		lines[i] = "1. " + Bare(l)
	}
	return strings.Join(lines, "\n")
}

// Bare is a line without the figure or sign of a list before it.
func Bare(l string) string {
	l = strings.TrimSpace(l)
	rest := strings.TrimLeft(l, "0123456789")
	if n := len(l) - len(rest); n > 0 && n <= 2 {
		for _, sign := range []string{". ", "、", "．", ") ", "）", "."} {
			if r, ok := strings.CutPrefix(rest, sign); ok && (sign != "." || r == "" || r[0] < '0' || r[0] > '9') {
				return strings.TrimSpace(r)
			}
		}
	}
	for _, sign := range []string{"- ", "* ", "• ", "· "} {
		if r, ok := strings.CutPrefix(l, sign); ok {
			return strings.TrimSpace(r)
		}
	}
	return l
}

func together(lists ...[]Masked) []Masked {
	var out []Masked
	for _, list := range lists {
		for _, m := range list {
			i := slices.IndexFunc(out, func(x Masked) bool { return x.Kind == m.Kind })
			if i < 0 {
				out = append(out, m)
				continue
			}
			out[i].Times += m.Times
			for _, s := range m.Samples {
				if !slices.Contains(out[i].Samples, s) {
					out[i].Samples = append(out[i].Samples, s)
				}
			}
		}
	}
	return out
}

// known are the people whom tickets may name: everybody on them, and all of staff.
func (s *Service) known(ctx context.Context, list []ticket.Ticket) Known {
	var k Known
	add := func(p person.Person) {
		if p.ID != 0 {
			k.Names = append(k.Names, p.Name)
		}
	}
	for _, t := range list {
		for _, who := range append([]person.ID{t.Requester, t.Owner, t.Assignee}, t.Detail.Participants...) {
			add(s.People.Card(ctx, who))
		}
		if n := t.Detail.Intake[ticket.Who].Value; n != "" {
			first := strings.FieldsFunc(n, func(r rune) bool { return strings.ContainsRune("，,、；;（(/ ", r) })
			k.Names = append(k.Names, first[:min(1, len(first))]...) // none where somebody wrote a mere comma
		}
	}
	if staff, err := s.People.Staff(ctx); err == nil {
		for _, p := range staff {
			add(p)
		}
	}
	return k
}

// knownOf are the people whom the tickets may name that an article was drawn from.
func (s *Service) knownOf(ctx context.Context, which ID) (Known, error) {
	ties, err := tiedToArticle(ctx, s.DB, which, maxTickets)
	if err != nil {
		return Known{}, err
	}
	var keys []ticket.ID
	for _, t := range ties {
		if t.How == Source {
			keys = append(keys, t.Ticket)
		}
	}
	found, err := s.Tickets.Some(ctx, access.Desk(), keys)
	var list []ticket.Ticket
	for _, t := range found {
		list = append(list, t)
	}
	return s.known(ctx, list), err
}
