// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/clue"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Where says in what a word was found.
type Where string

// The places of words on a ticket.
const (
	InSubject  Where = "subject"
	InMessage  Where = "message"  // public words
	InNote     Where = "note"     // internal words, staff only
	InCall     Where = "call"     // what was said on the telephone, staff only
	InFile     Where = "file"     // the name of an attachment
	InSolution Where = "solution" // what was given as the solution
	InForm     Where = "form"     // an answer to what the category asks, which its requester reads, too
	InTold     Where = "told"     // why it waits, as the requester was told
	InRecord   Where = "record"   // the record, hand-over and closure sheet, staff only
	InPerson   Where = "person"   // name or address of whoever asked, staff only
)

// passage is a stretch of words on a ticket.
type passage struct {
	where   Where
	message ticket.MessageID
	author  person.ID
	text    string
}

// read gathers the words of tickets: all for staff, what is public for others. It is the one
// answer to what can be found, for the index, for its check and for what is shown.
func read(ctx context.Context, q db.Querier, list []indexed, staff bool) (map[ticket.ID][]passage, error) {
	out := make(map[ticket.ID][]passage, len(list))
	if len(list) == 0 {
		return out, nil
	}
	keys := make([]ticket.ID, 0, len(list))
	var asked []person.ID
	for _, t := range list {
		keys = append(keys, t.ID)
		if !slices.Contains(asked, t.Requester) {
			asked = append(asked, t.Requester)
		}
	}
	names := map[person.ID]string{}
	if staff {
		who, err := peopleOf(ctx, q, asked)
		if err != nil {
			return nil, err
		}
		for _, p := range who {
			names[p.ID] = p.Name + "\n" + p.Email
		}
	}
	for _, t := range list {
		own, err := t.words(staff)
		if err != nil {
			return nil, err
		}
		if name := names[t.Requester]; name != "" {
			own = append(own, passage{where: InPerson, text: name})
		}
		out[t.ID] = own
	}
	return out, readSaid(ctx, q, keys, staff, out)
}

func readSaid(ctx context.Context, q db.Querier, keys []ticket.ID, staff bool, into map[ticket.ID][]passage) error {
	list, err := messages(ctx, q, keys, staff)
	if err != nil {
		return err
	}
	at := map[ticket.MessageID]ticket.ID{}
	for _, m := range list {
		at[m.ID] = m.Ticket
		p := passage{where: InMessage, message: m.ID, author: m.Author, text: m.Body}
		switch m.Kind {
		case ticket.Internal:
			p.where = InNote
		case ticket.Call:
			p.where = InCall
		case ticket.Public, ticket.Unsent:
		}
		into[m.Ticket] = append(into[m.Ticket], p)
		if m.Quoted != "" {
			p.text = m.Quoted
			into[m.Ticket] = append(into[m.Ticket], p)
		}
	}
	attached, err := files(ctx, q, keys)
	for _, f := range attached {
		if on, seen := at[f.Message]; seen && !f.Inline { // a file of a message that is not shown is not either
			into[on] = append(into[on], passage{where: InFile, message: f.Message, text: f.Name})
		}
	}
	return err
}

// words are those on the ticket itself.
func (t indexed) words(staff bool) ([]passage, error) {
	list := []passage{{where: InSubject, text: t.Ref() + "\n" + t.Subject}}
	var d ticket.Detail
	if t.detail != "" && t.detail != "{}" {
		if err := json.Unmarshal([]byte(t.detail), &d); err != nil {
			return nil, err
		}
	}
	add := func(where Where, parts ...string) {
		for _, p := range parts {
			if strings.TrimSpace(p) != "" {
				list = append(list, passage{where: where, text: p})
			}
		}
	}
	add(InSolution, d.Solution.Text)
	add(InSolution, d.Solution.Verify...)
	add(InTold, d.Hold.Stuck, d.Hold.Doing)
	add(InForm, d.Form.Words...)
	if !staff {
		return list, nil
	}
	add(InRecord, d.Solution.Cause, d.Solution.Prevention, d.HandOver.Done, d.HandOver.Why, d.HandOver.Needed,
		d.Closure.Difficulties, d.Closure.Approach, d.Hold.Vendor.Name, d.Hold.Vendor.Case)
	add(InRecord, d.Form.Words...)
	for _, f := range d.Findings {
		add(InRecord, f.Hypothesis, f.Check, f.Result)
	}
	for _, x := range d.Devices { // by what stands on their labels (N8)
		add(InRecord, x.Tag+" "+x.Label)
	}
	for _, e := range ticket.Elements() {
		add(InRecord, d.Intake[e].Value, d.Intake[e].Reason)
	}
	return list, nil
}

// terms are what the index holds of a ticket.
func (t indexed) terms(list []passage) []text.Term {
	set := newSet()
	for _, p := range list {
		text.Terms(p.text, set.add)
		for _, c := range clue.Find(p.text) {
			set.add(text.Mark(byFact, c.Value))
		}
		if p.where == InFile {
			set.add(text.Mark(byHas, "attachment"))
		}
	}
	text.Beginnings(t.Subject, set.add)
	for name, id := range map[string]int64{
		byOwner: int64(t.Owner), byAssignee: int64(t.Assignee), byGroup: int64(t.Group), byRequester: int64(t.Requester),
		byCategory: int64(t.Category), byService: int64(t.Service), byPriority: int64(t.Priority),
	} {
		set.add(mark(name, id))
	}
	set.add(text.Mark(byStatus, string(t.Status)))
	if t.Open() {
		set.add(text.Mark("open", "1"))
	}
	for _, m := range marksOf(t.CreatedAt) {
		set.add(m)
	}
	return set.list
}

// personTerms are what the index holds of a person.
func personTerms(p person.Person) []text.Term {
	set := newSet()
	for _, s := range []string{p.Name, p.Email, p.Phone, p.Department, p.Place} {
		text.Terms(s, set.add)
	}
	for _, s := range []string{p.Name, p.Email, p.Phone} {
		text.Beginnings(s, set.add)
	}
	return set.list
}

// set keeps terms in the order of their coming, each once.
type set struct {
	seen map[text.Term]struct{}
	list []text.Term
}

func newSet() *set { return &set{seen: map[text.Term]struct{}{}} }

func (s *set) add(t text.Term) {
	if _, ok := s.seen[t]; !ok {
		s.seen[t] = struct{}{}
		s.list = append(s.list, t)
	}
}
