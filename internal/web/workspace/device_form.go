// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// deviceFields are those of the form of a device.
func deviceFields() []string {
	return []string{"tag", "kind", "model", "serial", "owner", "place", "service", "state", "note", "bought", "warranty", "version"}
}

func (f *Faces) editDevice(c *page.Ctx) error {
	var d device.Device
	if c.Path("id") != "new" {
		var err error
		if d, err = f.deviceOf(c); err != nil {
			return err
		}
	}
	form := page.Filled("tag", d.Tag, "kind", string(d.Kind), "model", d.Model, "serial", d.Serial, "owner", f.ownerText(c, d),
		"place", key(int64(d.Place.ID)), "service", key(int64(d.Service)), "state", string(d.State), "note", d.Note, "bought", d.Bought, "warranty", d.Warranty, "version", key(d.Version))
	return f.showDeviceForm(c, http.StatusOK, d, form)
}

// deviceForm is the form of a device and what it can be chosen from.
type deviceForm struct {
	device.Device
	Form     *page.Form
	Places   []ui.Option
	Services []ui.Option
}

func (f *Faces) showDeviceForm(c *page.Ctx, status int, d device.Device, form *page.Form) error {
	v := deviceForm{Device: d, Form: form}
	list, err := f.Devices.Places(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	for _, p := range list {
		if p.Active || p.ID == d.Place.ID {
			v.Places = append(v.Places, ui.Option{Value: key(int64(p.ID)), Label: p.Label()})
		}
	}
	services, err := f.Catalog.Services(c.Context())
	if err != nil {
		return err
	}
	for _, s := range services {
		if s.Active || s.ID == d.Service {
			v.Services = append(v.Services, ui.Option{Value: key(int64(s.ID)), Label: s.Label(string(c.Lang))})
		}
	}
	title := "workdevice.edit"
	if d.ID == 0 {
		title = "workdevice.new"
	}
	return f.frameOf(c, status, title, devicesPath, func(fr page.Frame) templ.Component { return deviceFormPage(fr, v) })
}

func (f *Faces) saveDevice(c *page.Ctx) error {
	var d device.Device
	if c.Path("id") != "new" {
		var err error
		if d, err = f.deviceOf(c); err != nil {
			return err
		}
	}
	form, err := c.Form(page.TextForm, deviceFields()...)
	if err != nil {
		return err
	}
	now := device.Device{
		ID: d.ID, Tag: form.Get("tag"), Kind: device.Kind(form.Get("kind")), Model: form.Get("model"), Serial: form.Get("serial"),
		Place: device.Place{ID: device.PlaceID(form.Int("place"))}, Service: catalog.ServiceID(form.Int("service")), State: device.State(form.Get("state")),
		Note: form.Get("note"), Bought: form.Get("bought"), Warranty: form.Get("warranty"),
	}
	if text := form.Text("owner"); text != "" && text == f.ownerText(c, d) {
		now.Owner = d.Owner // as it stood, in use or not
	} else if text != "" {
		if now.Owner, err = f.ownerOf(c, text); err != nil {
			return f.deviceAgain(c, d, form, err)
		}
	}
	saved, err := f.Devices.Save(c.Context(), c.Actor, now, form.Version())
	if err != nil {
		return f.deviceAgain(c, d, form, err)
	}
	c.Say("workdevice.saved", "Tag", saved.Tag)
	return c.Redirect(devicesPath + "/" + key(int64(saved.ID)))
}

// ownerText is the owner of a device as they stand in its form: by their address, where they have one.
func (f *Faces) ownerText(c *page.Ctx, d device.Device) string {
	who := f.People.Card(c.Context(), d.Owner)
	return cmp.Or(who.Email, who.Name)
}

// mostNamed bounds whom a name is looked for among. Where there are as many, others may have it too.
const mostNamed = 50

// ownerOf is the one person whom a text means: an address, else a name that only one of them has,
// else what finds one alone.
func (f *Faces) ownerOf(c *page.Ctx, text string) (person.ID, error) {
	if p, err := f.People.ByEmail(c.Context(), text); err == nil && p.Active {
		return p.ID, nil
	} else if err != nil && errs.KindOf(err) != errs.NotFound {
		return 0, err
	}
	list, err := f.People.Find(c.Context(), c.Actor, text, false, mostNamed)
	if err != nil {
		return 0, err
	}
	if named := slices.DeleteFunc(slices.Clone(list), func(p person.Person) bool { return p.Name != text }); len(named) > 0 && len(list) < mostNamed {
		list = named
	}
	if len(list) == 1 {
		return list[0].ID, nil
	}
	return 0, errs.Field("owner", "device.owner_word", "Text", text)
}

func (f *Faces) deviceAgain(c *page.Ctx, d device.Device, form *page.Form, err error) error {
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated:
		return err
	}
	return f.showDeviceForm(c, c.MarkUp(form, err), d, form)
}
