// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// The line of a text is the beginning of the whole text on one line, however much was looked at.
func TestALineIsTheBeginningOfTheWhole(t *testing.T) {
	t.Parallel()
	pieces := []string{"字", "word", " ", "\n", strings.Repeat(" \r\n", 500), "\u200b", strings.Repeat("\u200b", 400), "\xff", "🎉", strings.Repeat("长", 300), ""}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), "")
		n := rapid.IntRange(1, 300).Draw(t, "n")
		want := person.CleanName(s)
		if utf8.RuneCountInString(want) > n {
			want = strings.TrimSpace(string([]rune(want)[:n-1])) + "…"
		}
		if got := oneLine(s, n); got != want {
			t.Fatalf("%q in %d is %q, want %q", s, n, got, want)
		}
	})
}
