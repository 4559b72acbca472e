// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Mailbox is an address and the name shown for it.
type Mailbox struct {
	Name    string
	Address string
}

// Kind says who speaks in a mail, so that machines do not answer one another (F35).
type Kind string

// The kinds of mail.
const (
	ByHand Kind = "by_hand" // a person's words
	Report Kind = "report"  // the desk reports
	Answer Kind = "answer"  // the desk answers a message by itself
)

// Mail is a letter to one person, ready to go.
type Mail struct {
	From       Mailbox
	To         Mailbox
	ReplyTo    Mailbox
	Return     string // envelope sender, to which bounces go; From where empty
	MessageID  string
	InReplyTo  string
	References []string
	At         time.Time
	List       string // what the reader follows, where they take part in it; see kit/mail
	Leave      string // and where they leave it
	Kind       Kind
	Lang       i18n.Lang
	Body       Body
}

// Server is a mail server that takes what we send, and how to speak to it.
type Server struct {
	Host     string
	Port     int64
	Security Security
	User     string
	Password string
	Seal     Seal // what the mail is signed with
}

// LogValue keeps the password out of every log.
func (s Server) LogValue() slog.Value {
	return slog.GroupValue(slog.String("host", s.Host), slog.Int64("port", s.Port), slog.String("security", string(s.Security)))
}

// String is LogValue for careless prints.
func (s Server) String() string { return s.Host }

// GoString likewise.
func (s Server) GoString() string { return s.Host }

// Sender hands a mail to a server. It returns nil only when the server took charge of it, and
// a *Refusal where it did not.
type Sender interface {
	Send(ctx context.Context, via Server, m Mail) error
}

// Refusal is why a mail was not taken.
type Refusal struct { //nolint:errname // what a server says, which a Sender returns as an error
	Key       string // message key of the reason, for people
	Answer    string // what the server said, one line, at most 300 characters
	Permanent bool   // trying again would not help
	Cause     error  // for the log
}

// Error is the text for the log.
func (r *Refusal) Error() string {
	text := r.Key
	if r.Answer != "" {
		text += ": " + r.Answer
	}
	if r.Cause != nil {
		text += ": " + r.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// refusal reads why something was not sent. What is no *Refusal is trouble on the way, for now.
func refusal(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return &Refusal{Key: reasonUnreached, Cause: err}
}
