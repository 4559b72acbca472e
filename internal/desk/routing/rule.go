// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// RuleID is a rule's key.
type RuleID int64

// Rule says where tickets go whose condition holds.
type Rule struct {
	ID        RuleID
	Place     int64  // rules are asked in this order; the first that holds counts
	Name      string // 1–60 characters
	Condition string
	Group     person.GroupID
	Assign    bool          // and to a person of the group
	Skills    person.Skills // who must have these, besides what category and service ask for
	Rota      rota.ID       // who must be on duty in it; 0 for everybody in the group
	Active    bool
	Version   int64
	Trouble   string // what went wrong when it was asked last; empty for nothing
	TroubleAt time.Time
	Troubles  int64 // how often, since it was saved
}

// check brings a rule into the form in which it is kept.
func (r *Rule) check() error {
	var bad []errs.FieldError
	r.Name = person.CleanName(r.Name)
	if n := utf8.RuneCountInString(r.Name); n == 0 || n > 60 {
		bad = append(bad, errs.FieldError{Name: "name", Key: "routing.name_length"})
	}
	if r.Group == 0 {
		bad = append(bad, errs.FieldError{Name: "group", Key: "routing.group_missing"})
	}
	skills, err := r.Skills.Check()
	if err != nil {
		bad = append(bad, errs.As(err).Fields...)
	}
	r.Skills = skills
	if _, err := Compile(r.Condition); err != nil {
		bad = append(bad, errs.As(err).Fields...)
	}
	return errs.Invalidf(bad...)
}

// Choice says how the person was found, or why none was.
type Choice string

// The choices.
const (
	GroupOnly Choice = "group"   // the rule names no person
	Least     Choice = "least"   // the one with least in work
	NoDuty    Choice = "no_duty" // nobody of the group is on duty
	NoSkill   Choice = "skill"   // nobody who is can do it
	NoRoom    Choice = "room"    // whoever can has enough in work
)

// candidate is somebody of the group.
type candidate struct {
	who    person.ID
	duty   bool
	skill  bool
	inWork int64
	limit  int64 // 0 for none
}

// choose takes the one with least in work of those who are on duty, can, and have room; of equals
// the one with the lower key.
func choose(list []candidate) (person.ID, Choice) {
	why := NoDuty
	var best *candidate
	for i, c := range list {
		switch {
		case !c.duty:
			continue
		case !c.skill:
			if why == NoDuty {
				why = NoSkill
			}
			continue
		case c.limit > 0 && c.inWork >= c.limit:
			why = NoRoom
			continue
		}
		if best == nil || c.inWork < best.inWork || c.inWork == best.inWork && c.who < best.who {
			best = &list[i]
		}
	}
	if best == nil {
		return 0, why
	}
	return best.who, Least
}

// Run is one ticket that a rule gave to somebody.
type Run struct {
	ID      int64
	Ticket  ticket.ID
	Rule    RuleID
	Name    string // of the rule, as it was
	Group   person.GroupID
	Person  person.ID
	Choice  Choice
	InWork  int64 // what the person had in work
	At      time.Time
	Bounced time.Time // when it was given on to another group
}

// free reports whether rules still say where a ticket goes: it is open, and nobody works on it.
func free(t ticket.Ticket) bool {
	return t.Assignee == 0 && (t.Status == ticket.New || t.Status == ticket.Opened)
}
