// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// BrowserID is a subscription's key.
type BrowserID int64

// MaxBrowsers bounds how many browsers somebody lets the desk wake.
const MaxBrowsers = 10

// Browser is one browser of somebody that takes messages while no page is open (RFC 8030). Its
// endpoint lies with its maker; only who holds its keys reads what is sent (RFC 8291).
type Browser struct {
	ID       BrowserID
	Person   person.ID
	Endpoint string // an https address, at most 1000 bytes
	P256dh   string // its public key: an uncompressed point, base64url
	Auth     string // its secret of 16 bytes, base64url
	Agent    string // what it calls itself
	At       time.Time
	UsedAt   time.Time // when it last took a message
}

// decoded reads base64url with or without its padding, as browsers write it.
func decoded(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
}

// check returns Invalid for what no browser can be. That the endpoint lies outside of the house is
// judged here, and again when it is called (S39).
func (s *Service) check(b Browser) error {
	point, err := decoded(b.P256dh)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(point)
	}
	auth, bad := decoded(b.Auth)
	https := strings.HasPrefix(b.Endpoint, "https://") || s.Reach.AllowLoopback
	if err != nil || bad != nil || len(auth) != 16 || len(b.Endpoint) > 1000 || !https || s.Reach.Check(b.Endpoint) != nil {
		return errs.Field("endpoint", "inbox.browser_shape")
	}
	return nil
}

// Browsers returns those of whoever asks, the last first.
func (s *Service) Browsers(ctx context.Context, who access.Actor) ([]Browser, error) {
	if err := may(who); err != nil {
		return nil, err
	}
	return browsersOf(ctx, s.DB, person.ID(who.ID))
}

// Subscribe keeps a browser. One that is known, of whoever it was, is the asker's from here on:
// whoever sits before it now reads what it shows.
func (s *Service) Subscribe(ctx context.Context, who access.Actor, b Browser) (Browser, error) {
	if err := may(who); err != nil {
		return b, err
	}
	if err := s.check(b); err != nil {
		return b, err
	}
	b.Person, b.At = person.ID(who.ID), s.Clock.Now()
	if r := []rune(b.Agent); len(r) > 300 {
		b.Agent = string(r[:300])
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := browsersOf(ctx, tx, b.Person)
		if err != nil {
			return err
		}
		if len(list) >= MaxBrowsers {
			return errs.New(errs.Conflict, "inbox.browsers_many", "Max", MaxBrowsers)
		}
		b.ID, err = saveBrowser(ctx, tx, b)
		return err
	})
	return b, err
}

// Unsubscribe forgets one of the asker's browsers. NotFound for any other.
func (s *Service) Unsubscribe(ctx context.Context, who access.Actor, which BrowserID) error {
	if err := may(who); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := dropBrowser(ctx, tx, which, person.ID(who.ID))
		if err == nil && n == 0 {
			return errs.New(errs.NotFound, "inbox.browser_gone")
		}
		return err
	})
}

// Try sends one of the asker's browsers a message that says that it works.
func (s *Service) Try(ctx context.Context, who access.Actor, which BrowserID) error {
	if err := may(who); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := browsersOf(ctx, tx, person.ID(who.ID))
		if err != nil {
			return err
		}
		for _, b := range list {
			if b.ID == which {
				return s.queuePush(ctx, tx, which, 0)
			}
		}
		return errs.New(errs.NotFound, "inbox.browser_gone")
	})
}
