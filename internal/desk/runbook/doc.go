// SPDX-License-Identifier: Apache-2.0

// Package runbook keeps what is known about how to handle a kind of request as steps that a
// person follows, and runs them on tickets (N5, N9, N25, N31).
//
// A runbook is a text of one format: what the editor holds, what a file of it is, what is
// reviewed and what is run are the same bytes.
//
//	draft ──▶ in review ──▶ reviewed ──▶ published ──▶ replaced by the next, or retired
//	  ▲           │   by somebody who wrote none of it
//	  └───────────┴── a change of the text begins again
//
// A run keeps the version that it began with. It is a walk: what was marked at each step, in
// order, and nothing else; where it stands follows from the marks.
//
//	begun ──▶ marked, step by step ──▶ ended: solved · not solved
//	  │  ▲                          └▶ waived, with a reason · stopped
//	  ▼  │ answers
//	sent to the requester, who may be stuck: cannot · does not understand
//
// A step with a risk is locked (N31): what exactly will be done and how it is taken back is
// written before; the reviewed version covers it, or an approval of just that text, as the class
// of the risk says; where the class wants four eyes a second person releases it; what came of it
// is written after.
package runbook
