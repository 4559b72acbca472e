// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestDraftsWaitOnTheServer(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	saved := ""
	for _, form := range [][]string{
		{"at", "reply", "version", "1", "text", "写了一半的回复"},
		{"at", "note", "text", "写了一半的备注"},
		{"at", "act-resolve", "solution", "写了一半的方案", "cause", "", "verify", "第一步", "verify", "第二步", "how", ""},
	} {
		if r := p.htmx("draft", form...); r.Status != http.StatusNoContent || r.Body != "" {
			t.Fatalf("%d %s", r.Status, r.Body)
		} else {
			saved, _ = url.PathUnescape(r.Header.Get("Draft-Saved"))
		}
	}
	if saved == "" {
		t.Error("nobody says when a draft was kept")
	}
	p.shows(p.agent.Get(p.at("")), 200, "写了一半的回复", "写了一半的备注", "草稿已保存 "+saved) // the same moment in the same zone
	p.shows(p.agent.Get(p.at("resolve")), 200, "写了一半的方案", `value="第一步"`, `value="第二步"`)
	p.hides(p.SignIn(access.Lead).Get(p.at("")), "写了一半")
	if r := p.htmx("draft", "at", "fact-owner", "text", "x"); r.Status != 422 {
		t.Errorf("a draft of nothing: %d", r.Status)
	}
	p.shows(p.htmx("reply", "at", "reply", "text", "写完的回复"), 200, `hx-target="#reply"`)
	r := p.agent.Get(p.at(""))
	p.shows(r, 200, "写完的回复", "写了一半的备注")
	p.hides(r, "写了一半的回复")
}

func TestWhatCanBeTakenBackIs(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	lead := p.Person(access.Lead).ID
	p.shows(p.htmx("assign", "at", "fact-assignee", "assignee", number(int64(lead))), 200, p.at("undo/"+number(p.now().Version)), "撤销", `hx-target="#facts"`)
	p.shows(p.htmx("undo/"+number(p.now().Version)), 200, "已撤销")
	if got := p.now().Assignee; got != p.Person(access.Agent).ID {
		t.Errorf("the assignee is %d", got)
	}
	p.went(p.post("hold", "reason", "requester"), p.at(""))
	p.went(p.post("undo/"+number(p.now().Version)), p.at(""))
	p.went(p.post("classify", "subject", "另一个标题"), p.at(""))
	before := p.now().Version
	p.do(ticket.Note{Say: ticket.Say{Text: "之后的话"}})
	if r := p.post("undo/" + number(before)); r.Status != 409 && r.Status != 412 {
		t.Errorf("taken back past something else: %d", r.Status)
	}
	if got := p.now(); got.Subject != "另一个标题" || got.Status != ticket.Opened {
		t.Errorf("%s %s", got.Subject, got.Status)
	}
	// A group that nobody had cannot be taken away again, and three answers that have left cannot either.
	p.hides(p.htmx("assign", "group", number(int64(p.group))), "undo/")
	p.hides(p.htmx("hold", "reason", "blocked", "stuck", "等备件", "doing", "催厂商", "next", "2026-03-03T09:00"), "undo/")
}

func TestTheSolutionIsShownBeforeItLeaves(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	p.shows(p.htmx("preview", "at", "act-resolve", "solution", "换了搓纸轮", "cause", "磨损", "verify", "打印一页", "verify", " "), 200, "换了搓纸轮", "磨损", "1. 打印一页", "已恢复", "还没好")
	if p.now().Status != ticket.Opened {
		t.Error("a preview resolved it")
	}
	p.went(p.post("resolve", "how", "phone", "solution", "换了搓纸轮", "cause", "磨损", "prevention", "每月清洁", "verify", "打印一页", "difficulties", "无", "approach", "换件"), p.at("confirm"))
	p.shows(p.agent.Get(p.at("confirm")), 200, "记录电话确认", `name="solution" value="1"`)
	p.shows(p.post("confirm", "at", "act-confirm", "evidence", " "), 422, "请写下通话时间和用户的原话")
	p.went(p.post("confirm", "at", "act-confirm", "evidence", "10:20 说好了", "solution", "1"), p.at(""))
	if got := p.now(); got.Status != ticket.Closed || got.ClosedAs != ticket.Confirmed {
		t.Errorf("%s %s", got.Status, got.ClosedAs)
	}
}

