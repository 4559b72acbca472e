// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// helped is a ticket that somebody works on, with the browsers of both sides.
type helped struct {
	h           *apptest.House
	v           ticket.Ticket
	user, agent *apptest.Client
	link        string // the requester's tracking link
}

func helping(t *testing.T, h *apptest.House) helped {
	t.Helper()
	x := helped{h: h, user: h.SignIn(access.Requester), agent: h.SignIn(access.Agent)}
	v, _, err := h.Tickets.Record(t.Context(), apptest.Actor(x.user.Person, "portal"), ticket.Request{
		Requester: x.user.Person.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "报表导出一半就停", Channel: ticket.Portal},
	})
	if err == nil {
		v, err = h.Tickets.Do(t.Context(), apptest.Actor(x.agent.Person, "web"), ticket.Target{ID: v.ID}, ticket.Accept{})
	}
	if err != nil {
		t.Fatal(err)
	}
	x.v, x.link = v, "/t/"+h.Links.Track(session.Bond{Ticket: int64(v.ID), Person: int64(x.user.Person.ID)})
	h.RunJobs()
	return x
}

func (x helped) page() string { return "/work/tickets/" + x.v.Ref() + "/remote" }

// at is the address of the session's commands that a page holds.
func at(t *testing.T, body string) string {
	t.Helper()
	m := regexp.MustCompile(`(?:action|data-at)="([^"]*/(?:share|remote)/\d+)(?:/[a-z]+)?"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no session on the page:\n%s", body)
	}
	return m[1]
}

func is(t *testing.T, what string, r apptest.Reply, status int, says ...string) apptest.Reply {
	t.Helper()
	if r.Status != status {
		t.Fatalf("%s: %d, want %d\n%.2000s", what, r.Status, status, r.Body)
	}
	for _, s := range says {
		if !strings.Contains(r.Body, s) {
			t.Errorf("%s does not say %q:\n%.3000s", what, s, r.Body)
		}
	}
	return r
}

// A screen from the question to the end, on both faces, by mail and by the API: asked, agreed,
// seen, stopped, each of it on the ticket (N26, D19).
func TestN26_D19_AScreenIsShownWithConsent(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := helping(t, h)
		is(t, "the page", x.agent.Get(x.page()), http.StatusOK, "请用户共享屏幕", "RustDesk")
		is(t, "asked", x.agent.Post(x.page()+"/share", url.Values{"pictures": {"yes"}}), http.StatusSeeOther)
		is(t, "asked twice", x.agent.Post(x.page()+"/share", url.Values{}), http.StatusConflict, "没有结束")
		h.RunJobs()
		box := h.Mailbox(x.user.Person.Email)
		letter := box[len(box)-1]
		if text := letter.Text(); !strings.Contains(text, "/share") || !strings.Contains(letter.Header("Subject"), x.v.Ref()) {
			t.Errorf("the letter says %s\n%s", letter.Header("Subject"), text)
		}
		is(t, "the request", x.user.Get("/requests/"+x.v.Ref()), http.StatusOK, "陈立想查看您的屏幕", "/share")
		page := is(t, "the question", h.Nobody().Get(x.link+"/share"), http.StatusOK, "只有陈立", "不能操作您的电脑", "不录制", "停止共享", "截图")
		if got := page.Header.Get("Permissions-Policy"); !strings.Contains(got, "display-capture=(self)") || strings.Contains(got, "display-capture=()") {
			t.Errorf("the page may not ask for a screen: %s", got)
		}
		if got := x.user.Get("/requests/" + x.v.Ref()).Header.Get("Permissions-Policy"); !strings.Contains(got, "display-capture=()") {
			t.Errorf("another page may ask for a screen: %s", got)
		}
		if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("the policy of the page: %s", csp)
		}
		share := at(t, page.Body)
		is(t, "older words", h.Nobody().Post(share+"/agree", url.Values{"words": {"0"}}), http.StatusPreconditionFailed, "重新阅读")
		window := is(t, "agreed", h.Nobody().Post(share+"/agree", url.Values{"words": {"1"}, "pictures": {"yes"}}), http.StatusOK, "data-window=", "选择窗口")
		secret := regexp.MustCompile(`data-window="([^"]+)"`).FindStringSubmatch(window.Body)[1]
		is(t, "a second window", x.user.Get("/requests/"+x.v.Ref()+"/share"), http.StatusOK, "另一个窗口")

		look := at(t, x.agent.Get(x.page()).Body)
		is(t, "the offer", h.Nobody().Post(share+"/talk", url.Values{"window": {secret}, "after": {"0"}, "say": {`{"t":"offer"}`}}), http.StatusOK, `"state":"agreed"`)
		is(t, "heard", x.agent.Post(look+"/talk", url.Values{"after": {"0"}, "servers": {"yes"}}), http.StatusOK, `offer`, `"pictures":true`)
		is(t, "seen", x.agent.Post(look+"/talk", url.Values{"after": {"9999999"}, "began": {"yes"}}), http.StatusOK, `"state":"live"`)
		is(t, "the ticket", x.agent.Get("/work/tickets/"+x.v.Ref()), http.StatusOK, "正在查看屏幕")
		is(t, "the list", x.agent.Get("/work/remote"), http.StatusOK, x.v.Ref(), "进行中")
		h.Clock.Advance(30 * time.Second)
		is(t, "stopped", h.Nobody().Post(share+"/stop", url.Values{}), http.StatusSeeOther)
		is(t, "over", h.Nobody().Get(x.link+"/share"), http.StatusOK, "屏幕共享已结束", "由您结束")
		is(t, "agreed after the end", h.Nobody().Post(share+"/agree", url.Values{"words": {"1"}}), http.StatusConflict, "已经结束")
		is(t, "said after the end", x.agent.Post(look+"/talk", url.Values{"after": {"0"}, "say": {"late"}}), http.StatusOK, `"state":"ended"`)

		is(t, "the timeline", x.agent.Get("/work/tickets/"+x.v.Ref()), http.StatusOK, "请用户共享屏幕", "同意共享屏幕，并同意保存截图（说明第 1 版）", "开始查看屏幕", "用户结束")
		is(t, "the requester's story", x.user.Get("/requests/"+x.v.Ref()), http.StatusOK, "您同意共享屏幕", "陈立开始查看屏幕", "由您结束")
		program := h.API(x.agent.Person)
		is(t, "the events", program.Get("/api/v1/tickets/"+x.v.Ref()+"/events?limit=100"), http.StatusOK, "ticket.remote_asked", "ticket.remote_agreed", "ticket.remote_started", "ticket.remote_ended", `"consent":1`)
		is(t, "the sessions", program.Get("/api/v1/tickets/"+x.v.Ref()+"/remote-sessions"), http.StatusOK, `"reason":"requester"`, `"way":"share"`)
		is(t, "the requester's program", h.API(x.user.Person).Get("/api/v1/tickets/"+x.v.Ref()+"/remote-sessions"), http.StatusOK, `"state":"ended"`)
	})
}

