// SPDX-License-Identifier: Apache-2.0

// Package slatest tells lives of tickets, for the tests of clocks and clauses: facts at
// instants, without a database and without the rules that decide them.
package slatest

import (
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Who speaks in these lives.
const (
	Requester person.ID = 7
	Agent     person.ID = 3
)

// Told is a fact with its place and time.
type Told struct {
	ID   int64
	Meta event.Meta
	Fact ticket.Fact
}

// Life is a ticket and everything that happened to it so far.
type Life struct {
	Ticket ticket.Ticket
	Told   []Told
	Now    time.Time
}

// Start is when every life begins: a Monday, 01:00 UTC.
func Start() time.Time { return time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC) }

// New begins a life: a ticket is recorded by the channel.
func New(by ticket.Channel) *Life {
	l := &Life{Now: Start()}
	return l.Then(0, ticket.Recorded{
		Of: ticket.Of{Ticket: 1}, Number: 1001, Subject: "ERP", Snippet: "ERP", Requester: Requester, Channel: by, Message: 1,
		Intake: map[ticket.Element]ticket.Answer{ticket.Who: {Value: "王海燕"}, ticket.Contact: {Value: "8001"}, ticket.Symptom: {Value: "ERP"}},
	})
}

// Then lets time pass and a fact happen.
func (l *Life) Then(after time.Duration, f ticket.Fact) *Life {
	l.Now = l.Now.Add(after)
	by := Agent
	switch f := f.(type) {
	case ticket.Recorded, ticket.UserConfirmed, ticket.UserRejected, ticket.Reopened:
		by = Requester
	case ticket.Said:
		if f.ByRequester {
			by = Requester
		}
	}
	told := Told{ID: int64(len(l.Told) + 101), Meta: event.Meta{ActorID: int64(by), ActorKind: "person", Via: "web", At: l.Now}, Fact: f}
	l.Told = append(l.Told, told)
	l.Ticket = ticket.Apply(l.Ticket, f, told.Meta)
	return l
}

// By is Then with another actor.
func (l *Life) By(who person.ID, after time.Duration, f ticket.Fact) *Life {
	was := l.Ticket
	l.Then(after, f)
	told := &l.Told[len(l.Told)-1]
	told.Meta.ActorID = int64(who)
	l.Ticket = ticket.Apply(was, f, told.Meta)
	return l
}

// Wait lets time pass.
func (l *Life) Wait(d time.Duration) *Life {
	l.Now = l.Now.Add(d)
	return l
}

// Last is the id of the latest fact.
func (l *Life) Last() int64 { return l.Told[len(l.Told)-1].ID }

func of() ticket.Of { return ticket.Of{Ticket: 1} }

// Word is a public word of the desk; the first one of a life answers it.
func (l *Life) Word() ticket.Said {
	return ticket.Said{Of: of(), Message: 2, Kind: ticket.Public, FirstResponse: l.Ticket.FirstResponseAt.IsZero()}
}

// UserWord is a word of the requester.
func UserWord() ticket.Said {
	return ticket.Said{Of: of(), Message: 3, Kind: ticket.Public, ByRequester: true}
}

// Note is an internal word.
func Note() ticket.Said { return ticket.Said{Of: of(), Message: 4, Kind: ticket.Internal} }

// Acknowledged is the automatic word, with an expectation.
func Acknowledged(expect time.Time) ticket.Acknowledged {
	return ticket.Acknowledged{Of: of(), Channel: ticket.Portal, ExpectBy: expect}
}

// Accepted makes the agent the owner.
func Accepted() ticket.Accepted { return ticket.Accepted{Of: of(), Owner: Agent} }

// Graded gives a priority that the answers give too.
func Graded(p triage.Priority) ticket.Graded {
	return ticket.Graded{Of: of(), Answers: triage.Answers{Affected: triage.One, Halt: triage.Stopped}, Computed: p, Priority: p}
}

// Complete fills what the record still lacks.
func Complete() ticket.Noted {
	return ticket.Noted{Of: of(), Intake: map[ticket.Element]ticket.Answer{
		ticket.Since: {Value: "09:10"}, ticket.Affected: {Value: "付款"}, ticket.People: {Unknown: true, Reason: "只知道自己"}, ticket.Wanted: {Value: "15:00"},
	}}
}

// Held makes the ticket wait; a zero next promises nothing.
func Held(reason ticket.Waiting, next time.Time) ticket.Held {
	return ticket.Held{Of: of(), Reason: reason, Stuck: "备份", Doing: "正在备份", Next: next}
}

// Resumed ends the waiting.
func Resumed() ticket.Resumed { return ticket.Resumed{Of: of(), Because: "agent"} }

