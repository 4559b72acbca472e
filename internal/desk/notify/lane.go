// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"strings"
	"sync"
	"time"
)

// How many letters are handed over at once, in all and to receivers at one domain. A mail server
// that asks a dead domain before it answers keeps those who wait for it and nobody else (F38).
const (
	senders    = 12
	laneWidth  = 5
	laneRest   = 250 * time.Millisecond // for a letter that finds its lane full
	laneClosed = 5 * time.Second        // likewise where nothing has moved for slow
	slow       = 2 * time.Second
)

// lanes are the letters under way by the domain of their receivers. The zero value has none.
type lanes struct {
	mu    sync.Mutex
	under map[string][]time.Time // since when each is under way
}

// enter takes a place; false with how long to rest where there is none.
func (l *lanes) enter(address string, now time.Time) (leave func(), rest time.Duration, entered bool) {
	_, at, _ := strings.Cut(strings.ToLower(address), "@")
	l.mu.Lock()
	defer l.mu.Unlock()
	if here := l.under[at]; len(here) >= laneWidth {
		if now.Sub(here[0]) >= slow {
			return nil, laneClosed, false
		}
		return nil, laneRest, false
	}
	if l.under == nil {
		l.under = map[string][]time.Time{}
	}
	l.under[at] = append(l.under[at], now)
	return func() { l.leave(at, now) }, 0, true
}

// leave gives the place of a letter back that is under way since an instant.
func (l *lanes) leave(at string, since time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	here := l.under[at]
	for i, x := range here {
		if x.Equal(since) {
			here = append(here[:i:i], here[i+1:]...)
			break
		}
	}
	if l.under[at] = here; len(here) == 0 {
		delete(l.under, at)
	}
}
