// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// mountApproval adds what requesters are asked to approve, signed in or by the link of a letter.
// Opening a link changes nothing; a button does (S04).
func (f *Faces) mountApproval(r *page.Router) {
	r.Get("/approvals", access.ApprovalDecide, f.listApprovals)
	r.Get("/approvals/{id}", access.ApprovalDecide, f.openApproval)
	r.Post("/approvals/{id}/decide", access.ApprovalDecide, f.decide)
	r.Post("/approvals/{id}/call", access.ApprovalDecide, f.callIn)
	r.Get("/approve/{code}", page.Public, f.openByLink)
	r.Post("/approve/{code}/decide", page.Public, f.decideByLink)
	r.Post("/approve/{code}/call", page.Public, f.callInByLink)
}

// approvalsHome leads to what waits for a reader.
const approvalsHome = "/approvals"

func (f *Faces) listApprovals(c *page.Ctx) error {
	list, err := f.approvals.Mine(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	past, err := f.approvals.Decided(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	var waits, done []page.Decision
	for _, v := range list {
		d, err := f.decision(c, v, approvalsHome+"/"+id(int64(v.ID)))
		if err != nil {
			return err
		}
		waits = append(waits, d)
	}
	for _, a := range past {
		d, err := f.decision(c, approval.View{Approval: a}, approvalsHome+"/"+id(int64(a.ID)))
		if err != nil {
			return err
		}
		done = append(done, d)
	}
	frame := c.Frame(c.T("workapproval.title"))
	return show(c, http.StatusOK, frame.Listen("person"), approvalList(frame, waits, done))
}

func (f *Faces) decision(c *page.Ctx, v approval.View, base string) (page.Decision, error) {
	about, err := f.approvals.About(c.Context(), v.Approval)
	return page.NewDecision(c, v, about, base), err
}

// door is how somebody came to an approval: signed in, or by the link of a letter.
type door struct {
	By   access.Actor
	View approval.View
	Base string
	Name string // whom a link belongs to
}

// signedIn is the door of a reader who is.
func (f *Faces) signedIn(c *page.Ctx) (door, error) {
	which, err := c.PathInt("id")
	if err != nil {
		return door{}, err
	}
	v, err := f.approvals.Get(c.Context(), c.Actor, approval.ID(which))
	return door{By: c.Actor, View: v, Base: approvalsHome + "/" + id(which)}, err
}

// byLink is the door of whoever holds the link of a letter. Somebody who is signed in as another
// person holds a letter that was passed on, and is told so.
func (f *Faces) byLink(c *page.Ctx) (door, error) {
	code := c.Path("code")
	by, v, err := f.approvals.ByLink(c.Context(), code)
	if err != nil {
		return door{}, err
	}
	who, err := f.people.Get(c.Context(), person.ID(by.ID))
	if err != nil || !who.Active {
		return door{}, errs.New(errs.NotFound, "approval.link_gone")
	}
	if c.Person.ID != 0 && c.Person.ID != who.ID {
		return door{}, errs.New(errs.Denied, "workapproval.not_your_link", "Name", who.Name)
	}
	c.Speak(who)
	return door{By: by, View: v, Base: "/approve/" + code, Name: who.Name}, nil
}

func (f *Faces) openApproval(c *page.Ctx) error {
	return f.showApproval(c, http.StatusOK, f.signedIn, nil)
}

func (f *Faces) openByLink(c *page.Ctx) error { return f.showApproval(c, http.StatusOK, f.byLink, nil) }

func (f *Faces) showApproval(c *page.Ctx, status int, way func(*page.Ctx) (door, error), form *page.Form) error {
	at, err := way(c)
	if err != nil {
		return err
	}
	d, err := f.decision(c, at.View, at.Base)
	if err != nil {
		return err
	}
	d.Form = form
	frame := c.Frame(at.View.Subject.Title)
	frame.Path = at.Base
	c.Header().Set("Referrer-Policy", "no-referrer") // the address of a link is a key
	return show(c, status, frame, approvalPage(frame, d, at))
}

// act carries out what was pressed; what fails shows the page again.
func (f *Faces) act(c *page.Ctx, way func(*page.Ctx) (door, error), said string, do func(door, *page.Form) error) error {
	at, err := way(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, page.DecideFields()...)
	if err != nil {
		return err
	}
	if err := do(at, form); err != nil {
		switch errs.KindOf(err) {
		case errs.NotFound, errs.Unauthenticated:
			return err
		}
		return f.showApproval(c, c.MarkUp(form, err), way, form)
	}
	c.Say(said)
	return c.Redirect(at.Base)
}

func (f *Faces) deciding(at door, c *page.Ctx, form *page.Form) error {
	return c.Decide(form, func(d approval.Decision) error {
		_, err := f.approvals.Decide(c.Context(), at.By, at.View.ID, d)
		return err
	})
}

// calling calls somebody in; requesters name them by their address.
func (f *Faces) calling(at door, c *page.Ctx, form *page.Form) error {
	who, err := c.ApproverNamed("who", form.Get("who"), func(string) ([]person.Person, error) { return nil, nil })
	if err == nil {
		_, err = f.approvals.Call(c.Context(), at.By, at.View.ID, approval.SeatID(form.Int("seat")), who, form.Get("place") != "after", form.Get("comment"))
	}
	return err
}

func (f *Faces) decide(c *page.Ctx) error {
	return f.act(c, f.signedIn, "workapproval.done", func(at door, form *page.Form) error { return f.deciding(at, c, form) })
}

func (f *Faces) decideByLink(c *page.Ctx) error {
	return f.act(c, f.byLink, "workapproval.done", func(at door, form *page.Form) error { return f.deciding(at, c, form) })
}

func (f *Faces) callIn(c *page.Ctx) error {
	return f.act(c, f.signedIn, "workapproval.called", func(at door, form *page.Form) error { return f.calling(at, c, form) })
}

func (f *Faces) callInByLink(c *page.Ctx) error {
	return f.act(c, f.byLink, "workapproval.called", func(at door, form *page.Form) error { return f.calling(at, c, form) })
}

// approvalTab reports whether a path belongs to what waits for approval.
func approvalTab(path string) bool {
	return path == approvalsHome || strings.HasPrefix(path, approvalsHome+"/")
}
