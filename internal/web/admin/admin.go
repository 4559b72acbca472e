// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/wordbook"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// Parts are the services that the pages call.
type Parts struct {
	People      *person.Service
	Sessions    *session.Service
	Catalog     *catalog.Desk
	Settings    *setting.Service
	Tickets     *ticket.Service
	Clocks      *sla.Service
	Notify      *notify.Service
	Jobs        *job.Queue
	Escalations *escalation.Service
	Rotas       *rota.Service
	Majors      *major.Service
	Intake      *intake.Service
	Directory   *directory.Service
	Norm        *norm.Service
	Rehearsals  *rehearsal.Service
	Words       *wordbook.Service
	Suggest     *suggest.Service
	Routing     *routing.Service
	Telephony   *telephony.Service
	Runbooks    *runbook.Service
	Devices     *device.Service
	BaseURL     string // how the desk is reached, for addresses to copy
	// TryMailbox signs in to a mailbox and returns how many messages lie there, or a *intake.MailboxError.
	TryMailbox func(context.Context, intake.Mailbox) (int, error)
	// Quarantined counts the messages that wait for somebody to look at them.
	Quarantined func(context.Context) int64
	// Relay is where browsers reach the relay of shared screens; "" where there is none.
	Relay func() string
}

// Faces holds the services.
type Faces struct{ Parts }

// New makes the face.
func New(p Parts) *Faces { return &Faces{p} }

// Mount adds the routes.
func (f *Faces) Mount(r *page.Router) {
	r = r.Face(page.Admin)
	r.Layout(layout)
	r.Get("/admin", access.AdminRead, f.overview)
	r.Get("/admin/people", access.AdminRead, f.listPeople)
	r.Get("/admin/people/new", access.AdminRead, f.newPerson)
	r.Post("/admin/people/new", access.AdminWork, f.addPerson)
	r.Get("/admin/people/{id}", access.AdminRead, f.editPerson)
	r.Post("/admin/people/{id}", access.AdminWork, f.savePerson)
	r.Post("/admin/people/{id}/link", access.AdminWork, f.passwordLink)
	r.Get("/admin/groups", access.AdminRead, f.listGroups)
	r.Get("/admin/groups/{id}", access.AdminRead, f.editGroup)
	r.Post("/admin/groups/{id}", access.AdminWork, f.saveGroup)
	r.Get("/admin/categories", access.AdminRead, f.listCategories)
	r.Get("/admin/categories/{id}", access.AdminRead, f.editCategory)
	r.Post("/admin/categories/{id}", access.AdminWork, f.saveCategory)
	f.mountForms(r)
	r.Get("/admin/services", access.AdminRead, f.listServices)
	r.Get("/admin/services/{id}", access.AdminRead, f.editService)
	r.Post("/admin/services/{id}", access.AdminWork, f.saveService)
	r.Get("/admin/risks", access.AdminRead, f.showRisks)
	r.Post("/admin/risks", access.AdminWork, f.saveRisks)
	r.Get("/admin/grading", access.AdminRead, f.showGrading)
	r.Post("/admin/grading/matrix", access.AdminWork, f.saveMatrix)
	r.Get("/admin/policies", access.AdminRead, f.listPolicies)
	r.Post("/admin/policies", access.AdminWork, f.savePolicies)
	r.Post("/admin/policies/rehearse", access.AdminWork, f.rehearsePolicies)
	r.Get("/admin/policies/rules/{place}", access.AdminRead, f.editRule)
	r.Post("/admin/policies/rules/{place}", access.AdminWork, f.saveRule)
	r.Post("/admin/policies/rules/{place}/up", access.AdminWork, f.moveRule)
	r.Post("/admin/policies/rules/{place}/remove", access.AdminWork, f.removeRule)
	r.Get("/admin/calendars", access.AdminRead, f.listCalendars)
	r.Get("/admin/calendars/{name}", access.AdminRead, f.editCalendar)
	r.Post("/admin/calendars/{name}", access.AdminWork, f.saveCalendar)
	r.Post("/admin/calendars/{name}/remove", access.AdminWork, f.removeCalendar)
	r.Post("/admin/holidays", access.AdminWork, f.importYears)
	r.Get("/admin/holidays/{set}/{year}", access.AdminRead, f.yearFile)
	r.Post("/admin/holidays/{set}/{year}/remove", access.AdminWork, f.removeYear)
	f.mountDirectory(r)
	f.mountDevice(r)
	r.Get("/admin/telephony", access.AdminRead, f.showTelephony)
	r.Post("/admin/telephony/secrets", access.AdminWork, f.makeSecret)
	r.Post("/admin/telephony/secrets/{secret}/remove", access.AdminWork, f.removeSecret)
	f.mountEscalation(r)
	f.mountRemote(r)
	f.mountApproval(r)
	f.mountSuggest(r)
	f.mountRouting(r)
	r.Get("/admin/desk", access.AdminRead, f.showDesk)
	r.Post("/admin/desk", access.AdminWork, f.saveDesk)
	r.Get("/admin/mail", access.AdminRead, f.showMail)
	r.Post("/admin/mail", access.AdminWork, f.saveMail)
	r.Get("/admin/letters", access.AdminRead, f.listLetters)
	r.Get("/admin/letters/{letter}/{lang}", access.AdminRead, f.editLetter)
	r.Post("/admin/letters/{letter}/{lang}", access.AdminWork, f.saveLetter)
	r.Post("/admin/letters/{letter}/{lang}/reset", access.AdminWork, f.resetLetter)
	r.Get("/admin/letters/{letter}/{lang}/preview", access.AdminRead, f.previewLetter)
	r.Post("/admin/letters/{letter}/{lang}/preview", access.AdminWork, f.previewLetter)
	r.Get("/admin/pace", access.AdminRead, f.showPace)
	r.Post("/admin/pace", access.AdminWork, f.savePace)
	r.Post("/admin/pace/bounds", access.AdminWork, f.saveBounds)
	r.Post("/admin/groups/{id}/sender", access.AdminWork, f.saveSender)
	r.Post("/admin/mail/test", access.AdminWork, f.testMail)
	f.mountSenders(r)
	r.Get("/admin/mailboxes", access.AdminRead, f.listMailboxes)
	r.Get("/admin/mailboxes/{id}", access.AdminRead, f.editMailbox)
	r.Post("/admin/mailboxes/{id}", access.AdminWork, f.saveMailbox)
	r.Post("/admin/mailboxes/{id}/test", access.AdminWork, f.testMailbox)
	r.Post("/admin/mailboxes/{id}/remove", access.AdminWork, f.removeMailbox)
	f.mountWording(r)
	f.mountNorm(r)
	f.mountRehearsal(r)
	r.Get("/admin/jobs", access.AdminRead, f.listJobs)
	r.Post("/admin/jobs/{id}/retry", access.AdminWork, f.retryJob)
	r.Post("/admin/jobs/{id}/discard", access.AdminWork, f.discardJob)
}

