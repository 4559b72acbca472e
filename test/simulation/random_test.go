// SPDX-License-Identifier: Apache-2.0

package simulation_test

import (
	"fmt"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// dice are numbers that only look random: splitmix64, the same for a seed on every machine.
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n is a number from 0 to below.
func (d *dice) n(below int) int { return int(d.next() % uint64(below)) }

// one in so many times it is true.
func (d *dice) one(in int) bool { return d.n(in) == 0 }

// span is a stretch of time up to most, short ones as likely as long ones.
func (d *dice) span(most time.Duration) time.Duration {
	for most > time.Minute && d.one(2) {
		most /= 3
	}
	return time.Duration(d.n(int(most/time.Millisecond)+1)) * time.Millisecond
}

func pick[T any](d *dice, list ...T) T { return list[d.n(len(list))] }

// hours is a calendar: shifts with a break, some days closed, in some zone, with holidays or not.
func (d *dice) hours() calendar.Sheet {
	s := calendar.Sheet{Name: "hours", Title: "Hours", Zone: pick(d, "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"), MakeUp: time.Monday}
	from := 60 * (6 + d.n(5))
	noon := from + 120 + d.n(120)
	day := []calendar.Shift{{From: from, To: noon}, {From: noon + 30 + d.n(60), To: noon + 180 + d.n(300)}}
	for i := range s.Week {
		if i != 0 && !d.one(5) {
			s.Week[i] = day
		}
	}
	s.Week[s.MakeUp] = day
	if d.one(2) {
		s.Sets = []string{"cn"}
	}
	return s
}

// policy is a set of rules that the desk accepts.
func (d *dice) policy() sla.Policy {
	p := sla.Standard()
	p.Calendar = pick(d, calendar.AlwaysName, "hours", "hours")
	p.P1Always = d.one(2)
	p.ConfirmDays, p.RemindDays = int64(1+d.n(6)), int64(d.n(2))
	for i := range p.Targets {
		t := &p.Targets[i]
		t.Response, t.Update = int64(5+d.n(600)), int64(10+d.n(3000))
		t.Resolve = max(t.Response, t.Update) + int64(d.n(20_000))
		t.Accept, t.Silence = int64(5+d.n(600)), t.Update+int64(d.n(6000))
	}
	if d.one(3) { // clocks that an administrator does without, and updates only when asked
		p.Cadence = pick(d, sla.EveryWord, sla.WhenAsked)
		for i := range p.Targets {
			t := &p.Targets[i]
			t.Set(pick(d, sla.Response, sla.Update, sla.Resolve, sla.Accept), sla.None)
		}
	}
	for _, name := range []sla.Name{sla.Response, sla.Update, sla.Resolve, sla.Accept} {
		var rests []ticket.Waiting
		for _, w := range sla.Pausable(name) {
			if d.one(2) {
				rests = append(rests, w)
			}
		}
		p.Pauses[name] = rests
	}
	if p.Check() != nil {
		p.Targets, p.Cadence = sla.Standard().Targets, sla.WhenAsked
	}
	if p.Check() != nil {
		return sla.Standard()
	}
	return p
}

// words are what somebody writes: something, nothing or what no form should swallow.
func (d *dice) words() string {
	return pick(d, "打印机不出纸", "It works again", "查了网线，换了端口", "", " ", "a\x00b", "\u202e反", fmt.Sprintf("第 %d 次", d.n(9)))
}
