// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// desk is the room with three people of the desk and a requester.
type desk struct {
	*testing.T
	*queue.Desk
	clock                         *clock.Manual
	agent, other, lead, requester access.Actor
	team                          person.GroupID // the agent works in it
}

func each(t *testing.T, fn func(d *desk)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		bus := event.NewBus(job.New(d, c, slog.New(slog.DiscardHandler)))
		people := person.NewService(d, bus, c)
		r := &desk{T: t, clock: c, Desk: queue.New(d, bus, c, people)}
		add := func(name string, role access.Role, via string) access.Actor {
			p, err := people.Add(t.Context(), access.Desk(), person.Person{Name: name, Email: fmt.Sprintf("%x@example.test", name), Lang: "zh-CN", Role: role})
			if err != nil {
				t.Fatal(err)
			}
			return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: via}
		}
		r.agent, r.other = add("林岚", access.Agent, "web"), add("何佳", access.Agent, "web")
		r.lead, r.requester = add("周启", access.Lead, "web"), add("王海", access.Requester, "portal")
		g, err := people.SaveGroup(t.Context(), access.Desk(), person.Group{Name: "网络组", Members: []person.ID{person.ID(r.agent.ID)}, Active: true}, 0)
		if err != nil {
			t.Fatal(err)
		}
		r.team = g.ID
		fn(r)
	})
}

func (d *desk) save(by access.Actor, v queue.View) queue.View {
	d.Helper()
	out, err := d.Save(d.Context(), by, v, 0)
	if err != nil {
		d.Fatal(err)
	}
	return out
}

func (d *desk) names(by access.Actor) string {
	d.Helper()
	list, err := d.Views(d.Context(), by)
	if err != nil {
		d.Fatal(err)
	}
	out := ""
	for _, e := range list {
		out += e.Name + " "
		if e.Favourite {
			out += "* "
		}
	}
	return out
}

func view(name string, s queue.Sharing) queue.View {
	return queue.View{Name: name, Filter: "status:open priority:P1", Sharing: s, Columns: queue.UsualColumns()}
}

// TestS24_AViewIsThereForWhoHasIt: nobody else learns that there is one.
func TestS24_AViewIsThereForWhoHasIt(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		own := d.save(d.agent, view("mine", queue.Own))
		team := view("team", queue.Shared)
		team.Group = d.team
		d.save(d.agent, team)
		all := d.save(d.lead, view("all", queue.ForAll))
		for _, tt := range []struct {
			by   access.Actor
			want string
		}{
			{d.agent, "mine * team * all * "}, {d.other, "all * "}, {d.lead, "all * team * "}, {d.requester, ""},
		} {
			if got := d.names(tt.by); got != tt.want {
				d.Errorf("%v has %q, want %q", tt.by, got, tt.want)
			}
		}
		for _, by := range []access.Actor{d.other, d.lead, d.requester} {
			if _, err := d.Get(d.Context(), by, own.ID); errs.KindOf(err) != errs.NotFound {
				d.Errorf("%v reads another's view: %v", by, err)
			}
			want := errs.NotFound
			if by == d.requester {
				want = errs.Denied
			}
			if _, err := d.Delete(d.Context(), by, own.ID); errs.KindOf(err) != want {
				d.Errorf("%v deletes another's view: %v", by, err)
			}
		}
		if _, err := d.Delete(d.Context(), d.agent, all.ID); errs.KindOf(err) != errs.Denied {
			d.Errorf("an agent deletes what is for all: %v", err)
		}
		if _, err := d.Save(d.Context(), d.agent, view("for all", queue.ForAll), 0); errs.KindOf(err) != errs.Invalid {
			d.Errorf("an agent shares with all: %v", err)
		}
		theirs := view("theirs", queue.Shared)
		theirs.Group = d.team
		if _, err := d.Save(d.Context(), d.other, theirs, 0); errs.KindOf(err) != errs.Invalid {
			d.Errorf("somebody shares with a group that is not theirs: %v", err)
		}
	})
}

