// SPDX-License-Identifier: Apache-2.0

package suggest

import (
	"context"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Made is a model as it is stored, without its bytes.
type Made struct {
	Label    Label
	Version  int64 // counts from 1 for each label
	Learned  int64 // tickets that it learned from
	Classes  int64 // values that it knows
	Tested   int64
	Accuracy int64 // this and the next five in thousandths
	MacroF1  int64
	Majority int64
	Sure     int64 // from which share it is right nine times in ten; above 1000 for never
	Coverage int64 // of the tested, those with a share so high
	Took     time.Duration
	Trouble  string // why there is none: a message key; empty where there is one
	At       time.Time
}

const madeColumns = `label, version, learned, classes, tested, accuracy, macro_f1, majority, sure, coverage, took_ms, trouble, at`

func scanMade(r db.Row) (m Made, err error) {
	var took int64
	err = r.Scan(&m.Label, &m.Version, &m.Learned, &m.Classes, &m.Tested, &m.Accuracy, &m.MacroF1, &m.Majority, &m.Sure, &m.Coverage, &took, &m.Trouble, &m.At)
	m.Took = time.Duration(took) * time.Millisecond
	return m, err
}

// insertMade stores a model under the next version of its label.
func insertMade(ctx context.Context, tx *db.Tx, m Made, body []byte) (int64, error) {
	return db.One(ctx, tx, db.Int, `
		INSERT INTO suggest_model (label, version, learned, classes, tested, accuracy, macro_f1, majority, sure, coverage, took_ms, trouble, at, body)
		VALUES ($1, (SELECT COALESCE(MAX(version), 0) + 1 FROM suggest_model WHERE label = $1), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		RETURNING version`,
		m.Label, m.Learned, m.Classes, m.Tested, m.Accuracy, m.MacroF1, m.Majority, m.Sure, m.Coverage, m.Took.Milliseconds(), m.Trouble, m.At, body)
}

// thin takes the bytes of all versions but the newest few; their figures stay.
func thin(ctx context.Context, tx *db.Tx, l Label, version int64) error {
	_, err := db.Exec(ctx, tx, `UPDATE suggest_model SET body = $3 WHERE label = $1 AND version < $2`, l, version-1, []byte{})
	return err
}

// newest returns the newest model of each label that has one, and those that failed after it.
func newest(ctx context.Context, q db.Querier) ([]Made, error) {
	return db.All(ctx, q, scanMade, `SELECT `+madeColumns+` FROM suggest_model
		WHERE version = (SELECT MAX(x.version) FROM suggest_model AS x WHERE x.label = suggest_model.label) ORDER BY label, version`)
}

// inUse returns the newest model of each label that was learned.
func inUse(ctx context.Context, q db.Querier) ([]Made, error) {
	return db.All(ctx, q, scanMade, `SELECT `+madeColumns+` FROM suggest_model
		WHERE version = (SELECT MAX(x.version) FROM suggest_model AS x WHERE x.label = suggest_model.label AND x.trouble = '') ORDER BY label, version`)
}

// versions returns all that were made, newest first.
func versions(ctx context.Context, q db.Querier, limit int) ([]Made, error) {
	return db.All(ctx, q, scanMade, `SELECT `+madeColumns+` FROM suggest_model ORDER BY at DESC, label, version LIMIT $1`, limit)
}

func body(ctx context.Context, q db.Querier, l Label, version int64) ([]byte, error) {
	return db.One(ctx, q, func(r db.Row) (b []byte, err error) {
		err = r.Scan(&b)
		return b, err
	}, `SELECT body FROM suggest_model WHERE label = $1 AND version = $2`, l, version)
}

const offerColumns = `ticket_id, label, value, share, sure, version, reasons, at, outcome, COALESCE(by_id, 0)`

func scanOffer(r db.Row) (o Offer, err error) {
	var reasons string
	err = r.Scan(&o.Ticket, &o.Label, &o.Value, &o.Share, &o.Sure, &o.Version, &reasons, &o.At, &o.Outcome, &o.By)
	if reasons != "" {
		o.Reasons = strings.Split(reasons, "\n")
	}
	return o, err
}

func offers(ctx context.Context, q db.Querier, on ticket.ID) ([]Offer, error) {
	return db.All(ctx, q, scanOffer, `SELECT `+offerColumns+` FROM suggest_offer WHERE ticket_id = $1 ORDER BY label`, on)
}

// putOffer stores an offer in place of one that nobody has decided about.
func putOffer(ctx context.Context, tx *db.Tx, o Offer) error {
	_, err := db.Exec(ctx, tx, `
		INSERT INTO suggest_offer (ticket_id, label, value, share, sure, version, reasons, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (ticket_id, label) DO UPDATE SET value = excluded.value, share = excluded.share, sure = excluded.sure,
			version = excluded.version, reasons = excluded.reasons, at = excluded.at
		WHERE suggest_offer.outcome = ''`,
		o.Ticket, o.Label, o.Value, o.Share, o.Sure, o.Version, strings.Join(o.Reasons, "\n"), o.At)
	return err
}

func settleOffer(ctx context.Context, tx *db.Tx, o Offer, at time.Time) error {
	_, err := db.Exec(ctx, tx, `UPDATE suggest_offer SET outcome = $3, by_id = $4, settled_at = $5 WHERE ticket_id = $1 AND label = $2`,
		o.Ticket, o.Label, o.Outcome, db.Opt(o.By), at)
	return err
}

// applied returns the tickets of these whose label the desk saved by itself and nobody looked at.
func applied(ctx context.Context, q db.Querier) (map[Label]map[ticket.ID]bool, error) {
	list, err := db.All(ctx, q, scanOffer, `SELECT `+offerColumns+` FROM suggest_offer WHERE outcome = 'applied' AND by_id IS NULL ORDER BY ticket_id`)
	out := map[Label]map[ticket.ID]bool{}
	for _, o := range list {
		if out[o.Label] == nil {
			out[o.Label] = map[ticket.ID]bool{}
		}
		out[o.Label][o.Ticket] = true
	}
	return out, err
}

// Use is how often the guesses of one version of a model were taken.
type Use struct {
	Label    Label
	Version  int64
	Offered  int64
	Accepted int64
	Changed  int64
	Applied  int64 // by the desk itself, and not taken back
	Undone   int64
}

// Open is how many nobody has decided about.
func (u Use) Open() int64 { return u.Offered - u.Accepted - u.Changed - u.Applied - u.Undone }

// Rate is the share of the decided that were taken, in thousandths; -1 where none was decided.
func (u Use) Rate() int64 {
	decided := u.Offered - u.Open()
	if decided == 0 {
		return -1
	}
	return (u.Accepted + u.Applied) * 1000 / decided
}

func uses(ctx context.Context, q db.Querier, since time.Time) ([]Use, error) {
	return db.All(ctx, q, func(r db.Row) (u Use, err error) {
		err = r.Scan(&u.Label, &u.Version, &u.Offered, &u.Accepted, &u.Changed, &u.Applied, &u.Undone)
		return u, err
	}, `SELECT label, version, COUNT(*),
			SUM(CASE WHEN outcome = 'accepted' THEN 1 ELSE 0 END), SUM(CASE WHEN outcome = 'changed' THEN 1 ELSE 0 END),
			SUM(CASE WHEN outcome = 'applied' THEN 1 ELSE 0 END), SUM(CASE WHEN outcome = 'undone' THEN 1 ELSE 0 END)
		FROM suggest_offer WHERE at >= $1 GROUP BY label, version ORDER BY label, version DESC`, since)
}
