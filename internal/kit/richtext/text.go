// SPDX-License-Identifier: Apache-2.0

package richtext

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Text returns the words of a document as a person would copy them: one line a
// paragraph or row, an empty line between paragraphs, "> " before quoted lines
// and "- " before list items. Scripts, styles and comments are no words. A
// document longer than 2 MiB is cut.
func Text(document string) string { return TextFunc(document, nil) }

// TextFunc is Text with a say for the caller at every start tag: what mark
// returns is written as a line of its own before the element, unless it is "".
// The attribute function returns the value of a named attribute, or "".
func TextFunc(document string, mark func(element string, attribute func(name string) string) string) string {
	document, _ = cut(document)
	w := textWriter{mark: mark}
	z := html.NewTokenizer(strings.NewReader(document))
	skip := false // the next text is the content of an element that holds no words
	for {
		switch z.Next() {
		case html.ErrorToken:
			return w.String()
		case html.TextToken:
			if !skip {
				w.text(z.Token().Data)
			}
			skip = false
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			skip = wordless(t.Data)
			w.start(t)
		case html.EndTagToken:
			skip = false
			w.end(z.Token().Data)
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// wordless reports whether the text directly inside an element is not for
// readers. All of these are raw text to an HTML parser, so their content is
// one token.
func wordless(name string) bool {
	switch name {
	case "script", "style", "title", "iframe", "noembed", "noframes", "noscript":
		return true
	}
	return false
}

// textWriter collects lines. White space is written late, so that it can be
// left out at the ends of lines.
type textWriter struct {
	mark   func(string, func(string) string) string
	out    strings.Builder
	quotes int  // open blockquotes
	pre    int  // open pre elements
	breaks int  // line ends that are owed
	space  bool // a blank is owed
	inLine bool // something stands on the present line
	begun  bool // something stands anywhere
}

// String returns the text without white space at its end.
func (w *textWriter) String() string { return w.out.String() }

// owe asks for at least n line ends before the next word. An element that stands in the
// line owes none, and the blank before it stays.
func (w *textWriter) owe(n int) {
	if n == 0 {
		return
	}
	w.space = false
	w.breaks = max(w.breaks, n)
}

// word writes s, and before it what is owed.
func (w *textWriter) word(s string) {
	if w.breaks > 0 && w.begun {
		for range min(w.breaks, 3) {
			w.out.WriteByte('\n')
		}
		w.inLine = false
	}
	w.breaks = 0
	if !w.inLine {
		for range min(w.quotes, 16) {
			w.out.WriteString("> ")
		}
		w.space = false
	}
	if w.space {
		w.out.WriteByte(' ')
		w.space = false
	}
	w.out.WriteString(s)
	w.inLine, w.begun = true, true
}

// text writes running text: white space counts as one blank, but between the
// lines of pre it stays.
func (w *textWriter) text(s string) {
	if w.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				w.breaks++
			}
			if line = strings.TrimRight(line, " \t\r"); line != "" {
				w.word(line)
			}
		}
		return
	}
	for s != "" {
		end := strings.IndexFunc(s, unicode.IsSpace)
		switch end {
		case 0:
			w.space = true
			s = strings.TrimLeftFunc(s, unicode.IsSpace)
		case -1:
			w.word(printable(s))
			return
		default:
			w.word(printable(s[:end]))
			s = s[end:]
		}
	}
}

// printable removes controls and the invisible characters that mail programs
// put into previews.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u200b', r == '\ufeff', r == '\u034f', r == '\u00ad':
			return -1
		}
		return r
	}, s)
}

// start handles a start tag.
func (w *textWriter) start(t html.Token) {
	if w.mark != nil {
		line := w.mark(t.Data, func(name string) string {
			for _, a := range t.Attr {
				if a.Key == name {
					return a.Val
				}
			}
			return ""
		})
		if line != "" {
			w.owe(1)
			w.word(line)
			w.owe(1)
		}
	}
	switch t.Data {
	case "br":
		w.breaks++
		w.space = false
	case "hr":
		w.owe(1)
		w.word("----------")
		w.owe(1)
	case "blockquote":
		w.owe(1)
		w.quotes++
	case "pre":
		w.owe(1)
		w.pre++
	case "td", "th":
		w.space = true
	case "li":
		w.owe(1)
		w.word("-")
		w.space = true
	default:
		w.owe(spacing(t.Data))
	}
}

// end handles an end tag.
func (w *textWriter) end(name string) {
	switch name {
	case "br":
		w.breaks++
	case "blockquote":
		w.owe(1)
		w.quotes = max(w.quotes-1, 0)
	case "pre":
		w.owe(1)
		w.pre = max(w.pre-1, 0)
	default:
		w.owe(spacing(name))
	}
}

// spacing returns how many line ends stand before and after an element.
func spacing(name string) int {
	switch name {
	case "p", "h1", "h2", "h3", "h4", "h5", "h6":
		return 2
	case "address", "article", "aside", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
		"figure", "footer", "form", "header", "li", "main", "nav", "ol", "section", "table", "tr", "ul":
		return 1
	}
	return 0
}
