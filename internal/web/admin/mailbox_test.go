// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// The password of a mailbox is called optional only where one is stored and still good.
func TestTheFormOfAMailboxSaysWhenItNeedsThePassword(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	admin := h.SignIn(access.Admin)
	optional := func(r apptest.Reply, field string) bool {
		t.Helper()
		label := regexp.MustCompile(`<label for="f-` + field + `">.*?</div>`).FindString(r.Body)
		if label == "" {
			t.Fatalf("no field %s: %d\n%s", field, r.Status, r.Body)
		}
		return strings.Contains(label, "选填")
	}
	fresh := admin.Get("/admin/mailboxes/new")
	has(t, fresh, http.StatusOK, "用密码登录时必填", "用刷新令牌登录时必填", "用客户端密钥登录时必填")
	for _, field := range []string{"password", "refresh_token", "client_secret", "token_url", "client_id"} {
		if optional(fresh, field) {
			t.Errorf("%s is called optional, and one of the ways to sign in demands it", field)
		}
	}
	box := url.Values{
		"name": {"服务台"}, "address": {"desk@example.test"}, "host": {"imap.example.test"}, "port": {"993"}, "security": {"tls"}, "user": {"desk"},
		"sign_in": {"password"}, "password": {"a good secret"}, "folder": {"INBOX"}, "after": {"mark"},
	}
	saved := admin.Post("/admin/mailboxes/new", box)
	if saved.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", saved.Status, saved.Body)
	}
	stored := admin.Get(saved.Location())
	has(t, stored, http.StatusOK, "换了服务器或用户名要重新填写")
	if !optional(stored, "password") || optional(stored, "refresh_token") {
		t.Error("what is stored may be left empty, and nothing else")
	}
	box.Set("host", "imap2.example.test")
	box.Del("password")
	again := admin.Post(saved.Location(), box)
	if again.Status != http.StatusUnprocessableEntity || optional(again, "password") {
		t.Errorf("%d: another server asks for the password, which is called optional", again.Status)
	}
}
