// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// reply is the box for words to the requester. It names who gets them and by which way.
func (s *sheet) reply() ui.Composer {
	c := ui.Composer{
		Action: s.at("reply"), Who: s.requester.Name, Channel: s.reaches(), Placeholder: s.T("workticket.reply_hint"), After: s.afterReply(),
		Target: "#reply", Draft: s.at("draft"), Upload: "/files", Hidden: []string{"at", "reply", "version", key(s.t.Version), heardField, key(s.heardSoFar())},
	}
	s.compose(&c, "reply")
	c.Hints, c.Tools = replyHints(s, c.Value), templ.Join(textTools(s), progressTool(s))
	c.Attrs = templ.Attributes{"data-texts": s.at("texts")}
	return c
}

// note is the box for words that stay inside.
func (s *sheet) note() ui.Composer {
	c := ui.Composer{
		Note: true, Action: s.at("note"), Placeholder: s.T("workticket.note_hint"), Target: "#note", Draft: s.at("draft"), Upload: "/files",
		Hidden: []string{"at", "note"},
	}
	s.compose(&c, "note")
	c.Tools, c.After = templ.Join(textTools(s), mentionTools(s)), s.T("inbox.mention_hint")
	c.Attrs = templ.Attributes{"data-texts": s.at("texts"), "data-mentions": s.at("mentions")}
	return c
}

// compose fills a box with what was refused, else with the draft that was begun.
func (s *sheet) compose(c *ui.Composer, spot string) {
	if s.spot == spot {
		c.Value, c.Files, c.Open = s.form.Get("text"), s.form.Chips(), true
		if c.Error = s.form.Mark("text"); c.Error == "" {
			c.Error = s.form.Notice
		}
		if c.Error == "" {
			c.Error = s.form.Mark("files")
		}
		if s.form.Stale {
			c.Hints = staleHint(s)
		}
		c.Focus = s.back
		return
	}
	c.Value, c.Saved = s.draft(ticket.Name(spot))
	c.Files = page.Waiting(s.waiting(ticket.Name(spot)))
	if spot == "reply" && s.wantsProgress() {
		c.Value = strings.TrimSpace(c.Value + "\n\n" + s.suggestedProgress())
	}
	c.Open = c.Value != "" || len(c.Files) > 0
}

// reaches says where the requester gets what is written: in the portal, and by mail where
// letters leave the house.
func (s *sheet) reaches() string {
	who := s.requester.Name
	if n := len(s.t.Detail.Participants); n > 0 { // whoever writes knows who reads
		who = s.T("workticket.reply_who", "Name", who, "Count", n)
	}
	if s.mails && s.requester.Email != "" && s.requester.Active {
		return s.T("workticket.reaches_mail", "Name", who)
	}
	return s.T("workticket.reaches_portal", "Name", who)
}

// afterReply says what the clock does when the reply is sent (N29).
func (s *sheet) afterReply() string {
	if s.t.Status == ticket.Resolved || s.t.Status == ticket.Closed {
		return ""
	}
	next, owed := s.f.Clocks.AfterWord(s.t)
	if !owed {
		return s.T("workticket.after_reply_none")
	}
	return s.T("workticket.after_reply", "Time", s.c.Clock(next))
}

// nextWord is a time by which the requester may be told to hear next: when they are owed it, or
// within a day of work where no rule says.
func (s *sheet) nextWord() time.Time {
	if next, owed := s.f.Clocks.AfterWord(s.t); owed {
		return next
	}
	return s.f.Clocks.Terms(s.t).Calendar().Add(s.c.Now, 8*time.Hour)
}

// newest is the id of the last card, for who wants to see what came in meanwhile: of the words of
// others where those were not heard yet.
func (s *sheet) newest() string {
	unheard := s.form != nil && s.form.Values.Has(heardField) && s.form.Int(heardField) < s.heardSoFar()
	for i := len(s.entries) - 1; i >= 0; i-- {
		if unheard && wordsOfOthers(s.entries[i], s.c.Person.ID) != 0 || !unheard && s.entries[i].Message != nil {
			return entryID(s.entries[i].Record.ID)
		}
	}
	return "thread"
}

