// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/escalation"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// raisedLine tells an escalation: which clock, who was told, as what.
func (s *sheet) raisedLine(e escalation.Entry) string {
	var who []string
	for _, x := range e.Told {
		who = append(who, s.T("workmajor.told", "Name", s.name(x.Person), "As", s.T("escalation.as_"+string(x.As))))
	}
	names := strings.Join(who, s.T("workmajor.comma"))
	if names == "" {
		names = s.T("workmajor.told_nobody")
	}
	clock := s.T("escalation.clock_" + e.Clock)
	text := ""
	switch {
	case e.Clock == escalation.ClockDeclared:
		text = s.T("workmajor.line_declared", "Who", names)
	case e.Due.After(e.At):
		text = s.T("workmajor.line_near", "Clock", clock, "Due", s.c.Clock(e.Due), "Who", names)
	default:
		text = s.T("workmajor.line_over", "Clock", clock, "Due", s.c.Clock(e.Due), "Who", names)
	}
	if e.Gap {
		text += s.T("workmajor.line_gap")
	}
	if e.Passed > 0 {
		text += s.T("workmajor.line_passed", "Count", e.Passed)
	}
	return text
}

// publicHelp says who will read a public incident.
func publicHelp(f page.Frame, v majorView) string {
	if v.Public {
		return f.T("workmajor.public_all")
	}
	return f.T("workmajor.public_signed_in")
}
