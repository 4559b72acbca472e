// SPDX-License-Identifier: Apache-2.0

package event_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

func TestAFactIsStoredAsItWas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(d)
		fact := planted{3, "土豆 <\x00\"potato\">\xff"}
		r, err := h.record(t, fact)
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.bus.ReadOne(t.Context(), d, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, got); diff != "" {
			t.Error(diff)
		}
		want := event.Record{
			ID: r.ID, Name: "garden.planted", Subject: 3, Meta: by,
			Data: []byte(`{"Bed":3,"What":"土豆 \u003c\u0000\"potato\"\u003e\ufffd"}`),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if _, err := h.bus.ReadOne(t.Context(), d, r.ID+1); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a fact that is not there: %v", err)
		}
	})
}

func TestWhatIsNoFactIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(d)
		for name, do := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"without an instant": func(ctx context.Context, tx *db.Tx) error {
				_, err := h.bus.Record(ctx, tx, event.Meta{}, planted{})
				return err
			},
			"without a room": func(ctx context.Context, tx *db.Tx) error {
				_, err := h.bus.Record(ctx, tx, by, homeless{})
				return err
			},
			"that is no JSON": func(ctx context.Context, tx *db.Tx) error {
				_, err := h.bus.Record(ctx, tx, by, unwritable{})
				return err
			},
		} {
			if err := d.Write(t.Context(), do); err == nil {
				t.Errorf("a fact %s was recorded", name)
			}
		}
		if list := h.all(t); len(list) != 0 {
			t.Errorf("%+v", list)
		}
	})
}

func TestWithinListenersShareTheCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(d)
		var heard []string
		event.Within(h.bus, func(ctx context.Context, tx *db.Tx, r event.Record, f planted) error {
			there, err := h.bus.ReadOne(ctx, tx, r.ID) // it sees what the commit has written so far
			heard = append(heard, "planted "+f.What+" "+there.Name)
			return err
		})
		event.WithinAny(h.bus, func(_ context.Context, _ *db.Tx, r event.Record) error {
			heard = append(heard, "any "+r.Name)
			return nil
		})
		event.Within(h.bus, func(_ context.Context, _ *db.Tx, _ event.Record, f picked) error {
			heard = append(heard, "picked")
			return nil
		})
		if _, err := h.record(t, planted{1, "leek"}, picked{1}); err != nil {
			t.Fatal(err)
		}
		want := []string{"planted leek garden.planted", "any garden.planted", "any garden.picked", "picked"}
		if diff := cmp.Diff(want, heard); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAWithinListenerRefusesTheWholeCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(d)
		event.Within(h.bus, func(context.Context, *db.Tx, event.Record, picked) error { return errRefuse })
		event.AfterAny(h.bus, "audit", func(context.Context, event.Record) error { return nil })
		if _, err := h.record(t, planted{1, "leek"}, picked{1}); !errors.Is(err, errRefuse) {
			t.Fatal(err)
		}
		if list := h.all(t); len(list) != 0 {
			t.Errorf("facts are left: %+v", list)
		}
		if n := h.runs(t); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
	})
}

func TestP4_AfterListenersRunOncePerFactAndOnlyAfterItsCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(d)
		heard := map[string]int{}
		event.After(h.bus, "mail", func(_ context.Context, r event.Record, f planted) error {
			heard["mail "+f.What+" "+r.Meta.Via]++
			return nil
		})
		event.After(h.bus, "index", func(_ context.Context, _ event.Record, f planted) error {
			heard["index "+f.What]++
			return nil
		})
		event.AfterAny(h.bus, "webhook", func(_ context.Context, r event.Record) error {
			heard["webhook "+r.Name]++
			return nil
		})
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := h.bus.Record(ctx, tx, by, planted{1, "ghost"}); err != nil {
				return err
			}
			return errRefuse
		})
		if !errors.Is(err, errRefuse) {
			t.Fatal(err)
		}
		if _, err := h.record(t, planted{1, "leek"}, picked{1}); err != nil {
			t.Fatal(err)
		}
		if len(heard) != 0 {
			t.Errorf("heard before the jobs ran: %v", heard)
		}
		if n := h.runs(t); n != 4 {
			t.Errorf("%d runs", n)
		}
		want := map[string]int{"mail leek web": 1, "index leek": 1, "webhook garden.planted": 1, "webhook garden.picked": 1}
		if diff := cmp.Diff(want, heard); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAFailingListenerFailsAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(d)
		var ids []int64
		event.After(h.bus, "mail", func(context.Context, event.Record, planted) error { return errRefuse }, job.MaxAttempts(1))
		event.After(h.bus, "index", func(_ context.Context, r event.Record, _ planted) error {
			ids = append(ids, r.ID)
			return nil
		})
		r, err := h.record(t, planted{1, "leek"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.jobs.RunDue(t.Context()); !errors.Is(err, errRefuse) {
			t.Error(err)
		}
		if diff := cmp.Diff([]int64{r.ID}, ids); diff != "" {
			t.Error(diff)
		}
		dead, err := h.jobs.Dead(t.Context(), 0, 10)
		if err != nil || len(dead) != 1 || dead[0].Kind != "after:mail" {
			t.Errorf("%+v, %v", dead, err)
		}
	})
}

