// SPDX-License-Identifier: Apache-2.0

package clock_test

import (
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// What is stored and read again is the same instant: UTC, whole milliseconds.
func TestEveryClockTellsWhatTheDatabaseKeeps(t *testing.T) {
	t.Parallel()
	odd := time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.FixedZone("CST", 8*3600))
	m := clock.NewManual(odd)
	set := clock.NewManual(time.Time{})
	set.Set(odd)
	moved := clock.NewManual(odd.Add(-time.Hour))
	moved.Advance(time.Hour + 999*time.Microsecond)
	for name, c := range map[string]clock.Clock{"the machine's": clock.System(), "made": m, "set": set, "moved": moved} {
		now := c.Now()
		if now.Location() != time.UTC || now.Nanosecond()%int(time.Millisecond) != 0 || !time.UnixMilli(now.UnixMilli()).Equal(now) {
			t.Errorf("%s tells %v", name, now)
		}
	}
	if want := time.Date(2026, 3, 2, 1, 0, 0, 123e6, time.UTC); !m.Now().Equal(want) || !set.Now().Equal(want) {
		t.Errorf("%v and %v, want %v", m.Now(), set.Now(), want)
	}
}

func TestAManualClockMovesOnlyWhenMoved(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	m := clock.NewManual(start)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { m.Advance(time.Second) })
	}
	wg.Wait()
	if got := m.Now(); !got.Equal(start.Add(50 * time.Second)) {
		t.Errorf("after 50 steps it stands at %v", got)
	}
	if m.Set(start.Add(-24 * time.Hour)); !m.Now().Equal(start.Add(-24 * time.Hour)) {
		t.Errorf("it does not go back: %v (F42)", m.Now())
	}
}
