// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountRota adds who is on call: week, swaps, the rota itself, and calendars for other programs.
func (f *Faces) mountRota(r *page.Router) {
	r.Get("/work/rota", access.RotaRead, f.rotas)
	r.Get("/work/rota/{id}", access.RotaRead, f.rotaWeek)
	r.Get("/work/rota/{id}/edit", access.RotaWork, f.editRota)
	r.Post("/work/rota/{id}/edit", access.RotaWork, f.saveRota)
	r.Post("/work/rota/{id}/swap", access.RotaSwap, f.swapRota)
	r.Post("/work/rota/{id}/swap/{swap}/off", access.RotaSwap, f.callOffSwap)
	r.Post("/work/rota/{id}/feed", access.RotaSwap, f.makeFeed)
	r.Post("/work/rota/feed/{feed}/revoke", access.RotaSwap, f.revokeFeed)
	r.Get("/rota/{secret}", page.Public, f.readFeed)
}

// rotaLine is a rota and who is on call now.
type rotaLine struct {
	rota.Rota
	Now  []ui.Person
	Next time.Time // when that changes
	Gaps int       // in the coming fortnight
}

// feedLine is a calendar that other programs read.
type feedLine struct {
	rota.Feed
	What string
}

// rotasView is the list of rotas and of calendars.
type rotasView struct {
	Rotas  []rotaLine
	Feeds  []feedLine
	Secret string // the address of a calendar that was just made: shown this once
	Lead   bool
}

// fortnight is how far one looks for gaps.
const fortnight = 14 * 24 * time.Hour

func (f *Faces) rotas(c *page.Ctx) error { return f.showRotas(c, "") }

func (f *Faces) showRotas(c *page.Ctx, secret string) error {
	list, err := f.Rotas.List(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	v := rotasView{Secret: secret, Lead: access.Can(c.Actor, access.RotaWork, access.Object{}) == nil}
	names := map[rota.ID]string{}
	for _, r := range list {
		names[r.ID] = r.Label(string(c.Lang))
		_, swaps, err := f.Rotas.Get(c.Context(), c.Actor, r.ID)
		if err != nil {
			return err
		}
		line := rotaLine{Rota: r}
		for i, s := range r.Spans(c.Now, c.Now.Add(fortnight), swaps) {
			if i == 0 {
				line.Next = s.To
				for _, turn := range s.Turns {
					line.Now = append(line.Now, f.onDuty(c, turn.Person))
				}
			}
			if s.Gap() {
				line.Gaps++
			}
		}
		v.Rotas = append(v.Rotas, line)
	}
	feeds, err := f.Rotas.Feeds(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	for _, x := range feeds {
		what := names[x.Rota]
		if x.Person != 0 {
			what = f.People.Card(c.Context(), x.Person).Name
		}
		v.Feeds = append(v.Feeds, feedLine{x, what})
	}
	fr := c.Frame(c.T("workrota.title"))
	return c.Render(http.StatusOK, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, "")}, rotasPage(fr, v)))
}

func (f *Faces) onDuty(c *page.Ctx, who person.ID) ui.Person {
	p := f.People.Card(c.Context(), who)
	return ui.Person{Name: p.Name, Sub: p.Phone, Me: p.ID == c.Person.ID}
}

// weekView is seven days of a rota.
type weekView struct {
	Rota   rota.Rota
	Zone   *time.Location
	From   time.Time
	Days   []weekDay
	Gaps   int
	Swaps  []swapLine
	Form   *page.Form
	Staff  []ui.Option
	Lead   bool
	Before string
	After  string
}

// weekDay is one day with its stretches.
type weekDay struct {
	Label string
	Today bool
	Spans []weekSpan
}

// weekSpan is a stretch of a day, and the way to swap it.
type weekSpan struct {
	From, To string
	Turns    []weekTurn
}

// weekTurn is somebody in a stretch.
type weekTurn struct {
	Person  ui.Person
	Shift   string
	Instead string
	Swap    string // the address of the form for a swap of it
}

// swapLine is a swap of the week.
type swapLine struct {
	rota.Swap
	Text string
	Mine bool
}

