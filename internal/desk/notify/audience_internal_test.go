// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

const (
	requester person.ID = 1
	owner     person.ID = 2
	assignee  person.ID = 3
	lead      person.ID = 4
)

// TestWhoIsToldWhat is the whole of who hears of what, by mail.
func TestWhoIsToldWhat(t *testing.T) {
	t.Parallel()
	by := func(kind string, who person.ID) event.Meta { return event.Meta{ActorKind: kind, ActorID: int64(who)} }
	desk, agent, user, link := by("system", 0), by("person", assignee), by("person", requester), by("link", requester)
	both := func(w Template) []told { return []told{{owner, w}, {assignee, w}} }
	asks := func(w Template) []told { return []told{{requester, w}} }
	for name, tt := range map[string]struct {
		fact   ticket.Fact
		by     event.Meta
		author person.ID
		want   []told
	}{
		"a request by its own writer is acknowledged all the same": {ticket.Acknowledged{}, user, 0, asks(Acknowledged)},
		"a request that an agent took down":                        {ticket.Acknowledged{}, agent, 0, asks(Acknowledged)},
		"a request by mail":                                        {ticket.Acknowledged{}, desk, 0, asks(Acknowledged)},
		"an agent replies":                                         {ticket.Said{Kind: ticket.Public}, agent, assignee, asks(Replied)},
		"the requester is an agent and replies to himself":         {ticket.Said{Kind: ticket.Public}, user, requester, nil},
		"an internal note":                                         {ticket.Said{Kind: ticket.Internal}, agent, assignee, nil},
		"a telephone call":                                         {ticket.Said{Kind: ticket.Call, Spoke: true}, agent, assignee, nil},
		"the requester replies in the portal":                      {ticket.Said{Kind: ticket.Public, ByRequester: true}, user, requester, both(Answered)},
		"the requester replies by link":                            {ticket.Said{Kind: ticket.Public, ByRequester: true}, link, requester, both(Answered)},
		"the requester replies by mail":                            {ticket.Said{Kind: ticket.Public, ByRequester: true}, desk, requester, both(Answered)},
		"the owner writes a mail on the requester's side":          {ticket.Said{Kind: ticket.Public, ByRequester: true}, desk, owner, []told{{assignee, Answered}}},
		"an honest wait":                                           {ticket.Held{Reason: ticket.Blocked}, agent, 0, asks(Blocked)},
		"a wait for the requester":                                 {ticket.Held{Reason: ticket.ForRequester}, agent, 0, asks(Waiting)},
		"a vendor who is silent":                                   {ticket.VendorSilent{}, event.Meta{ActorKind: "system"}, 0, both(VendorLate)},
		"a wait for a vendor":                                      {ticket.Held{Reason: ticket.ForVendor}, agent, 0, asks(Waiting)},
		"the wait is over":                                         {ticket.Resumed{}, agent, 0, nil},
		"a solution":                                               {ticket.SolutionGiven{}, agent, 0, asks(Solved)},
		"the user confirms":                                        {ticket.UserConfirmed{}, link, 0, nil},
		"the user rejects":                                         {ticket.UserRejected{}, link, 0, both(Rejected)},
		"the time is up":                                           {ticket.TimeUp{}, desk, 0, asks(TimeUp)},
		"closed because the time was up, which was told":           {ticket.Ended{As: ticket.Unconfirmed}, desk, 0, nil},
		"closed by the user's own word":                            {ticket.Ended{As: ticket.Confirmed}, link, 0, nil},
		"closed by the closure sheet after the user's word":        {ticket.Ended{As: ticket.Confirmed}, agent, 0, asks(Closed)},
		"cancelled by an agent":                                    {ticket.Ended{As: ticket.Cancelled}, agent, 0, asks(Closed)},
		"cancelled by the requester":                               {ticket.Ended{As: ticket.Cancelled}, user, 0, both(Withdrawn)},
		"a duplicate":                                              {ticket.Ended{As: ticket.Duplicate}, agent, 0, asks(Closed)},
		"reopened by an agent":                                     {ticket.Reopened{}, agent, 0, []told{{requester, Reopened}, {owner, Returned}}},
		"reopened by the requester":                                {ticket.Reopened{}, link, 0, both(Returned)},
		"given to somebody":                                        {ticket.Assigned{Assignee: lead}, agent, 0, []told{{lead, Assigned}}},
		"given to somebody in both roles":                          {ticket.Assigned{Assignee: lead, Owner: lead}, agent, 0, []told{{lead, Assigned}}},
		"given to two":                                             {ticket.Assigned{Assignee: lead, Owner: owner}, agent, 0, []told{{lead, Assigned}, {owner, Assigned}}},
		"taken by oneself":                                         {ticket.Assigned{Assignee: assignee}, agent, 0, nil},
		"given to a group":                                         {ticket.Assigned{Group: 5}, agent, 0, nil},
		"handed over to somebody":                                  {ticket.HandedOver{To: 5, Assignee: lead}, agent, 0, []told{{lead, HandedOver}}},
		"handed over to a group":                                   {ticket.HandedOver{To: 5}, agent, 0, nil},
		"accepted":                                                 {ticket.Accepted{Owner: assignee}, agent, 0, nil},
		"graded":                                                   {ticket.Graded{}, agent, 0, nil},
		"recorded":                                                 {ticket.Recorded{}, user, 0, nil},
		"an excused gate":                                          {ticket.Deviated{}, agent, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := ticket.Ticket{Requester: requester, Owner: owner, Assignee: assignee}
			if d := cmp.Diff(tt.want, audience(x, tt.fact, tt.by, tt.author, []person.ID{owner, assignee}), cmp.AllowUnexported(told{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNobodyIsToldTwiceAboutOneFact(t *testing.T) {
	t.Parallel()
	one := ticket.Ticket{Requester: requester, Owner: owner, Assignee: owner}
	got := audience(one, ticket.UserRejected{}, event.Meta{ActorKind: "link", ActorID: int64(requester)}, 0, []person.ID{owner, owner})
	if d := cmp.Diff([]told{{owner, Rejected}}, got, cmp.AllowUnexported(told{})); d != "" {
		t.Error(d)
	}
	none := audience(ticket.Ticket{Requester: requester}, ticket.UserRejected{}, event.Meta{}, 0, nil)
	if len(none) != 0 {
		t.Errorf("a ticket without owner told %v", none)
	}
}

// TestF38_PatienceIsFiveDays walks the tries of a server that never takes a mail.
func TestF38_PatienceIsFiveDays(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	d, now := Delivery{QueuedAt: start}, start
	for {
		d.Attempts++
		at, patient := d.next(now)
		if !patient {
			break
		}
		if !at.After(now) || at.Sub(now) > 4*time.Hour {
			t.Fatalf("try %d rests %v", d.Attempts, at.Sub(now))
		}
		now = at
	}
	if now.Sub(start) != PatienceFor || d.Attempts < 30 || d.Attempts > 60 {
		t.Errorf("%d tries in %v", d.Attempts, now.Sub(start))
	}
	if early := wait(1); early > time.Minute {
		t.Errorf("a greylisted mail rests %v", early)
	}
}

func TestASubjectThatQuotesUs(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]bool{
		"打印机打不开": false, "": false, "LD": false, "LD-": false, "LD-x": false, "SOLD-OUT": false,
		"[LD-1042] 您的请求已受理": true, "Re: [ld-7]": true, "LD-x LD-1": true, "答复：[LD-1042]": true,
	} {
		if got := quotesUs(subject); got != want {
			t.Errorf("%q: %v", subject, got)
		}
	}
}
