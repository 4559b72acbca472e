// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const browserColumns = `id, person_id, endpoint, p256dh, auth, agent, at, used_at`

func scanBrowser(r db.Row) (b Browser, err error) {
	err = r.Scan(&b.ID, &b.Person, &b.Endpoint, &b.P256dh, &b.Auth, &b.Agent, &b.At, &b.UsedAt)
	return b, err
}

func browsersOf(ctx context.Context, q db.Querier, who person.ID) ([]Browser, error) {
	return db.All(ctx, q, scanBrowser, `SELECT `+browserColumns+` FROM inbox_browser WHERE person_id = $1 ORDER BY id DESC`, who)
}

func browser(ctx context.Context, q db.Querier, which BrowserID) (Browser, error) {
	return db.One(ctx, q, scanBrowser, `SELECT `+browserColumns+` FROM inbox_browser WHERE id = $1`, which)
}

func saveBrowser(ctx context.Context, tx *db.Tx, b Browser) (BrowserID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO inbox_browser (person_id, endpoint, p256dh, auth, agent, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (endpoint) DO UPDATE SET person_id = excluded.person_id, p256dh = excluded.p256dh, auth = excluded.auth,
			agent = excluded.agent, at = excluded.at, used_at = NULL
		RETURNING id`, b.Person, b.Endpoint, b.P256dh, b.Auth, b.Agent, b.At)
	return BrowserID(n), err
}

// dropBrowser forgets a browser of somebody; of anybody where who is 0.
func dropBrowser(ctx context.Context, tx *db.Tx, which BrowserID, who person.ID) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM inbox_browser WHERE id = $1 AND ($2 = 0 OR person_id = $2)`, which, who)
}

func usedBrowser(ctx context.Context, tx *db.Tx, which BrowserID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE inbox_browser SET used_at = $2 WHERE id = $1`, which, at)
	return err
}

func item(ctx context.Context, q db.Querier, which ItemID) (Item, error) {
	return db.One(ctx, q, scanItem, `SELECT `+itemColumns+` FROM inbox_item WHERE id = $1`, which)
}