func (f *Faces) rotaWeek(c *page.Ctx) error {
	form := page.Filled("from", c.Query("from"), "to", c.Query("to"), "instead", c.Query("instead"))
	return f.showWeek(c, http.StatusOK, form)
}

// rotaOf reads the rota in the address.
func (f *Faces) rotaOf(c *page.Ctx) (rota.Rota, []rota.Swap, error) {
	which, err := c.PathInt("id")
	if err != nil {
		return rota.Rota{}, nil, err
	}
	return f.Rotas.Get(c.Context(), c.Actor, rota.ID(which))
}

func (f *Faces) showWeek(c *page.Ctx, status int, form *page.Form) error {
	r, swaps, err := f.rotaOf(c)
	if err != nil {
		return err
	}
	v := weekView{Rota: r, Zone: r.Location(), Form: form, Lead: access.Can(c.Actor, access.RotaWork, access.Object{}) == nil}
	v.From = monday(c.Query("week"), c.Now, v.Zone)
	v.Before, v.After = v.From.AddDate(0, 0, -7).Format(time.DateOnly), v.From.AddDate(0, 0, 7).Format(time.DateOnly)
	for i := range 7 {
		v.Days = append(v.Days, f.weekDay(c, v, v.From.AddDate(0, 0, i), swaps))
	}
	v.Gaps = len(r.Gaps(v.From, v.From.AddDate(0, 0, 7), swaps))
	for _, x := range swaps {
		if !x.Off && x.To.After(v.From) && x.From.Before(v.From.AddDate(0, 0, 7)) {
			v.Swaps = append(v.Swaps, f.swapLine(c, v, x))
		}
	}
	if v.Staff, err = f.staffOptions(c); err != nil {
		return err
	}
	fr := c.Frame(r.Label(string(c.Lang)))
	return c.Render(status, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, "")}, weekPage(fr, v)))
}

// monday is the beginning of the week of a date, or of now.
func monday(text string, now time.Time, loc *time.Location) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, text, loc)
	if err != nil || day.Year() < 2000 || day.Year() > 2100 {
		day = now.In(loc)
	}
	return calendar.Monday(day, loc)
}

func (f *Faces) weekDay(c *page.Ctx, v weekView, day time.Time, swaps []rota.Swap) weekDay {
	next := day.AddDate(0, 0, 1)
	out := weekDay{
		Label: c.T("time.weekday_"+strconv.Itoa(int(day.Weekday()))) + " " + day.Format("01-02"),
		Today: !c.Now.Before(day) && c.Now.Before(next),
	}
	for _, s := range v.Rota.Spans(day, next, swaps) {
		w := weekSpan{From: s.From.In(v.Zone).Format("15:04"), To: s.To.In(v.Zone).Format("15:04")}
		if s.To.Equal(next) {
			w.To = "24:00"
		}
		for _, turn := range s.Turns {
			w.Turns = append(w.Turns, f.weekTurn(c, v, s, turn))
		}
		out.Spans = append(out.Spans, w)
	}
	return out
}

func (f *Faces) weekTurn(c *page.Ctx, v weekView, s rota.Span, turn rota.Turn) weekTurn {
	w := weekTurn{Person: f.onDuty(c, turn.Person)}
	if turn.Shift >= 0 {
		w.Shift = v.Rota.Shifts[turn.Shift].Name
	}
	if turn.Instead != 0 {
		w.Instead = f.People.Card(c.Context(), turn.Instead).Name
	}
	w.Swap = "/work/rota/" + key(int64(v.Rota.ID)) + "?week=" + v.From.Format(time.DateOnly) + "&from=" + s.From.In(v.Zone).Format(page.LocalTime) +
		"&to=" + s.To.In(v.Zone).Format(page.LocalTime) + "&instead=" + key(int64(turn.Person)) + "#swap"
	return w
}

