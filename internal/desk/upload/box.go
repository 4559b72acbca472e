// SPDX-License-Identifier: Apache-2.0

package upload

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

// Life is how long a box takes files.
const Life = 15 * time.Minute

// MaxFiles is how many files one box takes.
const MaxFiles = 10

// Box is a place for files of one person's form.
type Box struct {
	ID     string
	Person person.ID
	Until  time.Time
}

// Service makes boxes and keeps what was put into them.
type Service struct {
	db     *db.DB
	keys   *secret.Keys
	clock  clock.Clock
	people *person.Service
}

// NewService makes the room.
func NewService(d *db.DB, k *secret.Keys, c clock.Clock, p *person.Service) *Service {
	return &Service{db: d, keys: k, clock: c, people: p}
}

// New makes a box of the actor's and the code that opens it. Nothing is stored.
func (s *Service) New(by access.Actor) (Box, string, error) {
	if by.Kind != access.Person {
		return Box{}, "", errs.New(errs.Unauthenticated, "access.sign_in")
	}
	b := Box{ID: id.Token(), Person: person.ID(by.ID), Until: s.clock.Now().Add(Life).Truncate(time.Second)}
	p, until := strconv.FormatInt(int64(b.Person), 36), strconv.FormatInt(b.Until.Unix(), 36)
	return b, b.ID + "-" + p + "-" + until + "-" + s.keys.Sign("upload", b.ID, p, until), nil
}

// Open verifies a code: NotFound for anything that is not a good one, without saying why, and
// where its person may no longer sign in.
func (s *Service) Open(ctx context.Context, code string) (Box, access.Actor, error) {
	gone := errs.New(errs.NotFound, "upload.gone")
	parts := strings.Split(code, "-")
	if len(parts) != 4 || !id.IsToken(parts[0]) || !s.keys.Verify("upload", parts[3], parts[0], parts[1], parts[2]) {
		return Box{}, access.Actor{}, gone
	}
	who, err1 := strconv.ParseInt(parts[1], 36, 64)
	until, err2 := strconv.ParseInt(parts[2], 36, 64)
	b := Box{ID: parts[0], Person: person.ID(who), Until: time.Unix(until, 0)}
	if err1 != nil || err2 != nil || !s.clock.Now().Before(b.Until) {
		return Box{}, access.Actor{}, gone
	}
	p := s.people.Card(ctx, b.Person)
	if !p.Active {
		return Box{}, access.Actor{}, gone
	}
	return b, access.Actor{ID: who, Kind: access.Person, Role: access.Requester, Via: "portal"}, nil
}

// Put notes the tokens of files that were staged for a box. Limited where it is full.
func (s *Service) Put(ctx context.Context, b Box, tokens []string) error {
	now := s.clock.Now()
	return s.db.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := forget(ctx, tx, now.Add(-24*time.Hour)); err != nil {
			return err
		}
		for _, t := range tokens {
			if err := insert(ctx, tx, b, t, now); err != nil {
				return err
			}
		}
		n, err := count(ctx, tx, b)
		if err == nil && n > MaxFiles {
			err = full()
		}
		return err
	})
}

// Room returns Limited where a box takes no more files.
func (s *Service) Room(ctx context.Context, b Box) error {
	n, err := count(ctx, s.db, b)
	if err == nil && n >= MaxFiles {
		err = full()
	}
	return err
}

func full() error { return errs.New(errs.Limited, "upload.full", "Max", MaxFiles) }

// Tokens returns what was put into a box, the first first, to its person and nobody else.
func (s *Service) Tokens(ctx context.Context, by access.Actor, code string) ([]string, error) {
	b, _, err := s.Open(ctx, code)
	if err != nil {
		return nil, err
	}
	if by.Kind != access.Person || b.Person != person.ID(by.ID) {
		return nil, errs.New(errs.NotFound, "upload.gone")
	}
	return tokens(ctx, s.db, b)
}
