// SPDX-License-Identifier: Apache-2.0

package model_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

func TestAPoolFindsTheSameMatter(t *testing.T) {
	t.Parallel()
	p := model.NewPool()
	if got := p.Alike(1, model.Text{Body: "打印机"}, 5, nil); len(got) != 0 {
		t.Errorf("an empty pool: %+v", got)
	}
	for i, words := range []string{"三楼打印机卡纸", "VPN 连不上，ERR-691", "邮箱收不到附件", "显示器花屏", "申请一个账号", "VPN 很慢"} {
		p.Add(int64(i+1), model.Text{Body: words})
		p.Add(int64(i+1), model.Text{Body: "又一次"})
	}
	asked := model.Text{Body: "打不开 VPN，提示 ERR-691"}
	got := p.Alike(0, asked, 5, nil)
	if p.Len() != 6 || len(got) == 0 || got[0].Key != 2 || got[0].Share <= got[len(got)-1].Share && len(got) > 1 {
		t.Errorf("%+v", got)
	}
	if words := p.Shared(asked, model.Text{Body: "VPN 连不上，ERR-691"}, 3); !slices.Contains(words, "ERR-691") {
		t.Errorf("%q", words)
	}
	for _, m := range p.Alike(2, model.Text{Body: "VPN 连不上，ERR-691"}, 5, nil) {
		if m.Key == 2 || m.Share < 0 || m.Share > 1 {
			t.Errorf("%+v", m)
		}
	}
}

// Half of the words of a question of opseval, as told by somebody else, find it among all 1,284.
func TestHalfOfTheWordsFindTheMatter(t *testing.T) {
	t.Parallel()
	hits, _ := recallOpseval(t, 200)
	if hits < 0.95 {
		t.Errorf("recall@5 %.3f", hits)
	}
}

// recallOpseval makes a second report of each question: half of its words, chosen by the hash of
// question and place, behind a greeting and before a plea, and looks for the first among all.
func recallOpseval(t testing.TB, step int) (recall float64, each time.Duration) {
	t.Helper()
	list := readSet(t, "opseval/cases.jsonl.gz")
	p := model.NewPool()
	for i, s := range list {
		p.Add(int64(i+1), model.Text{Body: s.Question})
	}
	n, found := 0, 0
	var took time.Duration
	for i := 0; i < len(list); i += max(len(list)/step, 1) {
		second := retold(list[i].ID, list[i].Question)
		start := time.Now()
		got := p.Alike(0, model.Text{Body: second}, 5, nil)
		took += time.Since(start)
		n++
		if slices.ContainsFunc(got, func(m model.Match) bool { return m.Key == int64(i+1) }) {
			found++
		}
	}
	return float64(found) / float64(n), took / time.Duration(n)
}

func retold(id, question string) string {
	question, _, _ = strings.Cut(question, "\nA:")
	var b strings.Builder
	b.WriteString("您好，想请教一下：")
	for i, u := range text.Units(question) {
		if key(fmt.Sprint(id, i))%2 == 0 {
			if !u.Glued || !u.Han {
				b.WriteByte(' ')
			}
			b.WriteString(u.Text)
		}
	}
	b.WriteString("，麻烦帮忙看看，谢谢 thanks")
	return b.String()
}

// recallBanking looks for questions of the same intent among all others: one of the first five
// is enough (recall@5 of having a duplicate at hand).
func recallBanking(t testing.TB) (at1, at5 float64, each time.Duration) {
	t.Helper()
	list := examples(readSet(t, "banking77/cases.jsonl.gz"), "intent")
	known, test := split(list, 0)
	p := model.NewPool()
	for i, e := range known {
		p.Add(int64(i), e.Text)
	}
	one, five := 0, 0
	var took time.Duration
	for _, e := range test {
		start := time.Now()
		got := p.Alike(-1, e.Text, 5, nil)
		took += time.Since(start)
		at := slices.IndexFunc(got, func(m model.Match) bool { return known[m.Key].Label == e.Label })
		if at == 0 {
			one++
		}
		if at >= 0 {
			five++
		}
	}
	return float64(one) / float64(len(test)), float64(five) / float64(len(test)), took / time.Duration(len(test))
}

func BenchmarkDuplicates(b *testing.B) {
	if os.Getenv("LOOPDESK_BENCH_TRIAGE") == "" {
		return
	}
	at1, at5, each := recallBanking(b)
	fmt.Printf("banking77: one of the same intent first %.3f, among the first five %.3f, %v a search\n", at1, at5, each.Round(time.Microsecond))
	recall, each := recallOpseval(b, 1<<20)
	fmt.Printf("opseval: half of the words find the question among the first five %.3f, %v a search\n", recall, each.Round(time.Microsecond))
}

// Of texts that say the same the newest are found, as many as were asked for.
func TestOfEqualsTheNewestAreFound(t *testing.T) {
	t.Parallel()
	p := model.NewPool()
	for key := int64(1); key <= 40; key++ {
		p.Add(key, model.Text{Body: "打印机卡纸"})
		if key%4 == 0 {
			p.Add(100+key, model.Text{Body: "邮箱打不开"})
		}
	}
	var keys []int64
	for _, m := range p.Alike(40, model.Text{Body: "打印机卡纸"}, 3, nil) {
		keys = append(keys, m.Key)
	}
	if !slices.Equal(keys, []int64{39, 38, 37}) {
		t.Errorf("found %v", keys)
	}
	if got := p.Alike(40, model.Text{Body: "打印机卡纸"}, 0, nil); len(got) != 0 {
		t.Errorf("asked for none, got %v", got)
	}
}
