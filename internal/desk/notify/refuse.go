// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Whoever gets an acknowledgement for something that they never asked for, because somebody wrote in
// their name, ends that with one press (S14, RFC 8058). What a person of the desk writes still
// reaches them, and so does the question whether a solution works; they take it back by the same
// page. A mail in their name takes nothing back: it is what they complain of. It is for those of whom
// the desk knows nothing but a mail address: nobody of the house switches off the word that they
// wait for (N19, N30, N35; decision 8).

// errRefused ends a delivery that no person wrote, to somebody who wants none.
var errRefused error = &unsentError{reason: reasonRefuses, alone: true}

// Refuse says that whoever asked for a ticket wants no mail any more that no person wrote, or wants
// it again. Denied to everybody else, Conflict for the people of the house.
func (s *Service) Refuse(ctx context.Context, by access.Actor, t ticket.Ticket, refuse bool) error {
	if err := access.Can(by, access.TicketAnswer, t.Object()); err != nil {
		return err
	}
	p, err := s.People.Get(ctx, t.Requester)
	if err != nil {
		return err
	}
	if refuse && !stranger(t, p) {
		return errs.New(errs.Conflict, "notify.refuse_house")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if refuse {
			return setRefused(ctx, tx, t.Requester, t.ID, s.Clock.Now())
		}
		return endRefused(ctx, tx, t.Requester)
	})
}

// Choice is whether somebody may refuse mail that no person wrote, and whether they do.
type Choice struct {
	Offered bool
	Refuses bool
}

// Refuses reports the choice of whoever asked for a ticket.
func (s *Service) Refuses(ctx context.Context, by access.Actor, t ticket.Ticket) (Choice, error) {
	if err := access.Can(by, access.TicketAnswer, t.Object()); err != nil {
		return Choice{}, err
	}
	p, err := s.People.Get(ctx, t.Requester)
	if err != nil {
		return Choice{}, err
	}
	no, err := refused(ctx, s.DB, p.ID)
	return Choice{Offered: no || stranger(t, p), Refuses: no}, err
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
