// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rota"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// rotaEdit is the form of a rota.
type rotaEdit struct {
	ID    int64 // 0 for a new one
	Form  *page.Form
	Lines int // shifts in the form, and an empty one
	Staff []person.Person
}

// Address is where the form posts to.
func (v rotaEdit) Address() string {
	if v.ID == 0 {
		return "/work/rota/new/edit"
	}
	return "/work/rota/" + key(v.ID) + "/edit"
}

// rotaToEdit reads the rota in the address; a fresh one for "new".
func (f *Faces) rotaToEdit(c *page.Ctx) (rota.Rota, error) {
	if err := access.Can(c.Actor, access.RotaWork, access.Object{}); err != nil {
		return rota.Rota{}, err
	}
	if c.Path("id") != "new" {
		r, _, err := f.rotaOf(c)
		return r, err
	}
	today := c.Now.In(c.Zone)
	return rota.Rota{Zone: c.Desk.Zone, Active: true, Shifts: []rota.Shift{{
		From: 9 * 60, To: 9 * 60, Days: rota.EveryDay, Every: 7, Start: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC),
	}}}, nil
}

func (f *Faces) editRota(c *page.Ctx) error {
	r, err := f.rotaToEdit(c)
	if err != nil {
		return err
	}
	return f.showRotaEdit(c, http.StatusOK, r.ID, f.filledRota(c, r))
}

func (f *Faces) filledRota(c *page.Ctx, r rota.Rota) *page.Form {
	active := ""
	if r.Active {
		active = "yes"
	}
	form := page.Filled("name", r.Name, "name_en", r.NameEN, "zone", r.Zone, "active", active, "version", key(r.Version))
	for i, s := range r.Shifts {
		set := func(name, value string) { form.Values.Set(rota.Field(name, i), value) }
		set("shift", s.Name)
		set("from", minuteText(s.From))
		set("to", minuteText(s.To))
		set("every", strconv.Itoa(s.Every))
		set("start", s.Start.Format(time.DateOnly))
		var names []string
		for _, who := range s.People {
			names = append(names, f.People.Card(c.Context(), who).Email)
		}
		set("people", strings.Join(names, "\n"))
		for d := range 7 {
			if s.Days.On(time.Weekday(d)) {
				form.Values.Add(rota.Field("days", i), strconv.Itoa(d))
			}
		}
	}
	return form
}

// minuteText writes a minute of the day as a clock does.
func minuteText(m int) string {
	return time.Date(2000, 1, 1, 0, m, 0, 0, time.UTC).Format("15:04")
}

func (f *Faces) showRotaEdit(c *page.Ctx, status int, which rota.ID, form *page.Form) error {
	v := rotaEdit{ID: int64(which), Form: form}
	for form.Values.Has(rota.Field("from", v.Lines)) {
		v.Lines++
	}
	v.Lines++
	var err error
	if v.Staff, err = f.People.Staff(c.Context()); err != nil {
		return err
	}
	fr := c.Frame(c.T("workrota.edit"))
	return c.Render(status, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, "")}, rotaEditPage(fr, v)))
}

func (f *Faces) saveRota(c *page.Ctx) error {
	was, err := f.rotaToEdit(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "name", "name_en", "zone", "active", "version", "shift_*", "from_*", "to_*", "days_*", "every_*", "start_*", "people_*")
	if err != nil {
		return err
	}
	form = shiftsClosedUp(form)
	staff, err := f.People.Staff(c.Context())
	if err != nil {
		return err
	}
	r, err := rotaFrom(form, staff)
	if err == nil {
		r.ID = was.ID
		r, err = f.Rotas.Save(c.Context(), c.Actor, r, form.Version())
	}
	if err != nil {
		if hides(err) {
			return err
		}
		return f.showRotaEdit(c, c.MarkUp(form, err), was.ID, form)
	}
	c.Say("workrota.saved")
	return c.Redirect("/work/rota/" + key(int64(r.ID)))
}

// shiftFields are the fields of a shift.
func shiftFields() []string {
	return []string{"shift", "from", "to", "days", "every", "start", "people"}
}

// shiftsClosedUp leaves out the lines without a name and without people: that is how a shift is
// taken out. The others move up, so that marks stand at the lines that are shown again.
func shiftsClosedUp(form *page.Form) *page.Form {
	out := page.Filled("name", form.Get("name"), "name_en", form.Get("name_en"), "zone", form.Get("zone"), "active", form.Get("active"), "version", form.Get("version"))
	n := 0
	for i := 0; form.Values.Has(rota.Field("from", i)); i++ {
		if form.Text(rota.Field("shift", i)) == "" && form.Text(rota.Field("people", i)) == "" {
			continue
		}
		for _, name := range shiftFields() {
			if list := form.All(rota.Field(name, i)); len(list) > 0 {
				out.Values[rota.Field(name, n)] = list
			}
		}
		n++
	}
	return out
}

// rotaFrom reads the form; what is not written as it should be marks its field.
func rotaFrom(form *page.Form, staff []person.Person) (rota.Rota, error) {
	r := rota.Rota{Name: form.Get("name"), NameEN: form.Get("name_en"), Zone: form.Text("zone"), Active: form.On("active")}
	var bad []errs.FieldError
	for i := 0; form.Values.Has(rota.Field("from", i)); i++ {
		at := func(name string) string { return rota.Field(name, i) }
		s := rota.Shift{Name: form.Get(at("shift")), From: minuteOf(form.Text(at("from"))), To: minuteOf(form.Text(at("to"))), Every: int(form.Int(at("every")))}
		for _, d := range form.Ints(at("days")) {
			if d >= 0 && d < 7 {
				s.Days |= 1 << d
			}
		}
		s.Start, _ = time.Parse(time.DateOnly, form.Text(at("start"))) // no date is the year 1, which is refused
		lines := slices.DeleteFunc(strings.FieldsFunc(form.Get(at("people")), func(x rune) bool { return strings.ContainsRune("\n\r,;，；、", x) }),
			func(line string) bool { return strings.TrimSpace(line) == "" })
		for n := range lines {
			lines[n] = strings.TrimSpace(lines[n])
		}
		var known bool
		if s.People, known = named(staff, lines); !known {
			bad = append(bad, errs.FieldError{Name: at("people"), Key: "workrota.people_unknown"})
		}
		r.Shifts = append(r.Shifts, s)
	}
	if err := errs.Invalidf(bad...); err != nil {
		return r, err
	}
	return r, r.Check()
}

// minuteOf reads a time of day; -1 where it is none.
func minuteOf(s string) int {
	at, err := time.Parse("15:04", s)
	if err != nil {
		return -1
	}
	return at.Hour()*60 + at.Minute()
}

// hides reports whether a failure must not show the form again.
func hides(err error) bool {
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated:
		return true
	default:
		return false
	}
}

func shiftTitle(f page.Frame, v rotaEdit, i int) string {
	if i == v.Lines-1 {
		return f.T("workrota.shift_new")
	}
	return f.T("workrota.shift", "Number", i+1)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// noticeText is the sentence above a form that failed.
func noticeText(form *page.Form) string {
	if form == nil {
		return ""
	}
	return form.Notice
}

// swapFocus lets one write who takes over at once where a turn was chosen.
func swapFocus(v weekView) templ.Attributes {
	if v.Form.Get("from") == "" {
		return nil
	}
	return templ.Attributes{"data-focus": true}
}
