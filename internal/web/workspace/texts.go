// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountTexts adds the pages on which staff keep their canned texts, and the list in the composer.
func (f *Faces) mountTexts(r *page.Router) {
	r.Get("/work/texts", access.QueueRead, f.listTexts)
	r.Get("/work/texts/{id}", access.QueueRead, f.editText)
	r.Post("/work/texts/{id}", access.QueueRead, f.saveText)
	r.Post("/work/texts/{id}/remove", access.QueueRead, f.removeText)
	r.Get("/work/tickets/{number}/texts", access.QueueRead, f.offerTexts)
	r.Post("/work/tickets/{number}/texts", access.TicketWork, f.insertText)
}

func (f *Faces) textsFrame(c *page.Ctx, status int, title string, body func(page.Frame) templ.Component) error {
	fr := c.Frame(c.T(title))
	fr.Path = "/work/texts"
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Rail: false, Keys: keyMap(fr)}
	return c.Render(status, framed(w, body(fr)))
}

func (f *Faces) listTexts(c *page.Ctx) error {
	list, err := f.Texts.List(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	return f.textsFrame(c, http.StatusOK, "worktext.title", func(fr page.Frame) templ.Component { return textsPage(f, c, fr, list) })
}

// textIn is the text that the address names; "new" is an empty one of one's own.
func (f *Faces) textIn(c *page.Ctx) (canned.Text, error) {
	if c.Path("id") == "new" {
		lang := "zh"
		if c.Lang == "en" {
			lang = "en"
		}
		return canned.Text{Person: person.ID(c.Actor.ID), Lang: lang}, nil
	}
	id, err := c.PathInt("id")
	if err != nil {
		return canned.Text{}, err
	}
	return f.Texts.Get(c.Context(), c.Actor, canned.ID(id))
}

func textAddress(t canned.Text) string {
	if t.ID == 0 {
		return "/work/texts/new"
	}
	return "/work/texts/" + key(int64(t.ID))
}

// shelfOf is whose a text is, as the form writes it: "own", "all", or the key of a group.
func shelfOf(t canned.Text) string {
	switch {
	case t.Own():
		return "own"
	case t.Group != 0:
		return key(int64(t.Group))
	}
	return "all"
}

func (f *Faces) editText(c *page.Ctx) error {
	t, err := f.textIn(c)
	if err != nil {
		return err
	}
	form := page.Filled("short", t.Short, "title", t.Title, "body", t.Body, "lang", t.Lang, "shelf", shelfOf(t), "version", key(t.Version))
	return f.showText(c, http.StatusOK, t, form, "")
}

func (f *Faces) showText(c *page.Ctx, status int, t canned.Text, form *page.Form, preview string) error {
	return f.textsFrame(c, status, "worktext.edit", func(fr page.Frame) templ.Component { return textPage(f, c, fr, t, form, preview) })
}

// saveText stores a text, or shows how it would read. What was typed stays where it is refused.
func (f *Faces) saveText(c *page.Ctx) error {
	t, err := f.textIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "short", "title", "body", "lang", "shelf", "version", "act")
	if err != nil {
		return err
	}
	now := t
	now.Short, now.Title, now.Body, now.Lang = form.Get("short"), form.Get("title"), form.Get("body"), form.Get("lang")
	if f.Texts.MayChange(c.Context(), c.Actor, t) && t.ID == 0 || !t.Own() {
		now.Person, now.Group = 0, 0
		switch shelf := form.Get("shelf"); shelf {
		case "own", "":
			now.Person = person.ID(c.Actor.ID)
		case "all":
		default:
			now.Group = person.GroupID(form.Int("shelf"))
		}
	}
	if form.Get("act") == "preview" {
		err := now.Check()
		if err != nil && errs.As(err) != nil {
			return f.showText(c, c.MarkUp(form, err), t, form, "")
		}
		return f.showText(c, http.StatusOK, t, form, canned.Fill(now.Body, f.sampleValues(c, langOf(now))))
	}
	if _, err := f.Texts.Save(c.Context(), c.Actor, now, form.Version()); err != nil {
		if closed(err) {
			return err
		}
		status := c.MarkUp(form, err)
		return f.showText(c, status, t, form, "")
	}
	c.Say("worktext.saved")
	return c.Redirect("/work/texts")
}

func (f *Faces) removeText(c *page.Ctx) error {
	t, err := f.textIn(c)
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Texts.Remove(c.Context(), c.Actor, t.ID); err != nil {
		return err
	}
	c.Say("worktext.removed")
	return c.Redirect("/work/texts")
}

