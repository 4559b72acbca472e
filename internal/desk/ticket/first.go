// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// First is a ticket with the words with which it began.
type First struct {
	Ticket
	Words string // at most maxFirst characters
}

// maxFirst bounds the first words that are read of a ticket: the matter stands at their beginning.
const maxFirst = 4000

// Firsts returns the tickets below a key with the words with which they began, newest first, for
// rooms that learn from them or compare them. It asks no access: what they do with them does.
func (s *Service) Firsts(ctx context.Context, below ID, limit int) ([]First, error) {
	return firsts(ctx, s.DB.Long(), `id < $1 ORDER BY id DESC LIMIT $2`, below, limit)
}

// FirstsSince returns those above a key, oldest first.
func (s *Service) FirstsSince(ctx context.Context, above ID, limit int) ([]First, error) {
	return firsts(ctx, s.DB, `id > $1 ORDER BY id LIMIT $2`, above, limit)
}

// Solved is where a walk over the solved tickets stands: when one was closed, and its key.
type Solved struct {
	At time.Time
	ID ID
}

const solvedTickets = `is_open = 0 AND closed_as IN ('confirmed', 'unconfirmed') AND `

// SolvedBelow returns the tickets that were closed with a solution before a place, the newest first.
func (s *Service) SolvedBelow(ctx context.Context, at Solved, limit int) ([]First, error) {
	return firsts(ctx, s.DB.Long(), solvedTickets+`(closed_at, id) < ($1, $2) ORDER BY closed_at DESC, id DESC LIMIT $3`, at.At, at.ID, limit)
}

// SolvedAbove returns those that were closed after it, the oldest first.
func (s *Service) SolvedAbove(ctx context.Context, at Solved, limit int) ([]First, error) {
	return firsts(ctx, s.DB, solvedTickets+`(closed_at, id) > ($1, $2) ORDER BY closed_at, id LIMIT $3`, at.At, at.ID, limit)
}

// KeysSince returns the keys above a key, lowest first: what a room that knows most of them already
// compares before it reads any.
func (s *Service) KeysSince(ctx context.Context, above ID, limit int) ([]ID, error) {
	return db.All(ctx, s.DB, func(r db.Row) (k ID, err error) {
		err = r.Scan(&k)
		return k, err
	}, `SELECT id FROM ticket WHERE id > $1 ORDER BY id LIMIT $2`, above, limit)
}

// ReopenedSince returns tickets that were reopened at some time and have changed since an instant, which
// those reopened since have, the latest changed first. It asks no access, as Firsts.
func (s *Service) ReopenedSince(ctx context.Context, at time.Time, limit int) ([]Ticket, error) {
	return db.All(ctx, s.DB.Long(), scan, `SELECT `+columns+` FROM ticket WHERE reopened > 0 AND updated_at >= $1 ORDER BY updated_at DESC, id DESC LIMIT $2`, at, limit)
}

// FirstsOf returns those of some keys, at most a few hundred, in no order.
func (s *Service) FirstsOf(ctx context.Context, keys []ID) ([]First, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = k
	}
	return firsts(ctx, s.DB, `id IN (`+db.List(len(keys), 1)+`)`, args...)
}

func firsts(ctx context.Context, q db.Querier, where string, args ...any) ([]First, error) {
	list, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM ticket WHERE `+where, args...)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	out := make([]First, len(list))
	at := make(map[ID]int, len(list))
	keys := make([]any, 0, len(list)+1)
	for i, t := range list {
		out[i].Ticket = t
		at[t.ID] = i
		keys = append(keys, t.ID)
	}
	type words struct {
		of   ID
		text string
	}
	said, err := db.All(ctx, q, func(r db.Row) (w words, err error) {
		err = r.Scan(&w.of, &w.text)
		return w, err
	}, `SELECT ticket_id, substr(body, 1, $1) FROM message WHERE first AND ticket_id IN (`+db.List(len(list), 2)+`) ORDER BY id`, append([]any{int64(maxFirst)}, keys...)...)
	for _, w := range said {
		out[at[w.of]].Words = w.text
	}
	return out, err
}
