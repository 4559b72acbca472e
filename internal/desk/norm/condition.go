// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"errors"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// Bounds of a condition.
const (
	maxCondition = 500 // bytes
	maxNodes     = 100
	maxMemory    = 1000
)

// condition says for which tickets a clause counts.
type condition struct{ program *vm.Program }

// fields are what a condition is asked about.
func fields(t ticket.Ticket) map[string]any {
	return map[string]any{
		"channel": string(t.Channel), "priority": t.Priority.String(), "graded": t.Graded,
		"group": int(t.Group), "category": int(t.Category), "service": int(t.Service),
		"hand_overs": t.Detail.HandOvers, "reopened": t.Detail.Reopened,
	}
}

// Fields lists what a condition may name.
func Fields() []string {
	return []string{"channel", "priority", "graded", "group", "category", "service", "hand_overs", "reopened"}
}

// compile understands a condition, and tries it on tickets of every kind: what fails there would fail
// on real ones.
func compile(s string) (condition, error) {
	if len(s) > maxCondition {
		return condition{}, errors.New("too long")
	}
	p, err := expr.Compile(s, expr.Env(fields(ticket.Ticket{})), expr.AsBool(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins())
	if err != nil {
		detail, _, _ := strings.Cut(err.Error(), "\n")
		return condition{}, errors.New(detail)
	}
	c := condition{p}
	for _, channel := range []ticket.Channel{ticket.Portal, ticket.Mail, ticket.Phone} {
		for priority := triage.P1; priority <= triage.P4; priority++ {
			if _, err := c.ask(ticket.Ticket{Channel: channel, Priority: priority, Graded: priority < triage.P4}); err != nil {
				detail, _, _ := strings.Cut(err.Error(), "\n")
				return condition{}, errors.New(detail)
			}
		}
	}
	return c, nil
}

func (c condition) ask(t ticket.Ticket) (bool, error) {
	machine := vm.VM{MemoryBudget: maxMemory}
	out, err := machine.Run(c.program, fields(t))
	if err != nil {
		return false, err
	}
	yes, ok := out.(bool)
	if !ok {
		return false, errors.New("not a yes or no")
	}
	return yes, nil
}

// holds reports whether the clause counts for a ticket. A condition that fails lets nobody off.
func (c condition) holds(t ticket.Ticket) bool {
	if c.program == nil {
		return true
	}
	yes, err := c.ask(t)
	return yes || err != nil
}

// Counts reports whether the clause counts for a ticket.
func (c Clause) Counts(t ticket.Ticket) bool { return !c.Off && c.counts.holds(t) }
