// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

// clockOf computes one clock of a life at its present; ok is false where there is none.
func clockOf(l *slatest.Life, name sla.Name) (sla.Clock, bool) {
	list := sla.Clocks(l.Ticket, sla.Standard(), calendar.Always{}, l.Now)
	if i := slices.IndexFunc(list, func(c sla.Clock) bool { return c.Name == name }); i >= 0 {
		return list[i], true
	}
	return sla.Clock{}, false
}

// expected is a clock as a test writes it: hours are counted from the start of the life.
type expected struct {
	state sla.State // "" where there is no such clock
	due   time.Duration
	first string // key of the first reason
}

func check(t *testing.T, l *slatest.Life, name sla.Name, want expected) {
	t.Helper()
	c, ok := clockOf(l, name)
	if !ok || want.state == "" {
		if ok || want.state != "" {
			t.Errorf("the clock is there: %v (%s), want %q", ok, c.State, want.state)
		}
		return
	}
	if c.State != want.state {
		t.Errorf("state %s, want %s", c.State, want.state)
	}
	due := time.Duration(0)
	if !c.Due.IsZero() {
		due = c.Due.Sub(slatest.Start())
	}
	if due != want.due {
		t.Errorf("due after %v, want %v", due, want.due)
	}
	if len(c.Why) == 0 || (want.first != "" && c.Why[0].Key != want.first) {
		t.Errorf("reasons %v, want %s first", c.Why, want.first)
	}
}

// answered is a P3 life in which a human spoke after an hour. P3: response 2 h, update 8 h, resolve 3 d.
func answered() *slatest.Life {
	l := slatest.New(ticket.Portal)
	return l.Then(0, slatest.Acknowledged(l.Now.Add(2*hour))).Then(minute, slatest.Accepted()).Then(59*minute, l.Word())
}

func TestN3_N19_OnlyAHumanWordStopsTheResponseClock(t *testing.T) {
	t.Parallel()
	fresh := func() *slatest.Life { return slatest.New(ticket.Mail) }
	for _, tt := range []struct {
		name string
		life *slatest.Life
		want expected
	}{
		{"it runs from recording", fresh().Wait(minute), expected{sla.Running, 2 * hour, "sla.why_recorded"}},
		{"the automatic word does not stop it", fresh().Then(0, slatest.Acknowledged(slatest.Start().Add(hour))).Wait(minute), expected{sla.Running, 2 * hour, ""}},
		{"accepting does not stop it", fresh().Then(minute, slatest.Accepted()).Wait(minute), expected{sla.Running, 2 * hour, ""}},
		{"a note does not stop it", fresh().Then(minute, slatest.Note()).Wait(minute), expected{sla.Running, 2 * hour, ""}},
		{"the user's own word does not stop it", fresh().Then(minute, slatest.UserWord()).Wait(minute), expected{sla.Running, 2 * hour, ""}},
		{"at the due instant it is not over", fresh().Wait(2 * hour), expected{sla.Running, 2 * hour, ""}},
		{"a moment later it is", fresh().Wait(2*hour + time.Millisecond), expected{sla.Over, 2 * hour, ""}},
		{"a word in time", answered().Wait(day), expected{sla.Met, 2 * hour, ""}},
		{"a word too late", func() *slatest.Life { l := fresh(); return l.Then(3*hour, l.Word()) }(), expected{sla.Missed, 2 * hour, ""}},
		{"a solution is a word", fresh().Then(minute, slatest.Accepted()).Then(hour, slatest.Solved()), expected{sla.Met, 2 * hour, ""}},
		{"the grade changes the target", fresh().Then(minute, slatest.Graded(triage.P1)), expected{sla.Running, 15 * minute, ""}},
		{"called off before anybody answered: nothing was owed", fresh().Then(5*hour, slatest.Ended(ticket.Cancelled)), expected{sla.Met, 5 * hour, ""}},
		{"the desk itself dropped it after nobody had answered in time", fresh().Then(5*hour, slatest.Ended(ticket.Duplicate)), expected{sla.Missed, 2 * hour, ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, tt.life, sla.Response, tt.want)
		})
	}
}

