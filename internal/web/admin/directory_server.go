// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountServer adds the directory server: its setting, its runs and what somebody must look at.
func (f *Faces) mountServer(r *page.Router) {
	r.Get(serverPath, access.AdminRead, f.editServer)
	r.Post(serverPath, access.AdminWork, f.saveServer)
	r.Post("/admin/directory/sync", access.AdminWork, f.syncNow)
	r.Post("/admin/directory/runs/{id}/allow", access.AdminWork, f.allowRun)
	r.Get("/admin/directory/conflicts", access.AdminRead, f.listConflicts)
	r.Post("/admin/directory/conflicts/{key}/connect", access.AdminWork, f.connectPerson)
	r.Post("/admin/directory/conflicts/{key}/take", access.AdminWork, f.takeTheirs)
}

const serverPath = "/admin/directory/server"

// serverView is the form of the server, and what it said where it was asked.
type serverView struct {
	Stored directory.Server
	Form   *page.Form
	Seen   *directory.Seen
	Drawn  *directory.Drawn
	Shown  []directory.Change
}

func serverForm(s directory.Server, version int64) *page.Form {
	list := []string{
		"host", s.Host, "port", num(s.Port), "security", string(s.Security), "trust", s.Trust, "user", s.User, "base", s.Base, "filter", s.Filter,
		"page_size", num(s.PageSize), "minutes", num(s.Minutes), "full_hours", num(s.FullHours), "guard", num(s.Guard), "gone", s.Gone, "adopt", page.Ticked(s.Adopt),
		"sign_in", page.Ticked(s.SignIn), "on", page.Ticked(s.On), "agents", groupsOf(s, access.Agent), "leads", groupsOf(s, access.Lead), "version", num(version),
	}
	for _, field := range directory.Fields() {
		list = append(list, "map_"+field, s.Map.Of(field))
	}
	form := page.Filled(list...)
	form.Values["keep"] = s.Keep
	return form
}

func groupsOf(s directory.Server, role access.Role) string {
	var out []string
	for _, g := range s.Groups {
		if g.Role == role {
			out = append(out, g.Group)
		}
	}
	return strings.Join(out, "\n")
}

