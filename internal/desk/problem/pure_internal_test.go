// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN39_AProblemMovesAlongItsLifeAndNoOtherWay(t *testing.T) {
	t.Parallel()
	allowed := map[[2]State]bool{
		{Open, Investigating}: true, {Open, Known}: true, {Investigating, Known}: true, {Investigating, Resolved}: true, {Known, Resolved}: true,
		{Known, Investigating}: true, {Resolved, Closed}: true, {Resolved, Investigating}: true, {Closed, Investigating}: true,
	}
	for _, from := range States() {
		for _, to := range States() {
			p := Problem{State: from, Draft: Draft{Cause: "x", Workaround: "x"}}
			err := p.Move(to, "again")
			if allowed[[2]State{from, to}] != (err == nil) {
				t.Errorf("%s to %s: %v", from, to, err)
			}
			if err != nil && errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s to %s: %v, want a conflict", from, to, err)
			}
		}
	}
	for _, x := range []struct {
		p    Problem
		to   State
		want string
	}{
		{Problem{State: Open}, Known, "problem.workaround_missing"},
		{Problem{State: Investigating, Draft: Draft{Workaround: "x"}}, Resolved, "problem.cause_missing"},
		{Problem{State: Closed}, Investigating, "problem.note_missing"},
	} {
		if err := errs.As(x.p.Move(x.to, "")); err == nil || err.Key != x.want {
			t.Errorf("%s to %s: %v, want %s", x.p.State, x.to, err, x.want)
		}
	}
}

func keys(from, to int) (out []ticket.ID) {
	for i := to; i >= from; i-- {
		out = append(out, ticket.ID(i))
	}
	return out
}

// The same matter on the next day is the same candidate; what was dismissed stays away until it
// has clearly grown.
func TestN7_ACandidateIsKnownAgainByItsTickets(t *testing.T) {
	t.Parallel()
	seen := Candidate{ID: 4, Version: 2, State: Waiting, Tickets: keys(1, 10), Count: 10}
	other := Candidate{ID: 5, State: Waiting, Tickets: keys(100, 110), Count: 11}
	away := Candidate{ID: 6, State: Dismissed, Tickets: keys(200, 209), Count: 10, DecidedOn: 10, Reason: "moving house"}
	find := func(from, to int) Candidate {
		return Candidate{State: Waiting, Tickets: keys(from, to), Count: int64(to - from + 1)}
	}
	store, gone := settle([]Candidate{seen, other, away}, []Candidate{find(4, 13), find(300, 305), find(203, 212)})
	if len(store) != 3 || store[0].ID != 4 || store[1].ID != 0 || store[2].ID != 6 || store[2].State != Dismissed || store[2].Reason != "moving house" {
		t.Errorf("stored %+v", store)
	}
	if diff := cmp.Diff([]CandidateID{5}, gone); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	store, _ = settle([]Candidate{away}, []Candidate{find(203, 217)})
	if len(store) != 1 || store[0].ID != 6 || store[0].State != Waiting {
		t.Errorf("grown by half: %+v", store)
	}
	for count, want := range map[int64]bool{12: false, 14: false, 15: true, 30: true} {
		if got := away.Grown(count); got != want {
			t.Errorf("from 10 to %d: grown %v", count, got)
		}
	}
	if small := (Candidate{DecidedOn: 4}); small.Grown(8) || !small.Grown(9) {
		t.Error("a small one is grown by five at least")
	}
}

func TestN39_TicketsAreCountedByWeekBeforeAndAfter(t *testing.T) {
	t.Parallel()
	done := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	at := func(days float64, subject string) ticket.First {
		return ticket.First{Ticket: ticket.Ticket{Subject: subject, CreatedAt: done.Add(time.Duration(days * 24 * float64(time.Hour)))}}
	}
	list := []ticket.First{
		at(-28.5, "VPN"), at(-27, "VPN"), at(-20, "vpn 掉线"), at(-13.9, "VPN"), at(-6, "VPN"), at(-0.1, "VPN"), at(-1, "打印机"), at(0.5, "VPN"), at(8, "VPN"), at(9, "其他"), at(13, "VPN"),
	}
	words := sieve{words: []string{"vpn"}}
	got := effect(list, done, done.AddDate(0, 0, 10), true, words.holds)
	if diff := cmp.Diff(Effect{Before: []int64{1, 1, 1, 2}, After: []int64{1, 1}, Part: true}, got); diff != "" {
		t.Errorf("ten days after (-want +got):\n%s", diff)
	}
	before, after, ok := got.Averages()
	if before != 13 || after != 10 || !ok {
		t.Errorf("averages %d and %d tenths, %v", before, after, ok)
	}
	if _, _, ok := effect(list, done, done.AddDate(0, 0, 3), true, words.holds).Averages(); ok {
		t.Error("compared before a week is over")
	}
	if got := effect(list, done, done.AddDate(0, 0, 90), true, words.holds); len(got.After) != EffectWeeks || got.Part {
		t.Errorf("long after: %+v", got)
	}
	if got := effect(list, done, done, false, words.holds); len(got.After) != 0 {
		t.Errorf("before it was done: %+v", got)
	}
}
