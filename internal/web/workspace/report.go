// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	spread "github.com/loopdesk/loopdesk/internal/kit/sheet"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountReport adds what was kept and broken, on a page and as files.
func (f *Faces) mountReport(r *page.Router) {
	r.Get(ReportPath, access.ReportRead, f.report)
	r.Get(ReportPath+"/{file}", access.ReportRead, f.reportFile)
	r.Get(ReportPath+"/overrides", access.LeadRead, f.overrides)
	r.Get(ReportPath+"/overrides.csv", access.LeadRead, f.overridesFile)
}

// reportWeeks are the stretches that the page offers.
func reportWeeks() []int { return []int{4, 12, 26, 52} }

// rateLine is one line of a table: what it sums up, the sum, and how much of it was kept.
type rateLine struct {
	Label  string
	Sum    report.Sum
	Rate   string
	Kept   string // width of the bar in percent
	Missed string
	Says   string // the bar in words
	Took   string // the longest
	Now    bool
	Opens  opener
}

// rateTable is a table of rates.
type rateTable struct {
	Title string
	Head  string // of the first column
	Lines []rateLine
	Takes bool // whether its lines are of one clock, so that how long one took says something
}

// reportView is everything that the page shows.
type reportView struct {
	Query   url.Values
	Tabs    []ui.Link
	Filters []ui.FilterView
	Total   rateLine
	Tables  []rateTable
	Flows   []flowLine
	Own     bool
	Empty   bool
}

// flowLine is what came and went in one group.
type flowLine struct {
	Group string
	report.Flow
	Opens opener
}

// question reads a query.
func (f *Faces) question(c *page.Ctx) (report.Question, url.Values) {
	q, query := report.Question{}, url.Values{}
	if n := c.QueryInt("weeks"); slices.Contains(reportWeeks(), int(n)) {
		q.Weeks = int(n)
		query.Set("weeks", c.Query("weeks"))
	}
	if g := person.GroupID(c.QueryInt("group")); f.People.Group(c.Context(), g).ID != 0 {
		q.Group = g
		query.Set("group", c.Query("group"))
	}
	if p := triage.ParsePriority(c.Query("priority")); p != 0 {
		q.Priority = p
		query.Set("priority", strconv.Itoa(int(p)))
	}
	return q, query
}

// report shows what was kept and broken by clock, week, group and priority.
func (f *Faces) report(c *page.Ctx) error {
	q, query := f.question(c)
	r, err := f.Reports.Ask(c.Context(), c.Actor, q, c.Zone)
	if err != nil {
		return err
	}
	own := f.Reports.Own(c.Context(), c.Actor)
	v := reportView{Query: query, Tabs: f.reportTabs(c), Own: own != nil, Empty: len(r.Rows)+len(r.Flows) == 0}
	if v.Filters, err = f.reportFilters(c, ReportPath, q, query, own); err != nil {
		return err
	}
	opens := opener{path: ReportBehindPath, line: query}
	v.Total = rate(c, c.T("report.total"), r.Sum(), opens)
	v.Tables = []rateTable{
		{c.T("report.by_what"), c.T("report.col_what"), lines(c, r.Rows, report.Things(), false,
			func(x report.Row) string { return x.What }, func(k string) string { return report.Word(c.Lang, k) }, func(k string) opener { return opens.only("what", k) }), true},
		{c.T("report.by_week"), c.T("report.col_week"), byWeek(c, r, func(k time.Time) opener { return opens.only("week", report.Week(k)) }), false},
		{c.T("report.by_group"), c.T("report.col_group"), lines(c, r.Rows, r.Groups(), false,
			func(x report.Row) person.GroupID { return x.Group }, func(k person.GroupID) string { return f.groupName(c, k) }, func(k person.GroupID) opener { return opens.only("in", key(int64(k))) }), false},
		{c.T("report.by_priority"), c.T("report.col_priority"), lines(c, r.Rows, priorities(), false,
			func(x report.Row) triage.Priority { return x.Priority }, triage.Priority.String, func(k triage.Priority) opener { return opens.only("level", k.String()) }), false},
	}
	for _, x := range r.FlowsBy() {
		name, open := f.groupName(c, x.Group), opens.only("in", key(int64(x.Group)))
		open.name = name
		v.Flows = append(v.Flows, flowLine{name, x, open})
	}
	return f.showHouse(c, http.StatusOK, c.T("report.title"), func(fr page.Frame) templ.Component { return reportPage(fr, v) })
}

func priorities() []triage.Priority {
	return []triage.Priority{triage.P1, triage.P2, triage.P3, triage.P4}
}

