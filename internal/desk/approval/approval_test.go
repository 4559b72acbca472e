// SPDX-License-Identifier: Apache-2.0

package approval_test

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN31_ATicketWaitsForTheLineManagerAndGoesOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		a := r.ask(tk, approval.AskLevel{Manager: true})
		if s, w := r.status(tk); s != ticket.Pending || w != ticket.ForApproval {
			t.Fatalf("the ticket is %s/%s", s, w)
		}
		mine, err := r.Mine(t.Context(), as(r.boss))
		if err != nil || len(mine) != 1 || mine[0].ID != a.ID || mine[0].Subject.Content == "" {
			t.Fatalf("the manager sees %+v, %v", mine, err)
		}
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true, Comment: "同意"}); err != nil {
			t.Fatal(err)
		}
		if s, _ := r.status(tk); s != ticket.Opened || r.state(a) != approval.Granted {
			t.Errorf("after a yes the ticket is %s, the approval %s", s, r.state(a))
		}
		want := []ticket.ApprovalStep{ticket.ApprovalAsked, ticket.ApprovalYes, ticket.ApprovalGranted}
		if d := cmp.Diff(want, r.steps(tk)); d != "" {
			t.Errorf("what the ticket tells (-want +got):\n%s", d)
		}
		if ok, err := r.Covers(t.Context(), tk.ID, approval.Free, "", a.Digest); !ok || err != nil {
			t.Errorf("it does not cover what it approved: %v", err)
		}
		if ok, _ := r.Covers(t.Context(), tk.ID, approval.Free, "", approval.Subject{Kind: approval.Free, Title: "x"}.Digest()); ok {
			t.Error("it covers something else")
		}
	})
}

// TestF54_TwoHundredDecideAtOnceAndThereIsOneOutcome: of 200 people who decide at the same instant
// each counts once, the approval ends once, and the ticket goes on once.
func TestF54_TwoHundredDecideAtOnceAndThereIsOneOutcome(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var all []person.ID
		people := make([]person.Person, 100)
		for i := range people {
			people[i] = r.person("p"+string(rune('a'+i/26))+string(rune('a'+i%26)), access.Requester)
			all = append(all, people[i].ID)
		}
		tk := r.open()
		a := r.ask(tk, approval.AskLevel{People: all, Mode: approval.Some, Need: 50})
		var wait sync.WaitGroup
		var taken, late, other atomic.Int64
		begin := make(chan struct{})
		for n := range 200 { // everybody twice, once yes and once no
			wait.Add(1)
			go func() {
				defer wait.Done()
				<-begin
				_, err := r.Decide(t.Context(), as(people[n/2]), a.ID, approval.Decision{Yes: (n+n/2)%2 == 0, Comment: "并发"})
				switch {
				case err == nil:
					taken.Add(1)
				case errs.KindOf(err) == errs.Conflict:
					late.Add(1)
				default:
					other.Add(1)
					t.Errorf("decision %d: %v", n, err)
				}
			}()
		}
		close(begin)
		wait.Wait()
		v, err := r.Get(t.Context(), as(r.zhao), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		var yes, no int64
		for _, s := range v.Seats {
			switch s.Answer {
			case approval.Yes:
				yes++
			case approval.No:
				no++
			}
		}
		if yes+no != taken.Load() || taken.Load()+late.Load()+other.Load() != 200 {
			t.Errorf("%d yes and %d no are stored; %d were taken, %d came late, %d failed", yes, no, taken.Load(), late.Load(), other.Load())
		}
		if want := approval.Judge(v.Levels, v.Seats).State; v.State != want || (v.State == approval.Granted) != (yes == 50) || (v.State == approval.Refused) != (no == 51) {
			t.Errorf("%d yes and %d no: it is %s, the answers say %s", yes, no, v.State, want)
		}
		ends := 0
		for _, s := range r.steps(tk) {
			if s.Ends() {
				ends++
			}
		}
		if s, _ := r.status(tk); ends != 1 || s != ticket.Opened {
			t.Errorf("the ticket tells %d ends and is %s", ends, s)
		}
	})
}

