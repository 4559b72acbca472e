// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bytes"
	"strings"
)

// part is a node of the MIME tree. Bodies are slices of the message: nothing is copied.
type part struct {
	header  header
	typ     string // media type, lower case; text/plain where there is none
	params  map[string]string
	place   string // Content-Disposition, lower case
	name    string
	body    []byte // as it stands there, without the line end before the boundary
	parts   []*part
	opened  bool // a boundary of its own was found
	pending bool // its multipart was not looked into: it is too deep
}

// frame is a multipart, or a message within the message, whose end is still to come.
type frame struct {
	part     *part
	boundary string // empty for a message
	from     int    // where the body begins
}

// splitter finds the parts of a message in one pass: whatever the nesting, every line is
// looked at once, and only lines that begin with two dashes are compared to anything.
// A boundary of an outer multipart ends all inner ones, whether or not they were closed.
type splitter struct {
	raw    []byte
	limits Limits
	depth  int // of this message within others
	mend   func(Defect)

	stack   []frame
	open    map[string]int // boundary → index in stack, of the innermost that has it
	count   int            // parts begun
	guesses int            // boundaries that were missing
	leaf    *part          // the part whose body is being passed
	from    int            // where that body begins
}

// split reads the whole message.
func (s *splitter) split() *part {
	s.open = map[string]int{}
	root := &part{}
	at := s.begin(root, 0, nil)
	for at < len(s.raw) && len(s.open) > 0 {
		i := nextDashes(s.raw, at)
		if i < 0 {
			break
		}
		text, next := line(s.raw, i)
		k, last, ok := s.boundary(text)
		if !ok {
			at = next
			continue
		}
		s.close(k+1, i)
		s.endLeaf(i)
		f := &s.stack[k]
		f.part.opened = true
		at = next
		switch {
		case last:
			s.close(k, i)
		case s.count >= s.limits.Parts:
			s.mend(TooMuch)
			s.close(0, len(s.raw))
			return root
		default:
			child := &part{}
			f.part.parts = append(f.part.parts, child)
			at = s.begin(child, next, f.part)
		}
	}
	for _, f := range s.stack {
		if f.boundary != "" {
			s.mend(BadBoundary)
		}
	}
	s.endLeaf(len(s.raw))
	s.close(0, len(s.raw))
	return root
}

// nextDashes returns where the next line that begins with two dashes begins, at or after at.
func nextDashes(raw []byte, at int) int {
	if (at == 0 || raw[at-1] == '\n') && bytes.HasPrefix(raw[at:], []byte("--")) {
		return at
	}
	i := bytes.Index(raw[at:], []byte("\n--"))
	if i < 0 {
		return -1
	}
	return at + i + 1
}

// boundary reports which open multipart a line belongs to, and whether it closes it.
func (s *splitter) boundary(text []byte) (int, bool, bool) {
	if len(text) > 1000 {
		return 0, false, false
	}
	name := bytes.TrimRight(text[2:], " \t\r")
	if k, ok := s.open[string(name)]; ok {
		return k, false, true
	}
	name, closes := bytes.CutSuffix(name, []byte("--"))
	k, ok := s.open[string(bytes.TrimRight(name, " \t"))]
	return k, true, closes && ok
}

// begin reads the header of a part and opens it. It returns where to go on.
func (s *splitter) begin(p *part, at int, parent *part) int {
	s.count++
	isEnd := func(text []byte) bool {
		if !bytes.HasPrefix(text, []byte("--")) {
			return false
		}
		_, _, ok := s.boundary(text)
		return ok
	}
	p.header, at = readHeader(s.raw, at, s.limits, isEnd, s.mend)
	p.describe(parent)
	switch {
	case len(s.stack)+s.depth >= s.limits.Depth && (p.multi() || p.message()):
		s.mend(TooDeep)
		p.pending = true
	case p.multi():
		if b := s.stated(p, at); b != "" {
			s.push(frame{p, b, at})
			return at
		}
	case p.message() && identity(transferEncoding(p.header)):
		s.push(frame{p, "", at})
		inner := &part{}
		p.parts = []*part{inner}
		return s.begin(inner, at, nil)
	}
	s.leaf, s.from = p, at
	return at
}

