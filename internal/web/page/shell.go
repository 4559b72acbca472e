// SPDX-License-Identifier: Apache-2.0

package page

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// Frame is what every layout needs to know, whatever the face.
type Frame struct {
	Title    string
	Desk     string // name of the desk
	Hotline  string // telephone number, may be empty
	Face     Face
	Path     string // where the reader is; marks the navigation and is where switches return to
	Lang     i18n.Lang
	Zone     *time.Location
	Theme    Theme
	Now      time.Time
	Person   person.Person // empty for nobody
	SignedIn bool
	Staff    bool
	Admin    bool
	Code     string         // tracking code of a link holder
	Counts   map[string]int // figures beside the navigation
	Toast    *Toast
	Live     string // address of the event stream that the page listens to; see Listen
	Mark     string // the moment of the page's reading, among the hints; its stream begins there
	Develop  bool
	Alarm    *ui.Alarm // what every page of staff says while it is so
}

// ToldCount names the figure of what somebody was told of their requests and has not seen.
const ToldCount = "told"

// Frame gathers what the layout needs. It takes the waiting toast: call it once a page.
func (c *Ctx) Frame(title string) Frame {
	f := Frame{
		Title: title, Desk: c.Desk.Name, Hotline: c.Desk.Hotline, Face: c.Route.Face, Path: c.here(),
		Lang: c.Lang, Zone: c.Zone, Theme: c.Theme, Now: c.Now, Person: c.Person, Code: c.Code, Develop: c.Kit.Develop, Mark: c.mark,
		SignedIn: c.Actor.Kind == access.Person, Toast: c.takeToast(),
	}
	f.Staff = f.SignedIn && c.Actor.Role.Staff()
	f.Admin = f.SignedIn && c.Actor.Role == access.Admin
	if !c.reads() {
		f.Path = LocalPath(c.back(), "/")
	}
	if f.Staff && c.Kit.Alarm != nil {
		f.Alarm = c.Kit.Alarm(c)
	}
	if f.SignedIn && c.Kit.Counts != nil {
		f.Counts = c.Kit.Counts(c.Context(), c)
	}
	return f
}

// T returns the message of key in the reader's language.
func (f Frame) T(key string, args ...any) string { return i18n.T(f.Lang, key, args...) }

// Listen returns the frame of a page that wants hints about topics: "queue", "person",
// "ticket:1042".
func (f Frame) Listen(topics ...string) Frame {
	base := "/events"
	if f.Code != "" {
		base = "/t/" + f.Code + "/events"
	}
	f.Live = base + "?topics=" + strings.Join(topics, ",")
	return f
}

// Page is the frame as the components want it.
func (f Frame) Page() ui.Page {
	p := ui.Page{Lang: f.Lang, Theme: string(f.Theme), Title: f.Title, Brand: f.Desk, Path: f.Path, Live: f.Live, Mark: f.Mark, Now: f.Now, Alarm: f.Alarm}
	if f.Toast != nil {
		p.Toasts = []ui.Toast{toastView(f.Lang, *f.Toast)}
	}
	return p
}

// StaffNav begins the navigation of a face of staff: each has the workspace's search and palette.
func (f Frame) StaffNav(label, start string) ui.Nav {
	return ui.Nav{Label: f.T(label), Home: start, Search: f.Search(), Palette: f.Palette(), Me: f.Me()}
}

// Search is the address of the one search of staff.
func (f Frame) Search() string { return home(f.Person) + "/search" }

// Palette is the address of the box of commands.
func (f Frame) Palette() string { return home(f.Person) + "/palette" }

// Me is the reader's own menu: profile, the other faces that are open to them, sign-out.
func (f Frame) Me() ui.Me {
	if !f.SignedIn {
		return ui.Me{}
	}
	me := ui.Me{Person: ui.Person{Name: f.Person.Name, Sub: f.Person.Department, Me: true}, SignOut: "/signout"}
	add := func(shown bool, key, href, icon string) {
		if shown {
			me.Links = append(me.Links, ui.Link{Label: f.T(key), Href: href, Icon: icon})
		}
	}
	add(true, "page.profile", "/me", "circle-user")
	add(f.Staff && f.Face != Portal, "inbox.rules", "/me/notices", "bell-ring")
	add(f.Staff && f.Face != Workspace, "page.go_workspace", "/work", "inbox")
	add(f.Staff && f.Face != Portal, "page.go_portal", "/", "house")
	add(f.Admin && f.Face != Admin, "page.go_admin", "/admin", "settings")
	return me
}

func (f Frame) home() string {
	if f.Code != "" {
		return "/t/" + f.Code
	}
	return home(f.Person)
}

// signIn is the address of the sign-in page, for those whom it would help.
func (f Frame) signIn() string {
	if f.SignedIn || f.Code != "" {
		return ""
	}
	return SignInPath(f.Path)
}

func (f Frame) forgotLead(done bool) string {
	if done {
		return f.T("page.forgot_done", "Minutes", int(session.ResetFor/time.Minute))
	}
	return f.T("page.forgot_lead")
}

// Layout puts a face's own navigation around a page: failures and the profile stand in it too.
type Layout func(c *Ctx, f Frame, body templ.Component) templ.Component

// Layout gives the face of this router its layout. Without one a page stands in a plain frame.
func (r *Router) Layout(l Layout) { r.layouts[r.face] = l }

// around chooses the layout for a page of this room: the face's own, and for the house's
// pages that of the face where the reader belongs.
func (h *house) around(c *Ctx, f Frame, body templ.Component) templ.Component {
	face := c.Route.Face
	if face == House {
		face = Portal
		if f.Staff {
			face = Workspace
		}
	}
	if l := h.layouts[face]; l != nil && f.SignedIn {
		return l(c, f, body)
	}
	return plainLayout(f, body)
}

func (h *house) renderMe(c *Ctx, status int, m mine) error {
	f := c.Frame(c.T("page.profile"))
	return c.Render(status, h.around(c, f, mePage(f, m)))
}

func (h *house) renderProblem(c *Ctx, p Problem) error {
	f := c.Frame(p.Title)
	return c.Render(p.Status, h.around(c, f, ui.ErrorBody(f.Lang, p.view())))
}

// Above is the sentence above a form, "" where the marks say everything.
func (f *Form) Above() string {
	if f == nil {
		return ""
	}
	return f.Notice
}

// Beside are ways that help to mend the form, to stand under what is wrong with it.
func (f *Form) Beside() []ui.Problem {
	if f == nil {
		return nil
	}
	return f.Latest
}

func minPassword() int { return session.MinPassword }

func zoneOptions(own string) []ui.Option {
	var out []ui.Option
	for _, z := range zones(own) {
		out = append(out, ui.Option{Value: z, Label: z})
	}
	return out
}
