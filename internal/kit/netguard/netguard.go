// SPDX-License-Identifier: Apache-2.0

package netguard

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// ErrRefused is what every refusal of the guard is; errors.Is finds it inside
// the error of an http.Client.
var ErrRefused = errors.New("netguard: refused")

// ErrTooLarge is returned by Read on a response body that is longer than
// Options.MaxBytes. The bytes before it are valid.
var ErrTooLarge = errors.New("netguard: response too large")

// Options says how far a client may reach. The zero value is right for
// addresses that a person typed in.
type Options struct {
	// Timeout bounds a request from the look-up to the last byte. 0 means 15 s.
	Timeout time.Duration
	// MaxBytes bounds a response body after decompression. 0 means 10 MiB.
	MaxBytes int64
	// MaxRedirects bounds the hops after the first request. 0 means 3, below 0 none.
	MaxRedirects int
	// Allow opens prefixes of the company network, and names that have no dot or
	// an inner top level. Cloud metadata names stay closed.
	Allow []netip.Prefix
	// AllowLoopback opens this machine. It is meant for tests and the demo only.
	AllowLoopback bool
	// Resolver looks names up. nil means the resolver of the system.
	Resolver *net.Resolver
	// TLS is for tests with their own authority. nil means the system's roots.
	TLS *tls.Config
}

// refuse says why; the text is for the log and for the administrator who typed the address.
func refuse(why string) error { return fmt.Errorf("%w: %s", ErrRefused, why) }

// Allowed judges an address with the zero Options, without any look-up.
func Allowed(rawURL string) error { return Options{}.Check(rawURL) }

// Check judges an address before it is stored or called: http or https, no
// user info, a host that is either a plain public IP address or a name that
// may be one. It looks nothing up; the client judges again when it dials.
func (o Options) Check(rawURL string) error {
	u, err := url.Parse(rawURL)
	if err != nil {
		return refuse("not a URL")
	}
	return o.checkURL(u)
}

// checkURL is Check on a parsed address.
func (o Options) checkURL(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return refuse("only http and https are called")
	}
	if u.User != nil {
		return refuse("a user name or password in the address")
	}
	if u.Opaque != "" || u.Host == "" {
		return refuse("no host")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		return o.checkAddr(a)
	}
	return o.checkName(u.Hostname())
}

// Client returns a client that can only reach what the options allow. Its
// errors are those of http.Client; a refusal is ErrRefused inside.
func Client(o Options) *http.Client {
	transport := &http.Transport{
		Proxy:                  nil, // on purpose: see the package comment
		DialContext:            Dialer(o).DialContext,
		TLSClientConfig:        o.TLS,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  o.timeout(),
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        30 * time.Second,
		MaxIdleConns:           32,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
	return &http.Client{
		Timeout:       o.timeout(),
		Transport:     &guarded{options: o, next: transport},
		CheckRedirect: o.checkRedirect,
	}
}

// Dialer returns a dialer that judges every address after the look-up, for
// protocols other than HTTP.
func Dialer(o Options) *net.Dialer {
	return &net.Dialer{
		Timeout:        10 * time.Second,
		KeepAlive:      30 * time.Second,
		Resolver:       o.Resolver,
		ControlContext: o.control,
	}
}

// control runs for every address that a name resolved to, after the look-up
// and before the connection is made.
func (o Options) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuse("an address that is not an IP address")
	}
	return o.checkAddr(a.Addr())
}

// checkRedirect bounds the hops and refuses to fall back to plain text. The
// target itself is judged by guarded, as any request.
func (o Options) checkRedirect(req *http.Request, via []*http.Request) error {
	limit := o.MaxRedirects
	if limit == 0 {
		limit = 3
	}
	if len(via) > limit {
		return refuse("too many redirects")
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return refuse("a redirect from https to http")
	}
	return nil
}

// timeout returns the bound of one request.
func (o Options) timeout() time.Duration {
	if o.Timeout <= 0 {
		return 15 * time.Second
	}
	return o.Timeout
}

// guarded judges every request, the first as well as those of redirects, and bounds its answer.
type guarded struct {
	options Options
	next    http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g *guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.options.checkURL(req.URL); err != nil {
		if req.Body != nil { // a RoundTripper closes the body even when it fails
			_ = req.Body.Close()
		}
		return nil, err
	}
	res, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	limit := g.options.MaxBytes
	if limit <= 0 {
		limit = 10 << 20
	}
	res.Body = &bounded{body: res.Body, left: limit}
	return res, nil
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the transport.
func (g *guarded) CloseIdleConnections() {
	if t, ok := g.next.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

// bounded reads at most left bytes and then fails instead of pretending the end.
type bounded struct {
	body io.ReadCloser
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	// One byte more than allowed tells a body of exactly the limit from a longer one.
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, ErrTooLarge
	}
	return n, err
}

// Close implements io.Closer.
func (b *bounded) Close() error { return b.body.Close() }