// The link in somebody else's hands, the page before anybody asked, the wrong agent (S20, S21, S27).
func TestN26_S20_S21_S27_AShareIsForItsTwoSides(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := helping(t, h)
		is(t, "nobody asked", x.user.Get("/requests/"+x.v.Ref()+"/share"), http.StatusOK, "没有人请您共享屏幕")
		is(t, "asked", x.agent.Post(x.page()+"/share", url.Values{}), http.StatusSeeOther)
		share := at(t, x.user.Get("/requests/"+x.v.Ref()+"/share").Body)
		stranger := h.SignInAs(h.Somebody(access.Requester))
		is(t, "somebody else's account", stranger.Get("/requests/"+x.v.Ref()+"/share"), http.StatusNotFound)
		is(t, "and their consent", stranger.Post(share+"/agree", url.Values{"words": {"1"}}), http.StatusNotFound)
		part := h.Add(person.Person{Name: "刘洋", Email: "liu@desk.example", Role: access.Requester})
		if _, err := h.Tickets.Do(t.Context(), apptest.Actor(x.agent.Person, "web"), ticket.Target{ID: x.v.ID}, ticket.AddParticipant{Person: part.ID}); err != nil {
			t.Fatal(err)
		}
		theirs := "/t/" + h.Links.Track(session.Bond{Ticket: int64(x.v.ID), Person: int64(part.ID)})
		is(t, "who takes part", h.Nobody().Get(theirs+"/share"), http.StatusForbidden, "只有提出请求的人")
		is(t, "and their consent", h.Nobody().Post(theirs+share[strings.LastIndex(share, "/share"):]+"/agree", url.Values{"words": {"1"}}), http.StatusForbidden)
		is(t, "a link that is none", h.Nobody().Get("/t/vnonsense/share"), http.StatusNotFound)
		// The agent's own account at the portal is a requester's: this ticket is not theirs.
		is(t, "the agent at the portal", x.agent.Get("/requests/"+x.v.Ref()+"/share"), http.StatusNotFound)

		colleague := h.SignIn(access.Lead)
		is(t, "a colleague is told", colleague.Get(x.page()), http.StatusOK, "陈立正在查看", "只有发起人")
		look := x.page() + share[strings.LastIndex(share, "/"):]
		is(t, "a colleague listens", colleague.Post(look+"/talk", url.Values{"after": {"0"}}), http.StatusForbidden)
		is(t, "a requester at the workspace", x.user.Post(look+"/talk", url.Values{"after": {"0"}}), http.StatusForbidden)
		other, _, err := h.Tickets.Record(t.Context(), apptest.Actor(x.user.Person, "portal"), ticket.Request{Requester: x.user.Person.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "另一件"}})
		if err != nil {
			t.Fatal(err)
		}
		is(t, "by another ticket", x.agent.Post("/work/tickets/"+other.Ref()+"/remote"+share[strings.LastIndex(share, "/"):]+"/talk", url.Values{"after": {"0"}}), http.StatusNotFound)
		is(t, "a talk that is too much", x.agent.Post(look+"/talk", url.Values{"after": {"0"}, "say": {strings.Repeat("x", 17<<10)}}), http.StatusUnprocessableEntity)
		is(t, "declined", x.user.Post(share+"/refuse", url.Values{"cannot": {"yes"}}), http.StatusSeeOther)
		is(t, "explained to the agent", x.agent.Get(x.page()), http.StatusOK, "浏览器不支持", "远程控制工具或电话")
		is(t, "explained to the requester", x.user.Get("/requests/"+x.v.Ref()+"/share"), http.StatusOK, "浏览器不支持", "打电话")
	})
}

