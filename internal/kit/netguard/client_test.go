// SPDX-License-Identifier: Apache-2.0

package netguard_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

// target is a server on this machine that counts who comes.
func target(t *testing.T, handler http.HandlerFunc) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var seen atomic.Int64
	s := httptest.NewUnstartedServer(handler)
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			seen.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s, &seen
}

// port returns the port part of a server's address.
func port(t *testing.T, s *httptest.Server) string {
	t.Helper()
	_, p, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// resolver answers every A question with the addresses, one more of them each time.
func resolver(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0") //nolint:noctx // ends with the test
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		var asked int
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				answer := netip.MustParseAddr(answers[min(asked, len(answers)-1)])
				asked++
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: answer.As4()},
				}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// get asks once and returns the body.
func get(t *testing.T, c *http.Client, url string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func TestS80_ANameThatLeadsToThisMachineIsNotCalled(t *testing.T) {
	t.Parallel()
	s, seen := target(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") })
	c := netguard.Client(netguard.Options{Resolver: resolver(t, "127.0.0.1")})
	body, err := get(t, c, "http://webhook.example.com:"+port(t, s)+"/")
	if !errors.Is(err, netguard.ErrRefused) || body != "" {
		t.Errorf("got %q, %v", body, err)
	}
	if seen.Load() != 0 {
		t.Errorf("%d connections were made", seen.Load())
	}
}

func TestS80_ANameThatChangesItsMindIsNotCalled(t *testing.T) {
	t.Parallel()
	s, seen := target(t, func(http.ResponseWriter, *http.Request) {})
	// The first answer is harmless, as a guard that looks up before it calls would see.
	r := resolver(t, "192.0.2.1", "127.0.0.1")
	o := netguard.Options{Resolver: r, Allow: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}
	if ips, err := r.LookupHost(t.Context(), "rebind.example.com"); err != nil || ips[0] != "192.0.2.1" {
		t.Fatalf("the first look-up gave %v, %v", ips, err)
	}
	if _, err := get(t, netguard.Client(o), "http://rebind.example.com:"+port(t, s)+"/"); !errors.Is(err, netguard.ErrRefused) {
		t.Errorf("got %v", err)
	}
	if seen.Load() != 0 {
		t.Errorf("%d connections were made", seen.Load())
	}
}

func TestS80_ARedirectIsJudgedLikeTheFirstAddress(t *testing.T) {
	t.Parallel()
	inner, seen := target(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") })
	for name, location := range map[string]string{
		"to an address of an inner network": "http://10.0.0.1/",
		"to a name for this machine":        "http://localhost:" + port(t, inner) + "/",
		"to a file":                         "file:///etc/passwd",
		"to metadata":                       "http://169.254.169.254/latest/",
		"to a mapped address":               "http://[::ffff:10.0.0.1]/",
		"with a user name":                  "http://a@example.com/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outer, _ := target(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, location, http.StatusFound)
			})
			// Only the outer server's address is open, so that the first call succeeds.
			o := netguard.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
			body, err := get(t, netguard.Client(o), outer.URL)
			if !errors.Is(err, netguard.ErrRefused) {
				t.Errorf("got %q, %v", body, err)
			}
		})
	}
	if seen.Load() != 0 {
		t.Errorf("%d connections were made", seen.Load())
	}
}

func TestS80_RedirectsEnd(t *testing.T) {
	t.Parallel()
	var hops atomic.Int64
	s, _ := target(t, func(w http.ResponseWriter, r *http.Request) {
		hops.Add(1)
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	_, err := get(t, netguard.Client(netguard.Options{AllowLoopback: true, MaxRedirects: 2}), s.URL)
	if !errors.Is(err, netguard.ErrRefused) || hops.Load() != 3 {
		t.Errorf("%d requests, %v", hops.Load(), err)
	}
}

func TestS80_TheProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	// Not parallel: the environment is the process's.
	proxy, seen := target(t, func(http.ResponseWriter, *http.Request) {})
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	c := netguard.Client(netguard.Options{Resolver: resolver(t, "10.1.2.3")})
	if _, err := get(t, c, "http://hook.example.com/"); !errors.Is(err, netguard.ErrRefused) {
		t.Errorf("got %v", err)
	}
	if seen.Load() != 0 {
		t.Errorf("the proxy was called %d times", seen.Load())
	}
}

func TestS80_AnAnswerIsCutWhereItGetsTooLarge(t *testing.T) {
	t.Parallel()
	s, _ := target(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", 100))
		if r.URL.Path == "/long" {
			_, _ = io.WriteString(w, "y")
		}
	})
	c := netguard.Client(netguard.Options{AllowLoopback: true, MaxBytes: 100})
	if body, err := get(t, c, s.URL+"/exact"); err != nil || len(body) != 100 {
		t.Errorf("a body of exactly the limit: %d bytes, %v", len(body), err)
	}
	if body, err := get(t, c, s.URL+"/long"); !errors.Is(err, netguard.ErrTooLarge) || len(body) != 100 {
		t.Errorf("a body over the limit: %d bytes, %v", len(body), err)
	}
}

func TestS80_LoopbackOpensOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	s, seen := target(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	if _, err := get(t, netguard.Client(netguard.Options{}), s.URL); !errors.Is(err, netguard.ErrRefused) || seen.Load() != 0 {
		t.Errorf("the zero options: %v, %d connections", err, seen.Load())
	}
	o := netguard.Options{AllowLoopback: true}
	if body, err := get(t, netguard.Client(o), "http://localhost:"+port(t, s)); err != nil || body != "hello" {
		t.Errorf("with AllowLoopback: %q, %v", body, err)
	}
	if err := o.Check("http://10.0.0.1/"); err == nil {
		t.Error("AllowLoopback opens the inner network too")
	}
}

func TestS80_TheDialerForOtherProtocolsJudgesToo(t *testing.T) {
	t.Parallel()
	s, seen := target(t, func(http.ResponseWriter, *http.Request) {})
	conn, err := netguard.Dialer(netguard.Options{}).DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	if err == nil {
		_ = conn.Close()
	}
	if !errors.Is(err, netguard.ErrRefused) || seen.Load() != 0 {
		t.Errorf("got %v, %d connections", err, seen.Load())
	}
}
