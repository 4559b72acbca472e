// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/problem/radar"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const problemPath = "/work/problems"

// mountProblems adds what lies behind tickets: candidates, problems, improvements and reviews
// (N7, N38, N39).
func (f *Faces) mountProblems(r *page.Router) {
	r.Get(problemPath, access.ProblemRead, f.problems)
	r.Get(problemPath+"/new", access.ProblemWork, f.newProblem)
	r.Post(problemPath+"/new", access.ProblemWork, f.openProblem)
	r.Post(problemPath+"/scan", access.ProblemLink, f.scanProblems)
	r.Get(problemPath+"/{id}", access.ProblemRead, f.problemPage)
	r.Post(problemPath+"/{id}/edit", access.ProblemLink, f.editProblem)
	r.Post(problemPath+"/{id}/move", access.ProblemLink, f.moveProblem)
	r.Post(problemPath+"/{id}/link", access.ProblemLink, f.linkProblem)
	r.Post(problemPath+"/{id}/unlink", access.ProblemLink, f.linkProblem)
	r.Get(problemPath+"/candidates/{id}", access.ProblemRead, f.candidatePage)
	r.Post(problemPath+"/candidates/{id}/dismiss", access.ProblemWork, f.decideCandidate)
	r.Post(problemPath+"/candidates/{id}/take", access.ProblemWork, f.decideCandidate)
	r.Post(problemPath+"/notices/{id}/seen", access.ProblemRead, f.putAwayProblem)
	r.Post("/work/tickets/{number}/link-problem", access.ProblemLink, f.linkTicket)
	r.Post("/work/tickets/{number}/unlink-problem", access.ProblemLink, f.linkTicket)
	r.Post("/work/tickets/{number}/use-problem", access.ProblemLink, f.useProblem)
	f.mountImprovements(r)
	f.mountReviews(r)
}

// problemTabs lead between the parts of this room.
func problemTabs(fr page.Frame, here string) []ui.Link {
	var out []ui.Link
	for _, t := range [][2]string{{"problems", problemPath}, {"improvements", improvementPath}, {"reviews", reviewPath}} {
		out = append(out, ui.Link{Label: fr.T("workproblem.tab_" + t[0]), Href: t[1], Current: t[0] == here})
	}
	return out
}

func (f *Faces) problemFrame(c *page.Ctx, status int, title, path string, body func(page.Frame) templ.Component) error {
	fr := c.Frame(title)
	fr.Path = path
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}
	return c.Render(status, framed(w, body(fr)))
}

// candidateLine is a candidate in a few words.
type candidateLine struct {
	problem.Candidate
	Href, Title, Why, Words, Where, When string
}

// problemLine is a problem in a row of the list.
type problemLine struct {
	problem.Problem
	Href, Where, Owner, Age string
	Tone                    string
}

// problemsView is the page of candidates and problems.
type problemsView struct {
	Candidates []candidateLine
	Dismissed  []candidateLine
	Problems   []problemLine
	Settled    bool // the list shows those that were settled
	Lead       bool
}

func (f *Faces) problems(c *page.Ctx) error {
	v := problemsView{Settled: c.Query("show") == "settled", Lead: leads(c)}
	list, err := f.Problems.Candidates(c.Context(), c.Actor, problem.Waiting)
	if err != nil {
		return err
	}
	if v.Candidates, err = f.candidateLines(c, list); err != nil {
		return err
	}
	if list, err = f.Problems.Candidates(c.Context(), c.Actor, problem.Dismissed); err != nil {
		return err
	}
	if v.Dismissed, err = f.candidateLines(c, list[:min(len(list), 10)]); err != nil {
		return err
	}
	states := []problem.State{problem.Open, problem.Investigating, problem.Known}
	if v.Settled {
		states = []problem.State{problem.Resolved, problem.Closed}
	}
	all, err := f.Problems.List(c.Context(), c.Actor, problem.Filter{States: states, Limit: 200})
	if err != nil {
		return err
	}
	for _, p := range all {
		v.Problems = append(v.Problems, f.problemLine(c, p))
	}
	return f.problemFrame(c, http.StatusOK, c.T("workproblem.title"), problemPath, func(fr page.Frame) templ.Component { return problemsPage(fr, v) })
}

// leads reports whether the reader decides here.
func leads(c *page.Ctx) bool {
	return access.Can(c.Actor, access.ProblemWork, access.Object{}) == nil
}

func (f *Faces) problemLine(c *page.Ctx, p problem.Problem) problemLine {
	l := problemLine{Problem: p, Href: problemPath + "/" + p.ID.Ref(), Where: f.filedUnder(c, p.Category, p.Service, ""), Age: c.Moment(p.OpenedAt), Tone: problemTone(p.State)}
	if p.Owner != 0 {
		l.Owner = f.People.Card(c.Context(), p.Owner).Name
	}
	return l
}

