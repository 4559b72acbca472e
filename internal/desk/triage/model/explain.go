// SPDX-License-Identifier: Apache-2.0

package model

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// longestReason bounds a run of ideographs or of the parts of a code that is named as one reason.
const longestReason = 8

// empty are words that are in every text and name no matter, whatever the weights say of them.
const empty = " a an and are as at be been but by can cannot could did do does for from get got had has have he her his how i if in is it its just me my no not of off on or our out she so some still than that the their them then there they this to up us was we week were what when where which who why will with would you your "

// Particles, pronouns and the words for now and then are in every Chinese text likewise; they end a
// run, so that 话已经排队 is named as 排队.
const (
	emptyPairs   = " 还是 已经 但是 就是 不是 都是 也是 可是 只是 于是 一个 这个 那个 这样 那样 我们 你们 他们 大家 现在 今天 昨天 刚才 早上 上午 下午 然后 因为 所以 如果 可以 可能 不能 没有 什么 怎么 为何 时候 以后 之后 以前 之前 一下 一直 一样 有时 有点 请问 谢谢 麻烦 您好 你好 的话 帮忙 帮我 需要 开始 那边 这边 全部 "
	emptySingles = " 的 了 从 到 就 吗 呢 吧 啊 我 你 您 他 她 它 们 也 都 很 把 被 "
)

// silenced are the credits of units without those that belong to empty words of ideographs.
func silenced(units []text.Unit, subject int, credit []float64, source []string) []float64 {
	out := slices.Clone(credit)
	word := func(from, to int) string {
		of := source[0]
		if from >= subject {
			of = source[1]
		}
		return of[units[from].Start:units[to].End]
	}
	for i := range units {
		if i+1 < len(units) && i+1 != subject && units[i+1].Glued && strings.Contains(emptyPairs, " "+word(i, i+1)+" ") {
			out[i], out[i+1] = 0, 0
		}
		if strings.Contains(emptySingles, " "+word(i, i)+" ") {
			out[i] = 0
		}
	}
	return out
}

// reason is a stretch of the text and how much it spoke for the label.
type reason struct {
	text   string
	credit float64
}

// Explain names the words of a text that spoke most for a label, as they are written there, the
// strongest first. Neighbouring ideographs are one reason: 打印机, not 打印 and 印机.
func (m *Model) Explain(t Text, label string, most int) []string {
	k, ok := slices.BinarySearch(m.labels, label)
	if !ok {
		return nil
	}
	units, subject := t.cut()
	credit, links := m.credit(units, subject, k)
	top := 0.0
	for _, c := range credit {
		top = max(top, c)
	}
	if top <= 0 {
		return nil
	}
	return named(units, subject, credit, links, top/3, []string{t.Subject, t.Body}, most)
}

// named writes the units that speak at least least as people wrote them, the strongest first.
func named(units []text.Unit, subject int, credit []float64, links []bool, least float64, source []string, most int) []string {
	list := merge(joined(units, subject, silenced(units, subject, credit, source), links, least, source))
	out := make([]string, 0, most)
	for _, r := range list {
		if len(out) == most || r.credit < list[0].credit/4 {
			break
		}
		out = append(out, r.text)
	}
	return out
}

// credit gives each unit what it and its pairs say for label k beyond what they say for all, and
// tells which units stand as known pairs with the one before them.
func (m *Model) credit(units []text.Unit, subject, k int) (out []float64, links []bool) {
	out, links = make([]float64, len(units)), make([]bool, len(units))
	list := marks(units, subject)
	values := map[int32]float32{}
	times := map[int32]float64{}
	for _, e := range m.words.vector(list) {
		values[e.row] = e.value
	}
	for _, x := range list {
		if row, ok := m.words.rows[x.term]; ok {
			times[row]++
		}
	}
	damp := m.beside * m.counted.damp(m.words, list)
	for _, x := range list {
		row, ok := m.words.rows[x.term]
		if !ok {
			continue
		}
		says := float64(values[row]) * m.favours(row, k) / times[row]
		if at := m.counted.at[row]; at >= 0 {
			says += damp * float64(x.weight) * float64(m.counted.says[int(at)*len(m.labels)+k])
		}
		if x.pair {
			links[x.unit] = says > 0
			out[x.unit] += says / 2
			out[x.unit-1] += says / 2
		} else {
			out[x.unit] += says
		}
	}
	return out, links
}

// favours is by how much a feature speaks more for label k than for the labels on the whole.
func (m *Model) favours(row int32, k int) float64 {
	n := len(m.labels)
	var sum, own float64
	for j, w := range m.weights[int(row)*n : int(row)*n+n] {
		sum += float64(w)
		if j == k {
			own = float64(w)
		}
	}
	return own - sum/float64(n)
}

// joined makes reasons of the units that speak at least least, those of one run together.
func joined(units []text.Unit, subject int, credit []float64, links []bool, least float64, source []string) []reason {
	var out []reason
	for i := 0; i < len(units); {
		if credit[i] < least {
			i++
			continue
		}
		end, sum := i+1, credit[i]
		for end < len(units) && end != subject && end-i < longestReason && units[end].Glued && links[end] && credit[end] >= least {
			sum += credit[end]
			end++
		}
		from := source[0]
		if i >= subject {
			from = source[1]
		}
		word := from[units[i].Start:units[end-1].End]
		if utf8.RuneCountInString(word) >= 2 && !strings.Contains(empty, " "+strings.ToLower(word)+" ") {
			out = append(out, reason{word, sum})
		}
		i = end
	}
	return out
}

// merge adds up reasons that are the same word, and orders them.
func merge(list []reason) []reason {
	at := map[string]int{}
	var out []reason
	for _, r := range list {
		folded := strings.ToLower(r.text)
		if i, ok := at[folded]; ok {
			out[i].credit += r.credit
			continue
		}
		at[folded] = len(out)
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b reason) int {
		switch {
		case a.credit > b.credit:
			return -1
		case a.credit < b.credit:
			return 1
		}
		return 0
	})
	return out
}
