// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/clue"
	"github.com/loopdesk/loopdesk/internal/desk/device"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/pull"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/telephony"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/desk/wordbook"
	"github.com/loopdesk/loopdesk/internal/kit/memo"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// Path is the first page of the workspace, the queue; TicketsPath stands before the number of a ticket.
const (
	Path        = "/work"
	TicketsPath = Path + "/tickets/"
)

// Parts are the services that the pages call.
type Parts struct {
	Tickets     *ticket.Service
	People      *person.Service
	Catalog     *catalog.Desk
	Settings    *setting.Service
	Clocks      *sla.Service
	Norm        *norm.Service
	Intake      *intake.Service
	Notify      *notify.Service
	Escalations *escalation.Service
	Rotas       *rota.Service
	Majors      *major.Service
	Remote      *remote.Service
	BaseURL     string // "https://desk.example.org", for addresses that are copied elsewhere
	Promises    *promise.Service
	Pull        *pull.Service
	Reports     *report.Service
	Scores      *score.Service
	Telephony   *telephony.Service
	Search      *search.Service
	Words       *wordbook.Service
	Suggest     *suggest.Service
	Routing     *routing.Service
	Views       *queue.Desk
	Texts       *canned.Service
	Inbox       *inbox.Service
	Problems    *problem.Service
	Knowledge   *knowledge.Service
	Runbooks    *runbook.Service

	Announcements *announcement.Service
	Approvals     *approval.Service
	Devices       *device.Service
	Visits        *visit.Service

	// Administration is the navigation of the face for administrators, for those who may see it.
	Administration func(page.Frame) ui.Nav
}

// Faces holds the services.
type Faces struct {
	Parts
	found *memo.Memo[string, []clue.Clue] // the facts of texts that were shown
	names *memo.Memo[string, string]      // how names sound
}

// namesKept bounds, in bytes and twice, how many ways in which names sound are kept.
const namesKept = 256 << 10

// sounds are the ways in which a name sounds, for a choice on a page.
func (f *Faces) sounds(p person.Person) string {
	keys, known := f.names.Get(p.Name)
	if !known {
		keys = p.Sounds()
		f.names.Put(p.Name, keys, 64+len(p.Name)+len(keys))
	}
	return keys
}

// New makes the face.
func New(p Parts) *Faces {
	return &Faces{Parts: p, found: memo.New[string, []clue.Clue](cluesKept), names: memo.New[string, string](namesKept)}
}

// Mount adds the routes.
func (f *Faces) Mount(r *page.Router) {
	r = r.Face(page.Workspace)
	r.Layout(f.layout)
	f.mountQueue(r)
	f.mountSearch(r)
	f.mountPalette(r)
	f.mountTicket(r)
	f.mountTexts(r)
	f.mountRunbooks(r)
	f.mountGuides(r)
	f.mountInbox(r)
	f.mountArticles(r)
	f.mountRota(r)
	f.mountMajor(r)
	f.mountApproval(r)
	f.mountDevice(r)
	f.mountVisit(r)
	f.mountRemote(r)
	f.mountMailStop(r)
	f.mountProblems(r)
	f.mountScore(r)
	f.mountBehind(r)
	f.mountDeviation(r)
	f.mountMonth(r)
	f.mountAnnouncements(r)
}

// layout puts the house's own pages and failures into the frame of this face.
func (f *Faces) layout(c *page.Ctx, fr page.Frame, body templ.Component) templ.Component {
	return framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, "")}, housed(fr.Lang, body))
}

// viewIcons are the ready-made lists that the navigation shows, with their signs.
func viewIcons() []struct {
	View ticket.View
	Icon string
} {
	return []struct {
		View ticket.View
		Icon string
	}{
		{ticket.Risk, "flame"},
		{ticket.Unclaimed, "user-round-x"},
		{ticket.ForUser, "hourglass"},
		{ticket.Promised, "bell-ring"},
		{ticket.Overdue, "clock"},
		{ticket.ToConfirm, "circle-check"},
		{ticket.ToArchive, "archive"},
		{ticket.Done, "check-check"},
	}
}

