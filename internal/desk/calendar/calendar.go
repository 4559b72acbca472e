// SPDX-License-Identifier: Apache-2.0

package calendar

import "time"

// Calendar counts working time.
type Calendar interface {
	// Add returns the instant at which d of working time has passed since from; d ≥ 0.
	Add(from time.Time, d time.Duration) time.Time
	// Back returns the last instant from which d of working time passes until to; d ≥ 0.
	Back(to time.Time, d time.Duration) time.Time
	// AddDays returns the same time of day n working days later, earlier where n < 0.
	AddDays(from time.Time, n int) time.Time
	// Between returns the working time from a to b, 0 where b is not after a.
	Between(a, b time.Time) time.Duration
	// Explain says day by day what Between(a, b) is made of; nothing where every minute counts.
	Explain(a, b time.Time) []Line
	// Key names the calendar in explanations, as a message key.
	Key() string
	// Line is the line of an explanation that names the calendar.
	Line() Line
}

// AlwaysName is the name of Always. No sheet may have it.
const AlwaysName = "always"

// Always is the calendar in which every minute counts.
type Always struct{}

// Add returns from + d.
func (Always) Add(from time.Time, d time.Duration) time.Time { return from.Add(max(d, 0)) }

// Back returns to − d.
func (Always) Back(to time.Time, d time.Duration) time.Time { return to.Add(-max(d, 0)) }

// AddDays returns from + n × 24 hours.
func (Always) AddDays(from time.Time, n int) time.Time {
	return from.Add(time.Duration(n) * 24 * time.Hour)
}

// Between returns b − a, never less than 0.
func (Always) Between(a, b time.Time) time.Duration { return max(b.Sub(a), 0) }

// Explain has nothing to say: time passes.
func (Always) Explain(_, _ time.Time) []Line { return nil }

// Key is "calendar.always".
func (Always) Key() string { return "calendar.always" }

// Line says that every minute counts.
func (a Always) Line() Line { return Line{Key: a.Key()} }
