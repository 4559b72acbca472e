// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// PolicyName is the name under which the policy is stored.
const PolicyName = "sla.policy"

// Target is what the desk aims at, in minutes of working time.
type Target struct {
	Response int64 // until the first word of a human
	Update   int64 // between words that the requester sees
	Resolve  int64 // until a solution is given
	Accept   int64 // until the other team takes what was handed over
	Silence  int64 // of a wait, until somebody asks again
}

// Of returns the target of one clock, 0 where it has none.
func (t Target) Of(name Name) int64 {
	switch name {
	case Response:
		return t.Response
	case Update:
		return t.Update
	case Resolve:
		return t.Resolve
	case Accept:
		return t.Accept
	case Silence:
		return t.Silence
	case Confirm:
	}
	return 0
}

// Set sets the target of one clock.
func (t *Target) Set(name Name, v int64) {
	switch name {
	case Response:
		t.Response = v
	case Update:
		t.Update = v
	case Resolve:
		t.Resolve = v
	case Accept:
		t.Accept = v
	case Silence:
		t.Silence = v
	case Confirm:
	}
}

// Aims lists the clocks that have a target in minutes, in the order of the forms.
func Aims() []Name { return []Name{Response, Update, Resolve, Accept, Silence} }

// over returns the target with what u says in its place.
func (t Target) over(u Target) Target {
	for _, name := range Aims() {
		if v := u.Of(name); v != 0 {
			t.Set(name, v)
		}
	}
	return t
}

// Policy holds a target for each of P1 … P4, rules for tickets that have others, by which
// calendar time is counted, and which waits rest which clock.
type Policy struct {
	Targets     [4]Target
	ConfirmDays int64  // working days a solution waits for the user's confirmation
	RemindDays  int64  // working days after which they are reminded, again and again; 0 for never
	Calendar    string // name in the calendar book; "always" counts every minute
	P1Always    bool   // every minute counts for P1, whatever the calendar
	Rules       []Rule `json:",omitempty"`
	// Groups gives a group a calendar of its own.
	Groups map[person.GroupID]string `json:",omitempty"`
	// Pauses says which waits rest which clock. What is not named counts.
	Pauses map[Name][]ticket.Waiting
}

// Bounds of a policy.
const (
	maxMinutes = 366 * 24 * 60
	maxRules   = 60
	maxListed  = 60 // in one condition
)

// Standard is the policy that a new desk starts with.
func Standard() Policy {
	return Policy{
		Targets: [4]Target{
			{Response: 15, Update: 30, Resolve: 4 * 60, Accept: 10, Silence: 4 * 60},
			{Response: 30, Update: 2 * 60, Resolve: 8 * 60, Accept: 30, Silence: 24 * 60},
			{Response: 2 * 60, Update: 8 * 60, Resolve: 3 * 24 * 60, Accept: 2 * 60, Silence: 3 * 24 * 60},
			{Response: 8 * 60, Update: 24 * 60, Resolve: 7 * 24 * 60, Accept: 8 * 60, Silence: 5 * 24 * 60},
		},
		ConfirmDays: 3, RemindDays: 1, Calendar: calendar.AlwaysName, P1Always: true,
		Pauses: map[Name][]ticket.Waiting{
			Response: {}, Update: {ticket.ForRequester}, Resolve: {ticket.ForRequester, Tried}, Accept: {},
		},
	}
}

// Pausable lists the waits that may rest a clock, in the order of the form. A blocked ticket
// owes the time that was told (N30), so that its update clock never rests.
func Pausable(name Name) []ticket.Waiting {
	switch name {
	case Resolve:
		return append(ticket.WaitingReasons(), Tried)
	case Update:
		return slices.DeleteFunc(ticket.WaitingReasons(), func(w ticket.Waiting) bool { return w == ticket.Blocked })
	case Response, Accept:
		return ticket.WaitingReasons()
	case Silence, Confirm:
	}
	return nil
}

// Field names the form field of one target: "response_1" for P1.
func Field(name string, p triage.Priority) string { return name + "_" + strconv.Itoa(int(p)) }

