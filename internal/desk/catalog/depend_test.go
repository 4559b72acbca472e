// SPDX-License-Identifier: Apache-2.0

package catalog_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (r *room) service(name string, needs ...catalog.ServiceID) catalog.Service {
	r.Helper()
	s, err := r.SaveService(r.Context(), access.Desk(), catalog.Service{Name: name, Depends: catalog.NeedsOf(needs)}, 0)
	if err != nil {
		r.Fatal(err)
	}
	return s
}

func (r *room) below(which catalog.ServiceID) []string {
	r.Helper()
	list, err := r.Below(r.Context(), which)
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, n := range list {
		out = append(out, strings.Repeat("-", n.Depth)+n.Service.Name)
	}
	return out
}

func TestN8_AServiceDependsOnOthersAndNeverOnItself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		power := r.service("机房供电")
		net := r.service("网络", power.ID)
		base := r.service("数据库", net.ID, power.ID)
		erp := r.service("ERP", base.ID, net.ID)
		if d := cmp.Diff([]string{"网络", "-机房供电", "数据库", "-机房供电", "-网络"}, r.below(erp.ID)); d != "" {
			t.Error(d)
		}
		above, err := r.Above(t.Context(), power.ID)
		if err != nil || len(above) != 3 {
			t.Errorf("%+v, %v", above, err)
		}
		for name, needs := range map[string][]catalog.ServiceID{"itself": {power.ID}, "what depends on it": {net.ID}, "the far end": {erp.ID}} {
			loop := power
			loop.Depends = catalog.NeedsOf(needs)
			_, err := r.SaveService(t.Context(), access.Desk(), loop, 0)
			field(t, name, err, "depends", "catalog.needs_loop")
		}
		_, err = r.SaveService(t.Context(), access.Desk(), catalog.Service{Name: "x", Depends: "99999"}, 0)
		field(t, "what is not there", err, "depends", "catalog.service_unknown")
		_, err = r.SaveService(t.Context(), access.Desk(), catalog.Service{Name: "y", Owner: 1 << 40}, 0)
		field(t, "an owner who is not there", err, "owner", "catalog.owner_unknown")
		people := person.NewService(r.db, r.bus, r.clock)
		ann, err := people.Add(t.Context(), access.Desk(), person.Person{Name: "安", Email: "a@q.example", Lang: "zh-CN", Role: access.Agent})
		if err != nil {
			t.Fatal(err)
		}
		erp.Owner = ann.ID
		if _, err := r.SaveService(t.Context(), access.Desk(), erp, erp.Version); err != nil || r.OwnerOf(t.Context(), erp.ID) != ann.ID || r.OwnerOf(t.Context(), 0) != 0 {
			t.Errorf("%v: owner %d", err, r.OwnerOf(t.Context(), erp.ID))
		}
	})
}

// Two changes that are fine alone and a loop together: one of them is refused.
func TestN8_TwoChangesAtOnceMakeNoLoop(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a, b := r.service("a"), r.service("b")
		for range 6 {
			var wg sync.WaitGroup
			for _, pair := range [][2]catalog.Service{{a, b}, {b, a}} {
				wg.Go(func() {
					x := pair[0]
					x.Depends = catalog.NeedsOf([]catalog.ServiceID{pair[1].ID})
					if _, err := r.SaveService(t.Context(), access.Desk(), x, 0); err != nil && errs.KindOf(err) != errs.Invalid {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := len(r.below(a.ID)) + len(r.below(b.ID)); n != 1 {
				t.Fatalf("%v and %v", r.below(a.ID), r.below(b.ID))
			}
			for _, x := range []catalog.Service{a, b} {
				if _, err := r.SaveService(t.Context(), access.Desk(), x, 0); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// Whatever is accepted, nothing reaches itself.
func TestN8_NoServiceReachesItself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var all []catalog.Service
		for i := range 6 {
			all = append(all, r.service(fmt.Sprint("s", i)))
		}
		rapid.Check(t, func(rt *rapid.T) {
			for range 5 {
				x := r.Service(r.Context(), all[rapid.IntRange(0, 5).Draw(rt, "which")].ID)
				var needs []catalog.ServiceID
				for _, i := range rapid.SliceOfN(rapid.IntRange(0, 5), 0, 3).Draw(rt, "needs") {
					needs = append(needs, all[i].ID)
				}
				x.Depends = catalog.NeedsOf(needs)
				if _, err := r.SaveService(r.Context(), access.Desk(), x, 0); err != nil && errs.KindOf(err) != errs.Invalid {
					rt.Fatal(err)
				}
			}
			for _, x := range all {
				list, err := r.Reach(r.Context(), x.ID)
				if err != nil {
					rt.Fatal(err)
				}
				for _, n := range list[1:] {
					if n == x.ID {
						rt.Fatalf("%s reaches itself: %v", x.Name, list)
					}
				}
			}
		})
	})
}
