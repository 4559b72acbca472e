// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"slices"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountMajor adds the major incidents (N4), and the notices of what runs out of time.
func (f *Faces) mountMajor(r *page.Router) {
	r.Get("/work/majors", access.MajorRead, f.majors)
	r.Get("/work/majors/{number}", access.MajorRead, f.majorPage)
	r.Post("/work/majors/{number}/declare", access.MajorWork, f.declareMajor)
	r.Post("/work/majors/{number}/update", access.MajorWork, f.updateMajor)
	r.Post("/work/majors/{number}/attach", access.MajorWork, f.attachMajor)
	r.Post("/work/majors/{number}/end", access.MajorWork, f.endMajor)
	r.Post("/work/notices/{id}/seen", access.QueueRead, f.putAway)
}

// strip is what stands above the queue: incidents, and what the reader was told of.
type strip struct {
	Majors  []majorLine
	Notices []noticeLine
}

// majorLine is an incident in one line.
type majorLine struct {
	major.Incident
	Ref   string
	Clock ui.Clock // the next public word
}

// noticeLine is one thing that runs out of time and that the reader was told of.
type noticeLine struct {
	ID   int64
	Ref  string
	Text string
}

// maxNotices bounds what stands above the queue; the rest comes when these are put away.
const maxNotices = 2

// strip reads what stands above the queue. The incidents come from memory.
func (f *Faces) strip(c *page.Ctx) (strip, error) {
	var v strip
	for _, x := range f.Majors.Standing() {
		v.Majors = append(v.Majors, f.majorLine(c, x.Incident, x.Number))
	}
	list, err := f.Escalations.Notices(c.Context(), c.Actor, maxNotices)
	if err != nil {
		return v, err
	}
	for _, n := range list {
		t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: n.Ticket})
		if err != nil {
			return v, err
		}
		v.Notices = append(v.Notices, noticeLine{n.ID, t.Ref(), alertText(c, n.Clock, n.Due) + c.T("workmajor.colon") + t.Subject})
	}
	return v, nil
}

// alertText says which clock runs out, or ran out.
func alertText(c *page.Ctx, clock string, due time.Time) string {
	if clock == escalation.ClockDeclared {
		return c.T("workmajor.declared_now")
	}
	name := c.T("escalation.clock_" + clock)
	if due.After(c.Now) {
		return c.T("workmajor.near", "Clock", name)
	}
	return c.T("workmajor.over", "Clock", name)
}

func (f *Faces) majorLine(c *page.Ctx, x major.Incident, number int64) majorLine {
	due := x.Due(f.Majors.Policy())
	return majorLine{Incident: x, Ref: ticket.Ref(number), Clock: ui.Clock{Meaning: c.T("workmajor.next_word"), Due: due, Left: due.Sub(c.Now), At: c.Clock(due)}}
}

// mark shows on the rows of a list what stands on their tickets.
func (f *Faces) mark(c *page.Ctx, rows []ui.QueueRow, list []ticket.Ticket) error {
	ids := make([]ticket.ID, len(list))
	for i, t := range list {
		ids[i] = t.ID
	}
	alerts, err := f.Escalations.Alerts(c.Context(), c.Actor, ids)
	if err != nil {
		return err
	}
	for i, t := range list {
		if _, stands := f.Majors.Stands(t.ID); stands {
			rows[i].Major = true
			rows[i].Tags = append(rows[i].Tags, ui.Tag{Tone: ui.Danger, Icon: "siren", Text: c.T("workmajor.major")})
		}
		if a, ok := alerts[t.ID]; ok {
			rows[i].Tags = append(rows[i].Tags, ui.Tag{Tone: alertTone(c, a), Icon: "bell-ring", Text: c.T("workmajor.raised")})
		}
	}
	return nil
}

func alertTone(c *page.Ctx, a escalation.Alert) string {
	if a.Due.After(c.Now) {
		return ui.Warn
	}
	return ui.Danger
}

func (f *Faces) putAway(c *page.Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Escalations.PutAway(c.Context(), c.Actor, which); err != nil {
		return err
	}
	return c.Redirect(c.Back("/work"))
}

// majorsView lists the incidents.
type majorsView struct {
	Standing []majorLine
	Ended    []endedLine
}

// endedLine is an incident that is over.
type endedLine struct {
	major.Incident
	Ref string
}

func (f *Faces) majors(c *page.Ctx) error {
	var v majorsView
	for _, x := range f.Majors.Standing() {
		v.Standing = append(v.Standing, f.majorLine(c, x.Incident, x.Number))
	}
	list, err := f.Majors.Ended(c.Context(), c.Actor, 20)
	if err != nil {
		return err
	}
	for _, x := range list {
		t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: x.Ticket})
		if err != nil {
			return err
		}
		v.Ended = append(v.Ended, endedLine{x, t.Ref()})
	}
	fr := c.Frame(c.T("workmajor.title")).Listen("queue")
	return c.Render(http.StatusOK, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, "")}, majorsPage(fr, v)))
}

// majorView is one incident, or the question whether a ticket is one.
type majorView struct {
	Ticket   ticket.Ticket
	Incident major.Incident
	Is       bool // it is or was one
	May      bool // the reader may declare it
	Line     majorLine
	Words    []wordLine
	Requests []ticket.Ticket
	Alike    []ticket.Ticket
	Form     *page.Form
	Gaps     bool // the review is missing, and a deviation may stand in for it
	Public   bool // the portal shows incidents without signing in
}

