// SPDX-License-Identifier: Apache-2.0

package i18n_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func TestTheFilesAreWhole(t *testing.T) {
	t.Parallel()
	if err := i18n.Check(); err != nil {
		t.Fatal(err)
	}
	for _, key := range i18n.Keys() {
		for _, l := range i18n.Langs() {
			if !i18n.Has(l, key) {
				t.Errorf("%s is not written in %s", key, l)
			}
		}
	}
}

func TestTheTone(t *testing.T) {
	t.Parallel()
	barred := map[i18n.Lang][]string{
		i18n.ZH: {"！", "!", "亲，", "亲爱的", "请勿", "耐心等待", "\""},
		i18n.EN: {"!", "Please note", "Oops", "Sorry"},
	}
	for _, key := range i18n.Keys() {
		for l, words := range barred {
			said := i18n.T(l, key)
			for _, w := range words {
				if strings.Contains(said, w) {
					t.Errorf("%s %s: %q does not belong in %q", l, key, w, said)
				}
			}
		}
	}
}

// One of a thing is no plural in English.
func TestOneIsNoPlural(t *testing.T) {
	t.Parallel()
	several := regexp.MustCompile(`\b1 (?:[a-z]+ )?(?:lines|people|entries|days|weeks|months|minutes|hours|messages|tickets|groups|ratings|values|steps|labels|causes|files|pictures|places|differences|changes|times|records|clauses|replies|articles|mails|devices|visits|rules|conditions|questions|attachments|characters)\b`)
	never := map[string]string{ // what there is never one of
		"mail.password_once":           "half an hour",
		"norm.N11_ping_pong":           "two at least",
		"portalremote.scope_stop_text": "the bound of a session, 5 at least",
		"search.all_people":            "more than are shown",
		"suggest.crowd":                "3 at least",
		"ldapadmin.tried_more":         "more than are shown",
		"work.number_shared":           "two at least",
		"workticket.others_more":       "more than are shown",
		"workticket.passed_around":     "three at least",
		"workticket.the_rest":          "hundreds",
		"workvisit.minutes_of":         "30 at least",
	}
	for _, key := range i18n.Keys() {
		said := i18n.T(i18n.EN, key, "Count", 1)
		if _, ok := never[key]; several.MatchString(said) && !ok {
			t.Errorf("%s: %q", key, said)
		}
	}
}

// The names in both languages must be the same, or a value is lost in one of them.
func TestPlaceholdersAgree(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`⟦[A-Za-z]+⟧`)
	names := func(l i18n.Lang, key string) map[string]bool {
		out := map[string]bool{}
		for _, n := range placeholder.FindAllString(i18n.T(l, key), -1) {
			out[n] = true
		}
		return out
	}
	for _, key := range i18n.Keys() {
		if strings.HasPrefix(key, "time.") {
			continue
		}
		zh, en := names(i18n.ZH, key), names(i18n.EN, key)
		for n := range zh {
			if !en[n] {
				t.Errorf("%s: %s stands only in Chinese", key, n)
			}
		}
		for n := range en {
			if !zh[n] {
				t.Errorf("%s: %s stands only in English", key, n)
			}
		}
	}
}

