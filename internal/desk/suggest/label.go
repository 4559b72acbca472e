// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"slices"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// Label is one thing that is guessed.
type Label string

// The labels. The last three are the answers of grading: the priority follows from them (N22).
const (
	Category     Label = "category"
	ServiceLabel Label = "service"
	Group        Label = "group"
	Core         Label = "core"
	Affected     Label = "affected"
	Halt         Label = "halt"
)

// Labels lists the labels in the order of the form.
func Labels() []Label { return []Label{Category, ServiceLabel, Group, Core, Affected, Halt} }

// Grading reports whether the label is an answer of grading.
func (l Label) Grading() bool { return l == Core || l == Affected || l == Halt }

// of reads what a ticket says of the label; "" where it says nothing.
func (l Label) of(t ticket.Ticket) string {
	if l.Grading() && !t.Graded {
		return ""
	}
	switch l {
	case Category:
		return key(int64(t.Category))
	case ServiceLabel:
		return key(int64(t.Service))
	case Group:
		return key(int64(t.Group))
	case Core:
		if t.Detail.Answers.Core {
			return "yes"
		}
		return "no"
	case Affected:
		return string(t.Detail.Answers.Affected)
	case Halt:
		return string(t.Detail.Answers.Halt)
	}
	return ""
}

func key(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

func number(value string) int64 {
	n, _ := strconv.ParseInt(value, 10, 64) // 0 names nothing
	return n
}

// holds reports whether a guess may be offered for the ticket as it is now. What the ticket says is
// doubted of its group alone, which may follow from the category, and by a guess that is sure.
func (s *Service) holds(ctx context.Context, t ticket.Ticket, o Offer) bool {
	has := o.Label.of(t)
	return o.Value != has && (has == "" || o.Label == Group && o.Sureness() == Sure) && s.stands(ctx, o.Label, o.Value)
}

// stands reports whether a value may be chosen today: a category that was retired since is not
// offered.
func (s *Service) stands(ctx context.Context, l Label, value string) bool {
	switch l {
	case Category:
		return s.Catalog.Category(ctx, catalog.CategoryID(number(value))).Active
	case ServiceLabel:
		return s.Catalog.Service(ctx, catalog.ServiceID(number(value))).Active
	case Group:
		return s.People.Group(ctx, person.GroupID(number(value))).Active
	case Core:
		return value == "yes" || value == "no"
	case Affected:
		return slices.Contains([]triage.Affected{triage.One, triage.Team, triage.Department, triage.Everyone}, triage.Affected(value))
	case Halt:
		return slices.Contains([]triage.Halt{triage.Stopped, triage.Impaired, triage.Working}, triage.Halt(value))
	}
	return false
}
