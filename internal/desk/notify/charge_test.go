// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestN12_N29_SomebodyHearsTheRequesterWhenWhoeverHadTheTicketLeft: the group, else the leads, and nobody
// of them while one of those who have it works here.
func TestN12_N29_SomebodyHearsTheRequesterWhenWhoeverHadTheTicketLeft(t *testing.T) {
	t.Parallel()
	gone := func(p *person.Person) { p.Active = false }
	demoted := func(p *person.Person) { p.Role = access.Requester }
	for name, c := range map[string]struct {
		group  bool
		change func(*person.Person)
		other  bool // somebody else is the assignee
		want   []string
	}{
		"they work here":             {true, func(*person.Person) {}, false, []string{"lin"}},
		"the group":                  {true, gone, false, []string{"chen", "zhao"}},
		"no longer staff":            {true, demoted, false, []string{"chen", "zhao"}},
		"the assignee is left":       {true, gone, true, []string{"zhao"}},
		"no group: those who lead":   {false, gone, false, []string{"zhou"}},
		"no group, no longer staff":  {false, demoted, false, []string{"zhou"}},
		"no group, but the assignee": {false, gone, true, []string{"zhao"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, r *desk) {
				chen, zhao := r.person("陈立", "chen", access.Agent, "web", "zh-CN"), r.person("赵宁", "zhao", access.Agent, "web", "zh-CN")
				x := r.taken()
				if c.group {
					team, err := r.people.SaveGroup(t.Context(), r.admin, person.Group{
						Name: "网络组", Active: true, Members: []person.ID{person.ID(r.agent.ID), person.ID(chen.ID), person.ID(zhao.ID)},
					}, 0)
					if err != nil {
						t.Fatal(err)
					}
					r.do(r.agent, x, ticket.Assign{Group: team.ID, Assignee: person.ID(r.agent.ID)})
				}
				if c.other {
					r.do(r.agent, x, ticket.Assign{Assignee: person.ID(zhao.ID)})
				}
				r.work()
				told := func(what notify.Template) {
					t.Helper()
					var want []string
					for _, who := range c.want {
						want = append(want, who+"@example.net ["+x.Ref()+"] "+string(what))
					}
					got := slices.DeleteFunc(subjects(r.work()), func(s string) bool { return s == "wang@example.net ["+x.Ref()+"] "+string(notify.Reopened) })
					if d := cmp.Diff(want, slices.Sorted(slices.Values(got))); d != "" {
						t.Error(d)
					}
				}
				r.do(r.agent, x, say("在看了"))
				sent := r.work()
				r.changed(r.agent, c.change)

				r.do(r.requester, x, say("现在整个部门都不行了"))
				told(notify.Answered)
				r.mail("desk@example.org", back(sent[0], intake.Returned{Mails: []string{sent[0].MessageID}, Answer: "收件人邮箱已满", Final: true}))
				told(notify.NotReached)
				x = r.resolve(x)
				r.work()
				r.do(r.requester, x, ticket.Reject{Reason: "还是不行"})
				told(notify.Rejected)
				x = r.do(r.lead, x, another())
				r.do(access.Desk(), x, ticket.Expire{Resolutions: x.Detail.Resolutions})
				r.do(r.lead, x, ticket.Archive{Difficulties: "偶发", Approach: "抓包"})
				r.work()
				r.do(r.requester, x, ticket.Reopen{Reason: "又来了"})
				told(notify.Returned)
			})
		})
	}
}
