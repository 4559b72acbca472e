// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// did is the one or two words for a fact in the summary of a fold.
func (s *sheet) did(f ticket.Fact) string {
	_, name, _ := strings.Cut(f.EventName(), ".")
	return s.T("workticket.did_" + name)
}

// lines tell a fact that carries no words of its own, one sentence a change. Facts that stand
// as cards have none.
func (s *sheet) lines(before, now ticket.Ticket, e ticket.Entry) []string {
	who := s.actor(e.Record.Meta).Name
	one := func(key string, args ...any) []string { return []string{s.T(key, append(args, "Who", who)...)} }
	switch fact := e.Fact.(type) {
	case ticket.Acknowledged:
		return one("workticket.line_acknowledged", "Channel", s.channel(fact.Channel), "Time", s.c.Clock(fact.ExpectBy))
	case ticket.Accepted:
		kept := ""
		if fact.Kept(e.Record.Meta) {
			kept = "kept"
		}
		return one("workticket.line_accepted", "Name", s.name(fact.Owner), "Case", kept)
	case ticket.Assigned:
		return s.assigned(before, fact, who)
	case ticket.Classified:
		return s.classified(before, now, who)
	case ticket.Graded:
		return s.graded(fact, who)
	case ticket.Noted:
		return one("workticket.line_noted", "What", s.elements(fact))
	case ticket.Guided:
		return s.guided(fact, one)
	case ticket.AskedFor:
		return one("workticket.line_asked", "What", s.join(labels(fact.Wants)))
	case ticket.FormFilled:
		return s.answered(before, now, who)
	case ticket.ReadBackAsked:
		return one("workticket.line_read_back_asked")
	case ticket.ReadBackWrong:
		return one("workticket.line_read_back_wrong", "Words", fact.Words)
	case ticket.CallPromised:
		return one("workticket.line_call_promised", "Time", s.c.Moment(fact.Call.At), "Number", fact.Call.Number, "Name", s.callWho(fact.Call))
	case ticket.ReadBackDone:
		if fact.How != "" {
			return one("workticket.line_read_back_own")
		}
		return one("workticket.line_read_back", "Have", len(fact.Items), "All", len(ticket.Elements()))
	case ticket.Held:
		if fact.Stuck != "" || fact.Doing != "" {
			return nil
		}
		if fact.Next.IsZero() {
			return one("workticket.line_held", "What", s.T("workticket.waits_"+string(fact.Reason)))
		}
		return one("workticket.line_held_until", "What", s.T("workticket.waits_"+string(fact.Reason)), "Time", s.c.Moment(fact.Next))
	case ticket.VendorSilent:
		return one("workticket.line_vendor_silent", "What", s.vendorWords(fact.Vendor))
	case ticket.Resumed:
		return one("workticket.line_resumed_" + fact.Because)
	case ticket.UserConfirmed:
		if fact.Confirmation.Evidence != "" {
			return nil
		}
		return one("workticket.line_confirmed", "Channel", s.T("norm.by_"+fact.Confirmation.How))
	case ticket.Reminded:
		return one("workticket.line_reminded", "Count", fact.Nth)
	case ticket.Paced:
		if fact.Minutes == 0 {
			return one("workticket.line_paced_over")
		}
		return one("workticket.line_paced", "Minutes", fact.Minutes)
	case ticket.TimeUp:
		return one("workticket.line_time_up")
	case ticket.Archived:
		return one("workticket.line_archived")
	case ticket.Ended:
		return s.ended(now, fact, who)
	case ticket.Deviated:
		return one("workticket.line_deviated", "Clause", fact.Clause, "What", s.T(fact.Gap), "Reason", fact.Reason)
	}
	return s.lineBeside(e, one)
}

