// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// PolicyName is the name under which the policy is stored.
const PolicyName = "remote.policy"

// Words is the version of the words to which a requester agrees. Whoever changes the messages
// "portalremote.scope_…" in a way that says something else raises it: facts name it for ever.
const Words = 1

// Policy is how remote help is run.
type Policy struct {
	Off            bool   // screens are not shown in the browser here
	RelayOnly      bool   // the two browsers never learn each other's address: all goes through the relay
	AnswerMinutes  int64  // how long the question waits for an answer, 5–240
	LongestMinutes int64  // how long one share may last, 5–480
	ForgottenHours int64  // after how long a session of a tool that nobody ended is ended, 1–72
	Tools          []Tool // in the order in which they are offered
}

// Start is the policy of a new desk.
func Start() Policy {
	return Policy{AnswerMinutes: 30, LongestMinutes: 120, ForgottenHours: 8, Tools: Presets()}
}

// maxTools bounds the list.
const maxTools = 20

// Check returns Invalid with the fields to mend. Those of a tool are named "tool_0_link".
func (p Policy) Check() error {
	var bad []errs.FieldError
	add := func(name, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: name, Key: key, Args: args})
	}
	within := func(name string, n, least, most int64) {
		if n < least || n > most {
			add(name, "remote.number_range", "Min", least, "Max", most)
		}
	}
	within("answer_minutes", p.AnswerMinutes, 5, 240)
	within("longest_minutes", p.LongestMinutes, 5, 480)
	within("forgotten_hours", p.ForgottenHours, 1, 72)
	if len(p.Tools) > maxTools {
		add("tools", "remote.tools_many", "Max", maxTools)
	}
	names := map[string]bool{}
	for i, t := range p.Tools {
		bad = append(bad, t.check(i, names[t.Name])...)
		names[t.Name] = true
	}
	return errs.Invalidf(bad...)
}

// Answer is how long the question waits.
func (p Policy) Answer() time.Duration { return time.Duration(p.AnswerMinutes) * time.Minute }

// Longest is how long one share may last.
func (p Policy) Longest() time.Duration   { return time.Duration(p.LongestMinutes) * time.Minute }
func (p Policy) forgotten() time.Duration { return time.Duration(p.ForgottenHours) * time.Hour }

// Tool returns a tool by its name.
func (p Policy) Tool(name string) (Tool, bool) {
	for _, t := range p.Tools {
		if t.Name == name {
			return t, true
		}
	}
	return Tool{}, false
}
