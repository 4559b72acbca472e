// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"errors"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// Whoever gets an acknowledgement for something that they never asked for, because somebody wrote in
// their name, ends that with one press (S14, RFC 8058). What a person of the desk writes still
// reaches them, and so does the question whether a solution works; they take it back by the same
// page. A mail in their name takes nothing back: it is what they complain of.

// errRefused ends a delivery that no person wrote, to somebody who wants none.
var errRefused = errors.New("notify: the reader wants no automatic mail")

// Refuse says that whoever asked for a ticket wants no mail any more that no person wrote, or wants
// it again. Denied to everybody else.
func (s *Service) Refuse(ctx context.Context, by access.Actor, t ticket.Ticket, refuse bool) error {
	if err := access.Can(by, access.TicketAnswer, t.Object()); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if refuse {
			return setRefused(ctx, tx, t.Requester, t.ID, s.Clock.Now())
		}
		return endRefused(ctx, tx, t.Requester)
	})
}

// Refuses reports whether whoever asked for a ticket wants no mail that no person wrote.
func (s *Service) Refuses(ctx context.Context, by access.Actor, t ticket.Ticket) (bool, error) {
	if err := access.Can(by, access.TicketAnswer, t.Object()); err != nil {
		return false, err
	}
	return refused(ctx, s.DB, t.Requester)
}

// byItself reports whether a letter to somebody outside the desk was written by no person.
func (l letter) byItself(r read) bool {
	return !l.Template.staff() && l.Template != Approve && (l.Template == Acknowledged || r.entry().Record.Meta.ActorKind == string(access.System))
}

func setRefused(ctx context.Context, tx *db.Tx, who person.ID, by ticket.ID, at time.Time) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO mail_refused (person_id, ticket_id, at) VALUES ($1, $2, $3) ON CONFLICT (person_id) DO NOTHING`, who, by, at)
	return err
}

func endRefused(ctx context.Context, tx *db.Tx, who person.ID) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM mail_refused WHERE person_id = $1`, who)
	return err
}

func refused(ctx context.Context, q db.Querier, who person.ID) (bool, error) {
	n, err := db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM mail_refused WHERE person_id = $1`, who)
	return n > 0, err
}