// TestF53_ASharedViewIsTakenBackByItsMakerAlone: who may change a view that another made cannot make it
// that one's own, which would take it from everybody, with other words, and from themselves.
func TestF53_ASharedViewIsTakenBackByItsMakerAlone(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		team := view("team", queue.Shared)
		team.Group = d.team
		team = d.save(d.agent, team)
		mine := team
		mine.Sharing, mine.Name = queue.Own, "mine"
		_, err := d.Save(d.Context(), d.lead, mine, team.Version)
		if e := errs.As(err); e == nil || e.Kind != errs.Invalid || e.Fields[0].Name != "shared" {
			d.Fatalf("a lead takes back what another made: %v", err)
		}
		if got := d.names(d.agent); got != "team * " {
			d.Errorf("the group has %q", got)
		}
		if back := d.save(d.agent, mine); back.Sharing != queue.Own {
			d.Errorf("its maker does not have it back: %+v", back)
		}
	})
}

func TestAViewIsChangedDeletedAndRestored(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		v := d.save(d.agent, view("first", queue.Own))
		v.Name, v.Filter, v.Dense = "second", "owner:me or owner:none", true
		changed, err := d.Save(d.Context(), d.agent, v, v.Version)
		if err != nil || changed.Version <= v.Version {
			d.Fatal(changed.Version, err)
		}
		if _, err := d.Save(d.Context(), d.agent, v, v.Version); errs.KindOf(err) != errs.Stale {
			d.Errorf("an old version is saved over: %v", err)
		}
		if _, err := d.Delete(d.Context(), d.agent, v.ID); err != nil {
			d.Fatal(err)
		}
		if got := d.names(d.agent); got != "" {
			d.Errorf("a deleted view is there: %q", got)
		}
		if _, err := d.Restore(d.Context(), d.agent, v.ID); err != nil {
			d.Fatal(err)
		}
		got, err := d.Get(d.Context(), d.agent, v.ID)
		if err != nil || got.Name != "second" || got.Filter != "owner:me or owner:none" || !got.Dense || !got.Favourite {
			d.Errorf("restored %+v %v", got, err)
		}
		for _, bad := range []queue.View{{Name: "", Filter: "a", Sharing: queue.Own}, view("x", "world"), {Name: "x", Filter: "owner:林", Sharing: queue.Own}, {Name: "x", Filter: "(", Sharing: queue.Own}} {
			if _, err := d.Save(d.Context(), d.agent, bad, 0); errs.KindOf(err) != errs.Invalid {
				d.Errorf("%+v is saved: %v", bad, err)
			}
		}
	})
}

func TestSomebodysOrderIsTheirsAlone(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		a, b := d.save(d.lead, view("a", queue.ForAll)), d.save(d.lead, view("b", queue.ForAll))
		if err := d.Arrange(d.Context(), d.agent, []queue.ViewID{b.ID, a.ID}, map[queue.ViewID]bool{b.ID: true}); err != nil {
			d.Fatal(err)
		}
		if got := d.names(d.agent); got != "b * a " {
			d.Errorf("%q", got)
		}
		if got := d.names(d.other); got != "a * b * " {
			d.Errorf("another's are %q", got)
		}
	})
}

// TestF52_AViewOfAGroupIsChangedWithoutAnythingInMemory: who may is read before the commit.
func TestF52_AViewOfAGroupIsChangedWithoutAnythingInMemory(t *testing.T) {
	t.Parallel()
	each(t, func(d *desk) {
		team := view("team", queue.Shared)
		team.Group = d.team
		team = d.save(d.agent, team)
		d.clock.Advance(time.Minute)
		team.Name = "ours"
		if _, err := d.Save(d.Context(), d.agent, team, team.Version); err != nil {
			t.Errorf("changed: %v", err)
		}
		d.clock.Advance(time.Minute)
		if _, err := d.Delete(d.Context(), d.agent, team.ID); err != nil {
			t.Errorf("deleted: %v", err)
		}
	})
}
