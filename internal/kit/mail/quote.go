// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// Kind says what a segment of a text is.
type Kind int

// The kinds of segment.
const (
	Own       Kind = iota // what the sender wrote
	Quote                 // what was repeated from before, with the line that introduces it
	Signature             // what a program adds to every mail
)

// Segment is a run of lines of one kind.
type Segment struct {
	Kind Kind
	Text string
}

// Trim returns what the sender wrote and everything else, without empty lines around
// either. Where a text is nothing but quotes, it is what the sender wrote.
func Trim(text string) (own, rest string) { return parted(Split(text)) }

// TrimHTML is Trim for the words of an HTML document. It knows the elements that mail
// programs put around quotes besides the lines that they write above them.
func TrimHTML(document string) (own, rest string) { return parted(SplitHTML(document)) }

func parted(list []Segment) (own, rest string) {
	var a, b strings.Builder
	for _, s := range list {
		if s.Kind == Own {
			a.WriteString(s.Text)
		} else {
			b.WriteString(s.Text)
		}
	}
	return trimBlank(a.String()), trimBlank(b.String())
}

// Split cuts a text into segments. Put together again they are the text, to the byte:
// whatever the rules get wrong is folded away on the page and never lost.
//
// The rules look at lines and know no client by name. A quote begins at
//
//	On Tue, 3 March 2026, Ada wrote:          a line with a date or an address and a verb of
//	在 2026年3月3日，张三 写道：                  writing, in one of many languages
//	-----原始邮件-----                          a rule around the words "original message"
//	发件人: 张三 / 发送时间: … / 主题: …           a block of mail fields
//	> …                                       marked lines
//
// and ends with its marked lines, or else with the text. What stands between two marked
// quotes is an answer point by point: then the quotes are needed to read it, and stay.
// What a person forwards is what they write about, and stays too.
func Split(text string) []Segment {
	lines := cutLines(text)
	markQuotes(lines)
	markSignature(lines)
	return segments(lines)
}

// markLine stands in the text of a document where an element begins that holds a quote.
// It is a character of the private use area, which no text holds by right.
const markLine = "\uf6d1"

// SplitHTML cuts the words of a document. Put together the segments are its text.
func SplitHTML(document string) []Segment {
	text := richtext.TextFunc(strings.ReplaceAll(document, markLine, ""), func(element string, attribute func(string) string) string {
		if quotes(element, attribute) {
			return markLine
		}
		return ""
	})
	list := Split(text)
	for i, s := range list {
		list[i].Text = strings.ReplaceAll(strings.ReplaceAll(s.Text, markLine+"\n", ""), markLine, "")
	}
	return list
}

// quotes reports whether an element holds what was written before. Elements after which
// people write on, such as the quotes of Gmail and Thunderbird, are not among them:
// their quotes are marked line by line.
func quotes(element string, attribute func(string) string) bool {
	switch element {
	case "includetail": // QQ Mail
		return true
	case "div", "hr", "blockquote", "span", "section", "table":
	default:
		return false
	}
	switch attribute("id") {
	case "divRplyFwdMsg", "x_divRplyFwdMsg", "appendonsend", "stopSpelling", "OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container", // Outlook
		"isReplyContent", "origbody", "ntes-pcmac-quote": // NetEase
		return true
	}
	for class := range strings.FieldsSeq(attribute("class")) {
		switch class {
		case "yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra", "ms-outlook-mobile-reference-message", "__aliyun_previous_email", "foxmail_quote":
			return true
		}
	}
	return false
}

// textLine is a line with what the rules found out about it.
type textLine struct {
	text string // with its line end
	bare string // without white space around it
	kind Kind
	mark bool // begins with ">"
	void bool // nothing but white space
}

// maxLines bounds the lines that are looked at; the rest of a text counts as one.
const maxLines = 10_000

// cutLines splits a text after each line end.
func cutLines(text string) []textLine {
	out := make([]textLine, 0, min(strings.Count(text, "\n"), maxLines)+1)
	for s := range strings.Lines(text) {
		if len(out) >= maxLines {
			return append(out, lineOf(text))
		}
		text = text[len(s):]
		if at := sharedAt(s); at > 0 {
			out = append(out, lineOf(s[:at]))
			s = s[at:]
		}
		out = append(out, lineOf(s))
	}
	return out
}

func lineOf(s string) textLine {
	l := textLine{text: s, bare: strings.Trim(s, " \t\r\n\u00a0\u3000\ufeff")}
	l.void = l.bare == ""
	l.mark = strings.HasPrefix(l.bare, ">") && !strings.HasPrefix(l.bare, ">From ")
	return l
}

// unmarked is a line without its marks.
func unmarked(l textLine) textLine { return lineOf(strings.TrimLeft(l.bare, "> ")) }

// sharedAt returns where an English attribution begins on a line that holds words of the
// sender before it: programs for the web run them together.
func sharedAt(s string) int {
	body := strings.TrimRight(s, " \r\n")
	if len(s) > 1000 || !strings.HasSuffix(body, " wrote:") {
		return 0
	}
	for at := 0; ; {
		i := strings.Index(body[at:], "On ")
		if i < 0 {
			return 0
		}
		at += i
		if at > 0 && strings.ContainsRune(" -", rune(body[at-1])) && startsWithDay(body[at+3:]) {
			if head := strings.TrimRight(body[:at], " -"); head != "" && !strings.HasPrefix(head, ">") {
				return len(head)
			}
			return 0
		}
		at += 3
	}
}

// segments joins lines of one kind. Where nothing would be left that the sender wrote,
// everything is what the sender wrote.
func segments(lines []textLine) []Segment {
	own := false
	for _, l := range lines {
		own = own || l.kind == Own && !l.void
	}
	var out []Segment
	var b strings.Builder
	for i, l := range lines {
		if !own {
			l.kind = Own
		}
		b.WriteString(l.text)
		if i+1 < len(lines) && own && lines[i+1].kind == l.kind || i+1 < len(lines) && !own {
			continue
		}
		out = append(out, Segment{l.kind, b.String()})
		b.Reset()
	}
	return out
}

// trimBlank removes empty lines around a text and white space at its end.
func trimBlank(s string) string {
	s = strings.TrimRight(s, " \t\r\n")
	for {
		first, rest, found := strings.Cut(s, "\n")
		if !found || strings.TrimSpace(first) != "" {
			return s
		}
		s = rest
	}
}

// set gives lines a kind.
func set(lines []textLine, kind Kind) {
	for i := range lines {
		lines[i].kind = kind
	}
}
