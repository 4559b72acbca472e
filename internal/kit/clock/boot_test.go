// SPDX-License-Identifier: Apache-2.0

package clock_test

import (
	"runtime"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// F42: what one process measured another one of the same run of the machine can go on from.
func TestF42_ARunOfTheMachineHasANameAndAnAge(t *testing.T) {
	t.Parallel()
	name, up := clock.Boot()
	again, later := clock.Boot()
	if name != again || later < up {
		t.Errorf("%q %v, then %q %v", name, up, again, later)
	}
	if runtime.GOOS == "linux" && (len(name) != 36 || up <= 0) {
		t.Errorf("%q %v", name, up)
	}
	if e := clock.Elapsed()(); e < up {
		t.Errorf("%v passed of a machine that runs for %v", e, up)
	}
}
