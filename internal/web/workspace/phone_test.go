// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// hidden reads a hidden field of a page.
func hidden(body, name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// sentences are the marks of what is read back, in their order, where they can be ticked.
func sentences(body string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`name="heard" value="([^"]+)"( checked)?( disabled)?`).FindAllStringSubmatch(body, -1) {
		if m[3] == "" {
			out = append(out, m[1])
		}
	}
	return out
}

// call is a form of the pad, as it is filled in while somebody speaks.
type call struct {
	*browser
	fields url.Values
}

func (b *browser) call(pairs ...string) *call {
	b.Helper()
	body := b.page("/work/phone")
	c := &call{browser: b, fields: url.Values{"key": {hidden(body, "key")}, "began": {hidden(body, "began")}}}
	return c.fill(pairs...)
}

func (c *call) fill(pairs ...string) *call {
	for i := 0; i+1 < len(pairs); i += 2 {
		c.fields.Add(pairs[i], pairs[i+1])
	}
	return c
}

func (c *call) press(pairs ...string) (status int, body, to string) {
	c.Helper()
	for name, values := range c.fields {
		for _, v := range values {
			pairs = append(pairs, name, v)
		}
	}
	a := c.post("/work/phone", pairs...)
	return a.Code, a.Body.String(), a.Header().Get("Location")
}

const said = "早上八点半开门就这样，PDA 扫完货库存还是老数。\n换枪也不行，门口压了 6 辆车。"

// complete fills in what a caller was asked.
func (h *house) complete(b *browser) *call {
	return b.call("requester", fmt.Sprint(h.requester.ID), "text", said, "since", "今天 08:30", "service", fmt.Sprint(h.erp.ID),
		"category", fmt.Sprint(h.software.ID), "people", "department", "wanted", "今天 11:30 前", "halt", "stopped")
}

// Whoever calls is told of the group that will take it: of none that was put out of use (N21).
func TestN20_N21_ACallerIsToldOfNoGroupThatIsOutOfUse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	h.network.Active = false
	if _, err := h.people.SaveGroup(t.Context(), access.Desk(), h.network, 0); err != nil {
		t.Fatal(err)
	}
	_, body, _ := h.complete(b).press("act", "check")
	h.holds(body, "服务台会处理，今天 09:15 前给您第一次反馈。")
	h.lacks(body, "网络组会处理")
}

func TestN15_N18_ACallBecomesATicketThatIsReadBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	c := h.complete(b)
	h.clock.Advance(3*time.Minute + 42*time.Second)

	_, body, _ := c.press("act", "check")
	h.holds(body, "7 / 7", "0 / 4", "03:42", "您是财务部的王海燕，", "回电打8009，对吗？", "时间是今天 08:30，", "现象是早上八点半开门就这样", "影响的是 ERP，", "范围是整个部门。",
		"您希望今天 11:30 前能恢复，对吗？", "还差 4 句复述", "网络组会处理，今天 09:18 前给您第一次反馈。", ">P1<", "核心业务 × 整个部门 × 停了")
	h.lacks(body, "待填")
	marks := sentences(body)
	if len(marks) != 4 {
		t.Fatalf("%d sentences can be ticked: %v", len(marks), marks)
	}

	for _, m := range marks {
		c.fill("heard", m)
	}
	status, body, to := c.press("act", "create")
	if status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", status, body)
	}
	made := h.all(h.requester)
	if len(made) != 1 || to != "/work/tickets/"+made[0].Ref() {
		t.Fatalf("made %v, leads to %q", refs(made...), to)
	}
	now := h.get(made[0])
	if now.Channel != ticket.Phone || now.Complete() != 7 || now.Priority != triage.P1 || now.Group != h.network.ID || now.Owner != 0 {
		t.Errorf("channel %s, %d of 7, %s, group %d, owner %d", now.Channel, now.Complete(), now.Priority, now.Group, now.Owner)
	}
	if diff := cmp.Diff(ticket.Elements(), now.Detail.ReadBack.Items); diff != "" {
		t.Error(diff)
	}
	h.story(now, ticket.Recorded{}, ticket.Acknowledged{}, ticket.Graded{}, ticket.ReadBackDone{}, ticket.Said{})
	// To have taken a request down is no answer to it.
	if !now.FirstResponseAt.IsZero() || now.NextClock != "response" || now.NextDue.Sub(now.CreatedAt) != 15*time.Minute {
		t.Errorf("first response %v, next %s in %v", now.FirstResponseAt, now.NextClock, now.NextDue.Sub(now.CreatedAt))
	}
}

