// SPDX-License-Identifier: Apache-2.0

package ui_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

func clock(minutes int) ui.Clock {
	left := time.Duration(minutes) * time.Minute
	return ui.Clock{Meaning: "下次反馈", Due: noon.Add(left), Left: left, At: noon.Add(left).Format("15:04")}
}

func TestGoldenQueueLine(t *testing.T) {
	t.Parallel()
	golden(t, "queue_line", ui.QueueLine(i18n.ZH, ui.QueueRow{
		Number: "LD-20438", Href: "/work/tickets/20438", Priority: 2, Problem: "3 号会议室视频无画面", Words: "“接上笔记本后大屏一直黑的”", Tags: []ui.Tag{{Tone: ui.Brand, Text: "新"}},
		Requester: "孙悦", Place: "总裁办", Claim: "/work/tickets/20438/claim", Category: "硬件", Clock: clock(-6), Unread: true, Rev: "3",
	}))
	golden(t, "queue_line_owned", ui.QueueLine(i18n.EN, ui.QueueRow{
		Number: "LD-20417", Href: "/work/tickets/20417", Priority: 1, Problem: "ERP payment run fails with ORA-01653", Words: "“It spins”", Requester: "Wang Haiyan", Place: "Finance",
		Owner: ui.Person{Name: "Lin Xiaolan", Me: true}, Category: "Business app", Clock: clock(18), Promise: &ui.Promise{State: ui.Broken, Text: "10:00 broken"}, Major: true, Cursor: true, Rev: "9",
	}))
}

func TestGoldenMessages(t *testing.T) {
	t.Parallel()
	at := ui.At(i18n.ZH, noon, noon, time.UTC)
	golden(t, "message_words", ui.MessageCard(i18n.ZH, ui.Message{ID: "m-1", Author: ui.Person{Name: "王海燕"}, Via: "门户", When: at, Locked: true, Body: ui.Plain("第一行\n第二行"), Files: []ui.File{{Name: "报错.png", Size: "214 KB", Href: "/files/1/x/a.png"}}}))
	golden(t, "message_public", ui.MessageCard(i18n.ZH, ui.Message{ID: "m-2", Kind: ui.Public, Author: ui.Person{Name: "林晓岚"}, When: at, Body: ui.Plain("您好"), Aside: ui.PromiseChip(ui.Promise{State: ui.Kept, Text: "09:52 兑现"})}))
	golden(t, "message_note", ui.MessageCard(i18n.ZH, ui.Message{ID: "m-3", Kind: ui.Note, Author: ui.Person{Name: "周启明"}, When: at, Body: ui.Plain("FIN_DATA 已用 99.8%"), Fresh: true}))
}

func TestGoldenComposers(t *testing.T) {
	t.Parallel()
	golden(t, "composer_public", ui.ComposerBox(i18n.ZH, ui.Composer{Open: true, Action: "/work/tickets/1/reply", Who: "王海燕", Channel: "王海燕将在邮件和门户收到", Value: "您好", Error: "还没写内容", Draft: "/work/tickets/1/draft", Upload: "/files", Target: "#ticket", Files: []ui.File{{Name: "a.pdf", Size: "80 KB", Token: "t0k"}}, Hidden: []string{"version", "3"}}))
	golden(t, "composer_note", ui.ComposerBox(i18n.EN, ui.Composer{Note: true, Action: "/work/tickets/1/note"}))
}

func TestGoldenRail(t *testing.T) {
	t.Parallel()
	golden(t, "rail", ui.RailBox(i18n.ZH, ui.Rail{Score: 86, Summary: "符合度 12/14 条", All: "/norm", Steps: []ui.Step{
		{Title: "受理", Meta: "09:24", State: ui.Done, Evidence: "七要素 7/7", Clauses: []ui.Clause{{ID: "N15", Href: "/norm#N15"}}},
		{Title: "诊断", Meta: "缺 1 项", State: ui.Now, Items: []ui.Item{
			{Label: "一线排查", State: ui.Done, Clause: ui.Clause{ID: "N25"}},
			{Label: "填写根因", State: ui.Todo, Clause: ui.Clause{ID: "N11"}, Form: ui.PlaceButtons(i18n.ZH, "/deviate"), Open: true},
		}},
		{Title: "解决", State: ui.Todo, Items: []ui.Item{{Label: "解决方案", State: ui.Todo, Form: ui.PlaceButtons(i18n.ZH, "")}, {Label: "原因", State: ui.Done}}},
	}}))
}