// editServer shows the setting. A preset fills in how a kind of server names things; nothing is
// kept before somebody saves.
func (f *Faces) editServer(c *page.Ctx) error {
	s, version, err := f.Directory.Server(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	v := serverView{Stored: s}
	switch c.Query("preset") {
	case "openldap":
		s.Map, s.Filter = directory.OpenLDAP().Map, directory.OpenLDAP().Filter
	case "ad":
		s.Map, s.Filter = directory.ActiveDirectory().Map, directory.ActiveDirectory().Filter
	}
	v.Form = serverForm(s, version)
	return f.showServer(c, http.StatusOK, v)
}

func (f *Faces) showServer(c *page.Ctx, status int, v serverView) error {
	if c.Fragment() {
		return c.Render(status, serverSeen(c.Frame(""), v))
	}
	return show(c, status, "ldapadmin.title", "ldapadmin.lead", func(fr page.Frame) templ.Component { return serverPage(fr, v) })
}

func serverOf(form *page.Form, stored directory.Server) directory.Server {
	s := stored
	s.Host, s.Port, s.Security, s.Trust, s.User = form.Get("host"), form.Int("port"), directory.Security(form.Get("security")), form.Get("trust"), form.Get("user")
	s.Base, s.Filter, s.PageSize = form.Get("base"), form.Get("filter"), form.Int("page_size")
	s.Minutes, s.FullHours, s.Guard, s.Gone = form.Int("minutes"), form.Int("full_hours"), form.Int("guard"), form.Get("gone")
	s.Adopt, s.SignIn, s.On, s.Keep = form.On("adopt"), form.On("sign_in"), form.On("on"), form.All("keep")
	for _, field := range directory.Fields() {
		s.Map = s.Map.With(field, form.Get("map_"+field))
	}
	s.Groups = nil
	for _, role := range []access.Role{access.Lead, access.Agent} {
		for line := range strings.Lines(form.Get(string(role) + "s")) {
			if line = strings.TrimSpace(line); line != "" {
				s.Groups = append(s.Groups, directory.GroupRole{Group: line, Role: role})
			}
		}
	}
	return s
}

// saveServer saves, or asks the server with what was typed and keeps nothing.
func (f *Faces) saveServer(c *page.Ctx) error {
	stored, _, err := f.Directory.Server(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "host", "port", "security", "trust", "user", "password", "base", "filter", "page_size", "minutes", "full_hours", "guard", "gone",
		"adopt", "keep", "agents", "leads", "sign_in", "on", "version", "do", "map_*")
	if err != nil {
		return err
	}
	v := serverView{Stored: stored, Form: form}
	s, typed := serverOf(form, stored), directory.Secret(form.Get("password"))
	switch form.Get("do") {
	case "try":
		var seen directory.Seen
		if seen, err = f.Directory.Try(c.Context(), c.Actor, s, typed); err == nil {
			v.Seen, v.Shown = &seen, seen.First
		}
	case "draw":
		var drawn directory.Drawn
		if drawn, err = f.Directory.Draw(c.Context(), c.Actor, s, typed); err == nil {
			v.Drawn = &drawn
			for _, x := range drawn.Changes {
				if x.Kind != directory.Same && len(v.Shown) < changesShown {
					v.Shown = append(v.Shown, x)
				}
			}
		}
	default:
		if _, err = f.Directory.SaveServer(c.Context(), c.Actor, s, typed, form.Version()); err == nil {
			c.Say("admin.saved")
			return c.Redirect("/admin/directory")
		}
	}
	if err != nil {
		return again(c, form, f.asked(c, err), func(status int) error { return f.showServer(c, status, v) })
	}
	return f.showServer(c, http.StatusOK, v)
}

// asked puts what a server said into a sentence.
func (f *Faces) asked(c *page.Ctx, err error) error {
	var why *directory.ServerError
	if !errors.As(err, &why) {
		return err
	}
	if why.Answer != "" {
		return errs.Wrap(err, errs.Unavailable, "ldapadmin.failed_answer", "Why", c.T(why.Key), "Answer", why.Answer)
	}
	return errs.Wrap(err, errs.Unavailable, "ldapadmin.failed", "Why", c.T(why.Key))
}

func (f *Faces) syncNow(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Directory.Sync(c.Context(), c.Actor); err != nil {
		return err
	}
	c.Say("ldapadmin.queued")
	return c.Redirect("/admin/directory")
}

func (f *Faces) allowRun(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Directory.Allow(c.Context(), c.Actor, directory.RunID(n)); err != nil {
		return err
	}
	c.Say("ldapadmin.queued")
	return c.Redirect("/admin/directory")
}

// conflictView is what somebody must look at, and what they typed for one of them.
type conflictView struct {
	List  []directory.Conflict
	Older string
	Key   string // of the one whose form was refused
	Form  *page.Form
}

// conflictsShown bounds a page of conflicts.
const conflictsShown = 50

func (f *Faces) listConflicts(c *page.Ctx) error {
	return f.conflicts(c, http.StatusOK, conflictView{})
}

func (f *Faces) conflicts(c *page.Ctx, status int, v conflictView) error {
	var err error
	if v.List, err = f.Directory.Conflicts(c.Context(), c.Actor, c.Query("after"), conflictsShown+1); err != nil {
		return err
	}
	if len(v.List) > conflictsShown {
		v.List = v.List[:conflictsShown]
		v.Older = "/admin/directory/conflicts?after=" + escaped(v.List[conflictsShown-1].Key)
	}
	return show(c, status, "ldapadmin.conflicts", "ldapadmin.conflicts_lead", func(fr page.Frame) templ.Component { return conflictsPage(fr, v) })
}

func (f *Faces) connectPerson(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "email")
	if err != nil {
		return err
	}
	if err := f.Directory.Connect(c.Context(), c.Actor, c.Path("key"), form.Text("email")); err != nil {
		return again(c, form, err, func(status int) error {
			return f.conflicts(c, status, conflictView{Key: c.Path("key"), Form: form})
		})
	}
	c.Say("ldapadmin.connected")
	return c.Redirect("/admin/directory/conflicts")
}

