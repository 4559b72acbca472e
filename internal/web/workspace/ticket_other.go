// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// otherView is the second ticket of a merge or a link, as it shows before anything happens.
type otherView struct {
	*ticket.Ticket          // nil while no number is understood
	Trouble        string   // what would stand in the way
	Instead        string   // the number under which it goes on, where it was merged itself
	Costs          []string // what ends with this ticket when it is merged into that one
}

// otherTicket shows, while a number is being typed or once one is chosen, which ticket it is.
func (f *Faces) otherTicket(c *page.Ctx) error {
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	names := []string{"into", "pick", "to"}
	if c.Query("by") == "pick" { // the form sends its other fields along
		names = names[1:]
	}
	for _, name := range names {
		if text := strings.TrimSpace(c.Query(name)); text != "" {
			o, err := s.other(text, name != "to")
			if err != nil {
				return err
			}
			return c.Show(otherCard(s, o))
		}
	}
	return c.Show(otherCard(s, otherView{}))
}

// other is the ticket that a number means.
func (s *sheet) other(text string, merge bool) (otherView, error) {
	n := ticket.ParseRef(text)
	if n == 0 {
		if strings.HasPrefix("LD-", strings.ToUpper(text)) { // not written to its end
			return otherView{}, nil
		}
		return otherView{Trouble: s.T("workticket.number_shape")}, nil
	}
	o, err := s.f.Tickets.Get(s.c.Context(), s.c.Actor, ticket.Target{Number: n})
	if errs.KindOf(err) == errs.NotFound {
		return otherView{Trouble: s.T("ticket.not_found")}, nil
	}
	if err != nil {
		return otherView{}, err
	}
	v := otherView{Ticket: &o, Trouble: s.trouble(o, merge)}
	if merge && o.MergedTo() != 0 && o.Requester == s.t.Requester {
		v.Instead = ticket.Ref(o.MergedTo())
	}
	if merge && v.Trouble == "" {
		v.Costs = s.mergeCosts()
	}
	return v, nil
}

// trouble says beforehand what a merge or a link would be refused for.
func (s *sheet) trouble(o ticket.Ticket, merge bool) string {
	err := s.t.MayLink(o.ID)
	if merge {
		err = s.t.MayMerge(o)
	}
	if err == nil {
		return ""
	}
	return s.c.Problem(err).Text
}

// mergeCosts are what is under way on this ticket and ends with it: a merge is not taken back, and
// says so before.
func (s *sheet) mergeCosts() (out []string) {
	for _, v := range s.visits {
		if v.State.EndsWithTicket() {
			out = append(out, s.T("workticket.merge_ends_visit", "Time", s.c.Moment(v.From)))
		}
	}
	for _, a := range s.approvals {
		if a.Open() {
			out = append(out, s.T("workticket.merge_ends_approval", "Title", a.Subject.Title))
		}
	}
	if slices.ContainsFunc(s.guides, func(r runbook.Run) bool { return !r.State.Over() }) {
		out = append(out, s.T("workticket.merge_leaves_runbook"))
	}
	if !s.t.PromiseAt.IsZero() {
		out = append(out, s.T("workticket.merge_ends_promise", "Time", s.c.Moment(s.t.PromiseAt)))
	}
	return out
}

// otherTold is the ticket that the form names already, as one that was refused or opened for a number
// does. What is wrong stands at the field then, and not twice.
func (p place) otherTold(f ui.Field) otherView {
	text := p.Form.Text(f.Name)
	if text == "" && p.Kind == "merge" {
		text = p.Form.Text("pick")
	}
	if text == "" {
		return otherView{}
	}
	o, err := p.s.other(text, p.Kind == "merge")
	if err != nil {
		return otherView{}
	}
	if f.Error != "" {
		o.Trouble = ""
	}
	return o
}
