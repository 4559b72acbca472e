// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"math"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Suggestion is what is offered while somebody types.
type Suggestion struct {
	Tickets []Hit // number, status and subject alone
	People  []person.Person
}

const (
	offered       = 6  // tickets
	offeredPeople = 3  //
	weighed       = 60 // of which they are the best
)

// Suggest offers tickets and people for what was typed so far; the last word may go on. Staff
// only: everybody else has few requests, and they are all listed. What cannot be understood
// yet has no suggestions.
func (s *Service) Suggest(ctx context.Context, by access.Actor, q Query) (Suggestion, error) {
	var out Suggestion
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return out, err
	}
	p, err := s.understand(ctx, by, q)
	if err != nil || p.empty() || !p.plain {
		return out, nil //nolint:nilerr // half a question, or one whose words only the texts decide
	}
	beginning := ""
	if last, _ := utf8.DecodeLastRuneInString(q.Text); p.plain && p.last && len(p.patterns) > 0 && !unicode.IsSpace(last) {
		beginning = p.patterns[len(p.patterns)-1].Typed()
	}
	read, scope := s.DB.Long(), access.Tickets(by)
	list, err := found(ctx, read, s.DB.Engine(), newAsk(typing(p, beginning, false)), p, math.MaxInt64, weighed)
	if err != nil {
		return out, err
	}
	var rows []ranked
	for _, t := range list {
		if scope.Holds(t.Object()) {
			r, _ := weigh(t, p, s.Clock.Now())
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, byRank)
	for _, r := range rows[:min(offered, len(rows))] {
		out.Tickets = append(out.Tickets, Hit{Ticket: r.Ticket, Subject: mark1(r.Subject, p.patterns, beginning)})
	}
	if p.person {
		out.People, err = s.peopleWho(ctx, read, p, beginning, math.MaxInt64, offeredPeople)
	}
	return out, err
}

// typing is what the index must hold where the last word may go on. Fields of tickets are left
// out for people.
func typing(p *plan, beginning string, forPeople bool) [][]text.Term {
	if beginning == "" && !forPeople {
		return p.groups
	}
	var groups [][]text.Term
	for _, x := range p.patterns {
		for _, t := range x.Terms() {
			groups = append(groups, []text.Term{t})
		}
	}
	if beginning != "" {
		last := groups[len(groups)-1]
		groups[len(groups)-1] = append(last, text.Beginning(beginning))
	}
	if forPeople || p.fields == nil {
		return groups
	}
	more, _ := marksOfPlan(p.fields)
	return append(groups, more...)
}
