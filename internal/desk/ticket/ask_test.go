// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func TestN15_AnswersAreFoundInAMail(t *testing.T) {
	t.Parallel()
	a := ticket.Asked{Wants: []ticket.Wanting{
		{Element: ticket.Since, Label: "什么时候开始的？"}, {Element: ticket.People, Label: "有多少人受影响？"}, {Question: "tray", Label: "哪个纸盒"},
	}}
	for name, c := range map[string]struct {
		text      string
		elements  map[ticket.Element]ticket.Answer
		questions map[string][]string
	}{
		"numbers":             {"1. 今天 9:20\n2) 六个人\n3、2", map[ticket.Element]ticket.Answer{ticket.Since: {Value: "今天 9:20"}, ticket.People: {Value: "六个人"}}, map[string][]string{"tray": {"2"}}},
		"Chinese numbers":     {"（1）昨天下午\n２．很多", map[ticket.Element]ticket.Answer{ticket.Since: {Value: "昨天下午"}, ticket.People: {Value: "很多"}}, nil},
		"names":               {"开始时间：今早\nPeople: 6", map[ticket.Element]ticket.Answer{ticket.Since: {Value: "今早"}, ticket.People: {Value: "6"}}, nil},
		"below the question":  {"1. 什么时候开始的？\n周一\n2. 有多少人受影响？\n\n三个", map[ticket.Element]ticket.Answer{ticket.Since: {Value: "周一"}, ticket.People: {Value: "三个"}}, nil},
		"behind the question": {"1. 什么时候开始的？周一", map[ticket.Element]ticket.Answer{ticket.Since: {Value: "周一"}}, nil},
		"not known":           {"1. I don't know.\n2. 不清楚", map[ticket.Element]ticket.Answer{ticket.Since: {Unknown: true, Reason: "I don't know."}, ticket.People: {Unknown: true, Reason: "不清楚"}}, nil},
		"a greeting behind":   {"1. 周一\n\n谢谢\n王海", map[ticket.Element]ticket.Answer{ticket.Since: {Value: "周一"}}, nil},
		"a time is no number": {"9:20 开始的，大家都这样", nil, nil},
		"free words":          {"从昨天开始就这样了", nil, nil},
		"no such number":      {"7. x", nil, nil},
		"nothing":             {"", nil, nil},
		"only the questions":  {"1. 什么时候开始的？\n2. 有多少人受影响？\n3. 哪个纸盒", nil, nil},
		"five megabytes":      {"1. " + strings.Repeat("x", 5<<20), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			elements, questions := ticket.ReadAnswers(a, c.text)
			if diff := cmp.Diff(c.elements, elements, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(c.questions, questions, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestN15_WhatIsMissingIsAskedForAndAnswered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v, err := r.request(r.printers(), given("what", "jam"))
		if err != nil {
			t.Fatal(err)
		}
		ask := ticket.Ask{Elements: []ticket.Element{ticket.People, ticket.Since}, Questions: []string{"tray"}, Lang: i18n.EN}
		v = r.do(r.agent, v, ask)
		if v.FirstResponseAt.IsZero() {
			t.Error("a question of an agent is the first human word (N3)")
		}
		m, err := r.MessageOf(t.Context(), r.agent, v, v.Detail.Asked.Message)
		for _, line := range []string{"1. Since when is it so?", "2. How many people are affected?", "3. Which tray"} {
			if err != nil || !strings.Contains(m.Text, line) || m.Kind != ticket.Public {
				t.Errorf("%q is not asked: %v\n%s", line, err, m.Text)
			}
		}
		for name, by := range map[string]access.Actor{"another requester": r.other, "the agent": r.agent} {
			_, err := r.Do(t.Context(), by, ticket.Target{ID: v.ID}, ticket.Answering{Elements: map[ticket.Element]ticket.Answer{ticket.Since: {Value: "x"}}, Say: ticket.Say{Text: "x"}})
			if kind := errs.KindOf(err); kind != errs.Denied && kind != errs.NotFound {
				t.Errorf("%s answers: %v", name, err)
			}
		}
		_, err = r.Do(t.Context(), r.requester, ticket.Target{ID: v.ID}, ticket.Answering{Questions: map[string][]string{"tray": {"两个"}}, Say: ticket.Say{Text: "x"}})
		if got := fieldNames(err); got != "a_tray form.number_shape" {
			t.Errorf("a wrong type is refused in place: %q", got)
		}
		v = r.do(r.requester, v, ticket.Answering{
			Elements: map[ticket.Element]ticket.Answer{ticket.Since: {Value: "今天 9:20"}}, Questions: map[string][]string{"tray": {"2"}}, Say: ticket.Say{Text: "今天 9:20，2 号"},
		})
		if v.Detail.Intake[ticket.Since].Value != "今天 9:20" || v.Detail.Form.Answers["tray"][0] != "2" {
			t.Errorf("not filled: %+v", v.Detail)
		}
		if open := v.Detail.Asked.Open(v); len(open) != 1 || open[0].Element != ticket.People {
			t.Errorf("still open: %+v", open)
		}
		v = r.do(access.Actor{Kind: access.System, Via: "mail"}, v, ticket.Answering{
			Elements: map[ticket.Element]ticket.Answer{ticket.People: {Value: "6"}}, Questions: map[string][]string{"tray": {"nine"}}, Say: ticket.Say{Text: "2. 6\n3. nine"},
		}.External())
		if v.Detail.Intake[ticket.People].Value != "6" || v.Detail.Form.Answers["tray"][0] != "2" || len(v.Detail.Asked.Open(v)) != 0 {
			t.Errorf("by mail: what fits is filled, what does not stays in the words: %+v", v.Detail)
		}
		if diff := cmp.Diff(v.Detail, r.rebuilt(v).Detail, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the row is not its facts: %s", diff)
		}
	})
}
