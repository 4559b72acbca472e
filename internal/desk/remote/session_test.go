// SPDX-License-Identifier: Apache-2.0

package remote_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN26_WhereEachActLeads(t *testing.T) {
	t.Parallel()
	want := map[remote.State]map[remote.Act]string{
		remote.Asked: {
			remote.Agree: "agreed ", remote.Decline: "ended declined", remote.Cannot: "ended unsupported", remote.StopUser: "ended declined",
			remote.StopDesk: "ended withdrawn", remote.Expire: "ended unanswered", remote.Close: "ended closed",
		},
		remote.Agreed: {
			remote.Agree: "agreed ", remote.Decline: "ended declined", remote.Cannot: "ended unsupported", remote.Begin: "live ",
			remote.StopUser: "ended requester", remote.StopDesk: "ended agent", remote.Fail: "ended unreachable", remote.Lose: "ended lost",
			remote.Expire: "ended unanswered", remote.Close: "ended closed",
		},
		remote.Live: {
			remote.Agree: "agreed ", remote.StopUser: "ended requester", remote.StopDesk: "ended agent", remote.Fail: "ended unreachable",
			remote.Lose: "ended lost", remote.Expire: "ended too_long", remote.Close: "ended closed",
		},
		remote.Ended: {},
	}
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	for _, state := range remote.States() {
		for _, act := range remote.Acts() {
			x, err := remote.Session{Way: remote.Share, State: state, AskedAt: at}.Do(act, at.Add(time.Minute), 7)
			led, may := want[state][act]
			switch got := string(x.State) + " " + string(x.Reason); {
			case may && (err != nil || state == remote.Live && act == remote.Expire && got != "ended too_long"):
				t.Errorf("%s + %s: %q, %v", state, act, got, err)
			case may && got != led:
				t.Errorf("%s + %s leads to %q, want %q", state, act, got, led)
			case !may && errs.KindOf(err) != errs.Conflict:
				t.Errorf("%s + %s is let through: %q, %v", state, act, got, err)
			}
			if x.State == remote.Ended && state != remote.Ended && (x.EndedAt.IsZero() || x.EndedBy != 7 || !slices.Contains(remote.Reasons(), x.Reason)) {
				t.Errorf("%s + %s ends without saying when, by whom and why: %+v", state, act, x)
			}
		}
	}
	for _, act := range remote.Acts() { // nobody consents within a tool's session
		x := remote.Session{Way: remote.Launch, State: remote.Live, StartedAt: at}
		if may := x.May(act); may != slices.Contains([]remote.Act{remote.StopDesk, remote.Expire, remote.Close}, act) {
			t.Errorf("a tool's session + %s: %v", act, may)
		}
	}
}

// However people, timers and lines behave: nothing is seen without consent before it, what has
// ended stays ended, and every open session is looked at some day.
func TestN26_NothingIsSeenWithoutConsent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
		x := remote.Session{Way: remote.Share, State: remote.Asked, AskedAt: now}
		p, consents := remote.Start(), 0
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 4000).Draw(t, "seconds")) * time.Second)
			if rapid.Bool().Draw(t, "heard of both") {
				x.AgentSeen, x.RequesterSeen = now, now
			}
			act := rapid.SampledFrom(remote.Acts()).Draw(t, "act")
			after, err := x.Do(act, now, person.ID(rapid.IntRange(0, 3).Draw(t, "who")))
			if err != nil {
				continue
			}
			if act == remote.Agree {
				consents++
			}
			switch {
			case !x.Open():
				t.Fatalf("an ended session goes on: %+v", after)
			case after.State == remote.Live && consents == 0:
				t.Fatal("a screen is seen to which nobody agreed")
			case after.State == remote.Live && x.State != remote.Agreed:
				t.Fatalf("a screen is seen out of %s", x.State)
			case !after.StartedAt.IsZero() && consents == 0:
				t.Fatal("a beginning without consent")
			}
			x = after
			due, does := x.Due(p)
			if x.Open() && (due.IsZero() || !x.May(does) || due.After(now.Add(p.Longest()+p.Answer()))) {
				t.Fatalf("an open session is looked at %v for %q: %+v", due, does, x)
			}
			if !x.Open() && does != "" {
				t.Fatal("an ended session is looked at")
			}
		}
	})
}

func TestN26_WhenASessionIsLookedAt(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	p := remote.Start()
	for name, c := range map[string]struct {
		x    remote.Session
		due  time.Duration
		does remote.Act
	}{
		"nobody answered":      {remote.Session{Way: remote.Share, State: remote.Asked, AskedAt: at}, 30 * time.Minute, remote.Expire},
		"agreed, nothing seen": {remote.Session{Way: remote.Share, State: remote.Agreed, AskedAt: at, AgreedAt: at.Add(time.Minute)}, 31 * time.Minute, remote.Expire},
		"a side is silent": {
			remote.Session{Way: remote.Share, State: remote.Live, StartedAt: at, AgentSeen: at.Add(time.Hour), RequesterSeen: at.Add(time.Minute)},
			time.Minute + remote.Silence, remote.Lose,
		},
		"just begun": {remote.Session{Way: remote.Share, State: remote.Live, StartedAt: at}, remote.Silence, remote.Lose},
		"as long as one may last": {
			remote.Session{Way: remote.Share, State: remote.Live, StartedAt: at, AgentSeen: at.Add(2 * time.Hour), RequesterSeen: at.Add(2 * time.Hour)},
			2 * time.Hour, remote.Expire,
		},
		"a tool that was forgotten": {remote.Session{Way: remote.Launch, State: remote.Live, StartedAt: at}, 8 * time.Hour, remote.Expire},
	} {
		if due, does := c.x.Due(p); !due.Equal(at.Add(c.due)) || does != c.does {
			t.Errorf("%s: %s after %v, want %s after %v", name, does, due.Sub(at), c.does, c.due)
		}
	}
}
