// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"context"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/queue"
)

// Offer lists the few names of the house.
func (people) Offer(_ context.Context, t queue.Type, word, _ string, most int) ([]string, error) {
	var out []string
	for _, name := range map[bool][]string{false: {"林晓岚", "林海"}, true: {"网络组", "系统组"}}[t == queue.Team] {
		if strings.Contains(name, word) && len(out) < most {
			out = append(out, name)
		}
	}
	return out, nil
}

// Among plain words the words that join are words; where a field is named, and where they are
// written large between two others, they join.
func TestAQuestionIsReadAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"vpn not working":               "vpn \"not\" working",
		"mouse or keyboard":             "mouse \"or\" keyboard",
		"mouse OR keyboard":             "mouse or keyboard",
		"打印机 或 扫描仪 -卡纸":                 `打印机 or (扫描仪 -卡纸)`,
		"status:open mouse or keyboard": "(status:open mouse) or keyboard",
		"Error: disk full":              `"Error:" disk full`,
		"error (0x80070035":             "error 0x80070035",
		"OR 打印":                         `"OR" 打印`,
		"a) b":                          `"a)" b`,
		"()":                            "",
		`"a b" has:附件 fact:ORA-01653`:   `"a b" has:attachment fact:ORA-01653`,
	} {
		got, err := queue.Question(typed)
		if err == nil {
			got, err = queue.SettleQuestion(t.Context(), got, people{})
		}
		if err != nil || got.String() != want {
			t.Errorf("%q is %q, want %q: %v", typed, got.String(), want, err)
		}
	}
}

func TestWhatIsWrongSaysWhere(t *testing.T) {
	t.Parallel()
	for typed, at := range map[string]int{
		"打印机 状态:开着":           5,
		"status:open (a b":    13,
		"status:open a or":    16,
		"x -owner:赵":          4,
		"x sender:a":          3,
		"created:soon":        1,
		"status:open silent:": 13,
		"优先级:>P1":             1,
	} {
		got, err := queue.Question(typed)
		if err == nil {
			_, err = queue.SettleQuestion(t.Context(), got, people{})
		}
		if queue.WrongAt(err) != at {
			t.Errorf("%q: at %d, want %d: %v", typed, queue.WrongAt(err), at, err)
		}
	}
	if _, err := queue.Understand(t.Context(), "has:attachment", people{}); err == nil {
		t.Error("a list that is kept asks what only the index knows")
	}
}

func TestWhatIsTypedIsCompleted(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"stat|":         "status:|",
		"状|":            "状态:|",
		"打印机 处理|":       "打印机 处理人:|",
		"-chan| x":      "-channel:| x",
		"(own|":         "(owner:|",
		"status:wor|":   "status:working |",
		"状态：待用|":        "状态：待用户确认 |",
		"priority:P1,|": "priority:P1,P1 |",
		"group:网|":      "group:网络组 |",
		"assignee:m|":   "assignee:me |",
		"created:<7|":   "created:<7d |",
		"created:<7| x": "created:<7d| x",
		"has:|":         "has:attachment |",
		`owner:"林晓|`:    "owner:林晓岚 |",
		`"stat|`:        "",
		"stat |":        "",
		"|":             "",
		"zzz|":          "",
		"sender:x|":     "",
	} {
		lang := "en"
		if strings.ContainsAny(typed, "状处") {
			lang = "zh-CN"
		}
		before, after, _ := strings.Cut(typed, "|")
		list, err := queue.Complete(t.Context(), before+after, len([]rune(before)), lang, true, people{})
		got := ""
		if len(list) > 0 {
			r := []rune(list[0].Text)
			got = string(r[:list[0].Caret]) + "|" + string(r[list[0].Caret:])
		}
		if err != nil || got != want {
			t.Errorf("%q goes on as %q, want %q: %v", typed, got, want, err)
		}
	}
	list, err := queue.Complete(t.Context(), "ha", 2, "en", false, nil)
	if err != nil || len(list) != 1 || list[0].Label != "handovers:" {
		t.Errorf("a kept list is offered %v, %v", list, err)
	}
}
