// SPDX-License-Identifier: Apache-2.0

package model

import (
	"slices"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Every unit speaks as loud: what is named then depends on the words alone.
func TestReasonsAreWordsOfTheMatter(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		"网上订单平台从 9:40 开始提交订单就报错": {"网上订单平台", "9:40", "提交订单", "报错"},
		"话已经排队":                  {"排队"},
		"我们的打印机还是卡纸":             {"打印机", "卡纸"},
		"现在的 VPN 连不上，请问怎么办":      {"VPN", "连不上"},
		"the printer is offline": {"printer", "offline"},
		"今天上午没有":                 nil,
		"一个 0x80070035 的错误":      {"0x80070035", "错误"},
	} {
		units := text.Units(body)
		credit, links := make([]float64, len(units)), make([]bool, len(units))
		for i := range units {
			credit[i], links[i] = 1, true
		}
		got := named(units, 0, credit, links, 1, []string{"", body}, 9)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q is explained by %q, want %q", body, got, want)
		}
	}
}
