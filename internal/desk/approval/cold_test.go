// SPDX-License-Identifier: Apache-2.0

package approval_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/approval"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// leave lets somebody stand in for somebody else from now on.
func (r *room) leave(who, deputy person.Person) {
	r.Helper()
	now := r.clock.Now()
	if err := r.SaveLeave(r.Context(), as(who), approval.Leave{Deputy: deputy.ID, From: now, To: now.Add(72 * time.Hour)}); err != nil {
		r.Fatal(err)
	}
}

func TestN31_AYesThatEndsALevelCountsWithoutAnythingInMemory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a := r.ask(r.open(), approval.AskLevel{Manager: true}, approval.AskLevel{People: []person.ID{r.zhou.ID}})
		r.clock.Advance(time.Minute) // what was held in memory is old
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true}); err != nil {
			t.Fatal(err)
		}
		if mine, err := r.Mine(t.Context(), as(r.zhou)); err != nil || len(mine) != 1 {
			t.Errorf("it is nobody's turn: %v", err)
		}
	})
}

func TestN31_ADeputyDecidesWithoutAnythingInMemory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.leave(r.boss, r.chen)
		a := r.ask(r.open(), approval.AskLevel{Manager: true})
		r.chen.Phone = "8206" // whoever changed is not in memory
		if _, err := r.People.Change(t.Context(), access.Desk(), r.chen, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Decide(t.Context(), as(r.chen), a.ID, approval.Decision{Yes: true}); err != nil || r.state(a) != approval.Granted {
			t.Errorf("the deputy decides: %v", err)
		}
	})
}

// TestN31_WhoWroteItDoesNotDecide: whoever wrote what is to be approved does not approve it, by
// whatever seat, though another asked.
func TestN31_WhoWroteItDoesNotDecide(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.shelf.put("3", "rm -r /tmp/x")
		r.shelf.by = r.zhou.ID
		tk, q := r.open(), approval.Ask{Subject: approval.Subject{Kind: "shelf", Ref: "3"}}
		q.Levels = []approval.AskLevel{{People: []person.ID{r.zhou.ID}}}
		if _, err := r.Ask(t.Context(), as(r.lin), ticket.Target{ID: tk.ID}, q); errs.KindOf(err) != errs.Invalid {
			t.Errorf("the author is asked: %v", err)
		}
		team := r.group("审批组", r.zhou, r.chen)
		q.Levels = []approval.AskLevel{{Manager: true}, {Groups: []person.GroupID{team.ID}}}
		a, err := r.Ask(t.Context(), as(r.lin), ticket.Target{ID: tk.ID}, q)
		if err != nil || len(a.Seats) != 2 {
			t.Fatalf("%+v, %v", a.Seats, err)
		}
		r.leave(r.boss, r.zhou)
		if _, err := r.Decide(t.Context(), as(r.zhou), a.ID, approval.Decision{Yes: true}); key(err) != "approval.own" {
			t.Errorf("the author decides as a deputy: %v", err)
		}
		if _, err := r.Call(t.Context(), as(r.boss), a.ID, 0, r.zhou.ID, true, ""); key(err) != "approval.own_named" {
			t.Errorf("the author is called in: %v", err)
		}
		if n, err := r.Waits(t.Context(), as(r.zhou)); n != 0 || err != nil {
			t.Errorf("%d wait for the author: %v", n, err)
		}
		if _, err := r.Decide(t.Context(), as(r.boss), a.ID, approval.Decision{Yes: true}); err != nil {
			t.Error(err)
		}
	})
}

// TestS04_ALinkEndsWithTheSeat: the link of a letter shows nothing to a deputy whose time is over,
// nor to whoever left.
func TestS04_ALinkEndsWithTheSeat(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.leave(r.boss, r.deputy)
		a := r.ask(r.open(), approval.AskLevel{Manager: true})
		deputy, _, err := r.Link(t.Context(), a.ID, r.deputy.ID)
		if err != nil || deputy == "" {
			t.Fatal(err)
		}
		boss, _, _ := r.Link(t.Context(), a.ID, r.boss.ID)
		if _, v, err := r.ByLink(t.Context(), deputy); err != nil || v.For != r.boss.ID {
			t.Fatalf("the deputy's link: %+v, %v", v, err)
		}
		if err := r.EndLeave(t.Context(), as(r.boss)); err != nil {
			t.Fatal(err)
		}
		if _, v, err := r.ByLink(t.Context(), deputy); key(err) != "approval.link_gone" || v.Subject.Content != "" {
			t.Errorf("after the leave: %+v, %v", v, err)
		}
		r.boss.Active = false
		if _, err := r.People.Change(t.Context(), access.Desk(), r.boss, 0); err != nil {
			t.Fatal(err)
		}
		if _, v, err := r.ByLink(t.Context(), boss); key(err) != "approval.link_gone" || v.Subject.Content != "" {
			t.Errorf("somebody who left: %+v, %v", v, err)
		}
	})
}

// TestN31_TheFigureIsWhatTheListHolds: whatever happens, the figure beside the navigation counts what
// the list of the same person holds.
func TestN31_TheFigureIsWhatTheListHolds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		dice := rand.New(rand.NewPCG(7, 31))
		people := []person.Person{r.lin, r.zhou, r.chen, r.zhao, r.wang, r.boss, r.deputy}
		who := func() person.Person { return people[dice.IntN(len(people))] }
		tk, some := r.open(), 0
		var list []approval.Approval
		for n := range 60 {
			switch dice.IntN(6) {
			case 0:
				mode := []approval.Mode{approval.Any, approval.All}[dice.IntN(2)]
				a, err := r.Ask(t.Context(), as(r.lin), ticket.Target{ID: tk.ID}, approval.Ask{
					Subject: approval.Subject{Title: "t", Content: "c"}, Levels: []approval.AskLevel{
						{People: []person.ID{r.boss.ID, r.zhou.ID}, Mode: mode}, {People: []person.ID{r.zhao.ID, r.chen.ID}, Mode: mode},
					},
				})
				if err != nil {
					t.Fatal(err)
				}
				list = append(list, a)
			case 1:
				if boss, deputy := who(), who(); boss.ID != deputy.ID {
					r.leave(boss, deputy)
				}
			case 2:
				r.clock.Advance(time.Hour)
			case 3:
				if len(list) > 0 {
					_, _ = r.Call(t.Context(), as(who()), list[dice.IntN(len(list))].ID, 0, who().ID, dice.IntN(2) == 0, "")
				}
			default:
				if len(list) > 0 {
					_, _ = r.Decide(t.Context(), as(who()), list[dice.IntN(len(list))].ID, approval.Decision{Yes: dice.IntN(4) > 0, Comment: "c"})
				}
			}
			for _, p := range people {
				mine, err := r.Mine(t.Context(), as(p))
				count, e := r.Waits(t.Context(), as(p))
				if err != nil || e != nil || count != len(mine) {
					t.Fatalf("step %d: %s has %d, the figure says %d: %v, %v", n, p.Name, len(mine), count, err, e)
				}
				some += count
			}
		}
		if some == 0 {
			t.Error("nothing ever waited")
		}
	})
}
