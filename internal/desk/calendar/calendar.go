// SPDX-License-Identifier: Apache-2.0

// Package calendar is business time: which minutes count. It is pure arithmetic.
//
// Today there is one calendar, Always (24×7). Shifts, holidays and 调休 make further
// implementations of the same interface.
package calendar

import "time"

// Calendar counts working time.
type Calendar interface {
	// Add returns the instant at which d of working time has passed since from; d ≥ 0.
	Add(from time.Time, d time.Duration) time.Time
	// Between returns the working time from a to b, 0 where b is not after a.
	Between(a, b time.Time) time.Duration
	// Key names the calendar in explanations, as a message key.
	Key() string
}

// Always is the calendar in which every minute counts.
type Always struct{}

// Add returns from + d.
func (Always) Add(from time.Time, d time.Duration) time.Time { return from.Add(d) }

// Between returns b − a, never less than 0.
func (Always) Between(a, b time.Time) time.Duration { return max(b.Sub(a), 0) }

// Key is "calendar.always".
func (Always) Key() string { return "calendar.always" }