func TestN29_N30_TheUpdateClock(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) time.Time { return slatest.Start().Add(d) }
	for _, tt := range []struct {
		name string
		tell func(l *slatest.Life)
		want expected
	}{
		{"it runs from the last word", func(*slatest.Life) {}, expected{sla.Running, 9 * hour, "sla.why_last_word"}},
		{"a word starts it again", func(l *slatest.Life) { l.Then(2*hour, l.Word()) }, expected{sla.Running, 11 * hour, "sla.why_last_word"}},
		{"a note does not", func(l *slatest.Life) { l.Then(2*hour, slatest.Note()) }, expected{sla.Running, 9 * hour, ""}},
		{"nor does the user's word", func(l *slatest.Life) { l.Then(2*hour, slatest.UserWord()) }, expected{sla.Running, 9 * hour, ""}},
		{"a spoken word does", func(l *slatest.Life) { l.Then(2*hour, ticket.Said{Kind: ticket.Call, Spoke: true}) }, expected{sla.Running, 11 * hour, ""}},
		{"a later time in its words moves nothing", func(l *slatest.Life) {
			l.Then(2*hour, ticket.Said{Kind: ticket.Public, Promise: slatest.Start().Add(30 * hour), Words: "明天下午"})
		}, expected{sla.Running, 11 * hour, ""}},
		{"an earlier one neither", func(l *slatest.Life) {
			l.Then(2*hour, ticket.Said{Kind: ticket.Public, Promise: slatest.Start().Add(3 * hour), Words: "一小时内"})
		}, expected{sla.Running, 11 * hour, ""}},
		{"a call that reached nobody does not", func(l *slatest.Life) { l.Then(2*hour, ticket.Said{Kind: ticket.Call}) }, expected{sla.Running, 9 * hour, ""}},
		{"silence is seen", func(l *slatest.Life) { l.Wait(8*hour + minute) }, expected{sla.Over, 9 * hour, ""}},
		{"a higher priority is stricter at once", func(l *slatest.Life) { l.Then(hour, slatest.Graded(triage.P1)) }, expected{sla.Over, 90 * minute, ""}},

		{"it pauses while the user has the ball", func(l *slatest.Life) { l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Wait(5 * day) }, expected{sla.Paused, 0, ""}},
		{"and begins anew when they answer", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(48*hour, slatest.UserWord()).Then(0, slatest.Resumed())
		}, expected{sla.Running, 58 * hour, "sla.why_wait_over"}},
		{"a word after that counts as ever", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(48*hour, slatest.Resumed()).Then(hour, l.Word())
		}, expected{sla.Running, 59 * hour, "sla.why_last_word"}},
		{"waiting for a vendor is no excuse for silence", func(l *slatest.Life) { l.Then(hour, slatest.Held(ticket.ForVendor, time.Time{})).Wait(8 * hour) }, expected{sla.Over, 9 * hour, "sla.why_last_word"}},
		{"and resuming is no word", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForVendor, time.Time{})).Then(hour, slatest.Resumed())
		}, expected{sla.Running, 9 * hour, ""}},
		{"from the user to the vendor", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(48*hour, slatest.Held(ticket.ForVendor, time.Time{}))
		}, expected{sla.Running, 58 * hour, "sla.why_wait_over"}},

		{"the time told is the time owed, though later", func(l *slatest.Life) { l.Then(hour, slatest.Held(ticket.Blocked, at(50*hour))).Wait(40 * hour) }, expected{sla.Running, 50 * hour, "sla.why_promised"}},
		{"and though earlier", func(l *slatest.Life) { l.Then(hour, slatest.Held(ticket.Blocked, at(3*hour))) }, expected{sla.Running, 3 * hour, "sla.why_promised"}},
		{"a promise is broken after its time", func(l *slatest.Life) { l.Then(hour, slatest.Held(ticket.Blocked, at(3*hour))).Wait(2 * hour) }, expected{sla.Over, 3 * hour, ""}},
		{"it outlives the wait", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.Blocked, at(50*hour))).Then(20*hour, slatest.Resumed())
		}, expected{sla.Running, 50 * hour, "sla.why_promised"}},
		{"a word keeps it, and the cadence goes on", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.Blocked, at(4*hour))).Then(hour, l.Word())
		}, expected{sla.Running, 11 * hour, "sla.why_last_word"}},
		{"but an early word does not shorten it", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.Blocked, at(50*hour))).Then(hour, l.Word())
		}, expected{sla.Running, 50 * hour, "sla.why_promised"}},
		{"a word after the wait ends it", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.Blocked, at(50*hour))).Then(hour, slatest.Resumed()).Then(hour, l.Word())
		}, expected{sla.Running, 12 * hour, "sla.why_last_word"}},

		{"a solution owes nothing more", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Wait(9 * day) }, expected{}},
		{"until the user writes", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Then(hour, slatest.UserWord()) }, expected{sla.Running, 11 * hour, "sla.why_user_wrote"}},
		{"and is answered", func(l *slatest.Life) {
			l.Then(hour, slatest.Solved()).Then(hour, slatest.UserWord()).Then(hour, l.Word())
		}, expected{}},
		{"a confirmation asks for no answer", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Then(hour, slatest.Confirmed()) }, expected{}},
		{"a rejection begins anew", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Then(2*day, slatest.Rejected()) }, expected{sla.Running, 58 * hour, "sla.why_rejected"}},
		{"closed is closed", func(l *slatest.Life) { l.Then(hour, slatest.Ended(ticket.Cancelled)) }, expected{}},
		{"reopened begins anew", func(l *slatest.Life) { l.Then(hour, slatest.Ended(ticket.Cancelled)).Then(4*day, slatest.Reopened()) }, expected{sla.Running, 106 * hour, "sla.why_reopened"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := answered()
			tt.tell(l)
			check(t, l, sla.Update, tt.want)
		})
	}
	check(t, slatest.New(ticket.Portal).Wait(day), sla.Update, expected{}) // the response clock comes first
}

