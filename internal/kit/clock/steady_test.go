// SPDX-License-Identifier: Apache-2.0

package clock_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// Two machines whose dates are five minutes apart and jump show one time, told by one database.
func TestF43_SteadyClocksAgree(t *testing.T) {
	t.Parallel()
	database := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	passed := time.Duration(0)
	a := clock.NewSteady(func() time.Duration { return passed }, database, 0)
	b := clock.NewSteady(func() time.Duration { return passed + time.Hour }, database, time.Hour) // started earlier
	for range 10 {
		passed += 7 * time.Second
		want := database.Add(passed)
		if !a.Now().Equal(want) || !b.Now().Equal(want) {
			t.Fatalf("after %v: %v and %v, want %v", passed, a.Now(), b.Now(), want)
		}
	}
	a.Told(database.Add(20*time.Second), passed)
	if want := database.Add(20 * time.Second); !a.Now().Equal(want) {
		t.Errorf("corrected to %v, want %v", a.Now(), want)
	}
	if clock.Elapsed()() < 0 {
		t.Error("time passed backwards")
	}
}
