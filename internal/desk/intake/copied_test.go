// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS07_OnlyOtherPeopleAreKept: neither the desk nor the sender nor lists nor what never
// reads, each once, and at most twenty.
func TestS07_OnlyOtherPeopleAreKept(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		for name, tt := range map[string]struct {
			mail intake.Mail
			want []string
		}{
			"people": {
				intake.Mail{Copied: []string{
					"desk@example.org", "Li@Example.net", "li@example.net", "a@example.net", "noreply@example.org", "all@example.org", "dev-list@example.org",
					"x@lists.example.org", "desk+t1-2-abc@example.org", "no address", "chen@example.org",
				}},
				[]string{"li@example.net", "chen@example.org"},
			},
			"a list":     {intake.Mail{Automatic: true, Copied: []string{"li@example.net"}}, nil},
			"too many":   {intake.Mail{Copied: many(50)}, many(ticket.MaxCopied)},
			"the desk":   {intake.Mail{Copied: []string{"desk@example.org"}}, nil},
			"no address": {intake.Mail{}, nil},
		} {
			m := tt.mail
			m.FromAddr, m.Text = "a@example.net", name
			e := r.mail("desk@example.org", m)
			x := r.ticket(e.Ticket)
			if d := cmp.Diff(tt.want, r.messages(x)[0].Copied); d != "" {
				t.Errorf("%s (-want +got):\n%s", name, d)
			}
			if len(x.Detail.Participants) != 0 {
				t.Errorf("%s: somebody was added", name)
			}
		}
		if _, err := r.people.ByEmail(t.Context(), "li@example.net"); err == nil {
			t.Error("somebody was made known by being named")
		}
	})
}

// TestS07_ALetInMailProposesOtherPeopleOnly, as one that joined by itself does: the address that it
// came to holds a token of the ticket.
func TestS07_ALetInMailProposesOtherPeopleOnly(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		x := r.open("wang@example.net")
		r.proven(checked(), nil)
		e := r.mail(r.address(x), intake.Mail{
			FromAddr: "Wang@Example.net", Text: "我是本人", Copied: []string{r.address(x), "desk@example.org", "wang@example.net", "Li@Example.net", "noreply@example.org"},
		})
		r.became(e, intake.Quarantined, "", "intake.reply_unverified")
		if _, err := r.intake.LetIn(t.Context(), r.agent, e.ID); err != nil {
			t.Fatal(err)
		}
		got, err := r.tickets.Proposed(t.Context(), r.agent, r.ticket(x.ID))
		if d := cmp.Diff([]string{"li@example.net"}, got); d != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, d)
		}
	})
}

func many(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("p%d@example.net", i))
	}
	return out
}

// TestS07_ACopiedStrangerJoinsNothingByThemselves: not with the token that somebody's answer
// showed them. Once they take part they speak, with proof, and no longer after they left.
func TestS07_ACopiedStrangerJoinsNothingByThemselves(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		r.proven(checked(), map[string]ticket.Proof{"wang@example.net": pass(), "li@example.net": pass(), "eve@example.net": verdict(ticket.Unverified)})
		x := r.open("wang@example.net")
		r.mail(r.address(x), intake.Mail{FromAddr: "wang@example.net", Text: "抄送给李", Copied: []string{"li@example.net", "eve@example.net"}})
		words := len(r.said(x))

		e := r.mail(r.address(x), intake.Mail{FromAddr: "li@example.net", Text: "全部回复"})
		r.became(e, intake.Quarantined, "", "intake.reply_copied")
		x = r.do(r.agent, x, ticket.AddParticipant{Address: "li@example.net"})
		li, err := r.people.ByEmail(t.Context(), "li@example.net")
		if err != nil || li.Role != access.Requester {
			t.Fatal(li, err)
		}
		e = r.mail(r.to(x, int64(li.ID), ""), intake.Mail{FromAddr: "li@example.net", Text: "我也遇到"})
		r.became(e, intake.Done, intake.Appended, "")
		last := r.messages(x)[words]
		if last.Author != li.ID || !last.ByUser || last.Kind != ticket.Public {
			t.Errorf("%+v", last)
		}
		if now := r.ticket(x.ID); now.Requester != x.Requester {
			t.Error("the requester changed")
		}

		r.proven(checked(), map[string]ticket.Proof{"li@example.net": verdict(ticket.Unverified)})
		e = r.mail(r.to(x, int64(li.ID), ""), intake.Mail{FromAddr: "li@example.net", Text: "冒充"})
		r.became(e, intake.Quarantined, "", "intake.reply_unverified")

		r.proven(checked(), map[string]ticket.Proof{"li@example.net": pass()})
		x = r.do(r.agent, x, ticket.RemoveParticipant{Person: li.ID})
		e = r.mail(r.to(x, int64(li.ID), ""), intake.Mail{FromAddr: "li@example.net", Text: "还在吗"})
		r.became(e, intake.Quarantined, "", "intake.reply_parted")
		if n := len(r.said(x)); n != words+1 {
			t.Errorf("%d messages, want %d", n, words+1)
		}
	})
}
