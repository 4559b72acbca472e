// SPDX-License-Identifier: Apache-2.0

package phonetic

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"
)

// Rules is the number of the rules by which keys are made. Keys that others made are made anew.
const Rules = 1

// MaxKey bounds a key in characters, and what is looked for with it.
const MaxKey = 40

// longest bounds the characters of a name that are read: nobody types more of it.
const longest = 24

// surnames are read otherwise in a name than in a text.
func surnames() map[rune]string {
	return map[rune]string{
		'单': "shan", '仇': "qiu", '曾': "zeng", '解': "xie", '查': "zha", '区': "ou", '任': "ren", '盖': "ge", '朴': "piao",
		'翟': "zhai", '尉': "yu", '乐': "yue", '华': "hua", '员': "yun", '召': "shao", '缪': "miao", '宓': "fu", '洗': "xian",
		'冼': "xian", '覃': "qin", '折': "she", '种': "chong", '秘': "bi", '繁': "po", '黑': "he", '俱': "ju", '晟': "cheng",
		'长': "zhang", '万': "wan", '吕': "lv", '逄': "pang",
	}
}

// syllable is one step of a name: an ideograph with its readings, or a word in letters.
type syllable struct{ readings []string }

// Keys returns the keys of a name, in order and each once: of every place at which a reading may
// begin, the rest of the name as it sounds, and its initials. They hold a–z and 0–9 alone, so
// that any database compares them alike.
func Keys(name string) []string {
	list := split(name)
	out := map[string]bool{}
	for from := range list {
		for _, full := range spell(list[from:], false) {
			out[full] = true
		}
		if len(list)-from > 1 {
			for _, short := range spell(list[from:], true) {
				out[short] = true
			}
		}
	}
	keys := make([]string, 0, len(out))
	for k := range out {
		if k != "" {
			keys = append(keys, k[:min(len(k), MaxKey)])
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Fold brings what somebody typed to the form of a key: small letters and digits without
// accents and without what stands between them. What has no such form is empty: 王 is looked
// for as it is written.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Han, r):
			return ""
		}
		if b.Len() >= MaxKey {
			break
		}
	}
	return b.String()
}

// End is the first key behind all that begin with prefix: both bound a look into an index,
// under whatever order of letters. "" where there is none.
func End(prefix string) string {
	for i := len(prefix) - 1; i >= 0; i-- {
		switch c := prefix[i]; c {
		case 'z':
			continue
		case '9':
			return prefix[:i] + "a"
		default:
			return prefix[:i] + string(rune(c+1))
		}
	}
	return ""
}

// split takes a name apart. The first ideograph of a name may be a surname.
func split(name string) []syllable {
	var out []syllable
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, syllable{[]string{word.String()}})
			word.Reset()
		}
	}
	seen, first := 0, surnames()
	for _, r := range norm.NFKC.String(name) {
		if seen++; seen > longest {
			break
		}
		if !unicode.Is(unicode.Han, r) {
			if letters := Fold(string(r)); letters != "" {
				word.WriteString(letters)
			} else if !unicode.Is(unicode.Mn, r) && r != '\'' && r != '’' {
				flush()
			}
			continue
		}
		flush()
		if readings := read(r, first[r], len(out) == 0); len(readings) > 0 {
			out = append(out, syllable{readings})
		}
	}
	flush()
	return out
}

// read returns how an ideograph sounds. ü is typed as v, and by many as u.
func read(r rune, surname string, leads bool) []string {
	var out []string
	for _, s := range pinyin.SinglePinyin(r, pinyin.NewArgs()) {
		if s = strings.ToLower(s); s != "" {
			out = append(out, Fold(strings.ReplaceAll(s, "ü", "v")))
		}
	}
	if leads && surname != "" && !slices.Contains(out, surname) {
		out = append([]string{surname}, out...)
	}
	for _, s := range slices.Clone(out) {
		if strings.HasPrefix(s, "lv") || strings.HasPrefix(s, "nv") {
			out = append(out, strings.Replace(s, "v", "u", 1))
		}
	}
	return out
}

// most bounds the ways in which one name is spelt.
const most = 8

// spell puts the readings of syllables together, whole or their first letters.
func spell(list []syllable, initials bool) []string {
	out := []string{""}
	for _, s := range list {
		var next []string
		for _, begun := range out {
			for _, r := range s.readings {
				if initials {
					r = r[:min(1, len(r))]
				}
				if len(next) < most && !slices.Contains(next, begun+r) {
					next = append(next, begun+r)
				}
			}
		}
		out = next
	}
	return out
}
