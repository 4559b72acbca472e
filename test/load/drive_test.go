// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/test/running"
)

// patience is how long a desk may take to come to rest.
const patience = 2 * time.Minute

// figures are what a number of callers met.
type figures struct {
	callers int
	n       int // operations that succeeded
	wall    time.Duration
	took    []time.Duration // each operation, sorted
	cpu     time.Duration   // of the desk, with everything that follows from the operations
}

// perSecond is how many operations a second succeeded.
func (f figures) perSecond() float64 { return float64(f.n) / f.wall.Seconds() }

// at is the time within which a share of the operations ended, in ms.
func (f figures) at(share float64) float64 {
	if len(f.took) == 0 {
		return 0
	}
	return ms(f.took[min(int(share*float64(len(f.took))), len(f.took)-1)])
}

// cpuEach is the processor time of one operation in ms.
func (f figures) cpuEach() float64 { return ms(f.cpu) / float64(max(f.n, 1)) }

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// bounds end a measurement: whichever comes first.
type bounds struct {
	most int // operations of all callers together
	time time.Duration
}

// drive lets callers do one operation after the other. An operation that fails fails the test.
func drive(t testing.TB, callers int, b bounds, do func(caller, n int) error) figures {
	t.Helper()
	var mu sync.Mutex
	f := figures{callers: callers}
	begin := time.Now()
	next := 0
	draw := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next >= b.most || time.Since(begin) > b.time {
			return 0, false
		}
		next++
		return next - 1, true
	}
	var wg sync.WaitGroup
	for caller := range callers {
		wg.Go(func() {
			for {
				n, more := draw()
				if !more {
					return
				}
				from := time.Now()
				err := do(caller, n)
				took := time.Since(from)
				mu.Lock()
				if err != nil {
					t.Errorf("caller %d: %v", caller, err)
				} else {
					f.n++
					f.took = append(f.took, took)
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	f.wall = time.Since(begin)
	slices.Sort(f.took)
	return f
}

// connections are one HTTP client for each caller, which keeps its connection.
func connections(callers int) []*http.Client {
	out := make([]*http.Client, callers)
	for i := range out {
		out[i] = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1, DisableCompression: true}}
	}
	return out
}

// browsers are one browser for each caller, each with a session of its own. They ask for pages
// as browsers do, compressed.
func browsers(d *running.Desk, callers int) []*http.Client {
	d.Helper()
	out := make([]*http.Client, callers)
	for i := range out {
		out[i] = d.SignIn(running.Agent)
		out[i].Transport = &http.Transport{MaxIdleConnsPerHost: 1, DisableCompression: true}
	}
	return out
}

// fetch reads a page to its end as a browser takes it from the wire and returns its size there.
func fetch(client *http.Client, address string) (int64, error) {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	size, err := io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %s", address, answer.Status)
	}
	return size, err
}
