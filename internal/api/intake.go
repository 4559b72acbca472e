// SPDX-License-Identifier: Apache-2.0

package api

import (
	"maps"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// intakeJSON is the seven elements of a complete record (N15). What is missing stays as it is.
type intakeJSON struct {
	Who      *answerJSON `json:"who,omitempty" doc:"Who needs help"`
	Contact  *answerJSON `json:"contact,omitempty" doc:"How to reach them"`
	Since    *answerJSON `json:"since,omitempty" doc:"When it began"`
	Symptom  *answerJSON `json:"symptom,omitempty" doc:"What is seen"`
	Affected *answerJSON `json:"affected,omitempty" doc:"Which business is touched"`
	People   *answerJSON `json:"people,omitempty" doc:"How many people"`
	Wanted   *answerJSON `json:"wanted,omitempty" doc:"By when it is needed"`
}

// answers are the elements that were given; nil where none was.
func (in *intakeJSON) answers() map[ticket.Element]ticket.Answer {
	if in == nil {
		return nil
	}
	out := map[ticket.Element]ticket.Answer{}
	for e, v := range map[ticket.Element]*answerJSON{
		ticket.Who: in.Who, ticket.Contact: in.Contact, ticket.Since: in.Since, ticket.Symptom: in.Symptom,
		ticket.Affected: in.Affected, ticket.People: in.People, ticket.Wanted: in.Wanted,
	} {
		if v != nil {
			out[e] = ticket.Answer{Value: v.Value, Unknown: v.Unknown, Reason: v.Reason}
		}
	}
	return out
}

func answersJSON(list map[ticket.Element]ticket.Answer) map[string]answerJSON {
	if len(list) == 0 {
		return nil
	}
	out := map[string]answerJSON{}
	for e, v := range list {
		out[string(e)] = answerJSON{Value: v.Value, Unknown: v.Unknown, Reason: v.Reason}
	}
	return out
}

// words writes a list of named words as plain ones; never null.
func words[S ~string](list []S) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
