// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// noon is when every filter of this file runs.
func noon() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }

// crowd is what the tickets of this file refer to: one more key than anybody has.
const crowd = 4

// near draws an instant around noon, often exactly at an end of a stretch that filters name; or none.
func near(t *rapid.T, name string, none bool) time.Time {
	from := []time.Duration{
		0, queue.Near, -queue.Near, time.Hour, -time.Hour, 4 * time.Hour, -4 * time.Hour, 24 * time.Hour, -24 * time.Hour, -72 * time.Hour, -31 * 24 * time.Hour,
	}
	if none && rapid.Bool().Draw(t, name+" is missing") {
		return time.Time{}
	}
	return noon().Add(rapid.SampledFrom(from).Draw(t, name)).Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, name+" off")) * time.Millisecond)
}

// anyTicket draws a ticket as it may stand in the table.
func anyTicket(t *rapid.T) Ticket {
	key := func(name string) int64 { return rapid.Int64Range(0, crowd-1).Draw(t, name) }
	words := []string{"打印机卡纸 100%", "VPN_断线", "Printer on FLOOR 3", "ÄÖÜ größe", "a!b", "空"}
	x := Ticket{
		Status: rapid.SampledFrom(Statuses()).Draw(t, "status"), Channel: rapid.SampledFrom([]Channel{Portal, Mail, Phone, Web, API, Machine}).Draw(t, "channel"),
		Subject: rapid.SampledFrom(words).Draw(t, "subject"), Snippet: rapid.SampledFrom(words).Draw(t, "snippet"),
		Requester: person.ID(1 + key("requester")), Owner: person.ID(key("owner")), Assignee: person.ID(key("assignee")),
		Group: person.GroupID(key("group")), Category: catalog.CategoryID(key("category")), Service: catalog.ServiceID(key("service")),
		Graded: rapid.Bool().Draw(t, "graded"), Priority: triage.Priority(rapid.Int64Range(1, 4).Draw(t, "priority")),
		CreatedAt: near(t, "created", false), UpdatedAt: near(t, "updated", false), LastPublicAt: near(t, "public", true), LastRequesterAt: near(t, "heard", true),
		PromiseAt: near(t, "promise", true), NextDue: near(t, "due", false), NextClock: rapid.SampledFrom([]string{"response", "solution", ClockArchive}).Draw(t, "clock"),
	}
	if x.Status == Pending {
		x.Pending = rapid.SampledFrom(WaitingReasons()).Draw(t, "pending")
	}
	if rapid.IntRange(0, 4).Draw(t, "never due") == 0 {
		x.NextDue, x.NextClock = Never, ""
	}
	x.Detail.Organisation = rapid.SampledFrom([]string{"", "Finance 财务部", "IT", "100%"}).Draw(t, "department")
	x.Detail.Site = rapid.SampledFrom([]string{"", "Shanghai", "上海 3F"}).Draw(t, "place")
	x.Detail.Reopened, x.Detail.HandOvers = rapid.IntRange(0, 2).Draw(t, "reopened"), rapid.IntRange(0, 4).Draw(t, "hand-overs")
	for who := range int64(crowd) {
		if rapid.IntRange(0, 4).Draw(t, "takes part") == 0 {
			x.Detail.Participants = append(x.Detail.Participants, person.ID(who+1))
		}
	}
	return x
}

// anyTree draws a settled filter.
func anyTree(t *rapid.T, depth int) queue.Tree {
	if depth > 0 && rapid.IntRange(0, 2).Draw(t, "joins") > 0 {
		out := queue.Tree{Op: rapid.SampledFrom([]queue.Op{queue.And, queue.Or, queue.Not}).Draw(t, "op")}
		n := 1
		if out.Op != queue.Not {
			n = rapid.IntRange(1, 3).Draw(t, "kids")
		}
		for range n {
			out.Kids = append(out.Kids, anyTree(t, depth-1))
		}
		return out
	}
	s := rapid.SampledFrom(queue.Specs()).Draw(t, "field")
	c := queue.Cond{Field: s.Field, Cmp: rapid.SampledFrom(s.Compare()).Draw(t, "compare")}
	for range rapid.IntRange(1, 2).Draw(t, "values") {
		if v := anyValue(t, s); !slices.Contains(c.Values, v) {
			c.Values = append(c.Values, v)
		}
		if s.Compares() {
			break
		}
	}
	return queue.Tree{Cond: c}
}

func anyValue(t *rapid.T, s queue.Spec) string {
	var from []string
	switch s.Type {
	case queue.Enum, queue.Yes:
		from = s.Codes()
	case queue.Person:
		from = []string{queue.Me, queue.None, "#2", "#3"}
	case queue.Anyone:
		from = []string{queue.Me, "#2", "#4"}
	case queue.Team:
		from = []string{queue.Mine, queue.None, "#1", "#3"}
	case queue.Node, queue.System:
		from = []string{queue.None, "#1", "#2", "#3"}
	case queue.Contains:
		from = []string{"printer", "断线", "%", "_", "!", "Ä", "FINANCE", "3", "卡纸 1"}
	case queue.Ago, queue.Left:
		from = []string{"0m", "30m", "1h", "4h", "1d", "3d"}
	case queue.Day:
		from = []string{"today", "yesterday", "7d", "2026-03-02", "2026-02", "2026"}
	case queue.Count:
		from = []string{"0", "1", "3"}
	}
	return rapid.SampledFrom(from).Draw(t, "value")
}

func asker() queue.Reader {
	return queue.Reader{
		Me: 2, Groups: []int64{1, 2}, Now: noon(), Below: func(c int64) []int64 { return map[int64][]int64{1: {1, 2}}[c] },
		Core: []int64{2}, Majors: []int64{1, 5, 7},
	}
}

