// SPDX-License-Identifier: Apache-2.0

package routing

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const columns = `id, place, name, condition, group_id, assign, skills, COALESCE(rota_id, 0), active, version, trouble, trouble_at, troubles`

func scan(r db.Row) (x Rule, err error) {
	err = r.Scan(&x.ID, &x.Place, &x.Name, &x.Condition, &x.Group, &x.Assign, &x.Skills, &x.Rota, &x.Active, &x.Version, &x.Trouble, &x.TroubleAt, &x.Troubles)
	return x, err
}

func rules(ctx context.Context, q db.Querier) ([]Rule, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM routing_rule ORDER BY place, id`)
}

func take(ctx context.Context, tx *db.Tx, which RuleID) (Rule, error) {
	return db.One(ctx, tx, scan, `UPDATE routing_rule SET version = version + 1 WHERE id = $1 RETURNING `+columns, which)
}

func insert(ctx context.Context, tx *db.Tx, x Rule) (RuleID, error) {
	n, err := db.Insert(ctx, tx, `
		INSERT INTO routing_rule (place, name, condition, group_id, assign, skills, rota_id, active)
		VALUES ((SELECT COALESCE(MAX(place), 0) + 1 FROM routing_rule), $1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		x.Name, x.Condition, x.Group, x.Assign, x.Skills, db.Opt(x.Rota), x.Active)
	return RuleID(n), err
}

// save writes a rule. What went wrong with it before is forgotten: it is another rule now.
func save(ctx context.Context, tx *db.Tx, x Rule) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE routing_rule SET name = $2, condition = $3, group_id = $4, assign = $5, skills = $6, rota_id = $7, active = $8,
			trouble = '', trouble_at = NULL, troubles = 0 WHERE id = $1`,
		x.ID, x.Name, x.Condition, x.Group, x.Assign, x.Skills, db.Opt(x.Rota), x.Active)
	return err
}

func putPlace(ctx context.Context, tx *db.Tx, which RuleID, place int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE routing_rule SET place = $2 WHERE id = $1`, which, place)
	return err
}

func putTrouble(ctx context.Context, tx *db.Tx, which RuleID, trouble string, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE routing_rule SET trouble = $2, trouble_at = $3, troubles = troubles + 1 WHERE id = $1`, which, trouble, at)
	return err
}

const runColumns = `id, ticket_id, rule_id, name, group_id, COALESCE(person_id, 0), choice, in_work, at, bounced_at`

func scanRun(r db.Row) (x Run, err error) {
	err = r.Scan(&x.ID, &x.Ticket, &x.Rule, &x.Name, &x.Group, &x.Person, &x.Choice, &x.InWork, &x.At, &x.Bounced)
	return x, err
}

// last returns the newest run of a ticket; the zero Run where there is none.
func last(ctx context.Context, q db.Querier, on ticket.ID) (Run, error) {
	list, err := db.All(ctx, q, scanRun, `SELECT `+runColumns+` FROM routing_run WHERE ticket_id = $1 ORDER BY id DESC LIMIT 1`, on)
	if err != nil || len(list) == 0 {
		return Run{}, err
	}
	return list[0], nil
}

func insertRun(ctx context.Context, tx *db.Tx, x Run) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO routing_run (ticket_id, rule_id, name, group_id, person_id, choice, in_work, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		x.Ticket, x.Rule, x.Name, x.Group, db.Opt(x.Person), x.Choice, x.InWork, x.At)
	return err
}

// bounce marks the newest run of a ticket whose group was another than the one that it has now.
func bounce(ctx context.Context, tx *db.Tx, on ticket.ID, now person.GroupID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `
		UPDATE routing_run SET bounced_at = $3 WHERE bounced_at IS NULL AND group_id <> $2
		  AND id = (SELECT MAX(x.id) FROM routing_run AS x WHERE x.ticket_id = $1)`, on, now, at)
	return err
}

// keep says that a person has chosen: rules leave the ticket alone.
func keep(ctx context.Context, tx *db.Tx, on ticket.ID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO routing_kept (ticket_id, at) VALUES ($1, $2) ON CONFLICT (ticket_id) DO NOTHING`, on, at)
	return err
}

func kept(ctx context.Context, q db.Querier, on ticket.ID) (bool, error) {
	n, err := db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM routing_kept WHERE ticket_id = $1`, on)
	return n > 0, err
}

// Count is how often a rule sent tickets, and how many of them were given on.
type Count struct {
	Rule          RuleID
	Sent, Bounced int64
	Named         int64 // of the sent, those that got a person at once
}

func counts(ctx context.Context, q db.Querier, since time.Time) (map[RuleID]Count, error) {
	list, err := db.All(ctx, q, func(r db.Row) (c Count, err error) {
		err = r.Scan(&c.Rule, &c.Sent, &c.Bounced, &c.Named)
		return c, err
	}, `SELECT rule_id, COUNT(*), SUM(CASE WHEN bounced_at IS NULL THEN 0 ELSE 1 END), SUM(CASE WHEN person_id IS NULL THEN 0 ELSE 1 END)
		FROM routing_run WHERE at >= $1 GROUP BY rule_id ORDER BY rule_id`, since)
	out := make(map[RuleID]Count, len(list))
	for _, c := range list {
		out[c.Rule] = c
	}
	return out, err
}
