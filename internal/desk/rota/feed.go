// SPDX-License-Identifier: Apache-2.0

package rota

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Feed is a secret address at which a calendar program reads a rota or a person's duties. It
// reads, and nothing else; whoever holds it learns names and times of duty, and nothing else.
type Feed struct {
	ID        int64
	Rota      ID        // of this rota; 0 for the duties of a person on every rota
	Person    person.ID // 0 where the feed is of a rota
	By        person.ID
	MadeAt    time.Time
	ReadAt    time.Time // zero while nobody read it; right to the hour
	RevokedAt time.Time
}

// Feeds returns the feeds that are good: for leads all, for others their own.
func (s *Service) Feeds(ctx context.Context, by access.Actor) ([]Feed, error) {
	if err := access.Can(by, access.RotaRead, access.Object{}); err != nil {
		return nil, err
	}
	list, err := feeds(ctx, s.db)
	if access.Can(by, access.RotaWork, access.Object{}) != nil {
		list = slices.DeleteFunc(list, func(f Feed) bool { return f.Person != person.ID(by.ID) })
	}
	return list, err
}

// MakeFeed makes a feed of a rota, which leads may, or of one's own duties where which is 0.
// The secret is returned this once; only its hash is stored.
func (s *Service) MakeFeed(ctx context.Context, by access.Actor, which ID) (Feed, string, error) {
	action := access.RotaSwap
	f := Feed{Rota: which, By: person.ID(by.ID), MadeAt: s.clock.Now()}
	if which == 0 {
		f.Person = person.ID(by.ID)
	} else {
		action = access.RotaWork
	}
	if err := access.Can(by, action, access.Object{}); err != nil {
		return Feed{}, "", err
	}
	if which != 0 {
		if _, _, err := s.Get(ctx, by, which); err != nil {
			return Feed{}, "", err
		}
	}
	secret := id.Token()
	err := s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if f.ID, err = insertFeed(ctx, tx, f, id.Hash(secret)); err != nil {
			return err
		}
		_, err = s.bus.Record(ctx, tx, by.Meta(f.MadeAt), FeedChanged{Feed: f.ID, Rota: f.Rota, Person: f.Person})
		return err
	})
	return f, secret, err
}

// RevokeFeed ends a feed: leads any, others their own.
func (s *Service) RevokeFeed(ctx context.Context, by access.Actor, which int64) error {
	list, err := s.Feeds(ctx, by)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(f Feed) bool { return f.ID == which }) {
		return errs.New(errs.NotFound, "rota.feed_gone")
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		f, err := revoke(ctx, tx, which, s.clock.Now())
		if errs.KindOf(err) == errs.NotFound {
			return errs.New(errs.NotFound, "rota.feed_gone")
		}
		if err != nil {
			return err
		}
		_, err = s.bus.Record(ctx, tx, by.Meta(s.clock.Now()), FeedChanged{Feed: f.ID, Rota: f.Rota, Person: f.Person, Revoked: true})
		return err
	})
}

// Bounds of a feed: what calendar programs show.
const (
	feedBack    = 30 * 24 * time.Hour
	feedForward = 180 * 24 * time.Hour
)

// ReadFeed writes the calendar behind a secret. NotFound for anything that is no good secret,
// and once its person no longer works here, without saying why.
func (s *Service) ReadFeed(ctx context.Context, secret string) ([]byte, error) {
	gone := errs.New(errs.NotFound, "rota.feed_gone")
	if !id.IsToken(secret) {
		return nil, gone
	}
	f, err := feedByHash(ctx, s.db, id.Hash(secret))
	if errs.KindOf(err) == errs.NotFound {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	if f.Person != 0 && !s.staff(ctx, []person.ID{f.Person}) {
		return nil, gone
	}
	h, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	if now.Sub(f.ReadAt) >= time.Hour {
		err = s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return readFeed(ctx, tx, f.ID, now) })
	}
	name, list := s.duties(ctx, h, f, now)
	return ICS(name, now, list), err
}

// duties are the entries of a feed, and its name.
func (s *Service) duties(ctx context.Context, h held, f Feed, now time.Time) (name string, out []Duty) {
	names := []string{}
	for _, r := range h.rotas {
		if !r.Active || f.Rota != 0 && r.ID != f.Rota {
			continue
		}
		names = append(names, r.Name)
		for _, span := range r.Spans(now.Add(-feedBack).Truncate(24*time.Hour), now.Add(feedForward), h.swaps[r.ID]) {
			for _, turn := range span.Turns {
				if f.Person != 0 && turn.Person != f.Person {
					continue
				}
				d := Duty{From: span.From, To: span.To, Summary: r.Name + " · " + s.people.Card(ctx, turn.Person).Name}
				d.UID = strings.Join([]string{"rota", strconv.FormatInt(int64(r.ID), 10), strconv.FormatInt(span.From.Unix(), 10), strconv.FormatInt(int64(turn.Person), 10)}, "-")
				if turn.Shift >= 0 {
					d.About = r.Shifts[turn.Shift].Name
				}
				if turn.Instead != 0 {
					d.About += " ⇄ " + s.people.Card(ctx, turn.Instead).Name
				}
				out = append(out, d)
			}
		}
	}
	if f.Person != 0 {
		return s.people.Card(ctx, f.Person).Name, out
	}
	return strings.Join(names, " · "), out
}
