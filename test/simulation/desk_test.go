// SPDX-License-Identifier: Apache-2.0

package simulation_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// desk is the trade with a log and rows in memory. What a real one stores is kept as it stores it:
// facts and details as JSON, instants to the millisecond.
type desk struct {
	dice
	steps   []string // what was done, for the report of a failure
	real    time.Duration
	machine time.Duration // how far the machine's date is off; nothing may depend on it
	clock   *clock.Steady

	sheet  calendar.Sheet
	policy sla.Policy
	book   *sla.Rulebook
	rules  ticket.Rehearsal

	log     []event.Record
	of      map[ticket.ID][]int // places in the log
	rows    map[ticket.ID]ticket.Ticket
	order   []ticket.ID
	said    map[ticket.MessageID]ticket.ID // stored messages
	outbox  []int64                        // facts of which the requester is told
	acts    []act
	timers  []timer
	settled map[int64]promise.Promise // promises that are decided, by the fact that told them
}

// act is what somebody asked for, and what became of it.
type act struct {
	ticket  ticket.ID
	from    int // place in the log where its facts begin
	facts   int // how many were decided
	outcome string
}

// timer is a job that wakes when the wait for a confirmation is over.
type timer struct {
	at     time.Time
	ticket ticket.ID
	count  int
}

func newDesk(seed uint64) *desk {
	d := &desk{
		dice: dice(seed), of: map[ticket.ID][]int{}, rows: map[ticket.ID]ticket.Ticket{}, said: map[ticket.MessageID]ticket.ID{},
		settled: map[int64]promise.Promise{},
	}
	start := time.Date(2025, 1+time.Month(d.n(24)), 1+d.n(28), d.n(24), d.n(60), 0, 0, time.UTC)
	d.clock = clock.NewSteady(func() time.Duration { return d.real }, start, 0)
	d.sheet, d.policy = d.hours(), d.dice.policy()
	d.open()
	return d
}

// open makes everything that is only in memory, from what is stored.
func (d *desk) open() {
	stored, err := json.Marshal(d.policy)
	if err != nil {
		panic(err)
	}
	d.policy = sla.Policy{}
	if err := json.Unmarshal(stored, &d.policy); err != nil {
		panic(err)
	}
	shelf, err := calendar.Book{Sheets: []calendar.Sheet{d.sheet}}.Open()
	if err != nil {
		panic(err)
	}
	d.book = d.policy.Open(shelf.Get, sla.Register{})
	d.rules = ticket.Rehearsal{Gates: ticket.StandardGates(), Matrix: triage.Standard(), Plan: d.book.Next, Reopen: 14 * 24 * time.Hour}
}

func (d *desk) now() time.Time { return d.clock.Now() }

// The people: requesters 1–3, agents 11–13, a lead.
func (d *desk) somebody(t ticket.Ticket) access.Actor {
	requester := access.Actor{ID: int64(t.Requester), Kind: access.Person, Role: access.Requester, Via: "portal"}
	agent := access.Actor{ID: int64(11 + d.n(3)), Kind: access.Person, Role: access.Agent, Via: "web"}
	return pick(&d.dice, requester, requester, agent, agent, agent, agent, access.Desk(),
		access.Actor{ID: int64(t.Requester), Kind: access.Link, Via: "mail", Ticket: int64(t.ID)},
		access.Actor{ID: int64(1 + d.n(3)), Kind: access.Person, Role: access.Requester, Via: "portal"},
		access.Actor{ID: 20, Kind: access.Person, Role: access.Lead, Via: "api"},
		access.Actor{})
}