// story fails unless the facts of a ticket are of these kinds in this order, with the words of
// the caller first and the record of the call last.
func (h *house) story(t ticket.Ticket, want ...ticket.Fact) {
	h.Helper()
	list, err := h.tickets.Thread(h.Context(), access.Desk(), t)
	if err != nil {
		h.Fatal(err)
	}
	var got, names []string
	for _, e := range list {
		got = append(got, e.Fact.EventName())
	}
	for _, f := range want {
		names = append(names, f.EventName())
	}
	if diff := cmp.Diff(names, got); diff != "" {
		h.Fatal(diff)
	}
	first, last := list[0].Message, list[len(list)-1].Message
	if first.Text != said || !first.ByUser || first.Seconds != 222 || first.Channel != ticket.Phone {
		h.Errorf("the caller's words: %+v", first)
	}
	if last.Kind != ticket.Call || last.Seconds != 222 || !strings.Contains(last.Text, "前给您第一次反馈。") {
		h.Errorf("the record of the call: %+v", last)
	}
}

func TestN18_WhatWasNotReadBackIsFlaggedAndHeldAtTheGate(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	c := h.complete(b)
	status, body, _ := c.press("act", "create")
	if status != http.StatusConflict {
		t.Fatalf("recorded as read back without a tick: %d", status)
	}
	h.holds(body, "还不能按“已复述”建单", "N18 复述确认", html.EscapeString(said), `value="今天 08:30"`, "还差 4 句复述")
	if made := h.all(h.requester); len(made) != 0 {
		t.Fatalf("made %v", refs(made...))
	}
	if status, body, _ = c.press("act", "flag"); status != http.StatusSeeOther {
		t.Fatalf("flagged: %d\n%s", status, body)
	}
	one := h.get(h.all(h.requester)[0])
	if !one.Detail.ReadBack.At.IsZero() {
		t.Error("it counts as read back")
	}
	one = h.do(h.agent, one, ticket.Accept{})
	_, err := h.tickets.Do(h.Context(), actor(h.agent), ticket.Target{ID: one.ID}, ticket.Resolve{Solution: ticket.Solution{Text: "换了接口", Cause: "升级", Prevention: "先试", Verify: []string{"扫一次"}}})
	e := errs.As(err)
	if e == nil || len(e.Gaps) != 1 || e.Gaps[0].Clause != "N18" {
		t.Errorf("resolving it says %v, want the gate of N18 and no other", err)
	}
}

// A tick belongs to the words that were read: when they change it is gone.
func TestN18_ATickGoesWithTheWordsItWasFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := h.complete(h.as(h.agent))
	_, body, _ := c.press("act", "check")
	for _, m := range sentences(body) {
		c.fill("heard", m)
	}
	c.fields.Set("since", "昨天 17:00")
	status, body, _ := c.press("act", "create")
	if status != http.StatusConflict {
		t.Fatalf("%d", status)
	}
	h.holds(body, "3 / 4", "还差 1 句复述", "时间是昨天 17:00，")
	if made := h.all(h.requester); len(made) != 0 {
		t.Errorf("made %v", refs(made...))
	}
}

func TestN15_WhatTheCallerDoesNotKnowIsSaidSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	c := b.call("requester", fmt.Sprint(h.requester.ID), "text", said, "since_unknown", "yes", "since_reason", "刚接班", "affected", "收货", "people", "team",
		"wanted_unknown", "yes")
	_, body, _ := c.press("act", "check")
	h.holds(body, "6 / 7", "什么时候开始的说不准，", "待填：期望时限", "“最晚什么时候要能用？”")
	status, body, _ := c.press("act", "flag")
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("unknown without a reason: %d", status)
	}
	h.holds(body, "请写明用户为什么不知道。", html.EscapeString(said), `value="刚接班"`)
	c.fill("wanted_reason", "对方说看安排")
	if status, body, _ = c.press("act", "flag"); status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", status, body)
	}
	one := h.get(h.all(h.requester)[0])
	want := ticket.Answer{Unknown: true, Reason: "对方说看安排"}
	if got := one.Detail.Intake[ticket.Wanted]; got != want || one.Complete() != 7 {
		t.Errorf("%+v, %d of 7", got, one.Complete())
	}
}

