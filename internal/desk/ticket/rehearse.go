// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// Rehearsal decides commands with no house around: the rights, the life, the rules, the gates
// and the plan are the real ones, and nothing is stored. Everybody whom a command or the
// ticket names works for the desk, every group works, every category may be chosen. Commands that
// need a second ticket cannot be rehearsed.
type Rehearsal struct {
	Gates  Gates
	Matrix triage.Matrix
	Plan   func(Ticket) (time.Time, string)
	Reopen time.Duration // how long after closing a requester may reopen
}

// Decide returns the ticket as it would be, with its planned caches, and the facts that would be
// recorded. Message is the key under which the words of the command would be stored. Errors as
// for Service.Do.
func (r Rehearsal) Decide(by access.Actor, at time.Time, t Ticket, cmd Command, message MessageID) (Ticket, []Fact, error) {
	w := world{by: by, at: at, matrix: r.Matrix, missing: r.Gates.missing, reopen: r.Reopen, message: message}
	w.staff, w.group = map[person.ID]bool{}, map[person.GroupID]bool{}
	w.category, w.service = map[catalog.CategoryID]bool{}, map[catalog.ServiceID]bool{}
	switch c := cmd.(type) {
	case Accept:
		w.staff[t.Owner] = t.Owner != 0
		w.staff[person.ID(by.ID)] = by.Role.Staff()
	case AddParticipant:
		w.active = map[person.ID]bool{c.Person: true}
	case Assign:
		w.staff[c.Owner], w.staff[c.Assignee], w.group[c.Group] = true, true, true
	case HandOver:
		w.staff[c.Assignee], w.group[c.Group] = true, true
	case RefuseHandOver:
		h := t.Detail.HandOver
		w.staff[h.By], w.group[h.From] = h.By != 0, h.From != 0
	case Classify:
		w.category[c.Category], w.service[c.Service] = true, true
	}
	if err := (*Service)(nil).admit(w, t, Target{}, cmd); err != nil {
		return Ticket{}, nil, err
	}
	after, list, err := r.Gates.step(t, w, cmd)
	if err != nil {
		return Ticket{}, nil, err
	}
	return r.planned(after), list, nil
}

// Born returns a new ticket of facts that record it, with its planned caches.
func (r Rehearsal) Born(by access.Actor, at time.Time, list ...Fact) Ticket {
	return r.planned(world{by: by, at: at}.after(Ticket{}, list))
}

func (r Rehearsal) planned(t Ticket) Ticket {
	t.NextDue, t.NextClock = r.Plan(t)
	t.PromiseAt = t.promise()
	return t
}
