// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"encoding/json"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// known is what the desk knows of an entry of a server.
type known struct {
	Outside string
	Person  person.ID
	DN      string
	Folded  string
	Leader  string
	Role    access.Role // that a group gave; empty for none
	Said    string      // JSON, by field
	Kept    string      // fields, with commas between
	Why     string      // packed
	Gone    bool
}

const knownColumns = `outside, person_id, dn, folded, leader, role, said, kept, why, gone`

func scanKnown(r db.Row) (x known, err error) {
	err = r.Scan(&x.Outside, &x.Person, &x.DN, &x.Folded, &x.Leader, &x.Role, &x.Said, &x.Kept, &x.Why, &x.Gone)
	return x, err
}

func allKnown(ctx context.Context, q db.Querier) ([]known, error) {
	return db.All(ctx, q, scanKnown, `SELECT `+knownColumns+` FROM directory_entry ORDER BY outside`)
}

func getKnown(ctx context.Context, q db.Querier, outside string) (known, error) {
	return db.One(ctx, q, scanKnown, `SELECT `+knownColumns+` FROM directory_entry WHERE outside = $1`, outside)
}

// knownOf returns the entry of somebody; NotFound where there is none.
func knownOf(ctx context.Context, q db.Querier, who person.ID) (known, error) {
	return db.One(ctx, q, scanKnown, `SELECT `+knownColumns+` FROM directory_entry WHERE person_id = $1 AND gone = FALSE ORDER BY outside LIMIT 1`, who)
}

// leaderOf returns the entry that another names as manager; NotFound where there is none.
func leaderOf(ctx context.Context, q db.Querier, folded string) (known, error) {
	return db.One(ctx, q, scanKnown, `SELECT `+knownColumns+` FROM directory_entry WHERE folded = $1 AND gone = FALSE AND person_id <> 0 ORDER BY outside LIMIT 1`, folded)
}

func putKnown(ctx context.Context, tx *db.Tx, x known) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO directory_entry (outside, person_id, dn, folded, leader, role, said, kept, why, gone)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (outside) DO UPDATE SET person_id = excluded.person_id, dn = excluded.dn, folded = excluded.folded, leader = excluded.leader,
			role = excluded.role, said = excluded.said, kept = excluded.kept, why = excluded.why, gone = excluded.gone`,
		x.Outside, x.Person, x.DN, x.Folded, x.Leader, x.Role, x.Said, x.Kept, x.Why, x.Gone)
	return err
}

func dropKnown(ctx context.Context, tx *db.Tx, outside string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM directory_entry WHERE outside = $1`, outside)
	return err
}

// conflicting reads the entries that somebody must look at.
func conflicting(ctx context.Context, q db.Querier, after string, limit int) ([]known, error) {
	return db.All(ctx, q, scanKnown, `SELECT `+knownColumns+` FROM directory_entry
		WHERE (why <> '' OR kept <> '') AND gone = FALSE AND outside > $1 ORDER BY outside LIMIT $2`, after, limit)
}

func countConflicts(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM directory_entry WHERE why <> '' AND gone = FALSE`)
}

// cursor is how far a server was read.
type cursor struct {
	Setting string // by what it was read
	Server  string // which of several servers
	Changed string // the last change that was read
	FullAt  time.Time
}

func getCursor(ctx context.Context, q db.Querier) (cursor, error) {
	return db.One(ctx, q, func(r db.Row) (x cursor, err error) {
		err = r.Scan(&x.Setting, &x.Server, &x.Changed, &x.FullAt)
		return x, err
	}, `SELECT setting, server, changed, full_at FROM directory_cursor WHERE source = $1`, LDAP)
}

func putCursor(ctx context.Context, tx *db.Tx, x cursor) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO directory_cursor (source, setting, server, changed, full_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (source) DO UPDATE SET setting = excluded.setting, server = excluded.server, changed = excluded.changed, full_at = excluded.full_at`,
		LDAP, x.Setting, x.Server, x.Changed, x.FullAt)
	return err
}

// lastOf returns the last run of a source; NotFound where there was none.
func lastOf(ctx context.Context, q db.Querier, source string) (Run, error) {
	return db.One(ctx, q, scanRun, `SELECT `+runColumns+` FROM directory_run WHERE source = $1 ORDER BY id DESC LIMIT 1`, source)
}

// inState reads the runs of a server in a state.
func inState(ctx context.Context, q db.Querier, state State) ([]Run, error) {
	return db.All(ctx, q, scanRun, `SELECT `+runColumns+` FROM directory_run WHERE source = $1 AND state = $2 ORDER BY id`, LDAP, state)
}

// answered lets runs that asked rest: a newer one asks the same.
func answered(ctx context.Context, tx *db.Tx, before RunID) error {
	_, err := db.Exec(ctx, tx, `UPDATE directory_run SET state = $3 WHERE source = $1 AND state = $4 AND id < $2`, LDAP, before, Done, Asks)
	return err
}

// saidOf reads what was said, by field.
func saidOf(text string) map[string]string {
	out := map[string]string{}
	if text != "" {
		_ = json.Unmarshal([]byte(text), &out) // what cannot be read was never said
	}
	return out
}

func saidText(m map[string]string) (string, error) {
	b, err := json.Marshal(m)
	return string(b), err
}
