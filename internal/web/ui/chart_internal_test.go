// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"testing"

	"pgregory.net/rapid"
)

// The scale of a chart has few lines in round figures, and nothing passes its top.
func TestTheScaleOfAChartIsRound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := ChartView{Series: []ChartSeries{{Values: rapid.SliceOfN(rapid.IntRange(-1, 2_000_000), 1, 30).Draw(t, "values")}}}
		lines := v.scale()
		if len(lines) < 2 || len(lines) > 6 {
			t.Errorf("%d lines", len(lines))
		}
		first := v.step()
		for first%10 == 0 {
			first /= 10
		}
		if first != 1 && first != 2 && first != 5 || v.top()%v.step() != 0 {
			t.Errorf("steps of %d up to %d", v.step(), v.top())
		}
		for _, n := range v.Series[0].Values {
			if n > v.top() {
				t.Errorf("%d is above %d", n, v.top())
			}
		}
	})
	if got := len(ChartView{Top: 100, Unit: "%"}.scale()); got != 5 {
		t.Errorf("a scale of per cent has %d lines", got)
	}
}

// Names below a chart end before the next one begins, on a desk and on a telephone; one that has room is whole.
func TestTheNamesBelowAChartHaveRoom(t *testing.T) {
	t.Parallel()
	for want, name := range map[string]string{"Service desk": "Service desk", "网络": "网络", "Workplace a…": "Workplace and meeting rooms", "会议室设备…": "会议室设备与终端组"} {
		v := ChartView{Labels: []string{name, "b", "c", "d"}}
		if got := v.places(onPhone())[0].Text; got != want {
			t.Errorf("a telephone shows %q as %q, want %q", name, got, want)
		}
		if got := v.places(onDesk())[0].Text; got != name && len(name) < 24 {
			t.Errorf("a desk shows %q as %q", name, got)
		}
	}
	year := make([]string, 12)
	for i := range year {
		year[i] = "2026-11"
	}
	v := ChartView{Labels: year}
	if desk, phone := v.places(onDesk()), v.places(onPhone()); len(desk) > 7 || len(phone) > 4 || phone[len(phone)-1] != desk[len(desk)-1] || phone[0].Text != "2026-11" {
		t.Errorf("a year has %d names on a desk and %d on a telephone: %v", len(desk), len(phone), phone)
	}
}
