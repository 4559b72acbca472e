// SPDX-License-Identifier: Apache-2.0

package simulation_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// stepsOfASeed is how much happens in one run.
const stepsOfASeed = 120

// run lets a desk of a seed live, and returns what did not hold.
func run(seed uint64) (d *desk, err error) {
	d = newDesk(seed)
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%v", v)
		}
	}()
	for range stepsOfASeed {
		if err := d.step(); err != nil {
			return d, err
		}
	}
	return d, d.all()
}

// number reads one from the environment.
func number(t *testing.T, name string) (uint64, bool) {
	t.Helper()
	s, given := os.LookupEnv(name)
	if !given {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n, true
}

// TestF52_I1_I2_I3_I4_I5_I6_I7_I10_ADeskOnVirtualTime runs as many seeds as it is told, 100 where
// it is told nothing, or the one that failed.
func TestF52_I1_I2_I3_I4_I5_I6_I7_I10_ADeskOnVirtualTime(t *testing.T) {
	t.Parallel()
	first, seeds := uint64(1), uint64(100)
	if n, ok := number(t, "LOOPDESK_SEEDS"); ok {
		seeds = n
	}
	if n, ok := number(t, "LOOPDESK_SEED"); ok {
		first, seeds = n, 1
	}
	var next, failed, facts, refused atomic.Int64
	next.Store(int64(first) - 1)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for failed.Load() < 5 {
				seed := uint64(next.Add(1))
				if seed >= first+seeds {
					return
				}
				d, err := run(seed)
				facts.Add(int64(len(d.log)))
				for _, a := range d.acts {
					if a.outcome == "failed" {
						refused.Add(1)
					}
				}
				if err != nil {
					failed.Add(1)
					t.Errorf("seed %d: %v\nagain: LOOPDESK_SEED=%d go test ./test/simulation -run TestF52\nthe last steps:\n%s",
						seed, err, seed, strings.Join(d.steps[max(0, len(d.steps)-12):], "\n"))
				}
			}
		})
	}
	wait.Wait()
	t.Logf("%d seeds, %d facts, %d commands refused, %d seeds failed", seeds, facts.Load(), refused.Load(), failed.Load())
	if facts.Load() < int64(seeds)*20 {
		t.Errorf("hardly anything happened: %d facts", facts.Load())
	}
}

// The same seed gives the same life: a failure can be looked at again.
func TestF52_ASeedIsARun(t *testing.T) {
	t.Parallel()
	a, errA := run(42)
	b, errB := run(42)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if x, y := strings.Join(a.steps, "\n"), strings.Join(b.steps, "\n"); x != y || len(a.log) != len(b.log) {
		t.Error("two runs of one seed differ")
	}
}
