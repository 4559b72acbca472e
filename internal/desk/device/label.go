// SPDX-License-Identifier: Apache-2.0

package device

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// LabelPath is where the code on a label leads, followed by its token.
const LabelPath = "/q/"

// Label is what a code stands on: a device, or the door of a room.
type Label struct {
	Device Device // the zero Device for a room
	Place  Place  // of the room, or where the device stands
}

// IsRoom reports whether the code stands on the door of a room.
func (l Label) IsRoom() bool { return l.Device.ID == 0 }

// Scan returns what a code stands on. It may be asked by whoever may open a request: they stand
// before the thing. NotFound for anything that is no code of this desk, and for a code that was
// replaced, without saying which.
func (s *Service) Scan(ctx context.Context, by access.Actor, token string) (Label, error) {
	if err := access.Can(by, access.TicketOpen, access.Object{}); err != nil {
		return Label{}, err
	}
	gone := errs.New(errs.NotFound, "device.label_unknown")
	if !id.IsToken(token) {
		return Label{}, gone
	}
	list, err := byToken(ctx, s.DB, token)
	if err != nil {
		return Label{}, err
	}
	if len(list) > 0 {
		return Label{Device: list[0], Place: list[0].Place}, nil
	}
	rooms, err := placeByToken(ctx, s.DB, token)
	if err != nil || len(rooms) == 0 {
		if err == nil {
			err = gone
		}
		return Label{}, err
	}
	return Label{Place: rooms[0]}, nil
}

// Read is Scan for staff who typed what stands on the label: its tag, or the code itself.
func (s *Service) Read(ctx context.Context, by access.Actor, text string) (Label, error) {
	if id.IsToken(text) {
		return s.Scan(ctx, by, text)
	}
	if err := access.Can(by, access.DeviceRead, access.Object{}); err != nil {
		return Label{}, err
	}
	list, err := byTag(ctx, s.DB, fold(text))
	if err != nil {
		return Label{}, err
	}
	if len(list) == 0 || fold(text) == "" {
		return Label{}, errs.New(errs.NotFound, "device.label_unknown")
	}
	return Label{Device: list[0], Place: list[0].Place}, nil
}

// About is the command that says, with a new request, which device it is about; nil where the code
// says none, stands on a room, or the device is retired. What somebody wrote is worth more than a
// label that came off.
func (s *Service) About(ctx context.Context, by access.Actor, token string) []ticket.Command {
	l, err := s.Scan(ctx, by, token)
	if err != nil || l.IsRoom() || l.Device.Retired() {
		return nil
	}
	return []ticket.Command{ticket.TieDevice{Device: l.Device.Tied()}}
}

// NewLabel gives a device another code, so that a label that went astray leads nowhere.
func (s *Service) NewLabel(ctx context.Context, by access.Actor, which ID) (Device, error) {
	if err := access.Can(by, access.DeviceWork, access.Object{}); err != nil {
		return Device{}, err
	}
	var d Device
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := retoken(ctx, tx, which, id.Token()); err != nil {
			return err
		}
		var err error
		if d, err = s.get(ctx, tx, which); err != nil {
			return err
		}
		_, err = s.Bus.Record(ctx, tx, by.Meta(s.Clock.Now()), Changed{Device: d, Fields: []string{"label"}})
		return err
	})
	return d, err
}
