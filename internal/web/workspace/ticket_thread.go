// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// piece is one thing in the thread: a card, or what the desk itself did, in one line.
type piece struct {
	card *ui.Message
	fold *ui.Fold
}

// entryID is the id of the element that shows a fact, for clauses that point at it.
func entryID(fact int64) string { return "e-" + strconv.FormatInt(fact, 10) }

// told is a time that the requester was told, while nobody has kept or broken it.
type told struct{ by time.Time }

// thread arranges what happened: words as cards, everything else folded between them.
func (s *sheet) thread() []piece {
	var out []piece
	var fold *ui.Fold
	var done []string
	var now ticket.Ticket
	var promise told
	flush := func() {
		if fold != nil {
			fold.Count = s.T("workticket.records", "Count", len(fold.Entries))
			fold.Summary = s.join(done)
			out = append(out, piece{fold: fold})
		}
		fold, done = nil, nil
	}
	told, words := s.raised, 0
	raise := func(until int64) {
		for len(told) > 0 && told[0].ID < until {
			if fold == nil {
				fold = &ui.Fold{}
			}
			fold.Entries = append(fold.Entries, ui.FoldEntry{ID: entryID(told[0].ID), When: s.when(told[0].At), Text: s.raisedLine(told[0])})
			if did := s.T("workmajor.did_raised"); !slices.Contains(done, did) {
				done = append(done, did)
			}
			told = told[1:]
		}
	}
	for _, e := range s.entries {
		raise(e.Record.ID)
		before := now
		if _, said := e.Fact.(ticket.Said); !said { // words change nothing that a line tells
			now.Advance(e.Fact, e.Record.Meta)
		}
		others := wordsOfOthers(e, s.c.Person.ID) != 0
		if others {
			words++
		}
		if card := s.card(before, e); card != nil {
			flush()
			if others {
				card.Heard = words
			}
			if card.Foot == nil {
				card.Foot = s.notDelivered(e.Record.ID)
			}
			if card.Foot == nil {
				card.Foot = s.toFile(e)
			}
			if card.Foot == nil && e.Message != nil {
				card.Foot = s.clues(e.Message.Text)
			}
			if chip := promise.kept(s, e); chip != nil {
				card.Aside = ui.PromiseChip(*chip)
			}
			out = append(out, piece{card: card})
		}
		promise.note(e)
		lines := s.lines(before, now, e)
		if len(lines) == 0 {
			continue
		}
		if fold == nil {
			fold = &ui.Fold{}
		}
		for i, l := range lines {
			at := ""
			if i == 0 { // a fact of several lines is found by its first
				at = entryID(e.Record.ID)
			}
			fold.Entries = append(fold.Entries, ui.FoldEntry{ID: at, When: s.when(e.Record.Meta.At), Text: l})
		}
		if did := s.did(e.Fact); !slices.Contains(done, did) {
			done = append(done, did)
		}
	}
	raise(math.MaxInt64)
	flush()
	return out
}

// note remembers what was told to the requester.
func (p *told) note(e ticket.Entry) {
	switch fact := e.Fact.(type) {
	case ticket.Acknowledged:
		p.by = fact.ExpectBy
	case ticket.Held:
		p.by = fact.Next
	case ticket.Said:
		if !fact.Promise.IsZero() {
			p.by = fact.Promise
		}
	}
}

// kept says, on the word that the requester got next, whether it came in time.
func (p *told) kept(s *sheet, e ticket.Entry) *ui.Promise {
	switch fact := e.Fact.(type) {
	case ticket.Said:
		if fact.ByRequester || (fact.Kind != ticket.Public && !fact.Spoke) {
			return nil
		}
	case ticket.SolutionGiven:
	default:
		return nil
	}
	due, at := p.by, e.Record.Meta.At
	p.by = time.Time{}
	switch {
	case due.IsZero():
		return nil
	case at.After(due):
		return &ui.Promise{State: ui.Broken, Text: s.T("workticket.promise_broken", "Due", s.c.Clock(due), "At", s.c.Clock(at))}
	}
	return &ui.Promise{State: ui.Kept, Text: s.T("workticket.promise_kept", "Due", s.c.Clock(due), "At", s.c.Clock(at))}
}

