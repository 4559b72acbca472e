// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// progress is what a suggested word is made of: everything the requester has not heard of.
type progress struct {
	Owner    string
	Groups   []string // to which it was handed
	Looked   int      // lines of the diagnosis log that came to a result
	Approved bool
	Waits    ticket.Waiting
	Next     string // when the requester hears next, in their words; "" for never said
}

// since gathers what happened since the desk's last word to the requester. It is pure.
func since(entries []ticket.Entry, t ticket.Ticket, name func(person.ID) string, group func(person.GroupID) string) progress {
	var p progress
	for _, e := range entries {
		switch f := e.Fact.(type) {
		case ticket.Said:
			if f.Kind == ticket.Public && !f.ByRequester || f.Spoke {
				p = progress{}
			}
		case ticket.SolutionGiven:
			p = progress{}
		case ticket.Held:
			if p.Waits = f.Reason; f.Reason == ticket.Blocked { // its three answers were told
				p = progress{}
			}
		case ticket.Resumed:
			p.Waits = ""
		case ticket.Accepted:
			p.Owner = name(f.Owner)
		case ticket.HandedOver:
			if f.To != f.From {
				p.Groups = append(p.Groups, group(f.To))
			}
		case ticket.Diagnosed:
			if f.Finding.Judgement != ticket.Unclear {
				p.Looked++
			}
		case ticket.Approval:
			p.Approved = p.Approved || f.Step == ticket.ApprovalGranted
		}
	}
	if t.Status != ticket.Pending {
		p.Waits = ""
	}
	return p
}

// words writes it in the requester's language: plain sentences, no word of the trade, nothing that
// somebody wrote for colleagues (N10, N29).
func (p progress) words(lang i18n.Lang, requester string) string {
	say := func(key string, args ...any) string { return i18n.T(lang, key, args...) }
	lines := []string{say("workticket.progress_hello", "Name", requester)}
	if p.Owner != "" {
		lines = append(lines, say("workticket.progress_owner", "Name", p.Owner))
	}
	for i, g := range p.Groups {
		if i == 0 || g != p.Groups[i-1] {
			lines = append(lines, say("workticket.progress_group", "Group", g))
		}
	}
	if p.Looked > 0 {
		lines = append(lines, say("workticket.progress_looked", "Count", p.Looked))
	}
	if p.Approved {
		lines = append(lines, say("workticket.progress_approved"))
	}
	switch p.Waits {
	case ticket.ForVendor, ticket.ForApproval, ticket.ForVisit, ticket.ForRequester:
		lines = append(lines, say("workticket.progress_waits_"+string(p.Waits)))
	case ticket.Blocked, "":
		if len(lines) == 1 {
			lines = append(lines, say("workticket.progress_nothing"))
		} else {
			lines = append(lines, say("workticket.progress_goes_on"))
		}
	}
	if p.Next != "" {
		lines = append(lines, say("workticket.progress_next", "Time", p.Next))
	}
	return strings.Join(lines, "\n")
}

// suggestedProgress is a word about how it goes, for whoever writes it: offered, never sent by itself.
func (s *sheet) suggestedProgress() string {
	p := since(s.entries, s.t, s.name, s.group)
	lang, ok := i18n.Known(s.requester.Lang)
	if !ok {
		lang = s.c.Lang
	}
	if due, owed := s.f.Clocks.AfterWord(s.t); owed && due.After(s.c.Now) {
		p.Next = i18n.Moment(lang, due, s.c.Now, s.c.Zone)
	}
	return p.words(lang, s.requester.Name)
}

// putsProgress are the attributes of a link that puts the word into the reply: with a script at the
// end of what is written there, without one by a page that has it in the box.
func (s *sheet) putsProgress() templ.Attributes {
	return templ.Attributes{
		"href": string(templ.URL(s.query("", "progress=yes") + "#reply")), "data-swap": "f-reply", "data-in": "reply", "data-put": "end", "data-to": s.suggestedProgress(),
	}
}

// wantsProgress reports whether the page was asked to begin a word about how it goes.
func (s *sheet) wantsProgress() bool { return s.c.Query("progress") == "yes" && canSay(s.t) }
