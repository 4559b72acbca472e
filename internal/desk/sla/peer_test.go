// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// peerCase is one of the cases of how a peer pauses, and when it is due.
type peerCase struct {
	ID      string
	Op      string
	From    string `json:"from_"`
	To      string
	TZ      string
	Metric  string
	History [][2]string
	Minutes int64
	Elapsed float64 `json:"expect_minutes"`
	Expect  json.RawMessage
}

// TestN23_ThePeersCasesOfPausesAndTargets: fifteen cases of one peer. Thirteen hold by the policy
// of a new desk; two need what an administrator may choose, and are judged by that choice.
func TestN23_ThePeersCasesOfPausesAndTargets(t *testing.T) {
	t.Parallel()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(root, "sla", "cases.jsonl"))
	if err != nil {
		t.Skipf("no test data: %v; set LOOPDESK_TESTDATA", err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c peerCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			if strings.Contains(lines.Text(), `"op": "pause_`) || strings.Contains(lines.Text(), `"op": "sla_`) {
				t.Fatal(err)
			}
			continue
		}
		if !strings.HasPrefix(c.Op, "pause_") && !strings.HasPrefix(c.Op, "sla_") {
			continue
		}
		n++
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			c.judge(t)
		})
	}
	if n != 15 {
		t.Errorf("%d cases", n)
	}
}

func (c peerCase) judge(t *testing.T) {
	switch c.Op {
	case "pause_due":
		l := c.life(after(t, c.From))
		due(t, c.expected(t), resolveOf(t, l, c.Minutes).Due)
	case "pause_elapsed":
		l := c.life(after(t, c.From))
		clock := resolveOf(t, l, 10_000)
		end := slatest.Start().Add(after(t, c.To))
		if !clock.Stopped.IsZero() && clock.Stopped.Before(end) {
			end = clock.Stopped
		}
		paused := clock.Counted - 10_000*minute
		if got := end.Sub(clock.Start) - paused; got.Minutes() != c.Elapsed {
			t.Errorf("%v passed, want %v minutes", got, c.Elapsed)
		}
	case "sla_due":
		p := policy(sla.Target{Response: 60, Update: 60, Resolve: 75})
		c.History = slices.DeleteFunc(c.History, func(h [2]string) bool { return h[1] == "closed" }) // ours owes a closed ticket no word
		l := c.life(0)
		name := sla.Response
		if c.Metric == "solution" {
			name = sla.Resolve
		}
		due(t, c.expected(t), clockBy(t, l, p, name).Due)
	case "sla_rule":
		c.rule(t)
	case "sla_stat": // a figure over several runs: desk/report judges it
	case "pause_breaks":
		c.breaks(t)
	default:
		t.Fatalf("unknown operation %q", c.Op)
	}
}

// asked is a policy that counts as the peer does: updates while the requester waits.
func asked(x sla.Target) sla.Policy {
	p := policy(x)
	p.Cadence = sla.WhenAsked
	return p
}

