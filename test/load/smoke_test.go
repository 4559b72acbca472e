// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/test/running"
)

// TestADeskUnderLoadAnswersAndLosesNothing is the short form of the measurements, on both
// engines: every operation is answered, and what was acknowledged is there. It judges no time.
func TestADeskUnderLoadAnswersAndLosesNothing(t *testing.T) {
	t.Parallel()
	dbtest.EachURL(t, func(t *testing.T, url string) {
		t.Helper()
		d := running.New(t, postgres(url))
		long := seed(t, d, 600)
		d.Start()
		few := bounds{160, time.Minute}
		creations(d, 8, few)
		pages(d, 8, few, "/work", newest)
		pages(d, 8, few, paths(long)...)
		visible(d, bounds{4, time.Minute})
		deliveries(d, 4, 24, 50_000)
		d.Stop()
	})
}
