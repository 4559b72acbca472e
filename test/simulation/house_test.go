// SPDX-License-Identifier: Apache-2.0

package simulation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// stepsOfAHouse is how much happens in one life of a house.
const stepsOfAHouse = 80

// village is a house with people in it, and what was done to it.
type village struct {
	*apptest.House
	d      *desk
	people []access.Actor
	agents []access.Actor
	order  []ticket.ID
	mails  int
}

func newVillage(t *testing.T, seed uint64) *village {
	t.Helper()
	v := &village{House: apptest.New(t), d: newDesk(seed)}
	start := v.Clock.Now()
	v.d.clock = clock.NewSteady(func() time.Duration { return v.Clock.Now().Sub(start) }, start, 0)
	for range 3 {
		v.people = append(v.people, apptest.Actor(v.Somebody(access.Requester), "portal"))
		v.agents = append(v.agents, apptest.Actor(v.Somebody(access.Agent), "web"))
	}
	for i, a := range v.agents {
		if _, err := v.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: fmt.Sprint("G", i), Members: []person.ID{person.ID(a.ID)}}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "网络", Group: 1}, 0); err != nil {
		t.Fatal(err)
	}
	return v
}

// step does one thing to the house by the doors' own services.
func (v *village) step() {
	v.T.Helper()
	d := &v.d.dice
	switch k := d.n(24); {
	case k < 3 && len(v.order) < 10 || len(v.order) == 0:
		by := pick(d, v.people...)
		t, _, err := v.Tickets.Record(v.T.Context(), by, ticket.Request{Requester: person.ID(by.ID), Channel: ticket.Portal, Say: ticket.Say{Text: "打印机不出纸"}})
		if err != nil {
			v.T.Fatal(err)
		}
		v.order = append(v.order, t.ID)
	case k < 6:
		v.Advance(d.span(48 * time.Hour))
	case k == 6:
		v.mails++
		v.Receive("a@guest.example", []byte("From: a@guest.example\r\nTo: "+apptest.Address+"\r\nMessage-ID: <"+fmt.Sprint(v.mails)+"@guest.example>\r\nSubject: VPN\r\n\r\nVPN\r\n"))
	case k == 7:
		p := d.policy()
		p.Calendar = "always"
		if err := setting.Save(v.T.Context(), v.Settings, access.Desk(), sla.PolicyName, p, setting.AnyVersion); err != nil {
			v.T.Fatal(err)
		}
		v.Advance(time.Minute)
	case k == 8:
		if _, err := v.Pull.Take(v.T.Context(), pick(d, v.agents...)); err != nil {
			v.T.Fatal(err)
		}
	default:
		v.ask()
	}
}

// ask lets somebody ask for something: what is refused leaves no fact behind (I3), what is done
// leaves some (I1).
func (v *village) ask() {
	v.T.Helper()
	d := &v.d.dice
	which := pick(d, v.order...)
	t := v.get(which)
	by := pick(d, append([]access.Actor{access.Desk(), pick(d, v.people...), {ID: int64(t.Requester), Kind: access.Person, Role: access.Requester, Via: "portal"}}, v.agents...)...)
	before := v.count(which)
	_, err := v.Tickets.Do(v.T.Context(), by, ticket.Target{ID: which}, v.d.command(t))
	after := v.count(which)
	if err != nil && after != before {
		v.T.Errorf("I3: a refusal (%v) left %d facts on ticket %d", err, after-before, which)
	}
	if err == nil && after == before {
		v.T.Errorf("I1: a command left no fact on ticket %d", which)
	}
}

func (v *village) get(which ticket.ID) ticket.Ticket {
	v.T.Helper()
	t, err := v.Tickets.Get(v.T.Context(), access.Desk(), ticket.Target{ID: which})
	if err != nil {
		v.T.Fatal(err)
	}
	return t
}

func (v *village) count(which ticket.ID) int {
	v.T.Helper()
	list, err := v.Tickets.Records(v.T.Context(), which)
	if err != nil {
		v.T.Fatal(err)
	}
	return len(list)
}

