// SPDX-License-Identifier: Apache-2.0

// Package radar finds what keeps coming back (N7, N38).
//
// It is given the reports of some weeks and says which of them are about one matter and come more
// often than they used to, or come again and again, and on which days more came to one place than
// its own past explains. Each finding carries its reports as evidence and says why in figures and
// words.
//
//	reports ──▶ words (triage/model) ──▶ nearest neighbours ──▶ communities ──▶ counts by week ──▶ Rising, Lasting
//	        └─▶ category × service × site, device ──▶ counts by day, working days apart ──▶ Spike
//
// It is pure: no clock, no chance, and the same reports give the same findings.
package radar
