// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// The graph of a runbook: its steps one below the other, in the order of the text, and every
// branch that does not lead to the step below as an arc beside them. Arcs keep to lanes of their
// own, so that none lies on another.

const (
	nodeWide = 260
	nodeHigh = 40
	nodeGap  = 28
	laneWide = 16
)

type bookNode struct {
	Name   string
	Label  string
	Y      int
	Risky  bool
	End    bool
	Number int
}

type bookEdge struct {
	Path  string
	Label string
	X, Y  int // of the label
	Tone  string
}

type bookGraph struct {
	Wide, High int
	Left       int // where the nodes begin
	Nodes      []bookNode
	Edges      []bookEdge
}

// drawn is the graph of a book, as far as its branches lead anywhere.
func drawn(b runbook.Book, l i18n.Lang) bookGraph {
	at := map[string]int{}
	g := bookGraph{}
	for i, s := range b.Steps {
		at[s.Name] = i
		g.Nodes = append(g.Nodes, bookNode{Name: s.Name, Label: cut(s.Title, 17), Risky: s.Risk != "", Number: i + 1})
	}
	ends := map[runbook.End]int{}
	for _, e := range []runbook.End{runbook.Solved, runbook.Unsolved} {
		ends[e] = len(g.Nodes)
		g.Nodes = append(g.Nodes, bookNode{Name: "end-" + string(e), Label: i18n.T(l, "workbook.end_"+string(e)), End: true})
	}
	var right, left lanes
	type arc struct {
		from, to int
		label    string
		tone     string
	}
	var arcs []arc
	for i, s := range b.Steps {
		seen := map[int]bool{}
		for _, o := range b.Outcomes(s) {
			to, ok := at[o.To.Step]
			if o.To.End != "" {
				to, ok = ends[o.To.End], true
			}
			if !ok || seen[to] {
				continue
			}
			seen[to] = true
			arcs = append(arcs, arc{i, to, cut(runbook.Word(b.Lang, s, o.Value), 6), outcomeTone(o.Value)})
		}
	}
	for _, a := range arcs {
		if a.to > a.from+1 {
			right.take(a.from, a.to)
		} else if a.to <= a.from {
			left.take(a.to, a.from)
		}
	}
	g.Left = 24 + left.count()*laneWide
	g.Wide = g.Left + nodeWide + 84 + right.count()*laneWide
	for i := range g.Nodes {
		g.Nodes[i].Y = 8 + i*(nodeHigh+nodeGap)
	}
	g.High = 8 + len(g.Nodes)*(nodeHigh+nodeGap)
	right.reset()
	left.reset()
	for _, a := range arcs {
		g.Edges = append(g.Edges, g.arc(a.from, a.to, a.label, a.tone, &right, &left))
	}
	return g
}

// arc draws one branch: straight to the step below, else through a lane beside the steps.
func (g bookGraph) arc(from, to int, label, tone string, right, left *lanes) bookEdge {
	a, b := g.Nodes[from].Y, g.Nodes[to].Y
	x := g.Left + nodeWide
	switch {
	case to == from+1:
		mid := g.Left + nodeWide/2
		return bookEdge{Path: "M" + point(mid, a+nodeHigh) + "L" + point(mid, b-2), Label: label, X: mid + 8, Y: a + nodeHigh + nodeGap/2 + 4, Tone: tone}
	case to > from:
		lane := x + 72 + right.take(from, to)*laneWide
		return bookEdge{
			Path:  "M" + point(x, a+nodeHigh/2) + "H" + num(lane-8) + "Q" + point(lane, a+nodeHigh/2) + " " + point(lane, a+nodeHigh/2+8) + "V" + num(b+nodeHigh/2-8) + "Q" + point(lane, b+nodeHigh/2) + " " + point(lane-8, b+nodeHigh/2) + "H" + num(x+2),
			Label: label, X: x + 8, Y: a + nodeHigh/2 - 4, Tone: tone,
		}
	}
	lane := g.Left - 12 - left.take(to, from)*laneWide
	return bookEdge{
		Path:  "M" + point(g.Left, a+nodeHigh/2+6) + "H" + num(lane+8) + "Q" + point(lane, a+nodeHigh/2+6) + " " + point(lane, a+nodeHigh/2-2) + "V" + num(b+nodeHigh/2+2) + "Q" + point(lane, b+nodeHigh/2-6) + " " + point(lane+8, b+nodeHigh/2-6) + "H" + num(g.Left-2),
		Label: "", Tone: tone,
	}
}

func num(n int) string { return strconv.Itoa(n) }

func point(x, y int) string { return num(x) + " " + num(y) }

// lanes gives arcs that lie beside each other lanes of their own.
type lanes struct{ until []int }

func (l *lanes) take(from, to int) int {
	for i, end := range l.until {
		if end <= from {
			l.until[i] = to
			return i
		}
	}
	l.until = append(l.until, to)
	return len(l.until) - 1
}

func (l *lanes) count() int { return min(len(l.until), 40) }

func (l *lanes) reset() { l.until = nil }

func outcomeTone(outcome string) string {
	switch outcome {
	case runbook.Done, runbook.In:
		return "text-ok"
	case runbook.Failed, runbook.Out:
		return "text-warn"
	}
	return "text-brand"
}

// cut shortens a word to so many characters; narrow ones count half.
func cut(s string, most int) string {
	wide := 0
	for i, r := range s {
		if wide += 2; r < 0x2e80 {
			wide--
		}
		if wide > most*2 {
			return s[:i] + "…"
		}
	}
	return s
}
