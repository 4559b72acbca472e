// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"slices"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// CmdDevice says that a ticket is about a device, or no longer (N8). The register of devices gives
// it: this room knows what stands on the label and nothing else of them.
const CmdDevice Name = "device"

// MaxTied is how many devices a ticket may be about.
const MaxTied = 20

// Tied is a device that a ticket is about, as it was called then.
type Tied struct {
	ID    int64
	Tag   string // what stands on its label
	Label string // kind and model
}

type (
	// TieDevice says that the ticket is about a device; with Off, that it is not.
	TieDevice struct {
		Device Tied
		Off    bool
	}
	// DeviceTied says that the ticket is about a device.
	DeviceTied struct {
		Of
		Device Tied
	}
	// DeviceUntied says that it is not.
	DeviceUntied struct {
		Of
		Device Tied
	}
)

// Name of the command.
func (TieDevice) Name() Name { return CmdDevice }

// EventName is "ticket.device_tied".
func (DeviceTied) EventName() string { return "ticket.device_tied" }

// EventName is "ticket.device_untied".
func (DeviceUntied) EventName() string { return "ticket.device_untied" }

// IsAbout reports whether the ticket is about the device.
func (t Ticket) IsAbout(device int64) bool {
	return slices.ContainsFunc(t.Detail.Devices, func(d Tied) bool { return d.ID == device })
}

func (c TieDevice) decide(t Ticket, _ world) ([]Fact, error) {
	on := t.IsAbout(c.Device.ID)
	switch {
	case c.Device.ID == 0:
		return nil, errs.Field("device", "ticket.device_unknown")
	case c.Off && !on:
		return nil, errs.New(errs.Conflict, "ticket.device_not_tied")
	case c.Off:
		return []Fact{DeviceUntied{Of{t.ID}, c.Device}}, nil
	case on:
		return nil, errs.New(errs.Conflict, "ticket.device_tied")
	case len(t.Detail.Devices) >= MaxTied:
		return nil, errs.Field("device", "ticket.devices_many", "Max", MaxTied)
	}
	return []Fact{DeviceTied{Of{t.ID}, c.Device}}, nil
}

func (f DeviceTied) apply(t *Ticket, _ event.Meta) {
	t.Detail.Devices = append(slices.Clone(t.Detail.Devices), f.Device)
}

func (f DeviceUntied) apply(t *Ticket, _ event.Meta) {
	var left []Tied
	for _, d := range t.Detail.Devices {
		if d.ID != f.Device.ID {
			left = append(left, d)
		}
	}
	t.Detail.Devices = left
}
