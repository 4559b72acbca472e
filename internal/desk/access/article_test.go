// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// TestS24_N37_OneShelfSaysWhoReadsWhat: by role, door and group; an audience that nobody knows is for nobody.
func TestS24_N37_OneShelfSaysWhoReadsWhat(t *testing.T) {
	t.Parallel()
	person := func(id int64, role access.Role, via string) access.Actor {
		return access.Actor{ID: id, Kind: access.Person, Role: role, Via: via}
	}
	papers := map[string]access.Paper{
		"public": {Audience: access.ForAll}, "staff": {Audience: access.ForStaff}, "ours": {Audience: access.ForGroup, Group: 7},
		"theirs": {Audience: access.ForGroup, Group: 8}, "theirs, my words": {Audience: access.ForGroup, Group: 8, Hands: []int64{3}}, "unknown": {Audience: "everyone"},
	}
	for name, tt := range map[string]struct {
		by           access.Actor
		holds, opens string // the papers, in this order, one sign each
	}{
		"nobody":               {access.Actor{}, "......", "......"},
		"a link":               {access.Actor{ID: 2, Kind: access.Link, Ticket: 1}, "......", "......"},
		"a requester":          {person(2, access.Requester, "portal"), "x.....", "......"},
		"an agent of group 7":  {person(3, access.Agent, "web"), "xxx...", "xxx.x."},
		"the same by program":  {person(3, access.Agent, "api"), "xxx...", "xxx.x."},
		"the same as a client": {person(3, access.Agent, "portal"), "x.....", "......"},
		"a lead of group 7":    {person(4, access.Lead, "web"), "xxx...", "xxx..."},
		"an administrator":     {person(5, access.Admin, "web"), "xxxxx.", "xxxxx."},
		"the desk":             {access.Desk(), "xxxxx.", "xxxxx."},
	} {
		shelf := access.Articles(tt.by, []int64{7})
		for i, which := range []string{"public", "staff", "ours", "theirs", "theirs, my words", "unknown"} {
			if got, want := shelf.Holds(papers[which]), tt.holds[i] == 'x'; got != want {
				t.Errorf("%s reads what is %s: %t", name, which, got)
			}
			if got, want := shelf.Opens(papers[which]), tt.opens[i] == 'x'; got != want {
				t.Errorf("%s opens what is %s: %t", name, which, got)
			}
		}
	}
}
