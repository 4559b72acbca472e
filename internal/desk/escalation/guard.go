// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"sync"
	"time"
)

const (
	// leap is by how much the clock may differ from the time that really passed between two
	// looks before it is called a jump.
	leap = time.Minute
	// probation is how long a clock that jumped must run evenly before it is believed.
	probation = 10 * time.Minute
	// absence is how far a clock may be after nobody has looked at it, to be believed at once.
	absence = 24 * time.Hour
	// remembered is how often it is written down that the clock is believed.
	remembered = time.Minute
)

// Guard notices that the clock was moved: between two looks it must advance as much as time
// really passed. After a jump it is not believed for ten minutes, so that a wrong clock which
// is put right meanwhile has raised nothing (F42). A clock that jumps back where it should be
// is believed at once. What it believed outlives the process: Recall gives it back.
type Guard struct {
	elapsed func() time.Duration

	mu     sync.Mutex
	seen   bool
	offset time.Duration // the clock less the time that passed, as it is believed
	drawn  time.Duration // the same, as it was at the last look
	since  time.Duration // when the clock jumped, by the time that passed
	jumped bool
}

// NewGuard makes a guard over the time that really passes; nil believes every clock.
func NewGuard(elapsed func() time.Duration) *Guard { return &Guard{elapsed: elapsed} }

// Trusts reports whether what the clock says now can be acted upon.
func (g *Guard) Trusts(now time.Time) bool {
	if g.elapsed == nil {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	passed := g.elapsed()
	offset := now.Sub(time.Unix(0, 0)) - passed
	if !g.seen {
		g.seen, g.offset, g.drawn = true, offset, offset
		return true
	}
	if far(offset, g.drawn) { // moved since the last look
		g.jumped, g.since = true, passed
	}
	g.drawn = offset
	switch {
	case !far(offset, g.offset):
		g.offset, g.jumped = offset, false
	case passed-g.since >= probation:
		g.offset, g.jumped = offset, false
	}
	return !g.jumped
}

// Recall gives the guard what was believed before this process began. One of the same run of the
// machine knows exactly; of another one it is only known when the clock was last believed: a
// clock that is before that was moved, and after more than a day away nobody can tell.
func (g *Guard) Recall(m memory, now time.Time) {
	if g.elapsed == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	passed := g.elapsed()
	offset := now.Sub(time.Unix(0, 0)) - passed
	switch {
	case g.seen || m.seen.IsZero():
	case m.same:
		g.seen, g.offset, g.drawn = true, m.ahead, m.ahead
	case now.Before(m.seen.Add(-leap)), now.After(m.seen.Add(absence)):
		g.seen, g.offset, g.drawn = true, m.seen.Sub(time.Unix(0, 0))-passed, offset
		g.jumped, g.since = true, passed
	}
}

// Ahead is how the clock stands to the time that passes, as it is believed.
func (g *Guard) Ahead() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.offset
}

// memory is what is kept of a guard.
type memory struct {
	same  bool          // by a process of this run of the machine
	ahead time.Duration // as it was believed
	seen  time.Time     // when, by the clock; zero where nothing is known
}

func far(a, b time.Duration) bool { return (a - b).Abs() > leap }
