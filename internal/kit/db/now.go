// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"time"
)

// Now returns what the clock of a PostgreSQL server says, which all nodes share; false on
// SQLite, whose clock is the machine's (F43).
func (d *DB) Now(ctx context.Context) (time.Time, bool, error) {
	if d.Engine() != Postgres {
		return time.Time{}, false, nil
	}
	at, err := One(ctx, d, func(r Row) (t time.Time, err error) {
		err = r.Scan(&t)
		return t, err
	}, `SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)`)
	return at, true, err
}
