// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	spread "github.com/loopdesk/loopdesk/internal/kit/sheet"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountScore adds the three scores and the truth about closure.
func (f *Faces) mountScore(r *page.Router) {
	r.Get(ScoresPath, access.ReportRead, f.scores)
	r.Get(ScoresPath+"/scores.xlsx", access.ReportRead, f.scoresFile)
	r.Get(ScoresPath+"/agents/{id}", access.LeadRead, f.scoresOfAgent)
}

// scoreLine is a line of a table: how many tickets, their means, the share that was confirmed.
type scoreLine struct {
	Label     string
	Href      string
	Tickets   int64
	Three     score.Three
	Truth     string
	Confirmed string // "12/15"
	Rating    string
	Own       bool
	Sum       score.Sum
	Opens     opener
}

type scoreTable struct {
	Title, Sub, Head string
	Lines            []scoreLine
}

// spreadLine is how far people lie apart in one score of one category.
type spreadLine struct {
	Category, Score string
	People, Tickets int64
	Lowest, Highest int
	Deviates        string
	Opens           opener
}

type scoresView struct {
	Query   url.Values
	Filters []ui.FilterView
	Tabs    []ui.Link
	Total   scoreLine
	Own     scoreLine
	Before  string // the truth of the stretch before, in words
	Truth   ui.ChartView
	Scores  ui.ChartView
	Tables  []scoreTable
	Spreads []spreadLine
	All     bool
	Empty   bool
	Agent   string // whose page it is
}

// reportTabs are the pages about how the desk does, side by side.
func (f *Faces) reportTabs(c *page.Ctx) []ui.Link {
	path := c.Request.URL.Path
	out := []ui.Link{
		{Label: c.T("report.title"), Href: ReportPath, Current: path == ReportPath},
		{Label: c.T("score.title"), Href: ScoresPath, Current: path == ScoresPath},
	}
	if access.Can(c.Actor, access.LeadRead, access.Object{}) == nil {
		out = append(out, ui.Link{Label: c.T("score.month_tab"), Href: "/work/month", Current: path == "/work/month"})
		out = append(out, ui.Link{Label: c.T("score.deviations"), Href: "/work/deviations", Current: path == "/work/deviations"})
	}
	return out
}

func (f *Faces) scoreQuestion(c *page.Ctx) (score.Question, url.Values) {
	r, query := f.question(c)
	query.Del("priority")
	return score.Question{Weeks: r.Weeks, Group: r.Group}, query
}

// scores shows how closed tickets were done: the share that was confirmed first, then the three scores.
func (f *Faces) scores(c *page.Ctx) error {
	q, query := f.scoreQuestion(c)
	return f.scoresPage(c, q, query, ScoresPath, "")
}

// scoresOfAgentPath is the page of one person's scores.
func scoresOfAgentPath(id person.ID) string { return ScoresPath + "/agents/" + key(int64(id)) }

// scoresOfAgent shows one person's to whoever leads.
func (f *Faces) scoresOfAgent(c *page.Ctx) error {
	id, err := c.PathInt("id")
	if err != nil {
		return err
	}
	q, query := f.scoreQuestion(c)
	q.Agent = person.ID(id)
	who, err := f.People.Get(c.Context(), q.Agent)
	if err != nil {
		return err
	}
	return f.scoresPage(c, q, query, scoresOfAgentPath(q.Agent), who.Name)
}

