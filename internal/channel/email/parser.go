// SPDX-License-Identifier: Apache-2.0

package email

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/mail"
	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// Parser says in the terms of the trade what a raw message is. The zero value reads within
// the standard limits.
type Parser struct {
	Limits mail.Limits
}

// Parse understands a message, or returns Invalid or TooLarge with the reason why not.
func (p Parser) Parse(raw []byte) (intake.Mail, error) {
	limits := p.Limits
	if limits == (mail.Limits{}) {
		limits = mail.Standard()
	}
	m, err := mail.Read(raw, limits)
	switch {
	case errors.Is(err, mail.ErrTooLarge):
		return intake.Mail{}, errs.Wrap(err, errs.TooLarge, "intake.too_large")
	case errors.Is(err, mail.ErrEmpty):
		return intake.Mail{}, errs.Wrap(err, errs.Invalid, "intake.empty")
	case err != nil:
		return intake.Mail{}, errs.Wrap(err, errs.Invalid, "intake.unreadable")
	}
	out := intake.Mail{
		Subject: m.Subject, MessageID: m.MessageID, References: answered(m),
		Bounce: m.Bounced(), AutoReply: m.Replied(), Automatic: m.Automatic(), Files: files(m), Dated: !m.Date.IsZero(),
	}
	if len(m.From) == 1 { // more than one author is nobody (S05)
		out.FromName, out.FromAddr = m.From[0].Name, m.From[0].Addr
	}
	for _, list := range [][]mail.Address{m.To, m.Cc} {
		for _, a := range list {
			out.Copied = append(out.Copied, a.Addr)
		}
	}
	out.To = slices.Clone(out.Copied)
	for _, a := range m.Delivered {
		out.To = append(out.To, a.Addr)
	}
	if m.Bounced() {
		out.Returned = returned(m)
	}
	out.Text, out.Quoted = text(m)
	if html := m.HTML(); html != "" {
		// Addresses of remote pictures are kept, for a reader who asks to see them; a frame that
		// is not asked leaves them out (S64).
		out.HTML = richtext.Options{Remote: func(address string) string { return address }}.Sanitize(html).HTML
	}
	if m.Has(mail.TooMuch) || m.Has(mail.TooDeep) { // what was left out can be looked up
		out.Files = append(out.Files, intake.File{Name: intake.Original, Data: raw})
	}
	return out, nil
}

// answered lists what a message answers. A report answers the message that it returns.
func answered(m mail.Message) []string {
	out := append(append([]string{}, m.InReplyTo...), m.References...)
	if m.Bounced() {
		for _, n := range m.Nested {
			out = append(append(out, n.MessageID), n.References...)
		}
		for _, id := range m.Returned().IDs {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// returned is what a report says, in the terms of the trade.
func returned(m mail.Message) *intake.Returned {
	r := m.Returned()
	return &intake.Returned{Mails: r.IDs, Receiver: r.Receiver, Status: r.Status, Answer: r.Answer, Final: r.Final, Hard: r.Hard}
}

// text returns what the sender wrote and what was repeated from before. What is forwarded is
// what the sender writes about, so a forwarding is not trimmed. A mail whose only words are
// in a message within it says those.
func text(m mail.Message) (own, quoted string) {
	own, quoted = said(m.Body, !forwarded(m.Subject))
	if own == "" && quoted == "" && len(m.Nested) > 0 {
		own, _ = said(m.Nested[0].Body, false)
	}
	return own, quoted
}

// said joins the pieces of a message.
func said(pieces []mail.Body, trim bool) (own, quoted string) {
	for _, b := range pieces {
		var a, q string
		switch plain := strings.TrimSpace(b.Plain) != ""; {
		case plain && trim:
			a, q = mail.Trim(b.Plain)
		case plain:
			a = strings.TrimSpace(b.Plain)
		case trim:
			a, q = mail.TrimHTML(b.HTML)
		default:
			a = richtext.Text(b.HTML)
		}
		own, quoted = paragraph(own, a), paragraph(quoted, q)
	}
	return own, quoted
}

// paragraph puts a text below another with an empty line between them.
func paragraph(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}

// forwarded reports whether a subject says that the message is passed on.
func forwarded(subject string) bool {
	s := strings.ToLower(strings.TrimSpace(subject))
	for _, head := range []string{"fwd:", "fw:", "fwd：", "fw：", "转发:", "转发：", "轉寄:", "轉寄：", "wg:", "tr:", "rv:", "i:", "[fwd:"} {
		if strings.HasPrefix(s, head) {
			return true
		}
	}
	return false
}

// maxWords bounds the files whose words are looked at, in bytes.
const maxWords = 64 << 10

// files names the parts that are kept; a part without a name gets one by what it is.
func files(m mail.Message) []intake.File {
	var out []intake.File
	nested := 0
	for i, f := range m.Files {
		name := f.Name
		if f.Type == "message/rfc822" {
			if name == "" && nested < len(m.Nested) && m.Nested[nested].Subject != "" {
				name = m.Nested[nested].Subject + ".eml"
			}
			nested++
		}
		if name == "" {
			name = "part-" + strconv.Itoa(i+1) + extension(f.Type)
		}
		out = append(out, intake.File{Name: name, CID: f.CID, Inline: f.Inline, Data: f.Data, Text: f.Words(maxWords)})
	}
	return out
}

// extension returns what the name of a file of a type ends with; the type is a claim.
func extension(kind string) string {
	switch kind {
	case "message/rfc822":
		return ".eml"
	case "text/calendar":
		return ".ics"
	case "message/delivery-status", "text/rfc822-headers":
		return ".txt"
	}
	if known := mimetype.Lookup(kind); known != nil {
		return known.Extension()
	}
	return ""
}
