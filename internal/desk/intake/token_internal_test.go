// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/secret"
)

func TestTokensIn(t *testing.T) {
	t.Parallel()
	got := tokensIn([]string{
		"desk@example.org", " Desk+T1-2-ABC@example.org", "<t1-2-abc.9f3k@example.org>", "<x.t1@example.org>", "desk+a+b@example.org", "t1-2-abc", "", "<>", "@", "+@x", "<t.@x>",
	})
	if d := cmp.Diff([]string{"t1-2-abc", "t1-2-abc", "a+b", "", "t"}, got); d != "" {
		t.Error(d)
	}
}

func TestRefsIn(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string][]int64{
		"": nil, "Re: [LD-1042] 打印机": {1042}, "ld-7": {7}, "LD-": nil, "LD-0": nil, "LD-1, LD-2 LD-3 LD-4": {1, 2, 3}, "LD-99999999999999999999": nil, "LD-5x": {5},
	} {
		if d := cmp.Diff(want, refsIn(subject)); d != "" {
			t.Errorf("%q: %s", subject, d)
		}
	}
}

// FuzzToken lets nothing through but what was signed, in the exact form that it was written.
func FuzzToken(f *testing.F) {
	links := session.NewLinks(secret.New([]byte(strings.Repeat("k", secret.Size))), clock.NewManual(time.Unix(0, 0)))
	good := links.Reply(session.Bond{Ticket: 42, Person: 7})
	for _, s := range []string{good, "desk+" + good + "@example.org", "<" + good + ".x@example.org>", strings.ToUpper(good), good[:20], "t16-7-", "", "desk+@x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, token := range append(tokensIn([]string{s}), s) {
			b, ok := links.ReadReply(token)
			if ok && links.Reply(b) != strings.ToLower(token) {
				t.Errorf("%q is read as %+v", token, b)
			}
		}
	})
}
