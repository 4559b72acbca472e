// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Attributes by which a server knows an entry for good, whatever it is called and wherever it is
// moved. A name, an address or a staff number is none: they change, and are given again.
const (
	entryUUID   = "entryUUID"  // RFC 4530: OpenLDAP and most others
	objectGUID  = "objectGUID" // Active Directory: sixteen bytes
	nsUniqueID  = "nsUniqueId"
	ipaUniqueID = "ipaUniqueID"

	userAccountControl = "userAccountControl"
	changedAt          = "modifyTimestamp"
	changedBy          = "uSNChanged"
)

// Identities lists what an entry may be known by.
func Identities() []string { return []string{entryUUID, objectGUID, nsUniqueID, ipaUniqueID} }

// Mapping says which attributes tell a field. Several, with commas between, are asked in turn: the
// first that says something counts; of Phone all count.
type Mapping struct {
	ID         string
	Name       string
	Email      string
	Phone      string
	Department string
	Place      string
	Title      string
	Manager    string // names another entry
	Devices    string
	Locked     string // says that somebody may not sign in
}

// of is the attributes of a field.
func (m Mapping) of(field string) string {
	switch field {
	case ID:
		return m.ID
	case Name:
		return m.Name
	case Email:
		return m.Email
	case Phone:
		return m.Phone
	case Department:
		return m.Department
	case Place:
		return m.Place
	case Title:
		return m.Title
	case Manager:
		return m.Manager
	case Devices:
		return m.Devices
	case Active:
		return m.Locked
	}
	return ""
}

// Of is the attributes that tell a field, for forms.
func (m Mapping) Of(field string) string { return m.of(field) }

// With is the mapping with another attribute for a field.
func (m Mapping) With(field, attributes string) Mapping {
	switch field {
	case ID:
		m.ID = attributes
	case Name:
		m.Name = attributes
	case Email:
		m.Email = attributes
	case Phone:
		m.Phone = attributes
	case Department:
		m.Department = attributes
	case Place:
		m.Place = attributes
	case Title:
		m.Title = attributes
	case Manager:
		m.Manager = attributes
	case Devices:
		m.Devices = attributes
	case Active:
		m.Locked = attributes
	}
	return m
}

func (m Mapping) tidy() Mapping {
	for _, f := range Fields() {
		m = m.With(f, strings.Join(names(m.of(f)), ","))
	}
	return m
}

func (m Mapping) check() (bad []errs.FieldError) {
	if !slices.Contains(Identities(), m.ID) {
		bad = append(bad, errs.FieldError{Name: "map_" + ID, Key: "directory.identity"})
	}
	for _, f := range Fields() {
		list := names(m.of(f))
		if len(list) == 0 && (f == Name || f == Email) {
			bad = append(bad, errs.FieldError{Name: "map_" + f, Key: "directory.attribute_needed"})
		}
		if len(list) > 5 || slices.ContainsFunc(list, func(a string) bool { return !attribute(a) }) {
			bad = append(bad, errs.FieldError{Name: "map_" + f, Key: "directory.attribute_shape"})
		}
	}
	return bad
}

// attribute reports whether a text names an attribute (RFC 4512, 2.5).
func attribute(s string) bool {
	return s != "" && len(s) <= 60 && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-;.") == ""
}

func names(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '，' || r == '\n' || r == '\r' || r == '\t' })
}

// attributes are those that a search asks for, and those of them that name other entries.
func (m Mapping) attributes() (list, named []string) {
	for _, f := range Fields() {
		list = append(list, names(m.of(f))...)
	}
	list = append(list, changedAt)
	if m.ID == objectGUID {
		list = append(list, changedBy)
	}
	slices.Sort(list)
	return slices.Compact(list), names(m.Manager)
}

// fields are those of which the server says something. That somebody is there says that they are
// active.
func (m Mapping) fields() []string {
	var out []string
	for _, f := range Fields() {
		if f == Active || f != ID && m.of(f) != "" { // by what it is known is nothing that is said of them
			out = append(out, f)
		}
	}
	return out
}

// all are the values of an attribute that are not empty.
func (r Record) all(name string) []string {
	return slices.DeleteFunc(slices.Clone(r.Values[strings.ToLower(name)]), func(v string) bool { return strings.TrimSpace(v) == "" })
}

// legible is a value as people read it: what is no UTF-8 is none.
func legible(v string) string {
	if !utf8.ValidString(v) {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(v, "\x00", ""))
}

// key is by which the server knows an entry for good.
func (m Mapping) key(r Record) string {
	v := r.first(m.ID)
	if m.ID == objectGUID {
		return guidText(v)
	}
	return strings.ToLower(person.CleanName(legible(v)))
}

// entry reads a record. called is what an entry is called that another one names.
func (m Mapping) entry(line int64, r Record, called func(folded string) string) Entry {
	e := Entry{Line: line, Text: shorten(person.CleanName(r.DN)), DN: r.DN, Folded: r.Folded, Values: map[string]string{ID: m.key(r)}, Active: m.active(r)}
	for _, f := range Fields() {
		for _, a := range names(m.of(f)) {
			switch f {
			case ID, Active:
			case Phone:
				for _, v := range r.all(a) {
					e.Phones = append(e.Phones, person.ReadLines(legible(v)).List()...)
				}
			case Devices:
				for _, v := range r.all(a) {
					e.Values[f] = string(person.ReadLines(e.Values[f] + "\n" + legible(v)))
				}
			case Manager:
				if v := r.first(a); v != "" && e.Leader == "" {
					if e.Leader, e.Values[f] = v, called(v); e.Values[f] == "" {
						e.Values[f] = firstName(r.Said)
					}
				}
			default:
				if e.Values[f] == "" {
					e.Values[f] = legible(r.first(a))
				}
			}
		}
	}
	if e.Values[ID] == "" {
		e.Bad = &errs.FieldError{Name: ID, Key: "directory.id_missing", Args: []any{"Name", m.ID}}
	}
	return e
}

// firstName is what the first part of an entry's name says: "Li Na" of cn=Li Na,ou=people.
func firstName(dn string) string {
	var out strings.Builder
	_, rest, _ := strings.Cut(dn, "=")
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '\\' && i+2 < len(rest) && isHex(rest[i+1]) && isHex(rest[i+2]):
			b, _ := strconv.ParseUint(rest[i+1:i+3], 16, 8) // two digits are a byte
			out.WriteByte(byte(b))
			i += 2
		case rest[i] == '\\' && i+1 < len(rest):
			i++
			out.WriteByte(rest[i])
		case rest[i] == ',' || rest[i] == '+':
			return person.CleanName(legible(out.String()))
		default:
			out.WriteByte(rest[i])
		}
	}
	return person.CleanName(legible(out.String()))
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

// active reads whether somebody may sign in.
func (m Mapping) active(r Record) bool {
	for _, a := range names(m.Locked) {
		v := strings.ToLower(legible(r.first(a)))
		if strings.EqualFold(a, userAccountControl) {
			const disabled = 2
			if n, err := strconv.ParseInt(v, 10, 64); err == nil && n&disabled != 0 {
				return false
			}
			continue
		}
		switch v {
		case "true", "yes", "1", "disabled", "inactive", "locked", "000001010000z": // the last: locked by an administrator, for good
			return false
		}
	}
	return true
}