// langOf is the language of a text: what fills its places is written in it, whoever puts it in.
func langOf(t canned.Text) i18n.Lang {
	lang, _ := i18n.Known(t.Lang) // a text has one that is known
	return lang
}

// sampleValues fill the places of a preview.
func (f *Faces) sampleValues(c *page.Ctx, lang i18n.Lang) map[string]string {
	say := func(key string) string { return i18n.T(lang, key) }
	return map[string]string{
		"requester.name": say("worktext.sample_name"), "requester.department": say("worktext.sample_department"), "ticket.number": ticket.Ref(1042),
		"ticket.subject": say("worktext.sample_subject"), "agent.name": c.Person.Name, "group.name": say("work.service_desk"),
		"next.time": i18n.Clock(lang, c.Now.Add(2*time.Hour).Truncate(time.Hour), c.Now, c.Zone), "desk.name": c.Desk.Name,
	}
}

// textValues fill the places of a text on a ticket.
func (s *sheet) textValues(lang i18n.Lang) map[string]string {
	return map[string]string{
		"requester.name": s.requester.Name, "requester.department": s.requester.Department, "ticket.number": s.t.Ref(), "ticket.subject": s.t.Subject,
		"agent.name": s.c.Person.Name, "group.name": s.f.People.Group(s.c.Context(), s.t.Group).Label(string(lang)), "next.time": i18n.Clock(lang, s.nextWord(), s.c.Now, s.c.Zone), "desk.name": s.c.Desk.Name,
	}
}

// offeredTexts bounds the texts that the composer lists at once.
const offeredTexts = 8

// texts are those that may be put into a reply on a ticket, the requester's language first.
func (s *sheet) texts(typed string) []canned.Text {
	if s.canned == nil {
		list, err := s.f.Texts.List(s.c.Context(), s.c.Actor)
		if err != nil {
			return nil // a reply can be written without them
		}
		s.canned = append([]canned.Text{}, list...) // not nil: both composers offer the same
	}
	lang := "zh"
	if strings.HasPrefix(s.requester.Lang, "en") {
		lang = "en"
	}
	var first, rest []canned.Text
	for _, t := range canned.Find(s.canned, typed) {
		if t.Lang == lang {
			first = append(first, t)
		} else {
			rest = append(rest, t)
		}
	}
	return append(first, rest...)
}

// offerTexts answers, while "::" is typed in a composer, with the texts that match.
func (f *Faces) offerTexts(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	if !c.Fragment() { // an address that somebody opened by hand
		return c.Redirect("/work/texts")
	}
	s := f.bare(c, t)
	s.requester = f.People.Card(c.Context(), t.Requester)
	list := s.texts(c.Query("q"))
	return c.Show(textOptions(s, list[:min(len(list), offeredTexts)]))
}

// insertText puts a text behind what was written, for readers without a script: the page comes
// back with it in the box.
func (f *Faces) insertText(c *page.Ctx) error {
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, append(offerFields(), "at", "version", "text", "canned", seenField, heardField, page.FileField)...)
	if err != nil {
		return err
	}
	t, err := f.Texts.Get(c.Context(), c.Actor, canned.ID(form.Int("canned")))
	if err != nil {
		return err
	}
	written := strings.TrimRight(form.Get("text"), " \n")
	if written != "" {
		written += "\n"
	}
	form.Values.Set("text", written+canned.Fill(t.Body, s.textValues(langOf(t))))
	s.form, s.spot = form, "reply"
	if form.Get("at") == "note" {
		s.spot = "note"
	}
	return f.showTicket(c, http.StatusOK, s)
}

// shelves are the choices of whose a text is: one's own, those of groups that one leads, and for
// administrators everybody's.
func (f *Faces) shelves(c *page.Ctx) []ui.Option {
	out := []ui.Option{{Value: "own", Label: c.T("worktext.shelf_own")}}
	if access.Can(c.Actor, access.AdminWork, access.Object{}) == nil {
		out = append(out, ui.Option{Value: "all", Label: c.T("worktext.shelf_all")})
	}
	list, err := f.Texts.Shelves(c.Context(), c.Actor)
	if err != nil {
		return out
	}
	for _, g := range list {
		out = append(out, ui.Option{Value: key(int64(g.ID)), Label: g.Label(string(c.Lang))})
	}
	return out
}

// shelfName says in a word whose a text is.
func (f *Faces) shelfName(c *page.Ctx, t canned.Text) string {
	switch {
	case t.Own():
		return c.T("worktext.shelf_own")
	case t.Group != 0:
		return f.People.Group(c.Context(), t.Group).Label(string(c.Lang))
	}
	return c.T("worktext.shelf_all")
}
