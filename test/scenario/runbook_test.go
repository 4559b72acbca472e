// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// network is the first line of a category: an instruction with a picture, a choice, a number.
const network = `# 连不上网：先试这几步
lang: zh-CN
summary: 有线和无线都适用

## cable 看看网线
kind: instruct
time: 2
expect: 网口旁的灯亮
picture: port.png | 网口在电脑背面

请把网线两头都拔下，再插紧。

-> done: end solved

## seen 别的设备能上网吗
kind: choose

-> yes | 能: speed
-> no | 不能: end unsolved

## speed 测一下延迟
kind: measure
range: 0..50 ms
-> in: end solved
-> out: end unsolved
`

// restart holds a step with a risk.
const restart = `# 重启打印服务
lang: zh-CN

## look 看看队列
kind: instruct

-> done: end solved

## restart 重启打印服务
kind: act
risk: production-restart
expect: 队列清空

在打印服务器上重启 Spooler。

-> done: end solved
-> failed: end unsolved
`

// wipe holds one that the review of its version does not cover.
const wipe = `# 清理旧数据
lang: zh-CN

## wipe 删除过期数据
kind: act
risk: data-deletion

按工单写明的范围删除。

-> done: end solved
-> failed: end unsolved
`

// published writes a runbook, has it reviewed by a second person and put in force.
func (s *story) published(text string, places ...runbook.Place) runbook.ID {
	s.Helper()
	author, second, lead := s.Somebody(access.Agent), s.Somebody(access.Agent), s.Somebody(access.Lead)
	ctx := s.Context()
	x, err := s.Runbooks.Write(ctx, apptest.Actor(author, "web"), 0, text, "", 0)
	s.must(err)
	if strings.Contains(text, "port.png") {
		_, err = s.Runbooks.AddPicture(ctx, apptest.Actor(author, "web"), x.ID, "port.png", strings.NewReader(png))
		s.must(err)
	}
	_, err = s.Runbooks.Submit(ctx, apptest.Actor(author, "web"), x.ID, 0)
	s.must(err)
	if _, err := s.Runbooks.Review(ctx, apptest.Actor(author, "web"), x.ID, true, "", 0); err == nil {
		s.Fatal("the author reviewed their own runbook")
	}
	_, err = s.Runbooks.Review(ctx, apptest.Actor(second, "web"), x.ID, true, "", 0)
	s.must(err)
	_, err = s.Runbooks.Publish(ctx, apptest.Actor(lead, "web"), x.ID, 0)
	s.must(err)
	s.must(s.Runbooks.SetPlaces(ctx, apptest.Actor(lead, "web"), x.ID, places, 0))
	return x.ID
}

func (s *story) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// asked opens a request of the category that an agent has taken.
func (s *story) asked(in catalog.CategoryID) ticket.Ticket {
	s.Helper()
	t, _, err := s.Tickets.Record(s.Context(), apptest.Actor(s.user, "portal"), ticket.Request{Requester: s.user.ID, Channel: ticket.Portal, Category: in, Say: ticket.Say{Text: "上不了网"}})
	s.must(err)
	s.do(t.Ref(), "accept", url.Values{})
	return t
}

func (s *story) category() catalog.CategoryID {
	s.Helper()
	c, err := s.Catalog.SaveCategory(s.Context(), access.Desk(), catalog.Category{Name: "网络"}, 0)
	s.must(err)
	below, err := s.Catalog.SaveCategory(s.Context(), access.Desk(), catalog.Category{Name: "有线网络", Parent: c.ID}, 0)
	s.must(err)
	s.must(s.Runbooks.Load(s.Context()))
	return below.ID
}

// the button of a page that sends an outcome, with what goes with it.
var hiddenField = regexp.MustCompile(`name="(step|seq)" value="([^"]*)"`)

// press sends an outcome of the page that a guide shows, as its form would.
func press(s *story, who *apptest.Client, path, outcome string, more url.Values) apptest.Reply {
	s.Helper()
	page := who.Get(path)
	form := url.Values{"outcome": {outcome}}
	for _, m := range hiddenField.FindAllStringSubmatch(page.Body, -1) {
		form.Set(m[1], m[2])
	}
	for k, v := range more {
		form[k] = v
	}
	return who.Post(path+"/answer", form)
}

