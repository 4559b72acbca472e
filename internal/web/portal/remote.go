// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountRemote adds the page on which a requester decides whether to show their screen, and shows
// it (N26), signed in or by the link of a letter.
func (f *Faces) mountRemote(r *page.Router) {
	r.Get("/requests/{number}/share", access.TicketOpen, f.share)
	r.Get("/t/{code}/share", page.LinkHolder, f.share)
	for name, answer := range map[string]page.Handler{
		"agree": f.agreeShare, "refuse": f.refuseShare, "stop": f.stopShare, "fail": f.failShare, "talk": f.talkShare,
	} {
		r.Post("/requests/{number}/share/{session}/"+name, access.TicketOpen, answer)
		r.Post("/t/{code}/share/{session}/"+name, page.LinkHolder, answer)
	}
}

// sharing is what the page shows.
type sharing struct {
	Ticket  ticket.Ticket
	Session remote.Session
	None    bool // nobody ever asked
	Base    string
	At      string // address of the session's commands
	Agent   person.Person
	Window  string // secret of this window, right after it agreed
	Servers string // JSON for the browser
	Relay   bool   // only by way of the relay
	Live    string
	Minutes int64
	Form    *page.Form
}

// asked reports whether there is a share that waits for the requester, for the page of a request.
func (f *Faces) asked(c *page.Ctx, t ticket.Ticket) (remote.Session, bool) {
	if !mine(c, t) || !t.Open() {
		return remote.Session{}, false
	}
	x, err := f.remote.Share(c.Context(), c.Actor, t)
	return x, err == nil && x.Open()
}

func (f *Faces) share(c *page.Ctx) error {
	v, err := f.sharing(c)
	if err != nil {
		return err
	}
	return f.showShare(c, http.StatusOK, v)
}

func (f *Faces) sharing(c *page.Ctx) (sharing, error) {
	t, err := f.find(c)
	if err != nil {
		return sharing{}, err
	}
	if !mine(c, t) {
		return sharing{}, errs.New(errs.Denied, "portalremote.only_requester")
	}
	v := sharing{Ticket: t, Base: base(c, t), Live: "remote:" + t.Ref()}
	x, err := f.remote.Share(c.Context(), c.Actor, t)
	if errs.KindOf(err) == errs.NotFound {
		v.None = true
		return v, nil
	}
	if err != nil {
		return v, err
	}
	p, _, err := f.remote.Policy(c.Context())
	v.of(f.people.Card(c.Context(), x.Agent), x)
	v.Relay, v.Minutes = p.RelayOnly, p.LongestMinutes
	return v, err
}

func (v *sharing) of(agent person.Person, x remote.Session) {
	v.Session, v.Agent, v.At = x, agent, v.Base+"/share/"+id(int64(x.ID))
}

func (f *Faces) showShare(c *page.Ctx, status int, v sharing) error {
	c.ShowsScreen()
	fr := c.Frame(c.T("portalremote.title")).Listen(v.Live)
	p := portalFrame(fr)
	p.Back = &ui.Link{Label: v.Ticket.Ref(), Href: v.Base}
	return c.Render(status, framed(p, sharePage(fr, v)))
}

// onShare carries out an act on the session of the address. What cannot be done any more is
// explained on the page as it stands now.
func (f *Faces) onShare(c *page.Ctx, fields []string, do func(on ticket.Target, which remote.ID, form *page.Form) error) error {
	form, err := c.Form(page.SmallForm, fields...)
	if err != nil {
		return err
	}
	t, err := f.find(c)
	if err != nil {
		return err
	}
	which, err := c.PathInt("session")
	if err != nil {
		return err
	}
	if err = do(ticket.Target{ID: t.ID}, remote.ID(which), form); err == nil {
		return nil
	}
	switch errs.KindOf(err) {
	case errs.Conflict, errs.Stale:
		v, e := f.sharing(c)
		if e != nil {
			return e
		}
		status := c.MarkUp(form, err)
		v.Form = form
		return f.showShare(c, status, v)
	default:
		return err
	}
}

// agreeShare is the requester's consent (N26). The answer is the page of the window that may show
// the screen from here on: what it knows stands in no address.
func (f *Faces) agreeShare(c *page.Ctx) error {
	return f.onShare(c, []string{"words", "pictures"}, func(on ticket.Target, which remote.ID, form *page.Form) error {
		x, window, err := f.remote.Agree(c.Context(), c.Actor, on, which, remote.Consent{Text: form.Int("words"), Pictures: form.On("pictures")})
		if err != nil {
			return err
		}
		v, err := f.sharing(c)
		if err != nil {
			return err
		}
		v.of(v.Agent, x)
		list, err := f.remote.Servers(c.Context(), x, remote.Sharer)
		if err != nil {
			return err
		}
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		v.Window, v.Servers = window, string(text)
		return f.showShare(c, http.StatusOK, v)
	})
}

func (f *Faces) refuseShare(c *page.Ctx) error {
	return f.onShare(c, []string{"cannot"}, func(on ticket.Target, which remote.ID, form *page.Form) error {
		if _, err := f.remote.Refuse(c.Context(), c.Actor, on, which, form.On("cannot")); err != nil {
			return err
		}
		return c.Redirect(f.shareAddress(c, on))
	})
}

func (f *Faces) stopShare(c *page.Ctx) error {
	return f.onShare(c, nil, func(on ticket.Target, which remote.ID, _ *page.Form) error {
		if _, err := f.remote.Stop(c.Context(), c.Actor, on, which); err != nil {
			return err
		}
		return c.Redirect(f.shareAddress(c, on))
	})
}

func (f *Faces) failShare(c *page.Ctx) error {
	return f.onShare(c, nil, func(on ticket.Target, which remote.ID, _ *page.Form) error {
		if _, err := f.remote.GiveUp(c.Context(), c.Actor, on, which); err != nil {
			return err
		}
		return c.Redirect(f.shareAddress(c, on))
	})
}

func (f *Faces) shareAddress(c *page.Ctx, on ticket.Target) string {
	t, err := f.tickets.Get(c.Context(), c.Actor, on)
	if err != nil {
		return "/"
	}
	return base(c, t) + "/share"
}

// talkShare carries what the two browsers tell each other.
func (f *Faces) talkShare(c *page.Ctx) error {
	t, err := f.find(c)
	if err != nil {
		return err
	}
	if !mine(c, t) {
		return errs.New(errs.Denied, "access.only_requester")
	}
	return page.Talk(c, f.remote, t, remote.Sharer)
}

// wordsVersion is the version of what the page says, as its form carries it.
func wordsVersion() string { return strconv.Itoa(remote.Words) }
