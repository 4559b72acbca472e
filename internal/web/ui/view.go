// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Link is a place to go to.
type Link struct {
	Label   string
	Href    string
	Icon    string
	Current bool
	Beside  bool // of ProblemCard: in a tab of its own, so that the page stays as it is
}

// Person is someone as a page shows them. Me marks the reader.
type Person struct {
	Name string
	Sub  string // one short line: department, group, how busy
	Me   bool
}

// Clause is a clause of the support standard, linked to its text.
type Clause struct {
	ID    string // "N35"
	Title string
	Href  string
}

// When is an instant as it is read, with what a machine and a careful reader need.
type When struct {
	Text string // "09:24", "周三 15:36"
	Full string // "2026-01-05 09:24"
	ISO  string
}

// At writes an instant for a reader at now in loc. The zero time is a dash.
func At(lang i18n.Lang, t, now time.Time, loc *time.Location) When {
	if t.IsZero() {
		return When{Text: "–"}
	}
	return When{Text: i18n.Clock(lang, t, now, loc), Full: i18n.Stamp(t, loc), ISO: t.UTC().Format(time.RFC3339)}
}

// Initial returns the sign of a person without a picture: the last character of
// a Chinese name, which tells colleagues apart better than the first, else the
// first letter.
func Initial(name string) string {
	name = strings.TrimSpace(name)
	if last, _ := utf8.DecodeLastRuneInString(name); unicode.Is(unicode.Han, last) {
		return string(last)
	}
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return "?"
	}
	return string(unicode.ToUpper(first))
}

// with adds the attributes of more to those of base.
func with(base, more templ.Attributes) templ.Attributes {
	for k, v := range more {
		base[k] = v
	}
	return base
}

// keyWords turns a key as it is declared ("ctrl+enter", "g l", "a") into the
// caps that are printed: {"Ctrl ↵"}, {"G", "L"}, {"A"}.
func keyWords(key string) []string {
	var caps []string
	for chord := range strings.FieldsSeq(key) {
		switch chord {
		case "enter":
			caps = append(caps, "Enter")
			continue
		case "space":
			caps = append(caps, "Space")
			continue
		}
		parts := strings.Split(chord, "+")
		for i, p := range parts {
			parts[i] = keyCap(p)
		}
		caps = append(caps, strings.Join(parts, " "))
	}
	return caps
}

func keyCap(p string) string {
	switch p {
	case "enter":
		return "↵"
	case "escape":
		return "Esc"
	case "ctrl":
		return "Ctrl"
	}
	return strings.ToUpper(p)
}

// shortcuts writes a key for aria-keyshortcuts, which knows chords but no sequences.
func shortcuts(key string) string {
	if strings.Contains(key, " ") {
		return ""
	}
	return keyNames.Replace(key)
}

// keyNames are keys as the DOM calls them.
var keyNames = strings.NewReplacer("ctrl", "Control", "enter", "Enter", "escape", "Escape") //nolint:gochecknoglobals // a constant
