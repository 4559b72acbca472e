// SPDX-License-Identifier: Apache-2.0

package ui

import "github.com/a-h/templ"

func busy() templ.Attributes { return templ.Attributes{"aria-busy": "true"} }

func (s sample) messages() []Message {
	return []Message{
		{
			ID: "m-1", Kind: Words, Author: s.user(), Via: s.say("门户", "Portal"), When: s.when("09:24"), Locked: true,
			Body:  Plain(s.say("早上 9 点 20 左右开始，在 ERP 里提交付款单，点“提交”后转圈大约 30 秒，然后弹出“ORA-01653: 无法扩展表空间”。我和同组的刘倩都一样，换了电脑也不行。今天下午 3 点银行截单，有 14 笔供应商款要付出去，麻烦尽快处理。", "Since about 9:20 sending a payment in the ERP spins for 30 seconds and then says “ORA-01653: unable to extend table”. Liu Qian has the same. The bank closes at 15:00 and 14 payments have to leave.")),
			Files: []File{{Name: s.say("报错截图.png", "error.png"), Size: "214 KB", Href: "#"}},
			Foot:  Chip(Line, "scan-text", "ORA-01653"),
		},
		{
			ID: "m-2", Kind: Public, Author: s.me(), When: s.when("09:31"), Aside: PromiseChip(Promise{State: Kept, Text: s.say("10:00 前反馈 · 09:52 兑现", "by 10:00 · kept 09:52")}),
			Body: Plain(s.say("海燕您好，付款单的问题我来负责。我先和您核对影响范围，同时请系统组查看，10:00 前给您第一次反馈。", "Good morning, I take care of the payments. I check with you who is affected and ask Systems to look; you hear from me by 10:00.")),
		},
		{
			ID: "m-3", Kind: Call, Author: s.me(), Title: s.say("电话记录", "Call record"), Via: s.say("林晓岚 → 王海燕", "Lin Xiaolan → Wang Haiyan"), When: s.when("09:48"), Aside: Chip(OK, "list-checks", s.say("复述确认 7/7", "read back 7/7")),
			Body: Plain(s.say("应付组 6 人都无法提交，查询正常；昨天下班前还能用。已告知 15:00 前的付款会优先保障。", "All 6 people of accounts payable cannot send; looking things up works.")),
		},
		{
			ID: "m-4", Kind: Note, Author: s.second(), When: s.when("10:09"), Fresh: true,
			Body: Plain(s.say("FIN_DATA 已用 99.8%。按 操作指引 RB-031 第 4 步加数据文件，已提审批给李主管，预计 20 分钟完成。", "FIN_DATA is 99.8% full. Adding a data file by runbook RB-031, step 4; approval asked.")),
		},
	}
}

func (s sample) fold() Fold {
	return Fold{
		Count: s.say("6 条系统记录", "6 system records"), Summary: s.say("自动回执、分类、定级 P2、通知系统组", "acknowledgement, category, P2, Systems notified"),
		Entries: []FoldEntry{{When: s.when("09:24"), Text: s.say("已发送自动回执", "Acknowledgement sent")}, {When: s.when("09:33"), Text: s.say("定级 P2", "Graded P2")}},
	}
}

func (s sample) reply() Composer {
	return Composer{
		Open: true, Action: "#", Who: s.user().Name, Channel: s.say("王海燕将在邮件和门户收到", "Wang Haiyan gets it by mail and in the portal"), Upload: "/files", Draft: "/draft",
		Saved: s.say("草稿已保存 10:18", "Draft saved 10:18"), After: s.say("发送后：下次反馈顺延到 11:30", "After sending: next update at 11:30"),
		Value: s.say("海燕您好，存放财务数据的空间用满了，付款单暂时没办法提交。系统组正在扩充空间，下午3点前恢复，恢复后我马上打电话给您。", "Hello, the space for finance data is full, so payments cannot be sent. Systems is extending it; it works again by 3 pm."),
		Files: []File{{Name: s.say("步骤.pdf", "steps.pdf"), Size: "80 KB", Token: "sample"}},
		Hints: hintSample(s),
	}
}

func (s sample) note() Composer { return Composer{Note: true, Action: "#"} }

func (s sample) failure() Failure {
	return Failure{
		Status: 409, Title: s.say("还差几项", "Something is missing"), Text: s.say("还差 2 项，补齐就能解决。", "Two things are missing."),
		Lines: []string{s.say("解决方案（N32）", "Solution (N32)"), s.say("验证步骤（N33）", "Verification (N33)")}, Incident: "7F3K-22",
		Ways: []Link{{Label: s.say("回到工单", "Back to the ticket"), Href: "#"}, {Label: s.say("回到队列", "Back to the queue"), Href: "#"}},
	}
}

func (s sample) portal() Portal {
	tab := func(icon, zh, en, short string, current bool) Tab {
		return Tab{Link: Link{Label: s.say(zh, en), Href: s.at + "?screen=portal", Icon: icon, Current: current}, Short: short}
	}
	p := s.page
	p.Brand = s.say("IT 服务", "IT service")
	return Portal{
		Page: p, Home: s.at, Hotline: s.say("服务热线 8000，工作日 8:30–18:00", "Hotline 8000, weekdays 8:30–18:00"), Tel: "8000", Me: Me{Person: s.user(), SignOut: "/signout"},
		Tabs: []Tab{tab("house", "首页", "Home", "", true), tab("list", "我的请求", "My requests", "", false), tab("book-open", "自助与知识", "Self-help", s.say("自助", "Help"), false), tab("activity", "系统状态", "System status", s.say("系统状态", "Status"), false)},
	}
}