// rule has the rules of the peer.
func (c peerCase) rule(t *testing.T) {
	switch c.ID {
	case "zammad/escalation/09": // where the administrator has updates counted when asked
		var want string
		if err := json.Unmarshal(c.Expect, &want); err != nil || want != "no update deadline" {
			t.Fatalf("%s, %v", c.Expect, err)
		}
		p := asked(sla.Target{Response: 60, Update: 60, Resolve: 600})
		l := slatest.New(ticket.Portal)
		l.Then(0, slatest.Accepted()).Then(minute, l.Word())
		if k, ok := sla.One(sla.Update, l.Ticket, p, calendar.Always{}, l.Now); ok {
			t.Errorf("the agent's word alone starts the update clock: due %v", k.Due)
		}
		l.Then(minute, slatest.UserWord())
		since := l.Now
		l.Then(10*minute, slatest.UserWord())
		if k, ok := sla.One(sla.Update, l.Ticket, p, calendar.Always{}, l.Now); !ok || !k.Due.Equal(since.Add(hour)) {
			t.Errorf("asked at %v, due %v", since, k.Due)
		}
		l.Then(minute, l.Word())
		if k, ok := sla.One(sla.Update, l.Ticket, p, calendar.Always{}, l.Now); ok {
			t.Errorf("answered, and still due %v", k.Due)
		}
	case "zammad/escalation/15": // where the administrator says that a clock is not wanted
		if string(c.Expect) != `"null"` {
			t.Fatal(string(c.Expect))
		}
		for _, name := range []sla.Name{sla.Response, sla.Update, sla.Resolve} {
			x := sla.Target{Response: 60, Update: 60, Resolve: 600, Accept: 30, Silence: 600}
			x.Set(name, sla.None)
			p := policy(x)
			if err := p.Check(); err != nil {
				t.Fatal(errs.As(err).Fields)
			}
			l := slatest.New(ticket.Portal)
			l.Then(0, slatest.Accepted()).Then(minute, l.Word())
			if k, ok := sla.One(name, l.Ticket, p, calendar.Always{}, l.Now); ok {
				t.Errorf("%s has no target and is due %v", name, k.Due)
			}
		}
		for _, empty := range []func(*sla.Target){func(x *sla.Target) { x.Response = 0 }, func(x *sla.Target) { x.Update = 0 }, func(x *sla.Target) { x.Resolve = 0 }} {
			p := sla.Standard() // what is left empty by accident is refused: nothing is silently never due
			if empty(&p.Targets[2]); p.Check() == nil {
				t.Error("a target of 0 is accepted")
			}
		}
	case "zammad/escalation/12": // a second word of the user moves nothing
		once := answered().Then(minute, slatest.UserWord())
		check(t, once, sla.Update, expected{sla.Running, 9 * hour, "sla.why_last_word"})
		check(t, once.Then(minute, slatest.UserWord()), sla.Update, expected{sla.Running, 9 * hour, "sla.why_last_word"})
	case "zammad/escalation/14": // the earliest counts
		for _, x := range []sla.Target{{Response: 60, Update: 600, Resolve: 600}, {Response: 600, Update: 60, Resolve: 6000}, {Response: 500, Update: 600, Resolve: 500}} {
			l := slatest.New(ticket.Portal)
			if x.Response > x.Update {
				l.Then(0, slatest.Accepted()).Then(0, l.Word())
			}
			p := policy(x)
			earliest := ticket.Never
			for _, k := range sla.Clocks(l.Ticket, p, calendar.Always{}, l.Now) {
				if k.Stopped.IsZero() && k.Due.Before(earliest) {
					earliest = k.Due
				}
			}
			if got, name := sla.Next(l.Ticket, p, calendar.Always{}); !got.Equal(earliest) {
				t.Errorf("%s at %v, the earliest is %v", name, got, earliest)
			}
		}
	default:
		t.Fatal("a rule that nobody has decided")
	}
}

