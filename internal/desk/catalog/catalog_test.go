// SPDX-License-Identifier: Apache-2.0

package catalog_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// room is the catalog alone.
type room struct {
	*testing.T
	*catalog.Desk
	db    *db.DB
	bus   *event.Bus
	clock *clock.Manual
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := &room{T: t, db: d, clock: clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))}
		r.bus = event.NewBus(job.New(d, r.clock, slog.New(slog.DiscardHandler)))
		r.Desk = r.node()
		fn(t, r)
	})
}

// node is the room as another process on the same database has it.
func (r *room) node() *catalog.Desk { return catalog.New(r.db, r.bus, r.clock) }

func (r *room) category(name string, parent catalog.CategoryID, place int64) catalog.Category {
	r.Helper()
	c, err := r.SaveCategory(r.Context(), access.Desk(), catalog.Category{Name: name, Parent: parent, Place: place}, 0)
	if err != nil {
		r.Fatal(err)
	}
	return c
}

// tree writes the categories as the forms show them: a dash for each level.
func (r *room) tree() []string {
	r.Helper()
	list, err := r.Categories(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, c := range list {
		out = append(out, strings.Repeat("-", c.Depth)+c.Name)
	}
	return out
}

// field fails the test unless err points at the field with the key.
func field(t *testing.T, what string, err error, name, key string) {
	t.Helper()
	e := errs.As(err)
	if e == nil || e.Kind != errs.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != name || e.Fields[0].Key != key {
		t.Errorf("%s: %v, want %s at %s", what, err, key, name)
	}
}

func refused(t *testing.T, what string, err error, kind errs.Kind) {
	t.Helper()
	if err == nil || errs.KindOf(err) != kind {
		t.Errorf("%s: %v, want %s", what, err, kind)
	}
}

func TestN21_TheTreeStandsInItsOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		soft := r.category("软件", 0, 2)
		hard := r.category("硬件", 0, 1)
		r.category("ERP", soft.ID, 2)
		office := r.category("办公", soft.ID, 1)
		r.category("表格", office.ID, 1)
		r.category("打印机", hard.ID, 1)
		if d := cmp.Diff([]string{"硬件", "-打印机", "软件", "-办公", "--表格", "-ERP"}, r.tree()); d != "" {
			t.Fatal(d)
		}
		path := ""
		for _, c := range r.Path(t.Context(), office.ID) {
			path += "/" + c.Label("zh-CN")
		}
		if path != "/软件/办公" {
			t.Errorf("the path is %s", path)
		}
		// Moving takes along what is below.
		office.Parent, office.NameEN = hard.ID, "Office"
		if _, err := r.SaveCategory(t.Context(), access.Desk(), office, 1); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"硬件", "-办公", "--表格", "-打印机", "软件", "-ERP"}, r.tree()); d != "" {
			t.Error(d)
		}
		if c := r.Category(t.Context(), office.ID); c.Label("en") != "Office" || c.Label("zh-CN") != "办公" || c.Version != 2 {
			t.Errorf("%+v", c)
		}
		if c := r.Category(t.Context(), 1<<40); c.ID != 0 || len(r.Path(t.Context(), 1<<40)) != 0 {
			t.Errorf("no category is %+v", c)
		}
	})
}

func TestN21_NoCircleAndNoFifthLevel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a := r.category("a", 0, 0)
		b := r.category("b", a.ID, 0)
		c := r.category("c", b.ID, 0)
		d := r.category("d", c.ID, 0)
		_, err := r.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "e", Parent: d.ID}, 0)
		field(t, "a fifth level", err, "parent", "catalog.parent_circle")
		root := r.category("root", 0, 0)
		for name, move := range map[string][2]catalog.Category{
			"below itself": {a, a}, "below its child": {a, b}, "below the deepest": {a, d}, "so that the deepest is the fifth": {a, root}, "two levels too deep": {b, c},
		} {
			moved := move[0]
			moved.Parent = move[1].ID
			_, err := r.SaveCategory(t.Context(), access.Desk(), moved, 0)
			field(t, name, err, "parent", "catalog.parent_circle")
		}
		c.Parent = root.ID
		if _, err := r.SaveCategory(t.Context(), access.Desk(), c, 0); err != nil {
			t.Errorf("two levels below a root: %v", err)
		}
		_, err = r.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "e", Parent: 1 << 40}, 0)
		field(t, "a parent who is not there", err, "parent", "catalog.parent_unknown")
		_, err = r.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "e", Group: 1 << 40}, 0)
		field(t, "a group that is not there", err, "group", "catalog.group_unknown")
		_, err = r.SaveCategory(t.Context(), access.Desk(), catalog.Category{ID: 1 << 40, Name: "e"}, 0)
		refused(t, "a category that is not there", err, errs.NotFound)
		if d := cmp.Diff([]string{"a", "-b", "root", "-c", "--d"}, r.tree()); d != "" {
			t.Error(d)
		}
	})
}

