// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// ReportPath and ScoresPath are where the report and the scores stand, ReportBehindPath and ScoreBehindPath
// the lists behind their figures.
const (
	ReportPath       = Path + "/report"
	ScoresPath       = Path + "/scores"
	ReportBehindPath = ReportPath + "/tickets"
	ScoreBehindPath  = ScoresPath + "/tickets"
)

// mountBehind adds the lists that the figures of the reports open.
func (f *Faces) mountBehind(r *page.Router) {
	r.Get(ReportBehindPath, access.ReportRead, f.behindReport)
	r.Get(ScoreBehindPath, access.ReportRead, f.behindScore)
}

// opener is where the figures of one line lead; the zero opener leads nowhere.
type opener struct {
	path string
	line url.Values // what the line is narrowed to
	name string     // of the line, for whoever does not see in which one a figure stands
	by   string     // the parameter that names the figure; "figure" where empty
}

// only narrows it to one line.
func (o opener) only(name, value string) opener {
	o.line = with(o.line, name, value)
	return o
}

// to is the address of the list behind a figure of the line.
func (o opener) to(figure string) string {
	if o.path == "" {
		return ""
	}
	return reportAddress(o.path, with(o.line, cmp.Or(o.by, "figure"), figure))
}

// behindView is the list that a figure opens.
type behindView struct {
	Back    ui.Link // to the figure
	Narrow  []string
	Says    string
	Columns []ui.Column // when and which ticket, then those of the cells
	Lines   []behindLine
	Pager   ui.PagerView
}

// behindLine is one time that a figure counts a ticket.
type behindLine struct {
	Ref, Subject string
	When         ui.When
	Cells        []behindCell
}

// behindCell is a word, or a priority.
type behindCell struct {
	Text     string
	Priority triage.Priority
}

func cellsOf(list ...string) []behindCell {
	var out []behindCell
	for _, s := range list {
		out = append(out, behindCell{Text: orDash(s)})
	}
	return out
}

// showBehind shows a stretch of the list, and the way to the next.
func (f *Faces) showBehind(c *page.Ctx, title, next string, query url.Values, v behindView) error {
	at := c.Request.URL.Path
	if next != "" {
		v.Pager.Older = reportAddress(at, with(query, "after", next))
	}
	if c.Query("after") != "" {
		v.Pager.Newer = reportAddress(at, query)
	}
	return f.showHouse(c, http.StatusOK, title, func(fr page.Frame) templ.Component { return behindPage(fr, v) })
}

// narrowed reads a parameter of the query that the list is narrowed by; NotFound where it says nothing.
func narrowed[T any](c *page.Ctx, query url.Values, name string, read func(string) (T, bool)) (x T, given bool, err error) {
	text := c.Query(name)
	if text == "" {
		return x, false, nil
	}
	x, ok := read(text)
	if !ok {
		return x, false, errs.New(errs.NotFound, "errs.not_found")
	}
	query.Set(name, text)
	return x, true, nil
}

// readKey reads the key of a line; 0 is the line of those that have none.
func readKey[K ~int64](text string) (K, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return K(n), err == nil && n >= 0
}

// keyOf reads the key of a line in the same way.
func keyOf[K ~int64](c *page.Ctx, query url.Values, name string) (*K, error) {
	k, given, err := narrowed(c, query, name, readKey[K])
	if err != nil || !given {
		return nil, err
	}
	return &k, nil
}

// reportPick reads which figure of the report is opened.
func (f *Faces) reportPick(c *page.Ctx, query url.Values) (p report.Pick, err error) {
	figure, _, err := narrowed(c, query, "figure", func(s string) (report.Figure, bool) { return report.Figure(s), true })
	if err != nil {
		return p, err
	}
	p.Figure, p.After = figure, c.Query("after")
	if p.What, _, err = narrowed(c, query, "what", func(s string) (string, bool) { return s, slices.Contains(report.Things(), s) }); err != nil {
		return p, err
	}
	if p.Week, _, err = narrowed(c, query, "week", func(s string) (time.Time, bool) {
		at, err := time.ParseInLocation(time.DateOnly, s, c.Zone)
		return at, err == nil
	}); err != nil {
		return p, err
	}
	if p.Group, err = keyOf[person.GroupID](c, query, "in"); err != nil {
		return p, err
	}
	p.Priority, _, err = narrowed(c, query, "level", func(s string) (triage.Priority, bool) { x := triage.ParsePriority(s); return x, x != 0 })
	return p, err
}

