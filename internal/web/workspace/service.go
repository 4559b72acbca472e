// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

const servicesPath = "/work/services"

// mountService adds the services as staff read them: who answers for one, what it depends on, what
// is out of order (N8). The register itself is kept by administrators.
func (f *Faces) mountService(r *page.Router) {
	r.Get(servicesPath, access.QueueRead, f.listServices)
	r.Get(servicesPath+"/{id}", access.QueueRead, f.servicePage)
}

// serviceLine is a service in the list.
type serviceLine struct {
	catalog.Service
	Owner   person.Person
	Outages int
}

func (f *Faces) listServices(c *page.Ctx) error {
	list, err := f.Catalog.Services(c.Context())
	if err != nil {
		return err
	}
	var out []serviceLine
	for _, s := range list {
		if !s.Active {
			continue
		}
		down, err := f.outages(c.Context(), c.Actor, s.ID)
		if err != nil {
			return err
		}
		out = append(out, serviceLine{s, f.People.Card(c.Context(), s.Owner), len(down)})
	}
	return f.frameOf(c, http.StatusOK, "workdevice.services", devicesPath, func(fr page.Frame) templ.Component { return servicesPage(fr, out) })
}

// serviceView is one service with all that depends on it and around it.
type serviceView struct {
	catalog.Service
	Owner   person.Person
	Below   []catalog.Needed
	Above   []catalog.Service
	Outages []outage
	Tickets []ticket.Ticket
	Devices []device.Device
}

func (f *Faces) servicePage(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	s := f.Catalog.Service(c.Context(), catalog.ServiceID(n))
	if s.ID == 0 {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	v := serviceView{Service: s, Owner: f.People.Card(c.Context(), s.Owner)}
	if v.Below, err = f.Catalog.Below(c.Context(), s.ID); err != nil {
		return err
	}
	if v.Above, err = f.Catalog.Above(c.Context(), s.ID); err != nil {
		return err
	}
	if v.Outages, err = f.outages(c.Context(), c.Actor, s.ID); err != nil {
		return err
	}
	if v.Devices, _, err = f.Devices.List(c.Context(), c.Actor, device.Filter{Service: s.ID, Limit: recentShown}); err != nil {
		return err
	}
	p, err := f.Tickets.List(c.Context(), c.Actor, ticket.Filter{View: ticket.All, Service: s.ID, Limit: recentShown})
	if err != nil {
		return err
	}
	v.Tickets = p.Tickets
	return f.frameOf(c, http.StatusOK, "workdevice.services", devicesPath, func(fr page.Frame) templ.Component {
		fr.Title = s.Label(string(c.Lang))
		return oneServicePage(c, fr, v)
	})
}

// statusWord says how a ticket stands.
func statusWord(c *page.Ctx, t ticket.Ticket) (word, tone string) {
	return (&sheet{c: c}).status(t)
}
