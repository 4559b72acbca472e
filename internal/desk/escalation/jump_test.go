// SPDX-License-Identifier: Apache-2.0

package escalation_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// The clock jumps and nobody is told anything wrong (F42). The guard sees that less time
// passed than the clock says.
func TestF42_AJumpOfTheClockRaisesNothing(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]func(time.Time) time.Time{
		"an hour on":   func(t time.Time) time.Time { return t.Add(time.Hour) },
		"an hour back": func(t time.Time) time.Time { return t.Add(-time.Hour) },
		"a day on":     func(t time.Time) time.Time { return t.AddDate(0, 0, 1) },
		"leap second":  func(t time.Time) time.Time { return t.Add(-time.Second) }, // as systems without one step it
		"a day back":   func(t time.Time) time.Time { return t.AddDate(0, 0, -1) },
		"1970":         func(time.Time) time.Time { return time.Unix(0, 0) },
		"2038":         func(time.Time) time.Time { return time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.EachURL(t, func(t *testing.T, url string) {
				passed := time.Duration(0)
				h := newHouse(t, url, func(_ *node, p *escalation.Parts) { p.Elapsed = func() time.Duration { return passed } })
				pass := func(d time.Duration) {
					passed += d
					h.clock.Advance(d)
					h.run()
				}
				var list []ticket.Ticket
				for range 5 {
					list = append(list, h.open())
				}
				pass(10 * time.Minute)
				right := h.clock.Now()
				h.clock.Set(jump(right))
				for range 9 { // nine minutes with a wrong clock
					pass(time.Minute)
				}
				if got := all(t, h.db); len(got) != 0 {
					t.Errorf("%d raised by a wrong clock: %+v", len(got), got[0].Raised)
				}
				h.clock.Set(right.Add(9 * time.Minute)) // put right
				pass(10 * time.Minute)
				if got := all(t, h.db); len(got) != 0 {
					t.Errorf("%d raised before their time", len(got))
				}
				for range 70 {
					pass(time.Minute)
				}
				if n := once(t, all(t, h.db)); n != 3*len(list) {
					t.Errorf("%d raised afterwards, want %d", n, 3*len(list))
				}
			})
		})
	}
}

// The desk is down, and the clock is moved meanwhile. The next process of the same run of the
// machine knows by how much; after a restart of the machine it is only known that a clock before
// the last look is wrong, and that one long after it may be.
func TestF42_AJumpWhileTheDeskWasDown(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		boot  string // of the second process
		down  time.Duration
		jump  time.Duration
		right bool // the clock is believed at once
	}{
		"a day on":                       {"one", time.Minute, 24 * time.Hour, false},
		"an hour back":                   {"one", time.Minute, -time.Hour, false},
		"nothing but three quiet hours":  {"one", 3 * time.Hour, 0, true},
		"another boot, an hour back":     {"two", 20 * time.Minute, -time.Hour, false},
		"another boot, three days on":    {"two", time.Minute, 72 * time.Hour, false},
		"another boot, three hours on":   {"two", 3 * time.Hour, 0, true},
		"no name of the boot, hour back": {"", 20 * time.Minute, -time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.EachURL(t, func(t *testing.T, url string) {
				passed := 100 * time.Hour
				since := func() time.Duration { return passed }
				h := newHouse(t, url, func(_ *node, p *escalation.Parts) { p.Elapsed, p.Boot = since, "one" })
				one := h.open()
				h.run() // it is written down here how the clock stands
				h.clock.Advance(tt.down)
				if passed += tt.down; tt.boot != "one" {
					passed = time.Minute
				}
				right := h.clock.Now()
				h.clock.Set(right.Add(tt.jump))
				if err := h.db.Close(); err != nil {
					t.Fatal(err)
				}
				next := newNode(t, dbtest.Open(t, url), h.clock, func(_ *node, p *escalation.Parts) { p.Elapsed, p.Boot = since, tt.boot })
				pass := func(d time.Duration) {
					passed += d
					h.clock.Advance(d)
					if _, err := next.RunDue(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				pass(0)
				for range 9 {
					pass(time.Minute)
				}
				if got := len(next.raised(one)) > 0; got != tt.right {
					t.Errorf("raised %v with a clock that was moved by %v", next.raised(one), tt.jump)
				}
				h.clock.Set(right.Add(9 * time.Minute)) // put right
				for range 100 {
					pass(time.Minute)
				}
				if got := next.raised(one); len(got) == 0 || got[len(got)-1] != "r+30" {
					t.Errorf("raised %v after it was put right", got)
				}
				once(t, all(t, next.db))
			})
		})
	}
}

// Where the desk could not see what passed – it was down, or the jump was believed – a jump
// beyond several steps raises one letter for each clock, none for tickets that are fine, and
// a jump back raises nothing again.
func TestF42_ABelievedJumpRaisesOneForEachClock(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		var late, fine []ticket.Ticket
		for range 4 {
			late, fine = append(late, h.open()), append(fine, h.open())
		}
		h.clock.Advance(20 * time.Minute)
		for _, x := range fine {
			h.reply(x)
		}
		h.at(2 * time.Hour) // u100 of the fine ones is due twenty minutes later
		for _, x := range late {
			if diff := cmp.Diff([]string{"r+30"}, h.raised(x)); diff != "" {
				t.Errorf("a late one (-want +got):\n%s", diff)
			}
		}
		for _, x := range fine {
			if got := h.raised(x); len(got) != 0 {
				t.Errorf("a fine one: %v", got)
			}
		}
		if got := all(t, h.db)[0]; got.Passed != 2 {
			t.Errorf("%d steps passed, want 2", got.Passed)
		}
		for _, at := range []time.Duration{-24 * time.Hour, 0, 30 * time.Minute, 60 * time.Minute, 90 * time.Minute, 2 * time.Hour} {
			h.at(at)
		}
		if n := once(t, all(t, h.db)); n != len(late) {
			t.Errorf("%d raised after the clock went back, want %d", n, len(late))
		}
	})
}
