// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountRemote adds help at a distance (N26): a screen that is looked at, tools opened by a link,
// and the list of what is open.
func (f *Faces) mountRemote(r *page.Router) {
	const at = "/work/tickets/{number}/remote"
	r.Get("/work/remote", access.QueueRead, f.openRemote)
	r.Get(at, access.QueueRead, f.remotePage)
	r.Post(at+"/share", access.TicketWork, f.askShare)
	r.Post(at+"/launch", access.TicketWork, f.launchTool)
	r.Post(at+"/{session}/end", access.TicketWork, f.endRemote)
	r.Post(at+"/{session}/talk", access.TicketWork, f.talkRemote)
	r.Post(at+"/{session}/picture", access.TicketWork, f.keepPicture)
}

// remoteView is the page of a ticket's remote help.
type remoteView struct {
	Ticket    ticket.Ticket
	Requester person.Person
	Policy    remote.Policy
	Share     remote.Session // the open share; zero for none
	Launch    remote.Session // the open session of a tool; zero for none
	Link      string         // opens it
	Past      []remoteLine
	Mine      bool // the share is the reader's own: they see it
	ByMe      bool // and the tool's session, too
	Sees      person.Person
	At        string // address of the page
	Page      string // address that the requester opens, for whoever reads it out
	Form      *page.Form
}

// remoteLine is one session in a list.
type remoteLine struct {
	remote.Session
	Ref     string
	Subject string
	Who     ui.Person
}

func (f *Faces) remotePage(c *page.Ctx) error {
	t, err := f.majorTicket(c)
	if err != nil {
		return err
	}
	return f.showRemote(c, http.StatusOK, t, nil)
}

func (f *Faces) showRemote(c *page.Ctx, status int, t ticket.Ticket, form *page.Form) error {
	v := remoteView{
		Ticket: t, Requester: f.People.Card(c.Context(), t.Requester), At: "/work/tickets/" + t.Ref() + "/remote", Page: f.BaseURL + "/requests/" + t.Ref() + "/share", Form: form,
	}
	list, err := f.Remote.ForTicket(c.Context(), c.Actor, t)
	if err != nil {
		return err
	}
	if v.Policy, _, err = f.Remote.Policy(c.Context()); err != nil {
		return err
	}
	for _, x := range list {
		switch {
		case x.Open() && x.Way == remote.Share:
			v.Share, v.Mine, v.Sees = x, x.Agent == c.Person.ID, f.People.Card(c.Context(), x.Agent)
		case x.Open():
			v.Launch, v.ByMe = x, x.Agent == c.Person.ID
			if v.Link, err = f.Remote.Link(c.Context(), c.Actor, t, x); err != nil {
				return err
			}
		default:
			v.Past = append(v.Past, f.remoteOf(c, x, t))
		}
	}
	fr := c.Frame(c.T("workremote.title")).Listen("remote:"+t.Ref(), "ticket:"+t.Ref())
	fr.Path = v.At
	return c.Render(status, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, "")}, remotePageOf(fr, v)))
}

func (f *Faces) remoteOf(c *page.Ctx, x remote.Session, t ticket.Ticket) remoteLine {
	return remoteLine{x, t.Ref(), t.Subject, ui.Person{Name: f.People.Card(c.Context(), x.Agent).Name, Me: x.Agent == c.Person.ID}}
}

// openRemote lists what is open on any ticket: what was forgotten is found here.
func (f *Faces) openRemote(c *page.Ctx) error {
	list, err := f.Remote.Open(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	var out []remoteLine
	for _, x := range list {
		t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: x.Ticket})
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		out = append(out, f.remoteOf(c, x, t))
	}
	fr := c.Frame(c.T("workremote.open_title")).Listen("queue")
	return c.Render(http.StatusOK, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, "")}, openRemotePage(fr, out)))
}

// onRemote carries out one command; what fails shows its form again.
func (f *Faces) onRemote(c *page.Ctx, fields []string, said string, do func(on ticket.Target, form *page.Form) error) error {
	t, err := f.majorTicket(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, fields...)
	if err != nil {
		return err
	}
	if err := do(ticket.Target{ID: t.ID}, form); err != nil {
		if hides(err) && errs.KindOf(err) != errs.Denied {
			return err
		}
		return f.showRemote(c, c.MarkUp(form, err), t, form)
	}
	c.Say(said)
	return c.Redirect("/work/tickets/" + t.Ref() + "/remote")
}

func (f *Faces) askShare(c *page.Ctx) error {
	return f.onRemote(c, []string{"pictures"}, "workremote.asked", func(on ticket.Target, form *page.Form) error {
		_, err := f.Remote.Ask(c.Context(), c.Actor, on, form.On("pictures"))
		return err
	})
}