func TestT(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		lang i18n.Lang
		key  string
		args []any
		want string
	}{
		{"a plain message", i18n.EN, "time.today", nil, "today"},
		{"another language is answered in Chinese", "fr", "time.today", nil, "今天"},
		{"values stand in their places", i18n.ZH, "time.hours_minutes", []any{"Minutes", "08", "Hours", 7}, "7 小时 08 分"},
		{"a missing value is seen", i18n.EN, "time.overdue", nil, "⟦Duration⟧ overdue"},
		{"a missing key is seen", i18n.EN, "time.nothing", nil, "⟦time.nothing⟧"},
		{"one place", i18n.EN, "normadmin.wrong", []any{"Count", 1}, "1 place cannot be used, see line by line above"},
		{"more places", i18n.EN, "normadmin.wrong", []any{"Count", 2}, "2 places cannot be used, see line by line above"},
		{"one difference", i18n.EN, "normadmin.changed", []any{"Count", 1}, "1 difference"},
		{"a named int is a number", i18n.EN, "time.days", []any{"Count", int64(3)}, "3 d"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := i18n.T(tt.lang, tt.key, tt.args...); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, header string
		want         i18n.Lang
	}{
		{"nothing is said", "", i18n.ZH},
		{"a Chinese browser", "zh-CN,zh;q=0.9,en;q=0.8", i18n.ZH},
		{"traditional Chinese reads Chinese", "zh-TW,zh;q=0.9", i18n.ZH},
		{"an English browser", "en-GB,en;q=0.9,zh;q=0.1", i18n.EN},
		{"the weight decides, not the order", "zh;q=0.2,en;q=0.9", i18n.EN},
		{"a language of neither kind reads English", "de-DE,fr;q=0.5", i18n.EN},
		{"German first, Chinese second", "de,zh;q=0.5", i18n.ZH},
		{"refused is refused", "zh;q=0,en;q=0.1", i18n.EN},
		{"nonsense", ";;;=,,", i18n.ZH},
		{"a very long header", strings.Repeat("en,", 10_000), i18n.ZH},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := i18n.Match(tt.header); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A key that is asked for with a literal must be written. Keys that are put
// together at run time are the business of the room that puts them together.
func TestEveryKeyThatIsAskedForIsWritten(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	asked := regexp.MustCompile(`(?:\bT\((?:[^()"\n]|\([^()\n]*\))*|errs\.(?:New|Wrap)\([^"\n]*|errs\.Field\("[^"]*",\s*|errs\.FieldError\{[^}\n]*Key:\s*|errs\.Gap\{[^}\n]*Key:\s*)"([a-z][a-z0-9_]*(?:\.[a-z0-9_]*[a-z0-9])+)"`)
	known := map[string]bool{}
	for _, k := range i18n.Keys() {
		known[k] = true
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2 || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		goFile := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, "_templ.go")
		if !goFile && !strings.HasSuffix(path, ".templ") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range asked.FindAllSubmatch(source, -1) {
			if key := string(m[1]); !known[key] {
				known[key] = true // once is enough
				t.Errorf("%s asks for %s, which no locale file has", strings.TrimPrefix(path, root+"/"), key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkPageOf500(b *testing.B) {
	i18n.Keys()
	b.ReportAllocs()
	for b.Loop() {
		for range 250 {
			_ = i18n.T(i18n.ZH, "time.today")
			_ = i18n.T(i18n.EN, "time.hours_minutes", "Hours", 7, "Minutes", "08")
		}
	}
}

// One refusal says what helps in each case, and what it says at all where no case is written.
func TestACaseHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	whole := i18n.T(i18n.EN, "ticket.not_now")
	if got := i18n.T(i18n.EN, "ticket.not_now", "Case", "new"); got == whole || !strings.Contains(got, "Claim") {
		t.Errorf("said %q", got)
	}
	if got := i18n.T(i18n.EN, "ticket.not_now", "Case", "unheard of"); got != whole {
		t.Errorf("said %q", got)
	}
}

// TestF33_AChineseWordStandsBesideAChineseNameWithoutASpace, and beside a Latin one with one, whichever
// way the message writes it; figures, signs and other languages keep what is written.
func TestF33_AChineseWordStandsBesideAChineseNameWithoutASpace(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		lang      i18n.Lang
		key, want string
		args      []any
	}{
		{i18n.ZH, "mail.rejected", "张三反馈 LD-7 还没好，工单回到处理中。", []any{"By", "张三", "Ref", "LD-7"}},
		{i18n.ZH, "mail.rejected", "Tom Reed 反馈 LD-7 还没好，工单回到处理中。", []any{"By", "Tom Reed", "Ref", "LD-7"}},
		{i18n.ZH, "mail.returned", "张三重新打开了 LD-7：", []any{"By", "张三", "Ref", "LD-7"}},
		{i18n.ZH, "mail.approve", "张三为 LD-7 提请您审批。", []any{"By", "张三", "Ref", "LD-7"}},
		{i18n.ZH, "mail.approve", "Tom Reed 为 LD-7 提请您审批。", []any{"By", "Tom Reed", "Ref", "LD-7"}},
		{i18n.ZH, "mail.visit_moved", "LD-7 的上门时间改了，由张三上门。", []any{"By", "张三", "Ref", "LD-7"}},
		{i18n.ZH, "mail.password_once", "下面的链接 30 分钟内有效，只能用一次。", []any{"Count", 30}},
		{i18n.EN, "mail.returned", "张三 reopened LD-7:", []any{"By", "张三", "Ref", "LD-7"}},
	} {
		if got := i18n.T(x.lang, x.key, x.args...); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
}