// command is anything that somebody may ask for, sensible or not.
func (d *desk) command(t ticket.Ticket) ticket.Command {
	w := d.words
	say := ticket.Say{Text: "正在处理", Channel: ticket.Web}
	all := map[ticket.Element]ticket.Answer{}
	for _, e := range ticket.Elements() {
		all[e] = pick(&d.dice, ticket.Answer{Value: "x"}, ticket.Answer{Unknown: true, Reason: "不清楚"}, ticket.Answer{Value: w()})
	}
	soon := pick(&d.dice, time.Time{}, d.now().Add(d.span(72*time.Hour)+time.Minute), d.now().Add(-time.Hour), d.now().AddDate(9, 0, 0))
	full := ticket.Solution{Text: "换线", Cause: "线坏", Prevention: "不适用", Verify: []string{"看画面"}}
	number := pick(&d.dice, 0, t.Detail.Resolutions, t.Detail.Resolutions-1)
	return pick[ticket.Command](&d.dice,
		ticket.Accept{}, ticket.Accept{},
		ticket.Assign{Assignee: person.ID(11 + d.n(3)), Group: person.GroupID(d.n(3))},
		ticket.HandOver{Group: person.GroupID(1 + d.n(3)), Done: "查了", Why: "交换机", Needed: "换口"},
		ticket.HandOver{Group: person.GroupID(1 + d.n(3)), Done: w(), Why: w(), Needed: w()},
		ticket.Classify{Category: 1, Service: 1, Subject: w()},
		ticket.Grade{Answers: triage.Answers{Core: d.one(2), Affected: triage.Team, Halt: triage.Stopped}},
		ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Working}, Override: triage.Priority(1 + d.n(4)), Reason: w()},
		ticket.Record{Intake: all}, ticket.Record{Intake: all},
		ticket.ReadBackWith{Items: []ticket.Element{ticket.Who, ticket.Symptom}},
		ticket.Reply{Say: say, Promise: soon, Words: w()}, ticket.Reply{Say: say}, ticket.Reply{Say: say},
		ticket.Note{Say: say},
		ticket.CallRecord{Say: say, Spoke: d.one(2), Promise: soon},
		ticket.HoldFor{Reason: pick(&d.dice, ticket.WaitingReasons()...), Stuck: w(), Doing: w(), Next: soon},
		ticket.HoldFor{Reason: ticket.Blocked, Stuck: "等备件", Doing: "催货", Next: d.now().Add(time.Hour)},
		ticket.HoldFor{Reason: ticket.ForRequester},
		ticket.HoldFor{Reason: ticket.ForVendor, Vendor: ticket.Vendor{Name: "Dell", Case: "4711", By: soon}},
		ticket.RemindVendor{By: t.Detail.Hold.Vendor.By},
		ticket.Resume{}, ticket.Resume{},
		ticket.Resolve{Solution: ticket.Solution{Text: w(), Cause: w(), Prevention: w(), Verify: []string{w()}}},
		ticket.Resolve{Solution: full}, ticket.Resolve{Solution: full, Difficulties: "无", Approach: "无"},
		ticket.Confirm{Resolutions: number}, ticket.Confirm{How: "phone", Evidence: w()},
		ticket.Reject{Reason: w(), Resolutions: number}, ticket.Reject{Reason: "还是不行"},
		ticket.Archive{Difficulties: "无", Approach: "无"}, ticket.Archive{Difficulties: w(), Approach: w()},
		ticket.Close{As: pick(&d.dice, ticket.Confirmed, ticket.Unconfirmed, ticket.Cancelled, ticket.Invalid), Reason: w()},
		ticket.Reopen{Reason: "又坏了"}, ticket.Reopen{Reason: w()},
		ticket.Deviate{Gap: pick(&d.dice, "gap.intake", "gap.grade", "gap.verify", "gap.cause", "gap.closure", "gap.confirmed", "gap.nothing"), Reason: "现场紧急，事后补录"},
		ticket.Expire{Resolutions: number},
		ticket.SetPace{Minutes: pick(&d.dice, int64(0), 0, 15, 30, 600), Because: ticket.PaceMajor}, ticket.SetPace{Because: ticket.PaceMajor},
	)
}

