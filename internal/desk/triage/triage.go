// SPDX-License-Identifier: Apache-2.0

// Package triage turns three plain questions into a priority (N22).
//
//	does it touch core business? ┐
//	how many people?             ┴▶ impact  ┐
//	does work stand still?       ──▶ urgency ┴▶ matrix ▶ P1–P4
//
// The answers are facts that anyone can check; the matrix is the organisation's
// own and editable. An override needs a reason and is kept apart from what was computed.
package triage

import (
	"strconv"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Priority is 1 (most urgent) to 4; 0 is not a priority.
type Priority int

// The priorities of the standard.
const (
	P1 Priority = 1
	P2 Priority = 2
	P3 Priority = 3
	P4 Priority = 4
)

// Default is the priority of a ticket that nobody has graded yet.
const Default = P3

// String returns "P1" … "P4".
func (p Priority) String() string { return "P" + strconv.Itoa(int(p)) }

// Known reports whether p is P1 … P4.
func (p Priority) Known() bool { return p >= P1 && p <= P4 }

// ParsePriority reads "P2" or "2"; 0 where it is neither.
func ParsePriority(s string) Priority {
	if len(s) == 2 && (s[0] == 'P' || s[0] == 'p') {
		s = s[1:]
	}
	n, err := strconv.Atoi(s)
	if p := Priority(n); err == nil && p.Known() {
		return p
	}
	return 0
}

// Affected says how many people cannot work as usual.
type Affected string

// The answers to "how many people?".
const (
	One        Affected = "one"
	Team       Affected = "team"       // a handful
	Department Affected = "department" // a whole department or site
	Everyone   Affected = "everyone"
)

// Halt says how far work stands still.
type Halt string

// The answers to "does work stand still?".
const (
	Stopped  Halt = "stopped"  // nothing goes, no way round
	Impaired Halt = "impaired" // it goes with difficulty or by a way round
	Working  Halt = "working"  // work goes on; a question or a wish
)

// Level is 1 high, 2 medium, 3 low.
type Level int

// The levels of impact and urgency.
const (
	High   Level = 1
	Medium Level = 2
	Low    Level = 3
)

// Answers are the three facts.
type Answers struct {
	Core     bool
	Affected Affected
	Halt     Halt
}

// Check returns Invalid with the fields that are not among the answers.
func (a Answers) Check() error {
	var bad []errs.FieldError
	switch a.Affected {
	case One, Team, Department, Everyone:
	default:
		bad = append(bad, errs.FieldError{Name: "affected", Key: "triage.pick_affected"})
	}
	switch a.Halt {
	case Stopped, Impaired, Working:
	default:
		bad = append(bad, errs.FieldError{Name: "halt", Key: "triage.pick_halt"})
	}
	return errs.Invalidf(bad...)
}

// Impact is high where everyone is touched, or a department in core business;
// low where it is one person or a team outside core business.
func (a Answers) Impact() Level {
	switch a.Affected {
	case Everyone:
		return High
	case Department:
		if a.Core {
			return High
		}
		return Medium
	case Team:
		if a.Core {
			return Medium
		}
		return Low
	case One:
		if a.Core {
			return Medium
		}
	}
	return Low
}

// Urgency follows from how far work stands still.
func (a Answers) Urgency() Level {
	switch a.Halt {
	case Stopped:
		return High
	case Impaired:
		return Medium
	case Working:
	}
	return Low
}

// Matrix gives a priority for impact (row) and urgency (column), both High first.
type Matrix [3][3]Priority

// Standard is the matrix that a new desk starts with.
func Standard() Matrix {
	return Matrix{
		{P1, P2, P3},
		{P2, P3, P4},
		{P3, P3, P4},
	}
}

// Check refuses a cell that is no priority, and a matrix in which more impact or more
// urgency would give a lower priority.
func (m Matrix) Check() error {
	for i := range m {
		for j := range m[i] {
			if !m[i][j].Known() {
				return errs.Field(Cell(i, j), "triage.cell_unknown")
			}
			if (i > 0 && m[i][j] < m[i-1][j]) || (j > 0 && m[i][j] < m[i][j-1]) { //nolint:gosec // both indexes are guarded
				return errs.Field(Cell(i, j), "triage.cell_order")
			}
		}
	}
	return nil
}

// Cell names the form field of one cell, rows and columns counted from 0.
func Cell(i, j int) string { return "cell_" + strconv.Itoa(i) + "_" + strconv.Itoa(j) }

// Priority reads the matrix.
func (m Matrix) Priority(a Answers) Priority {
	return m[a.Impact()-1][a.Urgency()-1]
}