// layout puts the house's own pages and failures, which have a heading, into the frame of this face.
func layout(_ *page.Ctx, f page.Frame, body templ.Component) templ.Component {
	return framed(ui.Admin{Page: f.Page(), Nav: Nav(f), Bare: true}, body)
}

// show answers with a page of this face; lead is its one sentence.
func show(c *page.Ctx, status int, titleKey, leadKey string, body func(page.Frame) templ.Component) error {
	f := c.Frame(c.T(titleKey))
	return c.Render(status, framed(ui.Admin{Page: f.Page(), Nav: Nav(f), Lead: f.T(leadKey)}, body(f)))
}

// places are the pages of the administration, in the order of the navigation.
func places() [][]place {
	return [][]place{
		{{"admin.overview", "/admin", "gauge"}},
		{{"admin.people", "/admin/people", "users"}, {"directoryadmin.title", "/admin/directory", "book-open"}, {"deviceadmin.title", "/admin/devices", "laptop"}, {"admin.groups", "/admin/groups", "headset"}},
		{{"admin.categories", "/admin/categories", "folder-tree"}, {"admin.services", "/admin/services", "server"}, {"admin.grading", "/admin/grading", "scale"}, {"policyadmin.title", "/admin/policies", "timer"}, {"calendaradmin.calendars", "/admin/calendars", "calendar"}, {"escalationadmin.title", "/admin/escalation", "bell-ring"}},
		{
			{"admin.desk", "/admin/desk", "settings"},
			{"admin.mail", "/admin/mail", "mail"},
			{"mailadmin.letters", "/admin/letters", "file-text"},
			{"mailadmin.pace", "/admin/pace", "timer"},
			{"normadmin.title", "/admin/norm", "list-checks"},
			{"rehearsal.title", "/admin/rehearsals", "play"},
			{"wordingadmin.title", "/admin/wording", "spell-check-2"},
			{"mailboxadmin.title", "/admin/mailboxes", "inbox"},
			{"senderadmin.title", "/admin/senders", "shield-check"},
			{"telephonyadmin.title", "/admin/telephony", "phone-incoming"},
			{"remoteadmin.title", "/admin/remote", "monitor"},
			{"admin.quarantine", "/work/quarantine", "shield-alert"},
			{"admin.jobs", "/admin/jobs", "list-restart"},
		},
	}
}

