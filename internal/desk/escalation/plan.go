// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// PlanName is the name under which the plan is stored.
const PlanName = "escalation.plan"

// Audience is who is told, by what they are to the ticket.
type Audience string

// The audiences. Where one of them is nobody, the next who can act is told: the group for the
// people of a ticket that nobody took, the leads for a rota with a gap.
const (
	Assignee Audience = "assignee"
	Owner    Audience = "owner"
	Group    Audience = "group"
	Leads    Audience = "lead"
	OnCall   Audience = "oncall"
)

// Audiences lists them in the order in which forms show them.
func Audiences() []Audience { return []Audience{Assignee, Owner, Group, Leads, OnCall} }

// The channels of the house. The assembly may add others; each listens to Raised.
const (
	ByMail = "mail"
	OnPage = "page"
)

// The clocks that steps can belong to. The first six are those of the policy.
const (
	ClockDeclared = "declared" // a major incident was declared: due at once (N4)
	ClockMajor    = "major"    // the next public word about a major incident
)

// ClockNames lists the clocks in the order in which forms show them.
func ClockNames() []string {
	return []string{"response", "update", "resolve", "accept", "silence", "confirm", ClockDeclared, ClockMajor}
}

// Step is one line of the plan.
type Step struct {
	ID         string            // stays the same while the step is edited; given by the room
	Clock      string            // one of ClockNames
	Priorities []triage.Priority `json:",omitempty"` // only for these; all where empty
	Percent    int               // of the target, 1–1000; 0 where Minutes counts
	Minutes    int               // of working time after the due time, before it where negative
	To         []Audience
	Rota       rota.ID   `json:",omitempty"` // for OnCall
	By         []string  // channels
	Since      time.Time `json:",omitzero"` // since when it says this; earlier moments do not count
}

// Plan is every step. It is stored as a setting, so that each version stays in the log.
type Plan struct {
	Steps []Step
}

// Start is the plan of a new desk.
func Start() Plan {
	both := []string{OnPage, ByMail}
	return Plan{Steps: []Step{
		{ID: "response-75", Clock: "response", Percent: 75, To: []Audience{Assignee}, By: []string{OnPage}},
		{ID: "response-100", Clock: "response", Percent: 100, To: []Audience{Owner, Leads}, By: both},
		{ID: "update-100", Clock: "update", Percent: 100, To: []Audience{Assignee}, By: []string{OnPage}},
		{ID: "resolve-75", Clock: "resolve", Percent: 75, To: []Audience{Assignee}, By: []string{OnPage}},
		{ID: "resolve-100", Clock: "resolve", Percent: 100, To: []Audience{Owner, Leads}, By: both},
		{ID: "accept-100", Clock: "accept", Percent: 100, To: []Audience{Group, Owner}, By: both},
		{ID: "declared", Clock: ClockDeclared, Percent: 100, To: []Audience{OnCall, Leads}, By: both},
		{ID: "major-80", Clock: ClockMajor, Percent: 80, To: []Audience{Assignee}, By: both},
		{ID: "major-100", Clock: ClockMajor, Percent: 100, To: []Audience{Leads}, By: both},
	}}
}

// Bounds of a plan.
const (
	maxSteps   = 60
	maxMinutes = 60 * 24 * 60 // sixty days of time that counts
)

// Field names the form field of a step, counted from 0: "percent_0".
func Field(name string, step int) string { return name + "_" + strconv.Itoa(step) }

// Check returns Invalid with every field to mend.
func (p Plan) Check() error {
	var bad []errs.FieldError
	if len(p.Steps) > maxSteps {
		bad = append(bad, errs.FieldError{Name: "steps", Key: "escalation.many", Args: []any{"Max", maxSteps}})
	}
	seen := map[string]int{}
	for i, s := range p.Steps {
		add := func(name, key string, args ...any) {
			bad = append(bad, errs.FieldError{Name: Field(name, i), Key: key, Args: args})
		}
		s.check(add)
		if other, twice := seen[s.says()]; twice {
			add("clock", "escalation.twice", "Other", other+1)
		} else {
			seen[s.says()] = i
		}
	}
	return errs.Invalidf(bad...)
}

func (s Step) check(add func(name, key string, args ...any)) {
	if !slices.Contains(ClockNames(), s.Clock) {
		add("clock", "escalation.clock_unknown")
	}
	switch {
	case s.Percent < 0 || s.Percent > 1000:
		add("percent", "escalation.percent_range")
	case s.Minutes < -maxMinutes || s.Minutes > maxMinutes:
		add("minutes", "escalation.minutes_range")
	case s.Percent != 0 && s.Minutes != 0:
		add("minutes", "escalation.one_moment")
	}
	if slices.ContainsFunc(s.Priorities, func(p triage.Priority) bool { return !p.Known() }) {
		add("priorities", "escalation.priority_unknown")
	}
	if len(s.To) == 0 || slices.ContainsFunc(s.To, func(a Audience) bool { return !slices.Contains(Audiences(), a) }) {
		add("to", "escalation.to_none")
	}
	if len(s.By) == 0 {
		add("by", "escalation.by_none")
	}
}

// says is what two steps must not both say: when, and to whom.
func (s Step) says() string {
	return strings.Join([]string{s.Clock, s.moment(), audiences(s.To)}, " ")
}

// moment is when the step is raised and for which priorities, without whom it tells.
func (s Step) moment() string {
	text := strconv.Itoa(s.Percent) + "% " + strconv.Itoa(s.Minutes)
	for _, p := range s.Priorities {
		text += " " + p.String()
	}
	return text
}

func audiences(list []Audience) string {
	var text []string
	for _, a := range list {
		text = append(text, string(a))
	}
	return strings.Join(text, ",")
}

// of reports whether the step is for a clock of a ticket of a priority.
func (s Step) of(clock string, p triage.Priority) bool {
	return s.Clock == clock && (len(s.Priorities) == 0 || slices.Contains(s.Priorities, p))
}

// tells reports whether the step goes by a channel.
func (s Step) tells(channel string) bool { return slices.Contains(s.By, channel) }

// step finds a step by its id.
func (p Plan) step(which string) (Step, bool) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == which })
	if i < 0 {
		return Step{}, false
	}
	return p.Steps[i], true
}

// renewed gives new steps their ids, and says since when a step that is new or moved says what
// it says. id makes ids.
func (p Plan) renewed(was Plan, now time.Time, id func() string) Plan {
	out := Plan{Steps: slices.Clone(p.Steps)}
	for i, s := range out.Steps {
		old, known := was.step(s.ID)
		switch {
		case !known:
			out.Steps[i].ID, out.Steps[i].Since = id(), now
		case old.Clock != s.Clock || old.moment() != s.moment():
			out.Steps[i].Since = now
		default:
			out.Steps[i].Since = old.Since
		}
	}
	return out
}
