// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS20_N35_WhoTakesPartIsToldAndNotAsked: replies and the solution, in their language and to
// a token of their own; the question whether it works goes to the requester alone.
func TestS20_N35_WhoTakesPartIsToldAndNotAsked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		tom := r.person("Tom", "tom", access.Requester, "portal", "en")
		x := r.record("打印机没反应")
		r.do(r.agent, x, ticket.Accept{})
		r.work()
		x = r.do(r.agent, x, ticket.AddParticipant{Person: person.ID(tom.ID)})
		if got := r.work(); len(got) != 0 {
			t.Errorf("told of being added: %v", subjects(got))
		}
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "在看了"}})
		toTom := r.only(t, r.work(), "tom@example.net", 2)
		if toTom.Lang != "en" || !strings.Contains(toTom.Body.Text, "在看了") {
			t.Errorf("%s: %.200s", toTom.Lang, toTom.Body.Text)
		}
		if !strings.HasSuffix(toTom.Leave, "/leave") || toTom.List != strings.ToLower(x.Ref())+".example.org" { // RFC 8058
			t.Errorf("who follows leaves at %q, of %q", toTom.Leave, toTom.List)
		}
		own := r.links.Reply(session.Bond{Ticket: int64(x.ID), Person: tom.ID})
		if !strings.Contains(toTom.ReplyTo.Address, own) {
			t.Errorf("answers go to %s, not to %s", toTom.ReplyTo.Address, own)
		}

		r.do(tom, x, ticket.Reply{Say: ticket.Say{Text: "我这里也是"}})
		if got := r.work(); slices.ContainsFunc(got, func(m notify.Mail) bool { return m.To.Address == "tom@example.net" }) {
			t.Errorf("told of the own words: %v", subjects(got))
		}

		x = r.resolve(x)
		told := r.only(t, r.work(), "tom@example.net", 0)
		if strings.Contains(told.Body.Text, "#confirm") || strings.Contains(told.Body.Subject, string(notify.Solved)) || told.Kind != notify.ByHand {
			t.Errorf("asked instead of told: %s %.400s", told.Body.Subject, told.Body.Text)
		}
		if !strings.Contains(told.Body.Text, x.Detail.Solution.Text) {
			t.Errorf("the solution is missing: %.400s", told.Body.Text)
		}
		x = r.do(r.requester, x, ticket.Reject{Reason: "没好"})
		r.work()

		// Said while they take part, and off the ticket before the letter leaves.
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "最后一句"}})
		r.do(r.agent, x, ticket.RemoveParticipant{Person: person.ID(tom.ID)})
		for _, m := range r.work() {
			if m.To.Address == "tom@example.net" {
				t.Errorf("told after they were taken off: %s", m.Body.Subject)
			}
		}
	})
}

// TestN30_N35_S20_WhoTakesPartIsToldOfWaitsAndOfTheEnd: as the requester is, in the public words, of
// the request in which they take part, with a way out; never of what is inside.
func TestN30_N35_S20_WhoTakesPartIsToldOfWaitsAndOfTheEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		tom := r.person("Tom", "tom", access.Requester, "portal", "en")
		x := r.record("打印机没反应")
		r.do(r.agent, x, ticket.Accept{})
		x = r.do(r.agent, x, ticket.AddParticipant{Person: person.ID(tom.ID)})
		r.work()
		x = r.do(r.agent, x, ticket.HoldFor{
			Reason: ticket.Blocked, Stuck: "等备件", Doing: "已催厂商", Next: r.clock.Now().Add(5 * time.Hour), Vendor: ticket.Vendor{Name: "惠普", Case: "HP-7781"},
		})
		told := r.only(t, r.work(), "tom@example.net", 2)
		for _, want := range []string{"等备件", "已催厂商", "#leave"} {
			if !strings.Contains(told.Body.Text, want) {
				t.Errorf("%q is not in %.600s", want, told.Body.Text)
			}
		}
		if strings.Contains(told.Body.Text, "HP-7781") || strings.Contains(told.Body.Text, "#confirm") {
			t.Errorf("too much: %.600s", told.Body.Text)
		}
		x = r.do(r.agent, x, ticket.Resume{})
		x = r.resolve(x)
		r.work()
		x = r.do(r.requester, x, ticket.Confirm{})
		r.do(r.agent, x, ticket.Archive{Difficulties: "无", Approach: "换了备件"})
		told = r.only(t, r.work(), "tom@example.net", 0)
		if !strings.Contains(told.Body.Text, "Template:closed") || !strings.Contains(told.Body.Text, "Reopen:0") || !strings.Contains(told.Body.Text, "Outcome:confirmed") {
			t.Errorf("the end: %.600s", told.Body.Text)
		}

		y := r.record("另一件")
		y = r.do(r.agent, y, ticket.AddParticipant{Person: person.ID(tom.ID)})
		r.work()
		r.do(r.agent, y, ticket.Close{As: ticket.Cancelled, Reason: "不需要了"})
		r.do(tom, y, ticket.Leave{})
		for _, m := range r.work() {
			if m.To.Address == "tom@example.net" {
				t.Errorf("told after they left: %s", m.Body.Subject)
			}
		}
	})
}

// TestS20_ALetterThatWaitsIsNotSentToWhoLeft: what is queued is looked at again when it leaves.
func TestS20_ALetterThatWaitsIsNotSentToWhoLeft(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		tom := r.person("Tom", "tom", access.Requester, "portal", "en")
		x := r.record("打印机没反应")
		x = r.do(r.agent, x, ticket.AddParticipant{Person: person.ID(tom.ID)})
		r.work()
		later := &notify.Refusal{Key: "notify.later", Answer: "451 try later"}
		r.post.answers = []error{later, later}
		r.do(r.agent, x, ticket.Reply{Say: ticket.Say{Text: "在看了"}})
		r.try()
		x = r.do(r.agent, x, ticket.RemoveParticipant{Person: person.ID(tom.ID)})
		r.clock.Advance(time.Hour)
		for _, m := range r.work() {
			if m.To.Address == "tom@example.net" {
				t.Errorf("sent after they were taken off: %s", m.Body.Subject)
			}
		}
		if !slices.ContainsFunc(r.log(x), func(d notify.Delivery) bool { return d.Reason == "notify.parted" }) {
			t.Errorf("the send log does not say why: %+v", r.log(x))
		}
	})
}

// only returns the one letter to an address among n (any number where 0).
func (r *desk) only(t *testing.T, list []notify.Mail, to string, n int) notify.Mail {
	t.Helper()
	var out []notify.Mail
	for _, m := range list {
		if m.To.Address == to {
			out = append(out, m)
		}
	}
	if len(out) != 1 || (n != 0 && len(list) != n) {
		t.Fatalf("%d letters to %s of %v", len(out), to, subjects(list))
	}
	return out[0]
}
