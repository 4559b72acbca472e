// SPDX-License-Identifier: Apache-2.0

package norm_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func TestN2_TheStandardIsWholeInBothLanguages(t *testing.T) {
	t.Parallel()
	p := norm.Standard()
	if len(p.Clauses()) != 41 {
		t.Fatalf("%d clauses", len(p.Clauses()))
	}
	for _, c := range p.Clauses() {
		for _, lang := range i18n.Langs() {
			if c.Title[lang] == "" || c.Text[lang] == "" {
				t.Errorf("%s has no words in %s", c.ID, lang)
			}
		}
		if c.Judged() && !i18n.Has(i18n.EN, "norm."+c.ID+"_name") {
			t.Errorf("%s is judged and has no name", c.ID)
		}
	}
	// The gates of the house stand as strictly as its pack says: nobody notices that there is one.
	for cmd, list := range ticket.StandardGates() {
		for _, gate := range list {
			for _, g := range gate(ticket.Ticket{Channel: ticket.Phone, Pending: ticket.Blocked, Detail: ticket.Detail{Hold: ticket.Hold{Reason: ticket.Blocked}}}) {
				want := norm.Blocked
				if g.Deviable {
					want = norm.Reason
				}
				if got := p.Clause(g.Clause).At(triage.P3); got != want {
					t.Errorf("%s before %s: the gate says %s, the pack %s", g.Key, cmd, want, got)
				}
			}
		}
	}
}

// TestN2_ABadPackIsRefusedWithItsLine: the line and the reason, all of them at once.
func TestN2_ABadPackIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		line int
		key  string
	}{
		"a clause that does not exist":        {"# ours\n\n[N99]\ntitle = \"x\"\n", 3, "norm.pack_unknown_clause"},
		"another one that does not":           {"[NORM]\ntitle = \"x\"\n", 1, "norm.pack_unknown_clause"},
		"no TOML":                             {"[N33]\nstrict = \n", 2, "norm.pack_unreadable"},
		"twice the same":                      {"[N33]\nstrict = \"hint\"\n[N33]\nstrict = \"hint\"\n", 3, "norm.pack_unreadable"},
		"a key that does not exist":           {"[N33]\nseverity = \"hint\"\n", 2, "norm.pack_unknown_key"},
		"a grade that does not exist":         {"[N33]\nstrict = \"lax\"\n", 2, "norm.pack_grade"},
		"a grade that is a number":            {"[N33]\nstrict = 3\n", 2, "norm.pack_grade"},
		"a priority that does not exist":      {"[N33]\nstrict = { P7 = \"hint\" }\n", 2, "norm.pack_priority"},
		"a clause without a gate":             {"[N1]\nstrict = \"hint\"\n", 2, "norm.pack_no_gate"},
		"no solution":                         {"[N32]\nstrict = \"hint\"\n", 2, "norm.pack_too_mild"},
		"no confirmation":                     {"[N35]\nstrict = { P4 = \"reason\" }\n", 2, "norm.pack_too_mild"},
		"confirmation switched off":           {"[N35]\noff = true\n", 2, "norm.pack_needed"},
		"confirmation for some":               {"[N35]\nwhen = 'channel == \"mail\"'\n", 2, "norm.pack_needed"},
		"a rule that names what is not there": {"[N33]\n\nwhen = 'chanel == \"mail\"'\n", 3, "norm.pack_rule"},
		"a rule that is no yes or no":         {"[N33]\nwhen = 'channel'\n", 2, "norm.pack_rule"},
		"a rule that fails when it is asked":  {"[N33]\nwhen = 'channel[9] == \"x\"'\n", 2, "norm.pack_rule"},
		"a rule that is no rule":              {"[N33]\nwhen = 'channel == '\n", 2, "norm.pack_rule"},
		"a number where none is counted":      {"[N33]\nlimit = 4\n", 2, "norm.pack_no_limit"},
		"a number that is too large":          {"[N11]\nlimit = 4000\n", 2, "norm.pack_limit"},
		"a text that is too long":             {"[N33]\ntext = \"" + strings.Repeat("长", 2001) + "\"\n", 2, "norm.pack_text_long"},
	} {
		_, err := norm.Read(tt.text)
		var e *errs.Error
		if !errors.As(err, &e) || errs.KindOf(err) != errs.Invalid || len(e.Fields) == 0 {
			t.Errorf("%s: %v", name, err)
			continue
		}
		i := slices.IndexFunc(e.Fields, func(f errs.FieldError) bool { return f.Key == tt.key })
		if i < 0 {
			t.Errorf("%s: %+v", name, e.Fields)
			continue
		}
		if got := fmt.Sprint(e.Fields[i].Args[:2]...); got != fmt.Sprint("Line", tt.line) {
			t.Errorf("%s: %s, want line %d", name, got, tt.line)
		}
		for _, lang := range i18n.Langs() {
			if text := i18n.T(lang, e.Fields[i].Key, e.Fields[i].Args...); strings.Contains(text, "⟦") {
				t.Errorf("%s in %s: %s", name, lang, text)
			}
		}
	}
	if _, err := norm.Read("[N98]\n[N99]\n"); err == nil || strings.Count(fmt.Sprint(err.(*errs.Error).Fields), "unknown_clause") != 2 { //nolint:errorlint // it is one of ours
		t.Errorf("not all at once: %v", err)
	}
	if _, err := norm.Read(strings.Repeat("#", 70<<10)); errs.KindOf(err) != errs.Invalid {
		t.Errorf("a pack without end: %v", err)
	}
}