func TestAFactThatCannotBeReadIsADeadLetterAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(d)
		event.After(h.bus, "mail", func(context.Context, event.Record, planted) error { return nil })
		if _, err := h.record(t, planted{1, "leek"}, planted{2, "bean"}); err != nil {
			t.Fatal(err)
		}
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := db.Exec(ctx, tx, `UPDATE event SET data = 'not JSON' WHERE subject = 1`); err != nil {
				return err
			}
			_, err := db.Exec(ctx, tx, `DELETE FROM event WHERE subject = 2`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := h.jobs.RunDue(t.Context()); n != 2 || err == nil {
			t.Errorf("%d runs, %v", n, err)
		}
		if dead, err := h.jobs.Dead(t.Context(), 0, 10); err != nil || len(dead) != 2 {
			t.Errorf("%+v, %v", dead, err)
		}
	})
}

func TestAChainOfFactsEnds(t *testing.T) {
	t.Parallel()
	t.Run("over jobs", func(t *testing.T) {
		t.Parallel()
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			h := build(d)
			event.After(h.bus, "seed", func(ctx context.Context, _ event.Record, f planted) error {
				return h.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := h.bus.Record(ctx, tx, by, f)
					return err
				})
			})
			if _, err := h.record(t, planted{1, "mint"}); err != nil {
				t.Fatal(err)
			}
			if _, err := h.jobs.RunDue(t.Context()); err == nil || !strings.Contains(err.Error(), "keep causing facts") {
				t.Error(err)
			}
			dead, err := h.jobs.Dead(t.Context(), 0, 10)
			if n := len(h.all(t)); err != nil || len(dead) != 1 || n != 1+event.MaxDepth {
				t.Errorf("%d facts, %+v, %v", n, dead, err)
			}
		})
	})
	t.Run("within a commit", func(t *testing.T) {
		t.Parallel()
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			h := build(d)
			event.Within(h.bus, func(ctx context.Context, tx *db.Tx, _ event.Record, f planted) error {
				_, err := h.bus.Record(ctx, tx, by, f)
				return err
			})
			if _, err := h.record(t, planted{1, "mint"}); err == nil || len(h.all(t)) != 0 {
				t.Errorf("%v, %d facts", err, len(h.all(t)))
			}
		})
	})
}

func TestMistakesOfTheAssembly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		refused := func(what string, mistake func()) {
			t.Helper()
			defer func() {
				if recover() == nil {
					t.Errorf("%s was taken", what)
				}
			}()
			mistake()
		}
		h := build(d)
		quiet := func(context.Context, event.Record) error { return nil }
		event.AfterAny(h.bus, "audit", quiet)
		refused("a second listener of one name", func() { event.AfterAny(h.bus, "audit", quiet) })
		refused("a second one for another fact", func() {
			event.After(h.bus, "audit", func(context.Context, event.Record, planted) error { return nil })
		})
		refused("a listener without a name", func() { event.AfterAny(h.bus, "", quiet) })

		event.Within(h.bus, func(context.Context, *db.Tx, event.Record, planted) error { return nil })
		if _, err := h.record(t, other{}); err == nil {
			t.Error("a fact under the name of another was taken")
		}
		refused("a listener after the first fact", func() { event.AfterAny(h.bus, "late", quiet) })
		refused("a late one within", func() {
			event.WithinAny(h.bus, func(context.Context, *db.Tx, event.Record) error { return nil })
		})
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(d)
		if _, err := h.record(t, planted{1, "a"}, planted{2, "b"}, swept{1}, picked{1}, planted{1, "c"}); err != nil {
			t.Fatal(err)
		}
		names := func(list []event.Record, err error) (out []string, last int64) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				out = append(out, r.Name+" "+string(r.Data))
				last = r.ID
			}
			return out, last
		}
		first, last := names(h.bus.List(t.Context(), d, "garden", 1, 0, 2))
		rest, end := names(h.bus.List(t.Context(), d, "garden", 1, last, 2))
		none, _ := names(h.bus.List(t.Context(), d, "garden", 1, end, 2))
		want := [][]string{
			{`garden.planted {"Bed":1,"What":"a"}`, `garden.picked {"Bed":1}`},
			{`garden.planted {"Bed":1,"What":"c"}`},
			nil,
		}
		if diff := cmp.Diff(want, [][]string{first, rest, none}); diff != "" {
			t.Error(diff)
		}
		page, last := names(h.bus.ListAll(t.Context(), d, 0, 3))
		more, _ := names(h.bus.ListAll(t.Context(), d, last, 3))
		if len(page) != 3 || page[2] != `yard.swept {"Yard":1}` || len(more) != 2 {
			t.Errorf("%q, then %q", page, more)
		}
	})
}
