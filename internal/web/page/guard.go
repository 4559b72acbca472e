// SPDX-License-Identifier: Apache-2.0

package page

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// The policies of our answers (A34, A35, A36; ASVS 3.4). Nothing inline, nothing foreign.
const (
	pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; " +
		"connect-src 'self'; frame-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
	filePolicy = "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)

// permissions are the powers of a browser that no page of ours uses.
const permissions = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"

// maxBody bounds every request, in bytes; most handlers ask for far less.
const maxBody = 256 << 20

// secure sets what stands on every answer, whoever writes it.
func (h *house) secure(head http.Header) {
	head.Set("Content-Security-Policy", pagePolicy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("X-Frame-Options", "DENY")
	head.Set("Referrer-Policy", "same-origin")
	head.Set("Permissions-Policy", permissions+", display-capture=()")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cache-Control", "no-store")
	if h.kit.Secure {
		head.Set("Strict-Transport-Security", "max-age=63072000")
	}
}

// holdsSecret reports whether an address is itself a key: links from mails.
func holdsSecret(path string) bool {
	return strings.HasPrefix(path, "/t/") || strings.HasPrefix(path, "/password/") || strings.HasPrefix(path, "/setup/")
}

// ServeHTTP is the outermost wall: headers, the log, the bound of bodies, the last resort.
func (r *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	rec := &record{ResponseWriter: w}
	start := r.kit.Clock.Now()
	r.secure(w.Header())
	if holdsSecret(req.URL.Path) {
		w.Header().Set("Referrer-Policy", "no-referrer")
	}
	req = req.WithContext(context.WithValue(req.Context(), recordKey{}, rec))
	req.Body = http.MaxBytesReader(rec, req.Body, maxBody)
	defer func() {
		p := recover()
		if p != nil && p != http.ErrAbortHandler { //nolint:errorlint // compared as net/http does
			incident := id.Token()[:10]
			r.kit.Log.ErrorContext(req.Context(), "request failed", "incident", incident, "error", fmt.Sprintf("panic: %v\n%s", p, debug.Stack()))
			if rec.status == 0 {
				http.Error(rec, http.StatusText(http.StatusInternalServerError)+" "+incident, http.StatusInternalServerError) //nolint:forbidigo // the last resort: no page can be trusted any more
				p = nil
			} else {
				p = http.ErrAbortHandler
			}
		}
		r.logRequest(req, rec, start)
		if p != nil {
			panic(p)
		}
	}()
	r.mux.ServeHTTP(rec, req)
}

// logRequest writes one line: the pattern and never the address, which may hold a code (A80, A86).
func (h *house) logRequest(req *http.Request, rec *record, start time.Time) {
	level := slog.LevelInfo
	if rec.quiet {
		level = slog.LevelDebug
	}
	h.kit.Log.LogAttrs(req.Context(), level, "request",
		slog.String("method", req.Method), slog.String("route", rec.pattern), slog.Int("status", rec.status),
		slog.Int64("bytes", rec.bytes), slog.Duration("took", h.kit.Clock.Now().Sub(start)),
		slog.String("address", h.address(req)), slog.Int64("person", rec.person))
}

type recordKey struct{}

// record notes what happened to a request, for the log.
type record struct {
	http.ResponseWriter
	pattern string
	status  int
	bytes   int64
	person  int64
	quiet   bool
}

// WriteHeader notes the status.
func (r *record) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts.
func (r *record) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *record) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// name tells the record by which pattern a request was answered.
func name(pattern string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if rec, ok := req.Context().Value(recordKey{}).(*record); ok {
			rec.pattern = pattern
			rec.quiet = strings.HasPrefix(pattern, "/assets") || strings.HasPrefix(pattern, "/healthz") || strings.HasPrefix(pattern, "/readyz")
		}
		h.ServeHTTP(w, req)
	})
}

func (c *Ctx) record() *record {
	if rec, ok := c.Context().Value(recordKey{}).(*record); ok {
		return rec
	}
	return &record{}
}

// tracker knows whether an answer has begun, even while it still waits to be compressed.
type tracker struct {
	http.ResponseWriter
	begun bool
}

// WriteHeader notes the beginning.
func (t *tracker) WriteHeader(status int) {
	t.begun = true
	t.ResponseWriter.WriteHeader(status)
}

// Write notes the beginning.
func (t *tracker) Write(b []byte) (int, error) {
	t.begun = true
	return t.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

func (c *Ctx) wrote() bool {
	t, ok := c.w.(*tracker)
	return ok && t.begun
}

// Visitor is what is known of who knocks, for the session room.
func (c *Ctx) Visitor() session.Visitor {
	return session.Visitor{Address: Address(c.Request, c.Kit.Proxies), Agent: c.Request.UserAgent(), Was: c.cookie(sessionCookie)}
}

func (h *house) address(req *http.Request) string { return Address(req, h.kit.Proxies) }

// Address is the peer, or the last address before the proxies that we know (A43): whatever
// a client writes into the header itself stands further left and is never reached.
func Address(req *http.Request, proxies []netip.Prefix) string {
	host, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		host = req.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !within(peer, proxies) {
		return host
	}
	hops := strings.Split(strings.Join(req.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if peer = a.Unmap(); !within(peer, proxies) {
			break
		}
	}
	return peer.String()
}

func within(a netip.Addr, list []netip.Prefix) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// NewServer makes the HTTP server with the timeouts of the house. Uploads, downloads and
// streams move their own deadlines on while bytes flow.
func NewServer(addr string, r *Router) *http.Server {
	s := &http.Server{
		Addr: addr, Handler: r, ErrorLog: slog.NewLogLogger(r.kit.Log.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 60 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 120 * time.Second, MaxHeaderBytes: 32 << 10,
	}
	s.RegisterOnShutdown(r.Close)
	return s
}
