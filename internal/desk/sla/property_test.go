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
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// A share of the target is used up before a greater one, all of it at Due; off Due and back is Due.
func TestN23_SharesOfAnyClock(t *testing.T) {
	t.Parallel()
	hours := office(t)
	rapid.Check(t, func(t *rapid.T) {
		l := slatest.Random(t, 14)
		var cal calendar.Calendar = calendar.Always{}
		if rapid.Bool().Draw(t, "office") {
			cal = hours
		}
		for _, c := range sla.Clocks(l.Ticket, randomPolicy(t), cal, l.Now) {
			if !c.Due.IsZero() && c.Counted > 0 && !c.At(100).Equal(c.Due) {
				t.Fatalf("%s: all is used up at %v, due %v (%v)", c.Name, c.At(100), c.Due, c.Pauses)
			}
			a, b := rapid.IntRange(0, 200).Draw(t, "a"), rapid.IntRange(0, 200).Draw(t, "b")
			if a, b = min(a, b), max(a, b); c.At(a).After(c.At(b)) && !c.At(b).IsZero() {
				t.Fatalf("%s: %d %% at %v, %d %% at %v", c.Name, a, c.At(a), b, c.At(b))
			}
			if c.At(a).IsZero() && !c.At(b).IsZero() {
				t.Fatalf("%s: %d %% cannot be said, %d %% is at %v", c.Name, a, b, c.At(b))
			}
			if c.State != sla.Paused && c.Off(0).Before(c.Due) || c.State == sla.Paused && !c.Off(hour).IsZero() {
				t.Fatalf("%s is %s: off by nothing is %v, due %v", c.Name, c.State, c.Off(0), c.Due)
			}
			if d := time.Duration(rapid.IntRange(1, 3000).Draw(t, "off")) * minute; !c.Due.IsZero() && (c.Off(d).Before(c.Due) || c.Off(-d).After(c.Due)) {
				t.Fatalf("%s: off by %v is %v and %v, due %v", c.Name, d, c.Off(d), c.Off(-d), c.Due)
			}
		}
	})
}

// randomPolicy is any policy that is accepted.
func randomPolicy(t *rapid.T) sla.Policy {
	p := sla.Standard()
	n := func(from, to int64, label string) int64 { return rapid.Int64Range(from, to).Draw(t, label) }
	for i := range p.Targets {
		least := int64(1)
		if i > 0 {
			least = p.Targets[i-1].Response
		}
		x := sla.Target{Response: n(least, least+600, "response"), Update: n(1, 1000, "update"), Accept: n(1, 600, "accept")}
		floor := max(x.Response, x.Update, x.Accept)
		if i > 0 {
			floor = max(floor, p.Targets[i-1].Resolve)
		}
		x.Resolve, x.Silence = n(floor, floor+5000, "resolve"), n(x.Update, x.Update+5000, "silence")
		p.Targets[i] = x
	}
	p.Cadence = rapid.SampledFrom([]sla.Cadence{sla.EveryWord, sla.EveryWord, sla.WhenAsked}).Draw(t, "cadence")
	without(&p, rapid.IntRange(0, 9).Draw(t, "without"))
	p.ConfirmDays, p.P1Always = n(2, 10, "confirm"), rapid.Bool().Draw(t, "always")
	for _, name := range []sla.Name{sla.Response, sla.Update, sla.Resolve, sla.Accept} {
		p.Pauses[name] = rapid.SliceOfDistinct(rapid.SampledFrom(sla.Pausable(name)), func(w ticket.Waiting) ticket.Waiting { return w }).Draw(t, "pauses")
	}
	return p
}

// without takes clocks out of a policy, as an administrator may.
func without(p *sla.Policy, which int) {
	for i := range p.Targets {
		x := &p.Targets[i]
		switch which {
		case 1:
			x.Update = sla.None
		case 2:
			x.Response = sla.None
		case 3:
			x.Response, x.Update, x.Accept = sla.None, sla.None, sla.None
		case 4:
			p.Cadence, x.Resolve = sla.EveryWord, sla.None
		case 5:
			if i == 3 {
				p.Cadence, x.Resolve = sla.EveryWord, sla.None
			}
		case 6:
			x.Accept = sla.None
		}
	}
}

// What the lines of an explanation count is the target; and each line has its words.
func TestN23_TheLinesOfAnyClockAddUpToItsTarget(t *testing.T) {
	t.Parallel()
	hours := office(t)
	rapid.Check(t, func(t *rapid.T) {
		l := slatest.Random(t, 14)
		for _, c := range sla.By(randomPolicy(t), hours).Explain(l.Ticket, l.Now) {
			if len(c.Policy) < 2 {
				t.Fatalf("%s does not say which rule and calendar", c.Name)
			}
			for _, line := range slices.Concat(c.Policy, c.Why, c.Days) {
				for _, lang := range i18n.Langs() {
					if text := line.Text(lang, l.Now, time.UTC); strings.Contains(text, "⟦") || strings.Contains(text, "<no value>") || text == "" {
						t.Fatalf("%s in %s: %q", line.Key, lang, text)
					}
				}
			}
			if c.Goal == 0 || len(c.Days) == 0 {
				continue
			}
			sum := time.Duration(0)
			for _, line := range c.Days {
				if line.Part.Key != "" && line.Part.Key != "calendar.line_clocks" {
					sum += line.Part.Length
				}
				if line.Key == "sla.why_counts" {
					sum += line.Length
				}
			}
			last := c.Days[len(c.Days)-1]
			if last.Key == "sla.why_left" {
				sum += last.Length
			}
			if counts := slices.ContainsFunc(c.Days, func(l sla.Line) bool { return l.Part.Key != "" || l.Key == "sla.why_counts" }); counts && sum != c.Goal {
				t.Fatalf("%s (%s): the lines count %v of %v\n%s", c.Name, c.State, sum, c.Goal, said(c.Days, i18n.EN))
			}
		}
	})
}

// Every policy that is accepted leaves every open ticket with something due.
func TestI10_NothingIsSilentlyNeverDue(t *testing.T) {
	t.Parallel()
	hours := office(t)
	rapid.Check(t, func(t *rapid.T) {
		p := randomPolicy(t)
		if err := p.Check(); err != nil {
			t.Fatalf("refused: %v", errs.As(err).Fields)
		}
		l := slatest.Random(t, 14)
		b := sla.By(p, hours)
		due, name := b.Next(l.Ticket)
		if open := l.Ticket.Open(); open == due.Equal(ticket.Never) || open == (name == "") {
			t.Fatalf("a %s ticket (%s): %s is due %v", l.Ticket.Status, l.Ticket.Pending, name, due)
		}
		// The plan comes from the facts alone: folded again they give the same.
		var again ticket.Ticket
		for _, told := range l.Told {
			again = ticket.Apply(again, told.Fact, told.Meta)
		}
		if diff := cmp.Diff(l.Ticket, again); diff != "" {
			t.Fatal(diff)
		}
		if d, n := b.Next(again); !d.Equal(due) || n != name {
			t.Fatalf("%s at %v, folded again %s at %v", name, due, n, d)
		}
	})
}