// HandedOver gives the ticket to another team.
func HandedOver() ticket.HandedOver {
	return ticket.HandedOver{Of: of(), From: 7, To: 8, Done: "查了网关", Why: "要改路由", Needed: "路由表"}
}

// Solved presents a whole solution.
func Solved() ticket.SolutionGiven {
	return ticket.SolutionGiven{Of: of(), Solution: ticket.Solution{Text: "已扩容", Cause: "空间用满", Prevention: "容量告警", Verify: []string{"提交一笔"}}}
}

// Confirmed is the requester's yes.
func Confirmed() ticket.UserConfirmed {
	return ticket.UserConfirmed{Of: of(), Confirmation: ticket.Confirmation{How: "portal", By: Requester}}
}

// Rejected is the requester's no.
func Rejected() ticket.UserRejected { return ticket.UserRejected{Of: of(), Reason: "还是报错"} }

// TimeUp says that nobody answered.
func TimeUp() ticket.TimeUp { return ticket.TimeUp{Of: of()} }

// Archived is the closure sheet.
func Archived() ticket.Archived {
	return ticket.Archived{Of: of(), Difficulties: "日志很大", Approach: "按时间过滤"}
}

// Ended closes the ticket.
func Ended(as ticket.Outcome) ticket.Ended {
	return ticket.Ended{Of: of(), As: as, Reason: "自己好了"}
}

// Reopened brings it back.
func Reopened() ticket.Reopened { return ticket.Reopened{Of: of(), Reason: "又出现了"} }

// Paced says how often the requester hears during a major incident; 0 minutes end it.
func Paced(minutes int64) ticket.Paced {
	return ticket.Paced{Of: of(), Minutes: minutes, Because: ticket.PaceMajor}
}

// Deviated is an honest way past a gate.
func Deviated(clause, gap string) ticket.Deviated {
	return ticket.Deviated{Of: of(), Clause: clause, Gap: gap, Reason: "原因在供应商"}
}

// Random tells a life of up to n facts that the rules would allow, with gaps of minutes to days.
func Random(t *rapid.T, n int) *Life {
	l := New(rapid.SampledFrom([]ticket.Channel{ticket.Portal, ticket.Mail, ticket.Phone, ticket.API}).Draw(t, "channel"))
	if rapid.Bool().Draw(t, "acknowledged") {
		l.Then(0, Acknowledged(l.Now.Add(2*time.Hour)))
	}
	for range rapid.IntRange(0, n).Draw(t, "facts") {
		after := time.Duration(rapid.IntRange(0, 4*24*60).Draw(t, "minutes")) * time.Minute
		l.Now = l.Now.Add(after)
		l.Then(0, rapid.SampledFrom(l.possible()).Draw(t, "fact"))
	}
	return l.Wait(time.Duration(rapid.IntRange(0, 5*24*60).Draw(t, "at last")) * time.Minute)
}

// possible lists what may happen next.
func (l *Life) possible() []ticket.Fact {
	next := l.Now.Add(3 * time.Hour)
	always := []ticket.Fact{
		l.Word(), UserWord(), Note(), Complete(), Graded(triage.P1), Graded(triage.P4), Deviated("N34", "gap.prevention"),
		ticket.ReadBackDone{Of: of(), Items: []ticket.Element{ticket.Who}},
		Paced(30), Paced(0),
		ticket.Said{Of: of(), Message: 5, Kind: ticket.Call, Spoke: true, FirstResponse: l.Ticket.FirstResponseAt.IsZero()},
	}
	work := []ticket.Fact{
		Held(ticket.ForRequester, time.Time{}), Held(ticket.ForRequester, next), Held(ticket.ForVendor, time.Time{}),
		Held(ticket.ForVisit, next), Held(ticket.Blocked, next), Solved(), Archived(),
		HandedOver(),
		ticket.Assigned{Of: of(), Assignee: Agent},
	}
	switch l.Ticket.Status {
	case ticket.New:
		return append(always, Accepted(), Ended(ticket.Cancelled))
	case ticket.Opened:
		return append(append(always, work...), Ended(ticket.Invalid))
	case ticket.Pending:
		return append(append(always, work...), Resumed())
	case ticket.Resolved:
		if !l.Ticket.ConfirmedAt.IsZero() {
			return append(always, Archived(), Ended(ticket.Confirmed))
		}
		if l.Ticket.TimeIsUp() {
			return append(always, Confirmed(), Archived(), Ended(ticket.Unconfirmed))
		}
		if l.Ticket.AsksBack() { // no time is up
			return append(always, Confirmed(), Rejected(), Archived())
		}
		return append(always, Confirmed(), Rejected(), TimeUp(), Archived())
	case ticket.Closed:
	}
	return []ticket.Fact{Reopened(), Note()}
}
