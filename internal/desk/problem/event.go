// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// Opened records that a problem was taken up.
type Opened struct {
	Problem   ID
	Title     string
	Candidate CandidateID `json:",omitempty"` // of which it was made
}

// EventName is "problem.opened".
func (Opened) EventName() string { return "problem.opened" }

// EventSubject is the problem.
func (e Opened) EventSubject() int64 { return int64(e.Problem) }

// Edited records that what is written about a problem changed, and which parts.
type Edited struct {
	Problem ID
	Fields  []string
	Draft   Draft
}

// EventName is "problem.edited".
func (Edited) EventName() string { return "problem.edited" }

// EventSubject is the problem.
func (e Edited) EventSubject() int64 { return int64(e.Problem) }

// Moved records that a problem stands elsewhere.
type Moved struct {
	Problem  ID
	From, To State
	Note     string `json:",omitempty"`
}

// EventName is "problem.moved".
func (Moved) EventName() string { return "problem.moved" }

// EventSubject is the problem.
func (e Moved) EventSubject() int64 { return int64(e.Problem) }

// LinkedTo records that a ticket belongs to a problem.
type LinkedTo struct {
	Problem ID
	Ticket  ticket.ID
	Number  int64
}

// EventName is "problem.linked".
func (LinkedTo) EventName() string { return "problem.linked" }

// EventSubject is the problem.
func (e LinkedTo) EventSubject() int64 { return int64(e.Problem) }

// Unlinked records that it does not.
type Unlinked struct {
	Problem ID
	Ticket  ticket.ID
	Number  int64
}

// EventName is "problem.unlinked".
func (Unlinked) EventName() string { return "problem.unlinked" }

// EventSubject is the problem.
func (e Unlinked) EventSubject() int64 { return int64(e.Problem) }

// Used records that the workaround of a known error was taken for the reply on a ticket.
type Used struct {
	Problem ID
	Ticket  ticket.ID
	Number  int64
}

// EventName is "problem.used".
func (Used) EventName() string { return "problem.used" }

// EventSubject is the problem.
func (e Used) EventSubject() int64 { return int64(e.Problem) }

// TicketSolved records on an open ticket that the problem behind it is resolved.
type TicketSolved struct {
	Ticket  ticket.ID
	Problem ID
	Title   string
}

// TicketSolvedName is the name of the fact, for rooms that tell of it.
const TicketSolvedName = "problem_ticket.solved"

// EventName is "problem_ticket.solved".
func (TicketSolved) EventName() string { return TicketSolvedName }

// EventSubject is the ticket.
func (e TicketSolved) EventSubject() int64 { return int64(e.Ticket) }

// Decided records what was decided about a candidate.
type Decided struct {
	Candidate CandidateID
	State     CandidateState
	Reason    string `json:",omitempty"`
	Problem   ID     `json:",omitempty"`
}

// EventName is "problem_candidate.decided".
func (Decided) EventName() string { return "problem_candidate.decided" }

// EventSubject is the candidate.
func (e Decided) EventSubject() int64 { return int64(e.Candidate) }

// Improved records an entry of the improvement register as it is from now on.
type Improved struct{ Improvement Improvement }

// EventName is "problem_improvement.saved".
func (Improved) EventName() string { return "problem_improvement.saved" }

// EventSubject is the improvement.
func (e Improved) EventSubject() int64 { return int64(e.Improvement.ID) }

// Resolution records a decision of a review.
type Resolution struct{ Decision Decision }

// EventName is "problem_review.decided".
func (Resolution) EventName() string { return "problem_review.decided" }

// EventSubject is the review.
func (e Resolution) EventSubject() int64 { return int64(e.Decision.Review) }

// Held records that a review was held.
type Held struct{ Review ReviewID }

// EventName is "problem_review.held".
func (Held) EventName() string { return "problem_review.held" }

// EventSubject is the review.
func (e Held) EventSubject() int64 { return int64(e.Review) }