// TestN25_N10_TheFirstLineIsSentAndAnswered: a hand-over before the first simple things is refused
// and leads to them; they are sent by one letter, followed by the link in it without signing in, one
// action a screen with its picture; an answer that came twice counts once; what the requester does
// not understand comes back with the step quoted; their report ends it, and the hand-over goes through.
func TestN25_N10_TheFirstLineIsSentAndAnswered(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		group, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "网络组"}, 0)
		s.must(err)
		below := s.category()
		above := h.Catalog.Category(t.Context(), below).Parent
		s.published(network, runbook.Place{Category: above, First: true})
		x := s.asked(below)
		over := url.Values{"group": {fmt.Sprint(group.ID)}, "done": {"看过"}, "why": {"要网络组"}, "needed": {"查端口"}}
		if r := s.agent.Post("/work/tickets/"+x.Ref()+"/hand-over", over); r.Status != http.StatusConflict || !strings.Contains(r.Body, "连不上网：先试这几步") {
			t.Fatalf("a hand-over before the first simple things: %d\n%s", r.Status, r.Body)
		}
		book := h.Runbooks.FirstFor(s.ticket(x.Ref()))[0].Runbook
		s.do(x.Ref(), "runbook", url.Values{"runbook": {fmt.Sprint(book)}, "do": {"send"}, "words": {"麻烦您先试一下"}, "wait": {"yes"}})
		v := s.ticket(x.Ref())
		if len(v.Detail.Guides) != 1 || v.Detail.Guides[0].State != ticket.GuideSent || v.Pending != ticket.ForRequester || v.FirstResponseAt.IsZero() {
			t.Fatalf("sent: %+v, %s, first response %v", v.Detail.Guides, v.Pending, v.FirstResponseAt)
		}
		letter := s.last("麻烦您先试一下")
		path := regexp.MustCompile(`/t/[a-z0-9-]+/guides/\d+`).FindString(letter.Text())
		if path == "" {
			t.Fatalf("no link to the pages:\n%s", letter.Text())
		}
		who := h.Nobody()
		first := who.Get(path)
		if first.Status != http.StatusOK || strings.Count(first.Body, "<h1") != 1 || !strings.Contains(first.Body, "看看网线") || strings.Contains(first.Body, "别的设备") {
			t.Fatalf("one action a screen: %d\n%s", first.Status, first.Body)
		}
		src := regexp.MustCompile(`src="(/t/[^"]*/pictures/[^"]*)"`).FindStringSubmatch(first.Body)
		if src == nil || who.Get(src[1]).Header.Get("Content-Type") != "image/png" {
			t.Fatalf("the picture of the step: %v", src)
		}
		if r := press(s, who, path, runbook.Unclear, nil); r.Status != http.StatusSeeOther {
			t.Fatalf("not understood: %d\n%s", r.Status, r.Body)
		}
		stuck := who.Get(path)
		if !strings.Contains(stuck.Body, "<blockquote") || !strings.Contains(stuck.Body, "看看网线") {
			t.Fatalf("the reply does not quote the step:\n%s", stuck.Body)
		}
		if n, err := h.Inbox.Unread(t.Context(), apptest.Actor(h.Person(access.Agent), "web")); err != nil || n == 0 {
			t.Fatalf("the agent is not told that the requester is stuck: %d, %v", n, err)
		}
		who.Post(path+"/words", url.Values{"text": {"网口在哪里"}})
		if r := s.agent.Get("/work/tickets/" + x.Ref()); !strings.Contains(r.Body, "看不懂") || !strings.Contains(r.Body, "网口在哪里") || !strings.Contains(r.Body, "请把网线两头都拔下") {
			t.Fatal("the agent does not see where the requester is stuck")
		}
		old := url.Values{"step": {"cable"}, "seq": {"2"}, "outcome": {runbook.Failed}}
		for range 2 { // pressed twice: it counts once
			if r := who.Post(path+"/answer", old); r.Status != http.StatusSeeOther {
				t.Fatalf("pressed: %d\n%s", r.Status, r.Body)
			}
		}
		press(s, who, path, "yes", nil)
		if r := press(s, who, path, runbook.In, url.Values{"value": {"abc"}}); r.Status != http.StatusUnprocessableEntity {
			t.Fatalf("a number that is none: %d", r.Status)
		}
		press(s, who, path, runbook.In, url.Values{"value": {"120"}})
		s.RunJobs()
		v = s.ticket(x.Ref())
		if g := v.Detail.Guides[0]; g.State != ticket.GuideUnsolved || v.Status != ticket.Opened {
			t.Fatalf("after the last answer: %+v, %s", g, v.Status)
		}
		if n := len(v.Detail.Findings); n != 3 || !strings.Contains(v.Detail.Findings[2].Words(), "120 ms") {
			t.Fatalf("%d lines in the log: %+v", n, v.Detail.Findings)
		}
		if r := s.agent.Get("/work/tickets/" + x.Ref()); !strings.Contains(r.Body, "我按“连不上网：先试这几步”做完了，还没有好") {
			t.Fatal("the requester's report is not on the thread")
		}
		if r := who.Get(path); !strings.Contains(r.Body, "都试过了") {
			t.Fatalf("the end is not explained:\n%s", r.Body)
		}
		s.do(x.Ref(), "hand-over", over)
		if rebuilt, err := h.Tickets.Rebuilt(t.Context(), v.ID); err != nil || len(rebuilt.Detail.Guides) != 1 {
			t.Fatalf("rebuilt: %+v, %v", rebuilt.Detail.Guides, err)
		}
	})
}

