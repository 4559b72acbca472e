// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"context"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// tiedDevice is a device that the ticket is about, with what else happened to it.
type tiedDevice struct {
	device.Device
	Tickets []ticket.Ticket // others about it, newest first
	Outages []outage
}

// othersOfDevice bounds the tickets of a device beside this one.
const othersOfDevice = 3

// readDevices reads what the ticket is about, and what else the requester has.
func (s *sheet) readDevices(ctx context.Context) error {
	list, err := s.f.Devices.On(ctx, s.c.Actor, s.t)
	if err != nil {
		return err
	}
	for _, d := range list {
		x := tiedDevice{Device: d}
		if x.Tickets, err = s.f.Devices.TicketsOf(ctx, s.c.Actor, d.ID, othersOfDevice+1); err != nil {
			return err
		}
		x.Tickets = slices.DeleteFunc(x.Tickets, func(t ticket.Ticket) bool { return t.ID == s.t.ID })
		x.Tickets = x.Tickets[:min(len(x.Tickets), othersOfDevice)]
		if x.Outages, err = s.f.outages(ctx, s.c.Actor, d.Service); err != nil {
			return err
		}
		s.devices = append(s.devices, x)
	}
	if s.down, err = s.f.outages(ctx, s.c.Actor, s.t.Service); err != nil {
		return err
	}
	own, err := s.f.Devices.Of(ctx, s.c.Actor, s.t.Requester)
	s.theirs = slices.DeleteFunc(own, func(d device.Device) bool { return s.t.IsAbout(int64(d.ID)) })
	return err
}

// readDevice takes the device that was chosen, or the one whose tag was typed. What was typed is
// meant where both came.
func readDevice(f *Faces, c *page.Ctx, _ ticket.Ticket, form *page.Form) (ticket.Command, error) {
	off := form.Get("off") == "yes"
	if tag := form.Text("tag"); tag != "" {
		l, err := f.Devices.Read(c.Context(), c.Actor, tag)
		if errs.KindOf(err) == errs.NotFound && err != nil || err == nil && l.IsRoom() {
			return nil, errs.Field("tag", "device.tag_unknown")
		}
		return ticket.TieDevice{Device: l.Device.Tied(), Off: off}, err
	}
	n := form.Int("device")
	if n == 0 {
		return nil, errs.Field("tag", "workdevice.choose")
	}
	d, err := f.Devices.Get(c.Context(), c.Actor, device.ID(n))
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return nil, errs.Field("tag", "device.not_found")
	}
	return ticket.TieDevice{Device: d.Tied(), Off: off}, err
}

// deviceChoice lists the requester's own devices, the first one chosen: one key opens the form and
// the next one sends it.
func deviceChoice(p place) ui.Field {
	f := p.field("device", "workdevice.theirs")
	for _, d := range p.s.theirs {
		f.Options = append(f.Options, ui.Option{Value: key(int64(d.ID)), Label: dotted(d.Tag, p.s.T("device.kind_"+string(d.Kind)))})
	}
	if f.Value == "" && len(f.Options) > 0 {
		f.Value = f.Options[0].Value
	}
	return f
}

// deviceOptions are the devices that the ticket is about, for a form that names one.
func deviceOptions(s *sheet) []ui.Option {
	out := []ui.Option{{Value: "0", Label: s.T("workdevice.no_device")}}
	for _, d := range s.devices {
		out = append(out, ui.Option{Value: key(int64(d.ID)), Label: dotted(d.Tag, d.Model)})
	}
	return out
}
