// SPDX-License-Identifier: Apache-2.0

package canned_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

func TestWhatCannotBeUsedIsRefusedWhereItIsWrong(t *testing.T) {
	t.Parallel()
	good := canned.Text{Short: "::Hello ", Title: " 问候 ", Lang: "zh", Body: "{{requester.name}}，您好：\r\n{{ next.time }} 前给您反馈"}
	if err := good.Check(); err != nil || good.Short != "hello" || good.Title != "问候" || strings.Contains(good.Body, "\r") {
		t.Fatalf("%v %+v", err, good)
	}
	for key, change := range map[string]func(*canned.Text){
		"canned.short_shape":   func(x *canned.Text) { x.Short = "a b" },
		"canned.long":          func(x *canned.Text) { x.Title = strings.Repeat("长", 81) },
		"canned.title_empty":   func(x *canned.Text) { x.Title = " " },
		"canned.lang_unknown":  func(x *canned.Text) { x.Lang = "fr" },
		"canned.body_empty":    func(x *canned.Text) { x.Body = "\n" },
		"canned.place_unknown": func(x *canned.Text) { x.Body = "{{requester.password}}" },
		"canned.place_open":    func(x *canned.Text) { x.Body = "{{requester.name}" },
	} {
		x := good
		change(&x)
		if e := errs.As(x.Check()); e == nil || e.Fields[0].Key != key {
			t.Errorf("%s: %+v", key, e)
		}
	}
}

// Whatever is filled in, no place is left, and what a value says is not read as a place again.
func TestNoPlaceIsLeftInWhatIsFilled(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pieces := append(canned.Places(), "nobody")
		var body strings.Builder
		for range rapid.IntRange(0, 8).Draw(t, "n") {
			body.WriteString("x {{" + rapid.SampledFrom(pieces).Draw(t, "place") + "}} ")
		}
		if canned.Unknown(body.String()) != "" {
			return
		}
		out := canned.Fill(body.String(), map[string]string{"requester.name": "{{agent.name}}", "agent.name": "secret"})
		if strings.Contains(strings.ReplaceAll(out, "{{agent.name}}", ""), "{{") {
			t.Fatalf("%q became %q", body.String(), out)
		}
	})
}

func TestFindPutsTheBestFirst(t *testing.T) {
	t.Parallel()
	list := []canned.Text{{ID: 1, Short: "vpn", Title: "x", Body: "hello"}, {ID: 2, Short: "say-hello", Title: "x"}, {ID: 3, Short: "hello", Title: "x"}}
	var got []canned.ID
	for _, x := range canned.Find(list, "HELLO") {
		got = append(got, x.ID)
	}
	if len(got) != 3 || got[0] != 3 || got[1] != 2 || got[2] != 1 {
		t.Errorf("%v", got)
	}
	if len(canned.Find(list, "")) != 3 || len(canned.Find(list, "nothing")) != 0 {
		t.Error("all for nothing typed, none for what is nowhere")
	}
}

func TestA69_TextsBelongToTheirPeople(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		at := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		bus := event.NewBus(job.New(d, at, nil))
		people := person.NewService(d, bus, at)
		texts := canned.NewService(d, bus, at, people)
		who := func(name string, role access.Role) access.Actor {
			p, err := people.Add(ctx, access.Desk(), person.Person{Name: name, Email: name + "@desk.example", Lang: "zh-CN", Role: role})
			if err != nil {
				t.Fatal(err)
			}
			return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
		}
		admin, agent, other, user := who("admin", access.Admin), who("agent", access.Agent), who("other", access.Agent), who("user", access.Requester)
		save := func(by access.Actor, x canned.Text, want errs.Kind) canned.Text {
			t.Helper()
			if x.Short == "" {
				x.Short, x.Title, x.Lang, x.Body = "hi", "hi", "en", "Hello {{requester.name}}"
			}
			out, err := texts.Save(ctx, by, x, x.Version)
			if errs.KindOf(err) != want {
				t.Fatalf("%v, want %v", err, want)
			}
			return out
		}
		count := func(by access.Actor) int {
			t.Helper()
			list, err := texts.List(ctx, by)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		shared := save(admin, canned.Text{}, 0)
		save(agent, canned.Text{}, errs.Denied)
		own := save(agent, canned.Text{Person: person.ID(agent.ID)}, 0)
		save(other, canned.Text{Person: person.ID(agent.ID)}, errs.Denied)
		if count(agent) != 2 || count(other) != 1 || count(admin) != 1 {
			t.Errorf("%d %d %d", count(agent), count(other), count(admin))
		}
		if _, err := texts.List(ctx, user); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester lists texts: %v", err)
		}
		if _, err := texts.Get(ctx, other, own.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another's text: %v", err)
		}
		mine := shared
		mine.Person = person.ID(other.ID) // taking what is everybody's
		save(other, mine, errs.NotFound)
		again := own
		again.Body = "Hi"
		save(agent, again, 0)
		save(agent, again, errs.Stale) // from the same version
		if err := texts.Remove(ctx, other, own.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another's text removed: %v", err)
		}
		if err := texts.Remove(ctx, agent, own.ID); err != nil || count(agent) != 1 {
			t.Errorf("%v, %d left", err, count(agent))
		}

		// Who leads a group looks after its texts, and after no other's (N41).
		lead := who("lead", access.Lead)
		group := func(name string, members ...person.ID) person.GroupID {
			g, err := people.SaveGroup(ctx, access.Desk(), person.Group{Name: name, Members: members}, 0)
			if err != nil {
				t.Fatal(err)
			}
			return g.ID
		}
		led, foreign := group("网络组", person.ID(lead.ID), person.ID(agent.ID)), group("系统组", person.ID(other.ID))
		ours := save(lead, canned.Text{Group: led}, 0)
		save(lead, canned.Text{Group: foreign}, errs.Denied)
		save(lead, canned.Text{}, errs.Denied)
		save(agent, ours, errs.Denied) // a member uses it
		if count(agent) != 2 || count(other) != 1 {
			t.Errorf("%d and %d texts", count(agent), count(other))
		}
		moved := ours
		moved.Group = foreign
		save(lead, moved, errs.Denied)
		if list, err := texts.Shelves(ctx, lead); err != nil || len(list) != 1 || list[0].ID != led {
			t.Errorf("%v: %+v", err, list)
		}
		at.Advance(time.Minute) // nothing of the groups is held in memory
		ours.Body = "Hi"
		ours = save(lead, ours, 0)
		at.Advance(time.Minute)
		if err := texts.Remove(ctx, lead, ours.ID); err != nil {
			t.Error(err)
		}
	})
}
