// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise/phrase"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// play is one sample ticket while its life is replayed.
type play struct {
	request ticket.Request
	id      ticket.ID // once it is recorded
}

// step is one command of a life, with who gives it and when.
type step struct {
	at   time.Time
	play *play
	by   func(*play) access.Actor
	do   func(*play) ticket.Command // nil records the request itself, where also is nil, too
	also func(ctx context.Context, h *House, on ticket.ID) error
}

// life writes down what happens to one ticket, command by command. Nothing is carried out
// here: the steps of all lives are sorted by time and replayed through the services, so that
// events, clocks and verdicts are as real as any.
type life struct {
	c       *cast
	story   story
	words   string
	say     phrases
	who     person.Person // the requester
	agent   person.Person // who works on it now
	channel ticket.Channel
	at      time.Time
	play    *play
	steps   []step
	filed   bool // the requester chose the category
	excused bool // a deviation stands in for the closure sheet
}

// begin starts the life of a ticket: who asks, by which door, when, who will take it.
func (c *cast) begin(s story, words int, who person.Person, ch ticket.Channel, at time.Time) *life {
	l := &life{
		c: c, story: s, words: strings.TrimSpace(s.Words[words]), say: c.script.Phrases[s.lang],
		who: who, channel: ch, at: at, play: &play{},
	}
	l.filed = ch == ticket.Portal || ch == ticket.API
	l.agent = c.agentFor(l)
	l.record()
	return l
}

// do adds one command of an actor.
func (l *life) do(by access.Actor, cmd ticket.Command) {
	l.steps = append(l.steps, step{at: l.at, play: l.play, by: func(*play) access.Actor { return by }, do: func(*play) ticket.Command { return cmd }})
}

// work adds one command of the agent.
func (l *life) work(cmd ticket.Command) { l.do(staffActor(l.agent), cmd) }

// wait lets some minutes pass; less than half as many where everybody waits.
func (l *life) wait(lo, hi int) *life {
	d := time.Duration(l.c.rnd.between(lo*60, hi*60)) * time.Second
	if l.priority() == triage.P1 {
		d = d * 2 / 5
	}
	l.at = l.at.Add(d)
	return l
}

// until moves on to an instant, if it is not past already.
func (l *life) until(t time.Time) *life {
	if t.After(l.at) {
		l.at = t
	}
	return l
}

func staffActor(p person.Person) access.Actor {
	return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
}

// user is the requester at the portal.
func (l *life) user() access.Actor {
	return access.Actor{ID: int64(l.who.ID), Kind: access.Person, Role: l.who.Role, Via: "portal"}
}

// record adds the request itself.
func (l *life) record() {
	l.play.request = ticket.Request{Requester: l.who.ID, Channel: l.channel, Say: ticket.Say{Text: l.words, Channel: l.channel}}
	by := l.user()
	switch l.channel {
	case ticket.Mail:
		by = access.Actor{Kind: access.System, Via: "mail"}
	case ticket.API:
		by.Via = "api"
	case ticket.Phone:
		by = staffActor(l.agent)
		l.play.request.Intake = l.answers()
	case ticket.Portal, ticket.Web, ticket.Machine:
	}
	if l.filed {
		l.play.request.Category, l.play.request.Service = l.c.categories[l.story.Category], l.c.services[l.story.Service]
		l.play.request.Intake = map[ticket.Element]ticket.Answer{
			ticket.Since: {Value: l.story.Since}, ticket.Wanted: {Value: l.story.Wanted}, ticket.Affected: {Value: l.story.Affected},
		}
		if g := l.given(); g != nil {
			l.play.request.Given = &ticket.Given{Answers: g}
		}
	}
	l.steps = append(l.steps, step{at: l.at, play: l.play, by: func(*play) access.Actor { return by }})
}

// answers are the elements of the record that the directory does not know.
func (l *life) answers() map[ticket.Element]ticket.Answer {
	return map[ticket.Element]ticket.Answer{
		ticket.Since: {Value: l.story.Since}, ticket.Symptom: {Value: l.story.Symptom}, ticket.Affected: {Value: l.story.Affected},
		ticket.People: {Value: l.story.People}, ticket.Wanted: {Value: l.story.Wanted},
	}
}