// nav is the side of every page here. current names the view that is open, "" for none.
func (f *Faces) nav(c *page.Ctx, fr page.Frame, current ticket.View) ui.Nav {
	counts := f.Tickets.Counts(c.Context(), c.Actor)
	path, query, _ := strings.Cut(fr.Path, "?")
	here := func(href string) bool { return path == href || strings.HasPrefix(path, href+"/") }
	group := ""
	if q, err := url.ParseQuery(query); err == nil && path == "/work" && q.Get("view") == "" {
		if group = q.Get("group"); group != "" {
			current = "" // the list of a group, whose own place below says so
		}
	}
	n := fr.StaffNav("work.nav", "/work")
	n.Live = "/work/nav"
	if path == "/work" { // of other pages the place alone says enough, and of itself this asks nothing
		n.Live += "?at=" + url.QueryEscape(fr.Path)
	} else if path != n.Live {
		n.Live += "?at=" + url.QueryEscape(path)
	}
	unread, err := f.Inbox.Unread(c.Context(), c.Actor)
	if err != nil {
		unread = 0 // the page is worth more than this figure
	}
	if beside, err := f.Problems.Unseen(c.Context(), c.Actor); err == nil {
		unread += beside
	}
	if todo, err := f.Knowledge.Todo(c.Context(), c.Actor); err == nil {
		unread += int64(todo.Count())
	}
	n.Groups = append(n.Groups, ui.NavGroup{Items: []ui.NavItem{
		{Link: ui.Link{Label: fr.T("inbox.title"), Href: inboxPath, Icon: "bell", Current: here(inboxPath)}, Count: figure(int(unread)), Tone: ui.Brand, Rail: true, Dot: unread > 0, Key: "g i"},
		{Link: ui.Link{Label: fr.T("work.mine"), Href: "/work?view=mine", Icon: "circle-user", Current: current == ticket.Mine}, Count: figure(counts.Views[ticket.Mine]), Rail: true, Key: "g m"},
		{Link: ui.Link{Label: fr.T("work.next_title"), Href: nextPath, Icon: "hand", Current: here(nextPath)}, Rail: true, Key: "g n"},
		{Link: ui.Link{Label: fr.T("workapproval.title"), Href: approvalsPath, Icon: "stamp", Current: here(approvalsPath)}, Count: figure(fr.Counts["approvals"]), Tone: ui.Brand, Dot: fr.Counts["approvals"] > 0, Key: "g s"},
		{Link: ui.Link{Label: fr.T("workvisit.mine"), Href: visitsPath, Icon: "wrench", Current: here(visitsPath)}, Key: "g v"},
		{Link: ui.Link{Label: fr.T("workpromise.title"), Href: "/work/promises", Icon: "handshake", Current: here("/work/promises")}, Rail: true, Key: "g w"},
		{Link: ui.Link{Label: fr.T("work.phone"), Href: "/work/phone", Icon: "phone", Current: here("/work/phone")}, Rail: true, Key: "g p"},
	}})
	views := ui.NavGroup{Title: fr.T("work.views")}
	for _, v := range viewIcons() {
		views.Items = append(views.Items, viewItem(fr, v.View, v.Icon, counts.Views[v.View], current == v.View))
	}
	n.Groups = append(n.Groups, views, f.savedNav(c, fr))
	n.Groups = append(n.Groups, ui.NavGroup{Title: fr.T("work.knowledge"), Items: []ui.NavItem{
		{Link: ui.Link{Label: fr.T("workarticle.title"), Href: articlesPath, Icon: "book-open", Current: here(articlesPath)}, Rail: true, Key: "g k"},
		{Link: ui.Link{Label: fr.T("workbook.title"), Href: "/work/runbooks", Icon: "route", Current: here("/work/runbooks")}, Count: figure(f.unread(c)), Tone: ui.Warn, Key: "g h"},
		{Link: ui.Link{Label: fr.T("workproblem.title"), Href: problemPath, Icon: "repeat", Current: here(problemPath) || here(improvementPath) || here(reviewPath)}, Key: "g f"},
		{Link: ui.Link{Label: fr.T("announcement.title"), Href: announcementsPath, Icon: "megaphone", Current: here(announcementsPath)}, Key: "g a"},
		{Link: ui.Link{Label: fr.T("worktext.title"), Href: "/work/texts", Icon: "message-square-text", Current: here("/work/texts")}, Key: "g t"},
		{Link: ui.Link{Label: fr.T("workdevice.title"), Href: devicesPath, Icon: "laptop", Current: here(devicesPath) || here(placesPath) || here(servicesPath)}, Key: "g d"},
	}})
	desk := ui.NavGroup{Title: fr.T("work.running"), Items: []ui.NavItem{
		{Link: ui.Link{Label: fr.T("workboard.title"), Href: "/work/board", Icon: "columns-3", Current: here("/work/board")}, Rail: true, Key: "g b"},
		{Link: ui.Link{Label: fr.T("workmajor.title"), Href: "/work/majors", Icon: "siren", Current: here("/work/majors")}, Count: figure(len(f.Majors.Standing())), Tone: ui.Danger},
		{Link: ui.Link{Label: fr.T("workremote.open_title"), Href: "/work/remote", Icon: "monitor", Current: here("/work/remote")}},
		{Link: ui.Link{Label: fr.T("workrota.title"), Href: "/work/rota", Icon: "calendar", Current: here("/work/rota")}, Key: "g o"},
		{Link: ui.Link{Label: fr.T("work.quarantine"), Href: quarantinePath, Icon: "shield-alert", Current: here(quarantinePath)}, Rail: true},
		{Link: ui.Link{Label: fr.T("score.title"), Href: ScoresPath, Icon: "circle-check", Current: here(ScoresPath)}, Key: "g e"},
		{Link: ui.Link{Label: fr.T("report.title"), Href: ReportPath, Icon: "chart-column", Current: here(ReportPath)}, Rail: true, Key: "g r"},
	}}
	if !mayLead(c.Actor) { // the board is for whoever leads
		desk.Items = slices.DeleteFunc(desk.Items, func(i ui.NavItem) bool { return i.Href == "/work/board" })
	}
	n.Groups = append(n.Groups, desk)
	list, err := f.People.Groups(c.Context())
	if err != nil {
		return n // the page is worth more than this part of its side
	}
	teams := ui.NavGroup{Title: fr.T("work.groups")}
	for _, g := range list {
		if id := strconv.FormatInt(int64(g.ID), 10); g.Active {
			teams.Items = append(teams.Items, ui.NavItem{
				Link:  ui.Link{Label: g.Label(string(fr.Lang)), Href: "/work?group=" + id, Icon: "headset", Current: group == id},
				Count: figure(counts.Groups[g.ID]),
			})
		}
	}
	n.Groups = append(n.Groups, teams)
	return n
}

// viewItem is a ready-made list in the navigation. What should be empty says so in colour
// while it is not.
func viewItem(fr page.Frame, v ticket.View, icon string, count int, current bool) ui.NavItem {
	item := ui.NavItem{Link: ui.Link{Label: fr.T("work.view_" + string(v)), Href: viewAddress(v), Icon: icon, Current: current}, Count: figure(count)}
	if v == ticket.Risk {
		item.Rail, item.Key = true, "g q"
	}
	switch {
	case count == 0:
	case v == ticket.Unclaimed || v == ticket.Promised:
		item.Tone = ui.Warn
	case v == ticket.Overdue:
		item.Tone = ui.Danger
	}
	return item
}

// figure writes a count; none is no figure.
func figure(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