// TestN25_AnAnswerAfterTheEndIsExplained: the request is closed meanwhile, the run is stopped, the
// link is somebody else's: each is said on a page, and nothing is recorded.
func TestN25_S21_AnAnswerAfterTheEndIsExplained(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		below := s.category()
		id := s.published(network, runbook.Place{Category: below})
		x := s.asked(below)
		s.do(x.Ref(), "runbook", url.Values{"runbook": {fmt.Sprint(id)}, "do": {"send"}})
		run := s.ticket(x.Ref()).Detail.Guides[0].Run
		user := h.SignInAs(s.user)
		path := "/requests/" + x.Ref() + "/guides/" + fmt.Sprint(run)
		if r := h.SignInAs(h.Somebody(access.Requester)).Get(path); r.Status != http.StatusNotFound {
			t.Fatalf("somebody else's run: %d", r.Status)
		}
		s.do(x.Ref(), "close", url.Values{"as": {"cancelled"}, "reason": {"用户不需要了"}})
		r := user.Post(path+"/answer", url.Values{"step": {"cable"}, "seq": {"1"}, "outcome": {runbook.Done}})
		if r.Status != http.StatusSeeOther {
			t.Fatalf("an answer after the end: %d\n%s", r.Status, r.Body)
		}
		if r := user.Get(path); r.Status != http.StatusOK || !strings.Contains(r.Body, "这个请求已经关闭") || strings.Contains(r.Body, "<form method=\"post\" action=\""+path) {
			t.Fatalf("it is not explained: %d\n%s", r.Status, r.Body)
		}
		c, err := h.Runbooks.Course(t.Context(), access.Desk(), runbook.RunID(run))
		if err != nil || len(c.Marked) != 0 {
			t.Fatalf("recorded: %+v, %v", c.Marked, err)
		}
	})
}

// stamps are approvals that were granted, by their digests.
type stamps map[string]bool

func (s stamps) Covers(_ context.Context, _ ticket.ID, kind, _, digest string) (bool, error) {
	return kind == runbook.ApprovalKind && s[digest], nil
}

