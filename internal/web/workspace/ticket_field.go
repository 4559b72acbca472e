// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// segments is a choice from a few in this place.
func segments(p place, name, label string, options []ui.Option) ui.Field {
	f := p.field(name, label)
	f.Options = options
	return f
}

// help is the sentence under a field, where one is needed.
func (p place) help(name string) string {
	switch p.Kind + " " + name {
	case "confirm evidence":
		return p.s.T("workticket.evidence_help")
	case "close reason", "reopen reason":
		return p.s.T("workticket.reason_help")
	}
	return ""
}

func closeField(p place) ui.Field {
	return segments(p, "as", "workticket.close_as", []ui.Option{
		{Value: string(ticket.Cancelled), Label: p.s.T("workticket.closed_cancelled")},
		{Value: string(ticket.Invalid), Label: p.s.T("workticket.closed_invalid")},
	})
}

// readBackField lists what is recorded, to be read aloud; what was agreed to is ticked.
func readBackField(p place) ui.Field {
	f := p.field("items", "gap.read_back")
	f.HideLabel, f.Values = true, p.Form.All("items")
	for _, e := range ticket.Elements() {
		a := p.s.t.Detail.Intake[e]
		if !a.Filled() {
			continue
		}
		text := a.Value
		if text == "" {
			text = p.s.T("workticket.unknown")
		}
		f.Options = append(f.Options, ui.Option{Value: string(e), Label: p.s.T("workticket.element_" + string(e)), Note: text})
	}
	return f
}

func waitOptions(s *sheet) []ui.Option {
	var out []ui.Option
	for _, w := range ticket.WaitingReasons() {
		out = append(out, ui.Option{Value: string(w), Label: s.T("workticket.waits_" + string(w))})
	}
	return out
}

func directionOptions(s *sheet) []ui.Option {
	return []ui.Option{{Value: "out", Label: s.T("workticket.call_out")}, {Value: "in", Label: s.T("workticket.call_in")}}
}

// mergeOptions are the same requester's other open tickets: no other can be merged with.
func mergeOptions(s *sheet) []ui.Option {
	var out []ui.Option
	for _, o := range s.others {
		if o.Open() {
			out = append(out, ui.Option{Value: o.Ref(), Label: o.Ref() + " " + o.Subject})
		}
	}
	return out
}

func verifyField(p place) ui.Field {
	f := p.field("verify", "workticket.verify")
	f.Values, f.Clause, f.Placeholder = p.Form.All("verify"), p.s.clause("N33"), p.s.T("workticket.verify_hint")
	f.Values = slices.DeleteFunc(slices.Clone(f.Values), func(v string) bool { return strings.TrimSpace(v) == "" })
	if f.Error == "" {
		f.Error = p.missing("gap.verify")
	}
	return f
}

// clauseOf is the clause that a gap stands for.
func clauseOf(gap string) string {
	switch gap {
	case "gap.done", "gap.why":
		return "N11"
	case "gap.needed":
		return "N28"
	case "gap.stuck", "gap.doing", "gap.next":
		return "N30"
	case "gap.intake":
		return "N15"
	case "gap.read_back":
		return "N18"
	case "gap.grade":
		return "N22"
	case "gap.form_record", "gap.form_accept", "gap.form_hand_over", "gap.form_resolve":
		return "N21"
	case "gap.confirmed":
		return "N35"
	case "gap.closure":
		return "N36"
	}
	return ""
}

// zoneOf is the part of the page that a form stands in; the composers are their own.
func zoneOf(spot string) string {
	zone, _, _ := strings.Cut(spot, "-")
	return zone
}

func isDeviation(spot string) bool { return strings.Contains(spot, "-"+devKind) }

// placeOf makes the place that a refused form names.
func (s *sheet) placeOf(spot string) place {
	zone, kind, _ := strings.Cut(spot, "-")
	return s.place(zone, kind)
}

func draftWord(s *sheet) string {
	_, saved := s.draft(ticket.CmdResolve)
	return saved
}

// ways names how the requester gets what is sent.
func (s *sheet) ways() string {
	if s.mails {
		return s.T("workticket.ways_mail")
	}
	return s.T("norm.by_portal")
}

// dotted joins what is there with a dot between.
func dotted(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// dialled keeps of a telephone number what a telephone understands.
func dialled(phone string) string {
	return strings.Map(func(r rune) rune {
		if (r >= '0' && r <= '9') || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// othersWord counts the requester's other tickets.
func (s *sheet) othersWord() string {
	if s.more {
		return s.T("workticket.others_more", "Count", len(s.others))
	}
	return s.T("workticket.others", "Count", len(s.others))
}

// linkRow is another ticket that has to do with this one.
type linkRow struct{ Ref, Subject, Kind string }

func (s *sheet) linkRows() []linkRow {
	var out []linkRow
	for _, l := range s.t.Detail.Links {
		r := linkRow{Ref: ticket.Ref(l.Number), Kind: s.T("workticket.link_" + l.Kind)}
		if o, err := s.f.Tickets.Get(s.c.Context(), s.c.Actor, ticket.Target{ID: l.Ticket}); err == nil {
			r.Subject = o.Subject
		}
		out = append(out, r)
	}
	return out
}

func sentTone(state notify.State) string {
	switch state {
	case notify.Sent:
		return ui.OK
	case notify.Failed, notify.Bounced:
		return ui.Danger
	case notify.Queued:
		return ui.Brand
	case notify.Skipped:
	}
	return ui.Neutral
}

func sentAt(d notify.Delivery) time.Time {
	switch {
	case !d.SentAt.IsZero():
		return d.SentAt
	case !d.TriedAt.IsZero():
		return d.TriedAt
	}
	return d.CreatedAt
}

// speaks names the language in which somebody is written to, by its own name.
func speaks(p person.Person) string {
	lang, ok := i18n.Known(p.Lang)
	if !ok {
		lang = i18n.ZH
	}
	return i18n.T(lang, "ui.language_name")
}

// marksRecorded reports whether something is wrong with an element that was recorded before.
func (p place) marksRecorded() bool {
	for _, e := range ticket.Elements() {
		if p.s.t.Detail.Intake[e].Filled() && (p.Form.Mark(string(e)) != "" || p.Form.Mark(string(e)+"_reason") != "") {
			return true
		}
	}
	return false
}

// lookUp shows, while a number is being typed, which ticket it is.
func lookUp(s *sheet, a templ.Attributes) {
	a["hx-get"], a["hx-trigger"], a["hx-target"], a["hx-swap"] = s.at("other"), "input changed delay:300ms, change", "#other", "outerMorph"
	a["hx-sync"] = "closest .form:replace" // to leave a field asks, too, and what was chosen after it counts
}