func (f *Faces) launchTool(c *page.Ctx) error {
	return f.onRemote(c, []string{"tool", "target"}, "workremote.launched", func(on ticket.Target, form *page.Form) error {
		_, _, err := f.Remote.Begin(c.Context(), c.Actor, on, form.Get("tool"), form.Get("target"))
		return err
	})
}

func (f *Faces) endRemote(c *page.Ctx) error {
	which, err := c.PathInt("session")
	if err != nil {
		return err
	}
	return f.onRemote(c, []string{"outcome", "note"}, "workremote.ended", func(on ticket.Target, form *page.Form) error {
		_, err := f.Remote.End(c.Context(), c.Actor, on, remote.ID(which), remote.Closing{Outcome: remote.Outcome(form.Get("outcome")), Note: form.Get("note")})
		return err
	})
}

// talkRemote carries what the two browsers tell each other.
func (f *Faces) talkRemote(c *page.Ctx) error {
	t, err := f.majorTicket(c)
	if err != nil {
		return err
	}
	return page.Talk(c, f.Remote, t, remote.Viewer)
}

// keepPicture keeps what the agent sees as an internal note with a file, where the requester agreed
// to that.
func (f *Faces) keepPicture(c *page.Ctx) error {
	t, err := f.majorTicket(c)
	if err != nil {
		return err
	}
	which, err := c.PathInt("session")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, page.FileField)
	if err != nil {
		return err
	}
	file := ""
	if tokens := form.Tokens(); len(tokens) > 0 {
		file = tokens[0]
	} else if len(form.Files) > 0 {
		file = form.Files[0].Token
	}
	lang := i18n.Lang(f.Settings.Desk(c.Context()).Lang)
	x, err := f.Remote.Keep(c.Context(), c.Actor, ticket.Target{ID: t.ID}, remote.ID(which), file, i18n.T(lang, "workremote.picture_note"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, struct {
		Kept int64 `json:"kept"`
	}{x.Kept})
}

// remoteChip is what the page of a ticket says of remote help that is open on it.
func (s *sheet) remoteChip() (text, tone string) {
	for _, x := range s.remote {
		switch {
		case x.Way == remote.Launch:
			text, tone = s.T("workremote.chip_launch", "Tool", x.Tool), ui.Warn
		case x.State == remote.Live:
			return s.T("workremote.chip_live"), ui.Danger
		case text == "":
			text, tone = s.T("workremote.chip_asked"), ui.Brand
		}
	}
	return text, tone
}

// toolOptions are the tools that are offered.
func toolOptions(p remote.Policy) []ui.Option {
	var out []ui.Option
	for _, t := range p.Tools {
		out = append(out, ui.Option{Value: t.Name, Label: t.Name})
	}
	return out
}

// asks names what each tool needs: "RustDesk：ID · ToDesk：设备代码".
func asks(f page.Frame, p remote.Policy) string {
	out := ""
	for _, t := range p.Tools {
		if t.Ask == "" {
			continue
		}
		if out != "" {
			out += " · "
		}
		out += f.T("workremote.asks", "Tool", t.Name, "What", t.Ask)
	}
	return out
}

func outcomeOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, o := range remote.Outcomes() {
		out = append(out, ui.Option{Value: string(o), Label: f.T("workremote.outcome_" + string(o))})
	}
	return out
}

// wayWord says by which means somebody helped.
func wayWord(f page.Frame, x remote.Session) string {
	if x.Way == remote.Share {
		return f.T("workremote.way_share")
	}
	return x.Tool
}

// endWord says how a session ended, and what came of it.
func endWord(f page.Frame, x remote.Session) string {
	out := f.T("workremote.reason_" + string(x.Reason))
	if x.Outcome != "" {
		out += f.T("workremote.came_of_it", "Outcome", f.T("workremote.outcome_"+string(x.Outcome)))
	}
	if !x.StartedAt.IsZero() {
		out += f.T("workremote.took", "Time", i18n.Left(f.Lang, x.Took()))
	}
	return out
}

// remoteTone is the colour of where a session stands.
func remoteTone(x remote.Session) string {
	switch x.State {
	case remote.Live:
		return ui.Danger
	case remote.Asked, remote.Agreed:
		return ui.Brand
	case remote.Ended:
	}
	return ui.Neutral
}

// toolLink is a link of the allow-list of desk/remote, which knows schemes that templ does not:
// what is in it can be nothing that runs here.
func toolLink(link string) templ.SafeURL { return templ.SafeURL(link) }

func kept(x remote.Session) string { return strconv.FormatInt(x.Kept, 10) }