// take is what an agent does first: accept, file, complete the record, read it back, grade.
func (l *life) take() *life {
	l.work(ticket.Accept{})
	if !l.filed {
		l.work(ticket.Classify{Category: l.c.categories[l.story.Category], Service: l.c.services[l.story.Service]})
		l.work(ticket.Assign{Group: l.c.groupOf(l.agent)})
		l.fillIn()
	}
	l.wait(1, 2)
	if l.channel == ticket.Phone {
		l.work(ticket.ReadBackWith{Items: []ticket.Element{ticket.Since, ticket.Symptom, ticket.Affected, ticket.People, ticket.Wanted}})
	} else {
		l.work(ticket.Record{Intake: l.answers()})
	}
	l.work(ticket.Grade{Answers: l.grade()})
	return l
}

func (l *life) grade() triage.Answers {
	return triage.Answers{
		Core: l.c.core[l.story.Service], Affected: triage.Affected(l.story.Affects), Halt: triage.Halt(l.story.Halt),
	}
}

// override raises the priority by one, with a reason that stays visible (N22).
func (l *life) override() *life {
	if p := l.priority(); p > triage.P1 {
		l.work(ticket.Grade{Answers: l.grade(), Override: p - 1, Reason: l.say.Override})
	}
	return l
}

// priority is what the standard matrix makes of the story.
func (l *life) priority() triage.Priority { return triage.Standard().Priority(l.grade()) }

// words fills the names into a phrase.
func (l *life) phrase(text string) string {
	return fill(text, "name", l.who.Name, "agent", l.agent.Name, "look", l.story.Look, "words", l.words, "group", l.c.label(l.story.Group, l.story.lang))
}

// hello is the first human word to the requester (N3).
func (l *life) hello() *life {
	l.work(ticket.Reply{Say: ticket.Say{Text: l.phrase(pick(l.c.rnd, l.say.Hello))}})
	return l
}

// look is the agent's finding, for staff only.
func (l *life) look() *life {
	for i, line := range l.story.Finds {
		parts := strings.SplitN(line, "|", 3)
		judged := ticket.RuledOut
		if i == len(l.story.Finds)-1 {
			judged = ticket.Confirms
		}
		l.work(ticket.Diagnose{Hypothesis: parts[0], Check: parts[1], Result: parts[2], Judgement: judged})
		l.wait(1, 3)
	}
	l.work(ticket.Note{Say: ticket.Say{Text: l.phrase(pick(l.c.rnd, l.say.Note))}})
	return l
}

// progress tells the requester how far it is (N29).
func (l *life) progress() *life {
	l.work(l.promised(l.story.Progress))
	return l
}

// promised is a reply with the time that its words promise, as the page would have offered it.
func (l *life) promised(text string) ticket.Reply {
	r := ticket.Reply{Say: ticket.Say{Text: text}}
	if f, ok := phrase.First(text, phrase.At{Now: l.at, Zone: l.c.zone}); ok {
		r.Promise, r.Words = f.Due, f.Words
	}
	return r
}

// ask puts a question and waits for the answer.
func (l *life) ask() *life {
	l.work(ticket.Reply{Say: ticket.Say{Text: l.story.Ask}})
	l.work(ticket.HoldFor{Reason: ticket.ForRequester})
	return l
}

// answer is the requester's, and ends the wait by itself.
func (l *life) answer() *life {
	l.do(l.user(), ticket.Reply{Say: ticket.Say{Text: l.story.Answer, Channel: ticket.Portal}})
	return l
}

// hold makes the ticket wait, with the three answers of an honest wait (N30).
func (l *life) hold(why ticket.Waiting, next time.Time) *life {
	h := ticket.HoldFor{Reason: why, Stuck: l.story.Stuck, Doing: l.story.Doing, Next: next}
	switch why {
	case ticket.ForVendor:
		h.Stuck, h.Doing = l.say.Vendor, l.say.VendorDoing
		h.Vendor = ticket.Vendor{Name: l.say.VendorName, Case: l.say.VendorCase}
		if by := next.Add(-time.Hour); by.After(l.at) {
			h.Vendor.By = by
		}
	case ticket.ForVisit:
		h.Stuck, h.Doing = l.say.Visit, l.phrase(l.say.VisitDoing)
	case ticket.ForApproval:
		h.Stuck, h.Doing = l.say.Approval, l.say.ApprovalDoing
	case ticket.Blocked, ticket.ForRequester:
	}
	l.work(h)
	return l
}

