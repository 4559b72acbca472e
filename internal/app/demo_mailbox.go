// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

// demoMailPath is where the letters of a demo can be read.
const demoMailPath = "/demo/mail"

// maxLetters is how many letters a demo keeps, the newest ones.
const maxLetters = 200

// mailbox is the mail server of a demo: it listens on the loopback, takes every letter and
// passes none on.
type mailbox struct {
	host   string
	port   int64
	server *smtp.Server
	done   chan struct{}

	mu      sync.Mutex
	letters [][]byte
}

// openMailbox starts a mailbox on a free port.
func openMailbox(ctx context.Context) (*mailbox, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return nil, errors.Join(errors.New("open mailbox: a listener without a port"), l.Close())
	}
	b := &mailbox{host: at.IP.String(), port: int64(at.Port), done: make(chan struct{})}
	b.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &delivery{box: b}, nil }))
	b.server.Domain, b.server.MaxMessageBytes, b.server.MaxRecipients = "localhost", 10<<20, 1
	go func() {
		defer close(b.done)
		_ = b.server.Serve(l)
	}()
	return b, nil
}

func (b *mailbox) close() {
	_ = b.server.Close()
	<-b.done
}

func (b *mailbox) keep(raw []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.letters = append(b.letters, raw)
	if extra := len(b.letters) - maxLetters; extra > 0 {
		b.letters = slices.Delete(b.letters, 0, extra)
	}
}

// ServeHTTP shows the letters as plain text, the newest first.
func (b *mailbox) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	list := slices.Clone(b.letters)
	b.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	for _, raw := range slices.Backward(list) {
		m, err := mail.Read(raw, mail.Standard())
		if err != nil {
			continue
		}
		_, _ = fmt.Fprintf(w, "%s\n%s → %s\n%s\n\n%s\n\n%s\n\n",
			m.Date.Format("2006-01-02 15:04:05"), addresses(m.From), addresses(m.To), m.Subject, words(m), divider)
	}
}

func addresses(list []mail.Address) string {
	var out []string
	for _, a := range list {
		out = append(out, a.Addr)
	}
	return strings.Join(out, ", ")
}

// words is the plain text of a letter.
func words(m mail.Message) string {
	var b strings.Builder
	for _, piece := range m.Body {
		b.WriteString(piece.Plain)
	}
	return strings.TrimSpace(b.String())
}

const divider = "────────────────────────────────────────────────────────────"

// delivery is one conversation with a mailbox.
type delivery struct{ box *mailbox }

// Mail takes any sender.
func (*delivery) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes any receiver.
func (*delivery) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Data keeps the letter.
func (d *delivery) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err == nil {
		d.box.keep(raw)
	}
	return err
}

// Reset forgets nothing: a letter is kept when it is whole.
func (*delivery) Reset() {}

// Logout ends the conversation.
func (*delivery) Logout() error { return nil }
