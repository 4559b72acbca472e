// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// On a phone somebody signs in without a password: the link of a mail, and one press.
func TestARequesterSignsInByMail(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	who := h.Person(access.Requester)
	b := open(t, h.URL)
	b.size(narrow)
	b.goTo("/signin")
	b.speak("zh-CN")
	b.goTo("/signin")
	b.tap("不用密码，给我发一个登录链接")
	b.arrives("/signin/mail")
	b.click("input[name=email]")
	b.write(who.Email)
	b.press("Enter")
	b.reads("登录链接已经发出")
	h.RunJobs()
	letters := h.Mailbox(who.Email)
	if len(letters) != 1 {
		t.Fatalf("%d letters", len(letters))
	}
	link := regexp.MustCompile(`/signin/mail/[a-z2-7]+`).FindString(letters[0].Text())
	b.goTo(link)
	b.reads("以 " + who.Email + " 登录")
	b.tap("登录")
	b.arrives("/")
	b.goTo("/requests")
	if at := b.where(); !strings.HasSuffix(at, "/requests") {
		t.Errorf("not signed in: %s", at)
	}
	b.provoke(404)
	if status := b.goTo(link); status != 404 {
		t.Errorf("the link again: %d", status)
	}
}
