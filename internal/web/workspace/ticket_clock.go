// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// clockSheet explains one clock of a ticket, line by line (N23, N29).
type clockSheet struct {
	*sheet
	Clock  sla.Clock
	Due    string // or that it rests, or when it stopped
	State  string
	Tone   string
	Left   string
	Policy []string
	Start  []clockLine
	Steps  []clockLine
}

// clockLine is one line of the reckoning.
type clockLine struct {
	Text   string
	Icon   string
	Tone   string // text colour class of the sign
	Dim    bool   // it counts nothing
	Last   bool
	Length string // what it adds
	Total  string // what was used by then
	Used   string // the same in minutes, for the bar
	Goal   string
	Event  *clockEvent // where it begins
	Ended  *clockEvent // where it ends
}

// clockEvent is a fact that a line comes from.
type clockEvent struct {
	Text string
	Href string
}

// clockPage answers why a clock is due when it is.
func (f *Faces) clockPage(c *page.Ctx) error {
	s, err := f.sheetOf(c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(s.clocks, func(x sla.Clock) bool { return string(x.Name) == c.Path("name") })
	if i < 0 {
		return errs.New(errs.NotFound, "workclock.none")
	}
	v := s.explain(s.clocks[i].Traced(s.entries))
	fr := c.Frame(s.T("workclock.title", "Clock", s.clockWord(v.Clock.Name), "Ref", s.t.Ref())).Listen("person", s.topic())
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Rail: true, Keys: keyMap(fr)}
	return c.Render(http.StatusOK, framed(w, clockPage(v)))
}

func (s *sheet) clockWord(name sla.Name) string { return s.T("sla.clock_" + string(name)) }

func (s *sheet) explain(c sla.Clock) clockSheet {
	v := clockSheet{sheet: s, Clock: c, Due: s.c.Moment(c.Due)}
	v.State, v.Tone = s.T("workclock.state_"+string(c.State)), stateTone(c.State)
	switch c.State {
	case sla.Paused:
		v.Due = s.T("workclock.no_due")
	case sla.Met, sla.Missed:
		v.Left = s.T("workclock.stopped", "At", s.c.Moment(c.Stopped))
	case sla.Running, sla.Over:
		v.Left = s.T("workclock.left", "Length", s.lengthOf(c.Left, c.Working))
		if c.Left < 0 {
			v.Left = s.T("workclock.late", "Length", s.lengthOf(-c.Left, c.Working))
		}
	}
	for _, l := range c.Policy {
		v.Policy = append(v.Policy, s.said1(l))
	}
	for _, l := range c.Why {
		if !strings.HasPrefix(l.Key, "sla.why_paused") && l.Key != "sla.why_tried" {
			v.Start = append(v.Start, s.clockLine(l))
		}
	}
	used := time.Duration(0)
	for i, l := range c.Days {
		x := s.clockLine(l)
		if n := counts(l); n > 0 {
			used += n
			x.Length = "+" + s.lengthOf(n, true)
		}
		x.Total, x.Used, x.Goal = s.lengthOf(used, true), inMinutes(used), inMinutes(c.Goal)
		x.Last = i == len(c.Days)-1
		v.Steps = append(v.Steps, x)
	}
	return v
}

func inMinutes(d time.Duration) string { return strconv.Itoa(int(d / time.Minute)) }

// counts is what a line adds to what is used up.
func counts(l sla.Line) time.Duration {
	switch {
	case l.Part.Key == "calendar.line_clocks": // said of a day that was counted
		return 0
	case l.Part.Key != "":
		return l.Part.Length
	case l.Key == "sla.why_counts":
		return l.Length
	}
	return 0
}

func (s *sheet) said1(l sla.Line) string { return l.Text(s.c.Lang, s.c.Now, s.c.Zone) }

// lengthOf writes a length, in hours where its calendar rests.
func (s *sheet) lengthOf(d time.Duration, working bool) string {
	if working {
		return calendar.Worked(s.c.Lang, d)
	}
	return i18n.Duration(s.c.Lang, d)
}

func (s *sheet) clockLine(l sla.Line) clockLine {
	x := clockLine{Text: s.said1(l), Event: s.clockEvent(l.Event), Ended: s.clockEvent(l.Ended)}
	x.Icon, x.Tone, x.Dim = lineSign(l)
	return x
}

// clockEvent tells a fact with who caused it and when.
func (s *sheet) clockEvent(which int64) *clockEvent {
	for _, e := range s.entries {
		if e.Record.ID == which && which != 0 {
			text := s.T("workclock.event", "Who", s.actor(e.Record.Meta).Name, "What", s.caused(e.Record.Name), "At", s.c.Moment(e.Record.Meta.At))
			return &clockEvent{Text: text, Href: s.home() + "#" + entryID(which)}
		}
	}
	return nil
}

// caused names a fact that begins or ends a stretch.
func (s *sheet) caused(name string) string {
	_, word, _ := strings.Cut(name, ".")
	return s.T("workclock.fact_" + word)
}

// lineSign is the sign of a line, its colour, and whether it counts nothing.
func lineSign(l sla.Line) (icon, tone string, dim bool) {
	switch l.Key {
	case "calendar.line_make_up":
		return "calendar-check", "text-warn", false
	case "calendar.line_own":
		return "calendar", "text-warn", false
	case "calendar.line_holiday", "calendar.line_holiday_run", "calendar.line_closed", "calendar.line_closed_run":
		return "calendar-off", "text-brand", true
	case "calendar.line_rest", "calendar.line_rest_run", "calendar.line_after":
		return "minus", "text-fg3", true
	case "calendar.line_unknown":
		return "triangle-alert", "text-warn", true
	case "sla.why_paused", "sla.why_paused_now", "sla.why_paused_late", "sla.why_tried":
		return "pause", "text-fg2", true
	case "sla.why_due":
		return "flag", "text-brand", false
	case "sla.why_left":
		return "hourglass", "text-fg2", false
	}
	return "check", "text-ok", false
}

func stateTone(s sla.State) string {
	switch s {
	case sla.Met:
		return ui.OK
	case sla.Missed, sla.Over:
		return ui.Danger
	case sla.Paused:
		return ui.Line
	case sla.Running:
	}
	return ui.Brand
}

// clockTabs lead to the other clocks of the ticket.
func (v clockSheet) clockTabs() []ui.Link {
	var out []ui.Link
	for _, c := range v.clocks {
		out = append(out, ui.Link{Label: v.clockWord(c.Name), Href: v.at("clock/" + string(c.Name)), Current: c.Name == v.Clock.Name})
	}
	return out
}
