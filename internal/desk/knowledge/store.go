// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// row is an article as its table holds it; its editions are rows of their own.
type row struct {
	Article
	live, work int64
}

const columns = `id, version, lang, family, live, work, retired_at, retired_why, COALESCE(keeper_id, 0), review_at, review_due,
	COALESCE(created_by, 0), created_at, published_at, changed_at`

func scan(r db.Row) (a row, err error) {
	err = r.Scan(&a.ID, &a.Version, &a.Lang, &a.Family, &a.live, &a.work, &a.RetiredAt, &a.RetiredWhy, &a.Keeper, &a.ReviewAt, &a.ReviewDue,
		&a.CreatedBy, &a.CreatedAt, &a.PublishedAt, &a.ChangedAt)
	return a, err
}

const editionColumns = `article_id, number, state, title, body, COALESCE(category_id, 0), audience, COALESCE(group_id, 0), change, masked, writers,
	COALESCE(reviewer_id, 0), returned_why, COALESCE(sure_by, 0), begun_at, published_at`

// editionRow is an edition and whose it is.
type editionRow struct {
	Edition
	article ID
}

func scanEdition(r db.Row) (e editionRow, err error) {
	var masked, writers string
	err = r.Scan(&e.article, &e.Number, &e.Stage, &e.Title, &e.Body, &e.Category, &e.Audience, &e.Group, &e.Change, &masked, &writers,
		&e.Reviewer, &e.ReturnedWhy, &e.SureBy, &e.BegunAt, &e.PublishedAt)
	if err == nil && masked != "" {
		err = json.Unmarshal([]byte(masked), &e.Masked)
	}
	for _, w := range strings.Fields(writers) {
		if n, bad := strconv.ParseInt(w, 10, 64); bad == nil {
			e.Writers = append(e.Writers, person.ID(n))
		}
	}
	return e, err
}

func writersText(list []person.ID) string {
	var out []string
	for _, w := range list {
		out = append(out, strconv.FormatInt(int64(w), 10))
	}
	return strings.Join(out, " ")
}

func maskedText(list []Masked) string {
	if len(list) == 0 {
		return ""
	}
	raw, err := json.Marshal(list)
	if err != nil {
		return ""
	}
	return string(raw)
}

// stamp changes with every change of any article: versions only grow, and no article is deleted.
func stamp(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM article`)
}

func whole(list []row, editions []editionRow) []Article {
	at := map[ID]int{}
	out := make([]Article, 0, len(list))
	for i, a := range list {
		at[a.ID] = i
		out = append(out, a.Article)
	}
	for _, e := range editions {
		i, known := at[e.article]
		switch {
		case !known:
		case e.Number == list[i].live:
			out[i].Live = e.Edition
		case e.Number == list[i].work:
			out[i].Work = e.Edition
		}
	}
	return out
}

// published returns every article that is read, with what is read.
func published(ctx context.Context, q db.Querier) ([]Article, error) {
	list, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM article WHERE live <> 0 AND retired_at IS NULL ORDER BY id`)
	if err != nil {
		return nil, err
	}
	editions, err := db.All(ctx, q, scanEdition, `SELECT `+editionColumns+` FROM article_edition
		WHERE EXISTS (SELECT 1 FROM article WHERE article.id = article_edition.article_id AND article.live = article_edition.number AND article.retired_at IS NULL)`)
	return whole(list, editions), err
}

// every returns all articles, the latest change first.
func every(ctx context.Context, q db.Querier, limit int) ([]Article, error) {
	list, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM article ORDER BY changed_at DESC, id DESC LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	editions, err := db.All(ctx, q, scanEdition, `SELECT `+editionColumns+` FROM article_edition
		WHERE EXISTS (SELECT 1 FROM article WHERE article.id = article_edition.article_id AND (article.live = article_edition.number OR article.work = article_edition.number))`)
	return whole(list, editions), err
}

func byID(ctx context.Context, q db.Querier, which ID) (Article, error) {
	a, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM article WHERE id = $1`, which)
	if err != nil {
		return Article{}, err
	}
	return withEditions(ctx, q, a)
}

func withEditions(ctx context.Context, q db.Querier, a row) (Article, error) {
	editions, err := db.All(ctx, q, scanEdition, `SELECT `+editionColumns+` FROM article_edition WHERE article_id = $1 AND number IN ($2, $3)`, a.ID, a.live, a.work)
	if err != nil {
		return Article{}, err
	}
	return whole([]row{a}, editions)[0], nil
}

// take reads an article for change: the row is locked and its change counted.
func take(ctx context.Context, tx *db.Tx, which ID) (Article, error) {
	a, err := db.One(ctx, tx, scan, `UPDATE article SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
	if err != nil {
		return Article{}, err
	}
	return withEditions(ctx, tx, a)
}

