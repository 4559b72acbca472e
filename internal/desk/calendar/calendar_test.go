// SPDX-License-Identifier: Apache-2.0

package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
)

// The laws that every calendar must keep; today's one counts every minute.
func TestN3_AddAndBetweenAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c calendar.Calendar = calendar.Always{}
		from := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "from")).UTC()
		a := time.Duration(rapid.Int64Range(0, 1e6).Draw(t, "a")) * time.Minute
		b := time.Duration(rapid.Int64Range(0, 1e6).Draw(t, "b")) * time.Minute
		if one, two := c.Add(from, a+b), c.Add(c.Add(from, a), b); !one.Equal(two) {
			t.Fatalf("adding %v then %v gives %v, not %v", a, b, two, one)
		}
		if got := c.Between(from, c.Add(from, a)); got != a {
			t.Fatalf("%v passed, %v counted", a, got)
		}
		if got := c.Between(c.Add(from, a+time.Minute), from); got != 0 {
			t.Fatalf("backwards counts %v", got)
		}
	})
}
