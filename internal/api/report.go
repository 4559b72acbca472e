// SPDX-License-Identifier: Apache-2.0

package api

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/sheet"
)

func (a *API) reportOperations() {
	const who = "Leads and administrators get every group, agents the groups that they belong to."
	register(a, operation{
		method: http.MethodGet, path: "/report", id: "get-report", tag: "Standard", action: access.ReportRead,
		summary: "Count what was kept and broken",
		about:   "Clocks and promises by the week in which they were due, group and priority, and the tickets opened in these weeks. " + who,
	}, a.getReport)
	register(a, operation{
		method: http.MethodGet, path: "/report/{file}", id: "get-report-file", tag: "Standard", action: access.ReportRead,
		summary: "The same for a spreadsheet program",
		about:   "report.csv, flow.csv or report.xlsx. No text in them is a formula. " + who,
	}, a.getReportFile)
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	a.huma.OpenAPI().Paths["/report/{file}"].Get.Responses["200"].Content = map[string]*huma.MediaType{
		sheet.CSVType: {Schema: binary}, sheet.XLSXType: {Schema: binary},
	}
}

// ReportQuery narrows a report.
type ReportQuery struct {
	Weeks    int    `query:"weeks" minimum:"1" maximum:"104" default:"12" doc:"How many, the last one included"`
	Until    string `query:"until" maxLength:"10" doc:"A day of the last week, 2026-03-02; today where missing"`
	Group    int64  `query:"group" minimum:"0" maximum:"9007199254740991" doc:"The id of a group"`
	Priority string `query:"priority" enum:"P1,P2,P3,P4"`
}

func (q ReportQuery) question(zone *time.Location) (report.Question, error) {
	out := report.Question{Weeks: q.Weeks, Group: person.GroupID(q.Group), Priority: triage.ParsePriority(q.Priority)}
	if q.Until == "" {
		return out, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, q.Until, zone)
	if err != nil || day.Year() < 2000 || day.Year() > 2200 {
		return out, errs.Field("until", "report.until")
	}
	out.Until = day
	return out, nil
}

type (
	reportRowJSON struct {
		Week     string   `json:"week" doc:"The Monday on which it began"`
		Group    *refJSON `json:"group,omitempty"`
		Priority string   `json:"priority"`
		What     string   `json:"what" enum:"response,update,silence,accept,resolve,promise" doc:"A clock, or the times that were told to requesters"`
		Kept     int64    `json:"kept"`
		Broken   int64    `json:"broken" doc:"Done too late"`
		Late     int64    `json:"late" doc:"Not done yet, and the time has passed"`
		Open     int64    `json:"open" doc:"Not done yet, and there is time"`
		Moved    int64    `json:"moved" doc:"Promises that a later one took the place of, in time"`
		Longest  int64    `json:"longest_minutes" doc:"The longest that one took, in minutes of its own working time"`
	}
	reportFlowJSON struct {
		Week       string   `json:"week" doc:"In which they were opened"`
		Group      *refJSON `json:"group,omitempty" doc:"That has them now"`
		Priority   string   `json:"priority"`
		Opened     int64    `json:"opened"`
		Closed     int64    `json:"closed"`
		Reassigned int64    `json:"reassigned" doc:"Times that they went to another group"`
		Reopened   int64    `json:"reopened" doc:"Times that they came back after they were closed"`
		Rejected   int64    `json:"rejected" doc:"Solutions that did not work for the requester"`
	}
)

type reportOut struct {
	Body struct {
		Weeks []string         `json:"weeks" nullable:"false"`
		Rows  []reportRowJSON  `json:"rows" nullable:"false"`
		Flows []reportFlowJSON `json:"flows" nullable:"false"`
	} `nameHint:"Report"`
}

func (a *API) getReport(ctx context.Context, r reader, in *ReportQuery) (*reportOut, error) {
	q, err := in.question(r.zone)
	if err != nil {
		return nil, err
	}
	got, err := a.Reports.Ask(ctx, r.by, q, r.zone)
	if err != nil {
		return nil, err
	}
	out := &reportOut{}
	out.Body.Weeks, out.Body.Rows, out.Body.Flows = []string{}, []reportRowJSON{}, []reportFlowJSON{}
	for _, w := range got.Weeks {
		out.Body.Weeks = append(out.Body.Weeks, report.Week(w))
	}
	for _, x := range got.Rows {
		out.Body.Rows = append(out.Body.Rows, reportRowJSON{
			report.Week(x.Week), a.group(ctx, r, x.Group), x.Priority.String(), x.What, x.Kept, x.Broken, x.Late, x.Open, x.Moved, int64(x.Longest / time.Minute),
		})
	}
	for _, x := range got.Flows {
		out.Body.Flows = append(out.Body.Flows, reportFlowJSON{
			report.Week(x.Week), a.group(ctx, r, x.Group), x.Priority.String(), x.Opened, x.Closed, x.Reassigned, x.Reopened, x.Rejected,
		})
	}
	return out, nil
}

type reportFileIn struct {
	File string `path:"file" maxLength:"20" doc:"report.csv, flow.csv or report.xlsx"`
	ReportQuery
}

func (a *API) getReportFile(ctx context.Context, r reader, in *reportFileIn) (*downloadOut, error) {
	q, err := in.question(r.zone)
	if err != nil {
		return nil, err
	}
	got, err := a.Reports.Ask(ctx, r.by, q, r.zone)
	if err != nil {
		return nil, err
	}
	name := func(g person.GroupID) string { return a.People.Group(ctx, g).Label(string(r.lang)) }
	tables := got.Tables(r.lang, name)
	var b bytes.Buffer
	kind := sheet.CSVType
	switch in.File {
	case "report.csv":
		err = sheet.CSV(&b, tables[0])
	case "flow.csv":
		err = sheet.CSV(&b, tables[1])
	case "report.xlsx":
		kind, err = sheet.XLSXType, sheet.XLSX(&b, tables...)
	default:
		return nil, errs.New(errs.NotFound, "errs.not_found")
	}
	if err != nil {
		return nil, err
	}
	return &downloadOut{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", kind)
		c.SetHeader("Content-Disposition", `attachment; filename="`+in.File+`"`)
		c.SetHeader("Content-Length", strconv.Itoa(b.Len()))
		c.SetStatus(http.StatusOK)
		_, _ = b.WriteTo(c.BodyWriter())
	}}, nil
}