func insert(ctx context.Context, tx *db.Tx, a Article) (ID, error) {
	n, err := db.Insert(ctx, tx, `INSERT INTO article (lang, family, created_by, created_at, changed_at) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		a.Lang, a.Family, db.Opt(a.CreatedBy), a.CreatedAt, a.ChangedAt)
	return ID(n), err
}

// save writes the article and the edition that is worked on, or was just published.
func save(ctx context.Context, tx *db.Tx, a Article) error {
	for _, e := range []Edition{a.Live, a.Work} {
		if e.Number == 0 {
			continue
		}
		if err := saveEdition(ctx, tx, a.ID, e); err != nil {
			return err
		}
	}
	_, err := db.Exec(ctx, tx, `
		UPDATE article SET family = $2, live = $3, work = $4, retired_at = $5, retired_why = $6, keeper_id = $7, review_at = $8, review_due = $9,
			published_at = $10, changed_at = $11 WHERE id = $1`,
		a.ID, a.Family, a.Live.Number, a.Work.Number, a.RetiredAt, a.RetiredWhy, db.Opt(a.Keeper), a.ReviewAt, a.ReviewDue, a.PublishedAt, a.ChangedAt)
	return err
}

// saveEdition writes an edition; the words of one that was published stay as they are.
func saveEdition(ctx context.Context, tx *db.Tx, of ID, e Edition) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO article_edition (article_id, number, state, title, body, category_id, audience, group_id, change, masked, writers, reviewer_id, returned_why, sure_by, begun_at, published_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
		ON CONFLICT (article_id, number) DO UPDATE SET state = excluded.state, title = excluded.title, body = excluded.body, category_id = excluded.category_id,
			audience = excluded.audience, group_id = excluded.group_id, change = excluded.change, masked = excluded.masked, writers = excluded.writers,
			reviewer_id = excluded.reviewer_id, returned_why = excluded.returned_why, sure_by = excluded.sure_by, published_at = excluded.published_at
		WHERE article_edition.state <> 'published'`,
		of, e.Number, e.Stage, e.Title, e.Body, db.Opt(e.Category), e.Audience, db.Opt(e.Group), e.Change, maskedText(e.Masked), writersText(e.Writers),
		db.Opt(e.Reviewer), e.ReturnedWhy, db.Opt(e.SureBy), e.BegunAt, e.PublishedAt)
	return err
}

// dropEdition takes away an edition that was never published.
func dropEdition(ctx context.Context, tx *db.Tx, of ID, number int64) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM article_edition WHERE article_id = $1 AND number = $2 AND state <> 'published'`, of, number)
	return err
}

// editions returns what was ever published of an article, the newest first.
func editions(ctx context.Context, q db.Querier, of ID) ([]Edition, error) {
	return db.All(ctx, q, func(r db.Row) (Edition, error) {
		e, err := scanEdition(r)
		return e.Edition, err
	}, `SELECT `+editionColumns+` FROM article_edition WHERE article_id = $1 AND state = 'published' ORDER BY number DESC`, of)
}

// familyOf returns the keys of the articles that say the same in other languages.
func familyOf(ctx context.Context, q db.Querier, a Article) ([]ID, error) {
	root := a.Family
	if root == 0 {
		root = a.ID
	}
	return db.All(ctx, q, func(r db.Row) (which ID, err error) {
		err = r.Scan(&which)
		return which, err
	}, `SELECT id FROM article WHERE (family = $1 OR id = $1) AND id <> $2 ORDER BY id`, root, a.ID)
}

// reminded returns the articles that are to be looked at again, without their words.
func reminded(ctx context.Context, q db.Querier, limit int) ([]Article, error) {
	list, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM article WHERE review_due AND retired_at IS NULL ORDER BY review_at, id LIMIT $1`, limit)
	return whole(list, nil), err
}

// dueAt returns published articles whose date has come and whose keeper was not told yet.
func dueAt(ctx context.Context, q db.Querier, now time.Time, limit int) ([]ID, error) {
	return db.All(ctx, q, func(r db.Row) (which ID, err error) {
		err = r.Scan(&which)
		return which, err
	}, `SELECT id FROM article WHERE retired_at IS NULL AND live <> 0 AND review_at <= $1 AND NOT review_due ORDER BY review_at LIMIT $2`, now, limit)
}