// lineBeside tells what happened around a ticket: who follows it, what it has to do with others,
// what became of mails about it.
func (s *sheet) lineBeside(e ticket.Entry, one func(key string, args ...any) []string) []string {
	switch fact := e.Fact.(type) {
	case ticket.ParticipantAdded:
		if fact.Address != "" {
			return one("workticket.line_participant_named", "Address", fact.Address)
		}
		return one("workticket.line_participant_added", "Name", s.name(fact.Person))
	case ticket.ParticipantRemoved:
		switch {
		case fact.Self:
			return one("workticket.line_participant_left")
		case fact.Address != "":
			return one("workticket.line_participant_unnamed", "Address", fact.Address)
		}
		return one("workticket.line_participant_removed", "Name", s.name(fact.Person))
	case ticket.LeftOut:
		return one("workticket.line_left_out", "Address", fact.Address)
	case ticket.Approval:
		return s.approvalLine(fact)
	case ticket.TakenOver:
		return one("workticket.line_taken_over", "Name", s.name(fact.Assignee))
	case ticket.HandOverRefused:
		return one("workticket.line_hand_over_refused", "Group", s.group(fact.To), "Reason", fact.Reason)
	case ticket.PassedAround:
		return one("workticket.line_passed_around", "Count", fact.Count, "First", s.group(fact.Groups[0]), "Second", s.group(fact.Groups[1]))
	case ticket.TakenBack:
		return one("workticket.line_taken_back")
	case ticket.LinkedTo:
		return one("workticket.line_linked_"+fact.Link.Kind, "Ref", ticket.Ref(fact.Link.Number))
	case ticket.MailHeld:
		return one("workticket.line_mail_held", "Address", fact.Address, "Reason", s.T(fact.Reason))
	case ticket.Rated:
		if fact.Comment == "" {
			return one("workticket.line_rated", "Score", fact.Score, "Word", s.T("workticket.score_"+strconv.Itoa(fact.Score)))
		}
		return nil
	case ticket.Diagnosed:
		return one("workticket.line_diagnosed", "Line", fact.Line, "Words", fact.Finding.Words(), "Judgement", s.T("workticket.judgement_"+string(fact.Finding.Judgement)))
	case ticket.DeedDone:
		return s.deedLine(fact, one)
	case ticket.DeviceTied:
		return one("workdevice.line_tied", "Tag", fact.Device.Tag, "Label", fact.Device.Label)
	case ticket.DeviceUntied:
		return one("workdevice.line_untied", "Tag", fact.Device.Tag)
	case ticket.VisitStepped:
		return s.visitLine(fact, one)
	case ticket.RemoteAsked, ticket.RemoteAgreed, ticket.RemoteStarted, ticket.RemotePictured, ticket.RemoteEnded:
		return s.remoteLine(fact, one)
	case ticket.OriginalOpened:
		return one("workticket.line_original_opened", "ID", fact.Inbound)
	}
	return nil
}

func (s *sheet) assigned(before ticket.Ticket, f ticket.Assigned, who string) []string {
	var out []string
	if f.Owner != 0 {
		out = append(out, s.changed("workticket.owner", s.name(before.Owner), s.name(f.Owner), who))
	}
	if f.Assignee != 0 {
		out = append(out, s.changed("workticket.assignee", s.name(before.Assignee), s.name(f.Assignee), who))
	}
	if f.Group != 0 {
		out = append(out, s.changed("workticket.group", s.group(before.Group), s.group(f.Group), who))
	}
	return out
}

func (s *sheet) classified(before, now ticket.Ticket, who string) []string {
	var out []string
	if before.Category != now.Category {
		out = append(out, s.changed("workticket.category", s.category(before), s.category(now), who))
	}
	if before.Service != now.Service {
		out = append(out, s.changed("workticket.service", s.service(before), s.service(now), who))
	}
	if before.Subject != now.Subject {
		out = append(out, s.changed("workticket.subject", before.Subject, now.Subject, who))
	}
	if len(out) == 0 {
		out = append(out, s.T("workticket.line_classified", "Who", who))
	}
	return out
}

// changed tells one fact that became another; the one before stays in the history (N21).
func (s *sheet) changed(what, from, to, who string) string {
	if from == "" {
		return s.T("workticket.line_set", "Who", who, "What", s.T(what), "To", orDash(to))
	}
	return s.T("workticket.line_changed", "Who", who, "What", s.T(what), "From", from, "To", orDash(to))
}

func (s *sheet) graded(f ticket.Graded, who string) []string {
	line := s.T("workticket.line_graded", "Who", who, "Priority", f.Priority.String(), "Why", s.graphic(f))
	if f.Priority != f.Computed {
		line = s.T("workticket.line_overridden", "Who", who, "Priority", f.Priority.String(), "Computed", f.Computed.String(), "Reason", f.Reason)
	}
	return []string{line}
}

// graphic writes the three answers as facts: 核心业务 · 影响一个小组 · 勉强可用.
func (s *sheet) graphic(f ticket.Graded) string {
	words := []string{s.T("workticket.affected_" + string(f.Answers.Affected)), s.T("workticket.halt_" + string(f.Answers.Halt))}
	if f.Answers.Core {
		words = append([]string{s.T("workticket.core")}, words...)
	}
	return strings.Join(words, " · ")
}

// elements names what was recorded.
func (s *sheet) elements(f ticket.Noted) string {
	var names []string
	for _, e := range ticket.Elements() {
		if _, ok := f.Intake[e]; ok {
			names = append(names, s.T("workticket.element_"+string(e)))
		}
	}
	return s.join(names)
}

func (s *sheet) ended(now ticket.Ticket, f ticket.Ended, who string) []string {
	if f.As == ticket.Duplicate {
		for _, l := range now.Detail.Links {
			if l.Ticket == f.Into {
				return []string{s.T("workticket.line_merged", "Who", who, "Ref", ticket.Ref(l.Number))}
			}
		}
	}
	line := s.T("workticket.line_ended", "Who", who, "How", s.T("workticket.closed_"+string(f.As)))
	if f.Reason != "" {
		line = s.T("workticket.line_ended_why", "Who", who, "How", s.T("workticket.closed_"+string(f.As)), "Reason", f.Reason)
	}
	return []string{line}
}

// count writes a number as the page does.
func count(n int) string { return strconv.Itoa(n) }
