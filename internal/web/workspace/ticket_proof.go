// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// proofTone is the colour of a verdict and the sign beside it; the words say it too.
func proofTone(p ticket.Proof) (tone, icon string) {
	switch p.Verdict {
	case ticket.Verified:
		return ui.OK, "shield-check"
	case ticket.Forged:
		return ui.Danger, "shield-x"
	case ticket.Unverified:
		return ui.Warn, "shield-alert"
	case ticket.Unchecked:
		if p.Why != "nobody" {
			return ui.Warn, "shield-alert"
		}
	}
	return ui.Neutral, "shield-question-mark"
}

// proofAside stands in the head of a card whose sender is in doubt; nil where nothing presses.
// A desk on which nobody checks says so below each mail, and shouts at none.
func (s *sheet) proofAside(p ticket.Proof) templ.Component {
	tone, icon := proofTone(p)
	if tone == ui.OK || tone == ui.Neutral {
		return nil
	}
	return ui.Chip(tone, icon, s.T("workticket.proof_"+string(p.Verdict)))
}

// proofSentence says what a verdict rests on.
func proofSentence(f page.Frame, p ticket.Proof) string {
	key := "workticket.proof_why_" + string(p.Verdict)
	if p.Verdict == ticket.Unchecked {
		key += "_" + p.Why
	}
	return f.T(key, "Domain", p.From)
}

// proofFact is one method with what it said.
type proofFact struct{ Name, Text string }

// proofFacts are the methods in the words of those who run mail servers.
func proofFacts(f page.Frame, p ticket.Proof) []proofFact {
	var out []proofFact
	for _, x := range []struct {
		name string
		ticket.Check
	}{{"SPF", p.SPF}, {"DKIM", p.DKIM}, {"DMARC", p.DMARC}} {
		if x.Result == "" {
			continue
		}
		text := x.Result
		if x.Domain != "" {
			text += " · " + x.Domain
		}
		if x.name == "DMARC" && p.Policy != "" {
			text += " · p=" + p.Policy
		}
		out = append(out, proofFact{x.name, text})
	}
	if len(out) == 0 {
		return nil
	}
	if p.By != "" {
		return append(out, proofFact{f.T("workticket.proof_by"), p.By})
	}
	return append(out, proofFact{f.T("workticket.proof_by"), f.T("workticket.proof_by_us")})
}

// heldName is who a held mail says it is from: always with the address, for a name proves nothing (S12).
func heldName(h intake.HeldMail) string {
	if h.Author.Name != "" && !strings.EqualFold(h.Author.Name, h.Entry.Author) {
		return h.Author.Name + " <" + h.Entry.Author + ">"
	}
	return h.Entry.Author
}

func heldAddress(h intake.HeldMail) string { return quarantinePath + "/" + key(int64(h.ID)) }

// letInVariant keeps the press that lets a forgery in from looking like the next thing to do.
func letInVariant(p ticket.Proof) string {
	if p.Verdict == ticket.Forged {
		return "ghost"
	}
	return "outline"
}