// Check refuses targets below a minute or above a year, targets that contradict each other, a
// lower priority with a stricter target, a rule without targets, and one that can never match.
func (p Policy) Check() error {
	var bad []errs.FieldError
	for i, t := range p.Targets {
		at := triage.Priority(i + 1)
		bad = append(bad, t.check(func(name Name) string { return Field(string(name), at) })...)
		if i > 0 && (t.Response < p.Targets[i-1].Response || t.Resolve < p.Targets[i-1].Resolve) {
			bad = append(bad, errs.FieldError{Name: Field("resolve", at), Key: "sla.order"})
		}
	}
	if p.ConfirmDays < 1 || p.ConfirmDays > 30 {
		bad = append(bad, errs.FieldError{Name: "confirm_days", Key: "sla.confirm_days"})
	}
	if p.RemindDays < 0 || p.RemindDays > 30 {
		bad = append(bad, errs.FieldError{Name: "remind_days", Key: "sla.remind_days"})
	}
	if p.RemindDays > 0 && p.RemindDays >= p.ConfirmDays && p.ConfirmDays > 1 {
		bad = append(bad, errs.FieldError{Name: "remind_days", Key: "sla.remind_late"})
	}
	if p.Calendar == "" {
		bad = append(bad, errs.FieldError{Name: "calendar", Key: "sla.calendar_none"})
	}
	for name, list := range p.Pauses {
		for _, w := range list {
			if !slices.Contains(Pausable(name), w) {
				bad = append(bad, errs.FieldError{Name: "pauses", Key: "sla.pause_unknown", Args: []any{"Clock", string(name), "Wait", string(w)}})
			}
		}
	}
	if len(bad) == 0 {
		bad = p.checkRules()
	}
	return errs.Invalidf(bad...)
}

// check judges the targets of a row that must be complete.
func (t Target) check(field func(Name) string) []errs.FieldError {
	var bad []errs.FieldError
	for _, name := range Aims() {
		if v := t.Of(name); v < 1 || v > maxMinutes {
			bad = append(bad, errs.FieldError{Name: field(name), Key: "sla.out_of_range"})
		}
	}
	for _, x := range t.contradictions() {
		bad = append(bad, errs.FieldError{Name: field(x.name), Key: x.key})
	}
	return bad
}

type contradiction struct {
	name Name
	key  string
}

// contradictions are targets that cannot both be meant.
func (t Target) contradictions() []contradiction {
	var out []contradiction
	if t.Response > t.Resolve {
		out = append(out, contradiction{Response, "sla.slower_than_resolve"})
	}
	if t.Update > t.Resolve {
		out = append(out, contradiction{Update, "sla.update_slower"})
	}
	if t.Accept > t.Resolve {
		out = append(out, contradiction{Accept, "sla.accept_slower"})
	}
	if t.Silence < t.Update {
		out = append(out, contradiction{Silence, "sla.silence_sooner"})
	}
	return out
}

// base is the target of a priority without any rule.
func (p Policy) base(of triage.Priority) Target {
	if !of.Known() {
		of = triage.Default
	}
	return p.Targets[of-1]
}

// Calendars names every calendar that the policy counts by.
func (p Policy) Calendars() []string {
	out := []string{p.Calendar}
	for _, r := range p.Rules {
		if r.Calendar != "" {
			out = append(out, r.Calendar)
		}
	}
	out = append(out, slices.Collect(maps.Values(p.Groups))...)
	slices.Sort(out)
	return slices.Compact(out)
}

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
	Target        Target            // 0: as without the rule
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
		add("name", "sla.rule_everything")
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
		if v := r.Target.Of(name); v < 0 || v > maxMinutes {
			add(string(name), "sla.out_of_range")
		}
	}
	told := map[Name]bool{}
	for _, at := range r.priorities() {
		for _, x := range p.base(at).over(r.Target).contradictions() {
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

func minutes(n int64) time.Duration { return time.Duration(n) * time.Minute }