// Two moves that are fine alone and a circle together: one of them is refused.
func TestN21_TwoMovesAtOnceMakeNoCircle(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a, b := r.category("a", 0, 0), r.category("b", 0, 1)
		for range 8 {
			var wg sync.WaitGroup
			for _, move := range [][2]catalog.Category{{a, b}, {b, a}} {
				wg.Go(func() {
					moved := move[0]
					moved.Parent = move[1].ID
					if _, err := r.SaveCategory(t.Context(), access.Desk(), moved, 0); err != nil && errs.KindOf(err) != errs.Invalid {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got := r.tree(); len(got) != 2 || got[1][0] != '-' || got[0][0] == '-' {
				t.Fatalf("the tree became %v", got)
			}
			for _, c := range []catalog.Category{a, b} {
				if _, err := r.SaveCategory(t.Context(), access.Desk(), c, 0); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

func TestN22_TheRegisterOfServices(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for _, s := range []catalog.Service{{Name: "wiki"}, {Name: "ERP", NameEN: "ERP system", Core: true}, {Name: "mail", Core: true}, {Name: "chat"}} {
			if _, err := r.SaveService(t.Context(), access.Desk(), s, 0); err != nil {
				t.Fatal(err)
			}
		}
		list, err := r.Services(t.Context())
		if err != nil || len(list) != 4 {
			t.Fatalf("%+v, %v", list, err)
		}
		if !list[0].Core || !list[1].Core || list[2].Core || list[3].Core {
			t.Errorf("core services do not stand first: %+v", list)
		}
		_, err = r.SaveService(t.Context(), access.Desk(), catalog.Service{Name: " wiki "}, 0)
		field(t, "a second one", err, "name", "catalog.service_taken")
		wiki := list[slices.IndexFunc(list, func(s catalog.Service) bool { return s.Name == "wiki" })]
		wiki.Active = false
		saved, err := r.SaveService(t.Context(), access.Desk(), wiki, wiki.Version)
		if err != nil || saved.Version != 2 || saved.Active {
			t.Fatalf("%+v, %v", saved, err)
		}
		_, err = r.SaveService(t.Context(), access.Desk(), wiki, wiki.Version)
		refused(t, "an old version", err, errs.Stale)
		_, err = r.SaveService(t.Context(), access.Desk(), catalog.Service{ID: 1 << 40, Name: "x"}, 0)
		refused(t, "one that is not there", err, errs.NotFound)
		// Retired, it is still readable on old tickets.
		if got := r.Service(t.Context(), wiki.ID); got != saved {
			t.Errorf("%+v, want %+v", got, saved)
		}
		if got := r.Service(t.Context(), 0); got.ID != 0 {
			t.Errorf("no service is %+v", got)
		}
	})
}

func TestA22_A69_NamesHaveBoundsAndOnlyAdministratorsGiveThem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		long := strings.Repeat("汉", 61)
		for name, tt := range map[string]struct{ name, en, field string }{
			"none": {"", "", "name"}, "nothing to see": {" \x00\u202e ", "", "name"}, "too long": {long, "", "name"}, "too long in English": {"x", long, "name_en"},
		} {
			_, err := r.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: tt.name, NameEN: tt.en}, 0)
			field(t, name, err, tt.field, "catalog.name_length")
			_, err = r.SaveService(t.Context(), access.Desk(), catalog.Service{Name: tt.name, NameEN: tt.en}, 0)
			field(t, name, err, tt.field, "catalog.name_length")
		}
		for _, role := range access.Roles() {
			by := access.Actor{ID: 1, Kind: access.Person, Role: role, Via: "web"}
			_, err := r.SaveCategory(t.Context(), by, catalog.Category{Name: "c of " + string(role)}, 0)
			if (err == nil) != (role == access.Admin) {
				t.Errorf("%s saves a category: %v", role, err)
			}
			_, err = r.SaveService(t.Context(), by, catalog.Service{Name: "s of " + string(role)}, 0)
			if (err == nil) != (role == access.Admin) {
				t.Errorf("%s saves a service: %v", role, err)
			}
		}
		list, err := r.bus.List(t.Context(), r.db, "catalog", 0, 0, 10)
		if err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}
		c := r.category("记录", 0, 0)
		if list, err = r.bus.List(t.Context(), r.db, "catalog", int64(c.ID), 0, 10); err != nil || len(list) == 0 || list[len(list)-1].Name != "catalog.category_changed" {
			t.Errorf("a change is not recorded: %+v, %v (A86)", list, err)
		}
	})
}