func TestN31_NobodyNamesThemselvesOrTheRequester(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		team := r.group("审批组", r.lin, r.wang)
		for name, tt := range map[string]struct {
			level approval.AskLevel
			field string
			key   string
		}{
			"asker":           {approval.AskLevel{People: []person.ID{r.lin.ID}}, "people", "approval.own_named"},
			"requester":       {approval.AskLevel{People: []person.ID{r.boss.ID, r.wang.ID}}, "people", "approval.own_named"},
			"only both":       {approval.AskLevel{Groups: []person.GroupID{team.ID}}, "groups", "approval.group_empty"},
			"nobody":          {approval.AskLevel{}, "people", "approval.nobody"},
			"no owner":        {approval.AskLevel{Owner: true}, "owner", "approval.no_owner"},
			"more than there": {approval.AskLevel{People: []person.ID{r.boss.ID}, Mode: approval.Some, Need: 2}, "need", "approval.need_range"},
		} {
			_, err := r.Ask(t.Context(), as(r.lin), ticket.Target{ID: tk.ID}, approval.Ask{
				Subject: approval.Subject{Title: "t", Content: "c"}, Levels: []approval.AskLevel{tt.level},
			})
			e := errs.As(err)
			if e == nil || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != tt.field || e.Fields[0].Key != tt.key {
				t.Errorf("%s: %+v", name, err)
			}
		}
		if s, _ := r.status(tk); s != ticket.Opened {
			t.Errorf("a refused wish left the ticket %s", s)
		}
	})
}

func TestN31_LevelsFollowEachOtherAndARefusalEndsIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		a := r.ask(tk, approval.AskLevel{Manager: true}, approval.AskLevel{People: []person.ID{r.zhou.ID, r.chen.ID}, Mode: approval.Any})
		if _, err := r.Decide(t.Context(), as(r.zhou), a.ID, approval.Decision{Yes: true}); key(err) != "approval.not_yet" {
			t.Errorf("the second level decides first: %v", err)
		}
		if mine, _ := r.Mine(t.Context(), as(r.zhou)); len(mine) != 0 {
			t.Error("it waits for somebody whose turn it is not")
		}
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Decide(t.Context(), as(r.zhou), a.ID, approval.Decision{Comment: "没有必要"}); err != nil || r.state(a) != approval.Waiting {
			t.Errorf("one of two said no where one yes is enough: %s, %v", r.state(a), err)
		}
		if _, err := r.Decide(t.Context(), as(r.chen), a.ID, approval.Decision{Comment: "改用只读"}); err != nil {
			t.Fatal(err)
		}
		if s, _ := r.status(tk); r.state(a) != approval.Refused || s != ticket.Opened {
			t.Errorf("it is %s, the ticket %s", r.state(a), s)
		}
		if _, err := r.Decide(t.Context(), as(r.chen), a.ID, approval.Decision{Yes: true}); key(err) != "approval.over_refused" {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestN31_ADeputySitsInDuringLeaveAndTheRecordSaysSo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		now := r.clock.Now()
		if err := r.SaveLeave(t.Context(), as(r.boss), approval.Leave{Deputy: r.deputy.ID, From: now.Add(time.Hour), To: now.Add(48 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		tk := r.open()
		a := r.ask(tk, approval.AskLevel{Manager: true})
		if _, err := r.Decide(t.Context(), as(r.deputy), a.ID, approval.Decision{Yes: true}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("before the leave: %v", err)
		}
		r.clock.Advance(2 * time.Hour)
		if mine, err := r.Mine(t.Context(), as(r.deputy)); err != nil || len(mine) != 1 || mine[0].For != r.boss.ID {
			t.Fatalf("the deputy sees %+v, %v", mine, err)
		}
		if _, err := r.Decide(t.Context(), as(r.deputy), a.ID, approval.Decision{Yes: true}); err != nil {
			t.Fatal(err)
		}
		v, _ := r.Get(t.Context(), as(r.zhao), a.ID)
		if s := v.Seats[0]; s.Person != r.boss.ID || s.By != r.deputy.ID || s.For() != r.boss.ID {
			t.Errorf("the record says %+v", s)
		}
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("both count: %v", err)
		}
		// Whoever benefits is nobody's deputy.
		if err := r.SaveLeave(t.Context(), as(r.boss), approval.Leave{Deputy: r.wang.ID, From: now, To: now.Add(48 * time.Hour)}); err != nil {
			t.Fatal(err)
		}
		b := r.ask(tk, approval.AskLevel{Manager: true})
		if _, err := r.Decide(t.Context(), as(r.wang), b.ID, approval.Decision{Yes: true}); key(err) != "approval.own" {
			t.Errorf("the requester decides for their manager: %v", err)
		}
	})
}