func (f *Faces) scoresPage(c *page.Ctx, q score.Question, query url.Values, at, agent string) error {
	a, err := f.Scores.Ask(c.Context(), c.Actor, q, c.Zone)
	if err != nil {
		return err
	}
	total := a.Total()
	v := scoresView{Query: query, Tabs: f.reportTabs(c), All: a.All, Agent: agent, Empty: total.Tickets == 0}
	own := f.Reports.Own(c.Context(), c.Actor)
	if v.Filters, err = f.reportFilters(c, at, report.Question{Weeks: q.Weeks, Group: q.Group}, query, own); err != nil {
		return err
	}
	v.Filters = v.Filters[:2]
	opens := opener{} // what is added up without names opens for nobody, see score.Behind
	if a.All {
		opens = opener{path: ScoreBehindPath, line: query}
	}
	if q.Agent != 0 {
		opens = opens.only("of", key(int64(q.Agent)))
	}
	v.Total = f.scoreLine(c, c.T("report.total"), total, opens)
	if a.Own.Tickets > 0 && agent == "" {
		v.Own = f.scoreLine(c, c.T("score.mine"), a.Own, opener{path: ScoreBehindPath, line: query}.only("agent", key(c.Actor.ID)))
	}
	past := q
	past.Weeks = max(len(a.Weeks), 1)
	past.Until = a.Weeks[0].AddDate(0, 0, -1)
	if before, err := f.Scores.Ask(c.Context(), c.Actor, past, c.Zone); err != nil {
		return err
	} else if t := before.Total().Truth(); t >= 0 && total.Truth() >= 0 {
		v.Before = c.T("score.before", "Rate", tenths(t), "Points", points(total.Truth()-t))
	}
	v.Truth, v.Scores = truthChart(c, a), scoreChart(c, a)
	v.Tables = f.scoreTables(c, a, query, agent, opens)
	if a.All && agent == "" {
		v.Spreads = f.spreadLines(c, a, opens)
	}
	title := c.T("score.title")
	if agent != "" {
		title = c.T("score.of_agent", "Name", agent)
	}
	return f.showHouse(c, http.StatusOK, title, func(fr page.Frame) templ.Component { return scoresPage(fr, v) })
}

// tenths writes tenths of a percent.
func tenths(n int64) string {
	if n < 0 {
		return "–"
	}
	return fmt.Sprintf("%d.%d%%", n/10, n%10)
}

// points writes a difference of tenths of a percent, with its sign.
func points(n int64) string {
	sign := "+"
	if n < 0 {
		sign, n = "−", -n
	}
	return fmt.Sprintf("%s%d.%d", sign, n/10, n%10)
}

func (f *Faces) scoreLine(c *page.Ctx, label string, s score.Sum, open opener) scoreLine {
	open.name = label
	l := scoreLine{Label: label, Sum: s, Opens: open, Tickets: s.Tickets, Three: s.Mean(), Truth: tenths(s.Truth()), Confirmed: fmt.Sprintf("%d/%d", s.Confirmed, s.Confirmed+s.Unconfirmed), Rating: "–"}
	if s.Rated > 0 {
		l.Rating = c.T("score.stars", "Stars", fmt.Sprintf("%d.%d", s.Rating()/10, s.Rating()%10), "Count", s.Rated)
	}
	return l
}

func weekLabels(a score.Answer) []string {
	out := make([]string, 0, len(a.Weeks))
	for _, w := range a.Weeks {
		out = append(out, w.Format("01-02"))
	}
	return out
}

func truthChart(c *page.Ctx, a score.Answer) ui.ChartView {
	s := ui.ChartSeries{Name: c.T("score.truth"), Tone: ui.OK}
	for _, w := range a.ByWeek() {
		n := w.Truth()
		if n >= 0 {
			n /= 10
		}
		s.Values = append(s.Values, int(n))
	}
	return ui.ChartView{
		ID: "truth", Title: c.T("score.truth_trend"), Says: c.T("score.truth_says", "Rate", tenths(a.Total().Truth()), "Count", len(a.Weeks)), Labels: weekLabels(a),
		Series: []ui.ChartSeries{s}, Top: 100, Unit: "%", Place: c.T("report.col_week"), None: c.T("report.rate_none"),
	}
}

func scoreChart(c *page.Ctx, a score.Answer) ui.ChartView {
	v := ui.ChartView{ID: "scores", Title: c.T("score.three"), Labels: weekLabels(a), Top: 100, Place: c.T("report.col_week"), None: c.T("report.rate_none")}
	total := a.Total().Mean()
	v.Says = c.T("score.three_says", "Efficient", total.Efficient, "Friendly", total.Friendly, "Book", total.Book)
	for i, name := range score.Names() {
		s := ui.ChartSeries{Name: c.T("score." + name), Tone: []string{ui.Brand, ui.Warn, ui.OK}[i]}
		for _, w := range a.ByWeek() {
			s.Values = append(s.Values, w.Mean().Of(name))
		}
		v.Series = append(v.Series, s)
	}
	return v
}

