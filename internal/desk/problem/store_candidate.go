// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"context"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

const candidateColumns = `id, version, state, kind, head_id, count, days, day_at, usual, seen, people, words, COALESCE(category_id, 0), COALESCE(service_id, 0), site, device,
	found_at, at, gone, reason, COALESCE(decided_by, 0), decided_at, decided_on, COALESCE(problem_id, 0)`

func scanCandidate(r db.Row) (c Candidate, err error) {
	var words string
	err = r.Scan(&c.ID, &c.Version, &c.State, &c.Kind, &c.Head, &c.Count, &c.Days, &c.Day, &c.Usual, &c.Seen, &c.People, &words, &c.Category, &c.Service, &c.Site, &c.Device,
		&c.FoundAt, &c.At, &c.Gone, &c.Reason, &c.DecidedBy, &c.DecidedAt, &c.DecidedOn, &c.Problem)
	if words != "" {
		c.Words = strings.Split(words, "\n")
	}
	return c, err
}

func candidate(ctx context.Context, q db.Querier, which CandidateID) (Candidate, error) {
	return db.One(ctx, q, scanCandidate, `SELECT `+candidateColumns+` FROM problem_candidate WHERE id = $1`, which)
}

func takeCandidate(ctx context.Context, tx *db.Tx, which CandidateID) (Candidate, error) {
	return db.One(ctx, tx, scanCandidate, `UPDATE problem_candidate SET version = version + 1 WHERE id = $1 RETURNING `+candidateColumns, which)
}

// candidates are those in a state, what stands out most first.
func candidates(ctx context.Context, q db.Querier, state CandidateState, limit int) ([]Candidate, error) {
	return db.All(ctx, q, scanCandidate, `SELECT `+candidateColumns+` FROM problem_candidate WHERE state = $1 ORDER BY gone, 1000 * count - usual DESC, id DESC LIMIT $2`, state, limit)
}

// seen are those that were found before the end of a stretch of time and seen since its beginning.
func seen(ctx context.Context, q db.Querier, from, to time.Time, limit int) ([]Candidate, error) {
	return db.All(ctx, q, scanCandidate, `SELECT `+candidateColumns+` FROM problem_candidate WHERE found_at < $2 AND at >= $1 AND state <> 'dismissed' ORDER BY count DESC, id LIMIT $3`, from, to, int64(limit))
}

func candidatesCount(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM problem_candidate WHERE state = 'open' AND NOT gone`)
}

// recent are the candidates that the radar saw since an instant, with their tickets.
func recent(ctx context.Context, q db.Querier, since time.Time) ([]Candidate, error) {
	list, err := db.All(ctx, q, scanCandidate, `SELECT `+candidateColumns+` FROM problem_candidate WHERE at >= $1 ORDER BY id`, since)
	for i := range list {
		if list[i].Tickets, err = evidence(ctx, q, list[i].ID); err != nil {
			return nil, err
		}
	}
	return list, err
}

func evidence(ctx context.Context, q db.Querier, of CandidateID) ([]ticket.ID, error) {
	return db.All(ctx, q, func(r db.Row) (x ticket.ID, err error) {
		err = r.Scan(&x)
		return x, err
	}, `SELECT ticket_id FROM problem_candidate_ticket WHERE candidate_id = $1 ORDER BY ticket_id DESC`, of)
}

// keep stores a candidate as it is, a new one with a key, and its tickets.
func keep(ctx context.Context, tx *db.Tx, c Candidate) (CandidateID, error) {
	words := strings.Join(c.Words, "\n")
	if c.ID == 0 {
		n, err := db.Insert(ctx, tx, `
			INSERT INTO problem_candidate (state, kind, head_id, count, days, day_at, usual, seen, people, words, category_id, service_id, site, device, found_at, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id`,
			c.State, c.Kind, c.Head, c.Count, c.Days, c.Day, c.Usual, c.Seen, c.People, words, db.Opt(c.Category), db.Opt(c.Service), c.Site, c.Device, c.FoundAt, c.At)
		if err != nil {
			return 0, err
		}
		c.ID = CandidateID(n)
	} else if _, err := db.Exec(ctx, tx, `
		UPDATE problem_candidate SET version = version + 1, state = $2, kind = $3, head_id = $4, count = $5, days = $6, day_at = $7, usual = $8, seen = $9, people = $10,
			words = $11, category_id = $12, service_id = $13, site = $14, device = $15, at = $16, gone = FALSE WHERE id = $1`,
		c.ID, c.State, c.Kind, c.Head, c.Count, c.Days, c.Day, c.Usual, c.Seen, c.People, words, db.Opt(c.Category), db.Opt(c.Service), c.Site, c.Device, c.At); err != nil {
		return 0, err
	}
	if _, err := db.Exec(ctx, tx, `DELETE FROM problem_candidate_ticket WHERE candidate_id = $1`, c.ID); err != nil {
		return 0, err
	}
	for _, t := range c.Tickets[:min(len(c.Tickets), maxEvidence)] {
		if _, err := db.Exec(ctx, tx, `INSERT INTO problem_candidate_ticket (candidate_id, ticket_id) VALUES ($1, $2)`, c.ID, t); err != nil {
			return 0, err
		}
	}
	return c.ID, nil
}

// decide stores what became of a candidate.
func decide(ctx context.Context, tx *db.Tx, c Candidate) error {
	_, err := db.Exec(ctx, tx, `UPDATE problem_candidate SET state = $2, reason = $3, decided_by = $4, decided_at = $5, decided_on = $6, problem_id = $7 WHERE id = $1`,
		c.ID, c.State, c.Reason, db.Opt(c.DecidedBy), c.DecidedAt, c.DecidedOn, db.Opt(c.Problem))
	return err
}

func vanish(ctx context.Context, tx *db.Tx, which CandidateID) error {
	_, err := db.Exec(ctx, tx, `UPDATE problem_candidate SET gone = TRUE, version = version + 1 WHERE id = $1`, which)
	return err
}