// breaks: where a day of the peer's has breaks, we have waits of the ticket; cut at the
// midnights of the zone they are the same.
func (c peerCase) breaks(t *testing.T) {
	loc, err := time.LoadLocation(c.TZ)
	if err != nil {
		t.Fatal(err)
	}
	s := calendar.Sheet{Name: "x", Title: "x", Zone: c.TZ}
	for d := range s.Week {
		s.Week[d] = []calendar.Shift{{From: 0, To: 24 * 60}}
	}
	hours, err := calendar.New(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	zero := time.Date(2026, 6, 10, 0, 0, 0, 0, loc) // day0
	l := slatest.New(ticket.Portal)
	l.Then(0, slatest.Accepted()).Then(0, l.Word())
	l.Now = zero.Add(-hour)
	for _, h := range c.History {
		l.Then(named(t, zero, h[0]).Sub(l.Now), state(h[1]))
	}
	got := map[string][][2]string{}
	for _, w := range l.Ticket.Detail.Waits {
		for span := range hours.Spans(w.From) {
			if !span.From.Before(w.To) {
				break
			}
			if span.To.After(w.To) {
				span.To = w.To
			}
			d := int(calendar.DayOf(span.From.In(loc)) - calendar.DayOf(zero))
			key := "day" + strconv.Itoa(d)
			end := span.To.In(loc).Format("15:04")
			if end == "00:00" {
				end = "24:00"
			}
			got[key] = append(got[key], [2]string{span.From.In(loc).Format("15:04"), end})
		}
	}
	var raw, want map[string][][2]string
	if err := json.Unmarshal(c.Expect, &raw); err != nil {
		t.Fatal(err)
	}
	want = map[string][][2]string{}
	for key, list := range raw {
		var from, to int
		if n, _ := fmt.Sscanf(key, "day%d..day%d", &from, &to); n == 1 {
			to = from
		}
		for d := from; d <= to; d++ {
			want["day"+strconv.Itoa(d)] = list
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// life tells the case's history, from an instant of it on as if the ticket were recorded then.
func (c peerCase) life(from time.Duration) *slatest.Life {
	l := slatest.New(ticket.Portal)
	begin := l.Told[0]
	l.Ticket, l.Told, l.Now = ticket.Ticket{}, nil, slatest.Start().Add(from)
	l.Then(0, begin.Fact).Then(0, slatest.Accepted())
	for _, h := range c.History {
		at := slatest.Start().Add(offset(h[0]))
		if at.After(l.Now) && h[1] != "new" && (h[1] != "open" || l.Ticket.Status == ticket.Pending) {
			l.Then(at.Sub(l.Now), state(h[1]))
		}
	}
	return l
}

// state is what happens to a ticket of ours where the peer's gets a state.
func state(name string) ticket.Fact {
	switch {
	case name == "closed":
		return slatest.Ended(ticket.Cancelled)
	case strings.HasPrefix(name, "pending"):
		return slatest.Held(ticket.ForRequester, time.Time{})
	}
	return slatest.Resumed()
}

func policy(x sla.Target) sla.Policy {
	p := sla.Standard()
	for i := range p.Targets {
		p.Targets[i] = x
	}
	return p
}

func resolveOf(t *testing.T, l *slatest.Life, goal int64) sla.Clock {
	t.Helper()
	return clockBy(t, l, policy(sla.Target{Response: 1, Update: 1, Resolve: goal}), sla.Resolve)
}

func clockBy(t *testing.T, l *slatest.Life, p sla.Policy, name sla.Name) sla.Clock {
	t.Helper()
	list := sla.Clocks(l.Ticket, p, calendar.Always{}, l.Now)
	i := slices.IndexFunc(list, func(c sla.Clock) bool { return c.Name == name })
	if i < 0 || l.Ticket.Priority == triage.P1 {
		t.Fatalf("no %s clock", name)
	}
	return list[i]
}

func (c peerCase) expected(t *testing.T) time.Duration {
	t.Helper()
	var s string
	if err := json.Unmarshal(c.Expect, &s); err != nil {
		t.Fatal(err)
	}
	return after(t, s)
}

func due(t *testing.T, want time.Duration, got time.Time) {
	t.Helper()
	if !got.Equal(slatest.Start().Add(want)) {
		t.Errorf("due after %v, want %v", got.Sub(slatest.Start()), want)
	}
}

// after reads "+90m".
func after(t *testing.T, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(strings.TrimPrefix(s, "+"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func offset(s string) time.Duration {
	d, err := time.ParseDuration(strings.TrimPrefix(s, "+"))
	if err != nil {
		return 0
	}
	return d
}

// named reads "noon+15m", "midnight-15m" and "noon+5d".
func named(t *testing.T, zero time.Time, s string) time.Time {
	t.Helper()
	at := zero
	rest := strings.TrimPrefix(s, "midnight")
	if r, noon := strings.CutPrefix(s, "noon"); noon {
		at, rest = zero.Add(12*hour), r
	}
	if days, ok := strings.CutSuffix(rest, "d"); ok {
		n, err := strconv.Atoi(strings.TrimPrefix(days, "+"))
		if err != nil {
			t.Fatal(err)
		}
		return at.AddDate(0, 0, n)
	}
	if rest == "" {
		return at
	}
	return at.Add(after(t, rest))
}
