// SPDX-License-Identifier: Apache-2.0

package db_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// What docs/sql.md allows means the same to both engines: one list of texts,
// one list of answers.
func TestPortableSubset(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		for _, text := range []string{
			`CREATE TABLE team (id BIGINT PRIMARY KEY, name TEXT NOT NULL, size BIGINT NOT NULL CHECK (size >= 0))`,
			`CREATE TABLE seat (team_id BIGINT NOT NULL REFERENCES team (id) ON DELETE CASCADE, place BIGINT NOT NULL, free BOOLEAN NOT NULL DEFAULT TRUE, PRIMARY KEY (team_id, place))`,
			`CREATE INDEX seat_free ON seat (place, team_id) WHERE free = TRUE`,
			`INSERT INTO team (id, name, size) VALUES (1, 'Network', 2), (2, '桌面', 5), (3, 'SAP', 5)`,
			`INSERT INTO seat (team_id, place) VALUES (1, 1), (1, 2), (2, 1), (3, 1)`,
			`INSERT INTO team (id, name, size) VALUES (3, 'ERP', 4) ON CONFLICT (id) DO UPDATE SET name = excluded.name, size = team.size + excluded.size`,
			`INSERT INTO team (id, name, size) VALUES (3, 'x', 0) ON CONFLICT (id) DO NOTHING`,
			`INSERT INTO team (id, name, size) SELECT id, name, 1 FROM team WHERE TRUE ON CONFLICT (id) DO NOTHING`,
			`UPDATE seat SET free = FALSE FROM team WHERE team.id = seat.team_id AND team.name = 'ERP'`,
			`ALTER TABLE seat ADD COLUMN note TEXT NOT NULL DEFAULT ''`,
			`ALTER TABLE seat RENAME COLUMN note TO remark`,
			`ALTER TABLE seat DROP COLUMN remark`,
			`INSERT INTO team (id, name, size) VALUES (9, 'gone', 0)`,
			`INSERT INTO seat (team_id, place) VALUES (9, 1)`,
			`DELETE FROM team WHERE id IN (SELECT id FROM team WHERE size = 0)`,
		} {
			run(t, d, text)
		}
		for _, tt := range []struct {
			text string
			args []any
			want string
		}{
			{`SELECT name FROM team WHERE (size, id) > ($1, $2) ORDER BY size, id`, []any{2, 1}, "桌面 ERP"},
			{`SELECT name FROM team WHERE lower(name) LIKE lower($1) ORDER BY id`, []any{"NET%"}, "Network"},
			{`SELECT name FROM team ORDER BY size DESC, id LIMIT $1`, []any{1}, "ERP"},
			{`SELECT COUNT(*) FILTER (WHERE free) || '/' || COUNT(*) FROM seat`, nil, "3/4"},
			{`WITH big AS (SELECT id, name FROM team WHERE size > $1) SELECT name FROM big ORDER BY id`, []any{4}, "桌面 ERP"},
			{`SELECT name || ROW_NUMBER() OVER (ORDER BY size DESC, id) FROM team ORDER BY id`, nil, "Network3 桌面2 ERP1"},
			{`SELECT CASE WHEN EXISTS (SELECT 1 FROM seat WHERE team_id = team.id AND NOT free) THEN 'full' ELSE 'free' END FROM team ORDER BY id`, nil, "free free full"},
			{`SELECT COALESCE(NULLIF(substr(replace(name, 'work', ''), 1, 3), 'ERP'), 'none') FROM team ORDER BY id`, nil, "Net 桌面 none"},
			{`SELECT CAST(length(name) AS TEXT) FROM team WHERE id = 2`, nil, "2"},
			{`SELECT name FROM team WHERE CAST($1 AS BIGINT) > 0 AND id = 1`, []any{7}, "Network"},
			{`SELECT CASE WHEN CAST(size AS DOUBLE PRECISION) / 4 > 0.4 THEN 'half' ELSE '' END FROM team WHERE id = 1`, nil, "half"},
			{`SELECT CASE WHEN size / 4 = 0 THEN 'nothing' ELSE '' END FROM team WHERE id = 1`, nil, "nothing"},
			{`SELECT t.name FROM team t LEFT JOIN seat s ON s.team_id = t.id GROUP BY t.id, t.name HAVING COUNT(s.place) > 1 ORDER BY t.id`, nil, "Network"},
			{`SELECT name FROM team WHERE id = 1 UNION ALL SELECT name FROM team WHERE id = 3`, nil, "Network ERP"},
		} {
			got, err := db.All(t.Context(), d, scanText, tt.text, tt.args...)
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", tt.text, err, diff)
			}
		}
		for name, text := range map[string]string{
			"a text in double quotes": `SELECT "nothing" FROM team`,
			"a refused check":         `INSERT INTO team (id, name, size) VALUES (4, 'x', -1)`,
		} {
			err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := db.All(ctx, tx, scanText, text)
				return err
			})
			if err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

// Two callers who take the same row count on from each other; none is lost (rule 5).
func TestTakingLosesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		run(t, d, `INSERT INTO thing (name) VALUES ('a')`)
		const callers, times = 6, 10
		done := make(chan error, callers)
		for range callers {
			go func() {
				for range times {
					err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						n, err := db.One(ctx, tx, scanInt, `UPDATE thing SET n = n + 1 WHERE name = 'a' RETURNING n`)
						if err != nil {
							return err
						}
						return put(fmt.Sprint("seen", n))(ctx, tx) // unique: nobody else saw this number
					})
					if err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range callers {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		n, err := db.One(t.Context(), d, scanInt, `SELECT n FROM thing WHERE name = 'a'`)
		if err != nil || n != callers*times {
			t.Errorf("counted %d, want %d: %v", n, callers*times, err)
		}
	})
}
