// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
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
