// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// An approver reads exactly what is to be approved, who asks, for whom and until when, and one link;
// no word of the ticket, which they may have no right to.
func TestN31_TheLetterToAnApprover(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Langs() {
		n := notice(notify.Approve, lang)
		n.Approval.Step = ticket.ApprovalAsked
		n.Link = "https://desk.example.org/approve/a1-2-3-x"
		b := render(t, n)
		for _, want := range []string{"开通写权限", "F:\\finance\n三个月", "结账", "林岚", "王海燕", "刘总", "LD-1042", n.Link} {
			if !strings.Contains(b.Text, want) {
				t.Errorf("%s: %q is missing in\n%s", lang, want, b.Text)
			}
		}
		for _, not := range []string{n.Subject, "/t/", n.Text} {
			if strings.Contains(b.Text, not) || strings.Contains(b.HTML, not) {
				t.Errorf("%s: the letter tells %q", lang, not)
			}
		}
		if !strings.Contains(b.Subject, "开通写权限") {
			t.Errorf("%s: the subject is %s", lang, b.Subject)
		}
	}
}
