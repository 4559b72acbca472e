// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	table "github.com/loopdesk/loopdesk/internal/kit/sheet"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const (
	devicesPath = "/work/devices"
	placesPath  = "/work/places"
)

// mountDevice adds the register of devices and of the places at which they stand (N8).
func (f *Faces) mountDevice(r *page.Router) {
	r.Get(devicesPath, access.DeviceRead, f.listDevices)
	r.Get(devicesPath+"/labels", access.DeviceRead, f.labelSheet)
	r.Get(placesPath, access.DeviceRead, f.listPlaces)
	r.Post(placesPath+"/{id}", access.DeviceWork, f.savePlace)
	r.Get(devicesPath+"/register.csv", access.DeviceRead, f.deviceSheet)
	r.Get(devicesPath+"/{id}", access.DeviceRead, f.devicePage)
	r.Get(devicesPath+"/{id}/edit", access.DeviceWork, f.editDevice)
	r.Post(devicesPath+"/{id}/edit", access.DeviceWork, f.saveDevice)
	r.Post(devicesPath+"/{id}/label", access.DeviceWork, f.newLabel)
	f.mountService(r)
}

// devicesView is a stretch of the register.
type devicesView struct {
	Filter  device.Filter
	Lines   []deviceLine
	Next    string // address of the next stretch
	Places  []device.Place
	Place   device.Place
	Filters []ui.FilterView
}

// deviceLine is a device with who has it.
type deviceLine struct {
	device.Device
	Owner person.Person
}

// filterOf reads the filter of a list from its address.
func (f *Faces) filterOf(c *page.Ctx) device.Filter {
	return device.Filter{
		Text: c.Query("q"), Kind: device.Kind(c.Query("kind")), State: device.State(c.Query("state")),
		Place: device.PlaceID(c.QueryInt("place")), Service: catalog.ServiceID(c.QueryInt("service")), After: c.Query("after"),
	}
}

// query writes a filter into an address; changed pairs stand in for what it says.
func filterQuery(x device.Filter, changed ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		if q.Del(name); value != "" && value != "0" {
			q.Set(name, value)
		}
	}
	set("q", x.Text)
	set("kind", string(x.Kind))
	set("state", string(x.State))
	set("place", key(int64(x.Place)))
	set("service", key(int64(x.Service)))
	for i := 0; i+1 < len(changed); i += 2 {
		set(changed[i], changed[i+1])
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (f *Faces) listDevices(c *page.Ctx) error {
	v := devicesView{Filter: f.filterOf(c)}
	list, more, err := f.Devices.List(c.Context(), c.Actor, v.Filter)
	if err != nil {
		return err
	}
	for _, d := range list {
		v.Lines = append(v.Lines, deviceLine{d, f.People.Card(c.Context(), d.Owner)})
	}
	if more {
		v.Next = devicesPath + filterQuery(v.Filter, "after", list[len(list)-1].Tag)
	}
	if v.Filter.Place != 0 {
		if v.Place, err = f.Devices.Place(c.Context(), v.Filter.Place); err != nil {
			return err
		}
	}
	return f.frameOf(c, http.StatusOK, "workdevice.title", devicesPath, func(fr page.Frame) templ.Component {
		v.Filters = deviceFilters(fr, v.Filter)
		return devicesPage(fr, v)
	})
}

// frameOf is a page of the workspace below one place of the navigation.
func (f *Faces) frameOf(c *page.Ctx, status int, title, at string, body func(page.Frame) templ.Component) error {
	fr := c.Frame(c.T(title))
	fr.Path = at
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}
	return c.Render(status, framed(w, body(fr)))
}

func deviceFilters(fr page.Frame, x device.Filter) []ui.FilterView {
	kind := ui.FilterView{Label: fr.T("workdevice.kind"), Value: fr.T("work.any")}
	for _, k := range device.Kinds() {
		l := ui.Link{Label: fr.T("device.kind_" + string(k)), Href: devicesPath + filterQuery(x, "kind", string(k)), Current: x.Kind == k}
		if kind.Options = append(kind.Options, l); l.Current {
			kind.Value, kind.Clear = l.Label, devicesPath+filterQuery(x, "kind", "")
		}
	}
	state := ui.FilterView{Label: fr.T("workdevice.state"), Value: fr.T("work.any")}
	for _, s := range device.States() {
		l := ui.Link{Label: fr.T("device.state_" + string(s)), Href: devicesPath + filterQuery(x, "state", string(s)), Current: x.State == s}
		if state.Options = append(state.Options, l); l.Current {
			state.Value, state.Clear = l.Label, devicesPath+filterQuery(x, "state", "")
		}
	}
	return []ui.FilterView{kind, state}
}

// deviceSheet gives the register out as a file that can be brought back in.
func (f *Faces) deviceSheet(c *page.Ctx) error {
	x := f.filterOf(c)
	x.Limit, x.After = 200, ""
	t := table.Table{}
	t.Head = append(t.Head, device.Fields()...)
	for {
		list, more, err := f.Devices.List(c.Context(), c.Actor, x)
		if err != nil {
			return err
		}
		for _, d := range list {
			t.Rows = append(t.Rows, []any{
				d.Tag, string(d.Kind), d.Model, d.Serial, f.People.Card(c.Context(), d.Owner).Email, d.Place.Site, d.Place.Building, d.Place.Room,
				f.Catalog.Service(c.Context(), d.Service).Name, string(d.State), d.Bought, d.Warranty, d.Note,
			})
		}
		if !more {
			break
		}
		x.After = list[len(list)-1].Tag
	}
	var out bytes.Buffer
	if err := table.CSV(&out, t); err != nil {
		return err
	}
	c.Header().Set("Content-Type", table.CSVType)
	c.Header().Set("Content-Disposition", `attachment; filename="loopdesk-devices.csv"`)
	return c.Copy(&out, int64(out.Len()))
}

// deviceView is one device with its tickets and what is out of order around it.
type deviceView struct {
	device.Device
	Owner   person.Person
	Service catalog.Service
	Tickets []ticket.Ticket
	Outages []outage
	Sign    templ.Component
	Address string // where its code leads
}

// recentShown bounds the tickets of a device or a service on its page.
const recentShown = 12

func (f *Faces) deviceOf(c *page.Ctx) (device.Device, error) {
	n, err := c.PathInt("id")
	if err != nil {
		return device.Device{}, err
	}
	return f.Devices.Get(c.Context(), c.Actor, device.ID(n))
}

func (f *Faces) devicePage(c *page.Ctx) error {
	d, err := f.deviceOf(c)
	if err != nil {
		return err
	}
	v := deviceView{Device: d, Owner: f.People.Card(c.Context(), d.Owner), Service: f.Catalog.Service(c.Context(), d.Service), Address: f.BaseURL + device.LabelPath + d.Token}
	if v.Tickets, err = f.Devices.TicketsOf(c.Context(), c.Actor, d.ID, recentShown); err != nil {
		return err
	}
	if v.Outages, err = f.outages(c.Context(), c.Actor, d.Service); err != nil {
		return err
	}
	if v.Sign, err = page.DrawSign(v.Address, c.T("workdevice.sign_of", "Tag", d.Tag)); err != nil {
		return err
	}
	fr := c.Frame(d.Tag)
	fr.Path = devicesPath
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}
	return c.Render(http.StatusOK, framed(w, oneDevicePage(c, fr, v)))
}

// outage is a major incident that touches a service, and by which service it does.
type outage struct {
	major.Incident
	Ref string
	By  catalog.Service
}

// outages are the incidents that stand on a service or on what it depends on.
func (f *Faces) outages(ctx context.Context, by access.Actor, which catalog.ServiceID) ([]outage, error) {
	standing := f.Majors.Standing()
	if which == 0 || len(standing) == 0 {
		return nil, nil
	}
	reach, err := f.Catalog.Reach(ctx, which)
	if err != nil {
		return nil, err
	}
	var out []outage
	for _, x := range standing {
		t, err := f.Tickets.Get(ctx, by, ticket.Target{ID: x.Ticket})
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		if slices.Contains(reach, t.Service) {
			out = append(out, outage{x.Incident, t.Ref(), f.Catalog.Service(ctx, t.Service)})
		}
	}
	return out, nil
}

// newLabel makes the label that a device has lead nowhere, and gives it another.
func (f *Faces) newLabel(c *page.Ctx) error {
	d, err := f.deviceOf(c)
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if _, err := f.Devices.NewLabel(c.Context(), c.Actor, d.ID); err != nil {
		return err
	}
	c.Say("workdevice.new_label_done")
	return c.Redirect(devicesPath + "/" + key(int64(d.ID)))
}

func deviceTone(s device.State) string {
	switch s {
	case device.InUse:
		return ui.OK
	case device.InRepair:
		return ui.Warn
	case device.Retired, device.Spare:
	}
	return ui.Neutral
}

func deviceKindOptions(fr page.Frame) (out []ui.Option) {
	for _, k := range device.Kinds() {
		out = append(out, ui.Option{Value: string(k), Label: fr.T("device.kind_" + string(k))})
	}
	return out
}

func deviceStateOptions(fr page.Frame) (out []ui.Option) {
	for _, s := range device.States() {
		out = append(out, ui.Option{Value: string(s), Label: fr.T("device.state_" + string(s))})
	}
	return out
}

// idOrNew is a key in an address, "new" for none.
func idOrNew(n int64) string {
	if n == 0 {
		return "new"
	}
	return key(n)
}

// warrantyWord says until when a warranty holds, or that it is over.
func warrantyWord(c *page.Ctx, d device.Device) (text, tone string) {
	covered, known := d.Covered(c.Now)
	switch {
	case !known:
		return "", ""
	case covered:
		return c.T("workdevice.covered", "Day", d.Warranty), ui.OK
	}
	return c.T("workdevice.uncovered", "Day", d.Warranty), ui.Neutral
}
