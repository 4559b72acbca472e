// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/routing"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// factViews are the facts of the ticket; each is changed where it stands.
func (s *sheet) factViews() []ui.FactView {
	out := []ui.FactView{
		s.fact("owner", factPerson(s.person(s.t.Owner), s.T("workticket.owner_note"))),
		s.fact("assignee", factPerson(s.person(s.t.Assignee), "")),
		s.fact("group", factText(s.group(s.t.Group), dotted(s.byRule(), s.movedFrom()))),
		s.fact("category", factText(s.category(s.t), "")),
		s.fact("service", factService(s.service(s.t), s.coreWord())),
		s.fact("grade", factPriority(s)),
	}
	if s.t.Owner == 0 {
		out[0].Value = factText(s.T("workticket.nobody"), "")
	}
	if r := s.t.Detail.Rating; r.Score != 0 {
		word := s.T("workticket.rating_of", "Score", r.Score, "Word", s.T("workticket.score_"+strconv.Itoa(r.Score)))
		out = append(out, ui.FactView{ID: "fact-rating", Label: s.T("workticket.rating"), Value: factText(word, "")})
	}
	for _, c := range s.clocks {
		out = append(out, ui.FactView{ID: "clock-" + string(c.Name), Label: s.T("sla.clock_" + string(c.Name)), Value: clockValue(s, c)})
	}
	return out
}

// fact is one that can be changed while the life of the ticket allows it.
func (s *sheet) fact(kind string, value templ.Component) ui.FactView {
	v := ui.FactView{ID: "fact-" + kind + "-at", Label: s.T("workticket." + kind), Value: value}
	p := s.place(inFact, kind)
	if ticket.May(p.command(), s.t.Status) {
		v.Form, v.Open = inPlace(p), p.refused()
	}
	return v
}

func (s *sheet) coreWord() string {
	if s.core() {
		return s.T("workticket.core")
	}
	return ""
}

// byRule says which rule sent the ticket to the group that it is with, and how the person was found.
func (s *sheet) byRule() string {
	r := s.routed
	if r.Rule == 0 || r.Group != s.t.Group || !r.Bounced.IsZero() {
		return ""
	}
	word := s.T("routing.by_rule", "Name", r.Name)
	if r.Choice != routing.GroupOnly {
		word = dotted(word, s.T("routing.choice_"+string(r.Choice), "Count", r.InWork))
	}
	return word
}

// movedFrom says how often the work was handed over (N11).
func (s *sheet) movedFrom() string {
	if n := s.t.Detail.HandOvers; n > 0 {
		return s.T("workticket.hand_overs", "Count", n)
	}
	return ""
}

// clock turns a time limit into what the components count.
func (s *sheet) clock(c sla.Clock) ui.Clock {
	return ui.Clock{
		Meaning: s.T("sla.clock_" + string(c.Name)), Due: c.Due, Left: c.Left, Working: c.Working, At: s.c.Clock(c.Due), Paused: c.State == sla.Paused,
		Met: c.State == sla.Met || c.State == sla.Missed,
	}
}

// verdictOf says how a clock that has stopped ended.
func (s *sheet) verdictOf(c sla.Clock) (word, class string) {
	if c.State == sla.Missed && c.Name == sla.Confirm {
		return s.T("workticket.timed_out"), "text-danger"
	}
	if c.State == sla.Missed {
		return s.T("workticket.clock_missed", "Late", s.duration(c.Stopped.Sub(c.Due))), "text-danger"
	}
	return s.T("workticket.clock_met"), "text-ok"
}

// why writes the reckoning of a clock in short: the rule, the start, the target, the pauses.
// Its page has the rest.
func (s *sheet) why(c sla.Clock) []string {
	var out []string
	for _, l := range slices.Concat(c.Policy[:min(1, len(c.Policy))], c.Why) {
		out = append(out, l.Text(s.c.Lang, s.c.Now, s.c.Zone))
	}
	return out
}

// next is the clock that runs out first; false where nothing is due.
func (s *sheet) next() (ui.Clock, bool) {
	for _, c := range s.clocks {
		if string(c.Name) == s.t.NextClock && c.Stopped.IsZero() {
			return s.clock(c), true
		}
	}
	return ui.Clock{}, false
}

// staffOptions are those who may be given work: the ticket's own group first. Several forms of
// the page offer them.
func (s *sheet) staffOptions() []ui.Option {
	if s.givable == nil {
		s.givable = s.makeStaffOptions()
	}
	return s.givable
}

