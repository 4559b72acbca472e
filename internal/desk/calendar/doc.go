// SPDX-License-Identifier: Apache-2.0

// Package calendar is business time: which minutes count. It is pure arithmetic; it reads no
// clock and no database.
//
// A Sheet says when somebody works: shifts for each weekday, a time zone, the sets of public
// holidays that hold there, and days of its own. A Year is what a country published for one
// year, holidays and make-up workdays (调休补班). A Book is all of them together, as an
// administrator keeps it; a Shelf is a book made ready, and gives out calendars by name.
//
// An instant counts when the wall clock of the zone shows a time within a shift of that day,
// [from, to). From this one sentence everything follows, on days with 23 or 25 hours too:
//
//	Between(a, b)     the time that counts from a to b
//	Add(a, d)         the first instant b with Between(a, b) = d: a shift's end, not the next start
//	Back(b, d)        the last instant a with Between(a, b) = d
//	Add(Add(a, d), e) = Add(a, d + e)
//
// Add and Back by nothing leave an instant where it is when it lies in a shift or at its edge,
// and move it to the next opening, or the last closing, when it lies in closed time.
//
// Where peers decide otherwise. A target of nothing is no target "never due" but refused by
// the policy. AddDays keeps the wall clock on the n-th working day and moves into the next
// shift only where it falls outside of one.
package calendar
