// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"context"
	"strconv"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// proposalFields are those of the form with which a visit is proposed or fixed.
func proposalFields() []string {
	return []string{"mode", "from_1", "from_2", "from_3", "minutes", "engineer", "place", "device", "purpose", "why"}
}

// readVisits reads the visits of the ticket.
func (s *sheet) readVisits(ctx context.Context) (err error) {
	s.visits, err = s.f.Visits.Of(ctx, s.c.Actor, s.t)
	return err
}

// knownVisit begins with where the device stands, or the requester sits, and who works on it.
func (s *sheet) knownVisit() *page.Form {
	engineer := s.t.Assignee
	if engineer == 0 {
		engineer = person.ID(s.c.Actor.ID)
	}
	pairs := []string{"mode", "propose", "minutes", "60", "engineer", key(int64(engineer)), "place", s.requester.Place}
	if len(s.devices) > 0 {
		pairs = append(pairs, "device", key(int64(s.devices[0].ID)))
		if at := s.devices[0].Place.Label(); at != "" {
			pairs[len(pairs)-3] = at
		}
	}
	return page.Filled(pairs...)
}

// readProposal reads a form of proposed times: as their writer's clock shows them.
func readProposal(c *page.Ctx, form *page.Form) (visit.Wish, error) {
	w := visit.Wish{
		Act: visit.Propose, Engineer: person.ID(form.Int("engineer")), Place: form.Text("place"), Device: form.Int("device"), Purpose: form.Text("purpose"),
		Why: form.Text("why"), Zone: c.Zone.String(),
	}
	if form.Get("mode") == "fix" {
		w.Act = visit.Fix
	}
	length := time.Duration(form.Int("minutes")) * time.Minute
	var bad []errs.FieldError
	for i := 1; i <= visit.MaxTimes; i++ {
		name := "from_" + strconv.Itoa(i)
		from, err := localField(c, form, name)
		if wrong := errs.As(err); wrong != nil {
			bad = append(bad, wrong.Fields...)
			continue
		}
		if !from.IsZero() && (w.Act == visit.Propose || len(w.Times) == 0) {
			w.Times = append(w.Times, ticket.Span{From: from, To: from.Add(length)})
		}
	}
	return w, errs.Invalidf(bad...)
}

// proposeVisit carries out what the form of the ticket page says.
func (f *Faces) proposeVisit(c *page.Ctx, t ticket.Ticket, form *page.Form) (ticket.Ticket, error) {
	w, err := readProposal(c, form)
	if err == nil {
		_, err = f.Visits.Propose(c.Context(), c.Actor, ticket.Target{ID: t.ID, Version: form.Version()}, w)
	}
	if err != nil {
		return t, proposalError(err)
	}
	return f.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: t.ID})
}

// proposalError puts what is wrong with the times as a whole at the first of them.
func proposalError(err error) error {
	e := errs.As(err)
	if e == nil || e.Kind != errs.Invalid {
		return err
	}
	for i := range e.Fields {
		if e.Fields[i].Name == "times" {
			e.Fields[i].Name = "from_1"
		}
	}
	return e
}

func visitTone(s visit.State) string {
	switch s {
	case visit.Proposed, visit.Done:
		return ui.Warn
	case visit.Refused, visit.Missed:
		return ui.Danger
	case visit.Agreed, visit.Travelling, visit.OnSite:
		return ui.Brand
	case visit.Signed:
		return ui.OK
	case visit.Cancelled:
	}
	return ui.Neutral
}

// visitLine tells what happened to a visit, for the ticket's timeline.
func (s *sheet) visitLine(f ticket.VisitStepped, one func(key string, args ...any) []string) []string {
	v := f.Visit
	times := ""
	for i, x := range v.Times {
		if i > 0 {
			times += s.T("workvisit.or")
		}
		times += s.c.Span(x.From, x.To, "")
	}
	lines := one("workvisit.line_"+string(v.Step), "Name", s.name(v.Engineer), "Times", times, "Place", v.Place, "Words", v.Words, "How", s.visitHow(v))
	if v.Parts != "" {
		lines = append(lines, s.T("visit.note_parts", "Text", v.Parts))
	}
	if !v.Did.IsZero() {
		lines = append(lines, s.T("workvisit.did", "Time", s.c.Moment(v.Did)))
	}
	return lines
}

// visitHow says by what an arrival was shown, or how it was signed.
func (s *sheet) visitHow(v ticket.VisitNote) string {
	switch v.Step {
	case ticket.VisitArrived:
		if v.How == "label" {
			return s.T("workvisit.by_label")
		}
		return s.T("workvisit.by_press", "Why", v.Words)
	case ticket.VisitSigned:
		return s.T("workvisit.signed_"+v.How, "Name", v.Words)
	default:
		return ""
	}
}

func minuteOptions(c *page.Ctx) []ui.Option {
	var out []ui.Option
	for _, n := range []int{30, 60, 90, 120, 180, 240, 480} {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: c.T("workvisit.minutes_of", "Count", n)})
	}
	return out
}

// readVisit names the command of the form; the room of visits carries it out.
func readVisit(*Faces, *page.Ctx, ticket.Ticket, *page.Form) (ticket.Command, error) {
	return ticket.Visit{Note: ticket.VisitNote{Step: ticket.VisitProposed}}, nil
}
