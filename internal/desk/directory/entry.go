// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// The directories that keep entries.
const (
	CSV  = "csv"
	LDAP = "ldap"
)

// The fields that a directory may say something about. "id" is by which it knows an entry for good.
const (
	ID         = "id"
	Name       = "name"
	Email      = "email"
	Phone      = "phone"
	Department = "department"
	Place      = "place"
	Title      = "title"
	Manager    = "manager"
	Devices    = "devices"
	Active     = "active"
)

// Fields lists them in the order in which forms show them.
func Fields() []string {
	return []string{ID, Name, Email, Phone, Department, Place, Title, Manager, Devices, Active}
}

// Entry is what a directory says of one person.
type Entry struct {
	Line   int64  // in the file, or the place in the answer of the server; from 1
	Text   string // as it came, for whoever mends it
	Values map[string]string
	Phones []string // every number, the first one first
	Active bool
	Bad    *errs.FieldError // why it could not be read at all

	DN     string // of a server: what the entry is called there
	Folded string // by which two such names are the same
	Leader string // the entry that it names as manager, folded
}

// Batch is what came at once.
type Batch struct {
	Source  string
	Fields  []string // of which it says something; the others stay as they are
	Entries []Entry
	Whole   bool // whoever is kept by this source and is not among the entries is gone
	Lang    string

	// Said is what the directory said of each key before, by field: where a person differs from
	// that, somebody wrote it by hand. In the fields of Keep that stands; that somebody was
	// disabled by hand always does.
	Said map[string]map[string]string
	Keep []string
	// Known decides whether a person is recognised by their address when a key is new. nil does.
	Known func(person.Person) *errs.FieldError
}

// Kind says what happens to an entry.
type Kind string

// The kinds.
const (
	New      Kind = "new"
	Changed  Kind = "changed"
	Renamed  Kind = "renamed" // changed, and called otherwise or written to elsewhere
	Same     Kind = "same"
	Disabled Kind = "disabled"
	Held     Kind = "held" // would be disabled; somebody is asked first
	Bad      Kind = "bad"
)

// Kinds lists them in the order in which pages show them.
func Kinds() []Kind { return []Kind{New, Changed, Renamed, Disabled, Held, Bad, Same} }

// Change is what happens to one entry.
type Change struct {
	Kind   Kind
	Line   int64 // of the entry; the negative of the person's key where there is none
	Text   string
	Was    person.Person // empty for a new one
	Now    person.Person
	Fields []string // that differ
	Kept   []string // that the directory says otherwise, and somebody wrote by hand
	Why    errs.FieldError

	From Entry             // empty for one who is gone
	Said map[string]string // what the directory says, by field, as it would be stored
}

// Tally counts changes by kind.
type Tally map[Kind]int64

// Count counts.
func Count(list []Change) Tally {
	out := Tally{}
	for _, c := range list {
		out[c.Kind]++
	}
	return out
}

// Value is a field of a person as a page shows it.
func Value(p person.Person, field string) string {
	switch field {
	case ID:
		return p.Outside
	case Name:
		return p.Name
	case Email:
		return p.Email
	case Phone:
		return string(person.ReadLines(p.Phone + "\n" + string(p.Further)))
	case Department:
		return p.Department
	case Place:
		return p.Place
	case Title:
		return p.Title
	case Manager:
		return p.Manager
	case Devices:
		return string(p.Devices)
	case Active:
		if p.Active {
			return "yes"
		}
		return "no"
	}
	return ""
}
