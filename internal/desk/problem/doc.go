// SPDX-License-Identifier: Apache-2.0

// Package problem keeps what lies behind tickets, and what is done about it (N7, N38, N39).
//
//	radar ──▶ candidate ──▶ dismissed, with a reason; back when it has clearly grown
//	              │
//	              └──▶ problem: open ──▶ investigating ──▶ known error ──▶ resolved ──▶ closed
//	                             │            ▲    │            │  ▲           │          │
//	                             └────────────┘    └────────────┘  └── reopened ┴──────────┘
//
//	improvement: open ──▶ doing ──▶ done (its effect is counted) · dropped, with a reason
//	review:      draft, its agenda made anew on each look ──▶ held, frozen with its decisions
//
// A candidate is a suspicion with its tickets as evidence; the pure package radar finds it, a job
// looks each day, and anybody of staff may look at once. A known error is shown on tickets whose
// words are like those of its tickets, with the workaround to be put into the reply. Agents read
// and link, and work on a problem that is theirs; leads decide.
//
// Facts of a problem are "problem.*" and their subject is the problem; what its end means for a
// ticket is "problem_ticket.solved", whose subject is the ticket.
package problem
