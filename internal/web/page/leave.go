// SPDX-License-Identifier: Apache-2.0

package page

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// ownLeave adds who decides in one's place while one is away.
func (r *Router) ownLeave() {
	r.Post("/me/away", access.SelfWork, r.saveLeave)
	r.Post("/me/away/end", access.SelfWork, r.endLeave)
}

// readLeave fills in who stands in for the reader.
func (h *house) readLeave(c *Ctx, m *mine) error {
	if h.kit.Approvals == nil {
		return nil
	}
	l, away, err := h.kit.Approvals.Leave(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	m.Leave = Filled()
	if m.Away = away; away {
		m.Leave.Values.Set("from", l.From.In(c.Zone).Format(LocalTime))
		m.Leave.Values.Set("to", l.To.In(c.Zone).Format(LocalTime))
		m.Leave.Values.Set("deputy", h.kit.People.Card(c.Context(), l.Deputy).Email)
	}
	return nil
}

// saveLeave stores who decides in one's place, and when. A deputy is named by their address, or by
// a name that staff may look up.
func (h *house) saveLeave(c *Ctx) error {
	f, err := c.Form(SmallForm, "from", "to", "deputy")
	if err != nil {
		return err
	}
	if h.kit.Approvals == nil {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	var l approval.Leave
	l.Deputy, err = c.ApproverNamed("deputy", f.Get("deputy"), func(text string) ([]person.Person, error) {
		if access.Can(c.Actor, access.PersonRead, access.Object{}) != nil {
			return nil, nil //nolint:nilerr // who may look up nobody finds nobody, and names an address
		}
		return h.kit.People.Find(c.Context(), c.Actor, text, false, 10)
	})
	if err == nil {
		l.From, l.To = dayOf(f.Text("from"), c.Zone), dayOf(f.Text("to"), c.Zone)
		err = h.kit.Approvals.SaveLeave(c.Context(), c.Actor, l)
	}
	if err != nil {
		return h.again(c, f, err, func(m *mine) { m.Leave = f })
	}
	c.Say("workapproval.leave_saved")
	return c.Redirect("/me#leave")
}

func (h *house) endLeave(c *Ctx) error {
	if _, err := c.Form(SmallForm); err != nil {
		return err
	}
	if h.kit.Approvals == nil {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if err := h.kit.Approvals.EndLeave(c.Context(), c.Actor); err != nil {
		return err
	}
	c.Say("workapproval.leave_ended")
	return c.Redirect("/me#leave")
}

// dayOf reads what a form wrote; the zero time for anything else.
func dayOf(s string, in *time.Location) time.Time {
	t, err := time.ParseInLocation(LocalTime, s, in)
	if err != nil {
		return time.Time{}
	}
	return t
}
