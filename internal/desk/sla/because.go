// SPDX-License-Identifier: Apache-2.0

package sla

import (
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// Explain computes every clock of the ticket as it stands at now, each explained to the day.
func (b *Rulebook) Explain(t ticket.Ticket, now time.Time) []Clock {
	out := b.Clocks(t, now)
	for i, c := range out {
		c = c.explained(now)
		c.Policy = b.Because(t, c.Name)
		out[i] = c
	}
	return out
}

// Because says why the rule that holds for a clock of a ticket does, which others match too and
// why they do not, where the target comes from, and where the calendar does.
func (b *Rulebook) Because(t ticket.Ticket, name Name) []Line {
	won := b.winner(&t)
	x := b.terms(&t, won)
	out := []Line{{Key: "sla.why_base", Word: x.Priority.String()}}
	if won != nil {
		out = []Line{{Key: "sla.why_rule", Word: won.Name}}
		out = append(out, b.reasons(won, t)...)
	}
	for i := range b.rules {
		r := &b.rules[i]
		if r == won || !r.matches(&t) {
			continue
		}
		key := "sla.why_rule_below"
		switch {
		case r.named < won.named:
			key = "sla.why_rule_fewer"
		case r.below[t.Category] < won.below[t.Category]:
			key = "sla.why_rule_wider"
		}
		out = append(out, Line{Key: key, Word: r.Name})
	}
	if won != nil && (name != Confirm && won.Target.Of(name) == 0 || name == Confirm && won.ConfirmDays == 0) {
		out = append(out, Line{Key: "sla.why_rule_silent", Word: x.Priority.String()})
	}
	out = append(out, b.whyCalendar(won, t, name))
	if p := t.Detail.Pace; name == Update && p.Minutes > 0 && p.To.IsZero() {
		out = append([]Line{{Key: "sla.why_paced_first_" + p.Because}}, out...)
	}
	return out
}

// reasons are the conditions of a rule with what the ticket has.
func (b *Rulebook) reasons(r *rule, t ticket.Ticket) []Line {
	var out []Line
	for _, kind := range r.Conditions() {
		l := Line{Key: "sla.why_by_" + string(kind)}
		switch kind {
		case ByPriority:
			l.Word = t.Priority.String()
		case ByCategory:
			l.Word, l.WordEN = b.register.path(int64(t.Category), i18n.ZH), b.register.path(int64(t.Category), i18n.EN)
		case ByService:
			for _, s := range b.register.Services {
				if s.ID == t.Service {
					l.Word, l.WordEN = s.Name, s.NameEN
				}
			}
		case ByGroup:
			l.Word, l.WordEN = b.register.group(int64(t.Group))
		case ByOrganisation:
			l.Word = t.Detail.Organisation
		case BySite:
			l.Word = t.Detail.Site
		}
		out = append(out, l)
	}
	return out
}

func (b *Rulebook) whyCalendar(won *rule, t ticket.Ticket, name Name) Line {
	_, ofGroup := b.groups[t.Group]
	switch {
	case won != nil && won.calendar != nil:
		return Line{Key: "sla.why_calendar_rule", Word: won.Name}
	case name != Confirm && b.P1Always && t.Priority == 1:
		return Line{Key: "sla.why_calendar_p1"}
	case ofGroup:
		l := Line{Key: "sla.why_calendar_group"}
		l.Word, l.WordEN = b.register.group(int64(t.Group))
		return l
	case b.Calendar == calendar.AlwaysName:
		return Line{Key: "sla.why_calendar_always"}
	}
	return Line{Key: "sla.why_calendar_policy"}
}

func (r Register) group(which int64) (zh, en string) {
	for _, g := range r.Groups {
		if int64(g.ID) == which {
			return g.Name, g.NameEN
		}
	}
	return "", ""
}

// path names a category below its ancestors.
func (r Register) path(which int64, lang i18n.Lang) string {
	var names []string
	for range 10 {
		found := false
		for _, c := range r.Categories {
			if int64(c.ID) == which && which != 0 {
				names, which, found = append([]string{c.Label(string(lang))}, names...), int64(c.Parent), true
				break
			}
		}
		if !found {
			break
		}
	}
	return strings.Join(names, " / ")
}
