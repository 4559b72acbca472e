// SPDX-License-Identifier: Apache-2.0

package person

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ID is a person's key within the house. It never leaves it.
type ID int64

// GroupID is a group's key within the house.
type GroupID int64

// Person is somebody the desk knows.
type Person struct {
	ID         ID
	Name       string // 1–80 characters, no control characters
	Email      string // lower case, at most 254 bytes; unique
	Phone      string // at most 40 characters
	Department string // at most 80 characters
	Place      string // where to find them, at most 80 characters
	Title      string // what they are in the organisation, at most 80 characters
	Manager    string // whom they report to, as the directory says it, at most 80 characters
	Further    Lines  // further telephone numbers, each at most 40 characters
	Devices    Lines  // what they work with, as somebody wrote it down, each at most 80 characters
	Source     string // the directory that keeps this entry: "", "csv", "ldap"
	Outside    string // by which that directory knows them for good; unique within it
	Lang       string // "zh-CN" or "en"
	Zone       string // IANA time zone; empty means the desk's own
	Role       access.Role
	Active     bool
	Skills     Skills // what they are good at
	Limit      int64  // how much they have in work at once; 0 for that of their groups
	Version    int64
	CreatedAt  time.Time
}

// Group is a team that tickets are given to.
type Group struct {
	ID      GroupID
	Name    string // 1–60 characters; unique
	NameEN  string // shown to English readers where it is not empty
	Active  bool
	Limit   int64 // how much each member has in work at once, 0 for no limit; at most MaxLimit
	Version int64
	Members []ID
}

// Label is the group's name for a reader of the language.
func (g Group) Label(lang string) string {
	if lang == "en" && g.NameEN != "" {
		return g.NameEN
	}
	return g.Name
}

// CleanEmail brings an address to the form in which it is stored and compared, and
// reports whether it is one plain address without comments, lists or control characters (S11, S12).
func CleanEmail(s string) (string, bool) {
	valid := utf8.ValidString(s) // lower case would hide it
	s = strings.ToLower(strings.TrimSpace(s))
	local, domain, found := strings.Cut(s, "@")
	if !found || local == "" || domain == "" || len(s) > 254 || len(local) > 64 || !valid {
		return s, false
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) ||
			strings.ContainsRune(`<>()[]\,;:"`, r) {
			return s, false
		}
	}
	if strings.Contains(domain, "@") || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.Contains(s, "..") ||
		strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") {
		return s, false
	}
	return s, true
}

// CleanName makes one line of a name (S76).
func CleanName(s string) string {
	return text.Line(s)
}

// Clean returns the person as stored, Invalid with every field that is out of range. It asks no
// table: whether the address is taken shows when it is saved.
func (p Person) Clean() (Person, error) {
	err := p.check()
	return p, err
}

// check returns Invalid with every field that is out of range.
func (p *Person) check() error {
	var bad []errs.FieldError
	p.Name = CleanName(p.Name)
	p.Department, p.Place, p.Phone = CleanName(p.Department), CleanName(p.Place), CleanName(p.Phone)
	if n := utf8.RuneCountInString(p.Name); n == 0 || n > 80 {
		bad = append(bad, errs.FieldError{Name: "name", Key: "person.name_length"})
	}
	email, ok := CleanEmail(p.Email)
	if p.Email = email; !ok {
		bad = append(bad, errs.FieldError{Name: "email", Key: "person.email_shape"})
	}
	if utf8.RuneCountInString(p.Phone) > 40 {
		bad = append(bad, errs.FieldError{Name: "phone", Key: "person.too_long", Args: []any{"Max", 40}})
	}
	if utf8.RuneCountInString(p.Department) > 80 {
		bad = append(bad, errs.FieldError{Name: "department", Key: "person.too_long", Args: []any{"Max", 80}})
	}
	if utf8.RuneCountInString(p.Place) > 80 {
		bad = append(bad, errs.FieldError{Name: "place", Key: "person.too_long", Args: []any{"Max", 80}})
	}
	bad = p.checkDirectory(bad)
	if p.Lang != "zh-CN" && p.Lang != "en" {
		bad = append(bad, errs.FieldError{Name: "lang", Key: "person.lang_unknown"})
	}
	if p.Zone != "" {
		if _, ok := clock.Zone(p.Zone); !ok {
			bad = append(bad, errs.FieldError{Name: "zone", Key: "person.zone_unknown"})
		}
	}
	if p.Skills, bad = p.Skills.check(bad); p.Limit < 0 || p.Limit > MaxLimit {
		bad = append(bad, errs.FieldError{Name: "limit", Key: "person.limit_range", Args: []any{"Max", MaxLimit}})
	}
	if !p.Role.Known() {
		bad = append(bad, errs.FieldError{Name: "role", Key: "person.role_unknown"})
	}
	return errs.Invalidf(bad...)
}

// checkDirectory looks at what mostly comes from a directory.
func (p *Person) checkDirectory(bad []errs.FieldError) []errs.FieldError {
	p.Title, p.Manager = CleanName(p.Title), CleanName(p.Manager)
	p.Further, p.Devices = ReadLines(string(p.Further)), ReadLines(string(p.Devices))
	for _, x := range []struct {
		name string
		list []string
		max  int
	}{
		{"title", []string{p.Title}, 80},
		{"manager", []string{p.Manager}, 80},
		{"numbers", p.Further.List(), 40},
		{"devices", p.Devices.List(), 80},
	} {
		if len(x.list) > MaxLines {
			bad = append(bad, errs.FieldError{Name: x.name, Key: "person.too_many_lines", Args: []any{"Max", MaxLines}})
		}
		for _, s := range x.list {
			if utf8.RuneCountInString(s) > x.max {
				bad = append(bad, errs.FieldError{Name: x.name, Key: "person.too_long", Args: []any{"Max", x.max}})
				break
			}
		}
	}
	return bad
}

func (g *Group) check() error {
	g.Name, g.NameEN = CleanName(g.Name), CleanName(g.NameEN)
	if n := utf8.RuneCountInString(g.Name); n == 0 || n > 60 {
		return errs.Field("name", "person.group_name_length")
	}
	if utf8.RuneCountInString(g.NameEN) > 60 {
		return errs.Field("name_en", "person.group_name_length")
	}
	if g.Limit < 0 || g.Limit > MaxLimit {
		return errs.Field("limit", "person.limit_range", "Max", MaxLimit)
	}
	return nil
}
