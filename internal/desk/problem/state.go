// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// State is where a problem stands.
type State string

// The states.
const (
	Open          State = "open"
	Investigating State = "investigating"
	Known         State = "known" // a known error: there is a way around it
	Resolved      State = "resolved"
	Closed        State = "closed"
)

// States lists every state in the order of the life of a problem.
func States() []State { return []State{Open, Investigating, Known, Resolved, Closed} }

// Next are the states that a problem may move to, the usual one first.
func (s State) Next() []State {
	switch s {
	case Open:
		return []State{Investigating, Known}
	case Investigating:
		return []State{Known, Resolved}
	case Known:
		return []State{Resolved, Investigating}
	case Resolved:
		return []State{Closed, Investigating}
	case Closed:
		return []State{Investigating}
	}
	return nil
}

// Alive reports whether a problem still stands behind tickets.
func (s State) Alive() bool { return s == Open || s == Investigating || s == Known }

// Reopens reports whether a move takes up again what was settled.
func (s State) Reopens(to State) bool { return !s.Alive() && to.Alive() }

// Move decides whether a problem may stand where it is wanted: a known error has a workaround, a
// resolved one a cause, and what is reopened a reason.
//
// Errors: Conflict for a move that there is not; Invalid with the field that is missing.
func (p Problem) Move(to State, note string) error {
	if !slices.Contains(p.State.Next(), to) {
		return errs.New(errs.Conflict, "problem.no_move")
	}
	switch {
	case to == Known && p.Workaround == "" && p.Reply == "":
		return errs.Field("workaround", "problem.workaround_missing")
	case to == Resolved && p.Cause == "":
		return errs.Field("cause", "problem.cause_missing")
	case p.State.Reopens(to) && note == "":
		return errs.Field("note", "problem.note_missing")
	}
	return nil
}
