// SPDX-License-Identifier: Apache-2.0

package mailtest

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// Mail is a mail as the server took it.
type Mail struct {
	From      string   // of the envelope
	To        string   // of the envelope
	More      []string // further receivers of the envelope; a desk never has any
	Encrypted bool
	Raw       []byte
}

// Header returns a header as a reader sees it, decoded; empty where there is none.
func (m Mail) Header(name string) string {
	read, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	value := read.Header.Get(name)
	if decoded, err := new(mime.WordDecoder).DecodeHeader(value); err == nil {
		return decoded
	}
	return value
}

// Text is the plain text, with LF line ends.
func (m Mail) Text() string { return m.part("text/plain") }

// HTML is the document.
func (m Mail) HTML() string { return m.part("text/html") }

func (m Mail) part(kind string) string {
	read, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return ""
	}
	own, params, err := mime.ParseMediaType(read.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	if own == kind {
		return decoded(read.Body, read.Header.Get("Content-Transfer-Encoding"))
	}
	for parts := multipart.NewReader(read.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if err != nil {
			return ""
		}
		if found, _, err := mime.ParseMediaType(p.Header.Get("Content-Type")); err == nil && found == kind {
			return decoded(p, p.Header.Get("Content-Transfer-Encoding"))
		}
	}
}

func decoded(r io.Reader, encoding string) string {
	switch strings.ToLower(encoding) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
