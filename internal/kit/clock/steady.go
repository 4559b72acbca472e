// SPDX-License-Identifier: Apache-2.0

package clock

import (
	"sync"
	"time"
)

// Elapsed returns how much time really passed since the machine started, or since it was made
// where the system does not say, whatever happens to the machine's date.
func Elapsed() func() time.Duration {
	_, up := Boot()
	start := time.Now()
	return func() time.Duration { return up + time.Since(start) }
}

// Steady goes by the time that really passes, from an instant that somebody else tells. Nodes
// that are told by one database agree, whatever their machines believe (F43), and a machine
// whose date jumps does not take the desk along (F42). It is safe for concurrent use.
type Steady struct {
	elapsed func() time.Duration

	mu   sync.Mutex
	told time.Time
	at   time.Duration
}

// NewSteady returns a clock that showed told when elapsed showed at.
func NewSteady(elapsed func() time.Duration, told time.Time, at time.Duration) *Steady {
	return &Steady{elapsed: elapsed, told: told, at: at}
}

// Now returns the instant that was told last and what passed since, in UTC to the millisecond.
func (s *Steady) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told.Add(s.elapsed() - s.at).UTC().Truncate(time.Millisecond)
}

// Told corrects the clock: it showed told when elapsed showed at.
func (s *Steady) Told(told time.Time, at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told, s.at = told, at
}
