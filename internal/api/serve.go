// SPDX-License-Identifier: Apache-2.0

package api

import (
	"errors"
	"fmt"
	"net/http"
	"path"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ServeHTTP answers one request. Whatever happens inside, the answer is JSON, kept by no
// cache, and shown by no browser as a page (A29, A34, A35). No other origin is let in (A33).
func (a *API) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Language, Authorization")
	seen := &watched{ResponseWriter: w}
	defer a.rescue(seen, req)
	// A path that is not as we write it would be redirected, and an answer of HTML is none of ours.
	if _, pattern := a.mux.Handler(req); pattern != "" && path.Clean(req.URL.Path) == req.URL.Path {
		a.mux.ServeHTTP(seen, req)
		return
	}
	a.refuse(seen, req, a.stranger(req), a.unknown(req))
}

// unknown is 405 where the address is known by another method (A44), else 404.
func (a *API) unknown(req *http.Request) error {
	allow := &watched{ResponseWriter: silent{http.Header{}}}
	a.mux.ServeHTTP(allow, req)
	if allow.status != http.StatusMethodNotAllowed {
		return refused(http.StatusNotFound, "api.no_route")
	}
	r := refused(http.StatusMethodNotAllowed, "api.no_method", "Method", short(req.Method))
	r.header = http.Header{"Allow": allow.Header()["Allow"]}
	return r
}

// rescue is the last resort: a panic becomes an incident, and the answer a problem where
// nothing of it has left yet (A88).
func (a *API) rescue(w *watched, req *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	err, ok := v.(error)
	if !ok {
		err = fmt.Errorf("%v", v)
	}
	if errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	err = fmt.Errorf("panic: %w", err)
	if w.status != 0 {
		a.Log.ErrorContext(req.Context(), "api answer broken off", "error", err)
		panic(http.ErrAbortHandler) // the caller must not take half an answer for a whole one
	}
	a.refuse(w, req, a.stranger(req), errs.Wrap(err, errs.Internal, "errs.internal"))
}

// watched remembers the status that left.
type watched struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write notes that an answer began.
func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController through.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// silent is an answer to nobody, of which only the headers are kept.
type silent struct{ header http.Header }

// Header is what was set.
func (s silent) Header() http.Header { return s.header }

// Write throws away.
func (silent) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader throws away.
func (silent) WriteHeader(int) {}