// wordLine is one word about an incident.
type wordLine struct {
	major.Update
	By ui.Person
}

func (f *Faces) majorTicket(c *page.Ctx) (ticket.Ticket, error) {
	number, err := c.Number("number")
	if err != nil {
		return ticket.Ticket{}, err
	}
	return f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
}

func (f *Faces) majorPage(c *page.Ctx) error {
	t, err := f.majorTicket(c)
	if err != nil {
		return err
	}
	return f.showMajor(c, http.StatusOK, t, page.Filled("headline", t.Subject, "public", "yes", "everybody", "yes", "spread", "yes"))
}

func (f *Faces) showMajor(c *page.Ctx, status int, t ticket.Ticket, form *page.Form) error {
	v := majorView{Ticket: t, Form: form, Public: f.Majors.Policy().Anonymous}
	v.May = c.Actor.Role != access.Agent || t.Graded && t.Priority == triage.P1
	x, words, list, err := f.Majors.Get(c.Context(), c.Actor, t.ID)
	switch {
	case errs.KindOf(err) == errs.NotFound && err != nil:
	case err != nil:
		return err
	default:
		v.Is, v.Incident, v.Line = true, x, f.majorLine(c, x, t.Number)
		for _, u := range words {
			v.Words = append(v.Words, wordLine{u, ui.Person{Name: f.People.Card(c.Context(), u.By).Name, Me: u.By == c.Person.ID}})
		}
		for _, r := range list {
			child, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: r.Ticket})
			if err != nil {
				return err
			}
			v.Requests = append(v.Requests, child)
		}
		if x.Open() {
			if v.Alike, err = f.Majors.Alike(c.Context(), c.Actor, x, t); err != nil {
				return err
			}
		}
	}
	v.Gaps = slices.ContainsFunc(form.Gaps, func(g page.Gap) bool { return g.Key == "gap.major_review" })
	fr := c.Frame(t.Subject).Listen("ticket:" + key(t.Number))
	fr.Path = "/work/majors/" + t.Ref()
	return c.Render(status, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, "")}, majorPageOf(fr, v)))
}

// onMajor carries out one command on an incident; what fails shows its form again.
func (f *Faces) onMajor(c *page.Ctx, fields []string, said string, do func(ticket.Target, *page.Form) error) error {
	t, err := f.majorTicket(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, fields...)
	if err != nil {
		return err
	}
	if err := do(ticket.Target{ID: t.ID}, form); err != nil {
		if hides(err) && errs.KindOf(err) != errs.Denied {
			return err
		}
		return f.showMajor(c, c.MarkUp(form, err), t, form)
	}
	c.Say(said)
	return c.Redirect("/work/majors/" + t.Ref())
}

func (f *Faces) declareMajor(c *page.Ctx) error {
	return f.onMajor(c, []string{"headline", "public"}, "workmajor.declared", func(on ticket.Target, form *page.Form) error {
		_, err := f.Majors.Declare(c.Context(), c.Actor, on, major.Declaration{Headline: form.Get("headline"), Public: form.On("public")})
		return err
	})
}

func (f *Faces) updateMajor(c *page.Ctx) error {
	return f.onMajor(c, []string{"text", "everybody", "spread"}, "workmajor.updated", func(on ticket.Target, form *page.Form) error {
		_, err := f.Majors.Update(c.Context(), c.Actor, on, major.Word{Text: form.Get("text"), Public: form.On("everybody"), Spread: form.On("spread")})
		return err
	})
}

func (f *Faces) attachMajor(c *page.Ctx) error {
	return f.onMajor(c, []string{"request"}, "workmajor.attached", func(on ticket.Target, form *page.Form) error {
		n := ticket.ParseRef(form.Get("request"))
		if n == 0 {
			return errs.Field("request", "workmajor.request_shape")
		}
		err := f.Majors.Attach(c.Context(), c.Actor, on, ticket.Target{Number: n})
		if errs.KindOf(err) == errs.NotFound && err != nil {
			return errs.Field("request", "workmajor.request_shape")
		}
		return err
	})
}

func (f *Faces) endMajor(c *page.Ctx) error {
	return f.onMajor(c, []string{"review", "deviation"}, "workmajor.over_now", func(on ticket.Target, form *page.Form) error {
		_, err := f.Majors.End(c.Context(), c.Actor, on, major.End{Review: form.Get("review"), Deviation: form.Get("deviation")})
		return err
	})
}

// majorLink is what leads from a ticket to its incident, or asks of a P1 whether it is one; ""
// for any other.
func (s *sheet) majorLink() (text, tone string) {
	if _, stands := s.f.Majors.Stands(s.t.ID); stands {
		return s.T("workmajor.major"), ui.Danger
	}
	if s.t.Open() && s.t.Graded && s.t.Priority == triage.P1 {
		return s.T("workmajor.ask"), ui.Warn
	}
	return "", ""
}

// majorAddress is the page of a ticket's incident.
func majorAddress(t ticket.Ticket) templ.SafeURL { return templ.URL("/work/majors/" + t.Ref()) }
