// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/problem"
)

// behind is what the id of a pattern about problems may name: made anew for each question, so
// that what one caller did is not in the way of the next.
func (v *visitor) behind(pattern string) string {
	v.Helper()
	ctx := v.Context()
	switch {
	case strings.Contains(pattern, "/notices/"):
		return "1"
	case strings.Contains(pattern, "candidates"):
		return "1" // in a desk of one day nothing recurs: there is none to decide about
	case strings.Contains(pattern, "/improvements"):
		i, err := v.Problems.Improve(ctx, access.Desk(), problem.Plan{Title: "Improve it", Why: "It recurs", Owner: v.agent.ID})
		v.must(err)
		return key(i.ID)
	case strings.Contains(pattern, "/reviews"):
		begin := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(v.count()) * time.Hour)
		which, err := v.Problems.Call(ctx, access.Desk(), begin, begin.Add(time.Hour))
		v.must(err)
		return key(which)
	}
	p, err := v.Problems.Open(ctx, access.Desk(), problem.Draft{Title: "Something behind it", Owner: v.agent.ID, Workaround: "x", Reply: "x"})
	v.must(err)
	return key(p.ID)
}

// count is another number each time.
func (w *world) count() int {
	list, err := w.Problems.Reviews(w.Context(), access.Desk())
	w.must(err)
	return len(list) + 1
}
