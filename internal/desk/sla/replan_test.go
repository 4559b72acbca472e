// SPDX-License-Identifier: Apache-2.0

package sla_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// save puts a policy in force, whatever stood before.
func (r *room) save(p sla.Policy) {
	r.Helper()
	if err := r.clocks.SavePolicy(r.Context(), access.Desk(), p, setting.AnyVersion); err != nil {
		r.Fatal(err)
	}
}

// Whatever happens to a ticket and to the policy, the stored due time is the recomputed one.
func TestI10_TheStoredDueTimeIsTheRecomputedOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		if err := r.clocks.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		tree := r.tickets.Catalog
		root, err := tree.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "网络"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := tree.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "VPN", Parent: root.ID}, 0)
		if err != nil {
			t.Fatal(err)
		}
		var list []ticket.ID
		for i := range 40 {
			g := rapid.Custom(func(t *rapid.T) sla.Policy {
				p := randomPolicy(t)
				p.Calendar = rapid.SampledFrom([]string{calendar.AlwaysName, "china-office"}).Draw(t, "calendar")
				p.Rules = []sla.Rule{{Name: "net", Categories: []int64{int64(root.ID)}, Calendar: "china-office"}}
				return p
			})
			if i%5 == 0 {
				r.save(g.Example(i))
				r.pass(time.Second)
			}
			which := r.open()
			list = append(list, which)
			for j := range 6 {
				r.clock.Advance(time.Duration(37*(i+j)%600) * time.Minute)
				n := rapid.IntRange(0, 7).Example(100*i + j)
				r.try(which, []ticket.Command{
					ticket.Reply{Say: ticket.Say{Text: "在查"}},
					ticket.HoldFor{Reason: ticket.ForRequester},
					ticket.HoldFor{Reason: ticket.ForVendor},
					ticket.Resume{},
					solution(),
					ticket.Classify{Category: leaf.ID},
					ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}},
					ticket.Note{Say: ticket.Say{Text: "n"}},
				}[n])
			}
		}
		r.pass(time.Minute)
		for _, which := range list {
			r.planned(which)
		}
		// A category that moves takes its tickets from under the rule.
		leaf.Parent = 0
		if _, err := tree.SaveCategory(t.Context(), access.Desk(), leaf, 0); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Minute)
		for _, which := range list {
			r.planned(which)
		}
	})
}

// try carries a command out where the ticket's life allows it.
func (r *room) try(which ticket.ID, cmd ticket.Command) {
	r.Helper()
	if ticket.May(cmd.Name(), r.get(which).Status) {
		r.do(r.agent, which, cmd)
	}
}

// A new release that brings other years, or folds facts in another way, plans again what is open.
func TestI10_AnUpgradePlansAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		ctx := t.Context()
		which := r.open()
		r.do(r.agent, which, ticket.Reply{Say: ticket.Say{Text: "在查"}})
		want := r.get(which)
		spoil := func(detail string) {
			err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := db.Exec(ctx, tx, `UPDATE ticket SET next_due = $2, next_clock = $3, detail = $4 WHERE id = $1`, which, ticket.Never, "", detail)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		spoil(`{"Intake":{}}`) // as an older release would have left it
		if err := r.clocks.Upgraded(ctx); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		r.planned(which)
		now := r.get(which)
		if len(now.Detail.Intake) != len(want.Detail.Intake) || now.Version != want.Version || !now.UpdatedAt.Equal(want.UpdatedAt) {
			t.Errorf("not folded again: %+v", now.Detail)
		}
		// The same release starts again: nothing to do.
		spoil(`{"Intake":{}}`)
		if err := r.clocks.Upgraded(ctx); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		if now := r.get(which); !now.NextDue.Equal(ticket.Never) {
			t.Error("planned again though nothing is new")
		}
		// Another year of holidays, the same folding: planned by the rows.
		p := sla.Planned{Years: "of another release", Fold: ticket.FoldVersion}
		if err := setting.Save(ctx, r.settings, access.Desk(), sla.PlannedName, p, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		if err := r.clocks.Upgraded(ctx); err != nil {
			t.Fatal(err)
		}
		r.pass(time.Second)
		if now := r.get(which); now.NextDue.Equal(ticket.Never) || len(now.Detail.Intake) != 0 {
			t.Errorf("due %v, %d elements", now.NextDue, len(now.Detail.Intake))
		}
	})
}

