// SPDX-License-Identifier: Apache-2.0

package email

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// escalated says which clock runs out, or ran out, and why the reader is told.
func (l *letter) escalated() {
	f := l.n.Raised
	clock := l.say("escalation.clock_" + f.Clock)
	switch left := f.Due.Sub(l.n.At); {
	case f.Clock == "declared":
		l.line("mail.escalated_major", "Ref", l.n.Ref)
	case left > 0:
		l.line("mail.escalated_near", "Ref", l.n.Ref, "Clock", clock, "Left", i18n.Duration(l.n.Lang, left.Round(time.Minute)))
	default:
		l.line("mail.escalated_over", "Ref", l.n.Ref, "Clock", clock, "Late", i18n.Duration(l.n.Lang, (-left).Round(time.Minute)))
	}
	if f.Clock != "declared" && !f.Due.IsZero() {
		l.fact("mail.escalated_due", l.when(f.Due))
	}
	l.line("mail.escalated_why", "As", l.say("escalation.as_"+string(l.n.As)))
	if f.Gap {
		l.line("mail.escalated_gap")
	}
	if f.Passed > 0 {
		l.line("mail.escalated_passed", "Count", f.Passed)
	}
}