// behindReport lists what a figure of the report counts.
func (f *Faces) behindReport(c *page.Ctx) error {
	q, back := f.question(c)
	query := with(back, "", "")
	p, err := f.reportPick(c, query)
	if err != nil {
		return err
	}
	b, err := f.Reports.Behind(c.Context(), c.Actor, q, p, c.Zone)
	if errs.KindOf(err) == errs.Invalid { // a place in the list that there is not
		return c.Redirect(reportAddress(ReportBehindPath, query))
	}
	if err != nil {
		return err
	}
	v := behindView{Back: ui.Link{Label: c.T("report.title"), Href: reportAddress(ReportPath, back)}, Narrow: f.reportNarrow(c, q, p)}
	flow := slices.Contains(report.FlowFigures(), p.Figure)
	many := flow && p.Figure != report.FigureOpened && p.Figure != report.FigureClosed
	what, says, head := c.T("report.sheet_counts"), "report.behind_runs", []string{"behind_due", "behind_ticket"}
	switch {
	case many:
		what, says, head = c.T("report.flow"), "report.behind_times", []string{"behind_opened", "behind_ticket", "behind_status", "col_priority", "col_group", "behind_often"}
	case flow:
		what, says, head = c.T("report.flow"), "report.behind_tickets", []string{"behind_opened", "behind_ticket", "behind_status", "col_priority", "col_group"}
	default:
		if p.What != "" {
			what = report.Word(c.Lang, p.What)
		} else {
			head = append(head, "col_what")
		}
		head = append(head, "behind_done", "col_priority", "col_group")
	}
	v.Says = c.T(says, "Count", b.Count)
	for _, name := range head {
		v.Columns = append(v.Columns, ui.Column{Label: c.T("report." + name)})
	}
	keys := make([]ticket.ID, 0, len(b.List))
	for _, e := range b.List {
		keys = append(keys, e.Ticket)
	}
	tickets, err := f.Tickets.Some(c.Context(), c.Actor, keys)
	if err != nil {
		return err
	}
	for _, e := range b.List {
		t := tickets[e.Ticket]
		l := behindLine{Ref: t.Ref(), Subject: t.Subject, When: ui.At(c.Lang, e.At, c.Now, c.Zone)}
		switch {
		case flow:
			status, _ := statusWord(c, t)
			l.Cells = cellsOf(status)
		case p.What == "":
			l.Cells = cellsOf(report.Word(c.Lang, e.What), ui.At(c.Lang, e.Done, c.Now, c.Zone).Text)
		default:
			l.Cells = cellsOf(ui.At(c.Lang, e.Done, c.Now, c.Zone).Text)
		}
		l.Cells = append(l.Cells, behindCell{Priority: e.Priority}, behindCell{Text: f.groupName(c, e.Group)})
		if many {
			l.Cells = append(l.Cells, behindCell{Text: figures(e.Times)})
		}
		v.Lines = append(v.Lines, l)
	}
	title := c.T("report.behind_title", "What", what, "Figure", c.T("report.col_"+string(p.Figure)))
	return f.showBehind(c, title, b.Next, query, v)
}

// reportNarrow says in words what a list is narrowed to.
func (f *Faces) reportNarrow(c *page.Ctx, q report.Question, p report.Pick) []string {
	out := []string{weeksWord(c, q.Weeks)}
	if !p.Week.IsZero() {
		out[0] = c.T("report.behind_week", "Day", report.Week(p.Week))
	}
	if p.Group != nil {
		out = append(out, f.groupName(c, *p.Group))
	} else if q.Group != 0 {
		out = append(out, f.groupName(c, q.Group))
	}
	if p.Priority != 0 {
		out = append(out, p.Priority.String())
	} else if q.Priority != 0 {
		out = append(out, q.Priority.String())
	}
	return out
}

