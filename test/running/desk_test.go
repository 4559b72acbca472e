// SPDX-License-Identifier: Apache-2.0

package running_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/test/running"
)

// failing hears how a test would fail, and ends its goroutine as a test does.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Helper() {}
func (f *failing) Fatalf(format string, _ ...any) {
	f.said = format
	runtime.Goexit()
}

// A desk that ends by itself fails its test; the end of the test does not wait for it once more.
func TestADeskThatEndsByItselfIsNotWaitedFor(t *testing.T) {
	t.Setenv("LOOPDESK_TEST_BINARY", "false")
	f := &failing{TB: t}
	d := running.On(f, t.TempDir(), "")
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer d.Kill()
		d.Start()
	}()
	<-over
	if !strings.Contains(f.said, "the desk ended") {
		t.Errorf("said %q", f.said)
	}
}
