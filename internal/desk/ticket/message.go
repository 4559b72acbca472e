// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// MessageID is a message's key.
type MessageID int64

// Kind says who may read a message and what it is.
type Kind string

// The kinds of message. A public one and an internal one share no box, no form and no default.
const (
	Public   Kind = "public"   // the requester reads it
	Internal Kind = "internal" // staff only
	Call     Kind = "call"     // what was said on the telephone; staff only
)

// MaxText is the greatest length of a message in characters. A longer mail keeps its original.
const MaxText = 200_000

// Message is something said on a ticket.
type Message struct {
	ID       MessageID
	Ticket   ID
	Kind     Kind
	Author   person.ID // 0 for the desk itself
	ByUser   bool      // by the requester's side
	First    bool      // the request itself, in the user's words (N17)
	Channel  Channel
	Text     string   // plain text, never altered once stored
	Quoted   string   // what the mail repeated from before, folded away
	HTML     string   // sanitised; empty where there was only text
	Inbound  int64    // the mail it came by, 0 where it did not
	MailID   string   // Message-ID of that mail
	Proof    Proof    // whether that mail is from its author
	Masked   bool     // codes and links that let somebody in are covered (S02); the original is in the journal
	Copied   []string // whom that mail was sent to beside the desk; staff only
	Seconds  int64    // length of a call
	At       time.Time
	Attached []Attachment
}

// outside is the message for whoever is not staff: without what its mail repeated, in which staff may
// have spoken among themselves, nor the HTML that it cannot be taken out of (S25).
func (m Message) outside() Message {
	m.Copied = nil
	if m.Quoted != "" {
		m.Quoted, m.HTML = "", ""
	}
	return m
}

// Attachment is a file on a message.
type Attachment struct {
	ID      int64
	Token   string // names it in addresses; 128 bits
	Ticket  ID
	Message MessageID
	Name    string // as the sender called it, cleaned; for display only
	Type    string // what our own sniffing says (S65)
	Size    int64  // bytes
	SHA256  string
	Blob    string
	CID     string // Content-ID of a picture within a mail
	Inline  bool
	Owner   person.ID // who staged it
	At      time.Time
}

// checkText returns Invalid for an empty text and TooLarge for one beyond MaxText.
func checkText(field, words string) error {
	if text.Body(words) == "" {
		return errs.Field(field, "ticket.text_empty")
	}
	if utf8.RuneCountInString(words) > MaxText {
		e := errs.Field(field, "ticket.text_long", "Max", MaxText)
		e.Kind = errs.TooLarge
		return e
	}
	return nil
}

// oneLine cuts text to at most n characters on one line, for subjects and snippets. Of a long
// text only as much is looked at as that takes.
func oneLine(s string, n int) string {
	for piece := 8 * n; ; piece *= 4 {
		line := text.Line(s[:cut(s, piece)])
		if utf8.RuneCountInString(line) > n {
			return strings.TrimSpace(string([]rune(line)[:n-1])) + "…"
		}
		if piece >= len(s) {
			return line
		}
	}
}

// cut is the greatest length of at most n bytes that ends with a whole character.
func cut(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

// FileName makes a name fit for display and download: no path, no control or
// direction-changing characters, no trailing dots, at most 120 characters (S67).
func FileName(s string) string {
	s = strings.ToValidUTF8(s, "")
	if i := strings.LastIndexAny(s, `/\`); i >= 0 {
		s = s[i+1:]
	}
	s = person.CleanName(s)
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, s)
	s = strings.Trim(s, ". ")
	if r := []rune(s); len(r) > 120 {
		ext := ""
		if i := strings.LastIndexByte(s, '.'); i > 0 && len(s)-i <= 10 {
			ext = s[i:]
		}
		s = string(r[:120-utf8.RuneCountInString(ext)]) + ext
	}
	if s == "" {
		return "file"
	}
	return s
}