// byWeek is the table of weeks, the latest on top; those without anything due stand in it, too.
func byWeek(c *page.Ctx, r report.Report, open func(time.Time) opener) []rateLine {
	out := lines(c, r.Rows, r.Weeks, true, func(x report.Row) time.Time { return x.Week }, report.Week, open)
	slices.Reverse(out)
	if len(out) > 0 && r.Weeks[len(r.Weeks)-1].AddDate(0, 0, 7).After(c.Now) {
		out[0].Now = true
	}
	return out
}

// lines are the sums of rows by a key, and where their figures lead.
func lines[K comparable](c *page.Ctx, rows []report.Row, keys []K, all bool, key func(report.Row) K, name func(K) string, open func(K) opener) []rateLine {
	var out []rateLine
	for _, l := range report.By(rows, keys, all, key) {
		out = append(out, rate(c, name(l.Key), l.Sum, open(l.Key)))
	}
	return out
}

// rate writes a sum as a line with its bar.
func rate(c *page.Ctx, label string, s report.Sum, open opener) rateLine {
	open.name = label
	l := rateLine{Label: label, Sum: s, Opens: open, Rate: c.T("report.rate_none"), Says: c.T("report.rate_of", "Name", label, "Kept", s.Kept, "Missed", s.Missed())}
	if n := s.Rate(); n >= 0 {
		l.Rate = fmt.Sprintf("%d.%d%%", n/10, n%10)
		l.Kept, l.Missed = fmt.Sprintf("%d.%d", n/10, n%10), fmt.Sprintf("%d.%d", (1000-n)/10, (1000-n)%10)
	}
	if s.Longest > 0 {
		l.Took = calendar.Worked(c.Lang, s.Longest.Truncate(time.Minute))
	}
	return l
}

// groupName is a group for the reader; tickets of none have a name, too.
func (f *Faces) groupName(c *page.Ctx, g person.GroupID) string {
	if x := f.People.Group(c.Context(), g); x.ID != 0 {
		return x.Label(string(c.Lang))
	}
	return c.T("report.no_group")
}

func (f *Faces) reportFilters(c *page.Ctx, at string, q report.Question, query url.Values, own []person.GroupID) ([]ui.FilterView, error) {
	link := func(name, value, label string, on bool) ui.Link {
		return ui.Link{Label: label, Href: reportAddress(at, with(query, name, value)), Current: on}
	}
	span := ui.FilterView{Label: c.T("report.weeks_label"), Value: weeksWord(c, q.Weeks)}
	for _, n := range reportWeeks() {
		span.Options = append(span.Options, link("weeks", strconv.Itoa(n), c.T("report.weeks_of", "Count", n), n == q.Weeks || n == 12 && q.Weeks == 0))
	}
	group := ui.FilterView{Label: c.T("report.group"), Value: c.T("report.every")}
	list, err := f.People.Groups(c.Context())
	if err != nil {
		return nil, err
	}
	for _, g := range list {
		if own == nil || slices.Contains(own, g.ID) {
			label := g.Label(string(c.Lang))
			if g.ID == q.Group {
				group.Value, group.Clear = label, reportAddress(at, with(query, "group", ""))
			}
			group.Options = append(group.Options, link("group", strconv.FormatInt(int64(g.ID), 10), label, g.ID == q.Group))
		}
	}
	priority := ui.FilterView{Label: c.T("report.priority"), Value: c.T("report.every")}
	for _, p := range priorities() {
		if p == q.Priority {
			priority.Value, priority.Clear = p.String(), reportAddress(at, with(query, "priority", ""))
		}
		priority.Options = append(priority.Options, link("priority", strconv.Itoa(int(p)), p.String(), p == q.Priority))
	}
	return []ui.FilterView{span, group, priority}, nil
}

func reportAddress(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// reportFile is the same report for a spreadsheet program.
func (f *Faces) reportFile(c *page.Ctx) error {
	name := c.Path("file")
	if !slices.Contains([]string{"report.csv", "flow.csv", "report.xlsx"}, name) {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	q, _ := f.question(c)
	r, err := f.Reports.Ask(c.Context(), c.Actor, q, c.Zone)
	if err != nil {
		return err
	}
	tables := r.Tables(c.Lang, func(g person.GroupID) string { return f.groupName(c, g) })
	var b bytes.Buffer
	kind := spread.CSVType
	switch name {
	case "report.csv":
		err = spread.CSV(&b, tables[0])
	case "flow.csv":
		err = spread.CSV(&b, tables[1])
	default:
		kind, err = spread.XLSXType, spread.XLSX(&b, tables...)
	}
	if err != nil {
		return err
	}
	c.Header().Set("Content-Type", kind)
	c.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Header().Set("Cache-Control", "no-store")
	return c.Copy(&b, int64(b.Len()))
}
