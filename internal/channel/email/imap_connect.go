// SPDX-License-Identifier: Apache-2.0

package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
)

// connection is a client that is signed in, and what ends it.
type connection struct {
	*imapclient.Client
	forget func() bool
}

// Close closes the connection.
func (c connection) Close() error {
	c.forget()
	return c.Client.Close()
}

// connect dials, encrypts as the setting asks and signs in. The connection ends with ctx, and
// when the server is silent for longer than any answer takes.
func (f *Fetcher) connect(ctx context.Context, b intake.Mailbox, news func()) (connection, error) {
	o, err := f.Intake.OpenMailbox(b)
	if err != nil {
		return connection{}, err
	}
	bearer := ""
	if b.SignIn.OAuth() {
		if bearer, err = f.token(ctx, o); err != nil {
			return connection{}, err
		}
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(b.Host, strconv.FormatInt(b.Port, 10)))
	if err != nil {
		return connection{}, failed("intake.mailbox_unreachable", err)
	}
	forget := context.AfterFunc(ctx, func() { _ = conn.Close() })
	c, err := f.greet(ctx, watch(conn, stall), b, news)
	if err == nil {
		if err = signIn(c, o, bearer); err != nil {
			_ = c.Close()
		}
	}
	if err != nil {
		forget()
		_ = conn.Close()
		var known *intake.MailboxError
		if b.SignIn.OAuth() && errors.As(err, &known) && known.Key == "intake.mailbox_sign_in_failed" {
			f.drop(b.Key) // the next try asks for a new token
		}
		return connection{}, err
	}
	return connection{c, forget}, nil
}

// greet encrypts the connection and waits for the server's first word.
func (f *Fetcher) greet(ctx context.Context, conn net.Conn, b intake.Mailbox, news func()) (*imapclient.Client, error) {
	o := &imapclient.Options{
		TLSConfig: &tls.Config{ServerName: b.Host, RootCAs: f.Roots, MinVersion: tls.VersionTLS12},
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil && news != nil {
				news()
			}
		}},
	}
	switch b.Security {
	case intake.TLS:
		safe := tls.Client(conn, o.TLSConfig)
		if err := safe.HandshakeContext(ctx); err != nil {
			return nil, failed("intake.mailbox_tls_failed", err)
		}
		conn = safe
	case intake.StartTLS:
		c, err := imapclient.NewStartTLS(conn, o)
		if err != nil {
			return nil, failed("intake.mailbox_tls_failed", err)
		}
		return c, nil
	case intake.Plain:
	}
	c := imapclient.New(conn, o)
	if err := c.WaitGreeting(); err != nil {
		_ = c.Close()
		return nil, failed("intake.mailbox_unreachable", err)
	}
	return c, nil
}

// signIn signs in with the best way that both sides know.
func signIn(c *imapclient.Client, o intake.Opened, bearer string) error {
	caps := c.Caps()
	var err error
	switch {
	case bearer != "" && caps.Has(imap.AuthCap(sasl.OAuthBearer)):
		err = c.Authenticate(sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: o.User, Token: bearer, Host: o.Host, Port: int(o.Port)}))
	case bearer != "":
		err = c.Authenticate(&xoauth2{user: o.User, token: bearer})
	case caps.Has(imap.AuthCap(sasl.Plain)):
		err = c.Authenticate(sasl.NewPlainClient("", o.User, o.Password))
	case caps.Has(imap.CapLoginDisabled):
		err = errors.New("the server takes no password on this connection")
	default:
		err = c.Login(o.User, o.Password).Wait()
	}
	if err != nil {
		return failed("intake.mailbox_sign_in_failed", err)
	}
	return nil
}

// xoauth2 is the way to sign in with a token that Google and Microsoft knew before RFC 7628.
type xoauth2 struct{ user, token string }

// Start gives user and token.
func (x *xoauth2) Start() (mech string, ir []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's reason with nothing, whereupon it refuses.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

// look opens the folder for reading only and returns how many messages lie there.
func look(c *imapclient.Client, b intake.Mailbox) (int, error) {
	got, err := c.Select(b.Folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return 0, failed("intake.mailbox_no_folder", err)
	}
	return int(got.NumMessages), nil
}

// failed is a reason that people read. A connection that broke is one that broke, whatever was
// being done, and a server that asks to come later is heard at every step.
func failed(key string, err error) *intake.MailboxError {
	e := &intake.MailboxError{Key: key, Answer: answer(err), Cause: err}
	var said *imap.Error
	var name *net.DNSError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &said):
		text := strings.ToLower(said.Text)
		if said.Code == imap.ResponseCodeUnavailable || said.Code == imap.ResponseCodeLimit || said.Code == imap.ResponseCodeInUse || said.Type == imap.StatusResponseTypeBye ||
			strings.Contains(text, "throttl") || strings.Contains(text, "too many") {
			e.Key = "intake.mailbox_later"
		}
	case errors.As(err, &name), errors.As(err, &unknown), key == "intake.mailbox_tls_failed":
	case key != "intake.mailbox_sign_in_failed" || !strings.Contains(err.Error(), "OAUTHBEARER"):
		if key == "intake.mailbox_no_folder" || key == "intake.mailbox_sign_in_failed" {
			e.Key = "intake.mailbox_unreachable"
		}
	}
	return e
}

// watched is a connection that closes itself when nothing comes for too long. The library sets
// deadlines only while it reads an answer, none while it waits for one to begin.
type watched struct {
	net.Conn
	limit time.Duration
	mu    sync.Mutex
	timer *time.Timer
}

func watch(c net.Conn, limit time.Duration) net.Conn {
	w := &watched{Conn: c, limit: limit}
	w.timer = time.AfterFunc(limit, func() { _ = c.Close() })
	return w
}

// Read reads and puts the end off.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.mu.Lock()
		w.timer.Reset(w.limit)
		w.mu.Unlock()
	}
	return n, err
}

// SetReadDeadline does nothing: a large message may take its time as long as it comes.
func (w *watched) SetReadDeadline(time.Time) error { return nil }

// Close closes the connection.
func (w *watched) Close() error {
	w.mu.Lock()
	w.timer.Stop()
	w.mu.Unlock()
	return w.Conn.Close()
}