func problemTone(s problem.State) string {
	switch s {
	case problem.Open:
		return ui.Warn
	case problem.Investigating, problem.Known:
		return ui.Brand
	case problem.Resolved:
		return ui.OK
	case problem.Closed:
	}
	return ui.Neutral
}

// filedUnder says in a line where something is filed.
func (f *Faces) filedUnder(c *page.Ctx, category catalog.CategoryID, service catalog.ServiceID, site string) string {
	var parts []string
	if category != 0 {
		parts = append(parts, f.Catalog.Category(c.Context(), category).Label(string(c.Lang)))
	}
	if service != 0 {
		parts = append(parts, f.Catalog.Service(c.Context(), service).Label(string(c.Lang)))
	}
	return dotted(append(parts, site)...)
}

func (f *Faces) candidateLines(c *page.Ctx, list []problem.Candidate) ([]candidateLine, error) {
	keys := make([]ticket.ID, len(list))
	for i, x := range list {
		keys[i] = x.Head
	}
	heads, err := f.Tickets.Some(c.Context(), c.Actor, keys)
	if err != nil {
		return nil, err
	}
	out := make([]candidateLine, len(list))
	for i, x := range list {
		out[i] = f.candidateLine(c, x, heads[x.Head])
	}
	return out, nil
}

func (f *Faces) candidateLine(c *page.Ctx, x problem.Candidate, head ticket.Ticket) candidateLine {
	l := candidateLine{Candidate: x, Href: problemPath + "/candidates/" + key(int64(x.ID)), Title: head.Subject, Why: candidateWhy(c, x), Where: f.filedUnder(c, x.Category, x.Service, x.Site), When: c.Moment(x.At)}
	if x.Device != "" {
		l.Where = dotted(l.Where, x.Device)
	}
	l.Words = strings.Join(x.Words, c.T("workproblem.comma"))
	if l.Title == "" {
		l.Title = orDash(l.Words)
	}
	return l
}

// candidateWhy says in figures and words why the radar found it.
func candidateWhy(c *page.Ctx, x problem.Candidate) string {
	usual := strconv.FormatFloat(float64(x.Usual)/1000, 'f', 1, 64)
	if x.Usual >= 10_000 || x.Usual%1000 < 50 {
		usual = key((x.Usual + 500) / 1000)
	}
	var text string
	switch x.Kind {
	case radar.Spike:
		text = c.T("workproblem.why_spike", "Day", x.Day.In(c.Zone).Format("01-02"), "Count", x.Count, "Usual", usual)
	case radar.Lasting:
		text = c.T("workproblem.why_lasting", "Days", x.Days, "Count", x.Count, "Seen", x.Seen)
	case radar.Rising:
		text = c.T("workproblem.why_rising", "Days", x.Days, "Count", x.Count, "Usual", usual)
	}
	text += c.T("workproblem.why_people", "Count", x.People)
	if len(x.Words) > 0 {
		text += c.T("workproblem.why_words", "Words", strings.Join(x.Words, c.T("workproblem.comma")))
	}
	return text
}

func (f *Faces) scanProblems(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Problems.Ask(c.Context(), c.Actor); err != nil {
		return err
	}
	c.Say("workproblem.scanned")
	return c.Redirect(problemPath)
}

// evidenceLine is a ticket that speaks for a candidate or belongs to a problem.
type evidenceLine struct {
	Ref, Href, Subject, Who, When, State, Tone string
}

func (f *Faces) evidence(c *page.Ctx, list []ticket.Ticket) []evidenceLine {
	out := make([]evidenceLine, len(list))
	for i, t := range list {
		word, tone := f.bare(c, t).status(t)
		out[i] = evidenceLine{t.Ref(), "/work/tickets/" + t.Ref(), t.Subject, f.People.Card(c.Context(), t.Requester).Name, c.Moment(t.CreatedAt), word, tone}
	}
	return out
}

// candidateView is one candidate with its evidence.
type candidateView struct {
	candidateLine
	Tickets []evidenceLine
	Form    *page.Form
	Lead    bool
	By      string
	At      string
	Choices problemChoices
}

// problemChoices are what the forms of this room offer.
type problemChoices struct{ Staff, Categories, Services []ui.Option }

// problemChoices are those of a form, with what stands in it.
func (f *Faces) problemChoices(c *page.Ctx, form *page.Form) (problemChoices, error) {
	staff, err := f.staffOptions(c)
	staff = c.StillThere(staff, form.Get("owner"), f.People.Card(c.Context(), person.ID(form.Int("owner"))).Name)
	s := f.bare(c, ticket.Ticket{Category: catalog.CategoryID(form.Int("category")), Service: catalog.ServiceID(form.Int("service"))})
	return problemChoices{append([]ui.Option{{Value: "0", Label: c.T("workticket.none")}}, staff...), s.categoryOptions(), s.serviceOptions()}, err
}

