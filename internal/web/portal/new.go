// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// asked names the fields of a request. "from" says which page to come back to.
func asked() []string {
	return append(page.AnswerFields(), "text", "category", "service", "since", "affected", "people", "wanted", "from", "act", "device", "key", page.FileField)
}

// choices are what the longer form lets one choose from.
type choices struct {
	Categories []ui.Option
	Services   []ui.Option
	Expect     string
	Asked      catalog.Form // of the chosen category; none where it asks nothing
	Useful     []answer     // articles of the chosen category
	About      aboutView    // the device or the room whose label was scanned
	Common     []ui.Link    // categories that ask something: what people mostly want
}

func (f *Faces) choices(c *page.Ctx, form *page.Form) (choices, error) {
	out := choices{Expect: f.expect(c), About: f.aboutOf(c, form.Text("device"))}
	var err error
	if out.Asked, err = f.askedOf(c, form); err != nil {
		return out, err
	}
	if out.Common, err = f.common(c, form.Get("text")); err != nil {
		return out, err
	}
	if out.Useful, err = f.usefulFor(c, form); err != nil {
		return out, err
	}
	tree, err := f.catalog.Categories(c.Context())
	if err != nil {
		return out, err
	}
	for _, at := range tree {
		if at.Active {
			out.Categories = append(out.Categories, ui.Option{Value: id(int64(at.ID)), Label: f.path(c, at.ID)})
		}
	}
	services, err := f.catalog.Services(c.Context())
	for _, s := range services {
		if s.Active {
			out.Services = append(out.Services, ui.Option{Value: id(int64(s.ID)), Label: s.Label(string(c.Lang))})
		}
	}
	return out, err
}

func (f *Faces) path(c *page.Ctx, which catalog.CategoryID) string {
	var names []string
	for _, at := range f.catalog.Path(c.Context(), which) {
		names = append(names, at.Label(string(c.Lang)))
	}
	return strings.Join(names, " › ")
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// newRequest shows the longer form: the same words, and the elements that help (N15).
func (f *Faces) newRequest(c *page.Ctx) error {
	return f.showNew(c, http.StatusOK, page.Filled("category", c.Query("category"), "device", c.Query("device"), "text", c.Query("text")))
}

func (f *Faces) showNew(c *page.Ctx, status int, form *page.Form) error {
	from, err := f.choices(c, form)
	if err != nil {
		return err
	}
	frame := c.Frame(c.T("portal.new"))
	return show(c, status, frame, newPage(frame, from, page.Keyed(form)))
}

// openRequest records a request from either form.
func (f *Faces) openRequest(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, asked()...)
	if err != nil {
		return err
	}
	if form.Get("act") == "show" { // without a script: the questions that follow from what was chosen
		return f.showNew(c, http.StatusOK, form)
	}
	if err := c.Limit(session.Opening); err != nil {
		return f.askAgain(c, form, err)
	}
	t, _, err := f.tickets.Record(c.Context(), c.Actor, c.Once(form, ticket.Request{
		Requester: person.ID(c.Actor.ID), Channel: ticket.Portal,
		Category: catalog.CategoryID(form.Int("category")), Service: catalog.ServiceID(form.Int("service")),
		Intake: f.elements(c, form), Given: &ticket.Given{Version: form.Int(page.FormVersion), Answers: form.Answers()},
		Say: ticket.Say{Text: form.Get("text"), Files: form.Tokens(), Channel: ticket.Portal},
	}), f.devices.About(c.Context(), c.Actor, form.Text("device"))...)
	if err != nil {
		return f.askAgain(c, form, page.Used(form, err))
	}
	c.Say("portal.recorded", "Ref", t.Ref(), "Time", c.Clock(t.Detail.ExpectBy))
	return c.Redirect("/requests/" + t.Ref())
}

// askAgain shows the form that was sent, with what was typed.
func (f *Faces) askAgain(c *page.Ctx, form *page.Form, failed error) error {
	switch errs.KindOf(failed) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated:
		return failed
	}
	status := c.MarkUp(form, failed)
	if form.Get("from") == "home" {
		return f.showHome(c, status, form)
	}
	return f.showNew(c, status, form)
}

// elements reads what was filled in beyond the words; empty ones are asked for later.
func (f *Faces) elements(c *page.Ctx, form *page.Form) map[ticket.Element]ticket.Answer {
	out := map[ticket.Element]ticket.Answer{
		ticket.Since: {Value: form.Text("since")}, ticket.Wanted: {Value: form.Text("wanted")}, ticket.Affected: {Value: form.Text("affected")},
	}
	if s := f.catalog.Service(c.Context(), catalog.ServiceID(form.Int("service"))); out[ticket.Affected].Value == "" && s.ID != 0 {
		out[ticket.Affected] = ticket.Answer{Value: s.Label(string(c.Lang))}
	}
	switch people := form.Get("people"); people {
	case "one", "team", "department", "everyone":
		out[ticket.People] = ticket.Answer{Value: c.T("portal.people_" + people)}
	}
	return out
}

// usefulFor are the articles of the category that was chosen; none while none is.
func (f *Faces) usefulFor(c *page.Ctx, form *page.Form) ([]answer, error) {
	if form.Int("category") == 0 {
		return nil, nil
	}
	return f.useful(c, catalog.CategoryID(form.Int("category")), 3)
}
