// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

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
	c := Change{Line: e.Line, Text: e.Text, From: e}
	bad := func(name, key string, args ...any) Change {
		c.Kind, c.Why = Bad, errs.FieldError{Name: name, Key: key, Args: args}
		return c
	}
	email, ok := person.CleanEmail(e.Values[Email])
	key := e.Values[ID]
	// Whom it is about is settled before anything can be wrong with it: somebody whose line is bad is not gone.
	was, known := p.byOutside[key]
	byKey := known && key != ""
	if known = byKey; !known {
		was, known = p.byEmail[email]
	}
	if known {
		p.seen[was.ID], c.Was = true, was
	}
	if e.Bad != nil {
		c.Kind, c.Why = Bad, *e.Bad
		return c
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
	if known && !byKey && p.batch.Known != nil {
		if why := p.batch.Known(was); why != nil {
			return bad(why.Name, why.Key, why.Args...)
		}
	}
	said, err := p.merged(was, e, email).Clean()
	if wrong := errs.As(err); wrong != nil && len(wrong.Fields) > 0 {
		return bad(wrong.Fields[0].Name, wrong.Fields[0].Key, wrong.Fields[0].Args...)
	}
	now := p.byHand(&c, key, was, said)
	if other, taken := p.byEmail[now.Email]; taken && known && other.ID != was.ID {
		return bad(Email, "directory.email_other", "Name", other.Name)
	}
	c.Now, c.Fields = now, p.differ(was, now)
	c.Kind = kindOf(c, known)
	if c.Kind == Same {
		c.Fields = nil
	}
	return c
}

// kindOf says what a change comes to.
func kindOf(c Change, known bool) Kind {
	was, now := c.Was, c.Now
	switch {
	case !known && !now.Active:
		return Same // gone before the desk ever knew them
	case !known:
		return New
	case was.Active && !now.Active:
		return Disabled
	case was.Name != now.Name || was.Email != now.Email:
		return Renamed
	case len(c.Fields) > 0 || was.Source != now.Source || was.Outside != now.Outside:
		return Changed
	}
	return Same
}

// byHand notes what the directory says and keeps what somebody wrote by hand where that stands.
func (p *planner) byHand(c *Change, key string, was, says person.Person) person.Person {
	now := says
	c.Said = map[string]string{}
	before := p.batch.Said[key]
	for _, f := range p.batch.Fields {
		c.Said[f] = Value(says, f)
		old, told := before[f]
		if was.ID == 0 || !told || Value(was, f) == old || Value(was, f) == c.Said[f] || (f != Active && !slices.Contains(p.batch.Keep, f)) {
			continue
		}
		if f == Active && (was.Active || old != c.Said[f]) {
			continue // an administrator shut them out and the directory has not changed its mind: only that stands
		}
		now = put(now, was, f)
		c.Kept = append(c.Kept, f)
	}
	return now
}

// merged is the person as the entry says they are.
func (p *planner) merged(was person.Person, e Entry, email string) person.Person {
	now := was
	if now.ID == 0 {
		now = person.Person{Role: access.Requester, Lang: p.batch.Lang, Active: true}
	}
	if was.Source != LDAP || p.batch.Source == LDAP { // a file does not take over whom a server keeps
		if now.Source = p.batch.Source; e.Values[ID] != "" || was.Source != p.batch.Source {
			now.Outside = e.Values[ID]
		}
	}
	says := person.Person{
		Name: e.Values[Name], Email: email, Department: e.Values[Department], Place: e.Values[Place], Title: e.Values[Title],
		Manager: e.Values[Manager], Devices: person.ReadLines(e.Values[Devices]), Active: e.Active,
	}
	for i, n := range e.Phones {
		if i == 0 {
			says.Phone = n
		} else if n != says.Phone {
			says.Further = person.ReadLines(string(says.Further) + "\n" + n)
		}
	}
	now.Email = email
	for _, f := range p.batch.Fields {
		now = put(now, says, f)
	}
	return now
}

// put writes a field of one person into another.
func put(into, from person.Person, field string) person.Person {
	switch field {
	case Name:
		into.Name = from.Name
	case Email:
		into.Email = from.Email
	case Phone:
		into.Phone, into.Further = from.Phone, from.Further
	case Department:
		into.Department = from.Department
	case Place:
		into.Place = from.Place
	case Title:
		into.Title = from.Title
	case Manager:
		into.Manager = from.Manager
	case Devices:
		into.Devices = from.Devices
	case Active:
		into.Active = from.Active
	}
	return into
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
