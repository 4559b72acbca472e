// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// A job that plans its own next run plans none when it died: the housekeeping of the next hour does,
// and nobody has to start the desk again.
func TestATimedJobThatDiedIsPlannedAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		ctx := t.Context()
		server := directory.StartServer()
		server.On, server.Host, server.Base = true, "ldap.desk.example", "dc=desk,dc=example"
		if err := setting.Save(ctx, h.Settings, access.Desk(), directory.ServerName, server, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		for _, when := range []string{"at first", "an hour later", "after they died"} {
			if when == "after they died" {
				died := func(ctx context.Context, tx *db.Tx) error {
					_, err := db.Exec(ctx, tx, `UPDATE job SET state = 2`)
					return err
				}
				if err := h.DB.Write(ctx, died); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.Hourly(ctx); err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{directory.TickJob, problem.ScanJob, score.MonthJob, suggest.LearnJob} {
				n, err := db.One(ctx, h.DB, db.Int, `SELECT COUNT(*) FROM job WHERE kind = $1 AND state = 0`, kind)
				if err != nil || n != 1 {
					t.Errorf("%s: %d of %s wait: %v", when, n, kind, err)
				}
			}
		}
	})
}
