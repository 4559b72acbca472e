// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// MaxLimit is the most that may be in work at once.
const MaxLimit = 200

const (
	maxSkills = 20
	maxSkill  = 40 // characters of one
)

// Skills are words for what somebody is good at, or what a ticket asks for: small letters, each
// once, in order, a line each.
type Skills string

// ReadSkills reads what was typed into a form: words with commas or line ends between them.
func ReadSkills(s string) Skills {
	var out []string
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；\n\r", r) }) {
		if word = strings.ToLower(CleanName(strings.ToValidUTF8(word, ""))); word != "" {
			out = append(out, word)
		}
	}
	slices.Sort(out)
	return Skills(strings.Join(slices.Compact(out), "\n"))
}

// List returns the skills one by one.
func (s Skills) List() []string {
	if s == "" {
		return nil
	}
	return strings.Split(string(s), "\n")
}

// With adds skills.
func (s Skills) With(more Skills) Skills { return ReadSkills(string(s) + "\n" + string(more)) }

// Missing returns what is asked for and not among s.
func (s Skills) Missing(asked Skills) []string {
	has := s.List()
	return slices.DeleteFunc(asked.List(), func(x string) bool { return slices.Contains(has, x) })
}

// Check returns the skills in order, Invalid in the field "skills" where they are too many or
// one of them is too long.
func (s Skills) Check() (Skills, error) {
	s, bad := s.check(nil)
	return s, errs.Invalidf(bad...)
}

func (s Skills) check(bad []errs.FieldError) (Skills, []errs.FieldError) {
	s = ReadSkills(string(s))
	long := func(x string) bool { return utf8.RuneCountInString(x) > maxSkill }
	if list := s.List(); len(list) > maxSkills || slices.ContainsFunc(list, long) {
		bad = append(bad, errs.FieldError{Name: "skills", Key: "person.skills_long", Args: []any{"Max", maxSkills, "Length", maxSkill}})
	}
	return s, bad
}

// LimitOf is how much somebody may have in work at once: their own limit, otherwise the smallest
// of their groups (N13). 0 is no limit.
func (s *Service) LimitOf(ctx context.Context, p Person) int64 {
	if p.Limit > 0 {
		return p.Limit
	}
	var least int64
	for _, which := range s.GroupsInUse(ctx, p.ID) {
		if g := s.Group(ctx, which); g.Limit > 0 && (least == 0 || g.Limit < least) {
			least = g.Limit
		}
	}
	return least
}
