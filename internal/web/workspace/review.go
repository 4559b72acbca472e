// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const reviewPath = "/work/reviews"

// mountReviews adds the review meetings: an agenda that the desk makes, and what was decided (N38).
func (f *Faces) mountReviews(r *page.Router) {
	r.Get(reviewPath, access.ProblemRead, f.reviews)
	r.Post(reviewPath, access.ProblemWork, f.callReview)
	r.Get(reviewPath+"/{id}", access.ProblemRead, f.reviewPage)
	r.Post(reviewPath+"/{id}/decide", access.ProblemWork, f.decideReview)
	r.Post(reviewPath+"/{id}/hold", access.ProblemWork, f.holdReview)
}

// reviewLine is a review in the list.
type reviewLine struct {
	problem.Review
	Href, Title, Held string
}

func (f *Faces) reviewLine(c *page.Ctx, r problem.Review) reviewLine {
	l := reviewLine{Review: r, Href: reviewPath + "/" + key(int64(r.ID)), Title: c.T("workproblem.review_of", "From", dayText(c, r.Begin), "To", dayText(c, r.End.Add(-time.Millisecond)))}
	if !r.Draft() {
		l.Held = c.T("workproblem.held_by", "Name", f.People.Card(c.Context(), r.HeldBy).Name, "Time", c.Moment(r.HeldAt))
	}
	return l
}

func (f *Faces) reviews(c *page.Ctx) error {
	list, err := f.Problems.Reviews(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	var lines []reviewLine
	for _, r := range list {
		lines = append(lines, f.reviewLine(c, r))
	}
	return f.problemFrame(c, http.StatusOK, c.T("workproblem.reviews_title"), reviewPath, func(fr page.Frame) templ.Component { return reviewsPage(fr, lines, leads(c)) })
}

// callReview makes the draft of a review of the month that runs.
func (f *Faces) callReview(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	which, err := f.Problems.CallMonth(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	return c.Redirect(reviewPath + "/" + key(int64(which)))
}

// agendaItem is a line of the agenda: what it is about, why, and what was decided about it.
type agendaItem struct {
	Key, Title, Href, Text string
	Chip, Tone             string
	Line                   improvementLine // with its effect, where it has one
	Decisions              []decisionLine
}

// agendaPart is a heading of the agenda.
type agendaPart struct {
	Key, Title, None string
	Clause           string
	Items            []agendaItem
}

// decisionLine is what was decided.
type decisionLine struct {
	problem.Decision
	Who, Due, Href, Made string
}

// reviewView is one review.
type reviewView struct {
	reviewLine
	Parts   []agendaPart
	Others  []decisionLine // about nothing in particular
	Lead    bool
	Form    *page.Form
	Choices problemChoices
	Refused string // the item whose form was refused
	Version string
	From    string // the day on which its period is over, and from which it can be closed; "" where it is
}

func (f *Faces) reviewPage(c *page.Ctx) error { return f.showReview(c, nil, nil) }

func (f *Faces) showReview(c *page.Ctx, form *page.Form, refused error) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	r, list, err := f.Problems.Review(c.Context(), c.Actor, problem.ReviewID(which))
	if err != nil {
		return err
	}
	v := reviewView{reviewLine: f.reviewLine(c, r), Form: form, Lead: leads(c) && r.Draft(), Refused: "-", Version: key(r.Version)}
	if form != nil && form.Values.Has("item") {
		v.Refused = form.Get("item")
	}
	if v.Lead && r.Runs(c.Now) {
		v.From = dayText(c, r.End)
	}
	if v.Choices, err = f.problemChoices(c, form); err != nil {
		return err
	}
	if v.Parts, err = f.agendaParts(c, r.Agenda); err != nil {
		return err
	}
	v.file(f, c, list)
	body := func(fr page.Frame) templ.Component { return reviewPageOf(fr, v) }
	if refused != nil {
		return f.againInFrame(c, form, refused, v.Title, v.Href, body)
	}
	return f.problemFrame(c, http.StatusOK, v.Title, v.Href, body)
}

// file puts each decision to the item that it is about.
func (v *reviewView) file(f *Faces, c *page.Ctx, list []problem.Decision) {
	at := map[string]*agendaItem{}
	for i := range v.Parts {
		for k := range v.Parts[i].Items {
			at[v.Parts[i].Items[k].Key] = &v.Parts[i].Items[k]
		}
	}
	for _, d := range list {
		l := decisionLine{Decision: d, Due: dayText(c, d.Due)}
		if d.Owner != 0 {
			l.Who = f.People.Card(c.Context(), d.Owner).Name
		}
		switch d.Makes {
		case problem.MakeImprovement:
			l.Href, l.Made = improvementPath+"/"+key(d.Made), problem.ImprovementID(d.Made).Ref()
		case problem.MakeProblem:
			l.Href, l.Made = problemPath+"/"+problem.ID(d.Made).Ref(), problem.ID(d.Made).Ref()
		case problem.Nothing:
		}
		if item := at[d.Item]; item != nil {
			item.Decisions = append(item.Decisions, l)
			continue
		}
		v.Others = append(v.Others, l)
	}
}

// agendaParts writes an agenda out.
func (f *Faces) agendaParts(c *page.Ctx, a problem.Agenda) ([]agendaPart, error) {
	part := func(name, clause string) agendaPart {
		return agendaPart{Key: name, Title: c.T("workproblem.agenda_" + name), None: c.T("workproblem.agenda_none"), Clause: clause}
	}
	found, standing, late, done := part("candidates", "N7"), part("problems", "N39"), part("overdue", "N39"), part("effects", "N39")
	lines, err := f.candidateLines(c, a.Candidates)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		found.Items = append(found.Items, agendaItem{Key: problem.Item("candidate", l.ID), Title: l.Title, Href: l.Href, Text: l.Why, Chip: c.T("workproblem.kind_" + string(l.Kind)), Tone: candidateTone(l.Candidate)})
	}
	for _, p := range a.Problems {
		l := f.problemLine(c, p)
		standing.Items = append(standing.Items, agendaItem{
			Key: problem.Item("problem", p.ID), Title: p.ID.Ref() + " " + p.Title, Href: l.Href, Chip: c.T("workproblem.state_" + string(p.State)), Tone: l.Tone,
			Text: dotted(c.T("workproblem.age", "Days", int(a.At.Sub(p.OpenedAt)/(24*time.Hour))), c.T("workproblem.linked", "Count", p.Tickets), l.Owner),
		})
	}
	for _, i := range a.Overdue {
		l := f.improvementLine(c, i)
		late.Items = append(late.Items, agendaItem{Key: problem.Item("improvement", i.ID), Title: i.ID.Ref() + " " + i.Title, Href: l.Href, Text: dotted(l.Owner, c.T("workproblem.late", "Day", l.Due)), Chip: c.T("workproblem.progress_" + string(i.State)), Tone: l.Tone})
	}
	for _, i := range a.Effects {
		l := f.improvementLine(c, i)
		done.Items = append(done.Items, agendaItem{Key: problem.Item("effect", i.ID), Title: i.ID.Ref() + " " + i.Title, Href: l.Href, Text: l.Owner, Line: l})
	}
	return append([]agendaPart{found, standing, late, done}, f.repeated(c, a, part)...), nil
}

