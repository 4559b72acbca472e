// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// deviceOperations are the register of devices, and which tickets are about which (N8).
func (a *API) deviceOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/devices", id: "list-devices", tag: "Devices", action: access.DeviceRead,
		summary: "List devices",
		about:   "In the order of tags. q finds part of a tag, serial number or model, and who has it, as their name is written or sounds.",
	}, a.listDevices)
	register(a, operation{
		method: http.MethodPost, path: "/devices", id: "add-device", tag: "Devices", action: access.DeviceWork, status: http.StatusCreated,
		summary: "Add a device",
	}, a.addDevice)
	register(a, operation{
		method: http.MethodGet, path: "/devices/{id}", id: "get-device", tag: "Devices", action: access.DeviceRead,
		summary: "Get a device",
	}, a.getDevice)
	register(a, operation{
		method: http.MethodPut, path: "/devices/{id}", id: "change-device", tag: "Devices", action: access.DeviceWork,
		summary: "Change a device",
		about:   "The body is the whole device; version is the one that it was read with.",
	}, a.changeDevice)
	register(a, operation{
		method: http.MethodGet, path: "/devices/{id}/tickets", id: "list-device-tickets", tag: "Devices", action: access.DeviceRead,
		summary: "List the tickets that are about a device",
	}, a.deviceTickets)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/device", id: "tie-device", tag: "Devices", action: access.DeviceWork,
		summary: "Say that a ticket is about a device, or no longer",
	}, a.tieDevice)
}

type (
	tiedJSON struct {
		ID    int64  `json:"id"`
		Tag   string `json:"tag"`
		Label string `json:"label,omitempty"`
	}
	// DeviceBody is what can be said of a device. It is exported: the document describes what is embedded only then.
	DeviceBody struct {
		Tag      string `json:"tag" minLength:"1" maxLength:"40"`
		Kind     string `json:"kind,omitempty" enum:",laptop,desktop,monitor,printer,phone,network,server,meeting,other"`
		Model    string `json:"model,omitempty" maxLength:"120"`
		Serial   string `json:"serial,omitempty" maxLength:"120"`
		Owner    int64  `json:"owner,omitempty" minimum:"0" maximum:"9007199254740991"`
		Place    int64  `json:"place,omitempty" minimum:"0" maximum:"9007199254740991"`
		Service  int64  `json:"service,omitempty" minimum:"0" maximum:"9007199254740991" doc:"What depends on it"`
		State    string `json:"state,omitempty" enum:",in_use,spare,repair,retired"`
		Note     string `json:"note,omitempty" maxLength:"1000"`
		Bought   string `json:"bought,omitempty" maxLength:"10" example:"2026-03-31"`
		Warranty string `json:"warranty,omitempty" maxLength:"10" example:"2029-03-31" doc:"Its last day"`
		Version  int64  `json:"version,omitempty" minimum:"0" maximum:"9007199254740991"`
	}
	deviceJSON struct {
		ID int64 `json:"id"`
		DeviceBody
		OwnedBy   *refJSON `json:"owned_by,omitempty"`
		PlaceName string   `json:"place_name,omitempty"`
	}
)

func (a *API) deviceJSON(ctx context.Context, r reader, d device.Device) deviceJSON {
	return deviceJSON{
		ID: int64(d.ID),
		DeviceBody: DeviceBody{
			Tag: d.Tag, Kind: string(d.Kind), Model: d.Model, Serial: d.Serial, Owner: int64(d.Owner), Place: int64(d.Place.ID), Service: int64(d.Service),
			State: string(d.State), Note: d.Note, Bought: d.Bought, Warranty: d.Warranty, Version: d.Version,
		},
		OwnedBy: a.who(ctx, r, d.Owner), PlaceName: d.Place.Label(),
	}
}

func (b DeviceBody) device(which device.ID) device.Device {
	return device.Device{
		ID: which, Tag: b.Tag, Kind: device.Kind(b.Kind), Model: b.Model, Serial: b.Serial, Owner: person.ID(b.Owner),
		Place: device.Place{ID: device.PlaceID(b.Place)}, Service: catalog.ServiceID(b.Service), State: device.State(b.State), Note: b.Note, Bought: b.Bought, Warranty: b.Warranty,
	}
}

type devicesOut struct {
	Body struct {
		Items      []deviceJSON `json:"items" nullable:"false"`
		NextCursor string       `json:"next_cursor,omitempty"`
	} `nameHint:"Devices"`
}

