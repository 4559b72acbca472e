// SPDX-License-Identifier: Apache-2.0

package phonetic_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/phonetic"
)

func TestN15_ANameIsFoundAsItSounds(t *testing.T) {
	t.Parallel()
	for name, typed := range map[string][]string{
		"王海燕":             {"wanghaiyan", "haiyan", "yan", "why", "hy", "wanghai", "w", "wh"},
		"单田芳":             {"shantianfang", "dantianfang", "stf", "tianfang"},
		"曾国藩":             {"zengguofan", "zgf"},
		"吕布":              {"lvbu", "lubu", "lb"},
		"欧阳修":             {"ouyangxiu", "oyx", "xiu"},
		"Tom Hale":        {"tom", "hale", "tomhale", "th"},
		"Émile O'Brien":   {"emile", "obrien", "emileobrien", "eo"},
		"王 Grace 海":       {"wanggracehai", "gracehai", "wgh"},
		"ＷＡＮＧ　Ｌｅｉ":        {"wanglei", "lei", "wl"},
		"Jean-Luc Picard": {"jean", "luc", "picard", "jlp"},
	} {
		keys := phonetic.Keys(name)
		for _, text := range typed {
			if !slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, phonetic.Fold(text)) }) {
				t.Errorf("%s is not found by %q: %v", name, text, keys)
			}
		}
	}
	for _, none := range []string{"", " ", "😀", "\x00\xff", "..."} {
		if keys := phonetic.Keys(none); len(keys) != 0 {
			t.Errorf("%q has the keys %v", none, keys)
		}
	}
	if got := phonetic.Fold("王why"); got != "" {
		t.Errorf("what is written in ideographs is not looked for as %q", got)
	}
}

// Whatever a name is made of, its keys are plain, bounded, and lie within the bounds by which
// an index is looked into.
func TestS82_KeysArePlainAndBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.RuneFrom([]rune("王海燕单吕乐Ab9 -'éß\u0301😀\x00")), 0, 60, -1).Draw(t, "name")
		keys := phonetic.Keys(name)
		if len(keys) > 400 {
			t.Fatalf("%d keys", len(keys))
		}
		for _, k := range keys {
			if k == "" || len(k) > phonetic.MaxKey || strings.Trim(k, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
				t.Fatalf("%q", k)
			}
			prefix := k[:rapid.IntRange(1, len(k)).Draw(t, "cut")]
			end := phonetic.End(prefix)
			if k < prefix || end != "" && k >= end {
				t.Fatalf("%q is not between %q and %q", k, prefix, end)
			}
		}
	})
}
