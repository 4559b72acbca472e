// SPDX-License-Identifier: Apache-2.0

package telephony

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// claim keeps the key of a message and reports whether it is new; old keys go.
func claim(ctx context.Context, tx *db.Tx, id string, at, before time.Time) (bool, error) {
	if _, err := db.Exec(ctx, tx, `DELETE FROM telephony_event WHERE at < $1`, before); err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO telephony_event (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, id, at)
	return n == 1, err
}

// heard writes what was told of a call. Messages may come late: an instant that is known stays. A call
// that nobody took and that rings again after its end has come round: it rings from now on.
func heard(ctx context.Context, tx *db.Tx, t Told, agent person.ID, at time.Time) (int64, error) {
	var rung, answered, ended time.Time
	switch t.State {
	case Ringing:
		rung = at
	case Answered:
		answered = at
	case Ended:
		ended = at
	}
	return db.One(ctx, tx, db.Int, `
		INSERT INTO telephony_call (call, number, extension, incoming, person_id, rung_at, answered_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (call, extension) DO UPDATE SET
			number = CASE WHEN telephony_call.number = '' THEN excluded.number ELSE telephony_call.number END, person_id = excluded.person_id,
			rung_at = CASE WHEN `+comesRound+` THEN excluded.rung_at ELSE COALESCE(telephony_call.rung_at, excluded.rung_at) END,
			answered_at = COALESCE(telephony_call.answered_at, excluded.answered_at),
			ended_at = CASE WHEN `+comesRound+` THEN NULL ELSE COALESCE(telephony_call.ended_at, excluded.ended_at) END
		RETURNING id`, t.Call, t.Number, t.Extension, !t.Outgoing, db.Opt(agent), rung, answered, ended)
}

// comesRound tells a call that rings again from a message that came late: it had rung before it ended.
const comesRound = `telephony_call.rung_at IS NOT NULL AND telephony_call.answered_at IS NULL AND excluded.rung_at > telephony_call.ended_at`

const columns = `id, number, extension, incoming, person_id, rung_at, answered_at, ended_at`

func scan(r db.Row) (c Call, err error) {
	err = r.Scan(&c.ID, &c.Number, &c.Extension, &c.Incoming, &c.Agent, &c.Rung, &c.Answered, &c.Ended)
	return c, err
}

func get(ctx context.Context, q db.Querier, which int64) (Call, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM telephony_call WHERE id = $1`, which)
}

// latest is the call of somebody that began last. One that came round is older than its ringing: it is
// looked for among the last few.
func latest(ctx context.Context, q db.Querier, who person.ID) (Call, error) {
	return db.One(ctx, q, scan, `
		SELECT `+columns+` FROM (SELECT `+columns+` FROM telephony_call WHERE person_id = $1 ORDER BY id DESC LIMIT 20) AS recent
		ORDER BY COALESCE(rung_at, answered_at, ended_at) DESC, id DESC LIMIT 1`, who)
}
