// SPDX-License-Identifier: Apache-2.0

// Package knowledge keeps articles: what the desk has learnt, for requesters, for staff, or for
// one group (N37, N38, N9).
//
//	ticket ──pseudonymised──▶ draft ──submit──▶ in review ──another person──▶ published ──▶ retired
//	                            ▲                  │ sent back                  │  ▲           │
//	                            ├──────────────────┘                            │  └─brought───┘
//	                            └───────────────changed: a new edition beside───┘    back
//
// What is reviewed is an edition: title, words, category, and who may read it, together. The
// published edition stays as it is until another one takes its place; older ones are kept. Nobody
// publishes an edition that they wrote in. A date says when the keeper looks at it again.
//
// Articles in several languages that say the same are a family. Where an article comes from is for
// staff alone, whoever reads the article.
//
// What is published is held in memory, with a shelf of its own for each audience: an article that
// somebody may not read changes neither what they find, nor in which order, nor how long it takes
// (S24). Each look asks the database whether the shelves are still right.
package knowledge