func (f *Faces) candidatePage(c *page.Ctx) error {
	return f.showCandidate(c, nil)
}

func (f *Faces) showCandidate(c *page.Ctx, form *page.Form) error {
	v, err := f.candidateView(c)
	if err != nil {
		return err
	}
	if v.Form = form; form == nil {
		v.Form = page.Filled("title", v.Title, "category", key(int64(v.Category)), "service", key(int64(v.Service)), "owner", "0", "version", key(v.Version))
	}
	return f.problemFrame(c, http.StatusOK, v.Title, c.Request.URL.Path, func(fr page.Frame) templ.Component { return candidatePageOf(fr, v) })
}

func (f *Faces) candidateView(c *page.Ctx) (candidateView, error) {
	var v candidateView
	which, err := c.PathInt("id")
	if err != nil {
		return v, err
	}
	x, list, err := f.Problems.Candidate(c.Context(), c.Actor, problem.CandidateID(which))
	if err != nil {
		return v, err
	}
	var head ticket.Ticket
	for _, t := range list {
		if t.ID == x.Head {
			head = t
		}
	}
	v.candidateLine, v.Tickets, v.Lead = f.candidateLine(c, x, head), f.evidence(c, list), leads(c)
	if x.DecidedBy != 0 {
		v.By, v.At = f.People.Card(c.Context(), x.DecidedBy).Name, c.Moment(x.DecidedAt)
	}
	v.Choices, err = f.problemChoices(c, page.Filled("category", key(int64(v.Category)), "service", key(int64(v.Service))))
	return v, err
}

// decideCandidate makes a problem of a candidate, or dismisses it with a reason.
func (f *Faces) decideCandidate(c *page.Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, append(problemFields(), "reason")...)
	if err != nil {
		return err
	}
	to := problemPath
	if strings.HasSuffix(c.Request.URL.Path, "/dismiss") {
		err = f.Problems.Dismiss(c.Context(), c.Actor, problem.CandidateID(which), form.Version(), form.Get("reason"))
		c.Say("workproblem.dismissed")
	} else {
		var p problem.Problem
		if p, err = f.Problems.Take(c.Context(), c.Actor, problem.CandidateID(which), form.Version(), draftOf(form)); err == nil {
			to += "/" + p.ID.Ref()
			c.Say("workproblem.opened", "Ref", p.ID.Ref())
		}
	}
	if err == nil {
		return c.Redirect(to)
	}
	v, fault := f.candidateView(c)
	if fault != nil {
		return fault
	}
	v.Form = form
	return f.againInFrame(c, form, err, v.Title, v.Href, func(fr page.Frame) templ.Component { return candidatePageOf(fr, v) })
}

// againInFrame shows a refused form on its whole page.
func (f *Faces) againInFrame(c *page.Ctx, form *page.Form, err error, title, path string, body func(page.Frame) templ.Component) error {
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated, errs.Internal:
		return err
	default:
	}
	return f.problemFrame(c, c.MarkUp(form, err), title, path, body)
}

func problemFields() []string {
	return []string{"version", "title", "category", "service", "owner", "cause", "workaround", "reply", "fix"}
}

func draftOf(form *page.Form) problem.Draft {
	return problem.Draft{
		Title: form.Get("title"), Category: catalog.CategoryID(form.Int("category")), Service: catalog.ServiceID(form.Int("service")), Owner: person.ID(form.Int("owner")),
		Cause: form.Get("cause"), Workaround: form.Get("workaround"), Reply: form.Get("reply"), Fix: form.Get("fix"),
	}
}

func filledProblem(p problem.Problem) *page.Form {
	return page.Filled("title", p.Title, "category", key(int64(p.Category)), "service", key(int64(p.Service)), "owner", key(int64(p.Owner)),
		"cause", p.Cause, "workaround", p.Workaround, "reply", p.Reply, "fix", p.Fix, "version", key(p.Version))
}

// putAwayProblem takes a notice from the page of what the reader was told.
func (f *Faces) putAwayProblem(c *page.Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Problems.PutAway(c.Context(), c.Actor, which); err != nil {
		return err
	}
	return c.Redirect(c.Back(inboxPath))
}

// dayOf reads a day of a form as its end; zero where there is none.
func dayOf(c *page.Ctx, form *page.Form, name string) (time.Time, error) {
	text := form.Text(name)
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, c.Zone)
	if err != nil || day.Year() < 2000 || day.Year() > 2200 {
		return time.Time{}, errs.Field(name, "problem.day_wrong")
	}
	return day.AddDate(0, 0, 1).Add(-time.Millisecond).UTC(), nil
}

// dayText writes a day for a form.
func dayText(c *page.Ctx, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.Zone).Format(time.DateOnly)
}
