// SPDX-License-Identifier: Apache-2.0

package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/text"
)

func TestFold(t *testing.T) {
	t.Parallel()
	line := func(n int) string { return strings.TrimSuffix(strings.Repeat("a line\n", n), "\n") }
	for name, tt := range map[string]struct {
		in         string
		head, rest string
	}{
		"nothing":           {"", "", ""},
		"short":             {"打印机卡纸\n重启过了", "打印机卡纸\n重启过了", ""},
		"a little too long": {line(24), line(24), ""},
		"long":              {line(40), line(16), line(24)},
		"wide lines":        {strings.TrimSuffix(strings.Repeat(strings.Repeat("卡", 60)+"\n", 20), "\n"), strings.TrimSuffix(strings.Repeat(strings.Repeat("卡", 60)+"\n", 8), "\n"), strings.TrimSuffix(strings.Repeat(strings.Repeat("卡", 60)+"\n", 12), "\n")},
		"one line of words": {strings.Repeat("word ", 500), strings.Repeat("word ", 256), strings.Repeat("word ", 244)},
		"one line of signs": {strings.Repeat("x", 3000), strings.Repeat("x", 1280), strings.Repeat("x", 1720)},
	} {
		if head, rest := text.Fold(tt.in); head != tt.head || rest != tt.rest {
			t.Errorf("%s: %d and %d characters: %.40q… %.40q…", name, len(head), len(rest), head, rest)
		}
	}
}

func TestFoldLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(rapid.StringMatching(`[a打 。\n]{0,400}`), 0, 12).Draw(t, "lines"), "\n")
		head, rest := text.Fold(in)
		if rest == "" && head != in || rest != "" && head+rest != in && head+"\n"+rest != in {
			t.Fatalf("%q and %q of %q", head, rest, in)
		}
		if !utf8.ValidString(head) || !utf8.ValidString(rest) {
			t.Fatalf("cut through a character: %q, %q", head, rest)
		}
	})
}