// TestN31_ARiskyStepIsLockedUntilItIsReleased: a production restart, which its reviewed version
// covers and a second person releases; a deletion, which an approval of exactly this covers. Neither
// can be done before what will be done, and how it is taken back, is written; a change voids the rest.
func TestN31_ARiskyStepIsLockedUntilItIsReleased(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		granted := stamps{}
		h.Runbooks.Approvals = granted
		below := s.category()
		first, second := s.published(restart, runbook.Place{Category: below}), s.published(wipe, runbook.Place{Category: below})
		x := s.asked(below)
		colleague := h.SignInAs(h.Somebody(access.Agent))
		at := func(run int64, what string) string {
			return "/work/tickets/" + x.Ref() + "/runbook/" + fmt.Sprint(run) + "/" + what
		}
		see := func(who *apptest.Client, run int64) string {
			return who.Get("/work/tickets/" + x.Ref() + "/runbook?run=" + fmt.Sprint(run)).Body
		}
		if r := s.agent.Post("/work/tickets/"+x.Ref()+"/runbook", url.Values{"runbook": {fmt.Sprint(first)}, "do": {"send"}}); r.Status != http.StatusConflict {
			t.Fatalf("a step that the requester must not do is sent: %d", r.Status)
		}
		s.do(x.Ref(), "runbook", url.Values{"runbook": {fmt.Sprint(first)}, "do": {"run"}})
		run := s.ticket(x.Ref()).Detail.Guides[0].Run
		mark := func(who *apptest.Client, run int64, seq, step, outcome, value string) apptest.Reply {
			c, err := h.Runbooks.Course(t.Context(), access.Desk(), runbook.RunID(run))
			s.must(err)
			return who.Post(at(run, "mark"), url.Values{"seq": {seq}, "step": {step}, "outcome": {outcome}, "value": {value}, "digest": {c.Lock.Digest}})
		}
		mark(s.agent, run, "1", "look", runbook.Failed, "")
		if r := mark(s.agent, run, "2", "restart", runbook.Done, "好了"); r.Status != http.StatusConflict || !strings.Contains(r.Body, "已锁定") {
			t.Fatalf("a locked step is done: %d", r.Status)
		}
		if r := s.agent.Post(at(run, "prepare"), url.Values{"seq": {"2"}, "what": {"prn01 的 Spooler"}}); r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "prn01 的 Spooler") {
			t.Fatalf("prepared without a way back: %d", r.Status)
		}
		s.agent.Post(at(run, "prepare"), url.Values{"seq": {"2"}, "what": {"prn01 的 Spooler"}, "rollback": {"从备份恢复队列"}})
		digest := func(body string) string {
			m := regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(body)
			if m == nil {
				return ""
			}
			return m[1]
		}
		if digest(see(s.agent, run)) != "" {
			t.Fatal("whoever wrote it is offered to release it")
		}
		old := digest(see(colleague, run))
		s.agent.Post(at(run, "prepare"), url.Values{"seq": {"2"}, "what": {"prn02 的 Spooler"}, "rollback": {"从备份恢复队列"}})
		if r := colleague.Post(at(run, "release"), url.Values{"digest": {old}}); r.Status != http.StatusPreconditionFailed {
			t.Fatalf("released what was changed since: %d", r.Status)
		}
		if r := colleague.Post(at(run, "release"), url.Values{"digest": {digest(see(colleague, run))}}); r.Status != http.StatusSeeOther {
			t.Fatalf("released: %d\n%s", r.Status, r.Body)
		}
		if r := mark(colleague, run, "2", "restart", runbook.Done, "好了"); r.Status != http.StatusForbidden {
			t.Fatalf("whoever released it did it: %d", r.Status)
		}
		if r := mark(s.agent, run, "2", "restart", runbook.Done, ""); r.Status != http.StatusUnprocessableEntity {
			t.Fatalf("done without an outcome: %d", r.Status)
		}
		if r := s.agent.Post(at(run, "mark"), url.Values{"seq": {"2"}, "step": {"restart"}, "outcome": {runbook.Done}, "value": {"好了"}, "digest": {old}}); r.Status != http.StatusPreconditionFailed {
			t.Fatalf("done by what was read before: %d", r.Status)
		}
		if !strings.Contains(see(s.agent, run), digest(see(s.agent, run))) || digest(see(s.agent, run)) == old {
			t.Fatal("the page does not say which deed it shows")
		}
		if r := mark(s.agent, run, "2", "restart", runbook.Done, "队列已清空"); r.Status != http.StatusSeeOther {
			t.Fatalf("done: %d\n%s", r.Status, r.Body)
		}
		v := s.ticket(x.Ref())
		if g := v.Detail.Guides[0]; g.State != ticket.GuideSolved || !strings.Contains(v.Detail.Findings[1].Words(), "队列已清空") {
			t.Fatalf("%+v, %+v", g, v.Detail.Findings)
		}

		s.do(x.Ref(), "runbook", url.Values{"runbook": {fmt.Sprint(second)}, "do": {"run"}})
		run = s.ticket(x.Ref()).Detail.Guides[1].Run
		s.agent.Post(at(run, "prepare"), url.Values{"seq": {"1"}, "what": {"2019 年的日志"}, "rollback": {"不能恢复，已备份"}})
		colleague.Post(at(run, "release"), url.Values{"digest": {digest(see(colleague, run))}})
		if r := mark(s.agent, run, "1", "wipe", runbook.Done, "删了"); r.Status != http.StatusConflict {
			t.Fatalf("deleted without an approval: %d", r.Status)
		}
		if !strings.Contains(see(s.agent, run), "/approvals/new?kind=runbook.step") {
			t.Fatal("the way to an approval is not offered")
		}
		c, err := h.Runbooks.Course(t.Context(), access.Desk(), runbook.RunID(run))
		s.must(err)
		title, content, by, err := h.Runbooks.Content(t.Context(), c.Ticket, c.Lock.Deed.Ref())
		if err != nil || by != s.agent.Person.ID || title != "删除过期数据" || !strings.Contains(content, "2019 年的日志") || !strings.Contains(content, "不能恢复，已备份") {
			t.Fatalf("to be approved: %q, %q, %v", title, content, err)
		}
		granted[c.Lock.Digest] = true
		if r := mark(s.agent, run, "1", "wipe", runbook.Done, "删了 12 万行"); r.Status != http.StatusSeeOther {
			t.Fatalf("deleted with an approval: %d\n%s", r.Status, r.Body)
		}
		var names []string
		records, err := h.Bus.List(t.Context(), h.DB, "run", int64(v.ID), 0, 100)
		s.must(err)
		for _, r := range records {
			names = append(names, r.Name)
		}
		if got := strings.Join(names, " "); got != "run.marked run.prepared run.prepared run.released run.marked run.prepared run.released run.marked" {
			t.Errorf("recorded: %s", got)
		}
	})
}

