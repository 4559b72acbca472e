// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// ID is the key of a journalled message.
type ID int64

// State is how far a journalled message has come.
type State string

// The states.
const (
	Received    State = "received"
	Done        State = "done"
	Suppressed  State = "suppressed"
	Quarantined State = "quarantined"
	Discarded   State = "discarded" // by a person, from quarantine
)

// Outcome says what became of it.
type Outcome string

// The outcomes.
const (
	NewTicket Outcome = "new"
	Appended  Outcome = "appended"
	Loop      Outcome = "loop"   // an answering machine, or our own mail
	Bounce    Outcome = "bounce" // a delivery report
	Repeat    Outcome = "repeat" // the same delivery once more
)

// HeaderOnly is the reason, a message key, of a mail that was too large to be fetched: its line holds
// the beginning of it and no more.
const HeaderOnly = "intake.mailbox_too_large"

// Whole reports whether all of a message is in the journal, so that reading it again makes sense.
func (e Entry) Whole() bool { return e.Reason != HeaderOnly }

// Delivery is a message as a door received it, for one receiver.
type Delivery struct {
	Source    string // "smtp", "lmtp", "imap", "pipe"
	Sender    string // envelope sender; empty for bounces
	Recipient string // envelope recipient
	Address   string // network address of who delivered it
	Hello     string // the name by which it greeted
	Raw       []byte

	// Where a fetched message lies: its mailbox, and the place in it that the server promises
	// never to give to another message. UID is 0 for what nobody fetched.
	Mailbox     string
	UIDValidity uint32
	UID         uint32
	// Held is the message key of why a message goes to quarantine unread, and Raw is only its
	// beginning: it is larger than the desk takes.
	Held string
}

// Entry is a line of the journal, without the bytes.
type Entry struct {
	ID         ID
	Source     string
	Digest     string // of the bytes alone
	Sender     string
	Recipient  string // in lower case
	Address    string
	Hello      string
	Size       int64
	State      State
	Outcome    Outcome
	Reason     string // message key of why it was quarantined or suppressed
	Ticket     ticket.ID
	Author     string
	Subject    string
	ReceivedAt time.Time
	DoneAt     time.Time
	Proof      ticket.Proof // whether it is from its author

	apart time.Duration // how long the same bytes are the same delivery; place says it
}

// Mail is a message as the parser understood it, in the terms of the trade.
type Mail struct {
	Subject    string
	FromName   string
	FromAddr   string   // empty where the header names nobody, or more than one
	To         []string // addresses of To, Cc and Delivered-To
	Copied     []string // addresses of To and Cc; after place, those of other people
	MessageID  string
	References []string // what it answers or reports about: In-Reply-To, References, the returned message
	Text       string   // what the sender wrote
	Quoted     string   // what was repeated from before
	HTML       string   // sanitised, with pictures as "cid:" addresses
	Files      []File
	Bounce     bool      // a delivery report
	Returned   *Returned // what it says, where it is one
	AutoReply  bool      // an answering machine
	Automatic  bool      // a list, a newsletter, a monitoring system: no acknowledgement
	Masked     bool      // codes and links that let somebody in are covered (S02)
	Dated      bool      // it says when it was written
}

// How long the same bytes for the same receiver are one delivery. A sender whose delivery failed
// comes again for four to five days (RFC 5321 4.5.4.1). Programs that neither date nor name what they
// write send the same bytes each time they have the same to say. What is fetched comes again for as
// long as it lies in a mailbox, and a mailbox may be read anew.
const (
	repeats       = 6 * 24 * time.Hour
	repeatsBare   = time.Hour
	repeatsLaidBy = 100 * 365 * 24 * time.Hour
)

// apart is how long the bytes of a mail are the same delivery.
func apart(e Entry, m Mail) time.Duration {
	switch {
	case e.Source == "imap":
		return repeatsLaidBy
	case m.MessageID == "" && !m.Dated:
		return repeatsBare
	}
	return repeats
}

// Original is the name under which the bytes of a mail are attached to its message, where the
// message is not all of it.
const Original = "original.eml"

// File is a part of a message.
type File struct {
	Name   string
	CID    string
	Inline bool
	Data   []byte
	Text   string // its words, where it holds text that could be read, cut at 64 KiB
}

// Parser understands raw messages. Errors are shown in quarantine by their key.
type Parser interface {
	Parse(raw []byte) (Mail, error)
}

// tokensIn finds what may be reply tokens in addresses such as "desk+t1x-2y-abc@example.org"
// and in Message-IDs such as "<t1x-2y-abc.9f3k@example.org>", in their order.
func tokensIn(texts []string) []string {
	var out []string
	for _, s := range texts {
		local, _, found := strings.Cut(strings.Trim(strings.ToLower(strings.TrimSpace(s)), "<>"), "@")
		if !found {
			continue
		}
		if _, tag, ok := strings.Cut(local, "+"); ok {
			out = append(out, tag)
		}
		if head, _, ok := strings.Cut(local, "."); ok && strings.HasPrefix(head, "t") {
			out = append(out, head)
		}
	}
	return out
}

// refsIn finds ticket numbers such as "LD-1042" in a subject, at most three.
func refsIn(subject string) []int64 {
	var out []int64
	rest := strings.ToUpper(subject)
	for len(out) < 3 {
		_, after, found := strings.Cut(rest, ticket.Prefix)
		if !found {
			break
		}
		end := strings.IndexFunc(after, func(r rune) bool { return r < '0' || r > '9' })
		if end < 0 {
			end = len(after)
		}
		if n := ticket.ParseRef(after[:end]); n > 0 {
			out = append(out, n)
		}
		rest = after[end:]
	}
	return out
}

// silentSender reports whether nobody reads mail to an address: no acknowledgement goes
// there, and mail about accounts must not be answered (S02).
func silentSender(addr string) bool {
	local, _, _ := strings.Cut(strings.ToLower(addr), "@")
	for _, s := range []string{
		"noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply", "mailer-daemon", "postmaster",
		"bounce", "bounces", "notification", "notifications", "root", "cron", "daemon",
	} {
		if local == s || strings.HasPrefix(local, s+"+") || strings.HasPrefix(local, s+"-") {
			return true
		}
	}
	return false
}