func TestN31_WhatWasApprovedIsBoundToItsContent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		r.shelf.put("3", "rm -r /tmp/x")
		ask := func() approval.Approval {
			a, err := r.Ask(t.Context(), as(r.lin), ticket.Target{ID: tk.ID}, approval.Ask{
				Subject: approval.Subject{Kind: "shelf", Ref: "3"}, Levels: []approval.AskLevel{{People: []person.ID{r.zhou.ID}}}, Hold: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		a := ask()
		if a.Subject.Content != "rm -r /tmp/x" {
			t.Fatalf("asked for %q", a.Subject.Content)
		}
		r.shelf.put("3", "rm -r /")
		if v, err := r.Get(t.Context(), as(r.zhou), a.ID); err != nil || !v.Changed || v.Why == nil {
			t.Errorf("the page does not say that it changed: %+v, %v", v, err)
		}
		if _, err := r.Decide(t.Context(), as(r.zhou), a.ID, approval.Decision{Yes: true}); key(err) != "approval.content_changed" {
			t.Errorf("it was approved: %v", err)
		}
		if s, _ := r.status(tk); r.state(a) != approval.Void || s != ticket.Opened {
			t.Errorf("it is %s, the ticket %s", r.state(a), s)
		}
		b := ask()
		if _, err := r.Decide(t.Context(), as(r.zhou), b.ID, approval.Decision{Yes: true}); err != nil {
			t.Fatal(err)
		}
		now := approval.Subject{Kind: "shelf", Ref: "3", Title: "第三步", Content: "rm -r /"}
		if ok, _ := r.Covers(t.Context(), tk.ID, "shelf", "3", now.Digest()); !ok {
			t.Error("what was approved is not covered")
		}
		now.Content = "rm -r / --no-preserve-root"
		if ok, _ := r.Covers(t.Context(), tk.ID, "shelf", "3", now.Digest()); ok {
			t.Error("something else is covered")
		}
		c := ask()
		r.shelf.put("3", "echo")
		if err := r.ContentChanged(t.Context(), tk.ID, "shelf", "3"); err != nil || r.state(c) != approval.Void {
			t.Errorf("it is %s, %v", r.state(c), err)
		}
	})
}

func TestN31_ItIsAskedAgainAndEndsUndecided(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		a := r.ask(tk, approval.AskLevel{Manager: true})
		r.clock.Advance(4*time.Hour + time.Minute)
		r.run()
		r.clock.Advance(4*time.Hour + time.Minute)
		r.run()
		if got := r.steps(tk); len(got) != 3 || got[1] != ticket.ApprovalReminded || got[2] != ticket.ApprovalReminded {
			t.Errorf("the ticket tells %v", got)
		}
		r.clock.Advance(20 * time.Hour)
		r.run()
		if s, _ := r.status(tk); r.state(a) != approval.Expired || s != ticket.Opened {
			t.Errorf("it is %s, the ticket %s", r.state(a), s)
		}
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true}); key(err) != "approval.over_expired" {
			t.Errorf("after the time: %v", err)
		}
	})
}

func TestN31_GrantedForDaysItEnds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		a, err := r.Ask(t.Context(), as(r.lin), ticket.Target{ID: tk.ID}, approval.Ask{
			Subject: approval.Subject{Title: "t", Content: "c"}, Levels: []approval.AskLevel{{Manager: true}}, Days: 2,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true}); err != nil {
			t.Fatal(err)
		}
		if ok, _ := r.Covers(t.Context(), tk.ID, approval.Free, "", a.Digest); !ok {
			t.Error("it does not cover at once")
		}
		r.clock.Advance(48*time.Hour + time.Minute)
		if ok, _ := r.Covers(t.Context(), tk.ID, approval.Free, "", a.Digest); ok {
			t.Error("it covers after its days")
		}
	})
}

func TestN31_ATicketThatClosesAndAnApproverWhoLeavesEndIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		a := r.ask(tk, approval.AskLevel{Manager: true})
		r.do(r.lin, tk, ticket.Close{As: ticket.Cancelled, Reason: "用户不再需要"})
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true}); key(err) != "approval.ticket_closed" {
			t.Errorf("decided after the ticket closed: %v", err)
		}
		r.run()
		if r.state(a) != approval.Dropped {
			t.Errorf("it is %s", r.state(a))
		}
		tk = r.open()
		b := r.ask(tk, approval.AskLevel{Manager: true})
		r.boss.Active = false
		if _, err := r.People.Change(t.Context(), access.Desk(), r.boss, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Decide(t.Context(), as(r.boss), b.ID, approval.Decision{Yes: true}); key(err) != "approval.inactive" {
			t.Errorf("somebody who left decides: %v", err)
		}
		r.run()
		if s, _ := r.status(tk); r.state(b) != approval.Dropped || s != ticket.Opened {
			t.Errorf("it is %s, the ticket %s", r.state(b), s)
		}
	})
}

