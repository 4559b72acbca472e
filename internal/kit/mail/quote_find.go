// SPDX-License-Identifier: Apache-2.0

package mail

import "slices"

// run is a stretch of marked lines, with the line that introduces it.
type run struct {
	from, to int
	said     bool // a line introduces it, above the marks or behind them
}

// markQuotes finds the quotes of a text: runs of marked lines anywhere, and at most one
// quote without marks, which goes on to the end.
func markQuotes(lines []textLine) {
	var runs []run
	tail, skip := len(lines), 0 // where the quote without marks begins, and its first lines if they may not count
	for i := 0; i < len(lines) && tail == len(lines); {
		l := lines[i]
		switch {
		case l.void:
			i++
		case l.mark:
			end := markedEnd(lines, i)
			runs = append(runs, run{i, end, saidInside(lines[i:end])})
			i = end
		case isForward(l.bare):
			decide(lines, runs, len(lines))
			return
		default:
			what, n := introduction(lines, i)
			next := i + n
			for what == attribution && next < len(lines) && lines[next].void {
				next++
			}
			switch {
			case what == nothing:
				i++
			case what == attribution && next < len(lines) && lines[next].mark:
				end := markedEnd(lines, next)
				runs = append(runs, run{above(lines, i), end, true})
				i = end
			default:
				tail, skip = above(lines, i), i+n
				if what == fields {
					skip = tail
				}
			}
		}
	}
	if tail < len(lines) {
		if ownWords(lines[:tail], runs) {
			set(lines[tail:], Quote)
		} else { // nothing stands above: what stands below is all there is to read
			set(lines[tail:skip], Quote)
			tail = len(lines)
		}
	}
	decide(lines, runs, tail)
}

// decide says which runs of marked lines are quotes. Words between two of them make them
// part of an answer, point by point; then only a run behind the last words is one. A
// single run that nothing introduces, in the midst of a text, was put there by hand.
func decide(lines []textLine, runs []run, end int) {
	if len(runs) == 0 {
		return
	}
	first, last := runs[0], runs[len(runs)-1]
	after := ownWords(lines[last.to:end], nil)
	for i := 1; i < len(runs); i++ {
		if !ownWords(lines[runs[i-1].to:runs[i].from], nil) {
			continue
		}
		if !after {
			set(lines[last.from:last.to], Quote)
		}
		return
	}
	said := slices.ContainsFunc(runs, func(r run) bool { return r.said })
	if after && !said && ownWords(lines[:first.from], nil) {
		return
	}
	for _, r := range runs {
		set(lines[r.from:r.to], Quote)
	}
}

// ownWords reports whether lines outside of the runs hold words that are no signature.
func ownWords(lines []textLine, runs []run) bool {
	for i := 0; i < len(lines); i++ {
		if len(runs) > 0 && i >= runs[0].from {
			i, runs = runs[0].to-1, runs[1:]
			continue
		}
		if lines[i].void {
			continue
		}
		return !isDelimiter(lines[i]) && !isDevice(lines[i].bare) && !isFooter(lines[i].bare)
	}
	return false
}

// markedEnd returns where a run of marked lines ends. Empty lines between marked ones
// belong to it, and single lines that a program on the way broke off a long one.
func markedEnd(lines []textLine, i int) int {
	end := i
	for i < len(lines) {
		switch {
		case lines[i].mark:
			end = i + 1
		case lines[i].void:
		case end == i && len(lines[i-1].bare) >= 55 && i+1 < len(lines) && lines[i+1].mark:
		default:
			return end
		}
		i++
	}
	return end
}

// saidInside reports whether a line that introduces a quote stands within the marks.
func saidInside(lines []textLine) bool {
	inner := make([]textLine, 0, 6)
	for _, l := range lines {
		if inner = append(inner, unmarked(l)); len(inner) == cap(inner) {
			break
		}
	}
	for i := range inner {
		if what, _ := introduction(inner, i); what != nothing {
			return true
		}
	}
	return false
}

// above returns where a quote begins whose introduction stands at i: a rule directly above belongs to it.
func above(lines []textLine, i int) int {
	for j := i - 1; j >= 0 && i-j <= 3; j-- {
		switch {
		case lines[j].void:
		case isRule(lines[j].bare):
			return j
		default:
			return i
		}
	}
	return i
}