// Screens that are not shown here any more are not shown by a consent either that was asked for
// before: the page says so, signed in and by the link, and the question can still be declined.
func TestN26_NoConsentWhereScreensWereSwitchedOff(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := helping(t, h)
		is(t, "asked", x.agent.Post(x.page()+"/share", url.Values{}), http.StatusSeeOther)
		is(t, "switched off", h.SignIn(access.Admin).Post("/admin/remote", url.Values{
			"answer_minutes": {"30"}, "longest_minutes": {"60"}, "forgotten_hours": {"4"}, "version": {"0"},
		}), http.StatusSeeOther)
		for name, door := range map[string]struct {
			who  *apptest.Client
			path string
		}{"signed in": {x.user, "/requests/" + x.v.Ref()}, "by the link": {h.Nobody(), x.link}} {
			share := at(t, door.who.Get(door.path+"/share").Body)
			is(t, name, door.who.Post(share+"/agree", url.Values{"words": {"1"}}), http.StatusConflict, "停用浏览器屏幕查看", "/refuse")
		}
		share, err := h.Remote.Share(t.Context(), apptest.Actor(x.agent.Person, "web"), x.v)
		if err != nil || share.State != remote.Asked {
			t.Errorf("it is %s: %v", share.State, err)
		}
	})
}

