// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// Parts are what the face is made of; a room that is nil shows nothing.
type Parts struct {
	Tickets       *ticket.Service
	People        *person.Service
	Catalog       *catalog.Desk
	Clocks        *sla.Service
	Promises      *promise.Service
	Search        *search.Service
	Majors        *major.Service
	Announcements *announcement.Service
	Runbooks      *runbook.Service
	Approvals     *approval.Service
	Devices       *device.Service
	Visits        *visit.Service
	Remote        *remote.Service
	Inbox         *inbox.Service
	Knowledge     *knowledge.Service
	Notify        *notify.Service
}

// Faces holds the services that the pages call.
type Faces struct {
	tickets       *ticket.Service
	people        *person.Service
	catalog       *catalog.Desk
	clocks        *sla.Service
	promise       *promise.Service
	search        *search.Service
	majors        *major.Service
	announcements *announcement.Service
	books         *runbook.Service
	approvals     *approval.Service
	devices       *device.Service
	visits        *visit.Service
	remote        *remote.Service
	inbox         *inbox.Service
	articles      *knowledge.Service
	notices       *notify.Service
}

// New makes the face.
func New(p Parts) *Faces {
	return &Faces{
		articles: p.Knowledge, notices: p.Notify,
		tickets: p.Tickets, people: p.People, catalog: p.Catalog, clocks: p.Clocks, promise: p.Promises, search: p.Search, majors: p.Majors,
		announcements: p.Announcements, books: p.Runbooks, approvals: p.Approvals, devices: p.Devices, visits: p.Visits, remote: p.Remote, inbox: p.Inbox,
	}
}

// Mount adds the routes.
func (f *Faces) Mount(r *page.Router) {
	r = r.Face(page.Portal)
	r.Layout(layout)
	f.mountApproval(r)
	r.Get("/{$}", page.SignedIn, f.home)
	r.Get("/incidents", page.Public, f.incidents)
	r.Post("/incidents/follow", access.SelfWork, f.follow)
	r.Get("/new", access.TicketOpen, f.newRequest)
	r.Post("/new", access.TicketOpen, f.openRequest)
	r.Post("/new/questions", access.TicketOpen, f.questions)
	r.Get("/q/{token}", access.TicketOpen, f.scan)
	r.Get("/requests", page.SignedIn, f.requests)
	r.Get("/requests/{number}", page.SignedIn, f.request)
	r.Get("/requests/{number}/now", page.SignedIn, f.requestNow)
	r.Get("/t/{code}", page.LinkHolder, f.request)
	r.Get("/t/{code}/now", page.LinkHolder, f.requestNow)
	f.mountRemote(r)
	r.Get("/t/{code}/leave", page.LinkHolder, f.leaveByLink)
	r.Get("/t/{code}/stop", page.LinkHolder, f.stopByLink)
	f.mountTold(r)
	r.Get("/requests/{number}/solution", page.SignedIn, f.walk)
	r.Get("/t/{code}/solution", page.LinkHolder, f.walk)
	f.mountArticles(r)
	for name, answer := range map[string]page.Handler{
		"reply": f.reply, "confirm": f.confirm, "reject": f.reject, "reopen": f.reopen, "cancel": f.cancel, "read-back": f.readBack,
		"add-participant": f.addParticipant, "remove-participant": f.removeParticipant, "leave": f.leave, "stop": f.stop,
		"answer": f.answer, "rate": f.rate, "solution": f.stuckAt, "visit": f.answerVisit,
	} {
		r.Post("/requests/{number}/"+name, access.TicketOpen, answer)
		r.Post("/t/{code}/"+name, page.LinkHolder, answer)
	}
	f.mountGuides(r, "/requests/{number}", page.SignedIn, access.TicketOpen)
	f.mountGuides(r, "/t/{code}", page.LinkHolder, page.LinkHolder)
}

// layout is the frame of every page here, and of the house's own pages for requesters.
func layout(_ *page.Ctx, f page.Frame, body templ.Component) templ.Component {
	return framed(portalFrame(f), body)
}

func portalFrame(f page.Frame) ui.Portal {
	p := ui.Portal{Page: f.Page(), Home: "/", Hotline: f.Hotline, Tel: dialled(f.Hotline), Me: f.Me()}
	if f.Code != "" {
		p.Home = "/t/" + f.Code
		return p
	}
	p.Tabs = []ui.Tab{
		{Link: ui.Link{Label: f.T("portal.home"), Href: "/", Icon: "house", Current: f.Path == "/"}},
		{Link: ui.Link{Label: f.T("portal.requests"), Href: "/requests", Icon: "inbox", Current: strings.HasPrefix(f.Path, "/requests")}},
		{Link: ui.Link{Label: f.T("portal.new"), Href: "/new", Icon: "plus", Current: f.Path == "/new"}},
		{Link: ui.Link{Label: f.T("portal.told"), Href: toldPath, Icon: "bell", Current: strings.HasPrefix(f.Path, toldPath)}, Count: f.Counts[page.ToldCount]},
	}
	if n := f.Counts["approvals"]; n > 0 || approvalTab(f.Path) { // whoever decides nothing sees nothing of it
		label := f.T("workapproval.tab")
		if n > 0 {
			label = f.T("workapproval.tab_count", "Count", n)
		}
		p.Tabs = append(p.Tabs, ui.Tab{Link: ui.Link{Label: label, Href: approvalsHome, Icon: "stamp", Current: approvalTab(f.Path)}})
	}
	return p
}

// dialled keeps of a hotline what a telephone understands: the digits up to the first words.
func dialled(hotline string) string {
	var b strings.Builder
	for _, r := range hotline {
		switch {
		case r >= '0' && r <= '9', r == '+' && b.Len() == 0:
			b.WriteRune(r)
		case b.Len() > 0 && r != '-' && r != ' ':
			return b.String()
		}
	}
	return b.String()
}

// show answers with a page of this face.
func show(c *page.Ctx, status int, f page.Frame, body templ.Component) error {
	return c.Render(status, layout(c, f, body))
}
