// SPDX-License-Identifier: Apache-2.0

package mail

import "strings"

// maxSignature is the greatest number of lines of a signature; more than that are words.
const maxSignature = 25

// isDelimiter reports whether a line is the one that stands above a signature: two
// dashes, with a space behind them by the rule and often without.
func isDelimiter(l textLine) bool { return l.bare == "--" || l.bare == "—" }

// markSignature marks what programs add below the last words of the sender: what stands
// behind the delimiter, the line of a telephone, the footer of a list. A greeting and a
// name are the sender's words and stay.
func markSignature(lines []textLine) {
	for end := len(lines); end > 0; {
		for end > 0 && lines[end-1].kind != Own {
			end--
		}
		from := end
		for from > 0 && lines[from-1].kind == Own {
			from--
		}
		if from == end {
			return
		}
		done := signatureIn(lines[from:end], hasWords(lines[:from]))
		if !done { // only a signature stood here; there may be another above the quote
			end = from
			continue
		}
		return
	}
}

// signatureIn marks the signature at the end of a stretch of the sender's lines. It reports
// whether other words are left in it. othersAbove says that there are some above it.
func signatureIn(lines []textLine, othersAbove bool) bool {
	end := len(lines)
	for end > 0 && (lines[end-1].void || isDevice(lines[end-1].bare)) {
		end--
	}
	device := false
	for _, l := range lines[end:] {
		device = device || !l.void
	}
	if end == 0 && !othersAbove {
		return true // nothing but that: it is all the sender sent
	}
	if device {
		set(lines[end:], Signature)
	}
	if at := delimiterIn(lines[:end]); at >= 0 && (at > 0 && hasWords(lines[:at]) || othersAbove) {
		set(lines[at:end], Signature)
		end = at
	} else if end > 0 && dashedName(lines[:end]) && hasWords(lines[:end-1]) {
		set(lines[end-1:end], Signature)
		end--
	}
	return hasWords(lines[:end])
}

// delimiterIn returns where the signature begins in lines that end with one, or -1.
func delimiterIn(lines []textLine) int {
	words := 0
	for i := len(lines) - 1; i >= 0 && words <= maxSignature; i-- {
		if isDelimiter(lines[i]) || isListFooter(lines[i:]) {
			at := i
			for j := i - 1; j >= 0 && words <= maxSignature; j-- { // several, one above the other
				if isDelimiter(lines[j]) {
					at = j
				}
				if !lines[j].void {
					words++
				}
			}
			return at
		}
		if !lines[i].void {
			words++
		}
	}
	return -1
}

// isListFooter reports whether a rule and the few lines below it are what a mailing list
// adds: they hold an address.
func isListFooter(lines []textLine) bool {
	if !isFooter(lines[0].bare) || len(lines) > 10 {
		return false
	}
	for _, l := range lines[1:] {
		if strings.Contains(l.bare, "@") || strings.Contains(l.bare, "://") {
			return true
		}
	}
	return false
}

// dashedName reports whether the last line stands alone and is a dash and a name: "-Ada Byron".
func dashedName(lines []textLine) bool {
	last := lines[len(lines)-1].bare
	if len(lines) < 2 || !lines[len(lines)-2].void || len(last) < 3 || len(last) > 30 || last[0] != '-' {
		return false
	}
	return last[1] >= 'A' && last[1] <= 'Z' && strings.Count(last, " ") <= 2
}

func hasWords(lines []textLine) bool {
	for _, l := range lines {
		if !l.void && l.kind == Own {
			return true
		}
	}
	return false
}
