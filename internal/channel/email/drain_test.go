// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/channel/email"
)

// TestF33_F34_EveryRefusalIsHeard: a sender whose message is refused hears that, however much of it was still on the way: what it
// does not hear it would send again for days.
func TestF33_F34_EveryRefusalIsHeard(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"a line of 30 MB": letter + strings.Repeat("x", 30<<20) + "\r\n", "the same at the end": strings.Repeat("words\r\n", 1<<20) + strings.Repeat("x", 2<<20) + "\r\n",
		"a line that is a little too long": letter + strings.Repeat("x", 1<<20+10) + "\r\n", "60 MB": letter + strings.Repeat("words\r\n", 60<<17),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDoor(t, email.ListenConfig{})
			err := d.send("a@example.net", []string{"desk@example.org"}, raw)
			if code := codeOf(err); code != 554 && code != 552 {
				t.Errorf("%v", err)
			}
			if n := len(d.ledger.all()); n != 0 {
				t.Errorf("%d deliveries", n)
			}
		})
	}
}
