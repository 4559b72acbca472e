// SPDX-License-Identifier: Apache-2.0

package canned

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ID is a text's key.
type ID int64

// Text is one text. Whose it is follows from Person and Group: with neither it is everybody's.
type Text struct {
	ID      ID
	Version int64
	Person  person.ID      // whose own it is
	Group   person.GroupID // whose group's
	Lang    string         // "zh", "en"
	Short   string         // what is typed behind "::" to find it: "hello"
	Title   string
	Body    string
}

// Own reports whether it is one person's.
func (t Text) Own() bool { return t.Person != 0 }

// bounds in characters.
const (
	maxShort = 24
	maxTitle = 80
	maxBody  = 4000
	maxOwn   = 300 // texts of one person
)

// Places are what a body may name, in the order in which the editor shows them.
func Places() []string {
	return []string{"requester.name", "requester.department", "ticket.number", "ticket.subject", "agent.name", "group.name", "next.time", "desk.name"}
}

var (
	place      = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)                     //nolint:gochecknoglobals // a constant in all but name
	shortShape = regexp.MustCompile(`^[\p{Han}\p{L}\p{N}][\p{Han}\p{L}\p{N}_-]*$`) //nolint:gochecknoglobals // a constant in all but name
)

// Check tidies the text and returns Invalid with the fields to mend.
func (t *Text) Check() error {
	t.Short = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(t.Short), "::")))
	t.Title = text.Line(t.Title)
	t.Body = text.Body(t.Body)
	var bad []errs.FieldError
	mark := func(field, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: field, Key: key, Args: args})
	}
	switch {
	case !shortShape.MatchString(t.Short):
		mark("short", "canned.short_shape")
	case utf8.RuneCountInString(t.Short) > maxShort:
		mark("short", "canned.long", "Max", maxShort)
	}
	if t.Title == "" {
		mark("title", "canned.title_empty")
	} else if utf8.RuneCountInString(t.Title) > maxTitle {
		mark("title", "canned.long", "Max", maxTitle)
	}
	if t.Lang != "zh" && t.Lang != "en" {
		mark("lang", "canned.lang_unknown")
	}
	switch unknown := Unknown(t.Body); {
	case t.Body == "":
		mark("body", "canned.body_empty")
	case utf8.RuneCountInString(t.Body) > maxBody:
		mark("body", "canned.long", "Max", maxBody)
	case unknown != "":
		mark("body", "canned.place_unknown", "Name", "{{"+unknown+"}}")
	case open(t.Body):
		mark("body", "canned.place_open")
	}
	return errs.Invalidf(bad...)
}

// Unknown is the first place in a body that the desk does not know; "" where it knows all.
func Unknown(body string) string {
	for _, m := range place.FindAllStringSubmatch(body, -1) {
		if !slices.Contains(Places(), m[1]) {
			if m[1] == "" {
				return " "
			}
			return m[1]
		}
	}
	return ""
}

// open reports whether a place is begun and not ended, or the other way round.
func open(body string) bool {
	rest := place.ReplaceAllString(body, "")
	return strings.Contains(rest, "{{") || strings.Contains(rest, "}}")
}

// Fill puts values into the places. One without a value is left empty, with no space doubled.
func Fill(body string, values map[string]string) string {
	return place.ReplaceAllStringFunc(body, func(m string) string {
		return values[place.FindStringSubmatch(m)[1]]
	})
}

// matches ranks a text for what was typed: 0 begins the short name, 1 is within short name or
// title, 2 within the body; −1 not at all.
func (t Text) matches(typed string) int {
	typed = strings.ToLower(strings.TrimSpace(typed))
	switch {
	case strings.HasPrefix(t.Short, typed):
		return 0
	case strings.Contains(t.Short, typed) || strings.Contains(strings.ToLower(t.Title), typed):
		return 1
	case strings.Contains(strings.ToLower(t.Body), typed):
		return 2
	}
	return -1
}

// Find returns those of a list that match what was typed, the best first; all for nothing typed.
func Find(list []Text, typed string) []Text {
	var out []Text
	for rank := range 3 {
		for _, t := range list {
			if t.matches(typed) == rank {
				out = append(out, t)
			}
		}
	}
	return out
}
