// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const itemColumns = `id, person_id, ticket_id, event_id, kind, what, actor_id, at, page, letter, read_at, done_at`

func scanItem(r db.Row) (i Item, err error) {
	err = r.Scan(&i.ID, &i.Person, &i.Ticket, &i.Event, &i.Kind, &i.What, &i.Actor, &i.At, &i.Page, &i.Letter, &i.ReadAt, &i.DoneAt)
	return i, err
}

// insert writes an item down; false where the person was told of the fact before.
func insert(ctx context.Context, tx *db.Tx, i Item) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		INSERT INTO inbox_item (person_id, ticket_id, event_id, kind, what, actor_id, at, page, letter)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (person_id, event_id) DO NOTHING`,
		i.Person, i.Ticket, i.Event, i.Kind, i.What, i.Actor, i.At, i.Page, i.Letter)
	return n == 1, err
}

// ofOwn leaves what somebody was told of their own requests, where that alone is asked for.
func ofOwn(own bool) string {
	if !own {
		return ""
	}
	return ` AND kind IN ('solution', 'asked', 'late', 'word', 'over')`
}

// place is a ticket and its newest item.
type place struct {
	ticket ticket.ID
	newest ItemID
}

func scanPlace(r db.Row) (p place, err error) {
	err = r.Scan(&p.ticket, &p.newest)
	return p, err
}

// places are the tickets of a page. A filter by kind leaves out the items of other kinds, too.
func places(ctx context.Context, q db.Querier, who person.ID, f Filter, limit int) ([]place, error) {
	if f.State == Done {
		return db.All(ctx, q, scanPlace, `
			SELECT ticket_id, MAX(id) FROM inbox_item WHERE person_id = $1 AND page AND done_at IS NOT NULL AND ($2 = '' OR kind = $2)`+ofOwn(f.own)+`
			GROUP BY ticket_id HAVING ($3 = 0 OR MAX(id) < $3) ORDER BY MAX(id) DESC LIMIT $4`, who, f.Kind, f.Before, limit)
	}
	return db.All(ctx, q, scanPlace, `
		SELECT ticket_id, MAX(id) FROM inbox_item WHERE person_id = $1 AND page AND done_at IS NULL AND ($2 = '' OR kind = $2)
		AND ($5 = '' OR read_at IS NULL)`+ofOwn(f.own)+`
		GROUP BY ticket_id HAVING ($3 = 0 OR MAX(id) < $3) ORDER BY MAX(id) DESC LIMIT $4`, who, f.Kind, f.Before, limit, f.State)
}

// maxItems bounds what is read for a page.
const maxItems = 2000

func itemsOf(ctx context.Context, q db.Querier, who person.ID, f Filter, on []place) ([]Item, error) {
	if len(on) == 0 {
		return nil, nil
	}
	args := []any{who, f.Kind, maxItems}
	if f.State == Done {
		for _, p := range on {
			args = append(args, p.ticket)
		}
		return db.All(ctx, q, scanItem, `
			SELECT `+itemColumns+` FROM inbox_item WHERE person_id = $1 AND page AND done_at IS NOT NULL AND ($2 = '' OR kind = $2)`+ofOwn(f.own)+`
			AND ticket_id IN (`+db.List(len(on), 4)+`) ORDER BY id DESC LIMIT $3`, args...)
	}
	args = append(args, f.State)
	for _, p := range on {
		args = append(args, p.ticket)
	}
	return db.All(ctx, q, scanItem, `
		SELECT `+itemColumns+` FROM inbox_item WHERE person_id = $1 AND page AND done_at IS NULL AND ($2 = '' OR kind = $2)
		AND ($4 = '' OR read_at IS NULL)`+ofOwn(f.own)+` AND ticket_id IN (`+db.List(len(on), 5)+`) ORDER BY id DESC LIMIT $3`, args...)
}

// unread counts the tickets about which there is something unread.
func unread(ctx context.Context, q db.Querier, who person.ID, own bool) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(DISTINCT ticket_id) FROM inbox_item WHERE person_id = $1 AND page AND done_at IS NULL AND read_at IS NULL`+ofOwn(own), who)
}

// unreadOn is the newest unread item about a ticket, 0 for none.
func unreadOn(ctx context.Context, q db.Querier, who person.ID, on ticket.ID, own bool) (ItemID, error) {
	n, err := db.One(ctx, q, db.Int, `
		SELECT COALESCE(MAX(id), 0) FROM inbox_item WHERE person_id = $1 AND ticket_id = $2 AND done_at IS NULL AND read_at IS NULL`+ofOwn(own), who, on)
	return ItemID(n), err
}

// markRead marks what somebody saw of a ticket (0 for all), up to an item.
func markRead(ctx context.Context, tx *db.Tx, who person.ID, on ticket.ID, upTo ItemID, at time.Time, own bool) (int64, error) {
	return db.Exec(ctx, tx, `
		UPDATE inbox_item SET read_at = $4 WHERE person_id = $1 AND ($2 = 0 OR ticket_id = $2) AND id <= $3 AND done_at IS NULL AND read_at IS NULL`+ofOwn(own), who, on, upTo, at)
}