// card shows a fact that carries words, or that the requester got or gave; nil for any other.
func (s *sheet) card(before ticket.Ticket, e ticket.Entry) *ui.Message {
	m := &ui.Message{ID: entryID(e.Record.ID), When: s.when(e.Record.Meta.At), Author: s.actor(e.Record.Meta)}
	switch fact := e.Fact.(type) {
	case ticket.Recorded, ticket.Said, ticket.Carried:
		if e.Message == nil {
			return nil
		}
		if _, said := fact.(ticket.Said); !said { // of a split, words are older than the ticket
			m.When = s.when(e.Message.At)
		}
		s.said(m, e)
		return m
	case ticket.Leaving:
		if e.Message == nil {
			return nil
		}
		s.said(m, e)
		s.leaving(m, fact.Reply)
		return m
	case ticket.SolutionGiven:
		m.Kind, m.Via = ui.Public, s.T("workticket.card_solution")
		m.Body = solutionBody(s, fact.Solution)
		return m
	case ticket.HandedOver:
		m.Kind, m.Via = ui.Note, s.T("workticket.card_hand_over", "Group", s.group(fact.To), "Name", s.name(fact.Assignee))
		if fact.Assignee == 0 {
			m.Via = s.T("workticket.card_hand_over_group", "Group", s.group(fact.To))
		}
		m.Body = answersBody(s.answers("workticket.done", fact.Done, "workticket.why", fact.Why, "workticket.needed", fact.Needed))
		return m
	case ticket.Held:
		if fact.Stuck == "" && fact.Doing == "" {
			return nil
		}
		m.Kind, m.Via = ui.Public, s.T("workticket.waits_"+string(fact.Reason))
		next := ""
		if !fact.Next.IsZero() {
			next = s.c.Moment(fact.Next)
		}
		m.Body = answersBody(s.answers("workticket.stuck", fact.Stuck, "workticket.doing", fact.Doing, "workticket.next", next, "workticket.vendor_line", s.vendorWords(fact.Vendor)))
		return m
	case ticket.UserRejected:
		m.Kind, m.Author, m.Via, m.Locked = ui.Words, s.person(before.Requester), s.T("workticket.card_rejected"), true
		m.Body = ui.Plain(orDash(fact.Reason))
		return m
	case ticket.Reopened:
		m.Kind, m.Via = ui.Words, s.T("workticket.card_reopened")
		if person.ID(e.Record.Meta.ActorID) != before.Requester {
			m.Kind = ui.Public // the requester reads why
		}
		m.Locked, m.Body = m.Kind == ui.Words, ui.Plain(orDash(fact.Reason))
		return m
	case ticket.Rated:
		if fact.Comment == "" {
			return nil
		}
		m.Kind, m.Author, m.Locked = ui.Words, s.person(before.Requester), true
		m.Via, m.Body = s.T("workticket.card_rated", "Score", fact.Score), ui.Plain(fact.Comment)
		return m
	case ticket.UserConfirmed:
		if fact.Confirmation.Evidence == "" {
			return nil
		}
		m.Kind, m.Title, m.Via = ui.Call, s.T("workticket.card_confirmed_phone"), m.Author.Name
		m.Aside = ui.Chip(ui.OK, "circle-check", s.T("workticket.closed_confirmed"))
		m.Body = ui.Plain(fact.Confirmation.Evidence)
		return m
	}
	return nil
}

// said fills the card of a message.
func (s *sheet) said(m *ui.Message, e ticket.Entry) {
	msg := e.Message
	m.Author = s.person(msg.Author)
	m.Body, m.Files = messageBody(s, msg), s.files(msg)
	switch {
	case msg.Kind == ticket.Call:
		s.call(m, e)
	case msg.Kind == ticket.Internal:
		m.Kind = ui.Note
		if msg.Channel == ticket.Mail { // it did not go out (S04)
			m.Via = s.T("workticket.note_by_mail")
		}
	case msg.ByUser:
		m.Kind, m.Locked, m.Via = ui.Words, true, s.channel(msg.Channel)
		if msg.Author != s.t.Requester {
			m.Via = s.T("workticket.not_requester", "Channel", m.Via)
		}
	default:
		m.Kind = ui.Public
	}
	if msg.Proof.Verdict != "" {
		m.Aside = s.proofAside(msg.Proof)
	}
	if m.Author.Name == "" {
		m.Author.Name = s.T("workticket.desk")
	}
}

// call fills the card of a call: who called whom, and for how long.
func (s *sheet) call(m *ui.Message, e ticket.Entry) {
	m.Kind, m.Title = ui.Call, s.T("workticket.card_call")
	from, to := m.Author.Name, s.requester.Name
	fact, _ := e.Fact.(ticket.Said)
	if fact.Incoming {
		from, to = to, from
	}
	m.Via = from + " → " + to
	if e.Message.Seconds > 0 {
		m.Via += s.T("workticket.call_length", "Minutes", int(e.Message.Seconds/60), "Seconds", twoDigits(e.Message.Seconds%60))
	}
	if !fact.Spoke && !fact.Incoming { // whoever calls is there
		m.Aside = ui.Chip(ui.Neutral, "", s.T("workticket.not_reached"))
	}
}

func twoDigits(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// answer is one question of a form with what was answered.
type answer struct{ Label, Text string }

// answers pairs message keys with what was written, and leaves out what is empty.
func (s *sheet) answers(pairs ...string) []answer {
	var out []answer
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, answer{s.T(pairs[i]), pairs[i+1]})
		}
	}
	return out
}

func (s *sheet) files(m *ticket.Message) []ui.File {
	var out []ui.File
	for _, a := range m.Attached {
		file := ui.File{Name: a.Name, Size: page.Size(a.Size), Href: page.FilePath(s.t.Number, a.Token, a.Name)}
		if page.Viewable(a) {
			file.Thumb = file.Href
		}
		out = append(out, file)
	}
	return out
}

// actor is who did something; the desk itself where nobody did.
func (s *sheet) actor(m event.Meta) ui.Person {
	if m.ActorKind == string(access.System) || m.ActorID == 0 {
		return ui.Person{Name: s.T("workticket.desk")}
	}
	return s.person(person.ID(m.ActorID))
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// duration writes how long something takes.
func (s *sheet) duration(d time.Duration) string { return i18n.Duration(s.c.Lang, d) }
