// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// another is a second solution, after the first did not last.
func another() ticket.Resolve {
	return ticket.Resolve{Solution: ticket.Solution{Text: "换了交换机", Cause: "端口坏", Prevention: "监控", Verify: []string{"再登录"}}}
}

// night is a desk whose letters wait for the morning, at half past eleven in the evening.
func (r *desk) night() ticket.Ticket {
	r.Helper()
	r.pace(notify.Pace{Gather: 2, Quiet: notify.Hours{From: 22 * 60, To: 7 * 60}})
	x := r.taken()
	r.clock.Advance(13*time.Hour + 30*time.Minute)
	return x
}

// morning lets the quiet hours end and returns the letters that tell or ask of a solution.
func (r *desk) morning() []notify.Mail {
	r.Helper()
	r.clock.Advance(7*time.Hour + 30*time.Minute)
	var out []notify.Mail
	for range 4 { // each waits until the one before is out
		for _, m := range r.work() {
			if strings.HasSuffix(m.Body.Subject, " "+string(notify.Solved)) {
				out = append(out, m)
			}
		}
		r.clock.Advance(3 * time.Second)
	}
	return out
}

// asks reports whether a letter asks for the requester's word.
func asks(m notify.Mail) bool { return strings.Contains(m.Body.Text, "#confirm") }

// TestN32_N35_ASolutionThatWaitedAsksForNoWordThatWasGiven: it is given in the evening, the requester
// speaks at night, and the letter of the morning tells what was done without asking again.
func TestN32_N35_ASolutionThatWaitedAsksForNoWordThatWasGiven(t *testing.T) {
	t.Parallel()
	own := notify.Letter{Subject: "{{number}} 好了吗", Body: "{{solution}}\n\n好了吗？{{confirm}}"}
	for name, c := range map[string]struct {
		then func(r *desk, x ticket.Ticket)
		asks []bool
	}{
		"nothing was said": {func(*desk, ticket.Ticket) {}, []bool{true}},
		"it works":         {func(r *desk, x ticket.Ticket) { r.do(r.requester, x, ticket.Confirm{}) }, []bool{false}},
		"not yet":          {func(r *desk, x ticket.Ticket) { r.do(r.requester, x, ticket.Reject{Reason: "还是不行"}) }, []bool{false}},
		"the time was up": {func(r *desk, x ticket.Ticket) {
			r.do(access.Desk(), x, ticket.Expire{Resolutions: x.Detail.Resolutions})
		}, []bool{false}},
		"another one since": {func(r *desk, x ticket.Ticket) {
			r.do(r.requester, x, ticket.Reject{Reason: "还是不行"})
			r.do(r.agent, x, another())
		}, []bool{false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, r *desk) {
				if err := r.notify.SaveLetter(t.Context(), r.admin, notify.Solved, "zh-CN", own, 0); err != nil {
					t.Fatal(err)
				}
				x := r.resolve(r.night())
				r.work()
				c.then(r, x)
				got := r.morning()
				if len(got) != len(c.asks) || !strings.Contains(got[0].Body.Text, "扩容完成") {
					t.Fatalf("%v", subjects(got))
				}
				for i, want := range c.asks {
					if asks(got[i]) != want {
						t.Errorf("letter %d asks: %v", i, !want)
					}
					if worded := !strings.Contains(got[i].Body.Text, "Custom:<nil>"); worded != want { // that wording is a question
						t.Errorf("letter %d in the administrator's words: %v", i, worded)
					}
				}
			})
		})
	}
}

// TestN35_AReminderThatWaitedIsNotSentWhenTheWordWasGiven, whatever the word was; nor where the requester
// asked something meanwhile: the desk owes them an answer, with which the time begins anew (N29).
func TestN35_AReminderThatWaitedIsNotSentWhenTheWordWasGiven(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		then func(r *desk, x ticket.Ticket)
		left int
		why  string
	}{
		"nothing was said": {func(*desk, ticket.Ticket) {}, 1, ""},
		"it works":         {func(r *desk, x ticket.Ticket) { r.do(r.requester, x, ticket.Confirm{}) }, 0, "notify.decided"},
		"not yet":          {func(r *desk, x ticket.Ticket) { r.do(r.requester, x, ticket.Reject{Reason: "还是不行"}) }, 0, "notify.decided"},
		"a question":       {func(r *desk, x ticket.Ticket) { r.do(r.requester, x, say("要重启电脑吗？")) }, 0, "notify.asked_back"},
		"a question that was answered": {func(r *desk, x ticket.Ticket) {
			r.do(r.requester, x, say("要重启电脑吗？"))
			r.clock.Advance(time.Second)
			r.do(r.agent, x, say("不用，直接登录即可"))
		}, 0, "notify.asked_back"},
		"another one since": {func(r *desk, x ticket.Ticket) {
			r.do(r.requester, x, ticket.Reject{Reason: "还是不行"})
			r.do(r.agent, x, another())
		}, 1, "notify.decided"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, r *desk) {
				x := r.resolve(r.taken())
				r.work()
				r.pace(notify.Pace{Quiet: notify.Hours{From: 22 * 60, To: 7 * 60}})
				r.clock.Advance(13*time.Hour + 30*time.Minute)
				r.do(access.Desk(), x, ticket.RemindUser{Resolutions: x.Detail.Resolutions, Nth: 1})
				r.work()
				reminder := r.last(x).ID
				r.clock.Advance(time.Minute)
				c.then(r, x)
				got := r.morning()
				if len(got) != c.left {
					t.Errorf("%v", subjects(got))
				}
				for _, m := range got {
					if !asks(m) {
						t.Errorf("%s asks nothing", m.Body.Subject)
					}
				}
				for _, d := range r.log(x) {
					if d.ID == reminder && d.Reason != c.why {
						t.Errorf("%+v", d)
					}
				}
			})
		})
	}
}
