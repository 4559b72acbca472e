// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// remoteLine tells one fact of remote help (N26): who asked, to what the requester agreed, who
// looked, how it ended and what came of it.
func (s *sheet) remoteLine(f ticket.Fact, one func(key string, args ...any) []string) []string {
	switch fact := f.(type) {
	case ticket.RemoteAsked:
		return one("workremote.line_asked")
	case ticket.RemoteAgreed:
		if fact.Pictures {
			return one("workremote.line_agreed_pictures", "Text", fact.Text)
		}
		return one("workremote.line_agreed", "Text", fact.Text)
	case ticket.RemoteStarted:
		if fact.Way == ticket.RemoteShare {
			return one("workremote.line_started_share", "Name", s.name(fact.Viewer))
		}
		if fact.With == "" {
			return one("workremote.line_started_tool", "Tool", fact.Tool)
		}
		return one("workremote.line_started_launch", "Tool", fact.Tool, "With", fact.With)
	case ticket.RemotePictured:
		return one("workremote.line_pictured", "Nth", fact.Nth)
	case ticket.RemoteEnded:
		what := s.T("workremote.way_share")
		if fact.Tool != "" {
			what = fact.Tool
		}
		out := one("workremote.line_ended", "What", what, "Reason", s.T("workremote.reason_"+fact.Reason))
		if fact.Started {
			out[0] += s.T("workremote.took", "Time", i18n.Left(s.lang(), fact.Took()))
		}
		if fact.Outcome != "" {
			out[0] += s.T("workremote.came_of_it", "Outcome", s.T("workremote.outcome_"+fact.Outcome))
		}
		if fact.Note != "" {
			out[0] += s.T("workremote.noted", "Note", fact.Note)
		}
		return out
	}
	return nil
}
