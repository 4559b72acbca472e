// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/visit"
)

// letters counts the letters to somebody that hold the words, when all that waits for company has left.
func (o *office) letters(who person.Person, words string) (n int) {
	o.Helper()
	o.RunJobs()
	o.Advance(10 * time.Minute)
	for _, m := range o.Mailbox(who.Email) {
		if strings.Contains(m.Text(), words) {
			n++
		}
	}
	return n
}

// silent lets a vendor not answer by the time that they named.
func (o *office) silent() {
	o.Helper()
	now := o.Clock.Now()
	o.do(o.lead, ticket.HoldFor{Reason: ticket.ForVendor, Next: now.Add(3 * time.Hour), Vendor: ticket.Vendor{Name: "惠普", Case: "4711", By: now.Add(time.Hour)}})
	o.Advance(61 * time.Minute)
	o.do(o.lead, ticket.Resume{})
}

// forged holds a mail beside the ticket that says that it is the requester's and is not.
func (o *office) forged() {
	o.Helper()
	held := ticket.KeepOut{Inbound: 1, Author: o.user.ID, Address: o.user.Email, Reason: "intake.reply_forged", Forged: true}
	if _, err := o.Tickets.Do(o.Context(), access.Desk(), ticket.Target{ID: o.t.ID}, held); err != nil {
		o.Fatal(err)
	}
}

// What stands still on a ticket whose people left is mailed to who can act, as what the requester says of
// it is: the inbox leaves it to the letter. While its agent is here, to them alone.
func TestN12_N29_WhoStandsInHasALetterOfWhatStandsStill(t *testing.T) {
	t.Parallel()
	offices(t, func(o *office) {
		trouble := map[string]func(){"的厂商答复时间已过": o.silent, "发件人没有得到核实": o.forged}
		for says, happens := range trouble {
			happens()
			if a, l := o.letters(o.agent, says), o.letters(o.lead, says); a != 1 || l != 0 {
				o.Errorf("%s: %d letters to the agent, %d to who leads", says, a, l)
			}
		}
		o.leaves(o.agent)
		for says, happens := range trouble {
			happens()
			if n := o.letters(o.lead, says); n != 1 {
				o.Errorf("%s: %d letters to who leads after the agent left", says, n)
			}
		}
	})
}

// How an approval ended is told to whoever has the ticket where nobody who asked for it works here any
// more, and to who stands in for them where they left, too: what waits for it must go on.
func TestN12_N31_TheEndOfAnApprovalIsToldWhereItsAskerLeft(t *testing.T) {
	t.Parallel()
	for name, both := range map[string]bool{"the asker": false, "the agent, too": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			offices(t, func(o *office) {
				asker, approver := o.Somebody(access.Agent), o.Somebody(access.Requester)
				a, err := o.Approvals.Ask(o.Context(), apptest.Actor(asker, "web"), ticket.Target{ID: o.t.ID}, approval.Ask{
					Subject: approval.Subject{Title: "换硬盘", Content: "换硬盘"}, Levels: []approval.AskLevel{{People: []person.ID{approver.ID}}}, Hold: true,
				})
				if err != nil {
					o.Fatal(err)
				}
				o.RunJobs()
				o.leaves(asker)
				heir := o.agent
				if both {
					o.leaves(o.agent)
					heir = o.lead
				}
				if _, err := o.Approvals.Decide(o.Context(), apptest.Actor(approver, "portal"), a.ID, approval.Decision{Yes: true}); err != nil {
					o.Fatal(err)
				}
				n := o.letters(heir, "的审批已批准")
				if !o.hears(heir, (ticket.Approval{}).EventName()) || n != 1 {
					o.Errorf("%s has it on the page: %v, and %d letters", heir.Name, o.hears(heir, (ticket.Approval{}).EventName()), n)
				}
				if !both && o.hears(o.lead, (ticket.Approval{}).EventName()) {
					o.Error("who leads is told while the agent is here")
				}
			})
		})
	}
}

// What the requester answers to a visit whose people left is told to who can act.
func TestN12_N27_WhoStandsInHearsTheAnswerToAVisit(t *testing.T) {
	t.Parallel()
	for _, act := range []visit.Act{visit.Pick, visit.Refuse} {
		t.Run(string(act), func(t *testing.T) {
			t.Parallel()
			offices(t, func(o *office) {
				from := o.Clock.Now().Add(48 * time.Hour)
				wish := visit.Wish{Act: visit.Propose, Engineer: o.agent.ID, Times: []ticket.Span{{From: from, To: from.Add(time.Hour)}}, Place: "A座 301", Purpose: "换搓纸轮", Zone: "Asia/Shanghai"}
				v, err := o.Visits.Propose(o.Context(), apptest.Actor(o.agent, "web"), ticket.Target{ID: o.t.ID}, wish)
				if err != nil {
					o.Fatal(err)
				}
				o.RunJobs()
				o.leaves(o.agent)
				if _, err := o.Visits.Do(o.Context(), apptest.Actor(o.user, "portal"), v.ID, visit.Wish{Act: act, Pick: 1, Why: "那天不在"}); err != nil {
					o.Fatal(err)
				}
				n := o.letters(o.lead, o.user.Name+"回复了")
				if !o.hears(o.lead, (ticket.VisitStepped{}).EventName()) || n != 1 {
					o.Errorf("who leads has it on the page: %v, and %d letters", o.hears(o.lead, (ticket.VisitStepped{}).EventName()), n)
				}
			})
		})
	}
}