// holds looks at everything.
func (v *village) holds() {
	v.T.Helper()
	v.RunJobs()
	if err := v.Reports.Follow(v.T.Context()); err != nil {
		v.T.Fatal(err)
	}
	keys, err := v.Tickets.Keys(v.T.Context(), 0, 1000)
	if err != nil {
		v.T.Fatal(err)
	}
	numbers := map[int64]bool{}
	for _, key := range keys {
		t := v.get(ticket.ID(key))
		if numbers[t.Number] {
			v.T.Errorf("I6: number %d twice", t.Number)
		}
		numbers[t.Number] = true
		v.row(t)
		v.caches(t)
	}
	tally, err := v.Intake.Tally(v.T.Context(), access.Desk())
	if err != nil {
		v.T.Fatal(err)
	}
	all := 0
	for _, x := range tally {
		all += int(x.Count)
	}
	if all != v.mails {
		v.T.Errorf("I8: %d mails were taken, %d are accounted for", v.mails, all)
	}
}

// row holds a stored ticket against its facts (I5, I10).
func (v *village) row(t ticket.Ticket) {
	v.T.Helper()
	records, err := v.Tickets.Records(v.T.Context(), t.ID)
	if err != nil {
		v.T.Fatal(err)
	}
	folded, err := ticket.Fold(ticket.Ticket{}, records)
	if err != nil {
		v.T.Fatal(err)
	}
	if due, name := v.Clocks.Plan(folded); !due.Equal(t.NextDue) || name != t.NextClock {
		v.T.Errorf("I10: ticket %d is planned for %v (%s), its facts say %v (%s)", t.ID, t.NextDue, t.NextClock, due, name)
	}
	folded.Version, folded.NextDue, folded.NextClock, folded.PromiseAt = t.Version, t.NextDue, t.NextClock, t.PromiseAt
	if a, b := printed(t), printed(folded); a != b {
		v.T.Errorf("I5: ticket %d differs from its facts:\n row  %s\n facts %s", t.ID, a, b)
	}
}

// caches holds promises and outcomes against the facts (I10).
func (v *village) caches(t ticket.Ticket) {
	v.T.Helper()
	kept, err := v.Promises.ForTicket(v.T.Context(), access.Desk(), t)
	if err != nil {
		v.T.Fatal(err)
	}
	rebuilt, err := v.Promises.Rebuilt(v.T.Context(), t.ID)
	if err != nil {
		v.T.Fatal(err)
	}
	own := cmpopts.IgnoreFields(promise.Promise{}, "ID", "Group", "Owner", "Assignee", "Priority")
	if d := cmp.Diff(rebuilt, kept, own, cmpopts.EquateEmpty()); d != "" {
		v.T.Errorf("promises of ticket %d, from its facts and as kept:\n%s", t.ID, d)
	}
	stored, err := v.Reports.Stored(v.T.Context(), t.ID)
	if err != nil {
		v.T.Fatal(err)
	}
	computed, _, err := v.Reports.Computed(v.T.Context(), t.ID)
	if err != nil {
		v.T.Fatal(err)
	}
	if d := cmp.Diff(computed, stored, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(time.Millisecond)); d != "" {
		v.T.Errorf("outcomes of ticket %d, from its facts and as kept:\n%s", t.ID, d)
	}
}

// TestF52_I1_I3_I5_I6_I8_I10_AHouseOnVirtualTime lives a few lives in whole houses, or the one of
// LOOPDESK_HOUSE_SEED; LOOPDESK_HOUSES says how many.
func TestF52_I1_I3_I5_I6_I8_I10_AHouseOnVirtualTime(t *testing.T) {
	t.Parallel()
	first, houses := uint64(1), uint64(2)
	if n, ok := number(t, "LOOPDESK_HOUSES"); ok {
		houses = n
	}
	if n, ok := number(t, "LOOPDESK_HOUSE_SEED"); ok {
		first, houses = n, 1
	}
	for seed := first; seed < first+houses; seed++ {
		v := newVillage(t, seed)
		for i := range stepsOfAHouse {
			if v.step(); i%20 == 19 {
				v.holds()
			}
		}
		v.holds()
		if t.Failed() {
			t.Fatalf("again: LOOPDESK_HOUSE_SEED=%d go test ./test/simulation -run AHouse\n%s", seed, strings.Repeat("-", 20))
		}
	}
}
