// SPDX-License-Identifier: Apache-2.0

package announcement

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, version, kind, title, text, title_en, text_en, COALESCE(service_id, 0), anonymous, from_at, until_at, COALESCE(by_id, 0), at, over_at`

func scan(r db.Row) (a Announcement, err error) {
	err = r.Scan(&a.ID, &a.Version, &a.Kind, &a.Title, &a.Text, &a.TitleEN, &a.TextEN, &a.Service, &a.Anonymous, &a.From, &a.Until, &a.By, &a.At, &a.Over)
	return a, err
}

// standing are those that no one has ended and whose end has not passed, the newest first.
func standing(ctx context.Context, q db.Querier, now time.Time) ([]Announcement, error) {
	return db.All(ctx, q, scan, `
		SELECT `+columns+` FROM announcement WHERE over_at IS NULL AND (until_at IS NULL OR until_at > $1) ORDER BY at DESC, id DESC LIMIT 50`, now)
}

func latest(ctx context.Context, q db.Querier, limit int) ([]Announcement, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM announcement ORDER BY id DESC LIMIT $1`, limit)
}

func byID(ctx context.Context, q db.Querier, which ID) (Announcement, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM announcement WHERE id = $1`, which)
}

func take(ctx context.Context, tx *db.Tx, which ID) (Announcement, error) {
	return db.One(ctx, tx, scan, `UPDATE announcement SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

func insert(ctx context.Context, tx *db.Tx, a Announcement) (ID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO announcement (kind, title, text, title_en, text_en, service_id, anonymous, from_at, until_at, by_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		a.Kind, a.Title, a.Text, a.TitleEN, a.TextEN, db.Opt(a.Service), a.Anonymous, a.From, a.Until, db.Opt(a.By), a.At)
	return ID(n), err
}

func save(ctx context.Context, tx *db.Tx, a Announcement) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE announcement SET kind = $2, title = $3, text = $4, title_en = $5, text_en = $6, service_id = $7, anonymous = $8, from_at = $9, until_at = $10, over_at = $11
		WHERE id = $1`,
		a.ID, a.Kind, a.Title, a.Text, a.TitleEN, a.TextEN, db.Opt(a.Service), a.Anonymous, a.From, a.Until, a.Over)
	return err
}

func follow(ctx context.Context, tx *db.Tx, who person.ID, t Topic, at time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO announcement_follower (person_id, topic, at) VALUES ($1, $2, $3) ON CONFLICT (topic, person_id) DO NOTHING`, who, string(t), at)
	return err
}

func unfollow(ctx context.Context, tx *db.Tx, who person.ID, t Topic) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM announcement_follower WHERE person_id = $1 AND topic = $2`, who, string(t))
	return err
}

func topics(ctx context.Context, q db.Querier, who person.ID) ([]Topic, error) {
	return db.All(ctx, q, func(r db.Row) (t Topic, err error) { return t, r.Scan(&t) },
		`SELECT topic FROM announcement_follower WHERE person_id = $1 ORDER BY topic`, who)
}

// followers are those of either topic, each once, behind the given one.
func followers(ctx context.Context, q db.Querier, one, other Topic, after person.ID, limit int) ([]person.ID, error) {
	return db.All(ctx, q, func(r db.Row) (p person.ID, err error) { return p, r.Scan(&p) }, `
		SELECT DISTINCT person_id FROM announcement_follower WHERE topic IN ($1, $2) AND person_id > $3 ORDER BY person_id LIMIT $4`,
		string(one), string(other), after, limit)
}