// markDone takes from the list what somebody saw of a ticket (0 for all), up to an item.
func markDone(ctx context.Context, tx *db.Tx, who person.ID, on ticket.ID, upTo ItemID, at time.Time, own bool) (int64, error) {
	return db.Exec(ctx, tx, `
		UPDATE inbox_item SET done_at = $4, read_at = COALESCE(read_at, $4)
		WHERE person_id = $1 AND ($2 = 0 OR ticket_id = $2) AND id <= $3 AND done_at IS NULL`+ofOwn(own), who, on, upTo, at)
}

// lastDone is when somebody last took something from the list; zero for never.
func lastDone(ctx context.Context, q db.Querier, who person.ID) (time.Time, error) {
	return db.One(ctx, q, scanTime, `SELECT MAX(done_at) FROM inbox_item WHERE person_id = $1 AND done_at IS NOT NULL`, who)
}

func scanTime(r db.Row) (t time.Time, err error) {
	err = r.Scan(&t)
	return t, err
}

// bringBack puts back what was taken from the list at an instant, or everything of a ticket.
func bringBack(ctx context.Context, tx *db.Tx, who person.ID, on ticket.ID, at time.Time) (int64, error) {
	if on != 0 {
		return db.Exec(ctx, tx, `UPDATE inbox_item SET done_at = NULL WHERE person_id = $1 AND ticket_id = $2 AND done_at IS NOT NULL`, who, on)
	}
	return db.Exec(ctx, tx, `UPDATE inbox_item SET done_at = NULL WHERE person_id = $1 AND done_at = $2`, who, at)
}

// sweep removes what was done before an instant, and what is older than another.
func sweep(ctx context.Context, tx *db.Tx, done, old time.Time) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM inbox_item WHERE done_at < $1 OR at < $2`, done, old)
}

// untold are the items of a fact that are not on their way to mail and desktop yet.
func untold(ctx context.Context, q db.Querier, fact int64) ([]Item, error) {
	return db.All(ctx, q, scanItem, `SELECT `+itemColumns+` FROM inbox_item WHERE event_id = $1 AND told_at IS NULL ORDER BY id`, fact)
}

// markTold says that an item is on its way; false where it was before.
func markTold(ctx context.Context, tx *db.Tx, which ItemID, at, due time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE inbox_item SET told_at = $2, mail_due = $3 WHERE id = $1 AND told_at IS NULL`, which, at, due)
	return n == 1, err
}

// takeDue takes what is due to somebody by mail, and was not read meanwhile.
func takeDue(ctx context.Context, tx *db.Tx, who person.ID, now time.Time) ([]Item, error) {
	return db.All(ctx, tx, scanItem, `
		UPDATE inbox_item SET mailed_at = $2 WHERE person_id = $1 AND mail_due <= $2 AND mailed_at IS NULL AND done_at IS NULL AND read_at IS NULL
		RETURNING `+itemColumns, who, now)
}

// The wishes of readers.

func rulesOf(ctx context.Context, q db.Querier, who ...person.ID) (map[person.ID]Rules, error) {
	out := map[person.ID]Rules{}
	if len(who) == 0 {
		return out, nil
	}
	args := make([]any, len(who))
	for i, w := range who {
		args[i] = w
	}
	type row struct {
		who  person.ID
		rule Rule
	}
	list, err := db.All(ctx, q, func(r db.Row) (x row, err error) {
		err = r.Scan(&x.who, &x.rule.Kind, &x.rule.Page, &x.rule.Mail, &x.rule.Push)
		return x, err
	}, `SELECT person_id, kind, page, mail, push FROM inbox_rule WHERE person_id IN (`+db.List(len(who), 1)+`)`, args...)
	for _, x := range list {
		if out[x.who] == nil {
			out[x.who] = Rules{}
		}
		out[x.who][x.rule.Kind] = x.rule
	}
	return out, err
}

func saveRule(ctx context.Context, tx *db.Tx, who person.ID, r Rule) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO inbox_rule (person_id, kind, page, mail, push) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person_id, kind) DO UPDATE SET page = excluded.page, mail = excluded.mail, push = excluded.push`,
		who, r.Kind, r.Page, r.Mail, r.Push)
	return err
}

func readerOf(ctx context.Context, q db.Querier, who person.ID) (Reader, error) {
	list, err := db.All(ctx, q, func(r db.Row) (x Reader, err error) {
		err = r.Scan(&x.Digest, &x.Hour, &x.Words)
		return x, err
	}, `SELECT digest, hour, words FROM inbox_reader WHERE person_id = $1`, who)
	if err != nil || len(list) == 0 {
		return StartReader(), err
	}
	return list[0], nil
}

func saveReader(ctx context.Context, tx *db.Tx, who person.ID, r Reader) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO inbox_reader (person_id, digest, hour, words) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id) DO UPDATE SET digest = excluded.digest, hour = excluded.hour, words = excluded.words`, who, r.Digest, r.Hour, r.Words)
	return err
}