// What else is planned by the clocks hears of every open ticket, in the same commit.
func TestReplannedTicketsAreToldOf(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRoom(t, d)
		heard := map[ticket.ID]string{}
		r.clocks.Replanned(func(ctx context.Context, tx *db.Tx, t ticket.Ticket) error {
			in, err := r.tickets.GetIn(ctx, tx, t.ID)
			heard[t.ID] = in.NextClock + in.NextDue.Format(time.RFC3339)
			return err
		})
		open, closed := r.open(), r.open()
		r.do(r.agent, closed, ticket.Close{As: ticket.Invalid, Reason: "没有这样的请求"})
		p := r.clocks.Policy()
		for i := range p.Targets {
			p.Targets[i].Response = 7
		}
		r.save(p)
		r.pass(time.Second)
		now := r.get(open)
		if want := now.NextClock + now.NextDue.Format(time.RFC3339); heard[open] != want || len(heard) != 1 {
			t.Errorf("heard %v, want %s of one", heard, want)
		}
	})
}

// BenchmarkClocks says what the clocks of one ticket cost, over the National Day and three waits.
func BenchmarkClocks(b *testing.B) {
	l := lived(b, "2026-09-30 17:00")
	l.Then(0, slatest.Graded(triage.P3)).Then(hour, slatest.Accepted()).Then(0, l.Word())
	for range 3 {
		l.Then(20*hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(30*hour, slatest.Resumed()).Then(hour, l.Word())
	}
	p := sla.Standard()
	for i := range 20 {
		p.Rules = append(p.Rules, sla.Rule{Name: strconv.Itoa(i), Services: []int64{int64(i + 1)}, Target: sla.Target{Response: 10}})
	}
	book := sla.By(p, office(b))
	for name, run := range map[string]func(){
		"Next":    func() { book.Next(l.Ticket) },
		"Clocks":  func() { book.Clocks(l.Ticket, l.Now) },
		"Explain": func() { book.Explain(l.Ticket, l.Now) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
		})
	}
}

// BenchmarkReplan says how long all open tickets take to be planned again after a policy change:
// LOOPDESK_REPLAN of them, 2,000 where it is not set.
func BenchmarkReplan(b *testing.B) {
	n := 2000
	if s := os.Getenv("LOOPDESK_REPLAN"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	for _, url := range dbtest.URLs(b) {
		d := dbtest.Open(b, url)
		b.Run(fmt.Sprintf("%s/%d", d.Engine(), n), func(b *testing.B) {
			r := newRoom(b, d)
			r.fill(n)
			p := r.clocks.Policy()
			took := time.Duration(0)
			for b.Loop() {
				for i := range p.Targets {
					p.Targets[i].Response ^= 1
					p.Targets[i].Resolve ^= 1
				}
				r.save(p)
				start := time.Now()
				if done, err := r.jobs.RunDue(b.Context()); err != nil || done == 0 {
					b.Fatal(done, err)
				}
				took += time.Since(start)
			}
			b.ReportMetric(took.Seconds()/float64(b.N), "s/change")
			b.ReportMetric(float64(took.Microseconds())/float64(b.N)/float64(n), "µs/ticket")
		})
	}
}

// fill doubles one open ticket until there are n.
func (r *room) fill(n int) {
	r.Helper()
	r.open()
	if _, err := r.jobs.RunDue(r.Context()); err != nil {
		r.Fatal(err)
	}
	const columns = `status, is_open, pending, closed_as, subject, snippet, channel, requester_id, owner_id, assignee_id, group_id, category_id, service_id,
		graded, priority, detail, created_at, updated_at, accepted_at, first_response_at, last_public_at, last_requester_at, next_due, next_clock, promise_at, version`
	for have := 1; have < n; have *= 2 {
		err := r.tickets.DB.Write(r.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `INSERT INTO ticket (number, token, `+columns+`)
				SELECT number + $1, 'b' || CAST(number + $1 AS TEXT), `+columns+` FROM ticket ORDER BY id LIMIT $2`, have, min(have, n-have))
			return err
		})
		if err != nil {
			r.Fatal(err)
		}
	}
}