func (f *Faces) takeTheirs(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Directory.TakeTheirs(c.Context(), c.Actor, c.Path("key")); err != nil {
		return err
	}
	c.Say("ldapadmin.taken")
	return c.Redirect("/admin/directory/conflicts")
}

// runTook is how long a run took, in words.
func runTook(f page.Frame, r directory.Run) string {
	d := r.Took()
	if d < time.Second {
		return f.T("ldapadmin.took_moment")
	}
	return f.T("ldapadmin.took", "Seconds", int64(d.Round(time.Second)/time.Second))
}

func serverSecurities(f page.Frame, stored directory.Security) []ui.Option {
	var out []ui.Option
	for _, s := range directory.Securities() {
		if s != directory.Plain || stored == directory.Plain { // it reaches this machine alone
			out = append(out, ui.Option{Value: string(s), Label: f.T("ldapadmin.security_" + string(s))})
		}
	}
	return out
}

func identityOptions() []ui.Option {
	var out []ui.Option
	for _, x := range directory.Identities() {
		out = append(out, ui.Option{Value: x, Label: x})
	}
	return out
}

func goneOptions(f page.Frame) []ui.Option {
	return []ui.Option{{Value: directory.GoneDisable, Label: f.T("ldapadmin.gone_disable")}, {Value: directory.GoneKeep, Label: f.T("ldapadmin.gone_keep")}}
}

func keepOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, x := range directory.Keepable() {
		out = append(out, ui.Option{Value: x, Label: f.T("directoryadmin.field_" + x)})
	}
	return out
}

// mappedFields are those whose attributes can be written, in pairs for the form.
func mappedFields() [][]string {
	list := slices.DeleteFunc(directory.Fields(), func(x string) bool { return x == directory.ID })
	return slices.Collect(slices.Chunk(list, 3))
}

// mapLabel names a field of the mapping.
func mapLabel(f page.Frame, field string) string {
	if field == directory.Active {
		return f.T("ldapadmin.locked")
	}
	return f.T("directoryadmin.field_" + field)
}

func escaped(key string) string { return url.PathEscape(key) }

func connectEmail(v conflictView, c directory.Conflict) string {
	if v.Key == c.Key {
		return v.Form.Get("email")
	}
	if c.Person.ID != 0 {
		return c.Person.Email
	}
	return c.Email
}

func connectMark(v conflictView, c directory.Conflict) string {
	if v.Key != c.Key {
		return ""
	}
	return v.Form.Mark("email")
}

func seenTitle(f page.Frame, v serverView) string {
	if v.Form.Notice == "" && v.Form.Wrong() {
		return f.T("ldapadmin.mend")
	}
	return v.Form.Notice
}

// seenProblems says what is wrong with which field: the answer stands far below the field.
func seenProblems(v serverView) []ui.Problem {
	var out []ui.Problem
	for _, name := range slices.Sorted(maps.Keys(v.Form.Marks)) {
		out = append(out, ui.Problem{Field: name, Text: v.Form.Marks[name]})
	}
	return out
}

func seenWords(f page.Frame, s *directory.Seen) string {
	key := "ldapadmin.tried"
	if s.More {
		key = "ldapadmin.tried_more"
	}
	vendor := s.Vendor
	if vendor == "" {
		vendor = f.T("ldapadmin.some_server")
	}
	return f.T(key, "Vendor", vendor, "Count", s.Count)
}
