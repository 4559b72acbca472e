// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// The zones of the page in which the same form may stand: in the rail, beside a fact, above
// the solution, in place of the composers.
const (
	inRail = "rail"
	inFact = "fact"
	inGaps = "gap"
	inAct  = "act"
)

// devKind begins the kind of a form that records a deviation; the gap's name follows.
const devKind = "dev-"

// place is a form where it stands. Its id says zone and kind, "rail-grade", comes back with
// the form, and finds the same place again when the command was refused.
type place struct {
	s    *sheet
	ID   string
	Zone string
	Kind string
	Gap  string // of a deviation, or what this form fills
	Form *page.Form
}

// place makes the form of a kind in a zone: as it was typed if it is the one that was
// refused, else filled with what is known.
func (s *sheet) place(zone, kind string) place {
	p := place{s: s, ID: zone + "-" + kind, Zone: zone, Kind: kind, Gap: gapOf(kind)}
	if kind == "fill" {
		p.Gap = s.formGap()
	}
	if p.refused() {
		p.Form = s.form
	} else {
		p.Form = s.known(kind)
	}
	return p
}

func (p place) refused() bool { return p.s.spot == p.ID }

// refusedDev reports whether the deviation that belongs to this form was refused.
func (p place) refusedDev() bool { return p.Gap != "" && p.s.spot == p.deviation().ID }

// deviation is the form that leaves the same gap out with a reason.
func (p place) deviation() place {
	return p.s.place(p.Zone, devKind+strings.TrimPrefix(p.Gap, "gap."))
}

// gapOf names the gap that a form fills, "" where it fills none.
func gapOf(kind string) string {
	if name, ok := strings.CutPrefix(kind, devKind); ok {
		return "gap." + name
	}
	switch kind {
	case "record":
		return "gap.intake"
	case "read-back":
		return "gap.read_back"
	case "grade":
		return "gap.grade"
	case "confirm":
		return "gap.confirmed"
	case "archive":
		return "gap.closure"
	}
	return ""
}

// command is the command that a kind of form gives.
func (p place) command() ticket.Name {
	switch p.Kind {
	case "owner", "assignee", "group":
		return ticket.CmdAssign
	case "category", "service", "subject":
		return ticket.CmdClassify
	}
	if strings.HasPrefix(p.Kind, devKind) {
		return ticket.CmdDeviate
	}
	return ticket.Name(p.Kind)
}

func (p place) action() string { return p.s.at(string(p.command())) }

// spotOf reads where a form stood; what no page of ours writes counts as the act's own form.
func spotOf(form *page.Form, cmd ticket.Name) string {
	at := form.Get("at")
	zone, kind, _ := strings.Cut(at, "-")
	switch {
	case at == "reply" && cmd == ticket.CmdReply, at == "note" && cmd == ticket.CmdNote:
		return at
	case slices.Contains([]string{inRail, inFact, inGaps, inAct}, zone) && slices.Contains(kinds(), kind) && (place{Kind: kind}).command() == cmd:
		return at
	case cmd == ticket.CmdReply || cmd == ticket.CmdNote:
		return string(cmd)
	}
	return inAct + "-" + string(cmd)
}

// kinds are the forms that stand in more than one zone, or in another than the act's.
func kinds() []string {
	out := append(acts(), "record", "read-back", "fill", "ask", "owner", "assignee", "group", "category", "service", "subject")
	for _, gap := range []string{"intake", "read_back", "grade", "verify", "cause", "prevention", "closure", "form_record", "form_accept", "form_hand_over", "form_resolve", "first_line"} {
		out = append(out, devKind+gap)
	}
	return out
}

// acts are the larger forms that open in place of the composers.
func acts() []string {
	return []string{
		"triage", "assign", "hand-over", "refuse-hand-over", "grade", "diagnose", "hold", "call", "promise-call",
		"merge", "split", "link", "device", "visit", "resolve", "confirm", "archive", "close", "reopen",
	}
}

// actOf names the act in which a refused form stood, "" where it stood elsewhere.
func actOf(spot string) string {
	zone, kind, _ := strings.Cut(spot, "-")
	switch {
	case zone == inGaps, zone == inAct && strings.HasPrefix(kind, devKind):
		return string(ticket.CmdResolve)
	case zone == inAct:
		return kind
	}
	return ""
}

// id is the id of a field in this place.
func (p place) id(name string) string { return p.ID + "-" + name }

// field is a field with what was typed and what is wrong with it.
func (p place) field(name, label string) ui.Field {
	f := ui.Field{Name: name, ID: p.id(name), Label: p.s.T(label), Value: p.Form.Get(name), Error: p.Form.Mark(name), Attrs: templ.Attributes{}}
	if p.Zone == inAct && !p.refused() && name == first(p.Kind) {
		f.Attrs["autofocus"] = true
	}
	return f
}

// first is the field that takes the focus when a larger act opens.
func first(kind string) string {
	switch kind {
	case "resolve":
		return "solution"
	case "triage":
		return "category"
	case "assign":
		return "assignee"
	case "hand-over":
		return "group"
	case "diagnose":
		return "hypothesis"
	case "grade":
		return "core"
	case "hold":
		return "reason"
	case "call":
		return "text"
	case "promise-call":
		return "call_at"
	case "merge":
		return "into"
	case "split":
		return "subject"
	case "link":
		return "to"
	case "device":
		return "device"
	case "visit":
		return "mode"
	case "close":
		return "as"
	case "reopen", "refuse-hand-over":
		return "reason"
	case "confirm":
		return "evidence"
	case "archive":
		return "difficulties"
	}
	return ""
}

// missing is the mark of a field that a gate asks for.
func (p place) missing(gap string) string {
	if p.Form == nil {
		return ""
	}
	for _, g := range p.Form.Gaps {
		if g.Key == gap {
			return p.s.T("workticket.still_missing", "What", g.Text)
		}
	}
	return ""
}

// attrs are what makes a form answer in place. Without a script it is a plain POST.
func (p place) attrs() templ.Attributes { return inPlaceAttrs(p.action(), "#"+p.ID) }

func inPlaceAttrs(action, target string) templ.Attributes {
	return templ.Attributes{"hx-post": action, "hx-target": target, "hx-swap": "outerMorph"}
}

// notice is the sentence above a form that was refused.
func (p place) notice() string {
	if !p.refused() {
		return ""
	}
	return p.Form.Notice
}
