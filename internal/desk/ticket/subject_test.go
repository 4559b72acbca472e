// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func TestSubjectOf(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"the first sentence":             {"打印机卡纸。三楼东侧那台", "打印机卡纸"},
		"in English":                     {"The monitor is off. I changed the socket.", "The monitor is off"},
		"a period at the end of a line":  {"My VPN is broken.\nSince Monday", "My VPN is broken"},
		"a period at the end":            {"My VPN is broken.", "My VPN is broken"},
		"a question":                     {"Who can help? I cannot", "Who can help"},
		"an example":                     {"Some programs, e.g. Outlook, hang", "Some programs, e.g. Outlook, hang"},
		"a number":                       {"1. Restart the printer", "1. Restart the printer"},
		"a version":                      {"Since update 11. nothing prints", "Since update 11. nothing prints"},
		"an address":                     {"10.0.0.7 does not answer", "10.0.0.7 does not answer"},
		"a time of day":                  {"My VPN is off since 7:30. The office is fine", "My VPN is off since 7:30"},
		"a file":                         {"report.pdf. It does not open", "report.pdf"},
		"a title":                        {"Laptop of Mr. Smith is slow", "Laptop of Mr. Smith is slow"},
		"an initial":                     {"Laptop of J. Smith is slow", "Laptop of J. Smith is slow"},
		"a hesitation":                   {"It hangs... again", "It hangs... again"},
		"longer, in whole words":         {"The printer on the third floor prints everything twice although nobody asked", "The printer on the third floor prints everything twice…"},
		"a comma before the cut":         {"The printer on the third floor prints everything twice, althoughnobody asked", "The printer on the third floor prints everything twice…"},
		"a word that ends at the cut":    {"The printer on the third floor prints everything here twice and more", "The printer on the third floor prints everything here twice…"},
		"no space near the end":          {"See https://example.test/a/very/long/address/of/a/page/that/goes/on", "See https://example.test/a/very/long/address/of/a/page/that…"},
		"Chinese has no spaces":          {"三楼东侧会议室旁边的那台打印机今天早上开始每次打印的时候都会把每一页重复打印两遍而且颜色不对并且纸张总是卡在出纸口没有办法取出来", "三楼东侧会议室旁边的那台打印机今天早上开始每次打印的时候都会把每一页重复打印两遍而且颜色不对并且纸张总是卡在出纸口没有…"},
		"exactly as long as it may be":   {"The printer on the third floor prints everything twice oh no", "The printer on the third floor prints everything twice oh no"},
		"an ellipsis of the user's own…": {"It hangs…", "It hangs…"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := ticket.SubjectOf(tt.text); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestSubjectOfIsBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab. ,…\n。三1")), 0, 200, -1).Draw(t, "text")
		if got := ticket.SubjectOf(text); utf8.RuneCountInString(got) > 60 {
			t.Errorf("%q", got)
		}
	})
}
