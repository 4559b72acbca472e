// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// MaxMentions bounds how many people one note may call.
const MaxMentions = 20

// Mention is a colleague who is called in a note by "@" and their name. The person is what
// counts; the name is as it was written, so that the note still shows whom it meant when
// somebody is called otherwise.
type Mention struct {
	Person person.ID
	Name   string
}

// Mentions finds those of the staff who are called in a text, in the order of the text, each
// once. A name that several share means the one among chosen, and nobody where none was chosen.
// An "@" within a word, as in a mail address, calls nobody.
func Mentions(text string, staff []person.Person, chosen []person.ID) []Mention {
	var out []Mention
	before := ' '
	for i, r := range text {
		if r == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before) || r == '＠' {
			p, ok := called(text[i+utf8.RuneLen(r):], staff, chosen)
			if ok && len(out) < MaxMentions && !slices.ContainsFunc(out, func(m Mention) bool { return m.Person == p.ID }) {
				out = append(out, Mention{p.ID, p.Name})
			}
		}
		before = r
		if unicode.Is(unicode.Han, r) { // no blank stands before an "@" in Chinese
			before = ' '
		}
	}
	return out
}

// called finds whose name a text begins with: the longest name, whole words only.
func called(text string, staff []person.Person, chosen []person.ID) (person.Person, bool) {
	var found []person.Person
	for _, p := range staff {
		if p.Name == "" || len(text) < len(p.Name) || !strings.EqualFold(text[:len(p.Name)], p.Name) || !ends(p.Name, text[len(p.Name):]) {
			continue
		}
		if len(found) > 0 && len(p.Name) < len(found[0].Name) {
			continue
		}
		if len(found) > 0 && len(p.Name) > len(found[0].Name) {
			found = nil
		}
		found = append(found, p)
	}
	if len(found) == 1 {
		return found[0], true
	}
	for _, p := range found {
		if slices.Contains(chosen, p.ID) {
			return p, true
		}
	}
	return person.Person{}, false
}

// ends reports whether a name ends where it ends: a Latin one is not the beginning of a longer word.
func ends(name, rest string) bool {
	last, _ := utf8.DecodeLastRuneInString(name)
	next, _ := utf8.DecodeRuneInString(rest)
	latin := func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) || unicode.IsDigit(r) }
	return !latin(last) || !latin(next)
}

// mentions looks up whom a note calls, before its commit.
func (s *Service) mentions(ctx context.Context, c Note) ([]Mention, error) {
	if !strings.ContainsAny(c.Text, "@＠") {
		return nil, nil
	}
	staff, err := s.People.Staff(ctx)
	if err != nil {
		return nil, err
	}
	return Mentions(c.Text, staff, c.Mentions), nil
}

// AuthorIn returns who wrote a message, as the commit has made it so far; 0 for the desk itself.
func (s *Service) AuthorIn(ctx context.Context, tx *db.Tx, which MessageID) (person.ID, error) {
	m, err := message(ctx, tx, which)
	return m.Author, err
}
