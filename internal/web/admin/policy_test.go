// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// basic is the form of the basic targets as it stands on the page of a new desk.
func basic() url.Values {
	v := url.Values{"calendar": {"always"}, "p1_always": {"yes"}, "confirm_days": {"3"}, "remind_days": {"1"}, "version": {"0"}, "pause_resolve": {"requester", "tried"}, "pause_update": {"requester"}}
	for i, t := range sla.Standard().Targets {
		for _, name := range sla.Aims() {
			v.Set(string(name)+"_"+string(rune('1'+i)), strconv.FormatInt(t.Of(name), 10))
		}
	}
	return v
}

func TestN3_N23_AnAdministratorKeepsThePolicies(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.At(time.Date(2026, 9, 30, 9, 0, 0, 0, time.UTC)))
	admin, agent := h.SignIn(access.Admin), h.SignIn(access.Agent)
	const list, rules = "/admin/policies", "/admin/policies/rules/"
	has(t, agent.Get(list), 403)
	has(t, admin.Get(list), 200, "基本时限", "首次响应", "接手", "等待回音", "哪些等待暂停哪个时限", "还没有专门规则", "试一试")

	for field, v := range map[string][2]string{
		"response_1": {"0", "填 1 分钟到 366 天之间的时长"}, "update_2": {"481", "反馈间隔不能长于解决时限"}, "accept_1": {"300", "接手时限不能长于解决时限"},
		"silence_3": {"60", "等待回音不能短于反馈间隔"}, "confirm_days": {"0", "填 1 到 30 天"}, "remind_days": {"3", "填小于确认天数的数"}, "calendar": {"gone", "没有这个日历了"},
		"pause_update": {"blocked", "不能因为"},
	} {
		has(t, admin.Post(list, with(basic(), field, v[0])), 422, v[1])
	}
	if r := admin.Post(list, with(with(basic(), "pause_resolve", "vendor"), "response_4", "600")); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if p := h.Clocks.Policy(); p.Targets[3].Response != 600 || len(p.Pauses[sla.Resolve]) != 1 || p.Pauses[sla.Resolve][0] != ticket.ForVendor {
		t.Errorf("%+v", p)
	}
	has(t, admin.Post(list, with(basic(), "version", "9")), 412)

	// Rules: what makes no sense is refused with what to change; order decides between equals.
	rule := url.Values{"name": {"销售部"}, "organisations": {"销售部\r\n\r\n市场部"}, "response": {"20"}, "version": {"1"}}
	has(t, admin.Get(rules+"new"), 200, "添加规则", "符合这些条件")
	has(t, admin.Get(rules+"1"), 404)
	for field, v := range map[string][2]string{
		"name": {"", "给规则起一个"}, "organisations": {"", "没有条件的规则会替代基本时限"}, "response": {"", "等于没有"}, "resolve": {"10", "响应会晚于解决"}, "silence": {"1", "等待回音会短于反馈间隔"},
		"update": {"x", "填 1 分钟到 366 天之间的时长"}, "calendar": {"gone", "没有这个日历了"}, "services": {"4711", "选中的项目已经不存在"}, "priorities": {"9", "没有这个优先级"}, "confirm_days": {"31", "填 1 到 30 天"},
	} {
		has(t, admin.Post(rules+"new", with(rule, field, v[0])), 422, v[1])
	}
	if r := admin.Post(rules+"new", rule); r.Status != http.StatusSeeOther || r.Location() != list+"#rules" {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	has(t, admin.Post(rules+"new", with(with(rule, "version", "2"), "name", "销售华东")), 422, "永远轮不到", "排在第 1 位的“销售部”")
	part := with(with(with(rule, "version", "2"), "name", "销售华东"), "organisations", "销售部/华东")
	part.Set("priorities", "1")
	if r := admin.Post(rules+"new", part); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	has(t, admin.Get(list), 200, "用户部门 销售部、市场部", "首次响应 20 分", "优先级 P1")
	has(t, admin.Get(rules+"2"), 200, "修改规则", "销售部/华东")
	if r := admin.Post(rules+"2/up", url.Values{"version": {"3"}}); r.Status != http.StatusSeeOther {
		t.Errorf("%d", r.Status)
	}
	if p := h.Clocks.Policy(); p.Rules[0].Name != "销售华东" || p.Targets[3].Response != 600 {
		t.Errorf("%+v", p.Rules)
	}
	has(t, admin.Post(rules+"1/remove", url.Values{"version": {"3"}}), 412)
	if r := admin.Post(rules+"1/remove", url.Values{"version": {"4"}}); r.Status != http.StatusSeeOther || len(h.Clocks.Policy().Rules) != 1 {
		t.Errorf("%d, %d rules", r.Status, len(h.Clocks.Policy().Rules))
	}

	// Trying it says when and why, over the National Day with its make-up workday.
	if r := admin.Post(list, with(with(basic(), "calendar", "china-office"), "version", "5")); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	try := list + "?priority=3&organisation=" + url.QueryEscape("市场部") + "&start=2026-09-30T17:00"
	has(t, admin.Get(try), 200, "适用规则“销售部”", "因为登记时用户的部门是“市场部”", "按时限策略的日历", "国庆节", "10 月 10 日（周六）", "补班", "正好用完")
	has(t, admin.Get(list+"?start=0001-01-01T00:00"), 200, "填 2000 年到 2099 年之间的时间")
	has(t, admin.Get(list+"?start=9999-12-31T23:59"), 200, "填 2000 年到 2099 年之间的时间")
	has(t, admin.Get(list+"?start=morgen&priority=x"), 200, "填 2000 年到 2099 年之间的时间")

	// A clock that is not wanted is ticked away, and nothing may be due without one.
	has(t, admin.Post(list, with(with(basic(), "none", "resolve_4"), "cadence", "asked")), 422, "工单可能永远不到期")
	has(t, admin.Post(list, with(with(basic(), "silence_4", ""), "none", "silence_4")), 422, "填 1 分钟到 366 天之间的时长")
	has(t, admin.Post(list, with(basic(), "cadence", "never")), 422, "请选择反馈从什么时候起算")
	has(t, admin.Post(list, with(basic(), "response_1", "-1")), 422, "填 1 分钟到 366 天之间的时长")
	if r := admin.Post(list, with(with(with(basic(), "version", "6"), "none", "update_4"), "cadence", "asked")); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if p := h.Clocks.Policy(); p.Targets[3].Update != sla.None || p.Cadence != sla.WhenAsked {
		t.Errorf("%+v", p)
	}
	has(t, admin.Get(list), 200, `value="update_4" checked`, "只在用户等答复时")
}