// scorePick reads which figure of the scores is opened.
func (f *Faces) scorePick(c *page.Ctx, query url.Values) (p score.Pick, err error) {
	figure, _, err := narrowed(c, query, "figure", func(s string) (score.Figure, bool) { return score.Figure(s), true })
	if err != nil {
		return p, err
	}
	p.Figure, p.After = figure, c.Query("after")
	if p.Group, err = keyOf[person.GroupID](c, query, "in"); err != nil {
		return p, err
	}
	if p.Category, err = keyOf[catalog.CategoryID](c, query, "category"); err != nil {
		return p, err
	}
	if p.Agent, err = keyOf[person.ID](c, query, "agent"); err != nil {
		return p, err
	}
	p.Spread, _, err = narrowed(c, query, "spread", func(s string) (string, bool) { return s, slices.Contains(score.Names(), s) })
	return p, err
}

// behindScore lists the tickets that a figure of the scores counts.
func (f *Faces) behindScore(c *page.Ctx) error {
	q, back := f.scoreQuestion(c)
	query := with(back, "", "")
	p, err := f.scorePick(c, query)
	if err != nil {
		return err
	}
	at := ScoresPath
	if of, given, err := narrowed(c, query, "of", readKey[person.ID]); err != nil {
		return err
	} else if given {
		q.Agent, at = of, scoresOfAgentPath(of)
	}
	b, err := f.Scores.Behind(c.Context(), c.Actor, q, p, c.Zone)
	if errs.KindOf(err) == errs.Invalid { // a place in the list that there is not
		return c.Redirect(reportAddress(ScoreBehindPath, query))
	}
	if err != nil {
		return err
	}
	v := behindView{
		Back: ui.Link{Label: c.T("score.title"), Href: reportAddress(at, back)}, Narrow: f.scoreNarrow(c, q, p),
		Says: c.T("score.behind_tickets", "Count", b.Count),
	}
	for _, name := range []string{"score.behind_closed", "report.behind_ticket", "report.behind_status", "score.category", "report.col_group", "score.agent", "score.rating"} {
		v.Columns = append(v.Columns, ui.Column{Label: c.T(name)})
	}
	keys := make([]ticket.ID, 0, len(b.List))
	for _, e := range b.List {
		keys = append(keys, e.Ticket)
	}
	tickets, err := f.Tickets.Some(c.Context(), c.Actor, keys)
	if err != nil {
		return err
	}
	for _, e := range b.List {
		t := tickets[e.Ticket]
		rating := ""
		if e.Rating > 0 {
			rating = c.T("score.rated_with", "Stars", e.Rating)
		}
		status, _ := statusWord(c, t)
		v.Lines = append(v.Lines, behindLine{
			Ref: t.Ref(), Subject: t.Subject, When: ui.At(c.Lang, e.Closed, c.Now, c.Zone),
			Cells: cellsOf(status, f.categoryName(c, e.Category), f.groupName(c, e.Group), f.agentName(c, e.Agent), rating),
		})
	}
	title := c.T("score.behind_title")
	if p.Figure != score.FigureTickets {
		title = c.T("report.behind_title", "What", title, "Figure", c.T("score."+string(p.Figure)))
	}
	return f.showBehind(c, title, b.Next, query, v)
}

// scoreNarrow says in words what a list is narrowed to.
func (f *Faces) scoreNarrow(c *page.Ctx, q score.Question, p score.Pick) []string {
	out := []string{weeksWord(c, q.Weeks)}
	if p.Group != nil {
		out = append(out, f.groupName(c, *p.Group))
	} else if q.Group != 0 {
		out = append(out, f.groupName(c, q.Group))
	}
	if p.Category != nil {
		out = append(out, f.categoryName(c, *p.Category))
	}
	if p.Agent != nil {
		out = append(out, f.agentName(c, *p.Agent))
	} else if q.Agent != 0 {
		out = append(out, f.agentName(c, q.Agent))
	}
	if p.Spread != "" {
		out = append(out, c.T("score.spread")+" · "+c.T("score."+p.Spread))
	}
	return out
}

// agentName is who a ticket is counted for; what nobody solved was the desk's.
func (f *Faces) agentName(c *page.Ctx, id person.ID) string {
	if p := f.People.Card(c.Context(), id); p.ID != 0 {
		return p.Name
	}
	return c.T("report.by_desk")
}

// weeksWord is the stretch of a report in words.
func weeksWord(c *page.Ctx, weeks int) string {
	if weeks == 0 {
		weeks = 12
	}
	return c.T("report.weeks_of", "Count", weeks)
}