// What is attached to a draft waits with it, past the day after which files that nobody sends are
// swept away, and goes out with it.
func TestADraftKeepsItsFiles(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	agent := apptest.Actor(p.Person(access.Agent), "web")
	a, err := p.Tickets.Stage(t.Context(), agent, ticket.File{Name: "纸盒.txt", Data: strings.NewReader("A4")})
	if err != nil {
		t.Fatal(err)
	}
	if r := p.htmx("draft", "at", "note", "text", "照片见附件", "files", a.Token); r.Status != http.StatusNoContent {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	p.shows(p.agent.Get(p.at("")), 200, "照片见附件", "纸盒.txt", `name="files" value="`+a.Token+`"`)
	p.hides(p.SignIn(access.Lead).Get(p.at("")), "纸盒.txt", a.Token)
	p.Advance(3 * 24 * time.Hour)
	p.agent = p.SignIn(access.Agent)
	if n, err := p.Tickets.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("%d files of a draft were swept away, %v", n, err)
	}
	p.shows(p.htmx("note", "at", "note", "text", "照片见附件", "files", a.Token), 200, "纸盒.txt")
	p.hides(p.agent.Get(p.at("")), `name="files" value="`)
	if r := p.htmx("draft", "at", "reply", "text", "", "files", a.Token); r.Status != http.StatusNoContent { // it is sent: it waits with nothing
		t.Errorf("%d %s", r.Status, r.Body)
	}
	p.hides(p.agent.Get(p.at("")), `name="files" value="`)

	f := p.htmx("reply", "at", "reply", "text", "请看附件里的说明。", "files", p.staged("说明.txt"))
	p.shows(f, 200, "正在发送", "说明.txt")
	p.shows(p.htmx("take-back"), 200, "说明.txt", `name="files"`)
	p.shows(p.agent.Get(p.at("")), 200, "请看附件里的说明。", "说明.txt", `name="files"`) // also after the page was left
}

func (p *ticketDesk) staged(name string) string {
	p.Helper()
	a, err := p.Tickets.Stage(p.Context(), apptest.Actor(p.Person(access.Agent), "web"), ticket.File{Name: name, Data: strings.NewReader("x")})
	if err != nil {
		p.Fatal(err)
	}
	return a.Token
}

