// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"slices"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Rule gives tickets that it matches other targets, or another calendar, than the table does.
// A condition that names nothing matches everything; a ticket must match all of them.
type Rule struct {
	Name          string            // 1–60 characters; unique
	Priorities    []triage.Priority `json:",omitempty"`
	Categories    []int64           `json:",omitempty"` // with everything below them
	Services      []int64           `json:",omitempty"`
	Groups        []int64           `json:",omitempty"`
	Organisations []string          `json:",omitempty"` // of the requester: the department, or its beginning
	Sites         []string          `json:",omitempty"` // of the requester: the place, or its beginning
	Target        Target            // 0: as without the rule; None: no such clock
	ConfirmDays   int64             `json:",omitempty"` // 0: as without the rule
	Calendar      string            `json:",omitempty"` // "": as without the rule
}

// Condition names a kind of condition.
type Condition string

// The conditions, in the order of the form.
const (
	ByPriority     Condition = "priority"
	ByCategory     Condition = "category"
	ByService      Condition = "service"
	ByGroup        Condition = "group"
	ByOrganisation Condition = "organisation"
	BySite         Condition = "site"
)

// Conditions returns the kinds of conditions that the rule names.
func (r Rule) Conditions() []Condition {
	var out []Condition
	for _, x := range []struct {
		kind Condition
		n    int
	}{
		{ByPriority, len(r.Priorities)},
		{ByCategory, len(r.Categories)},
		{ByService, len(r.Services)},
		{ByGroup, len(r.Groups)},
		{ByOrganisation, len(r.Organisations)},
		{BySite, len(r.Sites)},
	} {
		if x.n > 0 {
			out = append(out, x.kind)
		}
	}
	return out
}

// RuleField names a form field of a rule: "rule.2.calendar".
func RuleField(i int, name string) string { return "rule." + strconv.Itoa(i) + "." + name }

func (p Policy) checkRules() []errs.FieldError {
	if len(p.Rules) > maxRules {
		return []errs.FieldError{{Name: "rules", Key: "sla.rules_many", Args: []any{"Max", maxRules}}}
	}
	var bad []errs.FieldError
	for i, r := range p.Rules {
		for _, e := range r.check(p) {
			e.Name = RuleField(i, e.Name)
			bad = append(bad, e)
		}
		for j, above := range p.Rules[:i] {
			switch {
			case strings.EqualFold(above.Name, r.Name):
				bad = append(bad, errs.FieldError{Name: RuleField(i, "name"), Key: "sla.rule_name_taken", Args: []any{"Name", r.Name}})
			case above.hides(r):
				bad = append(bad, errs.FieldError{Name: RuleField(i, "name"), Key: "sla.rule_hidden", Args: []any{"Name", r.Name, "Above", above.Name, "Place", j + 1}})
			}
		}
	}
	return bad
}

func (r Rule) check(p Policy) []errs.FieldError {
	var bad []errs.FieldError
	add := func(name, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: name, Key: key, Args: args})
	}
	if n := len([]rune(r.Name)); n < 1 || n > 60 || person.CleanName(r.Name) != r.Name {
		add("name", "sla.rule_name")
	}
	if len(r.Conditions()) == 0 {
		add("priorities", "sla.rule_everything") // the first of what may be chosen
	}
	for _, x := range r.Priorities {
		if !x.Known() {
			add("priorities", "sla.rule_priority")
		}
	}
	if max(len(r.Priorities), len(r.Categories), len(r.Services), len(r.Groups), len(r.Organisations), len(r.Sites)) > maxListed {
		add("name", "sla.rule_many", "Max", maxListed)
	}
	for name, list := range map[string][]string{"organisations": r.Organisations, "sites": r.Sites} {
		for _, s := range list {
			if n := len([]rune(s)); n < 1 || n > 80 || person.CleanName(s) != s {
				add(name, "sla.rule_words")
			}
		}
	}
	if r.Target == (Target{}) && r.ConfirmDays == 0 && r.Calendar == "" {
		add("response", "sla.rule_empty")
	}
	if r.ConfirmDays < 0 || r.ConfirmDays > 30 {
		add("confirm_days", "sla.confirm_days")
	}
	for _, name := range Aims() {
		if v := r.Target.Of(name); (v < 0 || v > maxMinutes) && (v != None || name == Silence) {
			add(string(name), "sla.out_of_range")
		}
	}
	told := map[Name]bool{}
	for _, at := range r.priorities() {
		for _, x := range p.base(at).over(r.Target).contradictions(p.Cadence) {
			if !told[x.name] {
				add(string(x.name), x.key+"_rule", "Priority", at.String())
			}
			told[x.name] = true
		}
	}
	return bad
}

// priorities are those that the rule can match.
func (r Rule) priorities() []triage.Priority {
	if len(r.Priorities) > 0 {
		return slices.DeleteFunc(slices.Clone(r.Priorities), func(p triage.Priority) bool { return !p.Known() })
	}
	return []triage.Priority{triage.P1, triage.P2, triage.P3, triage.P4}
}

// hides reports whether the rule, standing above, always goes before another: it names the same
// conditions, and matches whatever the other one matches.
func (r Rule) hides(other Rule) bool {
	return slices.Equal(r.Conditions(), other.Conditions()) &&
		covers(r.Priorities, other.Priorities) && covers(r.Categories, other.Categories) && covers(r.Services, other.Services) &&
		covers(r.Groups, other.Groups) && coversWords(r.Organisations, other.Organisations) && coversWords(r.Sites, other.Sites)
}

func covers[T comparable](all, part []T) bool {
	for _, x := range part {
		if !slices.Contains(all, x) {
			return false
		}
	}
	return true
}

func coversWords(all, part []string) bool {
	for _, x := range part {
		if !begins(all, x) {
			return false
		}
	}
	return true
}

// begins reports whether a text is one of the list, or begins with one of them and goes on
// after a mark: "销售部/华东" and "销售部 华东" are in "销售部", "销售部长室" is not.
func begins(list []string, s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, x := range list {
		rest, ok := strings.CutPrefix(s, strings.ToLower(x))
		if ok && (rest == "" || strings.ContainsAny(rest[:1], " /-,.;:|>") || strings.HasPrefix(rest, "·") || strings.HasPrefix(rest, "，") || strings.HasPrefix(rest, "、") || strings.HasPrefix(rest, "－")) {
			return true
		}
	}
	return false
}
