// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"bytes"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	spread "github.com/loopdesk/loopdesk/internal/kit/sheet"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// overrideLine is a priority that somebody chose in place of the computed one, for the reader.
type overrideLine struct {
	report.Override
	Ref, Subject, Who, Group string
	When                     ui.When
}

type overridesView struct {
	Query   url.Values
	Filters []ui.FilterView
	Lines   []overrideLine
}

// overrides lists them for whoever leads: who, when, from what to what, and why (N22).
func (f *Faces) overrides(c *page.Ctx) error {
	q, query := f.question(c)
	v := overridesView{Query: query}
	var err error
	if v.Lines, err = f.overrideLines(c, q); err != nil {
		return err
	}
	if v.Filters, err = f.reportFilters(c, ReportPath+"/overrides", q, query, nil); err != nil {
		return err
	}
	return f.showHouse(c, http.StatusOK, c.T("report.overrides_title"), func(fr page.Frame) templ.Component { return overridesPage(fr, v) })
}

func (f *Faces) overrideLines(c *page.Ctx, q report.Question) ([]overrideLine, error) {
	list, err := f.Reports.Overrides(c.Context(), c.Actor, q, c.Zone)
	if err != nil {
		return nil, err
	}
	keys := make([]ticket.ID, 0, len(list))
	for _, o := range list {
		keys = append(keys, o.Ticket)
	}
	tickets, err := f.Tickets.Some(c.Context(), c.Actor, keys)
	out := make([]overrideLine, 0, len(list))
	for _, o := range list {
		t := tickets[o.Ticket]
		who := f.People.Card(c.Context(), o.By).Name
		if who == "" {
			who = c.T("report.by_desk")
		}
		out = append(out, overrideLine{o, t.Ref(), t.Subject, who, f.groupName(c, o.Group), ui.At(c.Lang, o.At, c.Now, c.Zone)})
	}
	return out, err
}

// overridesFile is the same list for a spreadsheet program.
func (f *Faces) overridesFile(c *page.Ctx) error {
	q, _ := f.question(c)
	list, err := f.overrideLines(c, q)
	if err != nil {
		return err
	}
	table := spread.Table{Name: c.T("report.overrides")}
	for _, key := range []string{"when", "ticket", "subject", "group", "who", "from", "to", "why"} {
		table.Head = append(table.Head, c.T("report.override_"+key))
	}
	for _, l := range list {
		table.Rows = append(table.Rows, []any{l.At.In(c.Zone).Format("2006-01-02 15:04"), l.Ref, l.Subject, l.Group, l.Who, l.Computed.String(), l.Chosen.String(), l.Reason})
	}
	var b bytes.Buffer
	if err := spread.CSV(&b, table); err != nil {
		return err
	}
	c.Header().Set("Content-Type", spread.CSVType)
	c.Header().Set("Content-Disposition", `attachment; filename="overrides.csv"`)
	c.Header().Set("Cache-Control", "no-store")
	return c.Copy(&b, int64(b.Len()))
}
