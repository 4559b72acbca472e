// SPDX-License-Identifier: Apache-2.0

package richtext

import (
	"strings"

	"golang.org/x/net/html"
)

// kind says how an element nests.
type kind int

const (
	unknown kind = iota
	inline       // span, b, a …
	void         // br, img …: never has content
	block        // div, p, h1 …: closes an open paragraph
	item         // li, dd, dt: closes its elder sibling
	table        // table
	section      // thead, tbody, tfoot, caption
	row          // tr
	cell         // td, th
)

// kindOf is the content model, reduced to what decides where tags close.
func kindOf(name string) kind {
	switch name {
	case "br", "hr", "img", "wbr":
		return void
	case "address", "blockquote", "center", "div", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "ul":
		return block
	case "li", "dd", "dt":
		return item
	case "table":
		return table
	case "caption", "tbody", "tfoot", "thead":
		return section
	case "tr":
		return row
	case "td", "th":
		return cell
	case "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "q", "s",
		"samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var":
		return inline
	}
	return unknown
}

// builder writes a well-nested document from tokens.
type builder struct {
	options Options
	trusted bool // pictures were judged before and keep their addresses
	out     strings.Builder
	open    []string // names of open elements, outermost first
	tags    int
	blocked int
	link    string          // where the open link leads
	linked  strings.Builder // its words so far
}