// A tool by its link: begun, opened, ended with what came of it; one that was forgotten ends by
// itself. The templates are an administrator's, and none of them runs anything (S69).
func TestN26_S69_AToolIsOpenedByItsLink(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := helping(t, h)
		admin := h.SignIn(access.Admin)
		is(t, "the templates", admin.Get("/admin/remote"), http.StatusOK, "rustdesk://connection/new/{id}", "向日葵", "ToDesk")
		form := url.Values{
			"on": {"yes"}, "answer_minutes": {"30"}, "longest_minutes": {"60"}, "forgotten_hours": {"4"}, "version": {"0"},
			"tool_0_name": {"RustDesk"}, "tool_0_link": {"javascript:alert({id})"}, "tool_0_ask": {"ID"}, "tool_0_help": {""},
		}
		is(t, "a link that runs", admin.Post("/admin/remote", form), http.StatusUnprocessableEntity, "允许的协议", "javascript:alert")
		form.Set("tool_0_link", "rustdesk://connection/new/{id}?t={ticket}")
		is(t, "a good one", admin.Post("/admin/remote", form), http.StatusSeeOther)
		is(t, "by an agent", x.agent.Post("/admin/remote", form), http.StatusForbidden)
		is(t, "without the device", x.agent.Post(x.page()+"/launch", url.Values{"tool": {"RustDesk"}, "target": {""}}), http.StatusUnprocessableEntity, "填写 ID")
		is(t, "begun", x.agent.Post(x.page()+"/launch", url.Values{"tool": {"RustDesk"}, "target": {`12 3"><b>`}}), http.StatusSeeOther)
		page := is(t, "open", x.agent.Get(x.page()), http.StatusOK, `href="rustdesk://connection/new/12%203%22%3E%3Cb%3E?t=`+x.v.Ref()+`"`)
		is(t, "without an outcome", x.agent.Post(at(t, page.Body)+"/end", url.Values{}), http.StatusUnprocessableEntity, "选择结果")
		is(t, "the chip", x.agent.Get("/work/tickets/"+x.v.Ref()), http.StatusOK, "RustDesk 远程中")
		h.Clock.Advance(10 * time.Minute)
		is(t, "ended", x.agent.Post(at(t, page.Body)+"/end", url.Values{"outcome": {"solved"}, "note": {"重装驱动"}}), http.StatusSeeOther)
		is(t, "the timeline", x.agent.Get(workspace.TicketsPath+x.v.Ref()), http.StatusOK, "RustDesk 开始远程协助", "RustDesk 结束：支持人员结束", "结果：已解决", "重装驱动")
		if story := x.user.Get("/requests/" + x.v.Ref()).Body; strings.Contains(story, "重装驱动") || !strings.Contains(story, "RustDesk") {
			t.Errorf("the requester reads %s", story)
		}
		program := h.API(x.agent.Person)
		is(t, "by the API", program.JSON(http.MethodPost, "/api/v1/tickets/"+x.v.Ref()+"/remote-sessions", `{"way":"launch","tool":"RustDesk","target":"9"}`), http.StatusCreated, `"link":"rustdesk://connection/new/9?t=`+x.v.Ref())
		is(t, "and the list", program.Get("/api/v1/remote-sessions"), http.StatusOK, `"state":"live"`)
		h.Advance(4*time.Hour + time.Minute)
		is(t, "forgotten", x.agent.Get("/work/tickets/"+x.v.Ref()), http.StatusOK, "超过时限，自动结束")
		is(t, "the list is empty", x.agent.Get("/work/remote"), http.StatusOK, "没有进行中的远程协助")
	})
}

// A ticket that is closed and opened again asks for a screen before the desk has heard of the
// closing: the question stands, because the ticket is open.
func TestN26_AShareAskedForAfterReopeningStands(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := helping(t, h)
		for _, cmd := range []ticket.Command{ticket.Close{As: ticket.Cancelled, Reason: "不用了"}, ticket.Reopen{Reason: "又停了"}} {
			if _, err := h.Tickets.Do(t.Context(), apptest.Actor(x.user.Person, "portal"), ticket.Target{ID: x.v.ID}, cmd); err != nil {
				t.Fatal(err)
			}
		}
		is(t, "asked", x.agent.Post(x.page()+"/share", url.Values{}), http.StatusSeeOther)
		h.RunJobs()
		share, err := h.Remote.Share(t.Context(), apptest.Actor(x.agent.Person, "web"), x.v)
		if err != nil || !share.Open() {
			t.Errorf("it ended (%s) on an open ticket: %v", share.Reason, err)
		}
	})
}