// step does one thing.
func (d *desk) step() error {
	switch k := d.n(40); {
	case len(d.order) == 0 || k < 3 && len(d.order) < 8:
		d.record()
	case k < 12:
		return d.pass(d.span(72 * time.Hour))
	case k == 12:
		return d.pass(time.Duration(1+d.n(60)) * 24 * time.Hour)
	case k == 13: // the machine's date jumps, somebody tells the right time a little later or earlier
		d.machine = time.Duration(d.n(200)-100) * time.Hour
		d.clock.Told(d.now().Add(time.Duration(d.n(4000)-2000)*time.Millisecond), d.real)
		d.note("jump %v", d.machine)
	case k == 14:
		d.change()
		return d.all()
	case k == 15:
		d.note("restart")
		d.restart()
		return d.all()
	default:
		return d.act()
	}
	return nil
}

func (d *desk) note(format string, args ...any) {
	d.steps = append(d.steps, d.now().Format("2006-01-02 15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// record opens a ticket, as the room of tickets does.
func (d *desk) record() {
	id := ticket.ID(len(d.order) + 1)
	by := access.Actor{ID: int64(1 + d.n(3)), Kind: access.Person, Role: access.Requester, Via: "portal"}
	channel := pick(&d.dice, ticket.Portal, ticket.Mail, ticket.Phone, ticket.API)
	born := ticket.Recorded{
		Of: ticket.Of{Ticket: id}, Number: 1000 + int64(id), Token: fmt.Sprint("t", id), Subject: "打印机", Snippet: "打印机不出纸",
		Requester: person.ID(by.ID), Channel: channel, Group: person.GroupID(d.n(3)), Message: d.message(id),
		Intake: map[ticket.Element]ticket.Answer{ticket.Symptom: {Value: "不出纸"}},
	}
	list := []ticket.Fact{born}
	if !d.one(6) {
		due, ok := d.book.One(sla.Response, d.rules.Born(by, d.now(), born), d.now())
		if !ok {
			due, _ = d.book.One(sla.Resolve, d.rules.Born(by, d.now(), born), d.now())
		}
		list = append(list, ticket.Acknowledged{Of: born.Of, Channel: channel, ExpectBy: due.Due})
	}
	d.note("%d recorded", id)
	d.order = append(d.order, id)
	t := d.rules.Born(by, d.now(), list...)
	t.Version = 1
	d.commit(by, t, list, "ok")
}

func (d *desk) message(of ticket.ID) ticket.MessageID {
	id := ticket.MessageID(len(d.said) + 1)
	d.said[id] = of
	return id
}

// commit stores a row with its facts, and queues with them what follows.
func (d *desk) commit(by access.Actor, t ticket.Ticket, list []ticket.Fact, outcome string) {
	d.acts = append(d.acts, act{t.ID, len(d.log), len(list), outcome})
	for _, f := range list {
		data, err := json.Marshal(f)
		if err != nil {
			panic(err)
		}
		r := event.Record{ID: int64(len(d.log) + 1), Name: f.EventName(), Subject: f.EventSubject(), Data: data, Meta: by.Meta(d.now())}
		d.log = append(d.log, r)
		d.of[t.ID] = append(d.of[t.ID], len(d.log)-1)
		switch f.(type) {
		case ticket.Acknowledged, ticket.Said, ticket.Held, ticket.SolutionGiven, ticket.Ended:
			d.outbox = append(d.outbox, r.ID)
		}
		_, solved := f.(ticket.SolutionGiven)
		said, spoke := f.(ticket.Said)
		if solved || spoke && !said.ByRequester && t.ToConfirm() && !t.Detail.Expired.IsZero() { // it begins anew with an answer
			c, _ := d.book.One(sla.Confirm, t, d.now())
			d.timers = append(d.timers, timer{c.Due, t.ID, t.Detail.Resolutions})
		}
	}
	d.rows[t.ID] = t
}

// act lets somebody ask for something. Now and then the process ends in the middle: then it has
// happened, or it has not, and nobody was told which.
func (d *desk) act() error {
	t := d.rows[pick(&d.dice, d.order...)]
	by, cmd := d.somebody(t), d.command(t)
	before := printed(t)
	messages := len(d.said)
	after, list, err := d.rules.Decide(by, d.now(), t, cmd, ticket.MessageID(messages+1))
	lost := d.one(25)
	d.note("%d %s by %s %d: %v", t.ID, cmd.Name(), by.Kind, by.ID, err)
	if got := printed(t); got != before {
		return fmt.Errorf("deciding changed the ticket that it decided about:\n%s\n%s", before, got)
	}
	switch {
	case err != nil:
		d.acts = append(d.acts, act{t.ID, len(d.log), 0, "failed"})
	case lost && d.one(2):
		d.note("lost before the commit")
		d.acts = append(d.acts, act{t.ID, len(d.log), 0, "unknown"})
		d.restart()
	default:
		d.message(t.ID)
		after.Version = t.Version + 1
		outcome := "ok"
		if lost {
			outcome = "unknown"
		}
		d.commit(by, after, list, outcome)
		if lost {
			d.note("lost after the commit")
			d.restart()
		}
	}
	return d.check(t.ID)
}

// pass lets time pass, and wakes what was due on the way at its time, or late: a process that
// was down wakes it when it is up again.
func (d *desk) pass(by time.Duration) error {
	end := d.real + by
	d.note("%v pass", by)
	down := d.one(5)
	for {
		slices.SortStableFunc(d.timers, func(a, b timer) int { return a.at.Compare(b.at) })
		wait := time.Duration(0)
		if len(d.timers) > 0 {
			wait = max(d.timers[0].at.Sub(d.now()), 0)
		}
		if len(d.timers) == 0 || d.real+wait > end {
			break
		}
		if !down {
			d.real += wait
		} else {
			d.real = end
		}
		x := d.timers[0]
		d.timers = d.timers[1:]
		if err := d.wake(x); err != nil {
			return err
		}
	}
	d.real = end
	return d.promises()
}

// wake is the job of the room of clocks: it looks again before it acts.
func (d *desk) wake(x timer) error {
	t := d.rows[x.ticket]
	if !t.ToConfirm() {
		return nil
	}
	c, ok := d.book.One(sla.Confirm, t, d.now())
	if !ok {
		return fmt.Errorf("ticket %d waits for a confirmation without a clock", t.ID)
	}
	if c.State == sla.Paused { // the desk owes the requester an answer
		d.timers = append(d.timers, timer{d.now().Add(24 * time.Hour), t.ID, t.Detail.Resolutions})
		return nil
	}
	if c.Due.After(d.now()) {
		d.timers = append(d.timers, timer{c.Due, t.ID, t.Detail.Resolutions})
		return nil
	}
	after, list, err := d.rules.Decide(access.Desk(), d.now(), t, ticket.Expire{Resolutions: t.Detail.Resolutions}, 0)
	if err != nil {
		return fmt.Errorf("the wait for a confirmation is over, and cannot end: %w", err)
	}
	d.note("%d expired", t.ID)
	after.Version = t.Version + 1
	d.commit(access.Desk(), after, list, "ok")
	return d.check(t.ID)
}

// change puts another policy in force, and another calendar: open tickets are planned again.
func (d *desk) change() {
	d.sheet, d.policy = d.hours(), d.dice.policy()
	d.note("another policy")
	d.open()
	for id, t := range d.rows {
		if t.Open() {
			t.NextDue, t.NextClock = d.book.Next(t)
			d.rows[id] = t
		}
	}
	for i, x := range d.timers {
		if c, ok := d.book.One(sla.Confirm, d.rows[x.ticket], d.now()); ok && c.State != sla.Paused {
			d.timers[i].at = c.Due
		}
	}
}

// restart forgets everything that is only in memory.
func (d *desk) restart() {
	for id, t := range d.rows {
		var stored ticket.Ticket
		if err := json.Unmarshal([]byte(printed(t)), &stored); err != nil {
			panic(err)
		}
		d.rows[id] = stored
	}
	d.open()
}

// printed is a ticket as it is stored.
func printed(t ticket.Ticket) string {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err)
	}
	return string(b)
}
