// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"strings"
)

// collector walks the tree and sorts parts into what is read and what is kept.
type collector struct {
	m      *Message
	limits Limits
	depth  int
	plain  int // bytes of text that may still be read
	html   int // bytes of HTML, likewise
}

// walk visits a part. into is the piece that the parts of an alternative belong to;
// nil where each text is a piece of its own.
func (c *collector) walk(p *part, into *Body) {
	switch {
	case p.multi() && len(p.parts) > 0:
		c.multi(p, into)
	case p.message() && !p.pending:
		if inner := c.inner(p); inner != nil {
			c.nested(inner)
		}
		c.file(p)
	case c.isText(p):
		c.text(p, into)
	default:
		c.file(p)
	}
}

// multi visits the parts of a multipart.
func (c *collector) multi(p *part, into *Body) {
	report := p.typ == "multipart/report"
	if p.typ == "multipart/alternative" && into == nil {
		into = &Body{}
		defer func() { c.add(*into) }()
	}
	for _, inner := range p.parts {
		switch {
		case report && (inner.typ == "message/delivery-status" || inner.typ == "message/global-delivery-status"):
			c.report(inner)
			c.file(inner)
		case report && inner.typ == "text/rfc822-headers":
			h, _ := readHeader(content(inner, 64<<10, c.m.mend), 0, c.limits, func([]byte) bool { return false }, func(Defect) {})
			c.m.Nested = append(c.m.Nested, nestedOf(h, nil))
			c.file(inner)
		default:
			c.walk(inner, into)
		}
	}
}

// report reads what a mail server says. Some write a letter where the fields belong.
func (c *collector) report(p *part) {
	b := content(p, 64<<10, c.m.mend)
	r := readReport(b)
	if len(r.Receivers) == 0 {
		s, _ := decodeText(b, p.params["charset"])
		c.add(Body{Plain: cleanText(s)})
	}
	if c.m.Report == nil {
		c.m.Report = &Report{}
	}
	c.m.Report.Receivers = append(c.m.Report.Receivers, r.Receivers...)
}

// isText reports whether a part is for reading: text that is no attachment and has no
// file name. A multipart in which no part was found is read as text too.
func (c *collector) isText(p *part) bool {
	if p.place == "attachment" || p.name != "" || p.pending {
		return false
	}
	return p.typ == "text/plain" || p.typ == "text/html" || p.multi()
}

// text reads a text part. Beyond the limit it is kept as a file as well.
func (c *collector) text(p *part, into *Body) {
	room := &c.plain
	if p.typ == "text/html" {
		room = &c.html
	}
	cut := false
	b := content(p, *room, func(d Defect) {
		cut = cut || d == TooMuch
		c.m.mend(d)
	})
	*room -= len(b)
	label := p.params["charset"]
	if label == "" && p.typ == "text/html" {
		label = metaCharset(b)
	}
	s, ok := decodeText(b, label)
	if !ok {
		c.m.mend(BadCharset)
	}
	s = cleanText(s)
	if cut {
		c.file(p)
	}
	body := Body{Plain: s}
	if p.typ == "text/html" {
		body = Body{HTML: s}
	}
	if into == nil {
		c.add(body)
		return
	}
	into.Plain, into.HTML = join(into.Plain, body.Plain), join(into.HTML, body.HTML)
}

// join puts two texts under each other.
func join(a, b string) string {
	if a == "" || b == "" || strings.HasSuffix(a, "\n") {
		return a + b
	}
	return a + "\n" + b
}

// add keeps a piece that has something to read.
func (c *collector) add(b Body) {
	if b != (Body{}) {
		c.m.Body = append(c.m.Body, b)
	}
}

// inner returns the root of a message within the message. One that is encoded, which
// RFC 2046 does not allow and programs do, is decoded first.
func (c *collector) inner(p *part) *part {
	if len(p.parts) > 0 {
		return p.parts[0]
	}
	if len(p.body) == 0 || c.depth > 3 {
		return nil
	}
	t := splitter{raw: content(p, len(p.body), c.m.mend), limits: c.limits, depth: c.limits.Depth / 2, mend: c.m.mend}
	return t.split()
}

// nested understands a message within the message.
func (c *collector) nested(p *part) {
	inner := collector{m: &Message{}, limits: c.limits, depth: c.depth + 1, plain: c.plain, html: c.html}
	at := len(c.m.Nested)
	c.m.Nested = append(c.m.Nested, nestedOf(p.header, nil))
	inner.walk(p, nil)
	c.plain, c.html = inner.plain, inner.html
	c.m.Nested[at].Body = inner.m.Body
	c.m.Nested = append(c.m.Nested, inner.m.Nested...)
	for _, d := range inner.m.Defects {
		c.m.mend(d)
	}
}

// nestedOf reads the header of a nested message.
func nestedOf(h header, body []Body) Nested {
	from, _ := parseList(decode8(h.get("from"), ""))
	to, _ := parseList(decode8(h.get("to"), ""))
	return Nested{
		Subject: h.text("subject", ""), From: from, To: to, Date: parseDate(string(h.get("date"))),
		MessageID: first(messageIDs(h.get("message-id"))), References: messageIDs(h.get("references")), Body: body,
	}
}

// file keeps a part.
func (c *collector) file(p *part) {
	if c.depth > 0 {
		return // the files of a nested message are within its own file
	}
	f := File{
		Name: p.name, Type: p.typ, CID: strings.Trim(p.header.text("content-id", ""), "<> "),
		Inline: p.place == "inline", Data: content(p, len(p.body), c.m.mend),
	}
	c.m.Files = append(c.m.Files, f)
}

// finish marks the pictures that the HTML shows as inline, whatever their part says.
func (c *collector) finish() {
	shown := map[string]bool{}
	for _, b := range c.m.Body {
		html := b.HTML
		for {
			_, rest, found := strings.Cut(html, "cid:")
			if !found {
				break
			}
			end := strings.IndexAny(rest, "\"'> \t\r\n)")
			if end < 0 {
				break
			}
			shown[rest[:end]] = true
			html = rest[end:]
		}
	}
	for i, f := range c.m.Files {
		if f.CID != "" && shown[f.CID] {
			c.m.Files[i].Inline = true
		}
	}
}

// cleanText makes text of decoded bytes: line ends as "\n", and no other control characters
// but tabs.
func cleanText(s string) string {
	if !strings.ContainsFunc(s, isDirt) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case isDirt(r):
			return -1
		}
		return r
	}, s)
}

func isDirt(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\ufeff'
}
