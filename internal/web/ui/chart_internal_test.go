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
