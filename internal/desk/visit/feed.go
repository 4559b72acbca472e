// SPDX-License-Identifier: Apache-2.0

package visit

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Feed is a secret address at which a calendar program reads somebody's visits. It reads, and
// nothing else; whoever holds it learns numbers, times and places, and no name or word of anybody.
type Feed struct {
	ID     int64
	Person person.ID
	MadeAt time.Time
	ReadAt time.Time // zero while nobody read it; right to the hour
}

// maxFeeds is how many somebody may have.
const maxFeeds = 10

// Feeds returns one's own feeds that are good.
func (s *Service) Feeds(ctx context.Context, by access.Actor) ([]Feed, error) {
	if err := access.Can(by, access.VisitRead, access.Object{}); err != nil {
		return nil, err
	}
	return feeds(ctx, s.DB, person.ID(by.ID))
}

// MakeFeed makes a feed of one's own visits. The secret is returned this once; only its hash is
// stored.
func (s *Service) MakeFeed(ctx context.Context, by access.Actor) (Feed, string, error) {
	if err := access.Can(by, access.VisitWork, access.Object{}); err != nil {
		return Feed{}, "", err
	}
	f, secret := Feed{Person: person.ID(by.ID), MadeAt: s.Clock.Now()}, id.Token()
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := feeds(ctx, tx, f.Person)
		if err != nil {
			return err
		}
		if len(list) >= maxFeeds {
			return errs.New(errs.Conflict, "visit.feeds_many", "Max", maxFeeds)
		}
		if f.ID, err = insertFeed(ctx, tx, f, id.Hash(secret)); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(f.MadeAt), FeedChanged{Feed: f.ID, Person: f.Person})
		return err
	})
	return f, secret, err
}

// RevokeFeed ends a feed of one's own.
func (s *Service) RevokeFeed(ctx context.Context, by access.Actor, which int64) error {
	if err := access.Can(by, access.VisitWork, access.Object{}); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		n, err := revokeFeed(ctx, tx, which, person.ID(by.ID), s.Clock.Now())
		if err == nil && n == 0 {
			return errs.New(errs.NotFound, "visit.feed_gone")
		}
		if err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), FeedChanged{Feed: which, Person: person.ID(by.ID), Revoked: true})
		return err
	})
}

// Bounds of a feed: what calendar programs show.
const (
	feedBack    = 30 * 24 * time.Hour
	feedForward = 180 * 24 * time.Hour
)

// ReadFeed writes the calendar behind a secret. Every instant is in UTC, so that a visit over
// midnight or in another zone is right in any calendar. NotFound for anything that is no good
// secret, and once its person no longer works here, without saying why.
func (s *Service) ReadFeed(ctx context.Context, secret string) ([]byte, error) {
	gone := errs.New(errs.NotFound, "visit.feed_gone")
	if !id.IsToken(secret) {
		return nil, gone
	}
	found, err := feedByHash(ctx, s.DB, id.Hash(secret))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, gone
	}
	f := found[0]
	p := s.People.Card(ctx, f.Person)
	if !p.Active || !p.Role.Staff() {
		return nil, gone
	}
	now := s.Clock.Now()
	if now.Sub(f.ReadAt) >= time.Hour {
		if err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return readFeed(ctx, tx, f.ID, now) }); err != nil {
			return nil, err
		}
	}
	list, err := ofEngineer(ctx, s.DB, f.Person, now.Add(-feedBack), now.Add(feedForward), 1000)
	if err != nil {
		return nil, err
	}
	var out []rota.Duty
	for _, v := range list {
		t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: v.Ticket})
		if err != nil {
			return nil, err
		}
		out = append(out, v.duties(t.Ref())...)
	}
	slices.SortStableFunc(out, func(a, b rota.Duty) int { return a.From.Compare(b.From) })
	return rota.ICS(p.Name, now, out), nil
}

// duties are the entries of a calendar that a visit makes: the one that holds, or each proposed one.
func (v Visit) duties(ref string) []rota.Duty {
	uid := "visit-" + v.Token
	switch v.State {
	case Proposed:
		var out []rota.Duty
		for i, x := range v.Times.List() {
			out = append(out, rota.Duty{UID: uid + "-" + strconv.Itoa(i+1), From: x.From, To: x.To, Summary: ref + "?", Where: v.Place, Sequence: v.Round, Tentative: true})
		}
		return out
	case Agreed, Travelling, OnSite, Done, Signed:
		return []rota.Duty{{UID: uid, From: v.From, To: v.To, Summary: ref, Where: v.Place, Sequence: v.Round}}
	case Refused, Missed, Cancelled:
	}
	return nil
}
