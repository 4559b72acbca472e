// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bytes"
	"strings"
)

// maxValue bounds one header field, in bytes; the rest of it is cut.
const maxValue = 64 << 10

// field is one header field: its name in lower case, its value unfolded, as bytes.
type field struct {
	name  string
	value []byte
}

// header is the fields of a part in their order.
type header []field

// get returns the first field of a name.
func (h header) get(name string) []byte {
	for _, f := range h {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// all returns every field of a name.
func (h header) all(name string) [][]byte {
	var out [][]byte
	for _, f := range h {
		if f.name == name {
			out = append(out, f.value)
		}
	}
	return out
}

// text returns a field as words.
func (h header) text(name, hint string) string {
	return strings.TrimSpace(decodeWords(decode8(h.get(name), hint)))
}

// line returns the line that begins at from, without its end, and where the next one begins.
func line(raw []byte, from int) ([]byte, int) {
	n := bytes.IndexByte(raw[from:], '\n')
	if n < 0 {
		return raw[from:], len(raw)
	}
	s := raw[from : from+n]
	return bytes.TrimSuffix(s, []byte{'\r'}), from + n + 1
}

// readHeader reads fields from raw at from and returns where the body begins.
// isEnd says that a line is a boundary: a header that lost its empty line ends there.
//
// Three things are mended. A line that is no field in the midst of fields belongs
// to the field above it. A line that is no field with none of the usual fields below
// it begins the body. And the line of mailbox files before the first field is no field.
func readHeader(raw []byte, from int, l Limits, isEnd func([]byte) bool, mend func(Defect)) (header, int) {
	var (
		h    header
		size int
		junk int // lines that are no fields
		at   = from
	)
	for at < len(raw) {
		s, next := line(raw, at)
		if len(s) == 0 {
			return h, next
		}
		if s[0] == '-' && isEnd(s) {
			return h, at
		}
		size += len(s)
		full := len(h) >= l.Fields || size > l.HeaderBytes
		name, value, ok := cutField(s)
		switch {
		case s[0] == ' ' || s[0] == '\t':
			if len(bytes.TrimSpace(s)) == 0 && !fieldAt(raw, next) {
				return h, next // an empty line with white space on it
			}
			h.extend(s, full)
		case ok && full:
			mend(TooMuch)
		case ok:
			h = append(h, field{strings.ToLower(string(name)), value})
		case len(h) == 0 && (bytes.HasPrefix(s, []byte("From ")) || bytes.HasPrefix(s, []byte(">From "))):
		case junk < 20 && fieldsFollow(raw, next):
			junk++
			mend(BadHeader)
			h.extend(s, full)
		default:
			mend(BadHeader)
			return h, at
		}
		at = next
	}
	return h, at
}

// extend adds a continuation line to the last field.
func (h header) extend(s []byte, full bool) {
	if len(h) == 0 || full {
		return
	}
	last := &h[len(h)-1]
	s = bytes.TrimSpace(s)
	if room := maxValue - len(last.value) - 1; len(s) > room {
		s = s[:max(room, 0)]
	}
	// The value may still be a slice of the message, which must not be written to.
	last.value = append(last.value[:len(last.value):len(last.value)], ' ')
	last.value = append(last.value, s...)
}

// cutField splits a line into name and value where it is a field. White space
// before the colon is an old habit and allowed.
func cutField(s []byte) ([]byte, []byte, bool) {
	i := bytes.IndexByte(s, ':')
	if i <= 0 || i > 100 {
		return nil, nil, false
	}
	name := bytes.TrimRight(s[:i], " \t")
	if len(name) == 0 {
		return nil, nil, false
	}
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return nil, nil, false
		}
	}
	value := bytes.TrimSpace(s[i+1:])
	return name, value[:min(len(value), maxValue)], true
}

// usual are the names of fields that no sentence begins with.
func usual(name string) bool {
	switch name {
	case "from", "to", "cc", "subject", "date", "message-id", "mime-version", "content-type", "content-transfer-encoding",
		"content-disposition", "content-id", "received", "reply-to", "sender", "references", "in-reply-to", "return-path",
		"delivered-to", "user-agent", "dkim-signature":
		return true
	}
	return strings.HasPrefix(name, "x-")
}

// fieldAt reports whether a field, a continuation or an empty line stands at a place.
func fieldAt(raw []byte, at int) bool {
	s, _ := line(raw, at)
	_, _, ok := cutField(s)
	return ok || len(s) == 0 || s[0] == ' ' || s[0] == '\t'
}

// fieldsFollow reports whether one of the usual fields stands before the next empty
// line, at most 20 lines on.
func fieldsFollow(raw []byte, at int) bool {
	for n := 0; n < 20 && at < len(raw); n++ {
		s, next := line(raw, at)
		if len(s) == 0 {
			return false
		}
		if name, _, ok := cutField(s); ok && usual(strings.ToLower(string(name))) {
			return true
		}
		at = next
	}
	return false
}
