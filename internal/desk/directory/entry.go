// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"slices"

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
}

// Batch is what came at once.
type Batch struct {
	Source  string
	Fields  []string // of which it says something; the others stay as they are
	Entries []Entry
	Whole   bool // whoever is kept by this source and is not among the entries is gone
	Lang    string
}

// Kind says what happens to an entry.
type Kind string

// The kinds.
const (
	New      Kind = "new"
	Changed  Kind = "changed"
	Same     Kind = "same"
	Disabled Kind = "disabled"
	Held     Kind = "held" // would be disabled; somebody is asked first
	Bad      Kind = "bad"
)

// Kinds lists them in the order in which pages show them.
func Kinds() []Kind { return []Kind{New, Changed, Disabled, Held, Bad, Same} }

// Change is what happens to one entry.
type Change struct {
	Kind   Kind
	Line   int64 // of the entry; the negative of the person's key where there is none
	Text   string
	Was    person.Person // empty for a new one
	Now    person.Person
	Fields []string // that differ
	Why    errs.FieldError
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

// Plan says what happens to each entry, and to everybody who is gone. hold is how many may be
// disabled at once without asking; below 0 nobody asks.
func Plan(people []person.Person, b Batch, hold int64) []Change {
	p := planner{batch: b, byEmail: map[string]person.Person{}, byOutside: map[string]person.Person{}, emails: map[string]int64{}, outside: map[string]int64{}, seen: map[person.ID]bool{}}
	for _, x := range people {
		p.byEmail[x.Email] = x
		if x.Source == b.Source && x.Outside != "" {
			p.byOutside[x.Outside] = x
		}
	}
	var out []Change
	for _, e := range b.Entries {
		out = append(out, p.entry(e))
	}
	if b.Whole {
		for _, x := range people {
			if x.Source == b.Source && x.Active && !p.seen[x.ID] {
				now := x
				now.Active = false
				out = append(out, Change{Kind: Disabled, Line: -int64(x.ID), Was: x, Now: now, Fields: []string{Active}})
			}
		}
	}
	if hold >= 0 && Count(out)[Disabled] > hold {
		for i := range out {
			if out[i].Kind == Disabled {
				out[i].Kind = Held
			}
		}
	}
	return out
}

// Most is how many may be disabled at once without asking: a share, in percent, of those whom the
// source keeps, and five whatever the share.
func Most(people []person.Person, source string, percent int64) int64 {
	var n int64
	for _, p := range people {
		if p.Source == source && p.Active {
			n++
		}
	}
	return max(5, n*percent/100)
}

type planner struct {
	batch     Batch
	byEmail   map[string]person.Person
	byOutside map[string]person.Person
	emails    map[string]int64 // line on which an address stood
	outside   map[string]int64
	seen      map[person.ID]bool
}

func (p *planner) entry(e Entry) Change {
	c := Change{Line: e.Line, Text: e.Text}
	bad := func(name, key string, args ...any) Change {
		c.Kind, c.Why = Bad, errs.FieldError{Name: name, Key: key, Args: args}
		return c
	}
	if e.Bad != nil {
		c.Kind, c.Why = Bad, *e.Bad
		return c
	}
	email, ok := person.CleanEmail(e.Values[Email])
	key := e.Values[ID]
	// Whom it is about is settled before anything can be wrong with it: somebody whose line is bad is not gone.
	was, known := p.byOutside[key]
	if known = known && key != ""; !known {
		was, known = p.byEmail[email]
	}
	if known {
		p.seen[was.ID] = true
	}
	if !ok {
		return bad(Email, "person.email_shape")
	}
	if first := p.emails[email]; first != 0 { // one mailbox for several people
		return bad(Email, "directory.email_twice", "Line", first, "Email", email)
	}
	if first := p.outside[key]; first != 0 && key != "" {
		return bad(ID, "directory.id_twice", "Line", first)
	}
	p.emails[email], p.outside[key] = e.Line, e.Line
	if known && key != "" && was.Outside != "" && was.Outside != key && was.Source == p.batch.Source {
		return bad(Email, "directory.email_other", "Name", was.Name)
	}
	if other, taken := p.byEmail[email]; taken && known && other.ID != was.ID {
		return bad(Email, "directory.email_other", "Name", other.Name)
	}
	now, err := p.merged(was, e, email).Clean()
	if wrong := errs.As(err); wrong != nil && len(wrong.Fields) > 0 {
		return bad(wrong.Fields[0].Name, wrong.Fields[0].Key, wrong.Fields[0].Args...)
	}
	c.Was, c.Now = was, now
	c.Fields = p.differ(was, now)
	switch {
	case !known && !now.Active:
		c.Kind, c.Fields = Same, nil // gone before the desk ever knew them
	case !known:
		c.Kind = New
	case was.Active && !now.Active:
		c.Kind = Disabled
	case len(c.Fields) > 0 || was.Source != now.Source || was.Outside != now.Outside:
		c.Kind = Changed
	default:
		c.Kind = Same
	}
	return c
}

// merged is the person as the entry says they are.
func (p *planner) merged(was person.Person, e Entry, email string) person.Person {
	now := was
	if now.ID == 0 {
		now = person.Person{Role: "requester", Lang: p.batch.Lang, Active: true}
	}
	now.Email = email
	if was.Source != LDAP || p.batch.Source == LDAP { // a file does not take over whom a server keeps
		if now.Source = p.batch.Source; e.Values[ID] != "" || was.Source != p.batch.Source {
			now.Outside = e.Values[ID]
		}
	}
	for _, f := range p.batch.Fields {
		v := e.Values[f]
		switch f {
		case Name:
			now.Name = v
		case Phone:
			now.Phone, now.Further = "", ""
			for i, n := range e.Phones {
				if i == 0 {
					now.Phone = n
				} else {
					now.Further = person.ReadLines(string(now.Further) + "\n" + n)
				}
			}
		case Department:
			now.Department = v
		case Place:
			now.Place = v
		case Title:
			now.Title = v
		case Manager:
			now.Manager = v
		case Devices:
			now.Devices = person.ReadLines(v)
		case Active:
			now.Active = e.Active
		}
	}
	return now
}

// differ names the fields in which two differ.
func (p *planner) differ(a, b person.Person) []string {
	var out []string
	for _, f := range Fields() {
		if slices.Contains(p.batch.Fields, f) && Value(a, f) != Value(b, f) {
			out = append(out, f)
		}
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
