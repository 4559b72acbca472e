// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const improvementColumns = `id, version, title, why, COALESCE(owner_id, 0), due_at, state, reason, COALESCE(problem_id, 0), COALESCE(category_id, 0), COALESCE(service_id, 0), words,
	made_at, COALESCE(made_by, 0), done_at, effect, counted_at`

func scanImprovement(r db.Row) (i Improvement, err error) {
	var words, effect string
	err = r.Scan(&i.ID, &i.Version, &i.Title, &i.Why, &i.Owner, &i.Due, &i.State, &i.Reason, &i.Problem, &i.Category, &i.Service, &words,
		&i.MadeAt, &i.MadeBy, &i.DoneAt, &effect, &i.CountedAt)
	if words != "" {
		i.Words = strings.Split(words, "\n")
	}
	if err == nil && effect != "" {
		err = json.Unmarshal([]byte(effect), &i.Effect)
	}
	return i, err
}

func improvement(ctx context.Context, q db.Querier, which ImprovementID) (Improvement, error) {
	return db.One(ctx, q, scanImprovement, `SELECT `+improvementColumns+` FROM problem_improvement WHERE id = $1`, which)
}

func takeImprovement(ctx context.Context, tx *db.Tx, which ImprovementID) (Improvement, error) {
	return db.One(ctx, tx, scanImprovement, `UPDATE problem_improvement SET version = version + 1 WHERE id = $1 RETURNING `+improvementColumns, which)
}

// improvements are the register: what stands open first, the earliest due on top, then what ended last.
func improvements(ctx context.Context, q db.Querier, limit int) ([]Improvement, error) {
	return db.All(ctx, q, scanImprovement, `SELECT `+improvementColumns+` FROM problem_improvement
		ORDER BY CASE WHEN state IN ('open', 'doing') THEN 0 ELSE 1 END, CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, id DESC LIMIT $1`, limit)
}

func someImprovements(ctx context.Context, q db.Querier, which []ImprovementID) ([]Improvement, error) {
	if len(which) == 0 {
		return nil, nil
	}
	args := make([]any, len(which))
	for i, k := range which {
		args[i] = k
	}
	return db.All(ctx, q, scanImprovement, `SELECT `+improvementColumns+` FROM problem_improvement WHERE id IN (`+db.List(len(which), 1)+`)`, args...)
}

func improvementsOf(ctx context.Context, q db.Querier, of ID) ([]Improvement, error) {
	return db.All(ctx, q, scanImprovement, `SELECT `+improvementColumns+` FROM problem_improvement WHERE problem_id = $1 ORDER BY id DESC LIMIT 50`, of)
}

// due are those that stand open past their day.
func due(ctx context.Context, q db.Querier, now time.Time) ([]Improvement, error) {
	return db.All(ctx, q, scanImprovement, `SELECT `+improvementColumns+` FROM problem_improvement WHERE state IN ('open', 'doing') AND due_at <= $1 ORDER BY due_at, id LIMIT 300`, now)
}

func insertImprovement(ctx context.Context, tx *db.Tx, i Improvement) (ImprovementID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO problem_improvement (title, why, owner_id, due_at, state, problem_id, category_id, service_id, words, made_at, made_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`,
		i.Title, i.Why, db.Opt(i.Owner), i.Due, i.State, db.Opt(i.Problem), db.Opt(i.Category), db.Opt(i.Service), strings.Join(i.Words, "\n"), i.MadeAt, db.Opt(i.MadeBy))
	return ImprovementID(n), err
}

func saveImprovement(ctx context.Context, tx *db.Tx, i Improvement) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE problem_improvement SET title = $2, why = $3, owner_id = $4, due_at = $5, state = $6, reason = $7, problem_id = $8, category_id = $9, service_id = $10,
			words = $11, done_at = $12 WHERE id = $1`,
		i.ID, i.Title, i.Why, db.Opt(i.Owner), i.Due, i.State, i.Reason, db.Opt(i.Problem), db.Opt(i.Category), db.Opt(i.Service), strings.Join(i.Words, "\n"), i.DoneAt)
	return err
}

// saveEffect stores what was counted. It is no change of the entry, whose version stays.
func saveEffect(ctx context.Context, tx *db.Tx, i Improvement) error {
	text, err := json.Marshal(i.Effect)
	if err == nil {
		_, err = db.Exec(ctx, tx, `UPDATE problem_improvement SET effect = $2, counted_at = $3 WHERE id = $1`, i.ID, string(text), i.CountedAt)
	}
	return err
}