// stated returns the boundary of a multipart. One that is missing, or stands nowhere in
// the message, is guessed; that costs a pass, so it is done for the first few only.
func (s *splitter) stated(p *part, at int) string {
	b := strings.TrimRight(p.params["boundary"], " \t")
	if b != "" && (s.guesses >= 3 || bytes.Contains(s.raw[at:], []byte("--"+b))) {
		return b
	}
	s.mend(BadBoundary)
	s.guesses++
	if s.guesses > 3 {
		return b
	}
	if found := s.guess(at); found != "" {
		return found
	}
	return b
}

// guess finds the boundary of a multipart that does not state it: the first line of the
// body that begins with two dashes and has fields below it.
func (s *splitter) guess(at int) string {
	for range 20 {
		i := nextDashes(s.raw, at)
		if i < 0 {
			return ""
		}
		text, next := line(s.raw, i)
		if below, _ := line(s.raw, next); len(text) > 2 && len(text) < 200 {
			if name, _, ok := cutField(below); ok && usual(strings.ToLower(string(name))) {
				return string(bytes.TrimRight(text[2:], " \t\r"))
			}
		}
		at = next
	}
	return ""
}

func (s *splitter) push(f frame) {
	s.stack = append(s.stack, f)
	if f.boundary != "" {
		s.open[f.boundary] = len(s.stack) - 1
	}
}

// endLeaf gives the part that is being passed its body.
func (s *splitter) endLeaf(to int) {
	if s.leaf != nil {
		s.leaf.body = s.cut(s.from, to)
		s.leaf = nil
	}
}

// close ends the frames from k on.
func (s *splitter) close(k, to int) {
	for len(s.stack) > k {
		top := len(s.stack) - 1
		f := s.stack[top]
		s.stack = s.stack[:top]
		s.endLeaf(to)
		f.part.body = s.cut(f.from, to)
		if f.boundary == "" {
			continue
		}
		delete(s.open, f.boundary)
		for i, below := range s.stack { // an outer multipart may have the same boundary
			if below.boundary == f.boundary {
				s.open[f.boundary] = i
			}
		}
	}
}

// cut returns a body without the line end that belongs to the boundary behind it.
func (s *splitter) cut(from, to int) []byte {
	if from >= to {
		return nil
	}
	b := s.raw[from:to:to]
	if to == len(s.raw) {
		return b
	}
	b = bytes.TrimSuffix(b, []byte{'\n'})
	return bytes.TrimSuffix(b, []byte{'\r'})
}

// describe reads what the header of a part says about it.
func (p *part) describe(parent *part) {
	hint := ""
	if parent != nil {
		hint = parent.params["charset"]
	}
	if v := p.header.get("content-type"); len(v) > 0 {
		p.typ, p.params = parseParams(v, hint)
	}
	if !strings.Contains(strings.Trim(p.typ, "/"), "/") {
		p.typ = defaultType(p.typ, parent)
	}
	var place map[string]string
	p.place, place = parseParams(p.header.get("content-disposition"), p.params["charset"])
	if p.name = strings.TrimSpace(place["filename"]); p.name == "" {
		p.name = strings.TrimSpace(p.params["name"])
	}
}

// defaultType is the type of a part that states none, or half of one (RFC 2045, 5.2; RFC 2046, 5.1.5).
func defaultType(stated string, parent *part) string {
	switch {
	case stated == "" && parent != nil && parent.typ == "multipart/digest":
		return "message/rfc822"
	case strings.HasPrefix(stated, "application"):
		return "application/octet-stream"
	case strings.HasPrefix(stated, "multipart"):
		return "multipart/mixed"
	}
	return "text/plain"
}

func (p *part) multi() bool { return strings.HasPrefix(p.typ, "multipart/") }

func (p *part) message() bool { return p.typ == "message/rfc822" || p.typ == "message/global" }

// firstCharset returns the first character set that a part or one inside it declares.
func firstCharset(p *part, depth int) string {
	if c := p.params["charset"]; c != "" && !p.message() {
		return c
	}
	if depth > 10 {
		return ""
	}
	for _, inner := range p.parts {
		if c := firstCharset(inner, depth+1); c != "" {
			return c
		}
	}
	return ""
}
