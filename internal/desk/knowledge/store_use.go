// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func putFile(ctx context.Context, tx *db.Tx, of ID, a ticket.Attachment, by person.ID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO article_file (token, article_id, name, type, size, sha256, blob, by_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		a.Token, of, a.Name, a.Type, a.Size, a.SHA256, a.Blob, db.Opt(by), at)
	return err
}

func scanFile(r db.Row) (a ticket.Attachment, err error) {
	err = r.Scan(&a.Token, &a.Name, &a.Type, &a.Size, &a.SHA256, &a.Blob, &a.At)
	return a, err
}

const fileColumns = `token, name, type, size, sha256, blob, at`

func filesOf(ctx context.Context, q db.Querier, of ID) ([]ticket.Attachment, error) {
	return db.All(ctx, q, scanFile, `SELECT `+fileColumns+` FROM article_file WHERE article_id = $1 ORDER BY at, token`, of)
}

func fileOf(ctx context.Context, q db.Querier, of ID, token string) (ticket.Attachment, error) {
	return db.One(ctx, q, scanFile, `SELECT `+fileColumns+` FROM article_file WHERE article_id = $1 AND token = $2`, of, token)
}

// tie notes that an article and a ticket belong together; false where that is known.
func tie(ctx context.Context, tx *db.Tx, t Tied) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		INSERT INTO article_ticket (article_id, ticket_id, how, edition, by_id, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (article_id, ticket_id, how) DO NOTHING`, t.Article, t.Ticket, t.How, t.Edition, db.Opt(t.By), t.At)
	return n == 1, err
}

func untie(ctx context.Context, tx *db.Tx, which ID, on ticket.ID) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM article_ticket WHERE article_id = $1 AND ticket_id = $2 AND how <> 'source' AND solved_at IS NULL`, which, on)
}

func scanTied(r db.Row) (t Tied, err error) {
	err = r.Scan(&t.Article, &t.Ticket, &t.How, &t.Edition, &t.By, &t.At, &t.SolvedAt)
	return t, err
}

const tiedColumns = `article_id, ticket_id, how, edition, COALESCE(by_id, 0), at, solved_at`

func tiedToTicket(ctx context.Context, q db.Querier, on ticket.ID) ([]Tied, error) {
	return db.All(ctx, q, scanTied, `SELECT `+tiedColumns+` FROM article_ticket WHERE ticket_id = $1 ORDER BY at, article_id, how`, on)
}

func tiedToArticle(ctx context.Context, q db.Querier, of ID, limit int) ([]Tied, error) {
	return db.All(ctx, q, scanTied, `SELECT `+tiedColumns+` FROM article_ticket WHERE article_id = $1 ORDER BY at DESC, ticket_id DESC LIMIT $2`, of, limit)
}

// solved marks what was used on a ticket that its requester confirmed.
func solved(ctx context.Context, tx *db.Tx, on ticket.ID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE article_ticket SET solved_at = $2 WHERE ticket_id = $1 AND how = 'used' AND solved_at IS NULL`, on, at)
	return err
}

// unsolved takes that back where the ticket is opened again.
func unsolved(ctx context.Context, tx *db.Tx, on ticket.ID) error {
	_, err := db.Exec(ctx, tx, `UPDATE article_ticket SET solved_at = NULL WHERE ticket_id = $1 AND solved_at IS NOT NULL`, on)
	return err
}

func addShown(ctx context.Context, tx *db.Tx, of ID, day, times int64) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO article_shown (article_id, day, times) VALUES ($1, $2, $3)
		ON CONFLICT (article_id, day) DO UPDATE SET times = article_shown.times + excluded.times`, of, day, times)
	return err
}

