// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TestN35_ARatingFollowsTheConfirmation: the requester alone rates, after their word and not long
// after it; the last opinion counts, and one of a solution that did not last is gone.
func TestN35_ARatingFollowsTheConfirmation(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机没反应"))
		rate := func(by access.Actor, score int, comment string) error {
			_, err := r.Do(t.Context(), by, ticket.Target{ID: x.ID}, ticket.Rate{Score: score, Comment: comment})
			return err
		}
		if err := rate(r.requester, 5, ""); errs.KindOf(err) != errs.Conflict {
			t.Errorf("in the middle of it: %v", err)
		}
		x = r.do(r.agent, x, ticket.Resolve{Solution: solution()})
		if err := rate(r.requester, 5, ""); errs.KindOf(err) != errs.Conflict {
			t.Errorf("before the word: %v", err)
		}
		x = r.do(r.requester, x, ticket.Confirm{})
		for name, tt := range map[string]struct {
			by      access.Actor
			score   int
			comment string
			want    errs.Kind
		}{
			"nothing":       {r.requester, 0, "", errs.Invalid},
			"beyond":        {r.requester, 6, "", errs.Invalid},
			"too long":      {r.requester, 5, strings.Repeat("好", 1001), errs.Invalid},
			"the agent":     {r.agent, 5, "", errs.Denied},
			"a stranger":    {r.other, 1, "", errs.NotFound},
			"another link":  {access.Actor{ID: r.requester.ID, Kind: access.Link, Ticket: int64(x.ID) + 1}, 1, "", errs.NotFound},
			"a lead as one": {access.Actor{ID: r.lead.ID, Kind: access.Person, Role: access.Lead, Via: "portal"}, 5, "", errs.NotFound},
		} {
			if err := rate(tt.by, tt.score, tt.comment); errs.KindOf(err) != tt.want {
				t.Errorf("%s: %v", name, err)
			}
		}
		holder := access.Actor{ID: r.requester.ID, Kind: access.Link, Ticket: int64(x.ID), Via: "link"}
		x = r.do(holder, x, ticket.Rate{Score: 4, Comment: "  快  "})
		if got := x.Detail.Rating; got.Score != 4 || got.Comment != "快" || got.At.IsZero() {
			t.Errorf("%+v", got)
		}
		x = r.do(r.requester, x, ticket.Rate{Score: 2})
		if got := x.Detail.Rating; got.Score != 2 || got.Comment != "" {
			t.Errorf("%+v", got)
		}
		for range ticket.MaxRatings - 2 {
			x = r.do(r.requester, x, ticket.Rate{Score: 2})
		}
		if err := rate(r.requester, 1, ""); errs.KindOf(err) != errs.Conflict {
			t.Errorf("the eleventh: %v", err)
		}
		x = r.do(r.agent, x, ticket.Archive{Difficulties: "无", Approach: "无"})
		x = r.do(r.requester, x, ticket.Reopen{Reason: "又坏了"})
		if got := x.Detail.Rating; got.Score != 0 {
			t.Errorf("of a solution that did not last: %+v", got)
		}
		x = r.do(r.agent, x, ticket.Resolve{Solution: solution()})
		x = r.do(r.requester, x, ticket.Confirm{})
		r.clock.Advance(ticket.RateFor + time.Second)
		if err := rate(r.requester, 5, ""); errs.KindOf(err) != errs.Conflict || x.Rateable(r.clock.Now()) {
			t.Errorf("late: %v", err)
		}
	})
}
