// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"encoding/json"

	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Escalated writes to those whom a step of the escalation tells, where it goes by mail. Heard
// twice, it writes once.
func (s *Service) Escalated(ctx context.Context, r event.Record, f escalation.Raised) error {
	if !f.Goes(escalation.ByMail) || len(f.Told) == 0 {
		return nil
	}
	at, err := s.read(ctx, f.Ticket, r.ID)
	if errs.KindOf(err) == errs.NotFound {
		return job.Permanent(err)
	}
	if err != nil {
		return err
	}
	var list []Delivery
	for _, x := range f.Told {
		d, err := s.draft(ctx, r.ID, r.Meta, at.ticket, told{x.Person, Escalated}, "")
		if err != nil {
			return err
		}
		d.DueAt = d.CreatedAt // it has its own hours, and waits for no other letter
		list = append(list, d)
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, d := range list {
			if err := s.post(ctx, tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// fillRaised takes from an escalation what its letter speaks of.
func (s *Service) fillRaised(n *Notice, to person.Person, r read) {
	if r.entry().Record.Name != n.Raised.EventName() {
		return
	}
	if err := json.Unmarshal(r.entry().Record.Data, &n.Raised); err != nil {
		return
	}
	for _, x := range n.Raised.Told {
		if x.Person == to.ID {
			n.As = x.As
		}
	}
}
