// SPDX-License-Identifier: Apache-2.0

package mailtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Step is a point of the conversation at which a server may refuse.
type Step string

// The steps.
const (
	AtGreeting Step = "greeting" // before anything is said
	AtSender   Step = "sender"   // after MAIL FROM
	AtReceiver Step = "receiver" // after RCPT TO
	AtData     Step = "data"     // after the last byte
)

// Options say what kind of server it is. The zero value is plain and takes everything.
type Options struct {
	StartTLS bool // offers STARTTLS
	TLS      bool // speaks TLS from the first byte
	// User and Password, where set, must be given before a mail.
	User, Password string
}

// Server is a running mail server.
type Server struct {
	host  string
	port  int64
	roots *x509.CertPool
	opts  Options

	mu     sync.Mutex
	mails  []Mail
	script map[Step][]error
	turned map[*smtp.Conn]error // away at the greeting
	came   chan struct{}        // closed and replaced when a mail comes
	dead   string               // domain about which it thinks for ever
	wake   chan struct{}        // closed when it no longer does
	asleep int                  // who waits for that
}

// errCut makes the server break the connection instead of answering.
var errCut = errors.New("mailtest: cut")

// Start starts a server on a free port of 127.0.0.1 and stops it when the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{opts: o, script: map[Step][]error{}, turned: map[*smtp.Conn]error{}, came: make(chan struct{})}
	cert, roots, err := certificate()
	if err != nil {
		t.Fatal(err)
	}
	s.roots = roots
	safe := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal("a listener without a port")
	}
	s.host, s.port = at.IP.String(), int64(at.Port)
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "mail.example.net", true, quiet{}
	if o.StartTLS {
		server.TLSConfig = safe
	}
	if o.TLS {
		l = tls.NewListener(l, safe)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = l.Close() // a server that was closed before it began to serve would not do so
		<-done
	})
	return s
}

// Host is the address that it listens on.
func (s *Server) Host() string { return s.host }

// Port is the port that it listens on.
func (s *Server) Port() int64 { return s.port }

// Roots is the authority that vouches for its certificate.
func (s *Server) Roots() *x509.CertPool { return s.roots }

// Refuse lets the server answer with a code at a step, the next times times.
func (s *Server) Refuse(at Step, times, code int, text string) {
	s.then(at, times, &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text})
}

// Cut lets the server break the connection at a step, once. After AtData the mail was taken
// nonetheless: the sender cannot know.
func (s *Server) Cut(at Step) { s.then(at, 1, errCut) }

// Stall lets the server say nothing about receivers at a domain until the test calls what it
// returns: a server that asks another, which does not answer.
func (s *Server) Stall(domain string) (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wake := make(chan struct{})
	s.dead, s.wake = domain, wake
	return sync.OnceFunc(func() { close(wake) })
}

// stalled waits while the server says nothing about a receiver.
func (s *Server) stalled(to string) {
	s.mu.Lock()
	dead, wake := s.dead, s.wake
	_, domain, _ := strings.Cut(to, "@")
	if dead == "" || domain != dead {
		s.mu.Unlock()
		return
	}
	s.asleep++
	s.mu.Unlock()
	<-wake
}

// Stalled is how many were kept waiting so far.
func (s *Server) Stalled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asleep
}

func (s *Server) then(at Step, times int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range times {
		s.script[at] = append(s.script[at], err)
	}
}

// next takes the answer that the test wants at a step, nil for yes.
func (s *Server) next(at Step) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.script[at]
	if len(list) == 0 {
		return nil
	}
	s.script[at] = list[1:]
	return list[0]
}

// Mails returns what has come so far, oldest first.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// To returns what has come for an address so far, oldest first.
func (s *Server) To(addr string) []Mail {
	var out []Mail
	for _, m := range s.Mails() {
		if m.To == addr {
			out = append(out, m)
		}
	}
	return out
}

// Await waits until n mails have come, or for the end of ctx, and returns what has come.
func (s *Server) Await(ctx context.Context, n int) ([]Mail, error) {
	for {
		s.mu.Lock()
		came, list := s.came, append([]Mail(nil), s.mails...)
		s.mu.Unlock()
		if len(list) >= n {
			return list, nil
		}
		select {
		case <-came:
		case <-ctx.Done():
			return list, ctx.Err()
		}
	}
}

func (s *Server) keep(m Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, m)
	close(s.came)
	s.came = make(chan struct{})
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	if err := s.greet(c); err != nil {
		return nil, err
	}
	_, encrypted := c.TLSConnectionState()
	return &session{server: s, conn: c, mail: Mail{Encrypted: encrypted}}, nil
}

// greet answers EHLO and, for a client that tries HELO after a refusal, the same once more.
func (s *Server) greet(c *smtp.Conn) error {
	s.mu.Lock()
	err, before := s.turned[c]
	s.mu.Unlock()
	if before {
		return err
	}
	if err = s.next(AtGreeting); err != nil {
		s.mu.Lock()
		s.turned[c] = err
		s.mu.Unlock()
	}
	return err
}

// session is one conversation.
type session struct {
	server *Server
	conn   *smtp.Conn
	mail   Mail
	known  bool
}

// AuthMechanisms lists the ways to sign in.
func (c *session) AuthMechanisms() []string {
	if c.server.opts.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks a password.
func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.server.opts.User || password != c.server.opts.Password {
			return smtp.ErrAuthFailed
		}
		c.known = true
		return nil
	}), nil
}

// Mail takes the sender.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.server.opts.User != "" && !c.known {
		return smtp.ErrAuthRequired
	}
	c.mail.From = from
	return c.answer(AtSender)
}

// Rcpt takes a receiver.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.server.stalled(to)
	if err := c.answer(AtReceiver); err != nil {
		return err
	}
	if c.mail.To != "" {
		c.mail.More = append(c.mail.More, to)
		return nil
	}
	c.mail.To = to
	return nil
}

// Data takes the mail.
func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.mail.Raw = raw
	err = c.answer(AtData)
	if err == nil || errors.Is(err, errCut) {
		c.server.keep(c.mail)
	}
	return err
}

// answer says yes, or what the test wants said.
func (c *session) answer(at Step) error {
	err := c.server.next(at)
	if errors.Is(err, errCut) {
		_ = c.conn.Conn().Close()
	}
	return err
}

// Reset forgets the mail begun.
func (c *session) Reset() { c.mail = Mail{Encrypted: c.mail.Encrypted} }

// Logout ends the conversation.
func (c *session) Logout() error { return nil }

// quiet swallows the log of the server: broken connections are what tests make.
type quiet struct{}

// Printf says nothing.
func (quiet) Printf(string, ...any) {}

// Println says nothing.
func (quiet) Println(...any) {}