// An empty file is refused by its name where it comes in; a name that nobody has is said to be none.
func TestAnEmptyFileAndAnEmptyNameAreSaid(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	agent := apptest.Actor(p.Person(access.Agent), "web")
	if _, err := p.Tickets.Stage(t.Context(), agent, ticket.File{Name: "空.txt", Data: strings.NewReader("")}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := p.Tickets.Stage(t.Context(), agent, ticket.File{Name: "空.txt", Mailed: true, Data: strings.NewReader("")}); err != nil {
		t.Errorf("an empty file of a mail: %v", err)
	}
	look := func(typed string) apptest.Reply { return p.part("mentions?q=" + url.QueryEscape(typed)) }
	p.shows(look("nobodyhere"), 200, "没有叫这个名字的同事")
	p.hides(look(p.Person(access.Lead).Name+"看一下"), "没有叫这个名字的同事")
}

// What fills the places of a canned text is written in the language of the text, whatever the
// language of whoever puts it in.
func TestACannedTextIsOfOneLanguage(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	for _, text := range []canned.Text{
		{Short: "zhnext", Title: "下一次", Body: "{{next.time}}前给您反馈", Lang: "zh"},
		{Short: "ennext", Title: "Next", Body: "You hear from us by {{next.time}}", Lang: "en"},
	} {
		text.Person = p.Person(access.Agent).ID
		if _, err := p.Texts.Save(t.Context(), apptest.Actor(p.Person(access.Agent), "web"), text, 0); err != nil {
			t.Fatal(err)
		}
	}
	p.Advance(8 * time.Hour) // the next word is owed on another day, which has a name
	p.agent = p.SignIn(access.Agent)
	p.agent.Post("/lang", url.Values{"lang": {"en"}})
	if r := p.part("texts?q=zhnext"); !strings.Contains(r.Body, "明天") && !strings.Contains(r.Body, "今天") || strings.Contains(r.Body, "tomorrow") {
		t.Errorf("%s", r.Body)
	}
	p.agent.Post("/lang", url.Values{"lang": {"zh-CN"}})
	if r := p.part("texts?q=ennext"); !strings.Contains(r.Body, "tomorrow") || strings.Contains(r.Body, "明天") {
		t.Errorf("%s", r.Body)
	}
}

// A solution is given to what its writer has seen: past words of the requester that came meanwhile
// the desk asks once, keeps what was typed and says who wrote.
func TestNobodyResolvesPastWordsUnseen_N32(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	who := p.Person(access.Requester)
	typed := func(seen, version int64) []string {
		return []string{"at", "act-resolve", "version", number(version), "heard", number(seen), "solution", "换了搓纸轮", "cause", "磨损", "prevention", "每月清洁", "verify", "打印一页"}
	}
	p.shows(p.part("resolve"), 200, `name="heard" value="1"`)
	if _, err := p.Tickets.Do(p.Context(), apptest.Actor(who, "portal"), ticket.Target{Number: ticket.ParseRef(p.ref)}, ticket.Reply{Say: ticket.Say{Text: "又卡了两次，还有焦味"}}); err != nil {
		t.Fatal(err)
	}
	// The page has moved along with the ticket; the writer's eyes have not.
	p.shows(p.htmx("resolve", typed(1, p.now().Version)...), 412, who.Name, "换了搓纸轮", "磨损", `name="heard" value="2"`)
	if got := p.now().Status; got != ticket.Opened {
		t.Fatalf("resolved past what nobody had read: %s", got)
	}
	p.went(p.post("resolve", typed(2, p.now().Version)...), p.at(""))
	if got := p.now().Status; got != ticket.Resolved {
		t.Errorf("%s after the second time", got)
	}
}

// Nobody waits for an answer that has come: past words unseen the desk asks once, and keeps the rest.
func TestNobodyWaitsPastWordsUnseen_N30(t *testing.T) {
	t.Parallel()
	p := openPage(t, "打印机卡纸")
	p.ready()
	p.shows(p.part("hold"), 200, `name="heard" value="1"`)
	who := p.Person(access.Requester)
	if _, err := p.Tickets.Do(p.Context(), apptest.Actor(who, "portal"), ticket.Target{Number: ticket.ParseRef(p.ref)}, ticket.Reply{Say: ticket.Say{Text: "型号是 M404"}}); err != nil {
		t.Fatal(err)
	}
	typed := func(seen int64) []string {
		return []string{"at", "act-hold", "version", number(p.now().Version), "heard", number(seen), "reason", "blocked", "stuck", "等备件", "doing", "催厂商", "next", "2026-03-03T09:00"}
	}
	p.shows(p.htmx("hold", typed(1)...), 412, who.Name, "等备件", "催厂商", `name="heard" value="2"`)
	if got := p.now().Status; got != ticket.Opened {
		t.Fatalf("waits past what nobody had read: %s", got)
	}
	p.went(p.post("hold", typed(2)...), p.at(""))
	if got := p.now().Status; got != ticket.Pending {
		t.Errorf("%s after the second time", got)
	}
}