func (s *sheet) makeStaffOptions() []ui.Option {
	members := map[int64]bool{}
	for _, m := range s.f.People.Group(s.c.Context(), s.t.Group).Members {
		members[int64(m)] = true
	}
	var inside, outside []ui.Option
	for _, p := range s.staff {
		o := ui.Option{Value: key(int64(p.ID)), Label: p.Name, Keys: s.f.sounds(p)}
		if members[int64(p.ID)] {
			o.Label += s.T("workticket.in_group")
			inside = append(inside, o)
		} else {
			outside = append(outside, o)
		}
	}
	return append(inside, outside...)
}

func (s *sheet) groupOptions() []ui.Option {
	list, err := s.f.People.Groups(s.c.Context())
	if err != nil {
		return nil // the choice stays empty, and choosing is refused with a mark
	}
	var out []ui.Option
	for _, g := range list {
		if g.Active || g.ID == s.t.Group {
			out = append(out, ui.Option{Value: key(int64(g.ID)), Label: g.Label(string(s.c.Lang))})
		}
	}
	return out
}

func (s *sheet) categoryOptions() []ui.Option {
	list, err := s.f.Catalog.Categories(s.c.Context())
	if err != nil {
		return nil
	}
	out := []ui.Option{{Value: "0", Label: s.T("workticket.none")}}
	for _, one := range list {
		if one.Active || one.ID == s.t.Category {
			out = append(out, ui.Option{Value: key(int64(one.ID)), Label: strings.Repeat("  ", one.Depth) + s.inUse(one.Label(string(s.c.Lang)), one.Active)})
		}
	}
	return out
}

func (s *sheet) serviceOptions() []ui.Option {
	list, err := s.f.Catalog.Services(s.c.Context())
	if err != nil {
		return nil
	}
	out := []ui.Option{{Value: "0", Label: s.T("workticket.none")}}
	for _, one := range list {
		if one.Active || one.ID == s.t.Service {
			out = append(out, ui.Option{Value: key(int64(one.ID)), Label: s.inUse(s.serviceLabel(one), one.Active)})
		}
	}
	return out
}

func (s *sheet) serviceLabel(one catalog.Service) string {
	label := one.Label(string(s.c.Lang))
	if one.Core {
		label += " · " + s.T("workticket.core")
	}
	return label
}

func (s *sheet) affectedOptions() []ui.Option {
	var out []ui.Option
	for _, a := range []triage.Affected{triage.One, triage.Team, triage.Department, triage.Everyone} {
		out = append(out, ui.Option{Value: string(a), Label: s.T("workticket.affected_" + string(a))})
	}
	return out
}

func (s *sheet) haltOptions() []ui.Option {
	var out []ui.Option
	for _, h := range []triage.Halt{triage.Stopped, triage.Impaired, triage.Working} {
		out = append(out, ui.Option{Value: string(h), Label: s.T("workticket.halt_" + string(h))})
	}
	return out
}

func priorityOptions() []ui.Option {
	var out []ui.Option
	for _, p := range []triage.Priority{triage.P1, triage.P2, triage.P3, triage.P4} {
		out = append(out, ui.Option{Value: p.String(), Label: p.String()})
	}
	return out
}

// yesNoOptions answer a plain question.
func (s *sheet) yesNoOptions() []ui.Option {
	return []ui.Option{{Value: "yes", Label: s.T("workticket.yes")}, {Value: "no", Label: s.T("workticket.no")}}
}

// callNumber is the number under which the requester is called: as it was promised, or as it stands
// in the record. Of several ways to reach somebody it is the one that is dialled.
func (s *sheet) callNumber() string {
	who := s.f.People.Card(s.c.Context(), s.t.Requester)
	for _, known := range []string{s.t.Detail.CallBack.Number, s.t.Detail.Intake[ticket.Contact].Value, who.Phone} {
		for _, n := range strings.FieldsFunc(known, func(r rune) bool { return strings.ContainsRune("·,;，；、\n", r) }) {
			if n = strings.TrimSpace(n); len(person.Dials(n)) > 0 && !strings.Contains(n, "@") {
				return n
			}
		}
	}
	return ""
}

// callWho names who calls; whoever works on it where nobody was named.
func (s *sheet) callWho(b ticket.CallBack) string {
	if b.Who == 0 {
		return s.T("workticket.call_whoever")
	}
	return s.name(b.Who)
}
