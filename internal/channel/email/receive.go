// SPDX-License-Identifier: Apache-2.0

package email

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/emersion/go-smtp"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
)

// The answers that are ours. What is wrong with the message or its receiver is for good
// (5xx); what is wrong with us passes, and the sender keeps the message meanwhile (4xx).
func unknown() error { return status(550, 5, 1, 1, "No such address here") }

func tooMany() error  { return status(421, 4, 7, 0, "Too many unknown addresses, come again later") }
func trouble4() error { return status(451, 4, 3, 0, "Cannot store this now, come again later") }
func noRoom() error   { return status(452, 4, 3, 1, "No room for this now, come again later") }
func closing() error  { return status(421, 4, 3, 2, "Going down, come again later") }
func cutOff() error   { return status(451, 4, 4, 2, "The message did not arrive whole") }
func longLine() error { return status(554, 5, 6, 0, "A line of the message is too long") }

func status(code, class, subject, detail int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, subject, detail}, Message: text}
}

// session makes the session of a connection.
func (l *Listener) session(c *smtp.Conn) (smtp.Session, error) {
	return &receiving{l: l, conn: c.Conn(), address: hostOf(c.Conn().RemoteAddr()), hello: c.Hostname()}, nil
}

// receiving is one connection, message by message.
type receiving struct {
	l       *Listener
	conn    net.Conn
	address string // network address of the sender
	hello   string // the name by which it greeted
	sender  string
	size    int64    // as announced, 0 where it was not
	to      []string // in lower case, each once
	given   []string // as the client wrote them
	refused int
}

// Mail begins a message.
func (r *receiving) Mail(from string, o *smtp.MailOptions) error {
	if r.l.stopping.Load() {
		return closing()
	}
	r.sender, r.size, r.to, r.given = from, 0, nil, nil
	if o != nil {
		r.size = o.Size
	}
	return nil
}

// Rcpt takes a receiver that is one of the desk's addresses; nothing is relayed.
func (r *receiving) Rcpt(to string, _ *smtp.RcptOptions) error {
	if r.refused >= maxRefused {
		return tooMany()
	}
	given := to
	to = strings.ToLower(to)
	ctx, cancel := context.WithTimeout(context.Background(), journalTimeout)
	defer cancel()
	own, err := r.l.Own(ctx, to)
	switch {
	case err != nil:
		r.l.Log.Warn("cannot tell whose address it is", "error", err)
		return trouble4()
	case !own:
		r.refused++
		return unknown()
	}
	if !slices.Contains(r.to, to) {
		r.to = append(r.to, to)
	}
	r.given = append(r.given, given)
	return nil
}

// Data receives the message and stores it for each receiver. The library answers 250 when
// it returns nil, and only then: a message ends where the dot stands between two CRLF, so that
// no line of it can pass for another message (S16), and one that was cut off is none.
func (r *receiving) Data(from io.Reader) error {
	if !r.l.begin() {
		return closing()
	}
	defer r.l.flight.Done()
	raw, held, err := r.read(from)
	defer r.l.room.Add(held)
	if err != nil {
		return err
	}
	return r.keep("smtp", raw, r.to)
}

// LMTPData receives the message and stores it for each receiver by itself, who gets an answer
// of their own (RFC 2033): the mail server in front keeps it for those for whom it could not be
// stored, and for no other.
func (r *receiving) LMTPData(from io.Reader, answers smtp.StatusCollector) error {
	if !r.l.begin() {
		return closing()
	}
	defer r.l.flight.Done()
	raw, held, err := r.read(from)
	defer r.l.room.Add(held)
	if err != nil {
		return err
	}
	kept := map[string]error{}
	for _, to := range r.to {
		kept[to] = r.keep("lmtp", raw, []string{to})
	}
	for _, given := range r.given {
		answers.SetStatus(given, kept[strings.ToLower(given)])
	}
	return nil
}

// keep journals a message for some receivers, all or none.
func (r *receiving) keep(source string, raw []byte, to []string) error {
	list := make([]intake.Delivery, len(to))
	for i, to := range to {
		list[i] = intake.Delivery{Source: source, Sender: r.sender, Recipient: to, Address: r.address, Hello: r.hello, Raw: raw}
	}
	ctx, cancel := context.WithTimeout(context.Background(), journalTimeout)
	defer cancel()
	if _, err := r.l.Journal.JournalAll(ctx, list); err != nil {
		r.l.Log.Error("cannot store a mail", "error", err, "bytes", len(raw))
		return trouble4()
	}
	return nil
}

// read takes the bytes of a message, within the room that all messages in flight share. It
// returns how much of the room it holds.
func (r *receiving) read(from io.Reader) (raw []byte, held int64, err error) {
	hold := func(n int64) bool {
		held += n
		return r.l.room.Add(-n) >= 0
	}
	var b bytes.Buffer
	const step = 256 << 10
	if n := min(r.size, r.l.MaxBytes); n > 0 {
		if !hold(n) {
			return nil, held, noRoom()
		}
		b.Grow(int(n) + bytes.MinRead)
	}
	for {
		n, err := io.CopyN(&b, from, step)
		if over := int64(b.Len()) - held; over > 0 && !hold(max(over, step)) {
			return nil, held, noRoom()
		}
		var known *smtp.SMTPError
		switch {
		case errors.Is(err, io.EOF):
			return b.Bytes(), held, nil
		case errors.As(err, &known):
			return nil, held, err
		case errors.Is(err, smtp.ErrTooLongLine):
			drainAll(r.conn, 4*r.l.MaxBytes)
			return nil, held, longLine()
		case err != nil, n == 0:
			return nil, held, cutOff()
		}
	}
}

// Reset forgets a message that was begun.
func (r *receiving) Reset() { r.sender, r.size, r.to, r.given = "", 0, nil, nil }

// Logout ends the connection.
func (r *receiving) Logout() error { return nil }
