// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountDeviation adds the list of what was deviated from, and its review.
func (f *Faces) mountDeviation(r *page.Router) {
	r.Get("/work/deviations", access.LeadRead, f.deviations)
	r.Post("/work/deviations/{event}/review", access.LeadRead, f.reviewDeviation)
}

// deviationLine is one deviation for the reader.
type deviationLine struct {
	score.Deviation
	Ref, Subject, Who, Group, Reviewer, Reviewed string
	Name                                         string // of the clause
	When                                         ui.When
	Own                                          bool // the reader's: somebody else reviews it
	Form                                         *page.Form
}

type deviationsView struct {
	Query   url.Values
	Tabs    []ui.Link
	Filters []ui.FilterView
	Tallies []score.Tally
	Title   func(clause string) string
	Total   score.Tally
	Lines   []deviationLine
	More    string // address of what follows
}

// findings are what the list may be narrowed to.
func findings() []string { return []string{"unseen", "accepted", "refused"} }

func (f *Faces) deviationFilter(c *page.Ctx) (score.Filter, url.Values) {
	r, query := f.question(c)
	query.Del("priority")
	x := score.Filter{Weeks: r.Weeks, Group: r.Group}
	if slices.Contains(findings(), c.Query("finding")) {
		x.Finding = c.Query("finding")
		query.Set("finding", x.Finding)
	}
	if clause := c.Query("clause"); len(clause) <= 4 && f.Norm.Pack().Clause(clause).ID != "" {
		x.Clause = clause
		query.Set("clause", clause)
	}
	if who := person.ID(c.QueryInt("agent")); who > 0 {
		x.By = who
		query.Set("agent", strconv.FormatInt(int64(who), 10))
	}
	if at := c.QueryInt("before"); at > 0 {
		x.Before = score.Place{At: time.UnixMilli(at), Event: c.QueryInt("event")}
	}
	return x, query
}

// deviations lists what was deviated from for whoever leads.
func (f *Faces) deviations(c *page.Ctx) error {
	return f.showDeviations(c, http.StatusOK, 0, nil)
}

func (f *Faces) showDeviations(c *page.Ctx, status int, refused int64, form *page.Form) error {
	x, query := f.deviationFilter(c)
	p, err := f.Scores.Deviations(c.Context(), c.Actor, x, c.Zone)
	if err != nil {
		return err
	}
	v := deviationsView{Query: query, Tabs: f.reportTabs(c), Title: func(x string) string { return f.Norm.Pack().Title(c.Lang, x) }}
	if v.Tallies, err = f.Scores.Tallies(c.Context(), c.Actor, x, c.Zone); err != nil {
		return err
	}
	for _, t := range v.Tallies {
		v.Total.Unseen, v.Total.Accepted, v.Total.Refused = v.Total.Unseen+t.Unseen, v.Total.Accepted+t.Accepted, v.Total.Refused+t.Refused
	}
	keys := make([]ticket.ID, 0, len(p.List))
	for _, d := range p.List {
		keys = append(keys, d.Ticket)
	}
	tickets, err := f.Tickets.Some(c.Context(), c.Actor, keys)
	if err != nil {
		return err
	}
	for _, d := range p.List {
		t := tickets[d.Ticket]
		l := deviationLine{
			Deviation: d, Ref: t.Ref(), Subject: t.Subject, Who: f.People.Card(c.Context(), d.By).Name, Group: f.groupName(c, d.Group), Name: f.Norm.Pack().Title(c.Lang, d.Clause),
			When: ui.At(c.Lang, d.At, c.Now, c.Zone), Own: int64(d.By) == c.Actor.ID,
		}
		if d.Review.Finding != score.Unseen {
			l.Reviewer, l.Reviewed = f.People.Card(c.Context(), d.Review.By).Name, c.Moment(d.Review.At)
		}
		if d.Event == refused {
			l.Form = form
		}
		v.Lines = append(v.Lines, l)
	}
	if p.Next.Event != 0 {
		v.More = reportAddress("/work/deviations", with(with(query, "before", strconv.FormatInt(p.Next.At.UnixMilli(), 10)), "event", strconv.FormatInt(p.Next.Event, 10)))
	}
	if v.Filters, err = f.deviationFilters(c, x, query); err != nil {
		return err
	}
	return f.showHouse(c, status, c.T("score.deviations"), func(fr page.Frame) templ.Component { return deviationsPage(fr, v) })
}

func (f *Faces) deviationFilters(c *page.Ctx, x score.Filter, query url.Values) ([]ui.FilterView, error) {
	const at = "/work/deviations"
	list, err := f.reportFilters(c, at, report.Question{Weeks: x.Weeks, Group: x.Group}, query, nil)
	if err != nil {
		return nil, err
	}
	list = list[:2]
	finding := ui.FilterView{Label: c.T("score.finding"), Value: c.T("report.every")}
	for _, n := range findings() {
		label := c.T("score.finding_" + n)
		if n == x.Finding {
			finding.Value, finding.Clear = label, reportAddress(at, with(query, "finding", ""))
		}
		finding.Options = append(finding.Options, ui.Link{Label: label, Href: reportAddress(at, with(query, "finding", n)), Current: n == x.Finding})
	}
	agent := ui.FilterView{Label: c.T("score.agent"), Value: c.T("report.every")}
	staff, err := f.People.Staff(c.Context())
	if err != nil {
		return nil, err
	}
	for _, p := range staff {
		if p.ID == x.By {
			agent.Value, agent.Clear = p.Name, reportAddress(at, with(query, "agent", ""))
		}
		agent.Options = append(agent.Options, ui.Link{Label: p.Name, Href: reportAddress(at, with(query, "agent", strconv.FormatInt(int64(p.ID), 10))), Current: p.ID == x.By})
	}
	list = append(list, finding, agent)
	if x.Clause != "" {
		list = append(list, ui.FilterView{
			Label: c.T("score.clause"), Value: x.Clause + " " + f.Norm.Pack().Title(c.Lang, x.Clause), Clear: reportAddress(at, with(query, "clause", "")),
		})
	}
	return list, nil
}

// reviewDeviation records what a lead says of one. What was typed stays where it is refused.
func (f *Faces) reviewDeviation(c *page.Ctx) error {
	which, err := c.PathInt("event")
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "finding", "comment")
	if err != nil {
		return err
	}
	if err := f.Scores.Review(c.Context(), c.Actor, which, score.Finding(form.Get("finding")), form.Text("comment")); err != nil {
		if status := c.MarkUp(form, err); status == http.StatusUnprocessableEntity {
			return f.showDeviations(c, status, which, form)
		}
		return err
	}
	c.Say("score.reviewed")
	_, query := f.deviationFilter(c)
	return c.Redirect(reportAddress("/work/deviations", query))
}
