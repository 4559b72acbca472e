// SPDX-License-Identifier: Apache-2.0

package text_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// units writes the units of a text: a space between runs, + within one.
func units(s string) string {
	var b strings.Builder
	for i, u := range text.Units(s) {
		switch {
		case u.Glued:
			b.WriteByte('+')
		case i > 0:
			b.WriteByte(' ')
		}
		b.WriteString(u.Text)
	}
	return b.String()
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                      "",
		"打印机":                   "打+印+机",
		"打印机，坏了":                "打+印+机 坏+了",
		"打印 机":                  "打+印 机",
		"VPN连不上":                "vpn 连+不+上",
		"ＶＰＮ１２":                 "vpn12",
		"ERR-1234":              "err+1234",
		"ERR - 1234":            "err 1234",
		"ERR--1234":             "err 1234",
		"ERR－１２３４":              "err+1234",
		"0x80070035":            "0x80070035",
		"192.168.1.20":          "192+168+1+20",
		"a.b@c-d.example":       "a+b+c+d+example",
		`C:\Users\wang`:         "c user+wang",
		"https://a.example/b?c": "http a+example+b c",
		"TCP/IP":                "tcp+ip",
		"don't":                 "don+t",
		"printers":              "printer",
		"status bus glass dns":  "status bus glass dns",
		"Windows":               "window",
		"Émile café":            "emile cafe",
		"ﬁle":                   "file",
		"版本v2.3":                "版+本 v2+3",
		"ｶﾅ":                    "カ+ナ",
		"한국어":                   "한+국+어",
		"привет":                "привет",
		"a\x00b":                "a b",
		"a\xffb":                "a b",
		"end. Next":             "end next",
		"……":                    "",
	} {
		if got := units(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A pattern is found exactly where a plain comparison of the folded units finds it, and a text
// that holds a pattern holds its terms; of an exact one the reverse holds as well.
func TestPatternsAndTermsAgree(t *testing.T) {
	t.Parallel()
	letters := []rune("打印机网络ab1-. ，")
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringOfN(rapid.SampledFrom(letters), 0, 40, -1).Draw(t, "text")
		typed := rapid.StringOfN(rapid.SampledFrom(letters), 1, 6, -1).Draw(t, "typed")
		cut := text.Units(in)
		held := map[text.Term]bool{}
		text.Terms(in, func(x text.Term) { held[x] = true })
		for _, p := range append(text.Words(typed), text.Phrase(typed)...) {
			all := !slices.ContainsFunc(p.Terms(), func(x text.Term) bool { return !held[x] })
			is := p.In(cut)
			if is && !all || p.Exact() && is != all {
				t.Fatalf("%q in %q: found %v, terms %v, exact %v", typed, in, is, all, p.Exact())
			}
			if spans := p.Find(cut, 100); (len(spans) > 0) != is {
				t.Fatalf("%q in %q: In %v, Find %v", typed, in, is, spans)
			}
		}
	})
}

// A run of ideographs is found exactly where the text has it.
func TestIdeographsAreFoundWhereTheyStand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringOfN(rapid.SampledFrom([]rune("打印机网络a，")), 0, 30, -1).Draw(t, "text")
		typed := rapid.StringOfN(rapid.SampledFrom([]rune("打印机网络")), 1, 5, -1).Draw(t, "typed")
		p := text.Words(typed)[0]
		spans := p.Find(text.Units(in), 100)
		if (len(spans) > 0) != strings.Contains(in, typed) {
			t.Fatalf("%q in %q: %v", typed, in, spans)
		}
		for _, s := range spans {
			if in[s.Start:s.End] != typed {
				t.Fatalf("%q in %q: marked %q", typed, in, in[s.Start:s.End])
			}
		}
	})
}

func TestA22_AnyBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "bytes"))
		last := 0
		for _, u := range text.Units(in) {
			if u.Start < last || u.End <= u.Start || u.End > len(in) || u.Text == "" || !utf8.ValidString(u.Text) {
				t.Fatalf("%q: %+v after %d", in, u, last)
			}
			last = u.End
		}
	})
}

// The terms are stored: other ones need another number of the rules.
func TestTermsStayTheSame(t *testing.T) {
	t.Parallel()
	var got []text.Term
	text.Terms("打印机 ERR-1234", func(x text.Term) { got = append(got, x) })
	got = append(got, text.Beginning("pri"), text.Mark("status", "open"))
	const want = "1 [2905124776 1265486163 3669213573 2205985524 3813303582 3790480925 3629926644 1805087226 47638377 2011970167]"
	if s := fmt.Sprint(text.Rules, got); s != want {
		t.Errorf("%s, want %s", s, want)
	}
}

func FuzzUnits(f *testing.F) {
	for _, s := range []string{"打印机 ERR-1234", "ＶＰＮ", "a\x00\xff", "ﬁ ㎏ ①"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, u := range text.Units(s) {
			if again := text.Units(u.Text); !u.Han && len(again) > 1 && again[0].Text == "" {
				t.Errorf("%q: %+v", s, u)
			}
		}
	})
}

func BenchmarkTerms(b *testing.B) {
	in := strings.Repeat("三楼打印机卡纸，提示 ERR-1234 printer offline。请尽快处理 192.168.1.20 ", 20)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		text.Terms(in, func(text.Term) {})
	}
}
