// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func TestN35_AWholeLifeByPlainForms(t *testing.T) {
	t.Parallel()
	p := openPage(t, "早上 9 点起 ERP 提交付款单报错 ORA-01653")
	home := p.at("")
	p.shows(p.agent.Get(home), 200, "早上 9 点起 ERP 提交付款单报错", "用户原话", "领取", "七要素 3/7")
	p.went(p.post("accept"), home)
	p.went(p.post("grade", "core", "yes", "affected", "team", "halt", "impaired"), home)
	p.went(p.post("record", "since", "9:20", "affected", "付款", "people", "6 人", "wanted", "", "wanted_reason", "要问主管"), home)
	p.went(p.post("classify", "subject", "ERP 付款单报错"), home)
	const hello, told = "海燕您好，我来处理，11:00 前给您反馈", "11:00 前给您反馈"
	p.shows(p.post("reply", "text", hello), 422, hello, "promise_keep")
	p.went(p.post("reply", "text", hello, "promise_for", told, "promise", "2026-03-02T11:00", "promise_keep", "yes"), home)
	p.went(p.post("call", "direction", "in", "length", "4:12", "spoke", "yes", "text", "6 人都不能提交"), home)
	p.went(p.post("note", "text", "表空间 99.8%"), home)
	p.went(p.post("hand-over", "group", number(int64(p.group)), "done", "查了日志", "why", "要扩容", "needed", "加数据文件"), home)
	p.went(p.post("assign", "assignee", number(int64(p.Person(access.Lead).ID))), home)
	p.went(p.post("hold", "reason", "vendor", "next", "2026-03-02T18:00"), home)
	if w := p.now(); w.Status != ticket.Pending || !w.Detail.Hold.Next.Equal(time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("waiting: %s until %v", w.Status, w.Detail.Hold.Next)
	}
	p.went(p.post("resume"), home)
	p.went(p.post("resolve", "solution", "已扩容，请再提交", "cause", "空间满", "prevention", "85% 告警", "verify", "提交一笔", "verify", ""), home)
	p.shows(p.agent.Get(home), 200, "已扩容，请再提交", "1. 提交一笔", "电话中已确认", "表空间 99.8%", "陈立", "4 分 12 秒", "王海燕 → 陈立")
	p.went(p.post("confirm", "evidence", "15:02 通话：可以了", "solution", "1"), home)
	p.went(p.post("archive", "difficulties", "要停应用", "approach", "在线加文件"), home)
	got := p.now()
	if got.Status != ticket.Closed || got.ClosedAs != ticket.Confirmed || got.Subject != "ERP 付款单报错" || got.Priority != triage.P3 && got.Priority != triage.P2 {
		t.Errorf("in the end: %s %s %s", got.Status, got.ClosedAs, got.Subject)
	}
	if got.Assignee != p.Person(access.Lead).ID || got.Owner != p.Person(access.Agent).ID || got.Group != p.group {
		t.Errorf("owner %d, assignee %d, group %d", got.Owner, got.Assignee, got.Group)
	}
	p.shows(p.agent.Get(home), 200, "用户已确认", "15:02 通话：可以了")
	p.went(p.post("reopen", "reason", "又出现了"), home)
	if p.now().Status != ticket.Opened {
		t.Error("it is not open again")
	}
}

func TestLinkMergeAndClose(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	other := p.record("还是那台打印机")
	p.went(p.post("link", "to", other.Ref()), p.at(""))
	p.shows(p.agent.Get(p.at("")), 200, "相关工单", other.Ref())
	p.shows(p.agent.Get(p.at("merge")), 200, "还是那台打印机", `name="pick"`)
	p.shows(p.part("other?into="+other.Ref()), 200, "还是那台打印机", `id="other"`)
	p.shows(p.part("other?into="+p.ref), 200, "不能并入自己")
	p.shows(p.part("other?to=LD-999999"), 200, "没有找到这个工单")
	p.shows(p.post("merge", "into", "x"), 422, "填写编号", `value="x"`)
	p.shows(p.post("merge", "into", "LD-999999"), 422, "没有找到这个工单")
	p.went(p.post("merge", "pick", other.Ref()), p.at(""))
	p.shows(p.agent.Get(p.at("")), 200, "已并入 "+other.Ref())
	p.ref = other.Ref()
	p.shows(p.post("close", "as", "cancelled"), 422, "请写明关闭原因")
	p.went(p.post("close", "as", "invalid", "reason", "已搬走"), p.at(""))
	if got := p.now(); got.ClosedAs != ticket.Invalid {
		t.Errorf("closed as %q", got.ClosedAs)
	}
	p.went(p.agent.Get(p.at("hold")), p.at("")) // where it says why, and what leads on
	p.shows(p.agent.Get(p.at("")), 200, "工单已关闭。要继续处理，请先重新打开")
	p.shows(p.part("hold"), 409, "请先重新打开")
}

