// SPDX-License-Identifier: Apache-2.0

package clock_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

func TestZone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Asia/Shanghai": true, "UTC": true, "Europe/Berlin": true,
		"": false, "Local": false, "Middle/Earth": false, "../../etc/passwd": false,
	} {
		for range 2 { // the second time it is known
			loc, ok := clock.Zone(name)
			if ok != want || ok && loc.String() != name {
				t.Errorf("%q: %v, %v", name, loc, ok)
			}
		}
	}
	for want, names := range map[string][]string{
		"UTC": {}, "Asia/Tokyo": {"", "Local", "nowhere", "Asia/Tokyo", "UTC"}, "Asia/Seoul": {"Asia/Seoul", "Asia/Tokyo"},
	} {
		if got := clock.FirstZone(names...); got.String() != want {
			t.Errorf("%v: %v, want %s", names, got, want)
		}
	}
}
