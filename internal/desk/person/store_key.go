// SPDX-License-Identifier: Apache-2.0

package person

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/kit/db"
)

func dropKeys(ctx context.Context, tx *db.Tx, who ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM person_key WHERE person_id = $1`, who)
	return err
}

// insertKeys writes all keys of a kind with one statement: a directory has ten thousand people.
func insertKeys(ctx context.Context, tx *db.Tx, who ID, kind, list string) error {
	text := db.Pair{
		SQLite:   `INSERT INTO person_key (key, person_id, kind) SELECT value, $1, $2 FROM json_each($3)`,
		Postgres: `INSERT INTO person_key (key, person_id, kind) SELECT value, CAST($1 AS BIGINT), CAST($2 AS TEXT) FROM json_array_elements_text(CAST($3 AS JSON))`,
	}
	_, err := db.Exec(ctx, tx, text.For(tx.Engine()), who, kind, list)
	return err
}

func keyless(ctx context.Context, q db.Querier, rules, limit int) ([]Person, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM person WHERE key_rules < $1 ORDER BY key_rules, id LIMIT $2`, rules, limit)
}

func keyed(ctx context.Context, tx *db.Tx, who ID, rules int) error {
	_, err := db.Exec(ctx, tx, `UPDATE person SET key_rules = $2 WHERE id = $1`, who, rules)
	return err
}

// byKey reads the active people of whom a key begins so, the shortest first: what was typed is most
// of it.
func byKey(ctx context.Context, q db.Querier, kind, from, to string, staff bool, limit int) ([]Person, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM person JOIN (
			SELECT person_id, MIN(length(key)) AS fit FROM person_key WHERE kind = $1 AND key >= $2 AND ($3 = '' OR key < $3) GROUP BY person_id
		) found ON found.person_id = person.id
		WHERE active = TRUE AND ($4 = FALSE OR role <> 'requester') ORDER BY fit, name, id LIMIT $5`, kind, from, to, staff, limit)
}

// dialled reads the active people who answer to a number: as it is written, without the code that
// was dialled before it, or with one that was not.
func dialled(ctx context.Context, q db.Querier, number string, limit int) ([]Person, error) {
	args := []any{limit}
	for i := 0; i == 0 || len(number)-i >= whole; i++ {
		args = append(args, number[i:])
	}
	local := ""
	if len(number) >= whole {
		local = number
	}
	args = append(args, local)
	n := len(args)
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM person WHERE active = TRUE AND id IN (
			SELECT person_id FROM person_key WHERE kind = 'dial' AND key IN (`+db.List(n-2, 2)+`)
			UNION SELECT person_id FROM person_key WHERE kind = 'digits' AND key IN (`+db.List(1, n)+`))
		ORDER BY name, id LIMIT $1`, args...)
}