// handOver moves the work to the story's group, where somebody takes it up (N11, N28).
func (l *life) handOver() *life {
	l.work(ticket.HandOver{
		Group: l.c.groups[l.story.Group], Done: l.phrase(l.say.Done), Why: l.phrase(l.say.Why), Needed: l.say.Needed,
	})
	return l
}

// takeUp is the receiving group's side of a hand-over.
func (l *life) takeUp() *life {
	l.agent = l.c.next(l.c.groups[l.story.Group], l.story.lang)
	l.work(ticket.Assign{Assignee: l.agent.ID})
	return l
}

// solve presents the solution; with the sheet, the closure can follow the requester's word at once.
func (l *life) solve(sheet bool) *life {
	r := ticket.Resolve{Solution: ticket.Solution{
		Text: l.story.Solution, Cause: l.story.Cause, Prevention: l.story.Prevention, Verify: l.story.Verify,
	}}
	if sheet {
		r.Difficulties, r.Approach = l.story.Hard, l.story.Approach
	}
	l.work(r)
	l.useArticle()
	return l
}

// confirm is the requester's word, from the page or from the link in the mail (N35).
func (l *life) confirm() *life {
	if l.channel == ticket.Mail {
		who := int64(l.who.ID)
		l.steps = append(l.steps, step{
			at: l.at, play: l.play,
			by: func(p *play) access.Actor {
				return access.Actor{Kind: access.Link, ID: who, Role: access.Requester, Ticket: int64(p.id), Via: "link"}
			},
			do: func(*play) ticket.Command { return ticket.Confirm{} },
		})
		return l.rate()
	}
	l.do(l.user(), ticket.Confirm{})
	return l.rate()
}

// rate is what most say of it afterwards; what they say depends on the minute and on no die, so
// that the rest of the timeline stays as it was.
func (l *life) rate() *life {
	score := []int{5, 5, 5, 4, 5, 4, 3, 2, 0, 0}[l.at.Unix()/60%10]
	r := ticket.Rate{Score: score}
	switch score {
	case 0:
		return l
	case 2:
		r.Comment = l.say.Blame
	case 5:
		if l.at.Unix()/60%20 == 4 {
			r.Comment = l.say.Praise
		}
	}
	who, at := int64(l.who.ID), l.at
	l.steps = append(l.steps, step{
		at: at, play: l.play,
		by: func(p *play) access.Actor {
			return access.Actor{Kind: access.Link, ID: who, Role: access.Requester, Ticket: int64(p.id), Via: "link"}
		},
		do: func(*play) ticket.Command { return r },
	})
	return l
}

// confirmByPhone is the requester's word as the agent heard it, with what was said.
func (l *life) confirmByPhone() *life {
	l.work(ticket.CallRecord{Spoke: true, Say: ticket.Say{Text: l.say.CallBack, Channel: ticket.Phone, Seconds: int64(l.c.rnd.between(70, 300))}})
	l.work(ticket.Confirm{How: "phone", Evidence: l.say.Evidence})
	return l
}

// thank is a last word of the requester.
func (l *life) thank() *life {
	l.do(l.user(), ticket.Reply{Say: ticket.Say{Text: pick(l.c.rnd, l.say.Thanks), Channel: ticket.Portal}})
	return l
}

// reject is the requester's word that it does not work.
func (l *life) reject() *life {
	l.do(l.user(), ticket.Reject{Reason: pick(l.c.rnd, l.say.Reject)})
	return l
}

// again answers a rejection.
func (l *life) again() *life {
	l.work(ticket.Reply{Say: ticket.Say{Text: l.say.Second}})
	return l
}

// archive writes the closure sheet (N36).
func (l *life) archive() *life {
	l.work(ticket.Archive{Difficulties: l.story.Hard, Approach: l.story.Approach})
	return l
}

// expire is the desk's own: the time for the requester's word is up. It never counts as one.
func (l *life) expire() *life {
	l.do(access.Desk(), ticket.Expire{})
	return l
}

// deviate is an honest way past a gate.
func (l *life) deviate(gap, reason string) *life {
	l.work(ticket.Deviate{Gap: gap, Reason: reason})
	return l
}
