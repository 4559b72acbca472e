// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// Limits bound what one message may cost. What lies beyond them is left out and
// marked with TooMuch; the caller has the bytes and can keep them.
type Limits struct {
	Bytes       int // of the message; a longer one is refused
	Depth       int // multiparts and messages within each other
	Parts       int // of the whole message
	Fields      int // header fields of one part
	HeaderBytes int // of one part's header
	Text        int // bytes of text and of HTML that are read, each
}

// Standard returns the limits of a desk: 40 MiB, 100 deep, 1,000 parts, 1,000
// fields and 256 KiB a header, 1 MiB of text.
func Standard() Limits {
	return Limits{Bytes: 40 << 20, Depth: 100, Parts: 1000, Fields: 1000, HeaderBytes: 256 << 10, Text: 1 << 20}
}

// Message is a mail as it was understood. All text is valid UTF-8 without
// control characters other than line ends and tabs.
type Message struct {
	Subject   string
	From      []Address // of all From fields; more or less than one names nobody
	Sender    []Address
	ReplyTo   []Address
	To        []Address
	Cc        []Address
	Delivered []Address // Delivered-To, X-Original-To, Envelope-To: what servers on the way wrote
	Date      time.Time // in UTC; zero where the field is missing or no date

	MessageID  string   // with its angle brackets; made by the sender and no identity
	InReplyTo  []string // likewise
	References []string // likewise, at most 200

	Body    []Body // what is to be read, in order
	Files   []File
	Nested  []Nested // messages within the message, outermost first
	Report  *Report  // of a delivery report
	Signs   Signs
	Defects []Defect // what was mended or left out, each once
}

// Body is one piece of what is to be read. Plain and HTML say the same where
// the sender wrote both; one of them may be empty.
type Body struct {
	Plain string
	HTML  string // as the sender wrote it: to be sanitised before it is shown
}

// File is a part that is not for reading: an attachment, a picture of the HTML,
// a message within the message.
type File struct {
	Name   string // as the sender wrote it: may be empty, may hold a path
	Type   string // as declared, lower case; never to be trusted
	CID    string // Content-ID without its angle brackets
	Inline bool   // meant to be shown within the text
	Data   []byte // decoded; may share memory with the message
}

// Words are what people read in a file that holds text, whatever its character set: the text of a
// document, the letter in a message. Empty where it holds anything else, or is larger than most
// bytes. It is for judging a file, not for showing it.
func (f File) Words(most int) string {
	kind, _, _ := strings.Cut(f.Type, ";")
	name := strings.ToLower(f.Name)
	switch {
	case len(f.Data) > most:
		return ""
	case kind == "message/rfc822", strings.HasSuffix(name, ".eml"):
		m, err := Read(f.Data, Standard())
		if err != nil {
			return ""
		}
		out := m.Subject
		for _, b := range m.Body {
			out += "\n" + b.Plain + "\n" + richtext.Text(b.HTML)
		}
		return out
	case kind == "text/html", strings.HasSuffix(name, ".htm"), strings.HasSuffix(name, ".html"):
		text, _ := decodeText(f.Data, metaCharset(f.Data))
		return richtext.Text(text) + "\n" + text // the addresses of links too
	case strings.HasPrefix(kind, "text/"), strings.HasSuffix(name, ".txt"), strings.HasSuffix(name, ".csv"), strings.HasSuffix(name, ".md"), strings.HasSuffix(name, ".log"):
		text, _ := decodeText(f.Data, "")
		return text
	}
	return ""
}

// Nested is what was understood of a message within the message.
type Nested struct {
	Subject    string
	From       []Address
	To         []Address
	Date       time.Time
	MessageID  string
	References []string
	Body       []Body
}

// Defect names something that was mended or left out.
type Defect string

// The defects.
const (
	BadHeader   Defect = "header"    // lines in the header that are no fields
	BadAddress  Defect = "address"   // an address that can be read in more than one way was left out
	BadBoundary Defect = "boundary"  // a multipart that was never closed or never opened
	BadEncoding Defect = "encoding"  // base64 or quoted-printable with errors, or an unknown encoding
	BadCharset  Defect = "charset"   // the character set was missing, unknown or wrong
	TooDeep     Defect = "too_deep"  // parts deeper than the limit are kept as one file
	TooMuch     Defect = "too_much"  // parts, fields or text beyond the limits were left out
	NoHeader    Defect = "no_header" // no header field at all
)

// mend notes a defect once.
func (m *Message) mend(d Defect) {
	if !m.Has(d) {
		m.Defects = append(m.Defects, d)
	}
}

// Has reports whether a defect was noted.
func (m Message) Has(d Defect) bool { return slices.Contains(m.Defects, d) }

// HTML returns the HTML of a message, not sanitised; pieces that are only text
// are turned into HTML. It is empty where no piece has any.
func (m Message) HTML() string { return joinHTML(m.Body) }

func joinHTML(pieces []Body) string {
	var out strings.Builder
	if !slices.ContainsFunc(pieces, func(b Body) bool { return b.HTML != "" }) {
		return ""
	}
	for _, b := range pieces {
		if b.HTML != "" {
			out.WriteString(b.HTML)
		} else {
			out.WriteString(richtext.FromText(b.Plain))
		}
	}
	return out.String()
}
