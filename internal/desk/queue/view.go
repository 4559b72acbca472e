// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ViewID is a saved view's key.
type ViewID int64

// Sharing says who has a view.
type Sharing string

// Who has a view.
const (
	Own    Sharing = "own"   // its owner
	Shared Sharing = "group" // whoever works in its group
	ForAll Sharing = "all"   // everybody of the desk
)

// View is a list that somebody saved.
type View struct {
	ID       ViewID
	Name     string // 1–60 characters
	Icon     string // one of Icons
	Filter   string // as Tree.String writes it
	Sort     string // as the tickets name their orders; empty for the usual one
	Grouping string // as the tickets name their groupings; empty for none
	Columns  []string
	Dense    bool
	Sharing  Sharing
	Owner    person.ID
	Group    person.GroupID // where it is shared with one
	Version  int64

	gone bool
}

// Columns lists what a list shows beside the problem, in the order in which it stands.
func Columns() []string {
	return []string{"requester", "owner", "assignee", "group", "category", "clock", "promise", "age"}
}

// UsualColumns are those that a list shows of which nobody said otherwise.
func UsualColumns() []string { return []string{"requester", "owner", "category", "clock", "promise"} }

// MaxColumns bounds how many fit beside the problem.
const MaxColumns = 5

// Icons lists the signs that a view can have.
func Icons() []string {
	return []string{"star", "flame", "bell-ring", "clock", "hourglass", "handshake", "siren", "circle-user", "headset", "users", "building-2", "map-pin", "phone", "archive"}
}

// Tree is the view's filter.
func (v View) Tree() (Tree, error) { return Parse(v.Filter) }

// check returns Invalid with every field that is out of range.
func (v *View) check() error {
	var bad []errs.FieldError
	v.Name = person.CleanName(v.Name)
	if n := utf8.RuneCountInString(v.Name); n == 0 || n > 60 {
		bad = append(bad, errs.FieldError{Name: "name", Key: "queue.name"})
	}
	if v.Icon == "" {
		v.Icon = Icons()[0]
	}
	if !slices.Contains(Icons(), v.Icon) {
		bad = append(bad, errs.FieldError{Name: "icon", Key: "queue.icon"})
	}
	if len(v.Columns) > MaxColumns || slices.ContainsFunc(v.Columns, func(c string) bool { return !slices.Contains(Columns(), c) }) {
		bad = append(bad, errs.FieldError{Name: "columns", Key: "queue.columns", Args: []any{"Max", MaxColumns}})
	}
	if v.Sharing != Shared {
		v.Group = 0
	}
	if !slices.Contains([]Sharing{Own, Shared, ForAll}, v.Sharing) || v.Sharing == Shared && v.Group == 0 {
		bad = append(bad, errs.FieldError{Name: "shared", Key: "queue.shared"})
	}
	return errs.Invalidf(bad...)
}

// has reports whether a view is among those of a reader, who works in groups.
func (v View) has(by access.Actor, groups []person.GroupID) bool {
	switch {
	case v.gone || !by.Staff():
		return false
	case v.Sharing == ForAll || int64(v.Owner) == by.ID:
		return true
	}
	return v.Sharing == Shared && (slices.Contains(groups, v.Group) || leads(by))
}

// keeps reports whether somebody may change a view: its owner while it is theirs alone or their
// group's, whoever leads where it is shared.
func (v View) keeps(by access.Actor, groups []person.GroupID) bool {
	switch v.Sharing {
	case Own:
		return int64(v.Owner) == by.ID
	case Shared:
		return leads(by) || slices.Contains(groups, v.Group)
	}
	return leads(by)
}

// leads reports whether somebody may share with everybody.
func leads(by access.Actor) bool { return access.Can(by, access.QueueShare, access.Object{}) == nil }

func packed(list []string) string { return strings.Join(list, " ") }
