// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// people is a house of few names.
type people struct{}

func (people) Find(_ context.Context, t queue.Type, word string) ([]int64, error) {
	var out []int64
	for key, name := range []string{1: "林晓岚", 2: "林海", 3: "网络组", 4: "系统组"} {
		group := key >= 3
		if name != "" && group == (t == queue.Team) && strings.Contains(name, word) {
			if name == word {
				return []int64{int64(key)}, nil
			}
			out = append(out, int64(key))
		}
	}
	return out, nil
}

func (people) Label(_ context.Context, _ queue.Type, key int64, _ string) string {
	return []string{"", "林晓岚", "林海", "网络组", "系统组"}[key]
}

func TestAFilterIsReadInBothLanguages(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                            "",
		"status:open assignee:me 打印机": "status:open assignee:me 打印机",
		"状态:未关闭 处理人:我":                "status:open assignee:me",
		"group:mine or owner:林晓岚":     "group:mine or owner:#1",
		"支持组:我的组 或 责任人:林":             "group:mine or owner:#1,#2",
		"-channel:mail，phone":         "-channel:mail,phone",
		"not (priority:P1 or 优先级:p2)": "-(priority:P1 or priority:P2)",
		"silent:4h due:30分钟":          "silent:>4h due:<30m",
		"age:>=3天":                    "age:>3d",
		"created:>2026-1-3":           "created:>2026-01-03",
		`"or" "a b" ORA-01653`:        `"or" "a b" ORA-01653`,
		`department:"财务 (上海)"`:        `department:"财务 (上海)"`,
		"打印机(3楼) http://x/y:8":        `"打印机(3楼)" "http://x/y:8"`,
		"handovers:>=2 重开:是":          "handovers:>=2 reopened:yes",
		"status:open (a or (b c)) d":  "status:open (a or (b c)) d",
		"group:#3 group:网络组":          "group:#3 group:#3",
	} {
		got, err := queue.Understand(t.Context(), typed, people{})
		if err != nil {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		if got.String() != want {
			t.Errorf("%q is %q, want %q", typed, got.String(), want)
		}
		for _, lang := range []string{"zh-CN", "en"} {
			said := queue.Say(t.Context(), got, lang, people{})
			again, err := queue.Understand(t.Context(), said, people{})
			if diff := cmp.Diff(got, again); err != nil || diff != "" {
				t.Errorf("%q said in %s is %q: %v %s", typed, lang, said, err, diff)
			}
		}
	}
}

func TestAFilterThatCannotBeSaysWhy(t *testing.T) {
	t.Parallel()
	for typed, key := range map[string]string{
		"stauts:open":                "queue.field_unknown",
		"status:opne":                "queue.value_unknown",
		"status:":                    "queue.value_missing",
		"priority:>P2":               "queue.compare",
		"silent:soon":                "queue.stretch",
		"created:soon":               "queue.day",
		"(a or b":                    "queue.bracket_open",
		"a or":                       "queue.or_what",
		"or a":                       "queue.or_what",
		"a and":                      "queue.and_what",
		"not":                        "queue.not_what",
		"owner:赵":                    "queue.value_unknown",
		"silent:1h,2h":               "queue.one_value",
		strings.Repeat("a ", 41):     "queue.many",
		strings.Repeat("(", 9) + "a": "queue.deep",
		strings.Repeat("x", 2001):    "queue.long",
	} {
		_, err := queue.Understand(t.Context(), typed, people{})
		if e := errs.As(err); e == nil || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Key != key {
			t.Errorf("%q: %v, want %s", typed, err, key)
		}
	}
}

// Where a field has a few values, the reason names them in the language that the field was written in.
func TestAFilterThatCannotBeSaysWhatCan(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"status:opne": "open, new, working, pending", "状态:opne": "未关闭、待受理、处理中", "prio:P9": "P1, P2"} {
		_, err := queue.Understand(t.Context(), typed, people{})
		e := errs.As(err)
		if e == nil || len(e.Fields) != 1 {
			t.Fatalf("%s: %v", typed, err)
		}
		if got := i18n.T(i18n.EN, e.Fields[0].Key, e.Fields[0].Args...); !strings.Contains(got, want) {
			t.Errorf("%s: %s", typed, got)
		}
	}
}

// Whatever is typed is read or refused with a reason, and never stands still or falls over.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"status:open (a or -b) \"c d\" 优先级:P1,P2", "((((", "- - -", "a:b:c", "「x", "not not a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tree, err := queue.Parse(s)
		if err != nil {
			return
		}
		tree, err = queue.Settle(t.Context(), tree, people{})
		if err != nil {
			return
		}
		tree = tree.Tidy()
		again, err := queue.Parse(tree.String())
		if err != nil || again.String() != tree.String() {
			t.Errorf("%q is %q, which is read as %q: %v", s, tree.String(), again.String(), err)
		}
	})
}

func TestAPlanKnowsWhenNoClosedTicketPasses(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"":                              false,
		"status:open":                   true,
		"status:new":                    true,
		"-status:closed":                true,
		"status:closed":                 false,
		"status:open or priority:P1":    false,
		"status:open or clock:over":     true,
		"priority:P1 status:pending":    true,
		"-(status:closed or owner:me)":  true,
		"-(status:closed priority:P1)":  false,
		"promise:none":                  false,
		"status:closed status:resolved": true,
	} {
		tree, err := queue.Understand(t.Context(), typed, people{})
		if err != nil {
			t.Fatal(typed, err)
		}
		p := tree.Bind(queue.Reader{Me: 1, Now: time.Unix(0, 0)})
		if got := p.OnlyOpen(); got != want {
			t.Errorf("%q: only open %t, want %t", typed, got, want)
		}
	}
}

func TestEveryFieldHasANameOfItsOwnInBothLanguages(t *testing.T) {
	t.Parallel()
	seen := map[string]queue.Field{}
	for _, s := range queue.Specs() {
		for _, lang := range []string{"en", "zh-CN"} {
			name := s.Name(lang)
			if seen[name] != "" {
				t.Errorf("%s names %s and %s", name, seen[name], s.Field)
			}
			seen[name] = s.Field
		}
		if got, ok := queue.SpecOf(s.Field); !ok || !slices.Equal(got.Codes(), s.Codes()) {
			t.Errorf("%s is not found by its name", s.Field)
		}
	}
}
