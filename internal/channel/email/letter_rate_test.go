// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestN35_ALetterAsksHowItWas once it was confirmed, with one link a score; in an administrator's
// words the button is left out where there is nothing to rate.
func TestN35_ALetterAsksHowItWas(t *testing.T) {
	t.Parallel()
	n := notify.Notice{Template: notify.Closed, Lang: "zh-CN", Zone: time.UTC, Desk: "服务台", Reader: "王海燕", Ref: "LD-7", Subject: "打印机", Link: "https://desk.example/t/c", Outcome: ticket.Confirmed}
	own := &notify.Letter{Subject: "{{number}}", Body: "{{what}}\n\n说说看：{{rate}}\n\n查看：{{link}}"}
	for name, tt := range map[string]struct {
		rate   string
		custom *notify.Letter
		want   []string
	}{
		"the house's words":   {"https://desk.example/t/c#rate", nil, []string{"?rate=5#rate", "?rate=4#rate", "?rate=3#rate", "?rate=2#rate", "?rate=1#rate"}},
		"nothing to rate":     {"", nil, nil},
		"an administrator's":  {"https://desk.example/t/c#rate", own, []string{"说说看", "/t/c#rate"}},
		"and nothing to rate": {"", own, nil},
	} {
		n.Rate, n.Custom = tt.rate, tt.custom
		body, err := email.Letters{}.Render(n)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{body.Text, body.HTML} {
			for _, w := range tt.want {
				if !strings.Contains(part, w) {
					t.Errorf("%s: no %s in\n%s", name, w, part)
				}
			}
			if tt.want == nil && (strings.Contains(part, "rate") || strings.Contains(part, "说说看")) {
				t.Errorf("%s: asks for an opinion:\n%s", name, part)
			}
		}
	}
	if d := (email.Letters{}).Draft(notify.Closed, "zh-CN"); !strings.Contains(d.Body, "{{rate}}") {
		t.Errorf("the draft does not name it: %s", d.Body)
	}
}
