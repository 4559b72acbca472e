// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"io"
	"net/http"
	"time"
)

// healthz answers as long as the process does. Whoever restarts what does not answer asks here.
func (h *House) healthz(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

// readyz answers whether requests should come here: the database answers and nothing drains.
func (h *House) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	switch {
	case !h.ready.Load():
		plain(w, http.StatusServiceUnavailable, "draining")
	case h.DB.Ping(ctx) != nil:
		plain(w, http.StatusServiceUnavailable, "database")
	default:
		plain(w, http.StatusOK, "ready")
	}
}

// plain answers a program with one word; it says nothing of versions or causes (A79).
func plain(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, word+"\n")
}

// readOnly refuses every method that is not for reading (A44, A79).
func readOnly(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			plain(w, http.StatusMethodNotAllowed, "method")
			return
		}
		h(w, r)
	})
}
