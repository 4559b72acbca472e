// SPDX-License-Identifier: Apache-2.0

package person

// Added records a new person.
type Added struct {
	Person ID
	Name   string
	Role   string
}

// EventName is "person.added".
func (Added) EventName() string { return "person.added" }

// EventSubject is the person.
func (e Added) EventSubject() int64 { return int64(e.Person) }

// Changed records which fields of a person changed, and a role change with both values.
type Changed struct {
	Person  ID
	Fields  []string
	RoleWas string
	Role    string
	Active  bool
}

// EventName is "person.changed".
func (Changed) EventName() string { return "person.changed" }

// EventSubject is the person.
func (e Changed) EventSubject() int64 { return int64(e.Person) }

// GroupChanged records a new or changed group and its members.
type GroupChanged struct {
	Group   GroupID
	Name    string
	Members []ID
	Active  bool
}

// EventName is "person.group_changed".
func (GroupChanged) EventName() string { return "person.group_changed" }

// EventSubject is the group.
func (e GroupChanged) EventSubject() int64 { return int64(e.Group) }
