// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const announcementsPath = "/work/announcements"

// mountAnnouncements adds the pages on which leads tell everybody something; agents read them.
func (f *Faces) mountAnnouncements(r *page.Router) {
	r.Get(announcementsPath, access.QueueRead, f.listAnnouncements)
	r.Get(announcementsPath+"/{id}", access.AnnouncementWork, f.editAnnouncement)
	r.Post(announcementsPath+"/{id}", access.AnnouncementWork, f.saveAnnouncement)
	r.Post(announcementsPath+"/{id}/end", access.AnnouncementWork, f.endAnnouncement)
}

func (f *Faces) announcementFrame(c *page.Ctx, status int, title string, body func(page.Frame) templ.Component) error {
	fr := c.Frame(c.T(title))
	fr.Path = announcementsPath
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}
	return c.Render(status, framed(w, body(fr)))
}

func (f *Faces) listAnnouncements(c *page.Ctx) error {
	list, err := f.Announcements.Latest(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	may := access.Can(c.Actor, access.AnnouncementWork, access.Object{}) == nil
	return f.announcementFrame(c, http.StatusOK, "announcement.title", func(fr page.Frame) templ.Component {
		return announcementsPage(f, c, fr, list, may)
	})
}

// announcementIn is the one that the address names; "new" is an empty one.
func (f *Faces) announcementIn(c *page.Ctx) (announcement.Announcement, error) {
	if c.Path("id") == "new" {
		return announcement.Announcement{Kind: announcement.Planned}, nil
	}
	id, err := c.PathInt("id")
	if err != nil {
		return announcement.Announcement{}, err
	}
	return f.Announcements.Get(c.Context(), c.Actor, announcement.ID(id))
}

func announcementAddress(a announcement.Announcement) string {
	if a.ID == 0 {
		return announcementsPath + "/new"
	}
	return announcementsPath + "/" + key(int64(a.ID))
}

func (f *Faces) editAnnouncement(c *page.Ctx) error {
	a, err := f.announcementIn(c)
	if err != nil {
		return err
	}
	form := page.Filled("kind", string(a.Kind), "title", a.Title, "text", a.Text, "title_en", a.TitleEN, "text_en", a.TextEN,
		"service", key(int64(a.Service)), "from", page.LocalOf(a.From, c.Zone), "until", page.LocalOf(a.Until, c.Zone), "anonymous", page.Ticked(a.Anonymous), "version", key(a.Version))
	return f.showAnnouncement(c, http.StatusOK, a, form)
}

func (f *Faces) showAnnouncement(c *page.Ctx, status int, a announcement.Announcement, form *page.Form) error {
	title := "announcement.edit"
	if a.ID == 0 {
		title = "announcement.add"
	}
	services, err := f.announcedServices(c, a.Service)
	if err != nil {
		return err
	}
	return f.announcementFrame(c, status, title, func(fr page.Frame) templ.Component {
		return announcementPage(fr, a, form, services)
	})
}

func (f *Faces) announcedServices(c *page.Ctx, now catalog.ServiceID) ([]ui.Option, error) {
	list, err := f.Catalog.Services(c.Context())
	out := []ui.Option{{Value: "0", Label: c.T("announcement.any_service")}}
	for _, s := range list {
		if s.Active {
			out = append(out, ui.Option{Value: key(int64(s.ID)), Label: s.Label(string(c.Lang))})
		}
	}
	return c.StillThere(out, key(int64(now)), f.Catalog.Service(c.Context(), now).Label(string(c.Lang))), err
}

// saveAnnouncement publishes or changes it. What was typed stays where it is refused.
func (f *Faces) saveAnnouncement(c *page.Ctx) error {
	a, err := f.announcementIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "kind", "title", "text", "title_en", "text_en", "service", "from", "until", "anonymous", "quiet", "version")
	if err != nil {
		return err
	}
	now := a
	now.Kind, now.Title, now.Text, now.TitleEN, now.TextEN = announcement.Kind(form.Get("kind")), form.Get("title"), form.Get("text"), form.Get("title_en"), form.Get("text_en")
	now.Service, now.Anonymous = catalog.ServiceID(form.Int("service")), form.On("anonymous")
	var bad []errs.FieldError
	for _, field := range []struct {
		name string
		into *time.Time
	}{{"from", &now.From}, {"until", &now.Until}} {
		*field.into = time.Time{}
		if text := form.Text(field.name); text != "" {
			if *field.into, err = page.ReadLocal(text, c.Zone); err != nil {
				bad = append(bad, errs.FieldError{Name: field.name, Key: "workticket.time_shape"})
			}
		}
	}
	err = errs.Invalidf(bad...)
	if err == nil {
		_, err = f.Announcements.Save(c.Context(), c.Actor, now, form.Version(), form.On("quiet"))
	}
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return err
		}
		return f.showAnnouncement(c, c.MarkUp(form, err), a, form)
	}
	word := "announcement.published_now"
	if a.ID != 0 {
		word = "announcement.saved_now"
	}
	c.Say(word)
	return c.Redirect(announcementsPath)
}

func (f *Faces) endAnnouncement(c *page.Ctx) error {
	id, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Announcements.End(c.Context(), c.Actor, announcement.ID(id)); err != nil {
		return err
	}
	c.Say("announcement.ended_now")
	return c.Redirect(announcementsPath)
}

func announcementKinds(fr page.Frame) []ui.Option {
	var out []ui.Option
	for _, k := range announcement.Kinds() {
		out = append(out, ui.Option{Value: string(k), Label: fr.T("announcement.kind_" + string(k))})
	}
	return out
}