func TestN23_TheResolveClock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		tell func(l *slatest.Life)
		want expected
		why  []string // besides start, target and calendar
	}{
		{"it runs from recording", func(*slatest.Life) {}, expected{sla.Running, 72 * hour, "sla.why_recorded"}, nil},
		{"it stops with the solution", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Wait(9 * day) }, expected{sla.Met, 72 * hour, ""}, nil},
		{"in time or not", func(l *slatest.Life) { l.Then(80*hour, slatest.Solved()) }, expected{sla.Missed, 72 * hour, ""}, nil},
		{"the user's wait does not count", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(30*hour, slatest.Resumed())
		}, expected{sla.Running, 102 * hour, ""}, []string{"sla.why_paused"}},
		{"and has no due time while it lasts", func(l *slatest.Life) { l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})) }, expected{sla.Paused, 0, ""}, []string{"sla.why_paused_now"}},
		{"two waits add up", func(l *slatest.Life) {
			for range 2 {
				l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(5*hour, slatest.Resumed())
			}
		}, expected{sla.Running, 82 * hour, ""}, []string{"sla.why_paused", "sla.why_paused"}},
		{"other waits count", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForVendor, time.Time{})).Then(30*hour, slatest.Resumed())
		}, expected{sla.Running, 72 * hour, ""}, nil},
		{"a wait that began too late does not make it timely", func(l *slatest.Life) {
			l.Then(80*hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(5*hour, slatest.Resumed()).Then(hour, slatest.Solved())
		}, expected{sla.Missed, 72 * hour, ""}, []string{"sla.why_paused_late"}},
		{"nor does trying a solution that came too late", func(l *slatest.Life) {
			l.Then(80*hour, slatest.Solved()).Then(9*hour, slatest.Rejected())
		}, expected{sla.Over, 72 * hour, ""}, []string{"sla.why_paused_late"}},
		{"a wait that the solution ended", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(30*hour, slatest.Solved())
		}, expected{sla.Met, 102 * hour, ""}, []string{"sla.why_paused"}},
		{"trying a solution that fails does not count", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Then(2*day, slatest.Rejected()) }, expected{sla.Running, 120 * hour, ""}, []string{"sla.why_tried"}},
		{"reopened, the target begins anew", func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(hour, slatest.Solved()).Then(hour, slatest.Confirmed()).
				Then(hour, slatest.Ended(ticket.Confirmed)).Then(96*hour, slatest.Reopened())
		}, expected{sla.Running, 173 * hour, "sla.why_reopened"}, nil},
		{"called off", func(l *slatest.Life) { l.Then(hour, slatest.Ended(ticket.Cancelled)) }, expected{sla.Met, 72 * hour, ""}, nil},
		{"over", func(l *slatest.Life) { l.Wait(72 * hour) }, expected{sla.Over, 72 * hour, ""}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := answered()
			tt.tell(l)
			check(t, l, sla.Resolve, tt.want)
			c, _ := clockOf(l, sla.Resolve)
			keys := []string(nil)
			for _, w := range c.Why[3:] {
				keys = append(keys, w.Key)
			}
			if diff := cmp.Diff(tt.why, keys); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

// A ticket that comes back is owed a first word from then on, and not since it was recorded.
func TestN3_AReopenedTicketThatNobodyAnsweredHasItsWholeTime(t *testing.T) {
	t.Parallel()
	unheard := func() *slatest.Life {
		return slatest.New(ticket.Portal).Then(hour, slatest.Ended(ticket.Cancelled)).Then(96*hour, slatest.Reopened())
	}
	for _, tt := range []struct {
		name string
		life *slatest.Life
		want expected
	}{
		{"it runs from the reopening", unheard().Wait(minute), expected{sla.Running, 99 * hour, "sla.why_reopened"}},
		{"and is over after its time", unheard().Wait(3 * hour), expected{sla.Over, 99 * hour, "sla.why_reopened"}},
		{"answered in time", func() *slatest.Life { l := unheard(); return l.Then(hour, l.Word()) }(), expected{sla.Met, 99 * hour, "sla.why_reopened"}},
		{"answered too late", func() *slatest.Life { l := unheard(); return l.Then(3*hour, l.Word()) }(), expected{sla.Missed, 99 * hour, "sla.why_reopened"}},
		{"answered before it ended: that word counts", answered().Then(hour, slatest.Ended(ticket.Cancelled)).Then(96*hour, slatest.Reopened()), expected{sla.Met, 2 * hour, "sla.why_recorded"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			check(t, tt.life, sla.Response, tt.want)
		})
	}
}

func TestN35_TheConfirmClock(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		tell func(l *slatest.Life)
		want expected
	}{
		{"nothing to confirm yet", func(*slatest.Life) {}, expected{}},
		{"it runs from the solution", func(l *slatest.Life) { l.Then(hour, slatest.Solved()) }, expected{sla.Running, 74 * hour, "sla.why_solution"}},
		{"confirmed", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Then(hour, slatest.Confirmed()) }, expected{sla.Met, 74 * hour, ""}},
		{"rejected: nothing to confirm", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Then(hour, slatest.Rejected()) }, expected{}},
		{"time up is missed, whenever it was noticed", func(l *slatest.Life) { l.Then(hour, slatest.Solved()).Then(72*hour, slatest.TimeUp()) }, expected{sla.Missed, 74 * hour, ""}},
		{"a later word is a word", func(l *slatest.Life) {
			l.Then(hour, slatest.Solved()).Then(hour, slatest.Rejected()).Then(hour, slatest.Solved())
		}, expected{sla.Running, 76 * hour, ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := answered()
			tt.tell(l)
			check(t, l, sla.Confirm, tt.want)
		})
	}
}

