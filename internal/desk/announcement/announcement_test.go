// SPDX-License-Identifier: Apache-2.0

package announcement_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/announcement"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

type room struct {
	*testing.T
	*announcement.Service
	db                *db.DB
	clock             *clock.Manual
	lead, agent, user access.Actor
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
		bus := event.NewBus(job.New(d, c, slog.New(slog.DiscardHandler)))
		people := person.NewService(d, bus, c)
		r := &room{T: t, Service: announcement.NewService(d, bus, c), db: d, clock: c}
		for into, role := range map[*access.Actor]access.Role{&r.lead: access.Lead, &r.agent: access.Agent, &r.user: access.Requester} {
			p, err := people.Add(t.Context(), access.Desk(), person.Person{Name: string(role), Email: string(role) + "@example.test", Lang: "zh-CN", Role: role})
			if err != nil {
				t.Fatal(err)
			}
			*into = access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
		}
		fn(t, r)
	})
}

func (r *room) titles(by access.Actor) (out []string) {
	r.Helper()
	list, err := r.Standing(r.Context(), by)
	if err != nil {
		r.Fatal(err)
	}
	for _, a := range list {
		out = append(out, a.Title)
	}
	return out
}

// TestN14_AnAnnouncementStandsUntilItsEnd: leads alone write, everybody reads, strangers what is for
// anybody, and it goes by its end or by hand.
func TestN14_AnAnnouncementStandsUntilItsEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		now := r.clock.Now()
		work := announcement.Announcement{Kind: announcement.Planned, Title: " 周六  网络割接 ", Text: "总部断网两小时", From: now.Add(time.Hour), Until: now.Add(3 * time.Hour)}
		if _, err := r.Save(t.Context(), r.agent, work, 0, false); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent writes: %v", err)
		}
		a, err := r.Save(t.Context(), r.lead, work, 0, false)
		if err != nil || a.Title != "周六 网络割接" {
			t.Fatalf("%q %v", a.Title, err)
		}
		if _, err := r.Save(t.Context(), r.lead, announcement.Announcement{Kind: announcement.Failure, Title: "邮件变慢", Text: "正在处理", Anonymous: true}, 0, false); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"邮件变慢", "周六 网络割接"}, r.titles(r.user)); d != "" {
			t.Errorf("a requester: %s", d)
		}
		if d := cmp.Diff([]string{"邮件变慢"}, r.titles(access.Actor{})); d != "" {
			t.Errorf("a stranger: %s", d)
		}
		seen := a.Version
		a.Text = "总部断网一小时"
		if a, err = r.Save(t.Context(), r.lead, a, seen, true); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Save(t.Context(), r.lead, a, seen, false); errs.KindOf(err) != errs.Stale {
			t.Errorf("from an older page: %v", err)
		}
		r.clock.Advance(3 * time.Hour)
		if d := cmp.Diff([]string{"邮件变慢"}, r.titles(r.user)); d != "" {
			t.Errorf("after its end: %s", d)
		}
		list, err := r.Latest(t.Context(), r.agent)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d, %v", len(list), err)
		}
		for _, by := range []access.Actor{r.agent, r.lead, r.lead} { // a second press changes nothing
			if err := r.End(t.Context(), by, list[0].ID); errs.KindOf(err) != errs.Denied && by == r.agent || err != nil && by == r.lead {
				t.Errorf("ended by %s: %v", by.Role, err)
			}
		}
		if got := r.titles(r.user); len(got) != 0 {
			t.Errorf("ended, and still %v", got)
		}
		if _, err := r.Save(t.Context(), r.lead, list[0], 0, false); errs.KindOf(err) != errs.Conflict {
			t.Errorf("changed after its end: %v", err)
		}
	})
}

// TestN14_WhatAnAnnouncementMustSay names every field that is wrong.
func TestN14_WhatAnAnnouncementMustSay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		now := r.clock.Now()
		good := announcement.Announcement{Kind: announcement.Advice, Title: "x", Text: "y"}
		for name, tt := range map[string]struct {
			change func(*announcement.Announcement)
			field  string
		}{
			"no kind":                    {func(a *announcement.Announcement) { a.Kind = "x" }, "kind"},
			"no title":                   {func(a *announcement.Announcement) { a.Title = " " }, "title"},
			"no text":                    {func(a *announcement.Announcement) { a.Text = "\n" }, "text"},
			"a title too long":           {func(a *announcement.Announcement) { a.Title = strings.Repeat("长", 121) }, "title"},
			"English without a title":    {func(a *announcement.Announcement) { a.TextEN = "y" }, "title_en"},
			"English without a text":     {func(a *announcement.Announcement) { a.TitleEN = "x" }, "text_en"},
			"planned, nobody knows when": {func(a *announcement.Announcement) { a.Kind = announcement.Planned }, "from"},
			"an end before the start":    {func(a *announcement.Announcement) { a.From, a.Until = now.Add(2*time.Hour), now.Add(time.Hour) }, "until"},
			"an end in the past":         {func(a *announcement.Announcement) { a.Until = now }, "until"},
			"no such service":            {func(a *announcement.Announcement) { a.Service = 99 }, "service"},
		} {
			a := good
			tt.change(&a)
			_, err := r.Save(t.Context(), r.lead, a, 0, false)
			var e *errs.Error
			if !errors.As(err, &e) || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != tt.field {
				t.Errorf("%s: %v", name, err)
			}
		}
		if title, text := (announcement.Announcement{Title: "标题", Text: "正文"}).Words("en"); title != "标题" || text != "正文" {
			t.Errorf("without English one reads %q, %q", title, text)
		}
	})
}

// TestN29_WhoFollowsIsTold: of the topic or of everything, each once, and no more after they stopped.
func TestN29_WhoFollowsIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		follow := func(by access.Actor, topic announcement.Topic, on bool) {
			t.Helper()
			if err := r.Follow(t.Context(), by, topic, on); err != nil {
				t.Fatal(err)
			}
		}
		follow(r.user, announcement.OfMajor(7), true)
		follow(r.user, announcement.OfMajor(7), true)
		follow(r.user, announcement.Everything, true)
		follow(r.agent, announcement.OfMajor(8), true)
		who := func(topic announcement.Topic) (out []person.ID) {
			t.Helper()
			list, err := r.Followers(t.Context(), r.db, topic, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		user, agent := person.ID(r.user.ID), person.ID(r.agent.ID)
		if got := who(announcement.OfMajor(7)); len(got) != 1 || got[0] != user {
			t.Errorf("of the incident: %v", got)
		}
		if got := who(announcement.OfMajor(8)); len(got) != 2 {
			t.Errorf("of the other: %v", got)
		}
		follow(r.user, announcement.Everything, false)
		if got := who(announcement.OfMajor(8)); len(got) != 1 || got[0] != agent {
			t.Errorf("after stopping: %v", got)
		}
		for _, topic := range []announcement.Topic{"", "major:x", "major:-1", "ticket:1"} {
			if err := r.Follow(t.Context(), r.user, topic, true); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%q: %v", topic, err)
			}
		}
		if err := r.Follow(t.Context(), access.Actor{}, announcement.Everything, true); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("a stranger follows: %v", err)
		}
	})
}