func TestF53_AnOldVersionOfACategoryLoses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		c := r.category("软件", 0, 0)
		if c.Version != 1 || !c.Active {
			t.Fatalf("a new one is %+v", c)
		}
		c.Active = false
		saved, err := r.SaveCategory(t.Context(), access.Desk(), c, 1)
		if err != nil || saved.Version != 2 {
			t.Fatalf("%+v, %v", saved, err)
		}
		c.Name = "旧表单"
		_, err = r.SaveCategory(t.Context(), access.Desk(), c, 1)
		refused(t, "the old version", err, errs.Stale)
		if got := r.Category(t.Context(), c.ID); got.Name != "软件" || got.Active || got.Version != 2 {
			t.Errorf("%+v", got)
		}
	})
}

func TestATreeIsNewAtOnceHereAndSoonElsewhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		far := r.node()
		c := r.category("旧", 0, 0)
		if far.Category(t.Context(), c.ID).Name != "旧" {
			t.Fatal("the other node does not read")
		}
		c.Name = "新"
		if _, err := r.SaveCategory(t.Context(), access.Desk(), c, 0); err != nil {
			t.Fatal(err)
		}
		if got := r.Category(t.Context(), c.ID).Name; got != "新" {
			t.Errorf("here: %s", got)
		}
		r.clock.Advance(30 * time.Second)
		if got := far.Category(t.Context(), c.ID).Name; got != "新" {
			t.Errorf("elsewhere after half a minute: %s", got)
		}
	})
}

// TestN21_ModelOfTheTree moves categories about at random: whatever is accepted, everybody
// stands below their parent, exactly once, at most four levels deep.
func TestN21_ModelOfTheTree(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var all []catalog.Category
		for i := range 12 {
			all = append(all, r.category(fmt.Sprint("c", i), 0, int64(i%3)))
		}
		rapid.Check(t, func(rt *rapid.T) {
			for range 4 {
				moved := all[rapid.IntRange(0, len(all)-1).Draw(rt, "which")]
				moved = r.Category(r.Context(), moved.ID)
				moved.Parent = 0
				if n := rapid.IntRange(-1, len(all)-1).Draw(rt, "below"); n >= 0 {
					moved.Parent = all[n].ID
				}
				if _, err := r.SaveCategory(r.Context(), access.Desk(), moved, 0); err != nil && errs.KindOf(err) != errs.Invalid {
					rt.Fatal(err)
				}
			}
			list, err := r.Categories(r.Context())
			if err != nil {
				rt.Fatal(err)
			}
			var above []catalog.CategoryID // the way from the root to the last one
			seen := map[catalog.CategoryID]bool{}
			for _, c := range list {
				if c.Depth > len(above) || c.Depth > 3 || seen[c.ID] {
					rt.Fatalf("%+v stands at a depth of %d after %v", c, c.Depth, above)
				}
				above = append(above[:c.Depth], c.ID)
				seen[c.ID] = true
				if c.Depth > 0 {
					if want := above[c.Depth-1]; c.Parent != want {
						rt.Fatalf("%+v stands below %d", c, want)
					}
				} else if c.Parent != 0 {
					rt.Fatalf("%+v stands as a root", c)
				}
			}
			if len(seen) != len(all) {
				rt.Fatalf("%d of %d categories are shown", len(seen), len(all))
			}
		})
	})
}
