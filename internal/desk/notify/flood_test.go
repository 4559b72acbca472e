// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
)

// TestF37_S14_ManyMailsInSomebodysName lets somebody write again and again in the name of a person
// who never wrote: that person gets one letter, and no word of what was written. It is the only way
// in by which nobody who is known here can name somebody else.
func TestF37_S14_ManyMailsInSomebodysName(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		n := 60
		if asked, err := strconv.Atoi(os.Getenv("LOOPDESK_TEST_MAILS")); err == nil {
			n = asked
		}
		for i := range n {
			r.mail("desk@example.org", intake.Mail{
				FromName: "buy at evil.example", FromAddr: "victim@example.net", Subject: fmt.Sprintf("offer %d at evil.example", i), Text: fmt.Sprintf("see evil.example/%d", i),
			})
		}
		got := r.work()
		if len(got) != 1 {
			t.Fatalf("%d letters for %d mails", len(got), n)
		}
		if all := fmt.Sprintf("%+v %+v", got[0].To, got[0].Body); strings.Contains(all, "offer") || strings.Contains(all, "evil.example") {
			t.Errorf("the letter holds what somebody else wrote: %s", all)
		}
		r.clock.Advance(time.Hour)
		r.mail("desk@example.org", intake.Mail{FromAddr: "victim@example.net", Subject: "again", Text: "again"})
		if got := r.work(); len(got) != 0 {
			t.Errorf("%d letters an hour later", len(got))
		}
	})
}