func TestN23_NextIsWhatSomebodyOwesFirst(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		life  *slatest.Life
		clock string
		due   time.Duration
	}{
		{"a new ticket owes a word", slatest.New(ticket.Mail), "response", 2 * hour},
		{"then the next one", answered(), "update", 9 * hour},
		{"or a solution, where that is sooner", answered().Then(69*hour, slatest.UserWord()).Then(0, answered().Word()), "resolve", 72 * hour},
		{"to ask again, where the user has the ball", answered().Then(hour, slatest.Held(ticket.ForRequester, time.Time{})), "silence", 74 * hour},
		{"a confirmation", answered().Then(hour, slatest.Solved()), "confirm", 74 * hour},
		{"a closure sheet within a day", answered().Then(hour, slatest.Solved()).Then(hour, slatest.Confirmed()), ticket.ClockArchive, 27 * hour},
		{"also where the time was up", answered().Then(hour, slatest.Solved()).Then(72*hour, slatest.TimeUp()), ticket.ClockArchive, 98 * hour},
	} {
		due, name := sla.Next(tt.life.Ticket, sla.Standard(), calendar.Always{})
		if name != tt.clock || due.Sub(slatest.Start()) != tt.due {
			t.Errorf("%s: %s after %v, want %s after %v", tt.name, name, due.Sub(slatest.Start()), tt.clock, tt.due)
		}
	}
	for name, l := range map[string]*slatest.Life{
		"closed": answered().Then(hour, slatest.Ended(ticket.Cancelled)),
	} {
		if due, clock := sla.Next(l.Ticket, sla.Standard(), calendar.Always{}); !due.Equal(ticket.Never) || clock != "" {
			t.Errorf("%s: %s at %v", name, clock, due)
		}
	}
}