func TestS21_AnApprovalIsHiddenFromWhoeverHasNothingToDoWithIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		a := r.ask(tk, approval.AskLevel{Manager: true})
		for name, by := range map[string]access.Actor{"a colleague": as(r.deputy), "the requester": as(r.wang)} {
			_, err := r.Get(t.Context(), by, a.ID)
			_, none := r.Get(t.Context(), by, 999)
			if errs.KindOf(err) != errs.NotFound || key(err) != key(none) {
				t.Errorf("%s: %v, of none: %v", name, err, none)
			}
			if _, err := r.Decide(t.Context(), by, a.ID, approval.Decision{Yes: true}); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s decides: %v", name, err)
			}
		}
		if _, err := r.Decide(t.Context(), as(r.chen), a.ID, approval.Decision{Yes: true}); key(err) != "approval.not_yours" {
			t.Errorf("an agent without a seat: %v", err)
		}
		if _, err := r.Decide(t.Context(), access.Actor{}, a.ID, approval.Decision{Yes: true}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("nobody: %v", err)
		}
		if _, err := r.Ask(t.Context(), as(r.wang), ticket.Target{ID: tk.ID}, approval.Ask{}); errs.KindOf(err) != errs.Denied {
			t.Errorf("the requester asks: %v", err)
		}
		if _, err := r.Withdraw(t.Context(), as(r.chen), a.ID); key(err) != "approval.withdraw_asker" {
			t.Errorf("another agent withdraws: %v", err)
		}
		if _, err := r.Withdraw(t.Context(), as(r.lin), a.ID); err != nil || r.state(a) != approval.Withdrawn {
			t.Errorf("the asker withdraws: %v", err)
		}
	})
}

// TestS04_S30_ALinkDecidesOneThingOnce: a link of a letter is good for one seat and its person, says
// nothing for anybody else, and once used it is over.
func TestS04_S30_ALinkDecidesOneThingOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		a, other := r.ask(tk, approval.AskLevel{Manager: true}), r.ask(tk, approval.AskLevel{Manager: true, Mode: approval.Any})
		code, _, err := r.Link(t.Context(), a.ID, r.boss.ID)
		if err != nil || code == "" {
			t.Fatal(code, err)
		}
		for _, bad := range []string{"", "a", code + "x", code[:len(code)-1], "v" + code[1:], r.Links.Track(sessionBond(tk, r.boss))} {
			if _, _, err := r.ByLink(t.Context(), bad); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%q: %v", bad, err)
			}
		}
		by, v, err := r.ByLink(t.Context(), code)
		if err != nil || v.ID != a.ID || v.Why != nil || by.ID != int64(r.boss.ID) {
			t.Fatalf("%+v, %+v, %v", by, v, err)
		}
		if _, err := r.Decide(t.Context(), by, other.ID, approval.Decision{Yes: true}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("it decides another approval: %v", err)
		}
		if _, err := r.Tickets.Get(t.Context(), by, ticket.Target{ID: tk.ID}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("it reads the ticket: %v", err)
		}
		if _, err := r.Decide(t.Context(), by, a.ID, approval.Decision{Seat: v.Mine.ID, Yes: true}); err != nil {
			t.Fatal(err)
		}
		if _, v, err = r.ByLink(t.Context(), code); err != nil || key(v.Why) != "approval.over_granted" || v.Mine.Via != "link" {
			t.Errorf("replayed it says %+v, %v", v.Why, err)
		}
		r.clock.Advance(181 * 24 * time.Hour)
		if _, _, err := r.ByLink(t.Context(), code); !errors.Is(err, errs.New(errs.NotFound, "approval.link_gone")) {
			t.Errorf("after half a year: %v", err)
		}
	})
}

func TestN31_AnApproverCallsInAnother(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tk := r.open()
		a := r.ask(tk, approval.AskLevel{Manager: true})
		if _, err := r.Call(t.Context(), as(r.boss), a.ID, 0, r.wang.ID, true, ""); key(err) != "approval.own_named" {
			t.Errorf("the requester is called in: %v", err)
		}
		if _, err := r.Call(t.Context(), as(r.boss), a.ID, 0, r.deputy.ID, true, "请先看一下"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true}); key(err) != "approval.not_yet" {
			t.Errorf("before the one who was called in: %v", err)
		}
		for _, p := range []person.Person{r.deputy, r.boss} {
			if _, err := r.Decide(t.Context(), as(p), a.ID, approval.Decision{Yes: true}); err != nil {
				t.Fatal(err)
			}
		}
		if want := []ticket.ApprovalStep{ticket.ApprovalAsked, ticket.ApprovalAdded, ticket.ApprovalYes, ticket.ApprovalYes, ticket.ApprovalGranted}; !slices.Equal(want, r.steps(tk)) || r.state(a) != approval.Granted {
			t.Errorf("%s, told %v", r.state(a), r.steps(tk))
		}
	})
}