// TestN9_AChangedRunbookAsksToBeRead: those who handle the category are asked, those who wrote and
// reviewed it are not; a run keeps the version that it began with.
func TestN9_AChangedRunbookAsksToBeRead(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		below := s.category()
		agent := h.Person(access.Agent)
		group, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "网络组", Members: []person.ID{agent.ID}}, 0)
		s.must(err)
		c := h.Catalog.Category(t.Context(), below)
		c.Group = group.ID
		_, err = h.Catalog.SaveCategory(t.Context(), access.Desk(), c, 0)
		s.must(err)
		id := s.published(network, runbook.Place{Category: below})
		x := s.asked(below)
		s.do(x.Ref(), "runbook", url.Values{"runbook": {fmt.Sprint(id)}, "do": {"run"}})
		page := "/work/runbooks/" + fmt.Sprint(id)
		if r := s.agent.Get("/work/runbooks"); !strings.Contains(r.Body, `id="to-read"`) {
			t.Fatal("who handles the category is not asked")
		}
		if r := s.agent.Post(page+"/read", url.Values{"number": {"1"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("read: %d", r.Status)
		}
		if r := s.agent.Get("/work/runbooks"); strings.Contains(r.Body, `id="to-read"`) {
			t.Fatal("who has read it is asked again")
		}
		author, second, lead := h.Somebody(access.Agent), h.Somebody(access.Agent), h.Somebody(access.Lead)
		writer := h.SignInAs(author)
		changed := strings.Replace(network, "再插紧。", "再插紧，听到咔的一声。", 1)
		if r := writer.Post(page+"/edit", url.Values{"text": {changed}, "act": {"submit"}}); r.Status != http.StatusSeeOther {
			t.Fatalf("written: %d\n%s", r.Status, r.Body)
		}
		if r := writer.Post(page+"/review", url.Values{"right": {"yes"}}); r.Status != http.StatusForbidden {
			t.Fatalf("the author reviewed it: %d", r.Status)
		}
		h.SignInAs(second).Post(page+"/review", url.Values{"right": {"yes"}})
		if r := h.SignInAs(second).Post(page+"/publish", url.Values{}); r.Status != http.StatusForbidden {
			t.Fatalf("an agent published it: %d", r.Status)
		}
		h.SignInAs(lead).Post(page+"/publish", url.Values{})
		if r := s.agent.Post(page+"/read", url.Values{"number": {"1"}}); r.Status != http.StatusConflict {
			t.Fatalf("an older version is confirmed: %d", r.Status)
		}
		readers, err := h.Runbooks.Readers(t.Context(), apptest.Actor(lead, "web"), id, 2)
		if err != nil || len(readers) != 1 || readers[0].Person != agent.ID || !readers[0].ReadAt.IsZero() {
			t.Fatalf("asked: %+v, %v", readers, err)
		}
		run := s.ticket(x.Ref()).Detail.Guides[0].Run
		course, err := h.Runbooks.Course(t.Context(), access.Desk(), runbook.RunID(run))
		if err != nil || course.Number != 1 || strings.Contains(course.Book.Steps[0].Body, "咔") {
			t.Fatalf("the run changed under its reader: version %d, %v", course.Number, err)
		}
	})
}

