// SPDX-License-Identifier: Apache-2.0

package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

// How much a server may cost.
const (
	stall    = 30 * time.Second // longest silence in which an answer is due
	mostRead = 512 << 20        // bytes of one connection
)

// Client asks directory servers. It implements directory.Client.
type Client struct {
	dialer *net.Dialer
	stall  time.Duration
}

// New makes a client. It reaches the open internet and company networks where nothing is said
// about networks; this machine only where the options open it.
func New(o netguard.Options) *Client {
	if len(o.Allow) == 0 {
		for _, inside := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"} {
			o.Allow = append(o.Allow, netip.MustParsePrefix(inside))
		}
	}
	return &Client{dialer: netguard.Dialer(o), stall: stall}
}

// Patience is the client with another patience towards a server that says nothing; for tests.
func (c *Client) Patience(d time.Duration) *Client { return &Client{dialer: c.dialer, stall: d} }

// CheckFilter returns an error where a text is no search filter (RFC 4515).
func (c *Client) CheckFilter(filter string) error {
	_, err := ldap.CompileFilter(filter)
	return err
}

// Fold brings a name of an entry to the form in which two that mean the same are the same. What
// is no such name is folded as a text.
func (c *Client) Fold(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(strings.TrimSpace(dn))
	}
	return strings.ToLower(parsed.String())
}

// Open connects and signs in as the setting says. The connection ends with ctx. Errors are
// *directory.ServerError.
func (c *Client) Open(ctx context.Context, o directory.Opened) (directory.Session, error) {
	s, err := c.connect(ctx, o)
	if err != nil {
		return nil, err
	}
	if o.User == "" {
		return s, nil // a server that tells strangers who works here
	}
	if err := s.bind(o.User, o.Password); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Bind asks the server, on a connection of its own, whether a password is that of an entry. nil
// is yes; a *directory.ServerError with Wrong is no; any other error is no answer.
func (c *Client) Bind(ctx context.Context, o directory.Opened, dn, password string) error {
	s, err := c.connect(ctx, o)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return s.bind(dn, password)
}

func (s *session) bind(dn, password string) error {
	if strings.Trim(dn, " ") == "" || password == "" { // the library refuses too; this one is ours (S54)
		return &directory.ServerError{Key: "directory.server_wrong", Wrong: true, Cause: errors.New("an empty name or password is never sent")}
	}
	if err := s.conn.Bind(dn, password); err != nil {
		return s.failed(err, binding)
	}
	return nil
}

// connect dials and encrypts as the setting asks.
func (c *Client) connect(ctx context.Context, o directory.Opened) (*session, error) {
	safe, err := trust(o.Server)
	if err != nil {
		return nil, &directory.ServerError{Key: "directory.server_certificate", Cause: err}
	}
	raw, err := c.dialer.DialContext(ctx, "tcp", net.JoinHostPort(o.Host, strconv.FormatInt(o.Port, 10)))
	if err != nil {
		return nil, failure(ctx, err, dialling)
	}
	forget := context.AfterFunc(ctx, func() { _ = raw.Close() })
	var conn net.Conn = &measured{Conn: raw, left: mostRead}
	if o.Security == directory.TLS {
		shaken := tls.Client(conn, safe)
		within, cancel := context.WithTimeout(ctx, c.stall)
		err := shaken.HandshakeContext(within)
		cancel()
		if err != nil {
			forget()
			_ = raw.Close()
			return nil, failure(ctx, err, encrypting)
		}
		conn = shaken
	}
	s := &session{ctx: ctx, conn: ldap.NewConn(conn, o.Security == directory.TLS), forget: forget, fold: c.Fold} //nolint:containedctx // the library knows no context: it says why a connection broke
	s.conn.SetTimeout(c.stall)
	s.conn.Start()
	if o.Security == directory.StartTLS {
		silent := time.AfterFunc(c.stall, func() { _ = raw.Close() }) // the library would wait for ever
		err := s.conn.StartTLS(safe)
		silent.Stop()
		if err != nil {
			_ = s.Close()
			return nil, failure(ctx, err, encrypting)
		}
	}
	return s, nil
}

// measured is a connection that gives only so much.
type measured struct {
	net.Conn
	left int64
}

// Read reads, until that much was read.
func (m *measured) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := m.Conn.Read(p)
	m.left -= int64(n)
	return n, err
}
