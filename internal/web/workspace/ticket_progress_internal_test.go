// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func asThread(facts ...ticket.Fact) []ticket.Entry {
	var out []ticket.Entry
	for _, f := range facts {
		out = append(out, ticket.Entry{Fact: f})
	}
	return out
}

func theirName(person.ID) string       { return "林岚" }
func theirGroup(person.GroupID) string { return "网络组" }
func sinceLast(list ...ticket.Fact) progress {
	return since(asThread(list...), ticket.Ticket{Status: ticket.Opened}, theirName, theirGroup)
}

// A suggested word tells what happened since the last one and nothing before it.
func TestN29_AWordIsMadeOfWhatHappenedSinceTheLast(t *testing.T) {
	t.Parallel()
	over := ticket.HandedOver{From: 1, To: 2, Done: "内部的话", Why: "内部的话", Needed: "内部的话"}
	seen := ticket.Diagnosed{Line: 1, Finding: ticket.Finding{Check: "内部的话", Result: "x", Judgement: ticket.RuledOut}}
	said := ticket.Said{Kind: ticket.Public}
	for name, tt := range map[string]struct {
		p    progress
		want []string
		not  []string
	}{
		"all of it":          {sinceLast(ticket.Accepted{Owner: 1}, over, seen), []string{"林岚", "网络组", "1"}, []string{"内部的话"}},
		"only since then":    {sinceLast(over, said, seen), []string{"1"}, []string{"网络组"}},
		"nothing":            {sinceLast(said), []string{i18n.T(i18n.ZH, "workticket.progress_nothing")}, nil},
		"a note is none":     {sinceLast(over, ticket.Said{Kind: ticket.Internal}), []string{"网络组"}, nil},
		"theirs is none":     {sinceLast(over, ticket.Said{Kind: ticket.Public, ByRequester: true}), []string{"网络组"}, nil},
		"an approval":        {sinceLast(said, ticket.Approval{Step: ticket.ApprovalGranted, Comment: "内部的话"}), []string{i18n.T(i18n.ZH, "workticket.progress_approved")}, []string{"内部的话"}},
		"unclear is nothing": {sinceLast(said, ticket.Diagnosed{Finding: ticket.Finding{Judgement: ticket.Unclear}}), []string{i18n.T(i18n.ZH, "workticket.progress_nothing")}, nil},
	} {
		text := tt.p.words(i18n.ZH, "王海燕")
		for _, w := range tt.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is missing in\n%s", name, w, text)
			}
		}
		for _, w := range tt.not {
			if strings.Contains(text, w) {
				t.Errorf("%s tells %q:\n%s", name, w, text)
			}
		}
	}
}

// Whatever happened, no word that was written for colleagues is in it, in either language.
func TestN29_S25_NoInternalWordIsSuggested(t *testing.T) {
	t.Parallel()
	const secret = "kanarienvogel"
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOf(rapid.SampledFrom([]ticket.Fact{
			ticket.HandedOver{From: 1, To: 2, Done: secret, Why: secret, Needed: secret},
			ticket.HandOverRefused{Reason: secret},
			ticket.Deviated{Reason: secret},
			ticket.Approval{Step: ticket.ApprovalNo, Title: secret, Comment: secret},
			ticket.Approval{Step: ticket.ApprovalGranted, Title: secret},
			ticket.Held{Reason: ticket.ForVendor, Stuck: secret, Vendor: ticket.Vendor{Name: secret}},
			ticket.Diagnosed{Finding: ticket.Finding{Result: secret, Judgement: ticket.Confirms}},
			ticket.Said{Kind: ticket.Internal},
			ticket.Resumed{},
		})).Draw(t, "facts")
		p := since(asThread(facts...), ticket.Ticket{Status: rapid.SampledFrom(ticket.Statuses()).Draw(t, "status")}, theirName, theirGroup)
		for _, lang := range i18n.Langs() {
			if text := p.words(lang, "王海燕"); strings.Contains(text, secret) || strings.Contains(text, "⟦") {
				t.Fatalf("%s:\n%s", lang, text)
			}
		}
	})
}
