// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func wording(subject, body, version string) url.Values {
	return url.Values{"subject": {subject}, "body": {body}, "version": {version}}
}

func TestN19_AnAdministratorRewordsTheAcknowledgement(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	admin := h.SignIn(access.Admin)
	const at = "/admin/letters/acknowledged/zh-CN"
	has(t, admin.Get("/admin/letters"), http.StatusOK, "受理通知", "内置", at)
	has(t, admin.Get(at), http.StatusOK, "{{number}}", "{{expect}}", "N19", "N20", "必须保留", `formtarget="preview"`)

	shown := admin.Get(at + "/preview")
	has(t, shown, http.StatusOK, "LD-1042", "纯文本形式")
	if csp := shown.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || strings.Contains(csp, "script-src") {
		t.Errorf("the policy of the preview: %q", csp)
	}
	const good = "<b>收到</b>，编号 {{number}}，{{expect}} 前有人联系您。\r\n\r\n看进展：{{link}}"
	tried := admin.Post(at+"/preview", wording("{{number}} 收到了", good, "0"))
	has(t, tried, http.StatusOK, "LD-1042 收到了", "<b>收到</b>，编号 LD-1042")
	if strings.Contains(tried.Body, "<b>收到") {
		t.Error("markup of a wording is markup in the letter")
	}
	has(t, admin.Post(at+"/preview", wording("x", "{{number}}", "0")), http.StatusUnprocessableEntity, "{{link}}", "N19")
	has(t, admin.Get(at), http.StatusOK, "您的请求已受理") // trying stores nothing

	has(t, admin.Post(at, wording("x", "{{number}} {{link}} {{colour}}", "0")), http.StatusUnprocessableEntity, "{{colour}}")
	has(t, admin.Post(at, wording("x", "改到一半 {{number}} {{link}}", "0")), http.StatusUnprocessableEntity, "N20", "改到一半")
	if r := admin.Post(at, wording("{{number}} 收到了", good, "0")); r.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	has(t, admin.Post(at, wording("别人的", good, "0")), http.StatusPreconditionFailed, "别人的", "收到")

	who := h.Person(access.Requester)
	if _, _, err := h.Tickets.Record(t.Context(), apptest.Actor(who, "portal"), ticket.Request{Requester: who.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "打印机没反应"}}); err != nil {
		t.Fatal(err)
	}
	h.RunJobs()
	got := h.Mailbox(who.Email)
	if len(got) != 1 || !strings.HasSuffix(got[0].Header("Subject"), "收到了") || !strings.Contains(got[0].HTML(), ">看进展</a>") || strings.Contains(got[0].HTML(), "<b>") {
		t.Errorf("%q\n%s", got[0].Header("Subject"), got[0].HTML())
	}
	if r := admin.Post(at+"/reset", url.Values{"version": {"1"}}); r.Status != http.StatusSeeOther {
		t.Errorf("%d", r.Status)
	}
	has(t, admin.Get(at), http.StatusOK, "您的请求已受理")
	if r := admin.Get("/admin/letters/not_reached/en"); r.Status != http.StatusNotFound {
		t.Errorf("an alarm: %d", r.Status)
	}
}

func TestAnAdministratorSetsThePaceAndTheSendersOfGroups(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	admin := h.SignIn(access.Admin)
	has(t, admin.Post("/admin/pace", url.Values{"gather": {"31"}, "quiet_from": {"22:00"}, "quiet_to": {""}, "version": {"1"}}), http.StatusUnprocessableEntity, "0 到 30 分钟", "22:00")
	if r := admin.Post("/admin/pace", url.Values{"gather": {"5"}, "quiet_from": {"22:00"}, "quiet_to": {"07:00"}, "version": {"1"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	has(t, admin.Get("/admin/pace"), http.StatusOK, `value="5"`, `value="22:00"`, `value="07:00"`)

	g, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "网络组", Active: true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := "/admin/groups/" + strconv.FormatInt(int64(g.ID), 10)
	form := url.Values{"sender_name": {"网络组"}, "sender_address": {"net@elsewhere.example"}, "sign": {"网络组\r\n8001"}, "version": {"1"}}
	has(t, admin.Post(at+"/sender", form), http.StatusUnprocessableEntity, "服务台的域名", "8001")
	_, domain, _ := strings.Cut(apptest.Address, "@")
	form.Set("sender_address", "net@"+domain)
	if r := admin.Post(at+"/sender", form); r.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	has(t, admin.Get(at), http.StatusOK, "net@"+domain, "8001")
	form.Set("sender_name", "慢了一步")
	has(t, admin.Post(at+"/sender", form), http.StatusPreconditionFailed, "慢了一步")

	if r := admin.Post("/me/quiet", url.Values{"mode": {"own"}, "quiet_from": {"21:00"}, "quiet_to": {"08:30"}}); r.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	has(t, admin.Get("/me"), http.StatusOK, `value="21:00"`, `value="08:30"`)
	has(t, admin.Post("/me/quiet", url.Values{"mode": {"own"}, "quiet_from": {"21:00"}, "quiet_to": {"x"}}), http.StatusUnprocessableEntity, "22:00 和 07:00")
	// Hours that would be dropped are refused with the way to have them; those already kept may be left behind.
	typed := url.Values{"mode": {""}, "quiet_from": {"22:00"}, "quiet_to": {""}}
	has(t, admin.Post("/me/quiet", typed), http.StatusUnprocessableEntity, "要用您填写的时间", "使用下面的时间", `value="22:00"`, `aria-invalid="true"`)
	typed.Set("mode", "never")
	has(t, admin.Post("/me/quiet", typed), http.StatusUnprocessableEntity, "要用您填写的时间", `value="22:00"`)
	r, err := h.Notices.Reader(t.Context(), apptest.Actor(admin.Person, "web"))
	if err != nil || r != (notify.Reader{Mode: notify.OwnTime, Hours: notify.Hours{From: 21 * 60, To: 8*60 + 30}}) {
		t.Errorf("%+v %v", r, err)
	}
	if r := admin.Post("/me/quiet", url.Values{"mode": {""}, "quiet_from": {"21:00"}, "quiet_to": {"08:30"}}); r.Status != http.StatusSeeOther {
		t.Errorf("with the hours of before still in the fields: %d\n%s", r.Status, r.Body)
	}
}