// TestN31_N25_ByAPITheSameGates goes the same way by the API.
func TestN31_N25_ByAPITheSameGates(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		below := s.category()
		id := s.published(restart, runbook.Place{Category: below, First: true})
		x := s.asked(below)
		api := h.API(h.Person(access.Agent))
		group, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "打印组"}, 0)
		s.must(err)
		at := "/api/v1/tickets/" + x.Ref()
		over := fmt.Sprintf(`{"group":%d,"done":"a","why":"b","needed":"c"}`, group.ID)
		if r := api.JSON(http.MethodPost, at+"/hand-over", over); r.Status != http.StatusConflict || !strings.Contains(r.Body, "gap.first_line") {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		r := api.JSON(http.MethodPost, at+"/runs", fmt.Sprintf(`{"runbook":%d}`, id))
		if r.Status != http.StatusCreated {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		run := fmt.Sprint(s.ticket(x.Ref()).Detail.Guides[0].Run)
		api.JSON(http.MethodPost, at+"/runs/"+run+"/marks", `{"seq":1,"step":"look","outcome":"failed"}`)
		if r := api.JSON(http.MethodPost, at+"/runs/"+run+"/marks", `{"seq":2,"step":"restart","outcome":"done","value":"x"}`); r.Status != http.StatusConflict || !strings.Contains(r.Body, "gap.deed_prepared") {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		r = api.JSON(http.MethodPut, at+"/runs/"+run+"/deed", `{"seq":2,"what":"prn01","rollback":"backup"}`)
		digest := regexp.MustCompile(`"digest":"([0-9a-f]{64})"`).FindStringSubmatch(r.Body)
		if digest == nil {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		if r := api.JSON(http.MethodPost, at+"/runs/"+run+"/release", `{"digest":"`+digest[1]+`"}`); r.Status != http.StatusForbidden {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		h.API(h.Somebody(access.Agent)).JSON(http.MethodPost, at+"/runs/"+run+"/release", `{"digest":"`+digest[1]+`"}`)
		if r := api.JSON(http.MethodPost, at+"/runs/"+run+"/marks", `{"seq":2,"step":"restart","outcome":"done","value":"x"}`); r.Status != http.StatusPreconditionFailed {
			t.Fatalf("without what was read: %d %s", r.Status, r.Body)
		}
		if r := api.JSON(http.MethodPost, at+"/runs/"+run+"/marks", `{"seq":2,"step":"restart","outcome":"done","value":"x","digest":"`+digest[1]+`"}`); r.Status != http.StatusOK || !strings.Contains(r.Body, `"state":"solved"`) {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		if r := api.JSON(http.MethodPost, at+"/hand-over", over); r.Status != http.StatusOK {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
		s.Clock.Advance(time.Minute)
	})
}