func (f *Faces) scoreTables(c *page.Ctx, a score.Answer, query url.Values, agent string, open opener) []scoreTable {
	groups := scoreTable{Title: c.T("report.by_group"), Head: c.T("report.col_group")}
	for _, l := range score.By(a.Cells, func(x score.Cell) person.GroupID { return x.Group }) {
		groups.Lines = append(groups.Lines, f.scoreLine(c, f.groupName(c, l.Key), l.Sum, open.only("in", key(int64(l.Key)))))
	}
	categories := scoreTable{Title: c.T("score.by_category"), Head: c.T("score.category")}
	for _, l := range score.By(a.Cells, func(x score.Cell) catalog.CategoryID { return x.Category }) {
		categories.Lines = append(categories.Lines, f.scoreLine(c, f.categoryName(c, l.Key), l.Sum, open.only("category", key(int64(l.Key)))))
	}
	out := []scoreTable{groups, categories}
	if a.All && agent == "" {
		people := scoreTable{Title: c.T("score.by_agent"), Sub: c.T("score.by_agent_sub"), Head: c.T("score.agent")}
		for _, l := range score.By(a.Cells, func(x score.Cell) person.ID { return x.Agent }) {
			line := f.scoreLine(c, f.agentName(c, l.Key), l.Sum, open.only("agent", key(int64(l.Key))))
			if p := f.People.Card(c.Context(), l.Key); p.ID != 0 {
				line.Href = reportAddress(scoresOfAgentPath(p.ID), query)
			}
			people.Lines = append(people.Lines, line)
		}
		out = append(out, people)
	}
	for i := range out {
		slices.SortStableFunc(out[i].Lines, func(a, b scoreLine) int { return cmp.Compare(b.Tickets, a.Tickets) })
	}
	return out
}

func (f *Faces) categoryName(c *page.Ctx, id catalog.CategoryID) string {
	if x := f.Catalog.Category(c.Context(), id); x.ID != 0 {
		return x.Label(string(c.Lang))
	}
	return c.T("score.no_category")
}

// mostSpreads bounds the table: what lies apart least says least.
const mostSpreads = 12

func (f *Faces) spreadLines(c *page.Ctx, a score.Answer, open opener) []spreadLine {
	var out []spreadLine
	for _, s := range score.Spreads(a.Cells) {
		if len(out) == mostSpreads {
			break
		}
		l := spreadLine{
			Category: f.categoryName(c, s.Category), Score: c.T("score." + s.Score), People: int64(s.People), Tickets: s.Tickets,
			Lowest: s.Lowest, Highest: s.Highest, Deviates: fmt.Sprintf("%.1f", s.Deviates),
			Opens: open.only("category", key(int64(s.Category))).only("spread", s.Score),
		}
		l.Opens.name = l.Category
		out = append(out, l)
	}
	return out
}

// scoresFile is the same for a spreadsheet program.
func (f *Faces) scoresFile(c *page.Ctx) error {
	q, _ := f.scoreQuestion(c)
	a, err := f.Scores.Ask(c.Context(), c.Actor, q, c.Zone)
	if err != nil {
		return err
	}
	tables := a.Tables(c.Lang, score.Namer{
		Group:    func(g person.GroupID) string { return f.groupName(c, g) },
		Category: func(x catalog.CategoryID) string { return f.categoryName(c, x) },
		Person:   func(p person.ID) string { return f.People.Card(c.Context(), p).Name },
	})
	var b bytes.Buffer
	if err := spread.XLSX(&b, tables...); err != nil {
		return err
	}
	return download(c, &b, spread.XLSXType, "scores-"+c.Now.In(c.Zone).Format(time.DateOnly)+".xlsx")
}

// download hands a file out that nobody keeps.
func download(c *page.Ctx, b *bytes.Buffer, kind, name string) error {
	c.Header().Set("Content-Type", kind)
	c.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header().Set("Cache-Control", "no-store")
	return c.Copy(b, int64(b.Len()))
}