func TestN15_N22_N32_AllThatIsMissingIsListedWithItsForm(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.do(ticket.Accept{})
	typed := []string{"at", "act-resolve", "solution", "换了搓纸轮 <b>", "verify", "打印一页"}
	r := p.post("resolve", typed...)
	p.shows(r, 409, "还缺 4 项", `id="gap-record"`, `id="gap-grade"`, "还缺：原因", "还缺：如何避免再次发生", "换了搓纸轮 &lt;b&gt;", `value="打印一页"`, `id="rail-record"`)
	p.hides(r, "还缺：验证步骤", "还缺：解决方案")
	f := p.htmx("resolve", typed...)
	p.shows(f, 409, `id="act"`, `id="gap-grade"`, "换了搓纸轮 &lt;b&gt;")
	p.hides(f, "<html", `id="thread"`)

	// Each is filled or left out where it is listed.
	p.shows(p.htmx("grade", "at", "gap-grade", "core", "no", "affected", "one", "halt", "working"), 200, `hx-target="#gaps"`, `hx-target="#thread"`, "已定级 P4")
	p.shows(p.post("deviate", "at", "gap-dev-intake", "gap", "gap.intake", "reason", "短"), 422, "至少 5 个字", `id="gap-dev-intake"`)
	p.went(p.post("deviate", "at", "gap-dev-intake", "gap", "gap.intake", "reason", "用户已离职，问不到"), p.at("resolve"))
	p.shows(p.htmx("deviate", "at", "act-dev-cause", "gap", "gap.cause", "reason", "x"), 422, `id="act-dev-cause"`, "至少 5 个字")
	p.shows(p.htmx("deviate", "at", "act-dev-cause", "gap", "gap.cause", "reason", "厂商不说原因"), 200, `hx-target="#act-dev-cause"`, "厂商不说原因")
	p.shows(p.post("deviate", "gap", "gap.solution", "reason", "想省一步可以吗"), 409)
	p.shows(p.agent.Get(p.at("")), 200, "用户已离职，问不到", "已偏离：厂商不说原因")
	p.went(p.post("resolve", "solution", "换了搓纸轮", "prevention", "不适用", "verify", "打印一页"), p.at(""))
	if got := p.now(); got.Status != ticket.Resolved || len(got.Detail.Deviations) != 2 {
		t.Errorf("%s with %d deviations", got.Status, len(got.Detail.Deviations))
	}
}

func TestN11_N30_GatesOfHandOverAndBlock(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.do(ticket.Accept{})
	p.shows(p.htmx("hand-over", "group", number(int64(p.group)), "done", "查了日志"), 409, "查了日志", "还缺：为什么转交", "还缺：需要对方做什么")
	p.shows(p.htmx("hand-over", "done", "查了日志"), 422, "查了日志", "请选择一个在用的支持组", "还缺：为什么转交", "还缺：需要对方做什么", "有几处需要修改")
	p.shows(p.htmx("hold", "reason", "blocked", "stuck", "等备件", "next", "2020-01-01T00:00"), 422, "等备件", "还缺：正在做什么", "要晚于现在")
	p.shows(p.htmx("promise-call", "call_number", "打她手机"), 422, "打她手机", "请填写回电时间", i18n.T(i18n.ZH, "ticket.call_number"))
	p.shows(p.htmx("visit", "mode", "propose"), 422, i18n.T(i18n.ZH, "visit.times_none"), i18n.T(i18n.ZH, "visit.place_needed"))
	p.shows(p.htmx("close"), 422, i18n.T(i18n.ZH, "ticket.close_as"), i18n.T(i18n.ZH, "ticket.close_reason"))
	p.shows(p.htmx("hold", "reason", "blocked", "stuck", "等备件"), 409, "等备件", "还缺：正在做什么", "还缺：下次反馈时间")
	p.shows(p.htmx("hold", "reason", "vendor", "next", "2020-01-01T00:00", "stuck", "等备件"), 422, "等备件", "要晚于现在", `value="2020-01-01T00:00"`)
	p.shows(p.htmx("hold", "reason", "vendor", "next", "tomorrow"), 422, "填写日期和时间")
	p.shows(p.htmx("hold", "reason", "blocked", "stuck", "等备件", "doing", "催厂商", "next", "2026-03-03T09:00"), 200, `hx-target="#act"`, "等备件", "已开始等待")
}

