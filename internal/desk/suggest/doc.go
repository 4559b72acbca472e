// SPDX-License-Identifier: Apache-2.0

// Package suggest offers what a new ticket probably is: its category, group and service, the
// three answers of its grading, and whether it is there already.
//
//	tickets that people classified ──job, each night or by a press──▶ a model for each label, versioned
//	                                                                        │
//	a ticket is recorded ──job──▶ offer: label, value, share, words ◀───────┘
//	                                │ a person saves the form       ▶ accepted or changed
//	                                └ an administrator allowed it   ▶ applied, until somebody undoes it
//
// An offer changes nothing by itself. What became of it is heard from the facts of the ticket,
// whatever way they came, and counted for each label and version. Nothing that the model applied
// is learned from before a person looked at it.
//
// What is alike is found among the tickets of the last days that are held in memory, and offered
// by keys; whoever reads it sees the tickets that they may see. Likewise what was closed with a
// solution in the last months: that one of them helped is said by a press, counted, and taken back.
package suggest
