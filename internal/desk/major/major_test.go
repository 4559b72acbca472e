// SPDX-License-Identifier: Apache-2.0

package major_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/major"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestN4_ThePolicyIsBounded: a cadence of nothing would never let anybody work, one of days is none.
func TestN4_ThePolicyIsBounded(t *testing.T) {
	t.Parallel()
	if err := major.Start().Check(); err != nil {
		t.Errorf("the policy of a new desk: %v", err)
	}
	for minutes, good := range map[int64]bool{-1: false, 0: false, 4: false, 5: true, 30: true, 1440: true, 1441: false, 1 << 62: false} {
		err := major.Policy{UpdateMinutes: minutes}.Check()
		if (err == nil) != good {
			t.Errorf("every %d minutes: %v", minutes, err)
		}
		if e := errs.As(err); !good && (e == nil || len(e.Fields) != 1 || e.Fields[0].Name != "update_minutes") {
			t.Errorf("every %d minutes: the refusal names no field: %v", minutes, err)
		}
	}
}

// TestN4_N29_TheCadenceCountsFromTheLastPublicWord: from the declaration while nothing was said, and
// never from before it.
func TestN4_N29_TheCadenceCountsFromTheLastPublicWord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		begin := time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)
		p := major.Policy{UpdateMinutes: rapid.Int64Range(5, 1440).Draw(t, "minutes")}
		x := major.Incident{DeclaredAt: begin}
		cadence := time.Duration(p.UpdateMinutes) * time.Minute
		if got := x.Due(p); !got.Equal(begin.Add(cadence)) {
			t.Fatalf("before any word it is due %v", got)
		}
		x.ToldAt = begin.Add(time.Duration(rapid.Int64Range(-1e6, 1e6).Draw(t, "told")) * time.Second)
		want := begin
		if x.ToldAt.After(begin) {
			want = x.ToldAt
		}
		if !x.Last().Equal(want) || !x.Due(p).Equal(want.Add(cadence)) {
			t.Fatalf("told %v: last %v, due %v", x.ToldAt, x.Last(), x.Due(p))
		}
		if !x.Open() {
			t.Fatal("it does not stand")
		}
		if x.EndedAt = begin.Add(time.Hour); x.Open() {
			t.Fatal("it stands after its end")
		}
	})
}
