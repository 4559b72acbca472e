// SPDX-License-Identifier: Apache-2.0

package ui

import (
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// The gallery is for those who build pages: its samples are invented, stand here
// in both languages instead of in the message files, and reach no user.

// sample is where and in which language the gallery is looked at.
type sample struct {
	page Page
	at   string // address of the gallery, to link its screens
}

// say chooses the text of the language.
func (s sample) say(zh, en string) string {
	if s.page.Lang == i18n.EN {
		return en
	}
	return zh
}

// due returns a clock that is due after the given minutes.
func (s sample) due(meaning string, minutes int, at string) Clock {
	left := time.Duration(minutes) * time.Minute
	if minutes > 0 {
		left += 30 * time.Second
	}
	return Clock{Meaning: meaning, Due: s.page.Now.Add(left), Left: left, At: at}
}

func (s sample) when(text string) When {
	return When{Text: text, Full: "2026-01-05 " + text, ISO: "2026-01-05T00:00:00Z"}
}

func (s sample) me() Person {
	return Person{Name: s.say("林晓岚", "Lin Xiaolan"), Sub: s.say("服务台 · 进行中 4 / 6", "4 of 6 in progress"), Me: true}
}

func (s sample) second() Person { return Person{Name: s.say("周启明", "Zhou Qiming")} }

func (s sample) user() Person {
	return Person{Name: s.say("王海燕", "Wang Haiyan"), Sub: s.say("财务部", "Finance")}
}

func (s sample) update() string { return s.say("下次反馈", "Next update") }

func (s sample) nav() Nav {
	one := func(icon, zh, en, count, tone string, current, rail bool) NavItem {
		return NavItem{Link: Link{Label: s.say(zh, en), Href: s.at + "?screen=queue", Icon: icon, Current: current}, Count: count, Tone: tone, Rail: rail}
	}
	return Nav{
		Home: s.at, Search: s.at,
		Groups: []NavGroup{
			{Items: []NavItem{
				one("circle-user", "我负责的", "Owned by me", "", "", false, true),
				one("phone", "电话受理", "Phone pad", "", "", false, true),
				one("book-open", "知识库", "Knowledge", "", "", false, true),
				one("chart-column", "报表", "Reports", "", "", false, true),
			}},
			{Title: s.say("视图", "Views"), Items: []NavItem{
				one("flame", "风险队列", "Risk queue", "128", "", true, false),
				one("user-round-x", "待领取", "Unclaimed", "7", Warn, false, false),
				one("hourglass", "等待用户", "Waiting for requester", "14", "", false, false),
				one("bell-ring", "承诺将到或已过", "Promises due or missed", "5", Warn, false, false),
				one("volume-x", "超期未反馈", "Silent tickets", "3", Danger, false, false),
				one("circle-check", "待用户确认", "To be confirmed", "22", "", false, false),
			}},
			{Title: s.say("支持组", "Groups"), Items: []NavItem{
				one("headset", "服务台", "Service desk", "46", "", false, false),
				one("network", "网络组", "Network", "18", "", false, false),
				one("server", "系统组", "Systems", "27", "", false, false),
			}},
			{Title: s.say("我保存的", "Saved by me"), More: &Link{Label: s.say("新建视图", "Add view"), Href: s.at}, Items: []NavItem{
				one("star", "财务月结相关", "Month-end closing", "9", "", false, false),
			}},
		},
		Me: Me{Person: s.me(), SignOut: "/signout", Links: []Link{{Label: s.say("我的页面", "My page"), Href: s.at, Icon: "user"}}},
	}
}

func (s sample) adminNav() Nav {
	n := s.nav()
	one := func(icon, zh, en string, current bool) NavItem {
		return NavItem{Link: Link{Label: s.say(zh, en), Href: s.at + "?screen=admin", Icon: icon, Current: current}, Rail: true}
	}
	n.Groups = []NavGroup{
		{Items: []NavItem{one("arrow-left", "返回工作台", "Back to the desk", false)}},
		{Title: s.say("组织", "Organisation"), Items: []NavItem{one("users", "人员", "People", true), one("headset", "支持组", "Groups", false)}},
		{Title: s.say("服务", "Service"), Items: []NavItem{one("list-tree", "分类", "Categories", false), one("layers", "业务系统", "Services", false), one("grid-3x3", "分级矩阵", "Priority matrix", false)}},
		{Title: s.say("运行", "Running"), Items: []NavItem{one("mail", "邮件", "Mail", false), one("mail-warning", "隔离区", "Quarantine", false), one("octagon-alert", "失败的任务", "Failed jobs", false)}},
	}
	return n
}

func (s sample) keys() []KeyGroup {
	return []KeyGroup{
		{Title: s.say("列表", "List"), Keys: []KeyWord{{"j k", s.say("上下移动", "Move")}, {"enter", s.say("打开", "Open")}, {"x", s.say("选择", "Select")}, {"g l", s.say("领取下一单", "Take next ticket")}}},
		{Title: s.say("工单", "Ticket"), Keys: []KeyWord{{"r", s.say("回复", "Reply")}, {"n", s.say("内部备注", "Note")}, {"e", s.say("解决", "Resolve")}, {"ctrl+enter", s.say("发送", "Send")}}},
	}
}

func (s sample) keyMap() templ.Component {
	return templ.Join(KeyMap(s.page.Lang, s.keys()), KeyButton(s.page.Lang, ""))
}

func (s sample) rows() []QueueRow {
	row := func(n string, p int, problem, words, who, place, owner, category string, c Clock) QueueRow {
		r := QueueRow{Number: "LD-" + n, Href: s.at + "?screen=ticket", Priority: p, Problem: problem, Words: words, Requester: who, Place: place, Category: category, Clock: c, Claim: "#", Rev: "1"}
		if owner != "" {
			r.Owner = Person{Name: owner, Me: owner == s.me().Name}
		}
		return r
	}
	first := s.say("首次响应", "First response")
	solve := s.say("解决", "Resolution")
	rows := []QueueRow{
		row("20431", 1, s.say("MES 全厂无法登录，三条产线停工", "MES sign-in down plant-wide, three lines stopped"), s.say("已挂 23 单 · 影响生产部 410 人 · 指挥 周启明 · 通告节奏 20 分钟", "23 tickets attached · 410 people in Production · lead Zhou Qiming"), s.say("赵文博", "Zhao Wenbo"), s.say("生产部", "Production"), s.second().Name, s.say("业务系统", "Business app"), s.due(s.update(), 8, "10:20")),
		row("20438", 2, s.say("3 号会议室视频无画面，10:30 开董事会", "No picture in room 3, board meeting at 10:30"), s.say("“接上笔记本后大屏一直黑的，换了线也不行”", "“The big screen stays black with my laptop, other cable too”"), s.say("孙悦", "Sun Yue"), s.say("总裁办", "CEO office"), "", s.say("硬件", "Hardware"), s.due(first, -6, "10:06")),
		row("20417", 2, s.say("ERP 提交付款单报错 ORA-01653，15:00 银行截单", "ERP payment run fails with ORA-01653, bank cut-off 15:00"), s.say("“点提交后转圈约 30 秒，然后弹出无法扩展表空间，有 14 笔款要付”", "“It spins for 30 seconds, then says it cannot extend the table; 14 payments”"), s.user().Name, s.user().Sub, s.me().Name, s.say("业务系统", "Business app"), s.due(s.update(), 18, "10:30")),
		row("20425", 2, s.say("薪酬系统能看到其他部门的工资明细", "Payroll shows salaries of other departments"), s.say("内容仅 3 名知情人可见，查看会留痕", "Visible to 3 people who need to know; every view is recorded"), s.say("李牧", "Li Mu"), s.say("人力资源部", "People team"), s.say("何佳", "He Jia"), s.say("信息安全", "Security"), s.due(s.update(), 26, "10:38")),
		row("20409", 2, s.say("上海分公司 VPN 每隔几分钟断一次，约 40 人受影响", "VPN of the Shanghai branch drops every few minutes, 40 people"), s.say("“从 9 点开始，视频会议总是掉线”", "“Since nine o’clock every video call falls off”"), "Maria Ahmed", s.say("上海分公司", "Shanghai branch"), s.say("陈思远", "Chen Siyuan"), s.say("网络", "Network"), s.due(s.update(), 34, "10:46")),
		row("20436", 3, s.say("5 名新员工账号未开通，今天 13:30 入职培训", "Accounts for 5 new starters missing, induction at 13:30"), s.say("“名单在附件，需要邮箱、OA 和门禁”", "“List attached: mailbox, OA and door access please”"), s.say("黄珊", "Huang Shan"), s.say("人力资源部", "People team"), s.say("何佳", "He Jia"), s.say("账号权限", "Accounts"), s.due(first, 41, "10:53")),
		row("20386", 3, s.say("12 楼打印机反复卡纸，本月第 3 次", "Printer on floor 12 jams again, third time this month"), s.say("现场支持 14:00 已预约 · 设备 PRN-1207", "Visit booked 14:00 · device PRN-1207"), s.say("郑小敏", "Zheng Xiaomin"), s.say("行政部", "Facilities"), s.say("吴桐", "Wu Tong"), s.say("硬件", "Hardware"), s.due(s.update(), 228, "14:00")),
		row("20369", 3, s.say("合同共享盘申请只读权限（法务外部顾问）", "Read access to the contract share for outside counsel"), s.say("等待审批 · 法务总监 · 已提醒 1 次", "Waiting for approval · General Counsel · reminded once"), s.say("周婷", "Zhou Ting"), s.say("法务部", "Legal"), s.say("何佳", "He Jia"), s.say("账号权限", "Accounts"), s.due(solve, 360, "16:12")),
		row("20318", 4, s.say("更换一把人体工学键盘", "Replace keyboard with an ergonomic one"), s.say("等待到货 · 预计周四", "Waiting for delivery · expected Thursday"), s.say("邓凯", "Deng Kai"), s.say("研发中心", "R&D"), s.say("吴桐", "Wu Tong"), s.say("硬件", "Hardware"), s.due(solve, 4320, s.say("周五 10:00", "Fri 10:00"))),
	}
	rows[0].Major, rows[0].Unread = true, true
	rows[0].Tags = []Tag{{Solid, "siren", s.say("重大事件", "Major")}}
	rows[0].Promise = &Promise{State: Near, Icon: "bell", Text: s.say("10:20 通告", "10:20 notice")}
	rows[1].Unread, rows[1].Tags = true, []Tag{{Brand, "", s.say("新", "New")}}
	rows[2].Cursor, rows[2].Promise = true, &Promise{State: Open, Text: s.say("15:00 恢复", "15:00 fixed")}
	rows[3].Unread, rows[3].Tags = true, []Tag{{Line, "lock", s.say("机密", "Secret")}}
	rows[4].Promise = &Promise{State: Broken, Text: s.say("10:00 已失约", "10:00 broken")}
	rows[6].Tags, rows[6].Promise = []Tag{{Neutral, "repeat", s.say("重复发生", "Recurring")}}, &Promise{State: Kept, Text: s.say("09:52 兑现", "kept 09:52")}
	return rows
}

func (s sample) slims() []SlimRow {
	var out []SlimRow
	for i, r := range s.rows() {
		out = append(out, SlimRow{Number: r.Number, Href: r.Href, Problem: r.Problem, Requester: r.Requester, Priority: r.Priority, Clock: r.Clock, Locked: i == 3, Current: i == 2})
	}
	return out
}

func (s sample) clause(id string) Clause {
	return Clause{ID: id, Title: s.say("规范条款 ", "Clause ") + id, Href: "#" + id}
}

func (s sample) rail() Rail {
	c := func(ids ...string) []Clause {
		var out []Clause
		for _, id := range ids {
			out = append(out, s.clause(id))
		}
		return out
	}
	add := func(zh, en string) Item { return Item{Label: s.say(zh, en), State: Todo, Form: placeSample(s, en)} }
	return Rail{
		Score: 86, All: "#", Summary: s.say("符合度 12/14 条 · 0 项偏离", "12 of 14 clauses met · no deviation"),
		Steps: []Step{
			{Title: s.say("受理", "Intake"), Meta: "09:24", State: Done, Evidence: s.say("七要素 7/7 · 已复述", "7 of 7 elements · read back"), Clauses: c("N15", "N18")},
			{Title: s.say("响应", "Response"), Meta: "09:31", State: Done, Evidence: s.say("人工首响 7 分钟，时限 15 分钟", "Answered in 7 of 15 min"), Clauses: c("N3", "N19")},
			{Title: s.say("分级", "Grading"), Meta: "09:33", State: Dev, Evidence: s.say("P2 · 核心业务 · 影响 6 人", "P2 · core service · 6 people"), Clauses: c("N22")},
			{Title: s.say("诊断", "Diagnosis"), Meta: s.say("缺 1 项，1 项待审批", "1 missing, 1 waiting"), State: Now, Items: []Item{
				{Label: s.say("一线排查 3/3 步", "First-line steps 3 of 3"), State: Done, Clause: s.clause("N25")},
				{Label: s.say("高风险步骤「扩容」待审批", "Risky step waits for approval"), State: Waiting, Clause: s.clause("N31")},
				{Label: s.say("填写根因", "Root cause"), State: Todo, Clause: s.clause("N11"), Form: placeSample(s, "root"), Open: true},
			}},
			{Title: s.say("解决", "Solution"), Meta: s.say("缺 4 项", "4 missing"), State: Todo, Items: []Item{add("解决方案", "Solution"), add("原因", "Cause"), add("预防", "Prevention"), {Label: s.say("验证步骤", "Verification"), State: Done}}},
			{Title: s.say("确认", "Confirmation"), State: Waiting, Evidence: s.say("等王海燕一键确认，超时不算确认", "One tap by Wang Haiyan; a timeout does not count"), Clauses: c("N35")},
			{Title: s.say("归档", "Record"), State: Todo, Evidence: s.say("关闭单由时间线预填", "Pre-filled from the timeline"), Clauses: c("N36", "N37")},
		},
	}
}

func (s sample) facts() []FactView {
	text := func(t string) templ.Component { return factText(t, "") }
	return []FactView{
		{Label: s.say("责任人", "Owner"), Value: factPerson(s.me(), s.say("负责到底", "to the end"))},
		{Label: s.say("处理人", "Assignee"), Value: factPerson(s.second(), s.say("10:02 接受转交", "accepted 10:02")), Form: factForm(s, "assignee")},
		{Label: s.say("支持组", "Group"), Value: factText(s.say("系统组", "Systems"), s.say("由服务台转入，第 1 次转交", "from Service desk, hand-over 1")), Form: factForm(s, "group")},
		{Label: s.say("分类", "Category"), Value: text(s.say("业务系统 › ERP › 报错", "Business app › ERP › Error")), Form: factForm(s, "category")},
		{Label: s.update(), Value: ClockFact(s.page.Lang, explained(s.due(s.update(), 12, "10:30")))},
		{Label: s.say("解决", "Resolution"), Value: ClockFact(s.page.Lang, explained(s.due("", 282, "15:00")))},
	}
}

// explained adds the link to the reckoning.
func explained(c Clock) Clock {
	c.Why = "#why"
	return c
}
