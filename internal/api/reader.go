// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// reader is who asks, and how they read.
type reader struct {
	by     access.Actor
	person person.Person
	lang   i18n.Lang
	zone   *time.Location
}

// staff reports whether internal words may be in the answer.
func (r reader) staff() bool { return r.by.Staff() }

// say writes a message in the reader's language.
func (r reader) say(key string, args ...any) string { return i18n.T(r.lang, key, args...) }

type readerKey struct{}

func readerOf(ctx context.Context) reader {
	r, _ := ctx.Value(readerKey{}).(reader)
	return r
}

// admit stands before every operation: who is it, may they, and is what they send fit to be read.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	req, w := humago.Unwrap(ctx)
	r, err := a.identify(req)
	if err == nil {
		err = a.limiter.take(r.person.ID)
	}
	if err == nil {
		err = access.Can(r.by, action(ctx.Operation()), access.Object{})
	}
	if err == nil {
		err = a.receive(ctx.Operation(), w, req)
	}
	if err != nil {
		a.refuse(w, req, r, err)
		return
	}
	if carries, _ := ctx.Operation().Metadata[carriesKey].(bool); carries {
		conn := http.NewResponseController(w)
		defer clock.Patience(conn.SetReadDeadline, ticket.TransferFor)()
		defer clock.Patience(conn.SetWriteDeadline, ticket.TransferFor)()
	}
	next(huma.WithValue(ctx, readerKey{}, r))
}

func action(op *huma.Operation) access.Action {
	do, _ := op.Metadata[actionKey].(access.Action)
	return do
}

// identify finds the person behind the bearer token. Wrong tokens are counted by address and
// refused beyond the limit of sign-ins; a right one is never refused for its neighbours (A55).
func (a *API) identify(req *http.Request) (reader, error) {
	r := a.stranger(req)
	scheme, secret, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return r, errs.New(errs.Unauthenticated, "api.token_missing")
	}
	who, err := a.Sessions.WhoseToken(req.Context(), secret)
	if errs.KindOf(err) == errs.Unauthenticated {
		if limited := a.Sessions.Try(req.Context(), "token:"+a.address(req), session.MaxFrom); limited != nil {
			return r, limited
		}
	}
	if err != nil {
		return r, err
	}
	r.person = who
	r.by = access.Actor{ID: int64(who.ID), Kind: access.Person, Role: who.Role, Via: "api"}
	if l, ok := i18n.Known(who.Lang); ok && req.Header.Get("Accept-Language") == "" {
		r.lang = l
	}
	if loc, ok := clock.Zone(who.Zone); ok {
		r.zone = loc
	}
	return r, nil
}

// stranger is the reader before anybody is known: the header speaks, else the desk.
func (a *API) stranger(req *http.Request) reader {
	desk := a.Settings.Desk(req.Context())
	r := reader{lang: i18n.ZH, zone: clock.FirstZone(desk.Zone)}
	if l, ok := i18n.Known(desk.Lang); ok {
		r.lang = l
	}
	if header := req.Header.Get("Accept-Language"); header != "" {
		r.lang = i18n.Match(header)
	}
	return r
}

func (a *API) address(req *http.Request) string {
	if a.Address != nil {
		return a.Address(req)
	}
	host, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		return req.RemoteAddr
	}
	return host
}