// pass sends a document through both filters and returns it with everything closed.
func (b *builder) pass(document string) string {
	z := html.NewTokenizer(strings.NewReader(policy().Sanitize(document)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			b.closeTo(0)
			return b.out.String()
		case html.TextToken:
			b.text(z.Token().Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(z.Token())
		case html.EndTagToken:
			b.end(z.Token().Data)
		case html.CommentToken, html.DoctypeToken:
			// Neither is ever written.
		}
	}
}

// text writes escaped text. Between the cells of a table there is no place for
// text, so it gets a cell of its own; white space there means nothing.
func (b *builder) text(s string) {
	if b.inTableFrame() {
		if strings.TrimSpace(s) == "" {
			return
		}
		b.makeCell()
	}
	b.out.WriteString(html.EscapeString(s))
	if b.link != "" {
		b.linked.WriteString(s)
	}
}

// start opens an element after closing what it cannot stand in.
func (b *builder) start(t html.Token) {
	k := kindOf(t.Data)
	if k == unknown || !b.fit(t.Data, k) {
		return
	}
	attrs, ok := b.attributes(t)
	if !ok {
		return
	}
	if t.Data == "img" && attrs[0].Key != "src" { // its words stand there instead of the sign of a broken picture
		b.words(attrs)
		return
	}
	b.tags++
	if b.tags > maxTags || len(b.open) >= maxDepth {
		return
	}
	b.write(t.Data, attrs)
	if t.Data == "a" && b.options.Hosts {
		b.link = hostOf(attrs)
		b.linked.Reset()
	}
	if k != void {
		b.open = append(b.open, t.Data)
	}
}

// words writes what a picture that is left out is called.
func (b *builder) words(attrs []html.Attribute) {
	for _, a := range attrs {
		if a.Key == "alt" {
			b.text(a.Val)
		}
	}
}

// write writes a start tag.
func (b *builder) write(name string, attrs []html.Attribute) {
	b.out.WriteString(html.Token{Type: html.StartTagToken, Data: name, Attr: attrs}.String())
}

// fit makes room for an element, as an HTML parser would do by itself, so that
// the parser of the browser finds nothing left to repair. It reports false for
// parts of a table outside of one.
func (b *builder) fit(name string, k kind) bool {
	switch k {
	case section:
		return b.closeInside("table")
	case row:
		return b.fitRow()
	case cell:
		if !b.closeInside("tr") {
			if !b.fitRow() {
				return false
			}
			b.push("tr")
		}
		return true
	case unknown:
		return false
	case inline, void, block, item, table:
	}
	if b.inTableFrame() {
		b.makeCell()
	}
	switch {
	case name == "a":
		b.closeThrough("a")
	case k == item:
		b.closeItem(name)
		b.closeThrough("p")
	case k == block, k == table, name == "hr":
		b.closeThrough("p")
		if isHeading(name) && len(b.open) > 0 && isHeading(b.open[len(b.open)-1]) {
			b.closeTo(len(b.open) - 1)
		}
	}
	return true
}

// fitRow closes to the section a row belongs in, and opens one if there is none.
func (b *builder) fitRow() bool {
	for _, s := range []string{"tbody", "thead", "tfoot"} {
		if b.closeInside(s) {
			return true
		}
	}
	if !b.closeInside("table") {
		return false
	}
	b.push("tbody")
	return true
}

// makeCell opens the parts of a table that are missing down to a cell.
func (b *builder) makeCell() {
	b.fit("td", cell)
	b.push("td")
}

// push opens an element that the document left out.
func (b *builder) push(name string) {
	b.write(name, nil)
	b.open = append(b.open, name)
}

// inTableFrame reports whether the innermost element is a part of a table that
// holds only other parts.
func (b *builder) inTableFrame() bool {
	if len(b.open) == 0 {
		return false
	}
	switch b.open[len(b.open)-1] {
	case "table", "tbody", "thead", "tfoot", "tr":
		return true
	}
	return false
}

// walled reports whether tags inside the element cannot close anything outside of it.
func walled(name string) bool {
	return name == "td" || name == "th" || name == "caption" || name == "table"
}

// find returns the index of the innermost open element of that name within the
// present cell, or -1.
func (b *builder) find(name string) int {
	for i := len(b.open) - 1; i >= 0; i-- {
		if b.open[i] == name {
			return i
		}
		if walled(b.open[i]) {
			return -1
		}
	}
	return -1
}

// findPart returns the index of the innermost open part of that name within
// the present table, or -1.
func (b *builder) findPart(name string) int {
	for i := len(b.open) - 1; i >= 0; i-- {
		if b.open[i] == name {
			return i
		}
		if b.open[i] == "table" {
			return -1
		}
	}
	return -1
}

// closeInside closes everything inside the present part of a table of that
// name; it reports false if there is none.
func (b *builder) closeInside(part string) bool {
	i := b.findPart(part)
	if i < 0 {
		return false
	}
	b.closeTo(i + 1)
	return true
}

// closeThrough closes the element of that name in the present cell, if one is open.
func (b *builder) closeThrough(name string) {
	if i := b.find(name); i >= 0 {
		b.closeTo(i)
	}
}

// closeItem closes the elder sibling of a list item, but not an item of the outer list.
func (b *builder) closeItem(name string) {
	for i := len(b.open) - 1; i >= 0; i-- {
		switch o := b.open[i]; {
		case o == name, name != "li" && (o == "dd" || o == "dt"):
			b.closeTo(i)
			return
		case o == "ul", o == "ol", o == "dl", walled(o):
			return
		}
	}
}

// end closes an element, if one of that name is open within reach.
func (b *builder) end(name string) {
	i := -1
	switch kindOf(name) {
	case table, section, row, cell:
		i = b.findPart(name)
	case void, unknown:
		if name == "br" { // browsers read </br> as <br>
			b.start(html.Token{Type: html.StartTagToken, Data: "br"})
		}
	case inline, block, item:
		i = b.find(name)
	}
	if i >= 0 {
		b.closeTo(i)
	}
}

// closeTo closes the innermost elements until n are open.
func (b *builder) closeTo(n int) {
	for len(b.open) > n {
		last := len(b.open) - 1
		if b.open[last] == "a" {
			b.out.WriteString(b.whereTo())
		}
		b.out.WriteString("</" + b.open[last] + ">")
		b.open = b.open[:last]
	}
}

// isHeading reports whether the name is h1 to h6.
func isHeading(name string) bool {
	return len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6'
}
