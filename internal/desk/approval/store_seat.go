// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"context"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const seatColumns = `id, level, person_id, because, COALESCE(group_id, 0), answer, COALESCE(by_id, 0), at, comment, via, gone_at`

func scanSeat(r db.Row) (s Seat, err error) {
	err = r.Scan(&s.ID, &s.Level, &s.Person, &s.Because, &s.Group, &s.Answer, &s.By, &s.At, &s.Comment, &s.Via, &s.GoneAt)
	return s, err
}

func seats(ctx context.Context, q db.Querier, of ID) ([]Seat, error) {
	return db.All(ctx, q, scanSeat, `SELECT `+seatColumns+` FROM approval_seat WHERE approval_id = $1 ORDER BY id LIMIT $2`, of, 2*maxSeats)
}

func insertSeat(ctx context.Context, tx *db.Tx, of ID, s Seat) (SeatID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO approval_seat (approval_id, level, person_id, because, group_id) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		of, s.Level, s.Person, s.Because, db.Opt(s.Group))
	return SeatID(n), err
}

// saveSeat stores an answer, once: false where somebody answered from this seat before.
func saveSeat(ctx context.Context, tx *db.Tx, s Seat) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		UPDATE approval_seat SET answer = $2, by_id = $3, at = $4, comment = $5, via = $6, gone_at = $7 WHERE id = $1 AND answer = ''`,
		s.ID, s.Answer, db.Opt(s.By), s.At, s.Comment, s.Via, s.GoneAt)
	return n == 1, err
}

// seatsOf returns the approvals that wait and in which somebody has a seat that is not answered.
func seatsOf(ctx context.Context, q db.Querier, who person.ID) ([]Approval, error) {
	return askedOf(ctx, q, []person.ID{who}, 1000)
}

// approvalOf returns to which approval a seat belongs.
func approvalOf(ctx context.Context, q db.Querier, seat SeatID) (ID, error) {
	n, err := db.One(ctx, q, db.Int, `SELECT approval_id FROM approval_seat WHERE id = $1`, seat)
	return ID(n), err
}

func itoa(n int) string { return strconv.Itoa(n) }