// actView is the form of the larger act that stands open.
func (s *sheet) actView() ui.ActView {
	p := s.place(inAct, s.act)
	words := strings.ReplaceAll(s.act, "-", "_")
	v := ui.ActView{
		Title: s.T("workticket.act_" + words), Sub: s.T("workticket.sub_"+words, "Name", s.requester.Name), Icon: actIcon(s.act), Action: p.action(), Close: s.home(),
		Hidden: []string{"at", p.ID, "version", key(s.t.Version)}, Body: actBody(p), Foot: actFoot(p), Attrs: inPlaceAttrs(p.action(), "#act"),
		Fold: templ.Attributes{"hx-get": s.at("act"), "hx-target": "#act", "hx-swap": "outerHTML"},
	}
	switch s.act {
	case "resolve":
		if p.Form.Text("solution") != "" && !p.refused() {
			v.Sub = s.T("workticket.sub_resolve_filled")
		}
		v.Above, v.Aside = gapsAbove(s), solutionPreview(s, solutionOf(p.Form))
		v.Attrs["data-draft"] = s.at("draft")
		v.Hidden = append(v.Hidden, heardField, key(s.heardSoFar()))
	case "confirm":
		v.Hidden = append(v.Hidden, "solution", count(s.t.Detail.Resolutions))
	case "hand-over":
		v.Above = firstAbove(s)
	case "hold": // whoever is waited for is told, and may just have written
		v.Above, v.Hidden = firstAbove(s), append(v.Hidden, heardField, key(s.heardSoFar()))
	case "call":
		v.Attrs["data-upload"], v.Attrs["enctype"] = "/files", "multipart/form-data"
	}
	return v
}

// menuEntry is an act in the menu. Those with Phone stand in the bar where there is room.
type menuEntry struct {
	Name  string
	Label string
	Key   string
	Phone bool
}

// menu lists the acts that make sense now.
func (s *sheet) menu() []menuEntry {
	var out []menuEntry
	add := func(name, key string, phone bool) {
		if s.may(name) {
			out = append(out, menuEntry{name, s.T("workticket.act_" + strings.ReplaceAll(name, "-", "_")), key, phone})
		}
	}
	add("hand-over", "t", true)
	add("refuse-hand-over", "", false)
	add("assign", "a", !s.may("hand-over"))
	add("hold", "h", s.t.Status == ticket.Opened)
	add("triage", "y", false)
	add("grade", "p", false)
	add("diagnose", "i", false)
	add("runbook", "b", false)
	add("call", "", false)
	add("promise-call", "", false)
	add("merge", "m", false)
	add("split", "d", false)
	add("link", "", false)
	add("device", "v", false)
	add("visit", "o", false)
	add("close", "", false)
	add("reopen", "", true)
	return out
}

func actIcon(act string) string {
	switch act {
	case "assign":
		return "user-round-check"
	case "hand-over":
		return "arrow-right-left"
	case "grade":
		return "flag"
	case "triage":
		return "sparkles"
	case "diagnose":
		return "search-check"
	case "hold":
		return "hourglass"
	case "call":
		return "phone"
	case "promise-call":
		return "phone-outgoing"
	case "merge":
		return "git-merge"
	case "split":
		return "split"
	case "link":
		return "link"
	case "runbook":
		return "route"
	case "resolve":
		return "circle-check"
	case "confirm":
		return "badge-check"
	case "archive":
		return "archive"
	case "close":
		return "ban"
	case "reopen":
		return "rotate-ccw"
	case "refuse-hand-over":
		return "undo-2"
	case "device":
		return "laptop"
	case "visit":
		return "wrench"
	}
	return ""
}

// closes is when the wait for the requester's word ends by itself (N35).
func (s *sheet) closes() string {
	return s.T("workticket.closes_unconfirmed", "Days", int(s.f.Clocks.Policy().ConfirmDays))
}

// solutionGaps are what stands before a solution besides the solution itself, in the order of
// the standard.
func (s *sheet) solutionGaps() []place {
	var out []place
	for _, g := range s.f.Tickets.Missing(s.t, ticket.CmdResolve) {
		switch g.Form {
		case "intake":
			out = append(out, s.place(inGaps, "record"))
		case "read-back", "grade":
			out = append(out, s.place(inGaps, g.Form))
		}
	}
	return out
}
