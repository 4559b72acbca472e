// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// trial is a ticket that nobody recorded, and when it would be due.
type trial struct {
	Form    *page.Form
	Wrong   string // the time cannot be read
	Because []string
	Clocks  []tried
}

// tried is one clock of a trial.
type tried struct {
	Name  string
	Due   time.Time
	At    string
	Lines []string
}

// try reckons a ticket as the page's question describes it: recorded at a time, answered and
// solved at once, so that every clock has its start there.
func (f *Faces) try(c *page.Ctx, p sla.Policy) (*trial, error) {
	v := &trial{Form: page.Filled("priority", "3", "start", c.Now.In(c.Zone).Format(page.LocalTime))}
	for _, name := range []string{"priority", "category", "service", "group", "organisation", "site", "start"} {
		if x := c.Query(name); x != "" && len(x) <= 200 {
			v.Form.Values.Set(name, x)
		}
	}
	if c.Query("start") == "" {
		return v, nil
	}
	start, unread := page.ReadLocal(v.Form.Get("start"), c.Zone)
	if unread != nil || start.Year() < 2000 || start.Year() > 2099 {
		v.Wrong = c.T("policyadmin.start_wrong")
		return v, nil //nolint:nilerr // it is told on the page
	}
	t := ticket.Ticket{
		Status: ticket.Opened, Priority: triage.Priority(v.Form.Int("priority")), Category: catalog.CategoryID(v.Form.Int("category")),
		Service: catalog.ServiceID(v.Form.Int("service")), Group: person.GroupID(v.Form.Int("group")), CreatedAt: start, UpdatedAt: start,
	}
	t.Detail.Organisation, t.Detail.Site = strings.TrimSpace(v.Form.Get("organisation")), strings.TrimSpace(v.Form.Get("site"))
	if !t.Priority.Known() {
		t.Priority = triage.Default
	}
	for i, l := range f.Clocks.Rulebook().Because(t, sla.Response) {
		if i == 0 || strings.HasPrefix(l.Key, "sla.why_by_") || strings.HasPrefix(l.Key, "sla.why_rule") && l.Key != "sla.why_rule_silent" || strings.HasPrefix(l.Key, "sla.why_calendar") {
			v.Because = append(v.Because, l.Text(c.Lang, c.Now, c.Zone))
		}
	}
	for _, x := range f.Clocks.Sketch(t) {
		one := tried{Name: c.T("sla.clock_" + string(x.Name)), Due: x.Due, At: c.Moment(x.Due)}
		for _, l := range append(x.Why, x.Days...) {
			one.Lines = append(one.Lines, l.Text(c.Lang, c.Now, c.Zone))
		}
		v.Clocks = append(v.Clocks, one)
	}
	return v, nil
}