// TestN2_StrictnessActsInTheGate: hint, reason and blocked, by the priority of the ticket.
func TestN2_StrictnessActsInTheGate(t *testing.T) {
	t.Parallel()
	p, err := norm.Read(`
[N33]
strict = { P1 = "blocked", P4 = "hint" }
[N34]
when = 'channel == "phone"'
[N15]
off = true
`)
	if err != nil {
		t.Fatal(err)
	}
	gates := norm.Strictly(ticket.StandardGates(), func() *norm.Pack { return p })
	said := func(x ticket.Ticket) string {
		var out []string
		for _, gate := range gates[ticket.CmdResolve] {
			for _, g := range gate(x) {
				out = append(out, fmt.Sprintf("%s %v", g.Key, g.Deviable))
			}
		}
		return strings.Join(out, ", ")
	}
	for name, tt := range map[string]struct {
		t    ticket.Ticket
		want string
	}{
		"P1 by portal":   {ticket.Ticket{Graded: true, Priority: triage.P1, Channel: ticket.Portal}, "gap.solution false, gap.verify false"},
		"P3 by portal":   {ticket.Ticket{Graded: true, Priority: triage.P3, Channel: ticket.Portal}, "gap.solution false, gap.verify true"},
		"P4 by portal":   {ticket.Ticket{Graded: true, Priority: triage.P4, Channel: ticket.Portal}, "gap.solution false"},
		"P4 by phone":    {ticket.Ticket{Graded: true, Priority: triage.P4, Channel: ticket.Phone}, "gap.read_back true, gap.solution false, gap.cause true, gap.prevention true"},
		"not yet graded": {ticket.Ticket{Priority: triage.P3, Channel: ticket.Portal}, "gap.grade true, gap.solution false, gap.verify true"},
	} {
		if got := said(tt.t); got != tt.want {
			t.Errorf("%s: %s\nwant %s", name, got, tt.want)
		}
	}
	c := norm.Judge(input(solved(), p))
	for clause, want := range map[string]norm.State{"N34": norm.NA, "N33": norm.Met} {
		i := slices.IndexFunc(c.Verdicts, func(v norm.Verdict) bool { return v.Clause == clause })
		if i < 0 || c.Verdicts[i].State != want {
			t.Errorf("%s: %+v", clause, c.Verdicts)
		}
	}
	if slices.ContainsFunc(c.Verdicts, func(v norm.Verdict) bool { return v.Clause == "N15" }) {
		t.Error("a clause that is off is judged")
	}
}

func TestN2_WhatDiffersBetweenTwoPacks(t *testing.T) {
	t.Parallel()
	p, err := norm.Read("[N36]\ntext = \"按 ISMS-07 归档。\"\nstrict = { P1 = \"blocked\" }\n[N11]\nlimit = 4\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range norm.Differences(norm.Standard(), p) {
		got = append(got, fmt.Sprintf("%s %s %s → %s", d.Clause, d.What, d.Was, d.Now))
	}
	want := []string{"N11 limit 3 → 4", "N36 text 最终方案、难点及应对详细记录。 → 按 ISMS-07 归档。", "N36 strict reason → P1 blocked · P2 reason · P3 reason · P4 reason"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if len(norm.Differences(p, p)) != 0 {
		t.Error("a pack differs from itself")
	}
}

func TestN11_TheLimitIsThePacks(t *testing.T) {
	t.Parallel()
	p, err := norm.Read("[N11]\nlimit = 2\n")
	if err != nil {
		t.Fatal(err)
	}
	l := slatest.New(ticket.Portal).Then(hour, handed(1, 2)).Then(hour, handed(2, 1))
	for pack, want := range map[*norm.Pack]norm.State{norm.Standard(): norm.Met, p: norm.Missed} {
		c := norm.Judge(input(l, pack))
		if i := slices.IndexFunc(c.Verdicts, func(v norm.Verdict) bool { return v.Clause == "N11" }); c.Verdicts[i].State != want {
			t.Errorf("%s, want %s", c.Verdicts[i].State, want)
		}
	}
}