// Whatever happens, a clock keeps its promises.
func TestClocksOfAnyLife(t *testing.T) {
	t.Parallel()
	policy, hours := sla.Standard(), office(t)
	rapid.Check(t, func(t *rapid.T) {
		l := slatest.Random(t, 14)
		var cal calendar.Calendar = calendar.Always{}
		if rapid.Bool().Draw(t, "office") {
			cal = hours
		}
		now, later := l.Now, l.Now.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(t, "later"))*minute)
		list, after := sla.Clocks(l.Ticket, policy, cal, now), sla.Clocks(l.Ticket, policy, cal, later)
		if len(list) != len(after) {
			t.Fatalf("time alone makes %d clocks of %d", len(after), len(list))
		}
		earliest := ticket.Never
		for i, c := range list {
			if !c.Due.Equal(after[i].Due) || !c.Stopped.Equal(after[i].Stopped) {
				t.Fatalf("time alone moves the %s clock", c.Name)
			}
			if stopped := c.State == sla.Met || c.State == sla.Missed; stopped != !c.Stopped.IsZero() || (stopped && after[i].State != c.State) {
				t.Fatalf("the %s clock is %s, stopped %v, later %s", c.Name, c.State, c.Stopped, after[i].State)
			}
			own := cal
			if l.Ticket.Priority == triage.P1 {
				own = calendar.Always{}
			}
			if c.Name == sla.Update && l.Ticket.Detail.Pace.Minutes > 0 { // a major incident counts every minute
				own = c.Calendar()
			}
			if !c.Due.IsZero() && c.Counted > 0 && own.Between(c.Start, c.Due) != c.Counted {
				t.Fatalf("the %s clock counts %v, from %v to %v are %v", c.Name, c.Counted, c.Start, c.Due, own.Between(c.Start, c.Due))
			}
			if (c.State == sla.Paused) != c.Due.IsZero() {
				t.Fatalf("the %s clock is %s and due %v", c.Name, c.State, c.Due)
			}
			if c.State == sla.Running || c.State == sla.Over {
				if (c.State == sla.Over) != now.After(c.Due) {
					t.Fatalf("the %s clock is %s at %v, due %v", c.Name, c.State, now, c.Due)
				}
				if c.Due.Before(earliest) {
					earliest = c.Due
				}
			}
			for _, w := range c.Why {
				for _, lang := range i18n.Langs() {
					if text := w.Text(lang, now, time.UTC); strings.Contains(text, "⟦") || text == "" {
						t.Fatalf("%s in %s: %q", w.Key, lang, text)
					}
				}
			}
		}
		due, name := sla.Next(l.Ticket, policy, cal)
		if name != ticket.ClockArchive && !due.Equal(earliest) {
			t.Fatalf("next is %s at %v, the earliest clock %v", name, due, earliest)
		}
		// A word of the desk ends every silence at once.
		if l.Ticket.Status == ticket.Closed || (l.Ticket.FirstResponseAt.IsZero() && l.Ticket.Status == ticket.New) {
			return
		}
		l.Then(minute, l.Word())
		list = sla.Clocks(l.Ticket, policy, cal, l.Now)
		if i := slices.IndexFunc(list, func(c sla.Clock) bool { return c.Name == sla.Update }); i >= 0 && list[i].State == sla.Over {
			c := list[i]
			t.Fatalf("over right after a word: due %v, now %v, %v", c.Due, l.Now, c.Why)
		}
	})
}
