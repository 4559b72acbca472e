// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"
)

// A chart is drawn by the server, without a script and without a style of its own; the table beside it
// says the same to whoever does not see it, and is what may be read exactly.

// ChartView is a chart of lines or of bars over the same places.
type ChartView struct {
	ID     string
	Title  string
	Says   string   // the chart in one sentence
	Labels []string // of the places, the earliest first
	Series []ChartSeries
	Bars   bool
	Top    int    // of the scale; the largest value where 0
	Unit   string // behind the figures, "%"
	Place  string // head of the first column of the table
	None   string // what stands for a value that is not known
}

// ChartSeries is one line of a chart. A value below 0 is not known.
type ChartSeries struct {
	Name   string
	Tone   string // Brand, OK, Warn, Danger
	Values []int
}

// The ground of a chart, in its own units.
const (
	chartWide, chartHigh   = 640, 200
	chartLeft, chartRight  = 40, 12
	chartAbove, chartBelow = 12, 28
	chartInside            = chartHigh - chartAbove - chartBelow
	widestBar              = 36
)

// chartLetters is how large the words of a chart are, in its units, and how many of its places at most are
// named. On a telephone the whole chart is drawn at half its size, and its words are larger in it.
type chartLetters struct {
	size, most int
	class      string
}

func onDesk() chartLetters  { return chartLetters{11, 7, "on-desk"} }
func onPhone() chartLetters { return chartLetters{20, 4, "on-phone"} }

// cut shortens a name to the room that it has; the table beside the chart has it whole. A letter of the
// Latin script takes one cell, about half as wide as it is high, and one of Chinese two.
func (l chartLetters) cut(name string, room float64) string {
	cells := runewidth.Condition{} // as many cells wherever the desk runs
	return cells.Truncate(name, int(room/(0.55*float64(l.size))), "…")
}

// step is how far the lines of the scale lie apart, in round figures: 1, 2, 5, 10, 20, …
func (v ChartView) step() int {
	if v.Top > 0 {
		return max(v.Top/4, 1)
	}
	most := 1
	for _, s := range v.Series {
		for _, x := range s.Values {
			most = max(most, x)
		}
	}
	step := 1
	for step*4 < most {
		if s := strconv.Itoa(step); s[0] == '2' {
			step = step / 2 * 5
		} else {
			step *= 2
		}
	}
	return step
}

// top is the upper end of the scale: the lowest line that nothing passes.
func (v ChartView) top() int {
	if v.Top > 0 {
		return v.Top
	}
	most, step := 1, v.step()
	for _, s := range v.Series {
		for _, x := range s.Values {
			most = max(most, x)
		}
	}
	return (most + step - 1) / step * step
}

// chartMark is a figure on the scale or a name of a place.
type chartMark struct {
	At   string
	Text string
}

func unit(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

func (v ChartView) y(value int) float64 {
	return chartAbove + float64(chartInside)*(1-float64(min(value, v.top()))/float64(v.top()))
}

// wide is how wide a place is.
func (v ChartView) wide() float64 {
	return float64(chartWide-chartLeft-chartRight) / float64(max(len(v.Labels), 1))
}

// x is the middle of a place.
func (v ChartView) x(place int) float64 { return chartLeft + v.wide()*(float64(place)+0.5) }

// scale are the lines behind the chart.
func (v ChartView) scale() []chartMark {
	var out []chartMark
	for n := 0; n <= v.top(); n += v.step() {
		out = append(out, chartMark{unit(v.y(n)), strconv.Itoa(n) + v.Unit})
	}
	return out
}

// places are the names below, as many as have room, in letters of a size.
func (v ChartView) places(in chartLetters) []chartMark {
	every := max((len(v.Labels)+in.most-1)/in.most, 1)
	var out []chartMark
	for i, l := range v.Labels {
		if (len(v.Labels)-1-i)%every == 0 {
			out = append(out, chartMark{unit(v.x(i)), in.cut(l, float64(every)*v.wide()-float64(in.size)/2)})
		}
	}
	return out
}

// lines are the stretches of a series between gaps.
func (v ChartView) lines(s ChartSeries) []string {
	var out []string
	var b strings.Builder
	for i, n := range s.Values {
		if n < 0 {
			if b.Len() > 0 {
				out = append(out, b.String())
				b.Reset()
			}
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(unit(v.x(i)) + "," + unit(v.y(n)))
	}
	if b.Len() > 0 {
		out = append(out, b.String())
	}
	return out
}

// chartBox is a bar, or a dot of a line.
type chartBox struct{ X, Y, W, H string }

func (v ChartView) bars(nth int) []chartBox {
	wide := v.wide() * 0.7
	each := min(wide/float64(len(v.Series)), widestBar)
	wide = each * float64(len(v.Series))
	var out []chartBox
	for i, n := range v.Series[nth].Values {
		if n <= 0 {
			continue
		}
		y := v.y(n)
		out = append(out, chartBox{unit(v.x(i) - wide/2 + each*float64(nth)), unit(y), unit(max(each-1, 1)), unit(chartHigh - chartBelow - y)})
	}
	return out
}

func (v ChartView) dots(s ChartSeries) []chartMark {
	var out []chartMark
	for i, n := range s.Values {
		if n >= 0 {
			out = append(out, chartMark{unit(v.x(i)), unit(v.y(n))})
		}
	}
	return out
}

// cell is a value as the table writes it.
func (v ChartView) cell(s ChartSeries, place int) string {
	if place >= len(s.Values) || s.Values[place] < 0 {
		return v.None
	}
	return fmt.Sprintf("%d%s", s.Values[place], v.Unit)
}

// chartDash tells lines apart without colours.
func chartDash(nth int) string { return []string{"", "6 4", "2 3", "10 3 2 3"}[nth%4] }
