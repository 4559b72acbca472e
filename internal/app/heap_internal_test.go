// SPDX-License-Identifier: Apache-2.0

package app

import (
	"runtime"
	"testing"
	"time"
)

func TestTheHeapGrowsByItsRoomOrToTwice(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		live uint64
		want int
	}{
		{0, 3200}, {1 << 20, 3200}, {4 << 20, 3200}, {16 << 20, 800}, {32 << 20, 400}, {64 << 20, 200}, {128 << 20, 100}, {1 << 30, 100}, {1 << 40, 100},
	} {
		if got := growth(tt.live); got != tt.want {
			t.Errorf("with %d MiB alive: %d %%, want %d", tt.live>>20, got, tt.want)
		}
	}
}

func TestEachCollectionIsHeardOnce(t *testing.T) {
	heard := make(chan bool, 10)
	for range 3 {
		afterCollection(func() { heard <- true })
		for done := false; !done; {
			runtime.GC()
			select {
			case <-heard:
				done = true
			case <-time.After(time.Millisecond): // cleanups have a goroutine of their own
			}
		}
	}
	runtime.GC()
	if n := len(heard); n != 0 {
		t.Errorf("heard %d times more", n)
	}
}
