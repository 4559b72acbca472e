// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// offer returns what is offered for a label and not decided yet.
func (s *sheet) offer(l suggest.Label) (suggest.Offer, bool) {
	for _, o := range s.offers {
		if l == suggest.Core && s.t.Service != 0 {
			return suggest.Offer{}, false // the register says it
		}
		if o.Label == l && o.Outcome == suggest.Waits && (!l.Grading() || !s.t.Graded) {
			return o, true
		}
	}
	return suggest.Offer{}, false
}

// waiting are the offers that nobody has decided about, in the order of the form.
func (s *sheet) waitingOffers() []suggest.Offer {
	var out []suggest.Offer
	for _, l := range suggest.Labels() {
		if o, ok := s.offer(l); ok && s.may("triage") {
			out = append(out, o)
		}
	}
	return out
}

// appliedOffers are those that the desk saved by itself and that still stand.
func (s *sheet) appliedOffers() []suggest.Offer {
	var out []suggest.Offer
	for _, o := range s.offers {
		if o.Outcome == suggest.Applied && s.stillStands(o) {
			out = append(out, o)
		}
	}
	return out
}

func (s *sheet) stillStands(o suggest.Offer) bool {
	switch o.Label {
	case suggest.Category:
		return o.Value == key(int64(s.t.Category))
	case suggest.ServiceLabel:
		return o.Value == key(int64(s.t.Service))
	}
	return false
}

// offerValue writes the value of an offer for the reader.
func (s *sheet) offerValue(o suggest.Offer) string {
	id, _ := strconv.ParseInt(o.Value, 10, 64) // 0 for an answer, which has no key
	switch o.Label {
	case suggest.Category:
		return s.category(ticket.Ticket{Category: catalog.CategoryID(id)})
	case suggest.ServiceLabel:
		return s.service(ticket.Ticket{Service: catalog.ServiceID(id)})
	case suggest.Group:
		return s.group(person.GroupID(id))
	case suggest.Core:
		return s.T("workticket." + o.Value)
	case suggest.Affected:
		return s.T("workticket.affected_" + o.Value)
	case suggest.Halt:
		return s.T("workticket.halt_" + o.Value)
	}
	return ""
}

// offerWhy names the words that spoke for it.
func (s *sheet) offerWhy(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return s.T("suggest.because", "Words", strings.Join(reasons, s.T("suggest.comma")))
}

func offerTone(o suggest.Offer) string {
	switch o.Sureness() {
	case suggest.Sure:
		return ui.OK
	case suggest.Likely:
		return ui.Brand
	case suggest.Possible:
	}
	return ui.Neutral
}

func (s *sheet) offerShare(o suggest.Offer) string {
	return s.T("suggest.share", "Word", s.T("suggest.sure_"+string(o.Sureness())), "Percent", o.Percent())
}

// offerHelp stands under a field of the form that was filled by an offer.
func (p place) offerHelp(l suggest.Label) string {
	o, ok := p.s.offer(l)
	if !ok {
		return ""
	}
	return p.s.T("suggest.filled", "Value", p.s.offerValue(o), "Share", p.s.offerShare(o), "Why", p.s.offerWhy(o.Reasons))
}

// knownTriage fills the form with what the ticket says, and where it says nothing with what is
// offered. Nothing is saved by that.
func (s *sheet) knownTriage() *page.Form {
	form := s.knownGrade()
	form.Values.Set("category", key(int64(s.t.Category)))
	form.Values.Set("service", key(int64(s.t.Service)))
	form.Values.Set("group", key(int64(s.t.Group)))
	for _, o := range s.waitingOffers() {
		form.Values.Set(string(o.Label), o.Value)
	}
	// Whether a service is core business is what the register says, and no guess (N22).
	if one := s.f.Catalog.Service(s.c.Context(), catalog.ServiceID(form.Int("service"))); one.ID != 0 && !s.t.Graded {
		form.Values.Set("core", yesNo(one.Core))
	}
	return form
}

func triageFieldNames() []string {
	return []string{"at", "version", "category", "service", "group", "core", "affected", "halt", "override", "reason"}
}

// fileTriage saves the whole form in one commit.
func (f *Faces) fileTriage(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, triageFieldNames()...)
	if err != nil {
		return err
	}
	before, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	after, err := f.Suggest.File(c.Context(), c.Actor, ticket.Target{ID: before.ID, Version: form.Version()}, suggest.Filing{
		Category: catalog.CategoryID(form.Int("category")), Service: catalog.ServiceID(form.Int("service")), Group: person.GroupID(form.Int("group")),
		Answers:  triage.Answers{Core: form.Get("core") == "yes", Affected: triage.Affected(form.Get("affected")), Halt: triage.Halt(form.Get("halt"))},
		Override: triage.ParsePriority(form.Get("override")), Reason: form.Text("reason"),
	})
	if err != nil {
		return f.refused(c, before.ID, inAct+"-triage", form, err)
	}
	c.Say("suggest.filed", "Ref", after.Ref(), "Priority", after.Priority.String())
	return f.done(c, after, inAct+"-triage", deed{}, form)
}

// undoApplied takes back what the desk saved by itself.
func (f *Faces) undoApplied(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "version")
	if err != nil {
		return err
	}
	t, err := f.Suggest.Undo(c.Context(), c.Actor, ticket.Target{Number: number, Version: form.Version()}, suggest.Label(c.Path("label")))
	if err != nil {
		return err
	}
	c.Say("suggest.undone")
	return f.done(c, t, inAct, deed{}, form)
}

// refuseAlike says that two tickets are not the same matter.
func (f *Faces) refuseAlike(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "other")
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	if err := f.Suggest.Refuse(c.Context(), c.Actor, ticket.Target{ID: t.ID}, ticket.Target{Number: ticket.ParseRef(form.Get("other"))}); err != nil {
		return err
	}
	c.Say("suggest.refused")
	return f.done(c, t, inAct, deed{}, form)
}

// parent is the ticket of a crowd that became, or could become, the major incident: one that
// stands already, else the oldest of all.
func (s *sheet) parent() (t ticket.Ticket, stands bool) {
	t = s.t
	for _, a := range s.crowd {
		if _, ok := s.f.Majors.Stands(a.Ticket.ID); ok {
			return a.Ticket, true
		}
		if a.Ticket.ID < t.ID {
			t = a.Ticket
		}
	}
	return t, false
}

// crowdPeople counts the people who report the matter, the requester among them.
func (s *sheet) crowdPeople() int {
	seen := map[person.ID]bool{s.t.Requester: true}
	for _, a := range s.crowd {
		seen[a.Ticket.Requester] = true
	}
	return len(seen)
}

func joinWords(s *sheet, words []string) string { return strings.Join(words, s.T("suggest.comma")) }
