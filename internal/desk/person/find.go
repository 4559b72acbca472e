// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/phonetic"
)

// What a person is found by while somebody types, held beside the row: how the name sounds, the
// ends of their numbers, and the numbers as they are dialled.
const (
	bySound  = "sound"
	byDigits = "digits"
	byDial   = "dial"
)

// keysOf are the keys of somebody, by kind.
func keysOf(p Person) map[string][]string {
	out := map[string][]string{bySound: phonetic.Keys(p.Name)}
	local, _, _ := strings.Cut(p.Email, "@")
	for _, word := range append(strings.FieldsFunc(local, func(r rune) bool { return strings.ContainsRune("._-+", r) }), local) {
		out[bySound] = append(out[bySound], phonetic.Fold(word))
	}
	for _, n := range p.Numbers() {
		for _, d := range Dials(n) {
			out[byDial] = append(out[byDial], d)
			out[byDigits] = append(out[byDigits], endsOf(d)...)
		}
	}
	for kind, keys := range out {
		slices.Sort(keys)
		out[kind] = slices.DeleteFunc(slices.Compact(keys), func(k string) bool { return k == "" })
	}
	return out
}

// Sounds are the ways in which the name sounds, with blanks between, for a choice on a page.
func (p Person) Sounds() string { return strings.Join(phonetic.Keys(p.Name), " ") }

// rekey writes the keys of somebody anew where they changed.
func rekey(ctx context.Context, tx *db.Tx, was, p Person) error {
	if was.Name == p.Name && was.Email == p.Email && was.Phone == p.Phone && was.Further == p.Further {
		return nil
	}
	return putKeys(ctx, tx, p)
}

// putKeys writes the keys of somebody anew.
func putKeys(ctx context.Context, tx *db.Tx, p Person) error {
	if err := dropKeys(ctx, tx, p.ID); err != nil {
		return err
	}
	for _, kind := range []string{bySound, byDigits, byDial} {
		keys := keysOf(p)[kind]
		if len(keys) == 0 {
			continue
		}
		list, err := json.Marshal(keys)
		if err != nil {
			return err
		}
		if err := insertKeys(ctx, tx, p.ID, kind, string(list)); err != nil {
			return err
		}
	}
	return nil
}

// KeyBatch is how many people are given their keys in one commit.
const KeyBatch = 200

// Rekey gives keys to a batch of those who have none by the rules of today, and returns how many it
// found: 0 when everybody has them.
func (s *Service) Rekey(ctx context.Context) (n int, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := keyless(ctx, tx, phonetic.Rules, KeyBatch)
		if err != nil {
			return err
		}
		for _, p := range list {
			if err := putKeys(ctx, tx, p); err != nil {
				return err
			}
			if err := keyed(ctx, tx, p.ID, phonetic.Rules); err != nil {
				return err
			}
		}
		n = len(list)
		return nil
	})
	return n, err
}

// maxTyped bounds what somebody is looked for by, in characters: nothing that a person has is longer,
// and the database refuses patterns beyond a length of its own.
const maxTyped = 400

// Find returns the active people whom what was typed so far may mean, the best first: a number or
// its end, a name as it sounds or its initials, and after them whoever has the text in name,
// address or department. staff leaves out everybody else. At most limit, 1–50.
func (s *Service) Find(ctx context.Context, by access.Actor, text string, staff bool, limit int) ([]Person, error) {
	if err := access.Can(by, access.PersonRead, access.Object{}); err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(text) > maxTyped {
		return nil, nil
	}
	limit = min(max(limit, 1), 50)
	var out []Person
	seen := map[ID]bool{}
	add := func(list []Person) {
		for _, p := range list {
			if !seen[p.ID] && p.Active && len(out) < limit {
				seen[p.ID] = true
				out = append(out, p)
			}
		}
	}
	kind, key := bySound, phonetic.Fold(text)
	if d, ok := IsNumber(text); ok {
		kind, key = byDigits, d
		list, err := dialled(ctx, s.db, d, limit)
		if err != nil {
			return nil, err
		}
		add(slices.DeleteFunc(list, func(p Person) bool { return staff && !p.Role.Staff() }))
	}
	if key != "" {
		list, err := byKey(ctx, s.db, kind, key, phonetic.End(key), staff, limit)
		if err != nil {
			return nil, err
		}
		add(list)
	}
	// A number that somebody has is not looked for in the texts of ten thousand others.
	if clean := CleanName(text); clean != "" && len(out) < limit && (kind != byDigits || len(out) == 0) {
		list, err := list(ctx, s.db, search{staff: staff, active: true, lower: db.Literal(strings.ToLower(clean)), typed: db.Literal(clean), limit: limit + len(out)})
		if err != nil {
			return nil, err
		}
		add(list)
	}
	return out, nil
}

// ByNumber returns the active people who answer to exactly this number, at most ten: several share
// a telephone, and the caller says who they are. A number is known with and without the code of its
// town or country.
func (s *Service) ByNumber(ctx context.Context, by access.Actor, number string) ([]Person, error) {
	if err := access.Can(by, access.PersonRead, access.Object{}); err != nil {
		return nil, err
	}
	d, ok := IsNumber(number)
	if !ok {
		return nil, nil
	}
	return dialled(ctx, s.db, d, MaxSharing)
}

// MaxSharing bounds how many are shown who share one telephone.
const MaxSharing = 10
