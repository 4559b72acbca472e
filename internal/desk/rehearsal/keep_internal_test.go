// SPDX-License-Identifier: Apache-2.0

package rehearsal

import (
	"context"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// Two workers that began at the same place judged the same tickets: they count once.
func TestN2_ABatchThatTwoWorkersJudgedCountsOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, now := &Service{Parts{DB: d}}, time.Now()
		var which ID
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			if _, err = db.Exec(ctx, tx, `INSERT INTO person (id, name, email, role, created_at) VALUES (1, 'a', 'a@desk.test', 'admin', 0)`); err != nil {
				return err
			}
			which, err = insert(ctx, tx, Run{Kind: Pack, Body: "x", Months: 1, From: now, State: Running, Total: 300, By: 1, Started: now})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		r, err := one(t.Context(), d, which)
		if err != nil {
			t.Fatal(err)
		}
		found := r.Done
		r.Done, r.last = 100, 100
		for range 2 {
			if err := s.keep(t.Context(), found, r, map[string]*Tally{"N3": {Clause: "N3", MetWas: 100}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		list, err := tallies(t.Context(), d, which)
		if err != nil || len(list) != 1 || list[0].MetWas != 100 {
			t.Errorf("%+v %v", list, err)
		}
	})
}