// voice notes what a reader said, once a day; false where they said it today. Words that follow are added to
// what they said without any.
func voice(ctx context.Context, tx *db.Tx, of ID, v Voice) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		INSERT INTO article_voice (article_id, person_id, kind, day, comment, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (article_id, person_id, kind, day) DO NOTHING`, of, v.By, v.Kind, dayOf(v.At), v.Comment, v.At)
	if err == nil && n == 0 && v.Comment != "" {
		_, err = db.Exec(ctx, tx, `UPDATE article_voice SET comment = $5 WHERE article_id = $1 AND person_id = $2 AND kind = $3 AND day = $4 AND comment = ''`,
			of, v.By, v.Kind, dayOf(v.At), v.Comment)
	}
	return n == 1, err
}

func voices(ctx context.Context, q db.Querier, of ID, limit int) ([]Voice, error) {
	return db.All(ctx, q, func(r db.Row) (v Voice, err error) {
		err = r.Scan(&v.By, &v.Kind, &v.Comment, &v.At)
		return v, err
	}, `SELECT person_id, kind, comment, at FROM article_voice WHERE article_id = $1 AND comment <> '' ORDER BY at DESC, person_id LIMIT $2`, of, limit)
}

type counted struct {
	of    ID
	kind  string
	times int64
}

func scanCounted(r db.Row) (c counted, err error) {
	err = r.Scan(&c.of, &c.kind, &c.times)
	return c, err
}

// counts returns, for all articles, how often each thing happened since a day.
func counts(ctx context.Context, q db.Querier, since time.Time) ([]counted, error) {
	return db.All(ctx, q, scanCounted, `
		SELECT article_id, 'shown', CAST(SUM(times) AS BIGINT) FROM article_shown WHERE day >= $1 GROUP BY article_id
		UNION ALL SELECT article_id, kind, COUNT(*) FROM article_voice WHERE at >= $2 GROUP BY article_id, kind
		UNION ALL SELECT article_id, 'used', COUNT(DISTINCT ticket_id) FROM article_ticket WHERE how <> 'source' AND at >= $2 GROUP BY article_id
		UNION ALL SELECT article_id, 'solved', COUNT(*) FROM article_ticket WHERE how = 'used' AND solved_at >= $2 GROUP BY article_id`, dayOf(since), since)
}

// ask asks somebody to have read an edition; false where they are asked already.
func ask(ctx context.Context, tx *db.Tx, of ID, edition int64, who, by person.ID, at time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `
		INSERT INTO article_reader (article_id, edition, person_id, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (article_id, edition, person_id) DO NOTHING`, of, edition, who, db.Opt(by), at)
	return n == 1, err
}

// read notes that somebody has read what they were asked to, up to an edition.
func read(ctx context.Context, tx *db.Tx, of ID, edition int64, who person.ID, at time.Time) (int64, error) {
	return db.Exec(ctx, tx, `UPDATE article_reader SET read_at = $4 WHERE article_id = $1 AND edition <= $2 AND person_id = $3 AND read_at IS NULL`, of, edition, who, at)
}

func scanAsked(r db.Row) (a ReadBy, err error) {
	err = r.Scan(&a.Article, &a.Edition, &a.Person, &a.AskedBy, &a.AskedAt, &a.ReadAt)
	return a, err
}

const askedColumns = `article_id, edition, person_id, COALESCE(asked_by, 0), asked_at, read_at`

func askedOf(ctx context.Context, q db.Querier, of ID, edition int64) ([]ReadBy, error) {
	return db.All(ctx, q, scanAsked, `SELECT `+askedColumns+` FROM article_reader WHERE article_id = $1 AND edition = $2 ORDER BY person_id`, of, edition)
}

func askedFrom(ctx context.Context, q db.Querier, who person.ID) ([]ReadBy, error) {
	return db.All(ctx, q, scanAsked, `SELECT `+askedColumns+` FROM article_reader WHERE person_id = $1 AND read_at IS NULL ORDER BY asked_at, article_id LIMIT 100`, who)
}

// waiting are the articles whose edition somebody is asked to review, those that came back to who wrote
// them or keeps them, and those that they keep and that are due.
func waiting(ctx context.Context, q db.Querier, who person.ID) ([]ID, error) {
	return db.All(ctx, q, func(r db.Row) (which ID, err error) {
		err = r.Scan(&which)
		return which, err
	}, `SELECT article_id FROM article_edition JOIN article ON article.id = article_edition.article_id AND article.work = article_edition.number
			WHERE article_edition.reviewer_id = $1 AND article_edition.state = 'review' AND article.retired_at IS NULL
		UNION SELECT article_id FROM article_edition JOIN article ON article.id = article_edition.article_id AND article.work = article_edition.number
			WHERE article_edition.state = 'draft' AND article_edition.returned_why <> '' AND article.retired_at IS NULL
				AND (article.keeper_id = $1 OR ' ' || article_edition.writers || ' ' LIKE '% ' || $2 || ' %')
		UNION SELECT id FROM article WHERE keeper_id = $1 AND review_due AND retired_at IS NULL`, who, writersText([]person.ID{who}))
}

type draftRow struct {
	Fields string
	At     time.Time
}

func draftOf(ctx context.Context, q db.Querier, who person.ID, of ID) ([]draftRow, error) {
	return db.All(ctx, q, func(r db.Row) (d draftRow, err error) {
		err = r.Scan(&d.Fields, &d.At)
		return d, err
	}, `SELECT fields, at FROM article_draft WHERE person_id = $1 AND article_id = $2`, who, of)
}

func putDraft(ctx context.Context, tx *db.Tx, who person.ID, of ID, fields string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO article_draft (person_id, article_id, fields, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id, article_id) DO UPDATE SET fields = excluded.fields, at = excluded.at`, who, of, fields, at)
	return err
}

func dropDraft(ctx context.Context, tx *db.Tx, who person.ID, of ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM article_draft WHERE person_id = $1 AND article_id = $2`, who, of)
	return err
}
