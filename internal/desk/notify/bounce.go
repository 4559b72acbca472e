// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Dead is an address that nothing reaches, as its server said.
type Dead struct {
	Address string
	At      time.Time
	Answer  string
}

// Dead returns what is known of an address that nothing reaches; false for any other. Staff only.
func (s *Service) Dead(ctx context.Context, by access.Actor, address string) (Dead, bool, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return Dead{}, false, err
	}
	list, err := dead(ctx, s.DB, address)
	if err != nil || len(list) == 0 {
		return Dead{}, false, err
	}
	return list[0], true, nil
}

// Bounced is the listener for mail that came back. The report is believed as far as it names a
// mail of ours by a Message-ID whose token is good, or came to the address of one; a subject
// names nothing. Heard twice, it changes nothing the second time.
func (s *Service) Bounced(ctx context.Context, _ event.Record, f intake.Bounced) error {
	sent, err := s.sentAs(ctx, f)
	if err != nil || len(sent) == 0 {
		return err
	}
	state, reason := Bounced, reasonBounced
	if !f.Final {
		state, reason = Sent, reasonDelayed
	}
	answer := shortened(cmp.Or(f.Answer, f.Status, "–"))
	alarms := []Delivery(nil)
	if f.Final {
		if alarms, err = s.alarms(ctx, sent[0]); err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		mine := false
		for _, d := range sent {
			d.State, d.Reason, d.Answer, d.BouncedAt = state, reason, answer, s.Clock.Now()
			changed, err := cameBack(ctx, tx, d)
			if err != nil {
				return err
			}
			mine = mine || changed
		}
		if !mine || !f.Final {
			return nil
		}
		if f.Hard && strings.EqualFold(cmp.Or(f.Receiver, sent[0].Address), sent[0].Address) {
			if err := bury(ctx, tx, sent[0].Address, answer, s.Clock.Now()); err != nil {
				return err
			}
		}
		first := sent[0]
		first.Reason, first.Answer = reason, answer
		return s.lament(ctx, tx, first, alarms)
	})
}

// sentAs finds what a report speaks of: by the names that it gives, else the last mail that
// went to the reader whose token it carries.
func (s *Service) sentAs(ctx context.Context, f intake.Bounced) ([]Delivery, error) {
	for _, name := range f.Mails {
		list, err := returned(ctx, s.DB, f.Ticket, bracketed(name))
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return latest(ctx, s.DB, f.Ticket, f.Person, f.At)
}

// shortened bounds what a server said to what a line of the log holds.
func shortened(s string) string {
	s = person.CleanName(s)
	if r := []rune(s); len(r) > 300 {
		return string(r[:299]) + "…"
	}
	return s
}

// alarms are letters to whoever is accountable for a ticket of which somebody was not told:
// none about a letter that is such an alarm itself, and none to whom it was meant for.
func (s *Service) alarms(ctx context.Context, d Delivery) ([]Delivery, error) {
	if d.Template == NotReached {
		return nil, nil
	}
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: d.Ticket})
	if err != nil {
		return nil, err
	}
	charge, err := s.charge(ctx, t)
	if err != nil {
		return nil, err
	}
	var out []Delivery
	for _, who := range charge {
		known := slices.ContainsFunc(out, func(a Delivery) bool { return a.Person == who })
		if who == 0 || who == d.Person || known {
			continue
		}
		a, err := s.draft(ctx, 0, access.Desk().Meta(s.Clock.Now()), t, told{who, NotReached}, "")
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// lament records that somebody was not told for good, and sends the alarms.
func (s *Service) lament(ctx context.Context, tx *db.Tx, d Delivery, alarms []Delivery) error {
	r, err := s.Bus.Record(ctx, tx, access.Desk().Meta(s.Clock.Now()), Undelivered{
		Ticket: d.Ticket, Person: d.Person, Template: d.Template, Reason: d.Reason, Address: d.Address, Answer: d.Answer,
	})
	if err != nil {
		return err
	}
	for _, a := range alarms {
		a.Event = r.ID
		if err := s.post(ctx, tx, a); err != nil {
			return err
		}
	}
	return nil
}

// notReached is what an alarm says.
func (s *Service) notReached(ctx context.Context, d Delivery, to person.Person) (Notice, read, error) {
	t, err := s.Tickets.Get(ctx, access.Desk(), ticket.Target{ID: d.Ticket})
	if err != nil {
		return Notice{}, read{}, err
	}
	list, err := s.Bus.List(ctx, s.DB, "notify", int64(d.Ticket), d.Event-1, 1)
	if err != nil {
		return Notice{}, read{}, err
	}
	var f Undelivered
	if len(list) == 0 || list[0].ID != d.Event {
		return Notice{}, read{}, job.Permanent(errs.New(errs.NotFound, "notify.not_found"))
	}
	if err := json.Unmarshal(list[0].Data, &f); err != nil {
		return Notice{}, read{}, job.Permanent(err)
	}
	desk := s.Settings.Desk(ctx)
	n := Notice{
		Template: NotReached, Lang: lang(to.Lang, desk.Lang), Zone: zone(to.Zone, desk.Zone), At: d.QueuedAt, Desk: desk.Name,
		Reader: to.Name, Ref: t.Ref(), Subject: t.Subject, Link: s.BaseURL + "/work/tickets/" + strconv.FormatInt(t.Number, 10) + "#sent",
		By: s.People.Card(ctx, f.Person).Name, Address: f.Address, About: f.Template, Reason: f.Reason, Text: f.Answer,
	}
	return n, read{ticket: t}, nil
}
