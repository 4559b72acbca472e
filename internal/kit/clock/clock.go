// SPDX-License-Identifier: Apache-2.0

// Package clock tells the time, so that a test can stop it.
package clock

import (
	"sync"
	"time"
)

// Clock tells the present instant in UTC.
type Clock interface {
	Now() time.Time
}

type system struct{}

// System is the clock of the machine.
func System() Clock { return system{} }

// Now returns the machine's time in UTC, cut to the millisecond that the database keeps.
func (system) Now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// Manual is a clock that stands still until it is moved. It is safe for concurrent use.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual returns a clock that stands at t.
func NewManual(t time.Time) *Manual {
	return &Manual{now: t.UTC().Truncate(time.Millisecond)}
}

// Now returns where the clock stands.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Set moves the clock to t, forwards or backwards.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t.UTC().Truncate(time.Millisecond)
}

// Advance moves the clock by d.
func (m *Manual) Advance(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d).Truncate(time.Millisecond)
}
