// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// labelsMost bounds a sheet: eight pages of twenty-four.
const labelsMost = 192

// label is one of a sheet: the code, what stands below it in large letters, and a line more.
type label struct {
	Sign  templ.Component
	Large string
	Small string
}

// labelSheet is a page of labels to be printed: of the devices of a list, or of the rooms.
func (f *Faces) labelSheet(c *page.Ctx) error {
	var out []label
	add := func(token, large, small string) error {
		sign, err := page.DrawSign(f.BaseURL+device.LabelPath+token, c.T("workdevice.sign_of", "Tag", large))
		out = append(out, label{sign, large, small})
		return err
	}
	if c.Query("of") == "places" {
		list, err := f.Devices.Places(c.Context(), c.Actor)
		if err != nil {
			return err
		}
		for _, p := range list {
			if !p.Active || len(out) >= labelsMost {
				continue
			}
			large, small := p.Room, dotted(p.Site, p.Building)
			if large == "" {
				large, small = p.Building, p.Site
			}
			if large == "" {
				large, small = p.Site, ""
			}
			if err := add(p.Token, large, small); err != nil {
				return err
			}
		}
	} else {
		x := f.filterOf(c)
		x.Limit = labelsMost
		list, _, err := f.Devices.List(c.Context(), c.Actor, x)
		if err != nil {
			return err
		}
		for _, d := range list {
			if d.Retired() {
				continue
			}
			if err := add(d.Token, d.Tag, dotted(c.T("device.kind_"+string(d.Kind)), d.Model)); err != nil {
				return err
			}
		}
	}
	fr := c.Frame(c.T("workdevice.labels"))
	return c.Render(http.StatusOK, labelsPage(fr, out))
}

// placesView is the register of places.
type placesView struct {
	List []device.Place
	Form *page.Form
	Of   device.PlaceID // that the form is of; 0 for a new one
}

func (f *Faces) listPlaces(c *page.Ctx) error { return f.showPlaces(c, http.StatusOK, placesView{}) }

func (f *Faces) showPlaces(c *page.Ctx, status int, v placesView) error {
	var err error
	if v.List, err = f.Devices.Places(c.Context(), c.Actor); err != nil {
		return err
	}
	return f.frameOf(c, status, "workdevice.places", devicesPath, func(fr page.Frame) templ.Component { return placesPage(fr, v) })
}

func (f *Faces) savePlace(c *page.Ctx) error {
	var p device.Place
	if c.Path("id") != "new" {
		n, err := c.PathInt("id")
		if err != nil {
			return err
		}
		p.ID = device.PlaceID(n)
	}
	form, err := c.Form(page.SmallForm, "site", "building", "room", "active", "version")
	if err != nil {
		return err
	}
	p.Site, p.Building, p.Room, p.Active = form.Get("site"), form.Get("building"), form.Get("room"), form.On("active")
	if _, err := f.Devices.SavePlace(c.Context(), c.Actor, p, form.Version()); err != nil {
		if status := c.MarkUp(form, err); status != http.StatusNotFound && status != http.StatusForbidden {
			return f.showPlaces(c, status, placesView{Form: form, Of: p.ID})
		}
		return err
	}
	c.Say("workdevice.place_saved")
	return c.Redirect(placesPath)
}

// placeForm is the form of one place: as it was typed where it was refused.
func (v placesView) placeForm(p device.Place) *page.Form {
	if v.Form != nil && v.Of == p.ID {
		return v.Form
	}
	form := page.Filled("site", p.Site, "building", p.Building, "room", p.Room, "version", key(p.Version))
	if p.Active {
		form.Values.Set("active", "yes")
	}
	return form
}

func placeField(f page.Frame, form *page.Form, of device.PlaceID, name string) ui.Field {
	return ui.Field{Name: name, ID: "place-" + key(int64(of)) + "-" + name, Label: f.T("workdevice." + name), Max: 60, Value: form.Get(name), Error: form.Mark(name), Required: name == "site"}
}
