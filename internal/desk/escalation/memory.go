// SPDX-License-Identifier: Apache-2.0

package escalation

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// trusts asks the guard, with what earlier processes knew: a clock that was moved while none
// ran is noticed by the first look of the next one (F42).
func (s *Service) trusts(ctx context.Context, now time.Time) (bool, error) {
	if s.Elapsed == nil {
		return true, nil
	}
	s.recalling.Lock()
	defer s.recalling.Unlock()
	if !s.recalled {
		m, err := recall(ctx, s.DB, s.Boot)
		if err != nil {
			return false, err
		}
		s.guard.Recall(m, now)
		s.recalled = true
	}
	if !s.guard.Trusts(now) {
		return false, nil
	}
	if passed := s.Elapsed(); s.noted == 0 || passed-s.noted >= remembered {
		err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return remember(ctx, tx, s.Boot, s.guard.Ahead(), now) })
		if err != nil {
			return false, err
		}
		s.noted = passed
	}
	return true, nil
}

// recall reads what is known of the clock: by this run of the machine, else what was seen last.
func recall(ctx context.Context, q db.Querier, boot string) (memory, error) {
	list, err := db.All(ctx, q, func(r db.Row) (m memory, err error) {
		var name string
		var ahead int64
		err = r.Scan(&name, &ahead, &m.seen)
		m.same, m.ahead = name == boot && boot != "", time.Duration(ahead)*time.Millisecond
		return m, err
	}, `SELECT boot, ahead, seen_at FROM escalation_seen ORDER BY CASE WHEN boot = $1 THEN 0 ELSE 1 END, seen_at DESC LIMIT 1`, boot)
	if err != nil || len(list) == 0 {
		return memory{}, err
	}
	return list[0], nil
}

// remember writes down that the clock is believed, and forgets runs of machines of long ago.
func remember(ctx context.Context, tx *db.Tx, boot string, ahead time.Duration, now time.Time) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM escalation_seen WHERE seen_at < $1 AND boot <> $2`, now.AddDate(0, 0, -30), boot); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `
		INSERT INTO escalation_seen (boot, ahead, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (boot) DO UPDATE SET ahead = excluded.ahead, seen_at = excluded.seen_at`, boot, ahead.Milliseconds(), now)
	return err
}