func (f *Faces) swapLine(c *page.Ctx, v weekView, x rota.Swap) swapLine {
	me := c.Person.ID
	instead := c.T("workrota.whoever")
	if x.Instead != 0 {
		instead = f.People.Card(c.Context(), x.Instead).Name
	}
	return swapLine{Swap: x, Mine: v.Lead || x.Person == me || x.Instead == me || x.By == me, Text: c.T("workrota.swap_line",
		"Person", f.People.Card(c.Context(), x.Person).Name, "Instead", instead,
		"From", i18n.Clock(c.Lang, x.From, c.Now, v.Zone), "To", i18n.Clock(c.Lang, x.To, c.Now, v.Zone))}
}

func (f *Faces) staffOptions(c *page.Ctx) ([]ui.Option, error) {
	list, err := f.People.Staff(c.Context())
	var out []ui.Option
	for _, p := range list {
		out = append(out, ui.Option{Value: key(int64(p.ID)), Label: p.Name, Keys: f.sounds(p)})
	}
	return out, err
}

func (f *Faces) swapRota(c *page.Ctx) error {
	r, _, err := f.rotaOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "from", "to", "instead", "person", "agreed")
	if err != nil {
		return err
	}
	loc := r.Location()
	x := rota.Swap{Rota: r.ID, Person: person.ID(form.Int("person")), Instead: person.ID(form.Int("instead")), Agreed: form.Get("agreed")}
	x.From, _ = page.ReadLocal(form.Text("from"), loc) // what is no time is before 2000, and refused
	x.To, _ = page.ReadLocal(form.Text("to"), loc)
	if _, err := f.Rotas.Trade(c.Context(), c.Actor, x); err != nil {
		return f.againWeek(c, form, err)
	}
	c.Say("workrota.swapped")
	return c.Redirect("/work/rota/" + key(int64(r.ID)) + "?week=" + x.From.Format(time.DateOnly))
}

func (f *Faces) againWeek(c *page.Ctx, form *page.Form, err error) error {
	if hides(err) {
		return err
	}
	return f.showWeek(c, c.MarkUp(form, err), form)
}

func (f *Faces) callOffSwap(c *page.Ctx) error {
	r, _, err := f.rotaOf(c)
	if err != nil {
		return err
	}
	which, err := c.PathInt("swap")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Rotas.CallOff(c.Context(), c.Actor, r.ID, which); err != nil {
		return err
	}
	c.Say("workrota.called_off")
	return c.Redirect("/work/rota/" + key(int64(r.ID)))
}

// makeFeed makes a calendar of a rota, or of one's own duties where the address says "mine". Its
// address is shown on the answer and never again.
func (f *Faces) makeFeed(c *page.Ctx) error {
	which := int64(0)
	if c.Path("id") != "mine" {
		var err error
		if which, err = c.PathInt("id"); err != nil {
			return err
		}
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	_, secret, err := f.Rotas.MakeFeed(c.Context(), c.Actor, rota.ID(which))
	if err != nil {
		return err
	}
	return f.showRotas(c, f.BaseURL+"/rota/"+secret)
}

func (f *Faces) revokeFeed(c *page.Ctx) error {
	which, err := c.PathInt("feed")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Rotas.RevokeFeed(c.Context(), c.Actor, which); err != nil {
		return err
	}
	c.Say("workrota.revoked")
	return c.Redirect("/work/rota")
}

// readFeed answers a calendar program. It tells names and times to whoever holds the address,
// reads nothing else, and changes nothing.
func (f *Faces) readFeed(c *page.Ctx) error {
	text, err := f.Rotas.ReadFeed(c.Context(), c.Path("secret"))
	if err != nil {
		return err
	}
	h := c.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	_, err = c.Writer().Write(text)
	return err
}

// daysOf lists the weekdays from Monday on, with their bits.
func daysOf(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, d := range []time.Weekday{1, 2, 3, 4, 5, 6, 0} {
		out = append(out, ui.Option{Value: strconv.Itoa(int(d)), Label: f.T("time.weekday_" + strconv.Itoa(int(d)))})
	}
	return out
}

// named finds the people whose names or addresses are written one a line; false where one is not known.
func named(list []person.Person, lines []string) (out []person.ID, ok bool) {
	for _, line := range lines {
		i := slices.IndexFunc(list, func(p person.Person) bool { return p.Email == line || p.Name == line })
		if i < 0 {
			return out, false
		}
		out = append(out, list[i].ID)
	}
	return out, true
}
