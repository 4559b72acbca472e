// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
)

// TestS01_AnAdministratorSaysWhoChecksSenders and makes the key with which the desk signs.
func TestS01_S13_AnAdministratorSaysWhoChecksSenders(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	admin := h.SignIn(access.Admin)
	const at = "/admin/senders"
	has(t, admin.Get(at), 200, "现在没有核查发件人", "由谁核查", "生成密钥", "未启用")
	has(t, admin.Post(at, url.Values{"checks": {"behind"}, "servers": {"mx example;"}, "require": {"checked"}, "version": {"0"}}), 422, "请填写服务器名称", "example;")
	has(t, admin.Post(at, url.Values{"checks": {"magic"}, "require": {"maybe"}, "version": {"0"}}), 422, "请选择由谁核实发件人", "请选择什么时候要求")
	has(t, admin.Post(at, url.Values{"checks": {"behind"}, "servers": {"MX.example.org\r\nmx2.example.org"}, "require": {"never"}, "version": {"0"}}), 303)
	trust, _, err := h.Intake.Trust(t.Context(), access.Desk())
	if err != nil || trust.Checks != intake.TheyCheck || strings.Join(trust.Servers, " ") != "mx.example.org mx2.example.org" || trust.Require != intake.Never {
		t.Errorf("%+v %v", trust, err)
	}
	if strings.Contains(admin.Get(at).Body, "现在没有核查发件人") {
		t.Error("the page still warns")
	}

	const signing = at + "/signing"
	has(t, admin.Post(signing, url.Values{"domain": {"no domain"}, "selector": {"s1"}, "version": {"0"}}), 422, "请填写域名")
	has(t, admin.Post(signing, url.Values{"domain": {"desk.example"}, "selector": {"s1"}, "active": {"yes"}, "version": {"0"}}), 303)
	page := admin.Get(at)
	has(t, page, 200, "s1._domainkey.desk.example", "v=DKIM1; k=rsa; p=", "已有密钥，尚未启用")
	if strings.Contains(page.Body, "PRIVATE") {
		t.Error("the key is on the page")
	}
	has(t, admin.Post(signing, url.Values{"domain": {"desk.example"}, "selector": {"s1"}, "active": {"yes"}, "version": {"1"}}), 303)
	has(t, admin.Get(at), 200, "正在签名")
	has(t, admin.Post(signing, url.Values{"domain": {"desk.example"}, "selector": {"s1"}, "fresh": {"yes"}, "version": {"1"}}), 412)
	has(t, h.SignIn(access.Agent).Get(at), 403)
}