// fill makes tables whose keys are those that the tickets of this file refer to.
func stock(ctx context.Context, tx *db.Tx) error {
	for i := range crowd {
		for _, text := range []string{
			`INSERT INTO person (name, email, created_at) VALUES ($1, $1, 0)`, `INSERT INTO person_group (name) VALUES ($1)`,
			`INSERT INTO category (name) VALUES ($1)`, `INSERT INTO service (name) VALUES ($1)`,
		} {
			if _, err := db.Exec(ctx, tx, text, fmt.Sprint(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

func store(ctx context.Context, tx *db.Tx, x Ticket) error {
	var err error
	if x.ID, err = insert(ctx, tx, x); err != nil {
		return err
	}
	for _, who := range x.Detail.Participants {
		if _, err := db.Exec(ctx, tx, `INSERT INTO ticket_participant (ticket_id, person_id, at) VALUES ($1, $2, 0)`, x.ID, who); err != nil {
			return err
		}
	}
	return save(ctx, tx, x)
}

// TestS24_AFilterIsOneThingInMemoryAndInSQL: random filters over random tickets hold the same
// tickets as a predicate over the board's rows and as a condition of the table, on both engines;
// and a filter that says of itself that it holds open tickets alone holds no other.
func TestS24_AFilterIsOneThingInMemoryAndInSQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		list := rapid.Custom(func(t *rapid.T) []Ticket {
			return rapid.SliceOfN(rapid.Custom(anyTicket), 150, 150).Draw(t, "tickets")
		}).Example(7)
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := stock(ctx, tx); err != nil {
				return err
			}
			for i, x := range list {
				x.Number, x.Token = int64(i+1), fmt.Sprint(i)
				if err := store(ctx, tx, x); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		stored, err := db.All(ctx, d, scan, `SELECT `+columns+` FROM ticket ORDER BY id`)
		if err != nil || len(stored) != len(list) {
			t.Fatal(len(stored), err)
		}
		light, err := db.All(ctx, d, scan, `SELECT `+listColumns+` FROM ticket ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		var rows []queue.Row
		for i, x := range stored {
			light[i].Detail.Participants = x.Detail.Participants
			rows = append(rows, x.row())
			if diff := cmp.Diff(x.row(), light[i].row()); diff != "" {
				t.Fatal("a list reads another row than the ticket is:", diff)
			}
		}
		held := 0
		rapid.Check(t, func(t *rapid.T) {
			tree := anyTree(t, 3)
			if err := tree.Check(); err != nil {
				t.Fatalf("%s: %v", tree, err)
			}
			plan := tree.Bind(asker())
			w := where{engine: d.Engine()}
			w.text.WriteString(" AND ")
			w.plan(&plan, false)
			got, err := db.All(ctx, d, db.Int, `SELECT id FROM ticket WHERE TRUE`+w.text.String()+` ORDER BY id`, w.args...)
			if err != nil {
				t.Fatalf("%s: %s: %v", tree, w.text.String(), err)
			}
			var want []int64
			for i := range rows {
				if !plan.Holds(&rows[i]) {
					continue
				}
				want = append(want, rows[i].ID)
				if plan.OnlyOpen() && rows[i].Open == 0 {
					t.Fatalf("%s holds a closed ticket", tree)
				}
			}
			held += len(want)
			if !slices.Equal(want, got) {
				t.Fatalf("%s\nin memory %v\nin SQL    %v\n%s", tree, want, got, w.text.String())
			}
			again, err := queue.Understand(ctx, tree.String(), nil)
			if err != nil {
				t.Fatalf("%s cannot be read again: %v", tree, err)
			}
			if diff := cmp.Diff(tree.Tidy(), again); diff != "" {
				t.Fatalf("%s is read as %s: %s", tree, again, diff)
			}
		})
		if held == 0 {
			t.Error("no filter held any ticket")
		}
	})
}

// TestS24_EveryOrderShowsEveryTicketOnce: page by page, whatever the order and the parts.
func TestS24_EveryOrderShowsEveryTicketOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		list := rapid.SliceOfN(rapid.Custom(anyTicket), 60, 60).Example(3)
		err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := stock(ctx, tx); err != nil {
				return err
			}
			for i, x := range list {
				x.Number, x.Token = int64(i+1), fmt.Sprint(i)
				if err := store(ctx, tx, x); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s := bare(t, d)
		for _, sort := range Sorts() {
			for _, g := range append(Groupings(), "") {
				seen, f := map[ID]bool{}, Filter{View: All, Sort: sort, Grouping: g, Limit: 7}
				for {
					p, err := s.List(ctx, access.Desk(), f)
					if err != nil {
						t.Fatal(sort, g, err)
					}
					for _, x := range p.Tickets {
						if seen[x.ID] {
							t.Fatalf("%s by %s: %d twice", sort, g, x.ID)
						}
						seen[x.ID] = true
					}
					if f.Cursor = p.Next; p.Next == "" {
						break
					}
				}
				if len(seen) != len(list) {
					t.Errorf("%s by %s: %d of %d", sort, g, len(seen), len(list))
				}
			}
		}
	})
}

// bare is the room with nobody around.
func bare(t *testing.T, d *db.DB) *Service {
	t.Helper()
	c := clock.NewManual(noon())
	bus := event.NewBus(job.New(d, c, slog.New(slog.DiscardHandler)))
	return NewService(Parts{
		DB: d, Bus: bus, Clock: c, People: person.NewService(d, bus, c), Catalog: catalog.New(d, bus, c), Settings: setting.NewService(d, bus, c),
		Gates: StandardGates(),
	})
}
