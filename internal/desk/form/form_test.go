// SPDX-License-Identifier: Apache-2.0

package form_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func limit(n float64) *float64 { return &n }

// printer is a form with one question of each kind that matters and a chain of conditions.
func printer() form.Form {
	return form.Form{
		{Name: "what", Kind: form.Choice, Label: "什么问题", LabelEN: "What is wrong", By: form.ToRecord, Options: []form.Option{
			{Value: "jam", Label: "卡纸", LabelEN: "Paper jam"}, {Value: "offline", Label: "脱机"}, {Value: "other", Label: "其他", LabelEN: "Other"},
		}},
		{Name: "tray", Kind: form.Number, Label: "哪个纸盒", Min: limit(1), Max: limit(4), By: form.ToRecord, Show: form.Rule{Tests: []form.Test{{Field: "what", Op: form.Is, Value: "jam"}}}},
		{Name: "tried", Kind: form.Choices, Label: "试过什么", Options: []form.Option{{Value: "restart", Label: "重启"}, {Value: "cable", Label: "换线"}}},
		{Name: "since", Kind: form.Date, Label: "哪天开始", By: form.ToResolve, Show: form.Rule{Any: true, Tests: []form.Test{
			{Field: "tray", Op: form.AtLeast, Value: "3"}, {Field: "tried", Op: form.Is, Value: "cable"},
		}}},
		{Name: "works", Kind: form.YesNo, Label: "别的电脑能打吗"},
		{Name: "when", Kind: form.Moment, Label: "什么时候方便"},
		{Name: "words", Kind: form.Long, Label: "补充"},
		{Name: "device", Kind: form.Device, Label: "设备编号"},
	}
}

