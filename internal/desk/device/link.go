// SPDX-License-Identifier: Apache-2.0

package device

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Listen follows which tickets are about which devices, in the commits that say so.
func (s *Service) Listen() {
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, r event.Record, f ticket.DeviceTied) error {
		return tie(ctx, tx, f.Device.ID, f.Ticket, r.Meta.At)
	})
	event.Within(s.Bus, func(ctx context.Context, tx *db.Tx, _ event.Record, f ticket.DeviceUntied) error {
		return untie(ctx, tx, f.Device.ID, f.Ticket)
	})
}

// Tie says that a ticket is about a device. Conflict where it is already; a retired device can be
// tied all the same: what is found out about it is worth keeping.
func (s *Service) Tie(ctx context.Context, by access.Actor, on ticket.Target, which ID) (ticket.Ticket, error) {
	d, err := s.Get(ctx, by, which)
	if err != nil {
		return ticket.Ticket{}, err
	}
	return s.Tickets.Do(ctx, by, on, ticket.TieDevice{Device: d.Tied()})
}

// Untie says that a ticket is not about a device.
func (s *Service) Untie(ctx context.Context, by access.Actor, on ticket.Target, which ID) (ticket.Ticket, error) {
	d, err := s.Get(ctx, by, which)
	if err != nil {
		return ticket.Ticket{}, err
	}
	return s.Tickets.Do(ctx, by, on, ticket.TieDevice{Device: d.Tied(), Off: true})
}

// Tickets returns the tickets of a device that the actor may read, those last tied first.
func (s *Service) TicketsOf(ctx context.Context, by access.Actor, which ID, limit int) ([]ticket.Ticket, error) {
	if err := access.Can(by, access.DeviceRead, access.Object{}); err != nil {
		return nil, err
	}
	list, err := tied(ctx, s.DB, which, min(max(limit, 1), 50))
	if err != nil {
		return nil, err
	}
	var out []ticket.Ticket
	for _, one := range list {
		t, err := s.Tickets.Get(ctx, by, ticket.Target{ID: one})
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// On returns the devices that a ticket is about, as the register knows them now.
func (s *Service) On(ctx context.Context, by access.Actor, t ticket.Ticket) ([]Device, error) {
	if err := access.Can(by, access.DeviceRead, access.Object{}); err != nil {
		return nil, err
	}
	var out []Device
	for _, x := range t.Detail.Devices {
		d, err := get(ctx, s.DB, ID(x.ID))
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}
