// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	sitevisit "github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// This file ties the register of devices to the room of visits: neither knows the other.

// onSite makes both rooms.
func (h *House) onSite(s stores, o Options) {
	h.Devices = device.NewService(device.Parts{DB: s.DB, Bus: h.Bus, Clock: o.Clock, People: h.People, Catalog: h.Catalog, Tickets: h.Tickets})
	h.Visits = sitevisit.NewService(sitevisit.Parts{
		DB: s.DB, Bus: h.Bus, Clock: o.Clock, People: h.People, Settings: h.Settings, Tickets: h.Tickets,
		Label: func(ctx context.Context, by access.Actor, text string) (sitevisit.Where, error) {
			l, err := h.Devices.Read(ctx, by, text)
			return whereOf(l), err
		},
		Place: func(ctx context.Context, which int64) (string, error) {
			p, err := h.Devices.Place(ctx, device.PlaceID(which))
			return p.Label(), err
		},
		DevicePlace: func(ctx context.Context, which int64) (name string, place int64, known bool, err error) {
			d, err := h.Devices.Get(ctx, access.Desk(), device.ID(which))
			if errs.KindOf(err) == errs.NotFound && err != nil {
				return "", 0, false, nil //nolint:nilerr // a device that is gone has no place
			}
			return d.Tag, int64(d.Place.ID), err == nil, err
		},
	})
}

// whereOf is a label in the words of a visit.
func whereOf(l device.Label) sitevisit.Where {
	if l.IsRoom() {
		return sitevisit.Where{Place: int64(l.Place.ID), Name: l.Place.Label()}
	}
	return sitevisit.Where{Device: int64(l.Device.ID), Place: int64(l.Place.ID), Name: l.Device.Tag, Retired: l.Device.Retired()}
}