// ofTriage are the places about where new tickets go, which stand with those about tickets.
func ofTriage() []place {
	return []place{{"routing.title", "/admin/routing", "split"}, {"suggest.title", "/admin/suggestions", "sparkles"}, {"riskadmin.title", "/admin/risks", "lock"}, {"approvaladmin.title", "/admin/approvals", "signature"}}
}

type place struct{ key, href, icon string }

// Nav is the side of every page here. The search belongs to the workspace, whose staff an
// administrator is.
func Nav(f page.Frame) ui.Nav {
	titles := []string{"", "admin.nav_people", "admin.nav_tickets", "admin.nav_house"}
	n := f.StaffNav("admin.nav", "/admin")
	for i, group := range places() {
		if i == 2 {
			group = append(group, ofTriage()...)
		}
		g := ui.NavGroup{}
		if titles[i] != "" {
			g.Title = f.T(titles[i])
		}
		for _, p := range group {
			at, _, _ := strings.Cut(f.Path, "?")
			current := at == p.href || (p.href != "/admin" && strings.HasPrefix(at, p.href+"/"))
			g.Items = append(g.Items, ui.NavItem{Link: ui.Link{Label: f.T(p.key), Href: p.href, Icon: p.icon, Current: current}})
		}
		n.Groups = append(n.Groups, g)
	}
	return n
}

// figure is a number on the first page that opens what it counts.
type figure struct {
	Label string
	Value string
	Href  string
	Icon  string
	Bad   bool
}

// overview says at a glance whether anything needs the administrator.
func (f *Faces) overview(c *page.Ctx) error {
	counts, err := f.Jobs.Counts(c.Context())
	if err != nil {
		return err
	}
	dead, waiting := 0, 0
	for _, k := range counts {
		dead, waiting = dead+k.Dead, waiting+k.Due
	}
	held := f.Quarantined(c.Context())
	open := f.Tickets.Counts(c.Context(), c.Actor)
	figures := []figure{
		{Label: c.T("admin.open_tickets"), Value: strconv.Itoa(open.Views[ticket.Risk]), Href: "/work", Icon: "inbox"},
		{Label: c.T("admin.overdue_tickets"), Value: strconv.Itoa(open.Views[ticket.Overdue]), Href: "/work?view=overdue", Icon: "clock", Bad: open.Views[ticket.Overdue] > 0},
		{Label: c.T("admin.held_mail"), Value: num(held), Href: "/work/quarantine", Icon: "shield-alert", Bad: held > 0},
		{Label: c.T("admin.dead_jobs"), Value: strconv.Itoa(dead), Href: "/admin/jobs", Icon: "list-restart", Bad: dead > 0},
		{Label: c.T("admin.due_jobs"), Value: strconv.Itoa(waiting), Href: "/admin/jobs", Icon: "list-restart"},
	}
	silent, err := f.silent(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	trouble, err := f.Directory.Trouble(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	if n := f.missingYears(c.Context(), c.Now); n > 0 {
		figures = append(figures, figure{Label: c.T("calendaradmin.missing_years"), Value: num(n), Href: "/admin/calendars", Icon: "calendar", Bad: true})
	}
	return show(c, http.StatusOK, "admin.overview", "admin.overview_lead", func(fr page.Frame) templ.Component { return overviewPage(fr, figures, silent, trouble) })
}

func num(n int64) string { return strconv.FormatInt(n, 10) }

// which reads the key in the address; 0 stands for "new".
func which(c *page.Ctx) (int64, error) {
	if c.Path("id") == "new" {
		return 0, nil
	}
	return c.PathInt("id")
}