func TestGoldenFields(t *testing.T) {
	t.Parallel()
	golden(t, "field_text", ui.Text(i18n.ZH, ui.Field{Name: "email", Label: "邮箱", Help: "回执会寄到这里", Error: "地址不完整", Value: "wang@", Type: "email", Required: true, Max: 254, Autocomplete: "email"}))
	golden(t, "field_segments", ui.Segments(i18n.EN, ui.Field{Name: "impact", Label: "Who is affected", Value: "team", Optional: true, Clause: ui.Clause{ID: "N22"}, Options: []ui.Option{{Value: "one", Label: "One person"}, {Value: "team", Label: "A department"}}}))
	golden(t, "problems", ui.Problems(i18n.EN, "", []ui.Problem{{Field: "email", Text: "The address is incomplete"}}))
}

func TestGoldenFrame(t *testing.T) {
	t.Parallel()
	golden(t, "workspace", ui.WorkspaceFrame(ui.Workspace{
		Page: ui.Page{Lang: i18n.ZH, Theme: "dark", Path: "/work"}, Rail: true,
		Nav: ui.Nav{Home: "/work", Search: "/find", Palette: "/commands", Me: ui.Me{Person: ui.Person{Name: "林晓岚", Sub: "服务台"}, SignOut: "/signout"}, Groups: []ui.NavGroup{{Title: "视图", Items: []ui.NavItem{{Link: ui.Link{Label: "风险队列", Href: "/work", Icon: "flame", Current: true}, Count: "128", Tone: ui.Warn, Rail: true}}}}},
	}))
}

func TestInitial(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"林晓岚": "岚", "吴桐": "桐", "Maria Ahmed": "M", "émile": "É", " 张蕾 ": "蕾", "": "?"} {
		if got := ui.Initial(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestCodesStayInOneLine(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"报错 ORA-01653，截单":     `报错 <span class="nb">ORA-01653</span>，截单`,
		"plant-wide, cut-off": "plant-wide, cut-off",
		"RB-031 & <b>":        `<span class="nb">RB-031</span> &amp; &lt;b&gt;`,
		"-1":                  "-1",
		"2026-01-05":          `<span class="nb">2026-01-05</span>`,
		"a-very-long-word-that-must-be-allowed-to-break-1": "a-very-long-word-that-must-be-allowed-to-break-1",
		"": "",
	} {
		if got := render(t, ui.Coded(in)); got != want {
			t.Errorf("%q: got %q", in, got)
		}
	}
}

func TestAClockSaysItsState(t *testing.T) {
	t.Parallel()
	paused, met, resting := clock(-5), clock(-5), clock(10)
	paused.Paused, met.Met, resting.Working = true, true, true
	cases := []struct {
		name  string
		clock ui.Clock
		want  string
	}{
		{"calm", clock(90), `<span class="due num" data-due="1767613320000" data-near="1800" data-state="">1 小时 30 分</span><small class="num">11:42</small>`},
		{"near", clock(10), `<span class="due num" data-due="1767608520000" data-near="1800" data-state="near">10 分钟</span><small class="num">10:22</small>`},
		{"overdue", clock(-5), `<span class="due num" data-due="1767607620000" data-near="1800" data-state="over">超时 5 分钟</span><small class="num">10:07</small>`},
		{"paused", paused, `<span class="due num" data-state="">超时 5 分钟</span><small class="num">已暂停</small>`},
		{"met", met, `<span class="due num" data-state="">超时 5 分钟</span><small class="num">10:07</small>`},
		{"working time is not counted by the page", resting, `<span class="due num" data-state="near">10 分钟</span><small class="num">10:22</small>`},
		{"nothing is due", ui.Clock{}, `<span class="due num" data-state="">–</span><small class="num"></small>`},
	}
	for _, tt := range cases {
		if got := strings.TrimSpace(render(t, ui.ClockFact(i18n.ZH, tt.clock))); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

func TestAToastGoesOrStays(t *testing.T) {
	t.Parallel()
	for want, toast := range map[string]ui.Toast{
		`data-toast="6000"`:  {Text: "x"},
		`data-toast="10000"`: {Text: "x", Undo: "/undo", Label: "撤销"},
		`data-toast="5000"`:  {Text: "x", Undo: "/undo", Label: "撤销", Seconds: 5},
		`data-toast=""`:      {Text: "x", Danger: true},
	} {
		if got := render(t, ui.ToastLine(toast)); !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}
