// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"bytes"
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
	spread "github.com/loopdesk/loopdesk/internal/kit/sheet"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountMonth adds the monthly report, on a page that can be printed and as a file.
func (f *Faces) mountMonth(r *page.Router) {
	r.Get("/work/month", access.LeadRead, f.month)
	r.Get("/work/month/month.xlsx", access.LeadRead, f.monthFile)
	r.Post("/work/month/mail", access.LeadRead, f.mailMonth)
}

type monthView struct {
	Query      url.Values
	Tabs       []ui.Link
	Filters    []ui.FilterView
	Desk       string
	Name       string // of the month
	Made       string
	Total      scoreLine
	Opened     int64
	Closed     int64
	Back       int64
	Clocks     rateTable
	Rate       string
	Volume     ui.ChartView
	Truth      ui.ChartView
	Groups     scoreTable
	Categories scoreTable
	Causes     []score.Count
	Misses     []monthMiss
	Deviations []monthDeviation
	Empty      bool
	Mailed     bool // the reader gets it by mail
	Gaps       []gapRow
	Recurring  []candidateLine
}

type monthMiss struct {
	Clause, Title string
	Many          int64
}

type monthDeviation struct {
	score.Tally
	Title string
}

func (f *Faces) monthOf(c *page.Ctx) (score.Month, url.Values, error) {
	query := url.Values{}
	at := c.Now
	if x, ok := score.ReadMonth(c.Query("month"), c.Zone); ok {
		at = x
		query.Set("month", c.Query("month"))
	}
	var group person.GroupID
	if g := person.GroupID(c.QueryInt("group")); f.People.Group(c.Context(), g).ID != 0 {
		group = g
		query.Set("group", c.Query("group"))
	}
	m, err := f.Scores.Month(c.Context(), c.Actor, at, group, c.Zone)
	return m, query, err
}

// month shows everything about one month; its print style makes one document of it.
func (f *Faces) month(c *page.Ctx) error {
	m, query, err := f.monthOf(c)
	if err != nil {
		return err
	}
	v := monthView{
		Query: query, Tabs: f.reportTabs(c), Desk: c.Desk.Name, Name: m.Name(), Made: c.Now.In(c.Zone).Format("2006-01-02 15:04"), // on paper there is no today
		Total:  f.scoreLine(c, c.T("report.total"), m.Total, opener{}),
		Causes: m.Causes, Empty: m.Total.Tickets == 0 && len(m.Clocks.Flows) == 0,
	}
	if v.Filters, err = f.monthFilters(c, m, query); err != nil {
		return err
	}
	v.Rate = rate(c, "", m.Clocks.Sum(), opener{}).Rate
	v.Clocks = rateTable{
		c.T("report.by_what"), c.T("report.col_what"), lines(c, m.Clocks.Rows, report.Things(), false,
			func(x report.Row) string { return x.What }, func(k string) string { return report.Word(c.Lang, k) }, func(string) opener { return opener{} }), true,
	}
	flow := m.Clocks.Flow()
	v.Opened, v.Closed, v.Back = flow.Opened, flow.Closed, flow.Reopened+flow.Rejected
	v.Volume, v.Truth = volumeChart(c, f, m), monthTruth(c, m)
	tables := f.scoreTables(c, score.Answer{Cells: m.Cells}, query, "", opener{})
	v.Groups, v.Categories = tables[0], tables[1]
	for _, x := range m.Misses {
		v.Misses = append(v.Misses, monthMiss{x.What, f.Norm.Pack().Title(c.Lang, x.What), x.Many})
	}
	for _, x := range m.Deviations {
		v.Deviations = append(v.Deviations, monthDeviation{x, f.Norm.Pack().Title(c.Lang, x.Clause)})
	}
	for _, g := range m.Gaps {
		v.Gaps = append(v.Gaps, gapRow{Name: f.categoryPath(c, g.Category), Solved: figures(g.Solved), New: articlesPath + "/new?category=" + key(int64(g.Category))})
	}
	if v.Recurring, err = f.candidateLines(c, m.Recurring); err != nil {
		return err
	}
	if v.Mailed, err = f.Scores.MonthIsMailed(c.Context(), c.Actor); err != nil {
		return err
	}
	return f.showHouse(c, http.StatusOK, c.T("score.month_title", "Month", v.Name), func(fr page.Frame) templ.Component { return monthPage(fr, v) })
}

// mailMonth says whether the reader gets the report by mail.
func (f *Faces) mailMonth(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, "on")
	if err != nil {
		return err
	}
	on := form.On("on")
	if err := f.Scores.MailMonth(c.Context(), c.Actor, on); err != nil {
		return err
	}
	said := "score.mail_is_off"
	if on {
		said = "score.mail_is_on"
	}
	c.Say(said)
	return c.Redirect("/work/month")
}

// monthChoices are how many months back the page offers.
const monthChoices = 12

