// SPDX-License-Identifier: Apache-2.0

package text

// Term is what an index holds of a text: the hash of a unit, of a pair of neighbours, of the
// beginning of a word, or of a mark that is no text. It is stored: the way it is computed
// changes together with Rules.
//
// Two things may share a term by chance, one in four thousand million. Whoever shows what an
// index found looks at the text itself before.
type Term uint32

// Rules is the number of the rules by which texts are cut. An index made by others is made anew.
const Rules = 1

// longest bounds the beginnings of a word that are kept, in bytes.
const longest = 12

// Terms calls add with every term of a text: its units, and the pairs of neighbours in a run.
// The same term may come again.
func Terms(s string, add func(Term)) {
	var last string
	Each(s, func(u Unit) {
		add(unitTerm(u.Text))
		if u.Glued {
			add(pairTerm(last, u.Text))
		}
		last = u.Text
	})
}

// Beginnings calls add with the terms of the beginnings of every word, two bytes and more, so
// that a word is found while it is typed. For names and subjects: they are short.
func Beginnings(s string, add func(Term)) {
	Each(s, func(u Unit) {
		if u.Han {
			return
		}
		for n := 2; n <= min(len(u.Text), longest); n++ {
			add(Beginning(u.Text[:n]))
		}
	})
}

// Beginning is the term under which the words that begin so are found.
func Beginning(folded string) Term {
	return finish(mix(mix(offset, "^"), folded[:min(len(folded), longest)]))
}

// Mark is a term that no text has: of a property by which things are found together with words.
func Mark(name, value string) Term {
	return finish(mix(mix(mix(mix(offset, "="), name), ":"), value))
}

func unitTerm(a string) Term { return finish(mix(mix(offset, "."), a)) }

func pairTerm(a, b string) Term { return finish(mix(mix(mix(mix(offset, "+"), a), "\x00"), b)) }

// FNV-1a over 64 bits, folded to 32.
const (
	offset uint64 = 14695981039346656037
	prime  uint64 = 1099511628211
)

func mix(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h
}

func finish(h uint64) Term {
	h ^= h >> 32
	return Term(h * 0x9E3779B97F4A7C15 >> 32) // the upper half of a product, which fits
}