type deviceOut struct{ Body deviceJSON }

func (a *API) listDevices(ctx context.Context, r reader, in *struct {
	Q      string `query:"q" maxLength:"80"`
	Kind   string `query:"kind" maxLength:"20"`
	State  string `query:"state" maxLength:"20"`
	Owner  int64  `query:"owner" minimum:"0" maximum:"9007199254740991"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" maxLength:"60"`
},
) (*devicesOut, error) {
	list, more, err := a.Devices.List(ctx, r.by, device.Filter{
		Text: in.Q, Kind: device.Kind(in.Kind), State: device.State(in.State), Owner: person.ID(in.Owner), Limit: in.Limit, After: in.Cursor,
	})
	if err != nil {
		return nil, err
	}
	out := &devicesOut{}
	out.Body.Items = make([]deviceJSON, 0, len(list))
	for _, d := range list {
		out.Body.Items = append(out.Body.Items, a.deviceJSON(ctx, r, d))
	}
	if more {
		out.Body.NextCursor = list[len(list)-1].Tag
	}
	return out, nil
}

func (a *API) getDevice(ctx context.Context, r reader, in *struct {
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
},
) (*deviceOut, error) {
	d, err := a.Devices.Get(ctx, r.by, device.ID(in.ID))
	return &deviceOut{a.deviceJSON(ctx, r, d)}, err
}

func (a *API) addDevice(ctx context.Context, r reader, in *struct{ Body DeviceBody }) (*deviceOut, error) {
	d, err := a.Devices.Save(ctx, r.by, in.Body.device(0), 0)
	return &deviceOut{a.deviceJSON(ctx, r, d)}, err
}

func (a *API) changeDevice(ctx context.Context, r reader, in *struct {
	ID   int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
	Body DeviceBody
},
) (*deviceOut, error) {
	if _, err := a.Devices.Get(ctx, r.by, device.ID(in.ID)); err != nil {
		return nil, err
	}
	d, err := a.Devices.Save(ctx, r.by, in.Body.device(device.ID(in.ID)), in.Body.Version)
	return &deviceOut{a.deviceJSON(ctx, r, d)}, err
}

type deviceTicketsOut struct {
	Body struct {
		Items []deviceTicketJSON `json:"items" nullable:"false"`
	} `nameHint:"DeviceTickets"`
}

type deviceTicketJSON struct {
	Number  int64  `json:"number"`
	Subject string `json:"subject"`
	Status  string `json:"status"`
}

func (a *API) deviceTickets(ctx context.Context, r reader, in *struct {
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
},
) (*deviceTicketsOut, error) {
	if _, err := a.Devices.Get(ctx, r.by, device.ID(in.ID)); err != nil {
		return nil, err
	}
	list, err := a.Devices.TicketsOf(ctx, r.by, device.ID(in.ID), 50)
	if err != nil {
		return nil, err
	}
	out := &deviceTicketsOut{}
	out.Body.Items = make([]deviceTicketJSON, 0, len(list))
	for _, t := range list {
		out.Body.Items = append(out.Body.Items, deviceTicketJSON{t.Number, t.Subject, string(t.Status)})
	}
	return out, nil
}

type tiedOut struct {
	Body struct {
		Devices []tiedJSON `json:"devices" nullable:"false"`
	} `nameHint:"TiedDevices"`
}

func (a *API) tieDevice(ctx context.Context, r reader, in *struct {
	Number string `path:"number" maxLength:"20" doc:"Its number: LD-1042 or 1042"`
	Body   struct {
		Device int64 `json:"device" minimum:"1" maximum:"9007199254740991"`
		Off    bool  `json:"off,omitempty" doc:"It is not about this device"`
	}
},
) (*tiedOut, error) {
	t, err := a.Tickets.Get(ctx, r.by, ticket.Target{Number: ticket.ParseRef(in.Number)})
	if err != nil {
		return nil, err
	}
	do := a.Devices.Tie
	if in.Body.Off {
		do = a.Devices.Untie
	}
	if t, err = do(ctx, r.by, ticket.Target{ID: t.ID}, device.ID(in.Body.Device)); err != nil {
		return nil, err
	}
	out := &tiedOut{}
	out.Body.Devices = make([]tiedJSON, 0, len(t.Detail.Devices))
	for _, d := range t.Detail.Devices {
		out.Body.Devices = append(out.Body.Devices, tiedJSON{d.ID, d.Tag, d.Label})
	}
	return out, nil
}