func TestWhatWasTypedDuringACallIsNeverLost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	const words = "先说到一半的话，<b>还没有</b>选是谁"
	for name, tt := range map[string]struct {
		press  []string
		status int
		says   string
	}{
		"nobody is chosen":                {[]string{"act", "flag", "text", words}, http.StatusUnprocessableEntity, "选择用户，或新建一位。"},
		"somebody who does not exist":     {[]string{"act", "flag", "text", words, "requester", "4711"}, http.StatusUnprocessableEntity, "请选择一位在用的用户。"},
		"looking somebody up":             {[]string{"act", "find", "text", words, "q", "海燕"}, http.StatusOK, "王海燕"},
		"a new person without an address": {[]string{"act", "flag", "text", words, "requester", "new", "new_name", "新人甲", "new_email", "not an address"}, http.StatusUnprocessableEntity, `value="新人甲"`},
		"a ticket that there is not":      {[]string{"append", "LD-4711", "text", words}, http.StatusNotFound, html.EscapeString(words)},
		"far too long an answer":          {[]string{"act", "flag", "text", words, "requester", fmt.Sprint(h.requester.ID), "since", strings.Repeat("长", 4001)}, http.StatusUnprocessableEntity, "太长了"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.post("/work/phone", tt.press...)
			if a.Code != tt.status {
				t.Errorf("%d, want %d", a.Code, tt.status)
			}
			h.holds(a.Body.String(), tt.says, html.EscapeString(words))
			h.lacks(a.Body.String(), "<b>还没有")
		})
	}
	if status, body, _ := b.call("requester", fmt.Sprint(h.requester.ID), "since", "八点半").press("act", "flag"); status != http.StatusUnprocessableEntity {
		t.Errorf("without words: %d", status)
	} else {
		h.holds(body, "请写点内容。", `value="八点半"`)
	}
	if made := h.all(h.requester); len(made) != 0 {
		t.Errorf("made %v", refs(made...))
	}
}

func TestACallIsWrittenIntoTheTicketThatThereIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	one := h.do(h.agent, h.open(h.requester, "仓库 PDA 扫码后库存不更新"), ticket.Accept{})
	gone := h.do(h.agent, h.open(h.requester, "旧的一单"), ticket.Close{As: ticket.Invalid, Reason: "发错了"})
	b := h.as(h.agent)
	body := b.page("/work/phone?q=海燕")
	h.holds(body, "未关闭的工单 1", "仓库 PDA 扫码后库存不更新", `name="append" value="`+one.Ref()+`"`, "最近联系", "旧的一单", "不是请求")
	h.lacks(body, `value="`+gone.Ref()+`"`)
	c := b.call("requester", fmt.Sprint(h.requester.ID), "text", said)
	h.clock.Advance(90 * time.Second)
	status, body, to := c.press("append", one.Ref())
	if status != http.StatusSeeOther || to != "/work/tickets/"+one.Ref() {
		t.Fatalf("%d to %q\n%s", status, to, body)
	}
	list, err := h.tickets.Thread(t.Context(), access.Desk(), one)
	if err != nil {
		t.Fatal(err)
	}
	last := list[len(list)-1]
	fact, ok := last.Fact.(ticket.Said)
	if !ok || !fact.Incoming || !fact.Spoke || last.Message.Text != said || last.Message.Seconds != 90 || last.Message.Kind != ticket.Call {
		t.Errorf("%+v with %+v", last.Fact, last.Message)
	}
	if n := len(h.all(h.requester)); n != 2 {
		t.Errorf("%d tickets, want the two there were", n)
	}
	if status, body, _ := b.call("requester", fmt.Sprint(h.requester.ID)).press("append", one.Ref()); status != http.StatusUnprocessableEntity {
		t.Errorf("without words: %d\n%s", status, body)
	}
}

func TestSomebodyNewIsMadeKnownOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	c := b.call("requester", "new", "new_name", "张蕾", "new_email", "Zhang.Lei@example.test", "new_phone", "8315", "new_department", "华东仓", "text", said)
	_, body, _ := c.press("act", "check")
	h.holds(body, "您是张蕾，", "回电打8315，对吗？")
	for range 2 { // sent twice by an impatient hand
		if status, body, _ := c.press("act", "flag"); status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", status, body)
		}
	}
	p, err := h.people.ByEmail(t.Context(), "zhang.lei@example.test")
	if err != nil || p.Name != "张蕾" || p.Department != "华东仓" || p.Role != access.Requester {
		t.Fatalf("%+v, %v", p, err)
	}
	if made := h.all(p); len(made) != 1 {
		t.Errorf("made %v", refs(made...))
	}
	status, body, _ := b.call("requester", "new", "new_name", "别人", "new_email", "zhang.lei@example.test", "text", said).press("act", "flag")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("somebody else's address: %d", status)
	}
	h.holds(body, html.EscapeString(said), `value="别人"`)
}

// The parts that a script asks for hold no field that is being typed into, and a sentence only
// where its words have changed: no tick is lost that was set meanwhile (N40).
func TestN40_TheScriptBringsOnlyWhatFollows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	fields := []string{"requester", fmt.Sprint(h.requester.ID), "text", said, "since", "八点半", "people", "team"}
	a := b.htmx().post("/work/phone/check", fields...)
	body := a.Body.String()
	if a.Code != http.StatusOK {
		t.Fatalf("%d\n%s", a.Code, body)
	}
	h.holds(body, `hx-target="#pad-meter"`, `hx-target="#say-problem"`, `hx-target="#pad-caller"`, "5 / 7", "时间是八点半，")
	h.lacks(body, "<textarea", `name="since"`, `name="text"`, "<html")
	for _, m := range regexp.MustCompile(`name="shown" value="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		fields = append(fields, "shown", m[1])
	}
	fields = append(fields, "seen", fmt.Sprint(h.requester.ID), "wanted", "11:30")
	body = b.htmx().post("/work/phone/check", fields...).Body.String()
	h.holds(body, `hx-target="#say-wish"`, "您希望11:30能恢复，对吗？", "6 / 7")
	h.lacks(body, `hx-target="#say-problem"`, `hx-target="#say-identity"`, `hx-target="#pad-caller"`)
}

func TestWhoCallsIsFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	for _, q := range []string{"王海", "8009", "财务部"} {
		if body := b.htmx().page("/work/phone/people?q=" + url.QueryEscape(q)); !strings.Contains(body, "王海燕") {
			t.Errorf("%s finds nobody", q)
		}
	}
	h.holds(b.htmx().page("/work/phone/people?q="+url.QueryEscape("<i>谁</i>")), "没有找到“&lt;i&gt;谁&lt;/i&gt;”")
	// A telephone system opens the pad with the number that calls.
	body := b.page("/work/phone?q=" + url.QueryEscape("王海燕"))
	h.holds(body, fmt.Sprintf(`value="%d" checked`, h.requester.ID), "取自通讯录")
	off := h.requester
	off.Active = false
	if _, err := h.people.Change(t.Context(), access.Desk(), off, 0); err != nil {
		t.Fatal(err)
	}
	h.lacks(b.htmx().page("/work/phone/people?q="+url.QueryEscape("王海")), "person-"+fmt.Sprint(off.ID))
}

// A claim about the length of a call is believed within reason.
func TestTheLengthOfACallIsBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(h.agent)
	for _, began := range []string{"", "0", "-1", "99999999999999", "x", fmt.Sprint(h.clock.Now().Add(-13 * time.Hour).UnixMilli())} {
		a := b.post("/work/phone", "act", "flag", "requester", fmt.Sprint(h.requester.ID), "text", "一句话", "began", began)
		if a.Code != http.StatusSeeOther {
			t.Fatalf("%q: %d\n%s", began, a.Code, a.Body)
		}
		list, err := h.tickets.Thread(t.Context(), access.Desk(), h.all(h.requester)[0])
		if err != nil || list[0].Message.Seconds != 0 {
			t.Errorf("%q: %v, %d seconds", began, err, list[0].Message.Seconds)
		}
	}
}
