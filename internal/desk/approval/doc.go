// SPDX-License-Identifier: Apache-2.0

// Package approval keeps what is asked of approvers and what they said (N31).
//
//	          ┌─ level 1 ─┐   ┌─ level 2 ─┐
//	asked ──▶ │ seat seat │──▶│ seat      │──▶ granted, perhaps until a day
//	          └───────────┘   └───────────┘
//	             │ too many said no ──────────▶ refused
//	             │ withdrawn by who asked ────▶ withdrawn
//	             │ nobody in time ────────────▶ expired   (working time)
//	             │ what was asked changed ────▶ void
//	             └ nobody can decide it ──────▶ dropped   (ticket closed, an approver left)
//
// A level is a set of seats, one a person, and how many of them must agree: one, all (会签) or
// some. How an approval stands is a pure function of the answers (Judge): within a level their
// order does not matter, there is one outcome, and nobody counts twice. An approver may call in
// another, before or after (加签). While somebody is on leave their deputy may sit in their seat,
// and the record says so. Nobody decides what they asked for themselves, or what is for them.
//
// An approval is bound to exactly what it approved: a subject with its title and content has a
// digest, and where the content changes the approval is void.
//
// The room knows its ticket: it lets it wait, tells it every step as a fact (ticket.Approval) and
// lets it go on with the outcome. Letters, inbox and pages hear of those facts.
package approval