func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	version := number(p.now().Version)
	p.do(ticket.Note{Say: ticket.Say{Text: "刚刚有人写了这一句"}})
	// Somebody was quicker: the words stay, and what has changed is shown around them.
	r := p.post("reply", "at", "reply", "version", version, "text", "您好，下午来换")
	p.shows(r, 412, "您好，下午来换", "刚刚有人写了这一句", "看最新", "刚刚被别人修改")
	f := p.htmx("reply", "at", "reply", "version", version, "text", "您好，下午来换")
	p.shows(f, 412, `id="reply"`, "您好，下午来换", "刚刚有人写了这一句", `value="`+number(p.now().Version)+`"`)
	p.hides(f, "<html")
	if m := p.htmx("reply", "at", "reply", "version", number(p.now().Version), "text", "您好，下午来换"); m.Status != 200 {
		t.Errorf("sent again: %d", m.Status)
	}
	for _, tt := range []struct {
		name, what string
		form       []string
		status     int
		want       []string
	}{
		{"an empty reply", "reply", []string{"text", " "}, 422, []string{`id="reply"`, "请写点内容"}},
		{"an empty note", "note", []string{"text", ""}, 422, []string{`id="note"`, "请写点内容"}},
		{"a grade whose place is gone", "grade", []string{"at", "rail-grade", "core", "yes", "affected", "team"}, 422, []string{`-grade"`, "请选择工作是否停了", `value="team" checked`}},
		{"a grade without answers", "grade", []string{"at", "fact-grade", "core", "yes", "affected", "team"}, 422, []string{`id="fact-grade"`, "请选择工作是否停了", `value="team" checked`}},
		{"an override without a reason", "grade", []string{"at", "fact-grade", "core", "no", "affected", "one", "halt", "working", "override", "P1"}, 422, []string{`id="fact-grade"`, "请写明原因"}},
		{"a call of no length", "call", []string{"text", "说了很多", "length", "4 分"}, 422, []string{"说了很多", "写成“分:秒”"}},
		{"an empty subject", "classify", []string{"at", "fact-subject", "subject", " "}, 422, []string{`id="fact-subject"`, "标题不能为空"}},
		{"nobody chosen", "assign", []string{"at", "fact-owner", "owner", ""}, 422, []string{`id="fact-owner"`, "请选择责任人"}},
		{"a group that is none", "assign", []string{"at", "fact-group", "group", "999"}, 422, []string{"请选择一个在用的支持组"}},
		{"a phone confirmation too early", "confirm", []string{"evidence", "他说可以了"}, 409, []string{"他说可以了"}},
		{"a place that is none of ours", "archive", []string{"at", "fact-evil\"><script>", "difficulties", strings.Repeat("难", 4001), "approach", "有办法"}, 422, []string{"有办法", "太长了"}},
	} {
		for _, send := range []func(string, ...string) apptest.Reply{p.post, p.htmx} {
			r := send(tt.what, tt.form...)
			t.Log(tt.name)
			p.shows(r, tt.status, tt.want...)
			p.hides(r, "<script>")
		}
	}
	if r := p.post("note", "text", "x", "owner", "1"); r.Status != 422 {
		t.Errorf("S28: a field that no form shows: %d", r.Status)
	}
}

func TestS25_RequestersNeverSeeTheWorkspaceNorANote(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	p.shows(p.htmx("note", "at", "note", "text", "内部：他总是这样"), 200, "内部：他总是这样", "用户看不到")
	p.do(ticket.CallRecord{Say: ticket.Say{Text: "通话：他很急"}, Spoke: true})
	p.do(ticket.HandOver{Group: p.group, Done: "内部：查过", Why: "内部：不归我", Needed: "内部：帮忙"})
	p.do(ticket.Deviate{Gap: "gap.verify", Reason: "内部：懒得写"})
	user := p.SignIn(access.Requester)
	for _, what := range []string{"", "thread", "side", "head", "conformance", "resolve", "hold", "other?to=" + p.ref} {
		if r := user.Get(p.at(what)); r.Status != http.StatusForbidden && r.Status != http.StatusNotFound {
			t.Errorf("a requester opens %q: %d", what, r.Status)
		}
	}
	for _, what := range []string{"note", "reply", "draft", "preview", "resolve", "deviate", "undo/1", "send-again", "confirm"} {
		if r := user.Post(p.at(what), fields("text", "x")); r.Status != http.StatusForbidden && r.Status != http.StatusNotFound {
			t.Errorf("a requester posts %q: %d", what, r.Status)
		}
	}
	code := p.Links.Track(session.Bond{Ticket: int64(p.now().ID), Person: int64(p.now().Requester)})
	for name, r := range map[string]apptest.Reply{
		"portal": user.Get("/requests/" + p.ref), "link": p.Nobody().Get("/t/" + code), "live": p.Nobody().Get("/t/" + code + "/now"),
		"an agent at the portal": p.agent.Get("/requests/" + p.ref),
	} {
		if strings.Contains(r.Body, "内部") || strings.Contains(r.Body, "他很急") {
			t.Errorf("%s shows an internal word", name)
		}
	}
}

