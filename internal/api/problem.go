// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// problem is how every refusal looks (RFC 9457).
type problem struct {
	Type           string             `json:"type" doc:"urn:loopdesk:problem: and the key"`
	Title          string             `json:"title" doc:"What sort of problem, in the reader's language"`
	Status         int                `json:"status" doc:"The status of the answer"`
	Detail         string             `json:"detail" doc:"What is wrong and the way on, in the reader's language"`
	Instance       string             `json:"instance,omitempty" doc:"The incident to name to an administrator, where the fault is ours"`
	Kind           string             `json:"kind" enum:"internal,invalid,unauthenticated,denied,not_found,conflict,stale,missing,too_large,limited,unavailable" doc:"The sort of problem; never changes its name"`
	Key            string             `json:"key" doc:"The problem itself; never changes its name"`
	Errors         []fieldProblemJSON `json:"errors,omitempty" nullable:"false" doc:"The fields to mend"`
	Gaps           []gapJSON          `json:"gaps,omitempty" nullable:"false" doc:"What the support standard still asks for, all at once"`
	CurrentVersion int64              `json:"current_version,omitempty" doc:"For a stale If-Match: the version to look at"`

	header http.Header
}

// fieldProblemJSON points at one field of a body, a query, an address or a header.
type fieldProblemJSON struct {
	Field string `json:"field" doc:"The name of the field, with its place in lists: verify[2]"`
	Key   string `json:"key" doc:"The message; never changes its name"`
	Text  string `json:"text" doc:"What to do, in the reader's language"`
	At    int    `json:"at,omitempty" doc:"Where in the text it begins, in characters from 1, if it is a question or a filter"`
}

// gapJSON is one thing that a gate found missing.
type gapJSON struct {
	Clause   string `json:"clause" doc:"The clause of the standard, N32"`
	Key      string `json:"key" doc:"Names the gap; a deviation is recorded for this name"`
	Form     string `json:"form" doc:"The command that fills it"`
	Deviable bool   `json:"deviable" doc:"A deviation with a reason may stand in for it"`
	Text     string `json:"text" doc:"What is missing, in the reader's language"`
}

// Error is the detail.
func (p *problem) Error() string { return p.Detail }

// GetStatus is the status, for huma.
func (p *problem) GetStatus() int { return p.Status }

// GetHeaders are the headers that go with the status, for huma.
func (p *problem) GetHeaders() http.Header { return p.header }

// ContentType is application/problem+json, for huma.
func (*problem) ContentType(string) string { return "application/problem+json" }

// refusalError is an error of this door's own, whose status its kind does not tell.
type refusalError struct {
	cause  *errs.Error
	status int
	header http.Header
}

// Error is for the log.
func (r *refusalError) Error() string { return r.cause.Error() }

// Unwrap returns the error that the reader sees.
func (r *refusalError) Unwrap() error { return r.cause }

func refused(status int, key string, args ...any) *refusalError {
	kind := errs.Invalid
	switch status {
	case http.StatusNotFound:
		kind = errs.NotFound
	case http.StatusRequestEntityTooLarge:
		kind = errs.TooLarge
	}
	return &refusalError{cause: errs.New(kind, key, args...), status: status}
}

// staleError adds the present version to a Stale error.
type staleError struct {
	error
	version int64
}

// Unwrap returns the error itself.
func (s staleError) Unwrap() error { return s.error }

// status is the one table of statuses by kind.
func status(k errs.Kind) int {
	switch k {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Unauthenticated:
		return http.StatusUnauthorized
	case errs.Denied:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict, errs.Missing:
		return http.StatusConflict
	case errs.Stale:
		return http.StatusPreconditionFailed
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Limited:
		return http.StatusTooManyRequests
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	case errs.Internal:
	}
	return http.StatusInternalServerError
}

// problem turns an error into what the reader may see. What is ours to mend is logged once,
// under the incident that the reader is told (A88).
func (a *API) problem(ctx context.Context, r reader, err error) *problem {
	e := errs.As(err)
	if e == nil || e.Kind == errs.Internal {
		return a.incident(ctx, r, err)
	}
	p := &problem{
		Type: problemType + e.Key, Key: e.Key, Kind: e.Kind.String(), Status: status(e.Kind),
		Title: r.say("errs.title_" + e.Kind.String()), Detail: r.say(e.Key, a.words(r, e.Args)...),
		header: http.Header{"Content-Language": {string(r.lang)}},
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, fieldProblemJSON{Field: f.Name, Key: f.Key, Text: r.say(f.Key, a.words(r, f.Args)...), At: queue.WrongAt(err)})
	}
	p.Gaps = gaps(r, e.Gaps)
	if own := (*refusalError)(nil); errors.As(err, &own) {
		p.Status = own.status
		for k, v := range own.header {
			p.header[k] = v
		}
	}
	if s := (staleError{}); errors.As(err, &s) {
		p.CurrentVersion = s.version
	}
	switch p.Status {
	case http.StatusUnauthorized:
		p.header.Set("WWW-Authenticate", `Bearer realm="loopdesk"`)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		if p.header.Get("Retry-After") == "" {
			p.header.Set("Retry-After", "60")
		}
	}
	if e.Kind == errs.Unavailable {
		a.Log.ErrorContext(ctx, "api request not served", "error", err)
	}
	return p
}

const problemType = "urn:loopdesk:problem:"

// incident is a failure of ours: the log gets the error, the reader a number.
func (a *API) incident(ctx context.Context, r reader, err error) *problem {
	name := id.Token()[:8]
	if ctx.Err() == nil { // a caller who left is no failure of ours
		a.Log.ErrorContext(ctx, "api request failed", "incident", name, "error", err)
	}
	return &problem{
		Type: problemType + "errs.internal", Key: "errs.internal", Kind: errs.Internal.String(), Status: http.StatusInternalServerError,
		Title: r.say("errs.title_internal"), Detail: r.say("api.incident", "Incident", name), Instance: "urn:loopdesk:incident:" + name,
		header: http.Header{"Content-Language": {string(r.lang)}},
	}
}

// words writes instants and lengths among the arguments of a message as the reader would say them.
func (a *API) words(r reader, args []any) []any {
	out := make([]any, len(args))
	for i, v := range args {
		switch v := v.(type) {
		case time.Time:
			out[i] = i18n.Moment(r.lang, v, a.Clock.Now(), r.zone)
		case time.Duration:
			out[i] = i18n.Duration(r.lang, v)
		default:
			out[i] = v
		}
	}
	return out
}

func gaps(r reader, list []errs.Gap) []gapJSON {
	var out []gapJSON
	for _, g := range list {
		out = append(out, gapJSON{Clause: g.Clause, Key: g.Key, Form: g.Form, Deviable: g.Deviable, Text: i18n.Gap(r.lang, g)})
	}
	return out
}

// refuse answers with a problem outside of an operation.
func (a *API) refuse(w http.ResponseWriter, req *http.Request, r reader, err error) {
	p := a.problem(req.Context(), r, err)
	for k, v := range p.header {
		w.Header()[k] = v
	}
	var body bytes.Buffer
	if err := write(&body, p); err != nil {
		a.Log.ErrorContext(req.Context(), "api problem not written", "error", err)
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_, _ = w.Write(body.Bytes()) // a caller who left cannot be told
}

// write is the one way in which JSON leaves: <, > and & escaped, so that no browser takes it for a page.
func write(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }
