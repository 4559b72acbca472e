// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountDevice adds how devices come in by a file: looked at first, then applied whole (N8).
func (f *Faces) mountDevice(r *page.Router) {
	r.Get("/admin/devices", access.AdminRead, f.showDevices)
	r.Post("/admin/devices/imports", access.AdminWork, f.uploadDevices)
	r.Get("/admin/devices/imports/{id}", access.AdminRead, f.previewDevices)
	r.Post("/admin/devices/imports/{id}", access.AdminWork, f.importDevices)
}

func (f *Faces) showDevices(c *page.Ctx) error { return f.devices(c, http.StatusOK, nil) }

func (f *Faces) devices(c *page.Ctx, status int, upload *page.Form) error {
	return show(c, status, "deviceadmin.title", "deviceadmin.lead", func(fr page.Frame) templ.Component { return devicesPage(fr, upload) })
}

func (f *Faces) uploadDevices(c *page.Ctx) error {
	form, err := c.FormWithBytes(page.TextForm, "file", "encoding", "comma")
	if err != nil {
		return err
	}
	comma := form.Get("comma")
	if comma == "tab" {
		comma = "\t"
	}
	x, err := f.Devices.Upload(c.Context(), c.Actor, device.Import{Name: form.Get("file"), Encoding: form.Get("encoding"), Comma: comma}, form.Bytes)
	if err != nil {
		return again(c, form, err, func(status int) error { return f.devices(c, status, form) })
	}
	return c.Redirect("/admin/devices/imports/" + num(int64(x.ID)))
}

// devicePreview is what a file would do.
type devicePreview struct {
	device.Preview
	Kind    device.Verdict
	Shown   []device.Change
	Further int
	Form    *page.Form
	name    func(device.Device, string) string
}

func (f *Faces) previewDevices(c *page.Ctx) error { return f.devicePreview(c, http.StatusOK, nil) }

func (f *Faces) devicePreview(c *page.Ctx, status int, form *page.Form) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	v := devicePreview{Kind: device.Verdict(c.Query("kind")), Form: form}
	if v.Preview, err = f.Devices.Preview(c.Context(), c.Actor, device.ImportID(n)); err != nil {
		return err
	}
	for _, x := range v.Changes {
		if x.Kind == v.Kind || v.Kind == "" && x.Kind != device.Same {
			v.Shown = append(v.Shown, x)
		}
	}
	if v.Further = len(v.Shown) - changesShown; v.Further > 0 {
		v.Shown = v.Shown[:changesShown]
	}
	v.name = func(d device.Device, field string) string { return f.deviceValue(c, d, field) }
	return show(c, status, "deviceadmin.preview", "deviceadmin.preview_lead", func(fr page.Frame) templ.Component { return devicePreviewPage(fr, v) })
}

// deviceValue is a field as a line of a preview shows it.
func (f *Faces) deviceValue(c *page.Ctx, d device.Device, field string) string {
	switch v := device.Value(d, field).(type) {
	case person.ID:
		return f.People.Card(c.Context(), v).Name
	case catalog.ServiceID:
		return f.Catalog.Service(c.Context(), v).Label(string(c.Lang))
	case device.Kind:
		if v == "" {
			return ""
		}
		return c.T("device.kind_" + string(v))
	case device.State:
		if v == "" {
			return ""
		}
		return c.T("device.state_" + string(v))
	case string:
		return v
	}
	return ""
}

func (f *Faces) importDevices(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "leave")
	if err != nil {
		return err
	}
	out, err := f.Devices.Apply(c.Context(), c.Actor, device.ImportID(n), form.On("leave"))
	if err != nil {
		return again(c, form, err, func(status int) error { return f.devicePreview(c, status, form) })
	}
	c.Say("deviceadmin.applied", "New", out.New, "Changed", out.Changed)
	return c.Redirect("/work/devices")
}

func verdictTone(v device.Verdict) string {
	switch v {
	case device.Added:
		return ui.OK
	case device.Edited:
		return ui.Brand
	case device.Bad:
		return ui.Danger
	case device.Same:
	}
	return ui.Neutral
}

func verdictTabs(f page.Frame, v devicePreview) []ui.Link {
	at := "/admin/devices/imports/" + num(int64(v.ID))
	out := []ui.Link{{Label: f.T("directoryadmin.kind_all"), Href: at, Current: v.Kind == ""}}
	for _, k := range device.Verdicts() {
		if v.Tally[k] > 0 {
			out = append(out, ui.Link{Label: f.T("deviceadmin.verdict_"+string(k)) + " " + num(int64(v.Tally[k])), Href: at + "?kind=" + string(k), Current: v.Kind == k})
		}
	}
	return out
}

// fieldName names a field of a device.
func fieldName(f page.Frame, name string) string {
	if name == "file" {
		return f.T("directoryadmin.field_line")
	}
	return f.T("deviceadmin.field_" + name)
}
