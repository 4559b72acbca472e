// SPDX-License-Identifier: Apache-2.0

package app

import (
	"testing"
	"time"
)

// Whatever the day on which the demo is started, its weekend is one that lies ahead.
func TestTheDemoHasAWeekendAhead(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("east", 8*60*60)
	for n := range 24 * 14 {
		now := time.Date(2026, 12, 21, n, 30, 0, 0, zone) // across the end of a year
		got := comingSaturday(now)
		if ahead := got.Sub(now); got.Weekday() != time.Saturday || got.Hour() != 20 || ahead < 20*time.Hour || ahead > 7*24*time.Hour+20*time.Hour {
			t.Errorf("%s: %s", now.Format(time.RFC1123), got.Format(time.RFC1123))
		}
	}
}
