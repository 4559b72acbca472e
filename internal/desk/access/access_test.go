// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func allActions() []access.Action {
	return []access.Action{
		access.TicketOpen, access.TicketOpenFor, access.TicketRead, access.TicketSay, access.TicketAnswer, access.TicketWork,
		access.TicketDeviate, access.TicketAuto, access.QueueRead, access.QuarantineWork, access.PersonRead, access.PersonWork,
		access.LeadRead, access.AdminRead, access.AdminWork, access.SelfWork, access.OriginalOpen,
	}
}

// TestA69_WhoMayWhat is the whole policy as a table: for one's own ticket and for somebody else's.
func TestA69_WhoMayWhat(t *testing.T) {
	t.Parallel()
	const me = 7
	mine, others := access.Object{Ticket: 1, Requester: me}, access.Object{Ticket: 2, Requester: 8}
	person := func(r access.Role, via string) access.Actor {
		return access.Actor{ID: me, Kind: access.Person, Role: r, Via: via}
	}
	for name, tt := range map[string]struct {
		by           access.Actor
		mine, others string // what is allowed, in the order of allActions: one letter an action
	}{
		//                          OFRSAWDTQZPpLawmo
		"requester":           {person(access.Requester, "portal"), "O.RSA..........m.", "................."},
		"agent":               {person(access.Agent, "web"), "OFRSAWD.QZPp...m.", ".FRS.WD.QZPp...m."},
		"agent in the portal": {person(access.Agent, "portal"), "OFRSAWD.QZPp...m.", "................."},
		"lead":                {person(access.Lead, "api"), "OFRSAWD.QZPpL..mo", ".FRS.WD.QZPpL..mo"},
		"administrator":       {person(access.Admin, "web"), "OFRSAWD.QZPpLawmo", ".FRS.WD.QZPpLawmo"},
		"a link":              {access.Actor{ID: me, Kind: access.Link, Ticket: 1, Role: access.Requester, Via: "link"}, "..RSA............", "................."},
		"nobody":              {access.Actor{}, ".................", "................."},
		"the desk":            {access.Desk(), "OFRSAWDTQZPpLawmo", "OFRSAWDTQZPpLawmo"},
		"an unknown role":     {person("root", "web"), ".................", "................."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, on := range map[string]access.Object{tt.mine: mine, tt.others: others} {
				got := ""
				for i, do := range allActions() {
					if access.Can(tt.by, do, on) == nil {
						got += string("OFRSAWDTQZPpLawmo"[i])
					} else {
						got += "."
					}
				}
				if tt.mine == tt.others {
					what = tt.mine
				}
				if got != what {
					t.Errorf("on %+v:\n got %s\nwant %s", on, got, what)
				}
			}
		})
	}
}

// What can be listed is exactly what can be read (S24): the scope and Can agree for everybody.
func TestS24_TheScopeIsWhatCanBeRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		by := access.Actor{
			ID: rapid.Int64Range(0, 3).Draw(t, "id"), Ticket: rapid.Int64Range(0, 3).Draw(t, "ticket"),
			Kind: rapid.SampledFrom([]access.Kind{access.Nobody, access.Person, access.Link, access.System}).Draw(t, "kind"),
			Role: rapid.SampledFrom(append(access.Roles(), "", "root")).Draw(t, "role"),
			Via:  rapid.SampledFrom([]string{"web", "portal", "api", "link"}).Draw(t, "via"),
		}
		on := access.Object{
			Ticket: rapid.Int64Range(1, 3).Draw(t, "on"), Requester: rapid.Int64Range(1, 3).Draw(t, "requester"),
			Parties: rapid.SliceOfN(rapid.Int64Range(1, 3), 0, 2).Draw(t, "parties"),
		}
		reads, holds := access.Can(by, access.TicketRead, on) == nil, access.Tickets(by).Holds(on)
		if reads != holds {
			t.Fatalf("%+v on %+v: reads %v, listed %v", by, on, reads, holds)
		}
	})
}

// Who takes part reads and speaks, by the portal and by a link of their own, and nothing else.
func TestS20_WhoTakesPartReadsAndSpeaks(t *testing.T) {
	t.Parallel()
	const me = 7
	on := access.Object{Ticket: 2, Requester: 8, Parties: []int64{6, me}}
	for name, by := range map[string]access.Actor{
		"requester":           {ID: me, Kind: access.Person, Role: access.Requester, Via: "portal"},
		"a program":           {ID: me, Kind: access.Person, Role: access.Requester, Via: "api"},
		"agent in the portal": {ID: me, Kind: access.Person, Role: access.Agent, Via: "portal"},
		"a link":              {ID: me, Kind: access.Link, Role: access.Requester, Ticket: 2, Via: "link"},
	} {
		for _, do := range []access.Action{access.TicketRead, access.TicketSay} {
			if err := access.Can(by, do, on); err != nil {
				t.Errorf("%s: %s: %v", name, do, err)
			}
		}
		for _, do := range []access.Action{access.TicketAnswer, access.TicketWork, access.TicketDeviate, access.TicketAuto} {
			if err := access.Can(by, do, on); err == nil {
				t.Errorf("%s may %s", name, do)
			}
		}
		gone := access.Object{Ticket: 2, Requester: 8, Parties: []int64{6}}
		if err := access.Can(by, access.TicketRead, gone); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%s, taken off: %v", name, err)
		}
	}
	elsewhere := access.Actor{ID: me, Kind: access.Link, Role: access.Requester, Ticket: 3, Via: "link"}
	if err := access.Can(elsewhere, access.TicketRead, on); errs.KindOf(err) != errs.NotFound {
		t.Errorf("the link of another ticket: %v", err)
	}
}

func TestS21_HiddenLooksLikeMissing(t *testing.T) {
	t.Parallel()
	by := access.Actor{ID: 7, Kind: access.Person, Role: access.Requester, Via: "portal"}
	others := access.Object{Ticket: 2, Requester: 8}
	for _, do := range []access.Action{access.TicketRead, access.TicketSay, access.TicketWork, access.TicketDeviate, access.TicketAuto} {
		if err := access.Can(by, do, others); errs.KindOf(err) != errs.NotFound {
			t.Errorf("%s: %v tells that the ticket exists", do, err)
		}
	}
	if err := access.Can(access.Actor{}, access.TicketRead, others); errs.KindOf(err) != errs.Unauthenticated {
		t.Errorf("nobody: %v", err)
	}
}

func TestRolesAreOrdered(t *testing.T) {
	t.Parallel()
	want := []access.Role{access.Requester, access.Agent, access.Lead, access.Admin}
	if !slices.Equal(access.Roles(), want) {
		t.Error(fmt.Sprint(access.Roles()))
	}
	for _, r := range want {
		if !r.Known() || r.Staff() != (r != access.Requester) {
			t.Errorf("%s: known %v, staff %v", r, r.Known(), r.Staff())
		}
	}
	if access.Role("root").Known() || access.Role("").Staff() {
		t.Error("a role that nobody gave counts")
	}
	if (access.Actor{Kind: access.Person, Role: access.Admin, Via: "portal"}).Staff() {
		t.Error("an administrator in the portal is there as a requester")
	}
}