func TestA12_ForeignTextIsText(t *testing.T) {
	t.Parallel()
	const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script>`
	p := openPage(t, evil)
	who := p.Add(person.Person{Name: evil, Email: "evil@desk.example", Phone: `"><script>`, Department: evil, Place: evil, Role: access.Requester})
	by := apptest.Actor(who, "portal")
	file, err := p.Tickets.Stage(t.Context(), by, ticket.File{Name: `x"><script>alert(1)</script>.png`, Data: strings.NewReader("x")})
	if err != nil {
		t.Fatal(err)
	}
	x, _, err := p.Tickets.Record(t.Context(), by, ticket.Request{
		Requester: who.ID, Subject: evil, Channel: ticket.Mail, Say: ticket.Say{Text: evil, Quoted: evil, HTML: "<p>" + evil, Files: []string{file.Token}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.ref = x.Ref()
	p.do(ticket.Accept{})
	p.do(ticket.HoldFor{Reason: ticket.Blocked, Stuck: evil, Doing: evil, Next: p.Clock.Now().Add(time.Hour)})
	p.do(ticket.Deviate{Gap: "gap.cause", Reason: evil})
	p.do(ticket.CallRecord{Say: ticket.Say{Text: evil}})
	for _, r := range []apptest.Reply{
		p.agent.Get(p.at("")), p.agent.Get(p.at("resolve")), p.agent.Get(p.at("conformance")), p.part("side"), p.part("thread"), p.part("merge"),
		p.htmx("preview", "solution", evil, "cause", evil, "verify", evil), p.htmx("resolve", "solution", evil, "verify", evil),
		p.htmx("reply", "at", evil, "version", "1", "text", evil), p.part("other?to=" + p.ref), p.agent.Get(p.at("") + "?view=%22%3E%3Cscript%3E&group=%22%3E"),
	} {
		p.hides(r, "<img src=x", "<script>alert", "<script>&", "x\"><script", "onerror=alert(1)>")
		if r.Status >= 500 {
			t.Errorf("status %d", r.Status)
		}
	}
	p.shows(p.part("thread"), 200, "&lt;img src=x", "sandbox", "/frame/")
}

func TestThePanesComeByThemselves(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	for what, want := range map[string][]string{
		"head":    {`<div id="head"`, `hx-target="#bar"`, "打印机卡纸"},
		"thread":  {`<div id="thread"`, "data-thread", `hx-target=".pane-foot input[name=version]"`, `value="` + number(p.now().Version) + `"`},
		"side":    {`<div id="ticket-side"`, "处理流程", "为什么", "王海燕"},
		"act":     {`<div id="act" hidden`},
		"hold":    {`id="act"`, "在等什么"},
		"resolve": {`id="act"`, "王海燕将收到", "记为“未确认”"},
	} {
		r := p.part(what)
		p.shows(r, 200, want...)
		p.hides(r, "<html", "<body")
	}
	r := p.agent.Get(p.at(""))
	p.shows(r, 200, `data-live="ticket:`+p.ref+`"`, "/events?topics=person,ticket:"+p.ref, `id="reply"`, `id="note"`, "data-key=\"e\"")
	p.shows(p.agent.Get(p.at("hold")), 200, "<html", `id="act"`, `id="thread"`)
	p.shows(p.agent.Get("/work/tickets/LD-1"), 404)
	p.shows(p.agent.Get("/work/tickets/x"), 404)
}

func TestN20_APromiseIsKeptOrCalledBroken(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.do(ticket.Accept{})
	p.Advance(3 * time.Hour)
	p.shows(p.agent.Get(p.at("")), 200, "已失约")
	p.do(ticket.Reply{Say: ticket.Say{Text: "来晚了"}})
	p.shows(p.part("thread"), 200, "才回应，已失约")
	p.do(ticket.HoldFor{Reason: ticket.Blocked, Stuck: "等件", Doing: "催件", Next: p.Clock.Now().Add(time.Hour)})
	p.do(ticket.Reply{Say: ticket.Say{Text: "件到了"}})
	p.shows(p.part("thread"), 200, "兑现")
	p.shows(p.part("side"), 200, "仍超出目标", "没有做到")
}

func TestEveryClauseIsListedWithItsEvidence(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	r := p.agent.Get(p.at("conformance"))
	for _, clause := range []string{"N3", "N15", "N18", "N19", "N20", "N22", "N29", "N32", "N33", "N34", "N35", "N36"} {
		p.shows(r, 200, `<tr id="`+clause+`"`)
	}
	p.shows(r, 200, p.at("")+"#e-", "按三个问题分级为", "逐条符合度")
}

func TestTheListBesideKeepsItsView(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	other := p.record("第二单")
	r := p.agent.Get(p.at("") + "?view=mine")
	p.shows(r, 200, p.at("reply")+"?view=mine", "/work?view=mine")
	p.hides(r, "第二单</span>")
	p.shows(p.agent.Get(p.at("")+"?view=unclaimed"), 200, "/work/tickets/"+other.Ref()+"?view=unclaimed")
	p.went(p.agent.Post(p.at("note")+"?view=mine", fields("text", "x")), p.at("")+"?view=mine")
	p.shows(p.agent.Get(p.at("")+"?view=nonsense"), 200, "风险队列")
}

func TestALetterThatDidNotLeaveIsSentAgain(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.RunJobs()
	log, err := p.Notices.ForTicket(t.Context(), access.Desk(), p.now())
	if err != nil || len(log) == 0 {
		t.Fatal(log, err)
	}
	p.shows(p.part("side"), 200, "发送记录 1 封", p.at("sent"))
	p.hides(p.part("side"), "受理通知")
	p.shows(p.part("sent"), 200, "受理通知", "已发送", `id="sent-list"`)
	p.shows(p.agent.Get(p.at("sent")), 200, "受理通知", "已发送", p.at("")+`"`)
	if r := p.htmx("send-again", "delivery", number(int64(log[0].ID))); r.Status != 409 {
		t.Errorf("one that was sent: %d", r.Status)
	}
	if r := p.htmx("send-again", "delivery", "999999"); r.Status != 404 {
		t.Errorf("one that is none: %d", r.Status)
	}
}

func TestTheReadBackListsWhatIsRecorded(t *testing.T) {
	t.Parallel()
	p := openPage(t, "x")
	who := p.Person(access.Requester)
	x, _, err := p.Tickets.Record(t.Context(), apptest.Actor(p.Person(access.Agent), "web"), ticket.Request{
		Requester: who.ID, Channel: ticket.Phone, Say: ticket.Say{Text: "打不开邮件"},
		Intake: map[ticket.Element]ticket.Answer{ticket.Since: {Value: "今早"}, ticket.Wanted: {Unknown: true, Reason: "没问到"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.ref = x.Ref()
	p.do(ticket.Accept{})
	p.shows(p.part("side"), 200, `id="rail-read-back"`, "今早", "用户不知道")
	p.shows(p.htmx("read-back", "at", "rail-read-back"), 422, "请勾选复述过的内容")
	p.shows(p.htmx("read-back", "at", "rail-read-back", "items", "who", "items", "since"), 200, "已记录复述确认")
	if n := len(p.now().Detail.ReadBack.Items); n != 2 {
		t.Errorf("%d read back", n)
	}
}

func TestTheEnglishPage(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	en := p.SignInAs(p.Add(person.Person{Name: "Tom Hale", Email: "tom@desk.example", Lang: "en", Role: access.Agent}))
	p.ready()
	for _, what := range []string{"", "resolve", "hand-over", "hold", "call", "merge", "link", "close", "assign", "grade", "conformance"} {
		r := en.Get(p.at(what))
		p.shows(r, 200, `<html lang="en"`)
		if _, unsaid, found := strings.Cut(r.Body, "⟦"); found {
			t.Errorf("%q does not say ⟦%.40s", what, unsaid)
		}
	}
}

// Whoever takes a ticket that has an owner is named as who took it, and the owner as who stays.
func TestN12_WhoTookATicketIsNamedBesideWhoAnswersForIt(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	lead := p.Person(access.Lead)
	p.do(ticket.Assign{Owner: lead.ID})
	p.do(ticket.Accept{})
	p.shows(p.agent.Get(p.at("")), 200, p.Person(access.Agent).Name+"领取，责任人仍是"+lead.Name)
}
