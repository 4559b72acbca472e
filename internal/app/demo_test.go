// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/promise"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// demo opens a filled demo at an instant; the clock is moved by nobody.
func demo(t *testing.T, now time.Time) *app.House {
	t.Helper()
	h, err := app.OpenDemo(context.WithoutCancel(t.Context()), app.Config{Data: t.TempDir()}, app.Options{Clock: clock.NewManual(now)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// all reads every ticket with its detail.
func all(t *testing.T, h *app.House) []ticket.Ticket {
	t.Helper()
	var out []ticket.Ticket
	for cursor := ""; ; {
		page, err := h.Tickets.List(t.Context(), access.Desk(), ticket.Filter{View: ticket.All, Limit: 200, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Tickets {
			full, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: x.ID})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, full)
		}
		if cursor = page.Next; cursor == "" {
			slices.SortFunc(out, func(a, b ticket.Ticket) int { return int(a.ID - b.ID) })
			return out
		}
	}
}

func monday() time.Time { return time.Date(2026, 3, 2, 2, 30, 0, 0, time.UTC) }

// One sample organisation serves all that only look at it.
func TestTheDemo(t *testing.T) {
	t.Parallel()
	h := demo(t, monday())
	for name, look := range map[string]func(*testing.T, *app.House){
		"shows every state":                   demoShowsEveryState,
		"ends now":                            demoEndsNow,
		"A25 is made of facts":                demoIsMadeOfFacts,
		"is believable":                       demoIsBelievable,
		"lets those printed sign in":          demoPasswordWorksForThosePrinted,
		"speaks in whole sentences":           demoSpeaksInWholeSentences,
		"gives those printed something to do": demoGivesThosePrintedSomethingToDo,
		"tells the same story each time":      demoTellsTheSameStoryEachTime,
		"announces a weekend for one":         demoAnnouncesAWeekendForOne,
	} {
		t.Run(name, func(t *testing.T) { look(t, h) })
	}
}

// What is said to happen at the weekend does.
func demoAnnouncesAWeekendForOne(t *testing.T, h *app.House) {
	t.Helper()
	list, err := h.Announcements.Latest(t.Context(), access.Desk())
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, a := range list {
		if !strings.Contains(a.Title, "周末") {
			continue
		}
		found = true
		zone := clock.FirstZone(h.Settings.Desk(t.Context()).Zone)
		from, until := a.From.In(zone), a.Until.In(zone)
		if from.Weekday() != time.Saturday || until.Weekday() != time.Saturday || !from.After(monday()) || from.Sub(monday()) > 7*24*time.Hour {
			t.Errorf("%s: %s to %s", a.Title, from, until)
		}
	}
	if !found {
		t.Error("nothing is announced for a weekend")
	}
}

// Whoever tries the portal finds requests of their own, and one that waits for their word.
func demoGivesThosePrintedSomethingToDo(t *testing.T, h *app.House) {
	t.Helper()
	for _, s := range app.DemoSigns() {
		p, err := h.People.ByEmail(t.Context(), s[0])
		if err != nil {
			t.Fatal(err)
		}
		open, solved := 0, 0
		for _, x := range all(t, h) {
			if x.Open() && (x.Requester == p.ID || x.Owner == p.ID) {
				open++
			}
			if x.Status == ticket.Resolved && x.Requester == p.ID && x.ConfirmedAt.IsZero() {
				solved++
			}
		}
		if p.Role == access.Requester && (open < 3 || solved < 1) || p.Role == access.Agent && open < 2 {
			t.Errorf("%s has %d open tickets and %d to confirm", p.Name, open, solved)
		}
	}
}

func demoShowsEveryState(t *testing.T, h *app.House) {
	t.Helper()
	list := all(t, h)
	if len(list) != app.DemoTickets {
		t.Errorf("%d tickets, want %d", len(list), app.DemoTickets)
	}
	seen := map[string]int{}
	for _, x := range list {
		seen[string(x.Status)]++
		seen["as "+string(x.ClosedAs)]++
		seen["for "+string(x.Pending)]++
		seen["by "+string(x.Channel)]++
		seen["in "+x.Priority.String()]++
		if x.CreatedAt.After(monday()) || x.UpdatedAt.After(monday()) || x.CreatedAt.Before(monday().Add(-43*24*time.Hour)) {
			t.Errorf("%s is from %s to %s", x.Ref(), x.CreatedAt, x.UpdatedAt)
		}
		for what, is := range map[string]bool{
			"handed over": x.Detail.HandOvers > 0, "handed over and waiting": x.HandedOver(), "rejected": len(x.Detail.Rejections) > 0, "reopened": x.Detail.Reopened > 0,
			"read back": !x.Detail.ReadBack.At.IsZero(), "deviated": len(x.Detail.Deviations) > 0, "overridden": x.Detail.Override != "",
			"merged": x.MergedInto != 0, "linked": len(x.Detail.Links) > 0,
		} {
			if is {
				seen[what]++
			}
		}
	}
	var wanted []string
	for _, s := range ticket.Statuses() {
		wanted = append(wanted, string(s))
	}
	for _, w := range ticket.WaitingReasons() {
		wanted = append(wanted, "for "+string(w))
	}
	wanted = append(wanted, "as confirmed", "as unconfirmed", "as cancelled", "as duplicate", "as invalid",
		"by portal", "by mail", "by phone", "by api", "in P1", "in P2", "in P3", "in P4",
		"handed over", "handed over and waiting", "rejected", "reopened", "read back", "deviated", "overridden", "merged", "linked")
	for _, w := range wanted {
		if seen[w] == 0 {
			t.Errorf("no ticket is %s", w)
		}
	}
}

// owed counts, by the list of promises, the tickets on which a word is due within the hour, or was
// missed and nothing was said since.
func owed(t *testing.T, h *app.House) int {
	t.Helper()
	on := map[ticket.ID]bool{}
	for _, s := range []promise.State{promise.Open, promise.Broken} {
		f := promise.Filter{State: s, Limit: 200}
		for {
			p, err := h.Promises.List(t.Context(), access.Desk(), f)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range p.Lines {
				x, err := h.Tickets.Get(t.Context(), access.Desk(), ticket.Target{ID: l.On.ID})
				if err != nil {
					t.Fatal(err)
				}
				waits := slices.ContainsFunc(x.Detail.Owed, func(o ticket.Owed) bool { return o.By.Equal(l.Due) })
				if x.Open() && l.Due.Before(monday().Add(time.Hour)) && (s == promise.Open || waits) {
					on[x.ID] = true
				}
			}
			if f.Cursor = p.Next; f.Cursor == "" {
				break
			}
		}
	}
	return len(on)
}

// The timeline ends now: the queue shows what an agent would find at this moment.
func demoEndsNow(t *testing.T, h *app.House) {
	t.Helper()
	counts := h.Tickets.Counts(t.Context(), access.Desk()).Views
	for _, v := range []ticket.View{ticket.Unclaimed, ticket.ForUser, ticket.Promised, ticket.Overdue, ticket.ToConfirm, ticket.ToArchive} {
		if counts[v] < 2 {
			t.Errorf("%d tickets are %s", counts[v], v)
		}
	}
	if want := owed(t, h); counts[ticket.Promised] != want {
		t.Errorf("the navigation counts %d tickets with promises that are due or were missed, the list of promises has %d", counts[ticket.Promised], want)
	}
	near, calm, broken := 0, 0, 0
	for _, x := range all(t, h) {
		if !x.Open() {
			continue
		}
		switch left := x.NextDue.Sub(monday()); {
		case left > 0 && left < 30*time.Minute:
			near++
		case left > 2*time.Hour:
			calm++
		}
		if !x.PromiseAt.IsZero() && x.PromiseAt.Before(monday()) {
			broken++
		}
	}
	if near < 2 || calm < 10 || broken < 1 {
		t.Errorf("%d clocks are near, %d calm, %d promises broken", near, calm, broken)
	}
}

// Folding the facts of every sample ticket gives its row: nothing was written past the services.
func demoIsMadeOfFacts(t *testing.T, h *app.House) {
	t.Helper()
	for _, x := range all(t, h) {
		folded, err := h.Tickets.Rebuilt(t.Context(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		caches := cmpopts.IgnoreFields(ticket.Ticket{}, "Version", "NextDue", "NextClock", "PromiseAt")
		if diff := cmp.Diff(x, folded, caches, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", x.Ref(), diff)
		}
		due, name := h.Clocks.Plan(x)
		if !due.Equal(x.NextDue) || name != x.NextClock {
			t.Errorf("%s: the cache says %s at %s, the facts %s at %s", x.Ref(), x.NextClock, x.NextDue, name, due)
		}
		if x.Open() && x.Status != ticket.New && x.Owner == 0 {
			t.Errorf("%s is open and nobody's", x.Ref())
		}
		if x.ClosedAs == ticket.Confirmed && x.ConfirmedAt.IsZero() {
			t.Errorf("%s is called confirmed and nobody did", x.Ref())
		}
	}
}

// Conformance of the sample organisation is good and not perfect.
func demoIsBelievable(t *testing.T, h *app.House) {
	t.Helper()
	full, missed := 0, map[string]int{}
	for _, x := range all(t, h) {
		c, err := h.Norm.Judge(t.Context(), access.Desk(), x)
		if err != nil {
			t.Fatal(err)
		}
		if c.Score == 100 {
			full++
		}
		for _, v := range c.Verdicts {
			if v.State == norm.Missed {
				missed[v.Clause]++
			}
		}
	}
	if full < app.DemoTickets/2 || full == app.DemoTickets || missed["N35"] == 0 || missed["N3"] == 0 || missed["N29"] == 0 {
		t.Errorf("%d of %d conform; missed %v", full, app.DemoTickets, missed)
	}
}

func demoTellsTheSameStoryEachTime(t *testing.T, h *app.House) {
	t.Helper()
	told := func(h *app.House) (out []string) {
		for _, x := range all(t, h) {
			out = append(out, x.Ref()+" "+x.CreatedAt.String()+" "+string(x.Status)+" "+x.Subject)
		}
		return out
	}
	if diff := cmp.Diff(told(h), told(demo(t, monday()))); diff != "" {
		t.Error(diff)
	}
}

// A demo may be started at any hour of any day.
func TestTheDemoCanStartAtAnyTime(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{
		time.Date(2026, 3, 1, 19, 0, 1, 0, time.UTC), // Monday, three in the morning
		time.Date(2026, 3, 7, 4, 0, 0, 0, time.UTC),  // Saturday noon
		time.Date(2024, 2, 29, 15, 59, 59, 0, time.UTC),
		time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	} {
		if n := len(all(t, demo(t, now))); n != app.DemoTickets {
			t.Errorf("%s: %d tickets", now, n)
		}
	}
}

func demoPasswordWorksForThosePrinted(t *testing.T, h *app.House) {
	t.Helper()
	roles := map[access.Role]bool{}
	for _, s := range app.DemoSigns() {
		_, p, err := h.Sessions.SignIn(t.Context(), s[0], app.DemoPassword, session.Visitor{Address: "127.0.0.1"})
		if err != nil || string(p.Role) != s[1] {
			t.Errorf("%s: %s, %v", s[0], p.Role, err)
		}
		roles[p.Role] = true
	}
	if len(roles) != len(access.Roles()) {
		t.Errorf("only %v can sign in", roles)
	}
}

// What a kept demo was changed to stays: it is not told anew.
func TestAKeptDemoGoesOn(t *testing.T) {
	t.Parallel()
	conf := app.Config{Data: t.TempDir()}
	open := func() *app.House {
		h, err := app.OpenDemo(context.WithoutCancel(t.Context()), conf, app.Options{Clock: clock.NewManual(monday())})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := open()
	n := len(all(t, h))
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = open()
	defer func() { _ = h.Close() }()
	if again := len(all(t, h)); again != n {
		t.Errorf("%d tickets became %d", n, again)
	}
}

func TestADemoLeavesRealDesksAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newTerminal(t).want(0, "migrate", "--data", dir)
	x := newTerminal(t)
	x.want(1, "demo", "--data", dir, "--http", "127.0.0.1:0")
	if !strings.Contains(x.err.String(), dir) {
		t.Error(x.err.String())
	}
}

// The words of sample people hold no leftover of a template.
func demoSpeaksInWholeSentences(t *testing.T, h *app.House) {
	t.Helper()
	for _, x := range all(t, h) {
		thread, err := h.Tickets.Thread(t.Context(), access.Desk(), x)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range thread {
			if strings.ContainsAny(string(e.Record.Data), "⟦⟧") || (e.Message != nil && strings.ContainsAny(e.Message.Text, "{}")) {
				t.Errorf("%s: %s", x.Ref(), e.Record.Data)
			}
		}
		for _, c := range h.Clocks.Clocks(x) {
			if c.State == sla.Running && c.Due.IsZero() {
				t.Errorf("%s: the clock %s runs without an end", x.Ref(), c.Name)
			}
		}
	}
}
