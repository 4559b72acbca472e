// SPDX-License-Identifier: Apache-2.0

package text_test

import (
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/text"
)

func TestS10_S76_TextIsMadeStorable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, body, line string }{
		{"", "", ""},
		{" 打印机 卡纸\t", "打印机 卡纸", "打印机 卡纸"},
		{"a\r\nb\rc\n", "a\nb\nc", "a b c"},
		{"a\x00b\xffc", "ab\uFFFDc", "a bc"},
		{"x\u202egnp.exe\u2028y\u200b", "x\u202egnp.exe\u2028y\u200b", "xgnp.exe y"},
	} {
		if got := text.Body(tt.in); got != tt.body {
			t.Errorf("body of %q: %q, want %q", tt.in, got, tt.body)
		}
		if got := text.Line(tt.in); got != tt.line {
			t.Errorf("line of %q: %q, want %q", tt.in, got, tt.line)
		}
	}
	whole := func(s string) bool {
		b, l := text.Body(s), text.Line(s)
		return utf8.ValidString(b) && utf8.ValidString(l) && !strings.ContainsAny(b, "\x00\r") && !strings.ContainsAny(l, "\x00\r\n") &&
			text.Body(b) == b && text.Line(l) == l
	}
	if err := quick.Check(func(raw []byte) bool { return whole(string(raw)) }, nil); err != nil {
		t.Error(err)
	}
}

func TestS76_OneLine(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"": true, "IT 服务台": true, "a b": true, "(&(objectClass=person)(!(x=1)))": true,
		"a\nb": false, "a\rb": false, "a\tb": false, "a\x00b": false, "a\x7fb": false, "a\u2028b": false, "a\u202eb": false, "a\xffb": false, "a\ufffdb": false,
	} {
		if got := text.OneLine(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// What is not seen says nothing by itself, and stays within what is: zero-width joiners of words and
// emoji, marks of a direction.
func TestWhatIsNotSeenSaysNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"\u200b", " \u200b\n\u2060 ", "\ufeff", "\u202e\u2066", "\u00ad", "\u3164", "\u115f", "\u2800", "\ufe0f", "\x01", "\U000e0061"} {
		if got, n := text.Body(s), text.Seen(strings.TrimSpace(strings.ReplaceAll(s, "\n", ""))); got != "" || n != 0 {
			t.Errorf("%q says %q, %d characters", s, got, n)
		}
	}
	for s, n := range map[string]int{
		"می\u200cخواهم": 7, "👩\u200d💻": 2, "\u200fשלום": 4, "❤\ufe0f": 1, "是": 1, "\u200b是": 1, "a b": 3, "\ufffd": 1, "e\u0301": 2,
	} {
		if got := text.Body(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
		if got := text.Seen(s); got != n {
			t.Errorf("%q: %d characters are seen, want %d", s, got, n)
		}
	}
}