func (f *Faces) monthFilters(c *page.Ctx, m score.Month, query url.Values) ([]ui.FilterView, error) {
	const at = "/work/month"
	list, err := f.reportFilters(c, at, report.Question{Group: m.Group}, query, nil)
	if err != nil {
		return nil, err
	}
	month := ui.FilterView{Label: c.T("score.month"), Value: m.Name()}
	now := c.Now.In(c.Zone)
	for i := range monthChoices {
		name := score.MonthName(time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, c.Zone).AddDate(0, -i, 0))
		month.Options = append(month.Options, ui.Link{Label: name, Href: reportAddress(at, with(query, "month", name)), Current: name == month.Value})
	}
	return []ui.FilterView{month, list[1]}, nil
}

// volumeChart are the tickets of the month by group: what came and what is closed of it.
func volumeChart(c *page.Ctx, f *Faces, m score.Month) ui.ChartView {
	v := ui.ChartView{ID: "volume", Title: c.T("score.month_volume"), Bars: true, Place: c.T("report.col_group"), None: "0"}
	opened, closed := ui.ChartSeries{Name: c.T("report.col_opened"), Tone: ui.Brand}, ui.ChartSeries{Name: c.T("report.col_closed"), Tone: ui.OK}
	for _, x := range m.Clocks.FlowsBy() {
		v.Labels = append(v.Labels, f.groupName(c, x.Group))
		opened.Values, closed.Values = append(opened.Values, int(x.Opened)), append(closed.Values, int(x.Closed))
	}
	v.Series = []ui.ChartSeries{opened, closed}
	v.Says = c.T("score.month_volume_says", "Count", len(v.Labels))
	return v
}

func monthTruth(c *page.Ctx, m score.Month) ui.ChartView {
	v := ui.ChartView{ID: "truth", Title: c.T("score.truth_months"), Top: 100, Unit: "%", Place: c.T("score.month"), None: c.T("report.rate_none")}
	s := ui.ChartSeries{Name: c.T("score.truth"), Tone: ui.OK}
	for _, x := range m.Trend {
		v.Labels = append(v.Labels, score.MonthName(x.Key))
		n := x.Truth()
		if n >= 0 {
			n /= 10
		}
		s.Values = append(s.Values, int(n))
	}
	v.Series = []ui.ChartSeries{s}
	v.Says = c.T("score.month_truth_says", "Rate", tenths(m.Total.Truth()), "Count", len(m.Trend))
	return v
}

// monthFile is the same for a spreadsheet program, a sheet a table.
func (f *Faces) monthFile(c *page.Ctx) error {
	m, _, err := f.monthOf(c)
	if err != nil {
		return err
	}
	tables := m.Clocks.Tables(c.Lang, func(g person.GroupID) string { return f.groupName(c, g) })
	tables = append(tables, score.Answer{Cells: m.Cells}.Tables(c.Lang, score.Namer{
		Group:    func(g person.GroupID) string { return f.groupName(c, g) },
		Category: func(x catalog.CategoryID) string { return f.categoryName(c, x) },
		Person:   func(p person.ID) string { return f.People.Card(c.Context(), p).Name },
	})...)
	top := spread.Table{Name: c.T("score.causes"), Head: []string{c.T("score.cause"), c.T("score.tickets")}}
	for _, x := range m.Causes {
		top.Rows = append(top.Rows, []any{x.What, x.Many})
	}
	clauses := spread.Table{Name: c.T("score.misses"), Head: []string{c.T("score.clause"), c.T("score.clause_name"), c.T("score.missed"), c.T("score.deviations")}}
	many := map[string][2]int64{}
	for _, x := range m.Misses {
		many[x.What] = [2]int64{x.Many, many[x.What][1]}
	}
	for _, x := range m.Deviations {
		many[x.Clause] = [2]int64{many[x.Clause][0], x.All()}
	}
	var ids []string
	for id := range many {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(clauseNumber(a), clauseNumber(b)) })
	for _, id := range ids {
		clauses.Rows = append(clauses.Rows, []any{id, f.Norm.Pack().Title(c.Lang, id), many[id][0], many[id][1]})
	}
	recurring := spread.Table{Name: c.T("score.recurring"), Head: []string{c.T("score.recurring_what"), c.T("score.recurring_why"), c.T("score.tickets")}}
	again, err := f.candidateLines(c, m.Recurring)
	if err != nil {
		return err
	}
	for _, x := range again {
		recurring.Rows = append(recurring.Rows, []any{x.Title, x.Why, x.Count})
	}
	gaps := spread.Table{Name: c.T("score.gaps"), Head: []string{c.T("score.gap_category"), c.T("score.tickets")}}
	for _, g := range m.Gaps {
		gaps.Rows = append(gaps.Rows, []any{f.categoryPath(c, g.Category), g.Solved})
	}
	var b bytes.Buffer
	if err := spread.XLSX(&b, append(tables, top, recurring, gaps, clauses)...); err != nil {
		return err
	}
	return download(c, &b, spread.XLSXType, "report-"+m.Name()+".xlsx")
}

func figures(n int64) string { return strconv.FormatInt(n, 10) }
