// SPDX-License-Identifier: Apache-2.0

package norm

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// PackName is the name under which is stored what the organisation writes over the house's pack.
const PackName = "norm.pack"

// Own is what the organisation writes over the house's pack; "" for nothing.
type Own struct{ Text string }

// Check returns Invalid in "pack" with every line that cannot be used.
func (o Own) Check() error {
	_, err := Read(o.Text)
	return err
}

// Service judges tickets on request, and keeps the pack by which it does.
type Service struct {
	settings *setting.Service
	tickets  func() *ticket.Service
	clocks   *sla.Service
	clock    clock.Clock
	pack     atomic.Pointer[inForce]
}

type inForce struct {
	version int64
	pack    *Pack
}

// NewService makes the room. The pack in force is the house's own until Load. Tickets are asked for
// when they are there: their gates ask this room.
func NewService(set *setting.Service, t func() *ticket.Service, s *sla.Service, c clock.Clock) *Service {
	out := &Service{settings: set, tickets: t, clocks: s, clock: c}
	out.pack.Store(&inForce{pack: house()})
	return out
}

// Pack is the pack in force.
func (s *Service) Pack() *Pack { return s.pack.Load().pack }

// Load reads the pack that is stored, at start and now and then: another node may have saved one. What
// cannot be used leaves the one before in force.
func (s *Service) Load(ctx context.Context) error {
	own, version, err := setting.Load(ctx, s.settings, PackName, Own{})
	if err != nil || version == s.pack.Load().version {
		return err
	}
	p, err := Read(own.Text)
	if err != nil {
		return err
	}
	s.pack.Store(&inForce{version, p})
	return nil
}

// Changed listens, within the commit, for a pack that is saved: it is in force as soon as it is.
func (s *Service) Changed(_ context.Context, tx *db.Tx, _ event.Record, f setting.Changed) error {
	if f.Name != PackName {
		return nil
	}
	var own Own
	if err := json.Unmarshal(f.Value, &own); err != nil {
		return err
	}
	p, err := Read(own.Text)
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { s.pack.Store(&inForce{f.Version, p}) })
	return nil
}

// Stored is what the organisation writes, with its version; 0 where nothing was ever saved.
//
// Errors: Denied for whoever does not administrate.
func (s *Service) Stored(ctx context.Context, by access.Actor) (Own, int64, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Own{}, 0, err
	}
	return setting.Load(ctx, s.settings, PackName, Own{})
}

// Save stores what the organisation writes; version is what the editor saw.
//
// Errors: Invalid in "pack", and the pack before stays in force; Denied; Stale.
func (s *Service) Save(ctx context.Context, by access.Actor, text string, version int64) error {
	return setting.Save(ctx, s.settings, by, PackName, Own{text}, version)
}

// Edition is a pack as it was saved once.
type Edition struct {
	Version int64
	At      time.Time
	By      int64 // the person; 0 for the desk itself
	Text    string
}

// History returns the versions of the pack, the latest first.
func (s *Service) History(ctx context.Context, by access.Actor) ([]Edition, error) {
	list, err := s.settings.History(ctx, by, PackName)
	if err != nil {
		return nil, err
	}
	out := make([]Edition, 0, len(list))
	for _, p := range list {
		var own Own
		if err := json.Unmarshal(p.Value, &own); err != nil {
			return nil, err
		}
		out = append(out, Edition{p.Version, p.At, p.By, own.Text})
	}
	return out, nil
}

// Restore saves a version of before once more, as the newest one; version is what the editor saw.
// Invalid where there was none of that number.
func (s *Service) Restore(ctx context.Context, by access.Actor, to, version int64) error {
	list, err := s.History(ctx, by)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Version == to {
			return s.Save(ctx, by, e.Text, version)
		}
	}
	return errs.Field("to", "norm.no_version")
}

// Judge evaluates a ticket that the caller has read. Only staff see verdicts.
func (s *Service) Judge(ctx context.Context, by access.Actor, t ticket.Ticket) (Conformance, error) {
	if err := access.Can(by, access.TicketWork, t.Object()); err != nil {
		return Conformance{}, err
	}
	records, err := s.tickets().Records(ctx, t.ID)
	if err != nil {
		return Conformance{}, err
	}
	return s.JudgeRecords(t, records)
}

// JudgeFacts evaluates a ticket from facts that the caller has decoded. What is said of a closed ticket
// no longer depends on the hour.
func (s *Service) JudgeFacts(t ticket.Ticket, facts []Noted) Conformance {
	return Judge(Input{Ticket: t, Facts: facts, Rules: s.clocks.Rulebook(), Pack: s.Pack(), Now: s.clock.Now()})
}

// JudgeRecords evaluates a ticket from facts that the caller has at hand.
func (s *Service) JudgeRecords(t ticket.Ticket, records []event.Record) (Conformance, error) {
	facts := make([]Noted, 0, len(records))
	for _, r := range records {
		f, err := ticket.Decode(r)
		if err != nil {
			return Conformance{}, err
		}
		if f != nil {
			facts = append(facts, Noted{ID: r.ID, Meta: r.Meta, Fact: f})
		}
	}
	return s.JudgeFacts(t, facts), nil
}
