// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bytes"
	"errors"
)

// The two reasons for which a message cannot be read at all; errors.Is finds them.
var (
	ErrEmpty    = errors.New("mail: nothing but white space")
	ErrTooLarge = errors.New("mail: larger than the limit")
)

// Read understands a message. It mends what it can and fails only where there is
// nothing to understand, with ErrEmpty, or beyond l.Bytes, with ErrTooLarge.
//
// It reads the bytes a fixed number of times, whatever they hold: once for the
// structure, once for each part's encoding and character set (promise P5, F33).
func Read(raw []byte, l Limits) (Message, error) {
	if len(raw) > l.Bytes {
		return Message{}, ErrTooLarge
	}
	if len(bytes.Trim(raw, " \t\r\n\x00")) == 0 {
		return Message{}, ErrEmpty
	}
	if bytes.IndexByte(raw, '\n') < 0 {
		raw = bytes.ReplaceAll(raw, []byte{'\r'}, []byte{'\n'})
	}
	var m Message
	t := splitter{raw: raw, limits: l, mend: m.mend}
	root := t.split()
	m.fields(root)
	c := collector{m: &m, limits: l, plain: l.Text, html: l.Text}
	c.walk(root, nil)
	c.finish()
	return m, nil
}

// fields reads what the header of the message says.
func (m *Message) fields(p *part) {
	h := p.header
	if len(h) == 0 {
		m.mend(NoHeader)
	}
	hint := firstCharset(p, 0)
	m.Subject = h.text("subject", hint)
	list := func(names ...string) []Address {
		var out []Address
		for _, name := range names {
			for _, v := range h.all(name) {
				got, ok := parseList(decode8(v, hint))
				if !ok {
					m.mend(BadAddress)
				}
				out = append(out, got...)
			}
		}
		return out
	}
	m.From, m.Sender, m.ReplyTo = list("from"), list("sender"), list("reply-to")
	m.To, m.Cc = list("to"), list("cc")
	m.Delivered = list("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
	m.Date = parseDate(string(h.get("date")))
	m.MessageID = first(messageIDs(h.get("message-id")))
	m.InReplyTo = messageIDs(h.get("in-reply-to"))
	m.References = messageIDs(bytes.Join(h.all("references"), []byte(" ")))
	m.Signs = readSigns(h, p.typ)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// maxIDs is the greatest number of message ids that are kept of one field.
const maxIDs = 200

// messageIDs returns the ids of a field with their angle brackets. What stands
// outside of brackets is words; an id holds no white space.
func messageIDs(v []byte) []string {
	var out []string
	for len(out) < maxIDs {
		from := bytes.IndexByte(v, '<')
		if from < 0 {
			break
		}
		v = v[from:]
		to := bytes.IndexByte(v, '>')
		if to < 0 {
			break
		}
		id := v[:to+1]
		if again := bytes.LastIndexByte(id, '<'); again > 0 {
			id = id[again:]
		}
		if len(id) > 2 && len(id) <= 1000 && bytes.IndexFunc(id, notInID) < 0 {
			out = append(out, string(id))
		}
		v = v[to+1:]
	}
	if len(out) == 0 { // an id without its brackets
		if id := bytes.TrimSpace(v); len(id) > 2 && len(id) <= 998 && bytes.Count(id, []byte("@")) == 1 && bytes.IndexFunc(id, notInID) < 0 {
			out = append(out, "<"+string(id)+">")
		}
	}
	return out
}

func notInID(r rune) bool { return r <= ' ' || r >= 0x7f }
