// SPDX-License-Identifier: Apache-2.0

package richtext

import (
	"unicode/utf8"
)

// Bounds of one document. They are far above what people write and what mail
// programs produce, and low enough that the worst input takes well under 2 s
// (promise P5).
const (
	maxBytes = 2 << 20 // of input; the rest is cut
	maxTags  = 50_000  // start tags kept; later ones lose their tags and keep their text
	maxDepth = 64      // open elements
)

// Options says what becomes of pictures. The zero value keeps cid: pictures as
// they are, which no browser loads, and leaves remote pictures out.
type Options struct {
	// CID gives the address of an attachment by its Content-ID, without angle
	// brackets. It must be an absolute path or an http(s) URL; "" leaves the
	// picture out. nil keeps "cid:".
	CID func(id string) string
	// Remote gives the address under which we serve a remote picture, usually
	// that of the image proxy. "" or nil leaves the picture out.
	Remote func(url string) string
	// Hosts writes behind each link whose words do not say so where it leads:
	// "your bank [evil.example]".
	Hosts bool
}

// Result is sanitised HTML and what the reader should be told about it.
type Result struct {
	HTML    string
	Blocked int  // remote pictures left out
	Cut     bool // the input was longer than 2 MiB and its end is missing
}

// Sanitize returns HTML that is safe to show in a sandboxed frame. Pictures
// follow the zero Options.
func Sanitize(html string) string { return Options{}.Sanitize(html).HTML }

// Sanitize returns HTML that is safe to show in a sandboxed frame: allowed
// elements only, well nested, links to http, https, mailto and tel. Sanitising
// the result again gives the same HTML.
func (o Options) Sanitize(html string) Result {
	var res Result
	html, res.Cut = cut(html)
	first := &builder{options: o}
	out := first.pass(html)
	res.Blocked = first.blocked
	for range 3 {
		next := (&builder{trusted: true}).pass(out)
		if next == out {
			res.HTML = out
			return res
		}
		out = next
	}
	// The two filters do not agree about this input. That is no ordinary message;
	// its words are shown without any of its markup.
	res.HTML = FromText(Text(html))
	return res
}

// cut bounds the input without splitting a character.
func cut(s string) (string, bool) {
	if len(s) <= maxBytes {
		return s, false
	}
	end := maxBytes
	for end > maxBytes-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end], true
}