func TestN21_AnswersAreReadByTheirType(t *testing.T) {
	t.Parallel()
	if err := printer().Check(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		give map[string][]string
		want form.Answers
		bad  string
	}{
		"nothing":                       {nil, form.Answers{}, ""},
		"a choice":                      {map[string][]string{"what": {"jam"}}, form.Answers{"what": {"jam"}}, ""},
		"no option":                     {map[string][]string{"what": {"fire"}}, form.Answers{}, "a_what form.not_an_option"},
		"two of one":                    {map[string][]string{"what": {"jam", "other"}}, form.Answers{}, "a_what form.one_answer"},
		"a number of a Chinese board":   {map[string][]string{"what": {"jam"}, "tray": {" ２ "}}, form.Answers{"what": {"jam"}, "tray": {"2"}}, ""},
		"a number with zeros":           {map[string][]string{"what": {"jam"}, "tray": {"03.50"}}, form.Answers{"what": {"jam"}, "tray": {"3.5"}}, ""},
		"no number":                     {map[string][]string{"what": {"jam"}, "tray": {"两个"}}, form.Answers{"what": {"jam"}}, "a_tray form.number_shape"},
		"not a number":                  {map[string][]string{"what": {"jam"}, "tray": {"NaN"}}, form.Answers{"what": {"jam"}}, "a_tray form.number_shape"},
		"endless":                       {map[string][]string{"what": {"jam"}, "tray": {"Inf"}}, form.Answers{"what": {"jam"}}, "a_tray form.number_shape"},
		"hexadecimal":                   {map[string][]string{"what": {"jam"}, "tray": {"0x2"}}, form.Answers{"what": {"jam"}}, "a_tray form.number_shape"},
		"two numbers":                   {map[string][]string{"what": {"jam"}, "tray": {"1,2"}}, form.Answers{"what": {"jam"}}, "a_tray form.number_shape"},
		"beyond":                        {map[string][]string{"what": {"jam"}, "tray": {"5"}}, form.Answers{"what": {"jam"}}, "a_tray form.number_range"},
		"of a question that is hidden":  {map[string][]string{"what": {"offline"}, "tray": {"not a number"}}, form.Answers{"what": {"offline"}}, ""},
		"of no question":                {map[string][]string{"nobody": {"x"}}, form.Answers{}, ""},
		"several, in the form's order":  {map[string][]string{"tried": {"cable", "restart", "cable"}}, form.Answers{"tried": {"restart", "cable"}}, ""},
		"shown by any of two":           {map[string][]string{"tried": {"cable"}, "since": {"2026-03-02"}}, form.Answers{"tried": {"cable"}, "since": {"2026-03-02"}}, ""},
		"no such day":                   {map[string][]string{"tried": {"cable"}, "since": {"2026-02-30"}}, form.Answers{"tried": {"cable"}}, "a_since form.date_shape"},
		"neither yes nor no":            {map[string][]string{"works": {"maybe"}}, form.Answers{}, "a_works form.yes_or_no"},
		"a moment with a space":         {map[string][]string{"when": {"2026-03-02 09:30"}}, form.Answers{"when": {"2026-03-02T09:30"}}, ""},
		"too long for one line":         {map[string][]string{"device": {strings.Repeat("长", 401)}}, form.Answers{}, "a_device form.too_long"},
		"five megabytes":                {map[string][]string{"words": {strings.Repeat("x", 5<<20)}}, form.Answers{}, "a_words form.too_long"},
		"only space":                    {map[string][]string{"words": {" \n\t "}}, form.Answers{}, ""},
		"line ends, NUL, broken UTF-8":  {map[string][]string{"words": {"a\r\nb\x00\xff"}}, form.Answers{"words": {"a\nb\uFFFD"}}, ""},
		"more than one line in a label": {map[string][]string{"device": {"PC-\n17"}}, form.Answers{"device": {"PC- 17"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, bad := printer().Read(c.give)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			said := ""
			for _, b := range bad {
				said += b.Name + " " + b.Key
				if !i18n.Has(i18n.ZH, b.Key) || !i18n.Has(i18n.EN, b.Key) {
					t.Errorf("%s is no sentence", b.Key)
				}
			}
			if said != c.bad {
				t.Errorf("refused with %q, want %q", said, c.bad)
			}
		})
	}
}

func TestN21_GroupsOfThreeDigits(t *testing.T) {
	t.Parallel()
	f := form.Form{{Name: "n", Kind: form.Number, Label: "几个"}}
	for give, want := range map[string]string{"12,000": "12000", "1,234,567.5": "1234567.5", "12,00": "", "1,2345": "", ",5": "", "1e3": "1000", "-3": "-3", "1.5,000": "", "1e300": ""} {
		got, _ := f.Read(map[string][]string{"n": {give}})
		if first := append(got["n"], "")[0]; first != want {
			t.Errorf("%s is read as %q, want %q", give, first, want)
		}
	}
}

func TestN21_WhatIsMissing(t *testing.T) {
	t.Parallel()
	names := func(a form.Answers) string {
		var out []string
		for _, ask := range printer().Missing(a) {
			out = append(out, ask.Name+":"+string(ask.By))
		}
		return strings.Join(out, " ")
	}
	for want, a := range map[string]form.Answers{
		"what:record":               nil,
		"tray:record":               {"what": {"jam"}},
		"":                          {"what": {"other"}},
		"since:resolve":             {"what": {"jam"}, "tray": {"3"}},
		"what:record since:resolve": {"tray": {"4"}, "tried": {"cable"}},
	} {
		if got := names(a); got != want {
			t.Errorf("%v: missing %q, want %q", a, got, want)
		}
	}
}

func TestN21_AFormIsCheckedBeforeItIsSaved(t *testing.T) {
	t.Parallel()
	with := func(change func(f form.Form)) form.Form {
		f := printer()
		change(f)
		return f
	}
	many := form.Form{}
	for i := range form.MaxFields + 1 {
		many = append(many, form.Field{Name: "q" + strconv.Itoa(i), Kind: form.Text, Label: "x"})
	}
	tests := make([]form.Test, form.MaxTests+1)
	for want, f := range map[string]form.Form{
		"fields form.fields_many":  many,
		"name_0 form.name_shape":   with(func(f form.Form) { f[0].Name, f[1].Show, f[3].Show = "What?", form.Rule{}, form.Rule{} }),
		"name_2 form.name_taken":   with(func(f form.Form) { f[2].Name, f[3].Show = "what", form.Rule{} }),
		"kind_7 form.kind_unknown": with(func(f form.Form) { f[7].Kind = "colour" }),
		"by_7 form.stage_unknown":  with(func(f form.Form) { f[7].By = "later" }),
		"label_7 form.label_empty": with(func(f form.Form) { f[7].Label = "" }),
		"help_7 form.too_long":     with(func(f form.Form) { f[7].Help = strings.Repeat("字", 401) }),
		"max_1 form.range_upside_down": with(func(f form.Form) {
			f[1].Min = limit(9)
		}),
		"option_2 form.options_few":   with(func(f form.Form) { f[2].Options, f[3].Show = f[2].Options[:1], form.Rule{} }),
		"option_2 form.option_twice":  with(func(f form.Form) { f[2].Options[1].Label = "重启" }),
		"option_2 form.option_length": with(func(f form.Form) { f[2].Options[1].Label = "" }),
		"test_1 form.test_before":     with(func(f form.Form) { f[1].Show.Tests[0].Field = "works" }),
		"test_3 form.test_before":     with(func(f form.Form) { f[3].Show.Tests[0].Field = "since" }),
		"test_1 form.test_value":      with(func(f form.Form) { f[1].Show.Tests[0].Value = "fire" }),
		"test_3 form.test_value":      with(func(f form.Form) { f[3].Show.Tests[1].Op = form.AtLeast }),
		"test_7 form.tests_many":      with(func(f form.Form) { f[7].Show.Tests = tests }),
	} {
		e := errs.As(f.Check())
		if e == nil || len(e.Fields) != 1 || e.Fields[0].Name+" "+e.Fields[0].Key != want {
			t.Errorf("want %s, got %+v", want, e)
		}
	}
}

// chance is a generator of the same numbers each time (splitmix64).
type chance uint64

// IntN returns a number from 0 up to, not including, n.
func (c *chance) IntN(n int) int {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return int((z ^ (z >> 31)) % uint64(n))
}

// random makes a form that may be saved, and things to type into it that may be anything.
func random(r *chance) (form.Form, map[string][]string) {
	words := []string{"", "yes", "no", "o1", "o2", "o3", "3", "-1", "2026-03-02", "2026-03-02T09:30", "abc", "卡纸", "nan"}
	f, typed := form.Form{}, map[string][]string{}
	for i := range 1 + r.IntN(12) {
		one := form.Field{
			Name: "q" + strconv.Itoa(i), Kind: form.Kinds()[r.IntN(len(form.Kinds()))], Label: "x",
			By: append(form.Stages(), form.Never)[r.IntN(len(form.Stages())+1)],
		}
		if one.Kind.Chosen() {
			one.Options = []form.Option{{Value: "o1", Label: "a"}, {Value: "o2", Label: "b"}, {Value: "o3", Label: "c"}}
		}
		for range r.IntN(3) {
			if i > 0 {
				test := form.Test{Field: "q" + strconv.Itoa(r.IntN(i)), Op: form.Ops()[r.IntN(len(form.Ops()))], Value: words[r.IntN(len(words))]}
				if test.Op.Bare() {
					test.Value = ""
				}
				one.Show.Any, one.Show.Tests = r.IntN(2) == 0, append(one.Show.Tests, test)
			}
		}
		if next := append(slices.Clone(f), one); next.Check() == nil {
			f = next
		} else {
			one.Show = form.Rule{}
			f = append(f, one)
		}
		for range r.IntN(3) {
			typed[one.Name] = append(typed[one.Name], words[r.IntN(len(words))])
		}
	}
	return f, typed
}

// Whatever the form and whatever is typed: what is not shown is neither answered nor asked for,
// answers read again are the same, and carried over to the same form they are all there.
func TestN21_PropertiesOfAnyForm(t *testing.T) {
	t.Parallel()
	start := chance(521)
	r := &start
	hidden, missing := 0, 0
	for range 20_000 {
		f, typed := random(r)
		if err := f.Check(); err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		answers, bad := f.Read(typed)
		shown := f.Shown(answers)
		for name := range answers {
			if !shown[name] {
				t.Fatalf("%s is answered and not shown: %+v %v", name, f, typed)
			}
		}
		for _, b := range bad {
			if !shown[strings.TrimPrefix(b.Name, form.Prefix)] {
				t.Fatalf("%s is refused and not shown: %+v %v", b.Name, f, typed)
			}
		}
		for _, ask := range f.Missing(answers) {
			if missing++; !shown[ask.Name] {
				t.Fatalf("%s is asked for and not shown: %+v %v", ask.Name, f, typed)
			}
		}
		hidden += len(f) - len(shown)
		again, bad := f.Read(answers)
		if diff := cmp.Diff(answers, again); diff != "" || len(bad) > 0 {
			t.Fatalf("read again: %s %v", diff, bad)
		}
		if diff := cmp.Diff(answers, f.Carry(answers)); diff != "" {
			t.Fatalf("carried over: %s", diff)
		}
	}
	if hidden < 1000 || missing < 1000 {
		t.Fatalf("only %d hidden and %d missing questions were looked at", hidden, missing)
	}
}

func TestN21_AnswersAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	f := printer()
	f[1].Unit, f[1].UnitEN = "号盒", "tray"
	a := form.Answers{"what": {"jam"}, "tray": {"2"}, "tried": {"restart", "cable"}, "works": {"no"}, "when": {"2026-03-02T09:30"}}
	var zh, en []string
	for _, q := range f {
		if s := q.Text(i18n.ZH, a[q.Name]); s != "" {
			zh, en = append(zh, s), append(en, q.Text(i18n.EN, a[q.Name]))
		}
	}
	want := [][]string{{"卡纸", "2 号盒", "重启、换线", "否", "2026-03-02 09:30"}, {"Paper jam", "2 tray", "重启, 换线", "No", "2026-03-02 09:30"}}
	if diff := cmp.Diff(want, [][]string{zh, en}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"卡纸", "Paper jam", "2", "重启", "换线", "2026-03-02T09:30"}, f.Words(a)); diff != "" {
		t.Error(diff)
	}
}