// repeated are the parts about who and what came again.
func (f *Faces) repeated(c *page.Ctx, a problem.Agenda, part func(name, clause string) agendaPart) []agendaPart {
	gaps, people, devices, back := part("no_article", "N38"), part("requesters", "N7"), part("devices", "N7"), part("reopened", "N5")
	if !a.ArticlesKnow {
		gaps.None = c.T("workproblem.articles_unknown")
	}
	if !a.DevicesKnow {
		devices.None = c.T("workproblem.devices_unknown")
	}
	for _, g := range a.NoArticle {
		gaps.Items = append(gaps.Items, agendaItem{Key: problem.Item("category", g.Category), Title: f.filedUnder(c, g.Category, 0, ""), Text: c.T("workproblem.tickets", "Count", g.Tickets)})
	}
	for _, r := range a.Requesters {
		p := f.People.Card(c.Context(), r.Person)
		people.Items = append(people.Items, agendaItem{Key: problem.Item("requester", r.Person), Title: dotted(p.Name, p.Department), Text: c.T("workproblem.tickets", "Count", r.Tickets)})
	}
	for _, r := range a.Devices {
		devices.Items = append(devices.Items, agendaItem{Key: "device:" + r.Device, Title: r.Device, Text: c.T("workproblem.tickets", "Count", r.Tickets)})
	}
	for _, b := range a.Reopened {
		text := dotted(f.filedUnder(c, b.Category, 0, ""), c.T("workproblem.reopened_times", "Count", b.Times))
		if b.Cause != "" {
			text = dotted(text, c.T("workproblem.given_cause", "Cause", b.Cause))
		}
		back.Items = append(back.Items, agendaItem{Key: problem.Item("ticket", b.Ticket), Title: ticket.Ref(b.Number) + " " + b.Subject, Href: "/work/tickets/" + ticket.Ref(b.Number), Text: text})
	}
	return []agendaPart{back, gaps, people, devices}
}

func (f *Faces) decideReview(c *page.Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "item", "about", "text", "owner", "due", "makes")
	if err != nil {
		return err
	}
	d := problem.Decision{Item: form.Get("item"), About: form.Get("about"), Text: form.Get("text"), Owner: person.ID(form.Int("owner")), Makes: problem.Makes(form.Get("makes"))}
	if d.Due, err = dayOf(c, form, "due"); err == nil {
		_, err = f.Problems.Decide(c.Context(), c.Actor, problem.ReviewID(which), d)
	}
	if err != nil {
		return f.showReview(c, form, err)
	}
	c.Say("workproblem.decided")
	return c.Redirect(reviewPath + "/" + key(which) + "#" + itemID(d.Item))
}

func (f *Faces) holdReview(c *page.Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "version")
	if err != nil {
		return err
	}
	if err := f.Problems.Hold(c.Context(), c.Actor, problem.ReviewID(which), form.Version()); err != nil {
		return f.showReview(c, form, err)
	}
	c.Say("workproblem.held")
	return c.Redirect(reviewPath + "/" + key(which))
}

// itemID is the place of an item on the page.
func itemID(item string) string {
	if item == "" {
		return "whole"
	}
	return strings.Map(func(r rune) rune {
		if r == ':' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, strings.ReplaceAll(strings.ToLower(item), ":", "-"))
}

func makesOptions(f page.Frame) []ui.Option {
	return []ui.Option{{Value: "", Label: f.T("workproblem.makes_nothing")}, {Value: "improvement", Label: f.T("workproblem.makes_improvement")}, {Value: "problem", Label: f.T("workproblem.makes_problem")}}
}

// typed is what was typed into the form of an item that was refused; else nothing.
func (v reviewView) typed(item, name string) string {
	if v.Refused != item {
		if name == "owner" {
			return "0"
		}
		return ""
	}
	return v.Form.Get(name)
}

func (v reviewView) mark(item, name string) string {
	if v.Refused != item {
		return ""
	}
	return v.Form.Mark(name)
}
