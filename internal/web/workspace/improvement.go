// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const improvementPath = "/work/improvements"

func personID(n int64) person.ID { return person.ID(n) }

// mountImprovements adds the register of what is improved because of tickets (N39).
func (f *Faces) mountImprovements(r *page.Router) {
	r.Get(improvementPath, access.ProblemRead, f.improvements)
	r.Get(improvementPath+"/{id}", access.ProblemRead, f.improvementPage)
	r.Post(improvementPath+"/{id}", access.ProblemLink, f.saveImprovement)
}

// improvementLine is an entry of the register with its effect in words and bars.
type improvementLine struct {
	problem.Improvement
	Href, Owner, Due, Where string
	Tone                    string
	Late                    bool
	Bars                    []effectBar
	Said                    string // before and after, in a sentence
	Better                  bool
}

// effectBar is a week of tickets.
type effectBar struct {
	Count int64
	After bool
	Tall  int // of 10
	Label string
}

func (f *Faces) improvementLine(c *page.Ctx, i problem.Improvement) improvementLine {
	l := improvementLine{Improvement: i, Href: improvementPath + "/" + key(int64(i.ID)), Where: f.filedUnder(c, i.Category, i.Service, strings.Join(i.Words, c.T("workproblem.comma"))), Tone: progressTone(i.State), Late: i.Overdue(c.Now)}
	if i.Owner != 0 {
		l.Owner = f.People.Card(c.Context(), i.Owner).Name
	}
	if !i.Due.IsZero() {
		l.Due = dayText(c, i.Due)
	}
	if i.Problem != 0 {
		l.Where = dotted(i.Problem.Ref(), l.Where)
	}
	if i.CountedAt.IsZero() {
		return l
	}
	top := int64(1)
	for _, n := range append(append([]int64{}, i.Effect.Before...), i.Effect.After...) {
		top = max(top, n)
	}
	bar := func(n int64, after bool, week int) {
		word := "before"
		if after {
			word = "after"
		}
		l.Bars = append(l.Bars, effectBar{n, after, int((10*n + top - 1) / top), c.T("workproblem.week_"+word, "Week", week, "Count", n)})
	}
	for k, n := range i.Effect.Before {
		bar(n, false, len(i.Effect.Before)-k)
	}
	for k, n := range i.Effect.After {
		bar(n, true, k+1)
	}
	before, after, ok := i.Effect.Averages()
	switch {
	case ok:
		l.Said, l.Better = c.T("workproblem.effect", "Before", tenth(before), "After", tenth(after)), after < before
	case i.State == problem.Done:
		l.Said = c.T("workproblem.effect_soon", "Before", tenth(before))
	default:
		l.Said = c.T("workproblem.effect_now", "Before", tenth(before))
	}
	return l
}

// tenth writes a number of tenths.
func tenth(n int64) string {
	if n%10 == 0 {
		return key(n / 10)
	}
	return strconv.FormatFloat(float64(n)/10, 'f', 1, 64)
}

func progressTone(p problem.Progress) string {
	switch p {
	case problem.Planned:
		return ui.Warn
	case problem.Doing:
		return ui.Brand
	case problem.Done:
		return ui.OK
	case problem.Dropped:
	}
	return ui.Neutral
}

func (f *Faces) improvements(c *page.Ctx) error {
	list, err := f.Problems.Improvements(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	var lines []improvementLine
	for _, i := range list {
		lines = append(lines, f.improvementLine(c, i))
	}
	return f.problemFrame(c, http.StatusOK, c.T("workproblem.improvements_title"), improvementPath, func(fr page.Frame) templ.Component {
		return improvementsPage(fr, lines, leads(c))
	})
}

// improvementView is one entry and its form.
type improvementView struct {
	improvementLine
	Form      *page.Form
	Choices   problemChoices
	Lead, May bool // may change everything, may change how far it is
	New       bool
}

func (f *Faces) improvementPage(c *page.Ctx) error {
	i, err := f.improvementOf(c)
	if err != nil {
		return err
	}
	form := filledImprovement(c, i)
	if i.ID == 0 {
		form.Values.Set("problem", c.Query("problem"))
		form.Values.Set("category", key(c.QueryInt("category")))
	}
	return f.showImprovement(c, i, form, nil)
}

func (f *Faces) improvementOf(c *page.Ctx) (problem.Improvement, error) {
	if c.Path("id") == "new" {
		return problem.Improvement{State: problem.Planned}, access.Can(c.Actor, access.ProblemWork, access.Object{})
	}
	which, err := c.PathInt("id")
	if err != nil {
		return problem.Improvement{}, err
	}
	return f.Problems.Improvement(c.Context(), c.Actor, problem.ImprovementID(which))
}

func filledImprovement(c *page.Ctx, i problem.Improvement) *page.Form {
	ref := ""
	if i.Problem != 0 {
		ref = i.Problem.Ref()
	}
	return page.Filled("title", i.Title, "why", i.Why, "owner", key(int64(i.Owner)), "due", dayText(c, i.Due), "problem", ref, "category", key(int64(i.Category)),
		"service", key(int64(i.Service)), "words", strings.Join(i.Words, ", "), "state", string(i.State), "reason", i.Reason, "version", key(i.Version))
}

func (f *Faces) showImprovement(c *page.Ctx, i problem.Improvement, form *page.Form, refused error) error {
	v := improvementView{improvementLine: f.improvementLine(c, i), Form: form, Lead: leads(c), New: i.ID == 0}
	v.May = v.Lead || i.Owner != 0 && int64(i.Owner) == c.Actor.ID
	var err error
	if v.Choices, err = f.problemChoices(c, form); err != nil {
		return err
	}
	title, path := i.ID.Ref()+" "+i.Title, v.Href
	if v.New {
		title, path = c.T("workproblem.improvement_new"), improvementPath+"/new"
	}
	body := func(fr page.Frame) templ.Component { return improvementPageOf(fr, v) }
	if refused != nil {
		return f.againInFrame(c, form, refused, title, path, body)
	}
	return f.problemFrame(c, http.StatusOK, title, path, body)
}

func (f *Faces) saveImprovement(c *page.Ctx) error {
	i, err := f.improvementOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "version", "title", "why", "owner", "due", "problem", "category", "service", "words", "state", "reason")
	if err != nil {
		return err
	}
	plan := i.Plan
	if leads(c) {
		plan = problem.Plan{
			Title: form.Get("title"), Why: form.Get("why"), Owner: person.ID(form.Int("owner")), Problem: problem.ParseRef(form.Get("problem")),
			Category: catalog.CategoryID(form.Int("category")), Service: catalog.ServiceID(form.Int("service")),
			Words: strings.FieldsFunc(form.Get("words"), func(r rune) bool { return strings.ContainsRune(",，、;；\n", r) }),
		}
		if plan.Due, err = dayOf(c, form, "due"); err != nil {
			return f.showImprovement(c, i, form, err)
		}
	}
	if i.ID == 0 {
		i, err = f.Problems.Improve(c.Context(), c.Actor, plan)
	} else {
		_, err = f.Problems.SaveImprovement(c.Context(), c.Actor, i.ID, form.Version(), plan, problem.Progress(form.Get("state")), form.Get("reason"))
	}
	if err != nil {
		return f.showImprovement(c, i, form, err)
	}
	c.Say("workproblem.saved")
	return c.Redirect(improvementPath + "/" + key(int64(i.ID)))
}

func progressOptions(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, p := range problem.Progresses() {
		out = append(out, ui.Option{Value: string(p), Label: f.T("workproblem.progress_" + string(p))})
	}
	return out
}
