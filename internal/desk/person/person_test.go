// SPDX-License-Identifier: Apache-2.0

package person_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/person"
)

func TestS11_S12_OnePlainAddressOrNone(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	for in, want := range map[string]string{
		"li@example.test":                          "li@example.test",
		"  Li.Lan@Example.TEST\t":                  "li.lan@example.test",
		"li+desk@example.test":                     "li+desk@example.test",
		"o'brien@example.test":                     "o'brien@example.test",
		"李岚@例子.公司":                                 "李岚@例子.公司",
		long + "@example.test":                     long + "@example.test",
		"root@localhost":                           "root@localhost",
		"":                                         "",
		"li":                                       "",
		"@example.test":                            "",
		"li@":                                      "",
		"li@@example.test":                         "",
		"li@evil.test@example.test":                "",
		"li@example.test,eve@evil.test":            "",
		"li@example.test, eve@evil.test":           "",
		"li@example.test;eve@evil.test":            "",
		"li@example.test eve@evil.test":            "",
		"li@example.test\neve@evil.test":           "",
		"li@example.test\r\nBcc: e@evil.test":      "",
		"li@example.test\x00":                      "",
		"<li@example.test>":                        "",
		"Li <li@example.test>":                     "",
		`"li"@example.test`:                        "",
		`"li@evil.test"@example.test`:              "",
		`li\@evil.test@example.test`:               "",
		"li(comment)@example.test":                 "",
		"(li@example.test) eve@evil.test":          "",
		"li@[192.0.2.1]":                           "",
		"group:li@example.test;":                   "",
		"mailto:li@example.test":                   "",
		"li..lan@example.test":                     "",
		".li@example.test":                         "",
		"li.@example.test":                         "",
		"li@.example.test":                         "",
		"li@example.test.":                         "",
		"li@example..test":                         "",
		"li\u200b@example.test":                    "", // no width
		"li@exam\u00adple.test":                    "", // soft hyphen
		"\u202eli@example.test":                    "", // right to left
		"li\u2028@example.test":                    "",
		"li\u00a0@example.test":                    "",
		"li\u3000lan@example.test":                 "",
		"\xff@example.test":                        "",
		long + "a@example.test":                    "",
		"li@" + strings.Repeat("a.", 130) + "test": "",
	} {
		got, ok := person.CleanEmail(in)
		if ok != (want != "") || (ok && got != want) {
			t.Errorf("%q: %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestS11_WhatIsAcceptedIsOneAddressAndStaysIt(t *testing.T) {
	t.Parallel()
	part := rapid.StringOfN(rapid.RuneFrom([]rune("aZ0.+-_'\"\\(),:;<>[]@ \t\r\n\x00\u00a0\u200b\u202e\u2028汉É\u0130ẞ")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := part.Draw(t, "local") + rapid.SampledFrom([]string{"@", "@@", "", " @ ", ">@<"}).Draw(t, "at") + part.Draw(t, "domain")
		got, ok := person.CleanEmail(s)
		if !ok {
			return
		}
		if again, ok := person.CleanEmail(got); !ok || again != got {
			t.Fatalf("%q becomes %q and then %q, %v", s, got, again, ok)
		}
		if strings.Count(got, "@") != 1 || strings.ContainsAny(got, " \t\r\n\x00<>()[]\\,;:\"") || len(got) > 254 || !utf8.ValidString(got) {
			t.Fatalf("%q is accepted as %q", s, got)
		}
	})
}

func TestS76_S10_ANameIsOneLineThatReadsAsItLooks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"王海燕":                      "王海燕",
		"  Tom   Reed ":            "Tom Reed",
		"a\r\nBcc: x@evil.test":    "a Bcc: x@evil.test",
		"a\x00b":                   "a b",
		"\u202egnp.exe":            "gnp.exe",
		"a\u2066b\u2069c":          "abc",
		"a\u200bb\ufeffc":          "abc",
		"a\u2028b\u2029c":          "a b c",
		"a\xffb":                   "ab",
		"\t\n":                     "",
		"é 😀 Ω":                    "é 😀 Ω",
		"<b>=1+1</b>":              "<b>=1+1</b>",
		"\u3000全角\u3000":           "全角",
		"=?utf-8?b?DQpCY2M6eA==?=": "=?utf-8?b?DQpCY2M6eA==?=",
	} {
		if got := person.CleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("a 汉\x00\r\n\u202e\u2066\u200d\u2028\u00a0\ufffd")))).Draw(t, "name")
		got := person.CleanName(s)
		if again := person.CleanName(got); again != got {
			t.Fatalf("%q becomes %q and then %q", s, got, again)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || (unicode.IsSpace(r) && r != ' ') {
				t.Fatalf("%q keeps %q in %q", s, r, got)
			}
		}
		if !utf8.ValidString(got) || strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
			t.Fatalf("%q becomes %q", s, got)
		}
	})
}

func TestLabelsFollowTheReader(t *testing.T) {
	t.Parallel()
	g := person.Group{Name: "系统组", NameEN: "Systems"}
	only := person.Group{Name: "网络组"}
	got := fmt.Sprint(g.Label("zh-CN"), g.Label("en"), only.Label("zh-CN"), only.Label("en"))
	if want := "系统组Systems网络组网络组"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
