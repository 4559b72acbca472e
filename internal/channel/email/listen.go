// SPDX-License-Identifier: Apache-2.0

package email

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
)

// What a listener grants to strangers.
const (
	maxMessage     = 36 << 20 // bytes of a message: 25 MiB of attachments in base 64, and text
	maxInFlight    = 4 * maxMessage
	maxLineLength  = 1 << 20 // bytes; lines beyond the 998 of the rules are common
	maxRecipients  = 100
	maxConnections = 100
	maxPerAddress  = 50 // one mail server in front of the desk is the usual case
	maxRefused     = 20 // unknown receivers in a connection, before it is told to come later
	readTimeout    = 5 * time.Minute
	writeTimeout   = time.Minute
	journalTimeout = 30 * time.Second
	drain          = 10 * time.Second // for messages that are being received when the desk stops
)

// Journal takes charge of deliveries: nil means that they are on disk (P1, P2, F34).
type Journal interface {
	JournalAll(ctx context.Context, list []intake.Delivery) ([]intake.ID, error)
}

// ListenConfig says what a listener is made of.
type ListenConfig struct {
	Hostname string      // by which it greets; "localhost" where empty
	LMTP     bool        // speaks LMTP (RFC 2033): an answer for each receiver
	TLS      *tls.Config // offers STARTTLS where it is not nil
	MaxBytes int64       // of a message; 36 MiB where 0
	// Own reports whether the desk receives mail at an address, given in lower case and with its
	// tag. An error means that it cannot be told now: the sender is to come again.
	Own     func(ctx context.Context, addr string) (bool, error)
	Journal Journal
	Log     *slog.Logger
}

// Listener receives mail by SMTP or LMTP. It accepts what is for the desk and relays nothing.
type Listener struct {
	ListenConfig
	server   *smtp.Server
	room     atomic.Int64 // bytes that messages in flight may still take
	stopping atomic.Bool
	flight   sync.WaitGroup // messages being received
	mu       sync.Mutex     // guards the step from "not stopping" to one more in flight
}

// NewListener makes a listener. Serve starts it.
func NewListener(c ListenConfig) *Listener {
	if c.Hostname == "" {
		c.Hostname = "localhost"
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = maxMessage
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	l := &Listener{ListenConfig: c}
	l.room.Store(max(maxInFlight, 2*c.MaxBytes))
	s := smtp.NewServer(smtp.BackendFunc(l.session))
	s.Domain, s.TLSConfig, s.LMTP = c.Hostname, c.TLS, c.LMTP
	s.MaxMessageBytes, s.MaxRecipients, s.MaxLineLength = c.MaxBytes, maxRecipients, maxLineLength
	s.ReadTimeout, s.WriteTimeout = readTimeout, writeTimeout
	s.EnableSMTPUTF8 = true
	s.ErrorLog = smtpLog{c.Log}
	l.server = s
	return l
}

// Serve receives mail until ctx ends. Then it accepts nothing more, gives messages that are
// being received 10 s to be stored and answered, and closes what is left.
func (l *Listener) Serve(ctx context.Context, on net.Listener) error {
	guarded := &guard{Listener: on, all: make(chan struct{}, maxConnections), each: map[string]int{}}
	failed := make(chan error, 1)
	go func() { failed <- l.server.Serve(guarded) }()
	select {
	case err := <-failed:
		_ = l.server.Close()
		return fmt.Errorf("receive mail: %w", err)
	case <-ctx.Done():
	}
	_ = on.Close()
	l.stop()
	_ = l.server.Close()
	<-failed //nolint:errcheck // that the listener was closed
	return nil
}

// stop lets no further message begin and waits for those that did.
func (l *Listener) stop() {
	l.mu.Lock()
	l.stopping.Store(true)
	l.mu.Unlock()
	done := make(chan struct{})
	go func() {
		l.flight.Wait()
		close(done)
	}()
	timer := time.NewTimer(drain)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// begin counts a message as being received; false when the listener stops.
func (l *Listener) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopping.Load() {
		return false
	}
	l.flight.Add(1)
	return true
}

// guard bounds the connections in all and from one address, and tells those beyond it to come later.
type guard struct {
	net.Listener
	all  chan struct{}
	mu   sync.Mutex
	each map[string]int
}

// Accept returns the next connection that there is room for.
func (g *guard) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		host := hostOf(c.RemoteAddr())
		if g.enter(host) {
			return &guarded{Conn: c, leave: sync.OnceFunc(func() { g.leave(host) })}, nil
		}
		_, _ = c.Write([]byte("421 4.7.0 Too many connections, come again later\r\n")) // fits a new socket
		_ = c.Close()
	}
}

func (g *guard) enter(host string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.each[host] >= maxPerAddress {
		return false
	}
	select {
	case g.all <- struct{}{}:
		g.each[host]++
		return true
	default:
		return false
	}
}

func (g *guard) leave(host string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	<-g.all
	if g.each[host]--; g.each[host] == 0 {
		delete(g.each, host)
	}
}

// guarded is a connection that gives its place back.
type guarded struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *guarded) Close() error {
	c.leave()
	return c.Conn.Close()
}

func hostOf(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// smtpLog passes on what the library has to say; most of it is about strangers.
type smtpLog struct{ log *slog.Logger }

// Printf logs at debug level.
func (l smtpLog) Printf(format string, v ...any) {
	l.log.Debug("smtp", "said", fmt.Sprintf(format, v...))
}

// Println logs at debug level.
func (l smtpLog) Println(v ...any) { l.log.Debug("smtp", "said", fmt.Sprint(v...)) }
