// SPDX-License-Identifier: Apache-2.0

package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (r *room) form(c catalog.CategoryID, from int64, labels ...string) catalog.Form {
	r.Helper()
	var fields form.Form
	for i, l := range labels {
		fields = append(fields, form.Field{Name: "q" + string(rune('a'+i)), Kind: form.Text, Label: l})
	}
	f, err := r.SaveForm(r.Context(), access.Desk(), c, fields, from)
	if err != nil {
		r.Fatal(err)
	}
	return f
}

func (r *room) asks(c catalog.CategoryID) []string {
	r.Helper()
	f, err := r.FormFor(r.Context(), c)
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, q := range f.Fields {
		out = append(out, q.Label)
	}
	return out
}

func TestN21_AFormIsInheritedUntilThereIsAnOwnOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		top := r.category("硬件", 0, 1)
		below := r.category("打印机", top.ID, 1)
		r.form(top.ID, 0, "哪台设备")
		steps := []struct {
			save []string
			want []string
		}{{nil, []string{"哪台设备"}}, {[]string{"什么现象", "编号"}, []string{"什么现象", "编号"}}, {[]string{}, nil}}
		from := int64(0)
		for _, s := range steps {
			if s.save != nil {
				from = r.form(below.ID, from, s.save...).Version
			}
			if diff := cmp.Diff(s.want, r.asks(below.ID)); diff != "" {
				t.Error(diff)
			}
		}
		if got := r.asks(0); got != nil {
			t.Errorf("a ticket of no category is asked %v", got)
		}
	})
}

func TestN21_VersionsOfAFormNeverChange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		c := r.category("打印机", 0, 1)
		first := r.form(c.ID, 0, "什么现象")
		r.form(c.ID, 1, "什么现象", "编号")
		old, err := r.FormAt(t.Context(), c.ID, 1)
		if diff := cmp.Diff(first, old); err != nil || diff != "" {
			t.Error(err, diff)
		}
		if _, err := r.FormAt(t.Context(), c.ID, 3); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a version that is not there: %v", err)
		}
		for from, kind := range map[int64]errs.Kind{0: errs.Stale, 1: errs.Stale, 3: errs.Stale} {
			_, err := r.SaveForm(t.Context(), access.Desk(), c.ID, first.Fields, from)
			if errs.KindOf(err) != kind {
				t.Errorf("saved from version %d: %v", from, err)
			}
		}
		list, err := r.Forms(t.Context(), access.Desk(), c.ID)
		if err != nil || len(list) != 2 || list[0].Version != 2 || len(list[0].Fields) != 2 {
			t.Errorf("versions: %+v %v", list, err)
		}
		if _, err := r.SaveForm(t.Context(), access.Desk(), c.ID+99, first.Fields, 0); errs.KindOf(err) != errs.NotFound {
			t.Errorf("of no category: %v", err)
		}
		if _, err := r.SaveForm(t.Context(), access.Actor{Kind: access.Person, Role: access.Agent}, c.ID, first.Fields, 2); errs.KindOf(err) != errs.Denied {
			t.Errorf("by an agent: %v", err)
		}
		c.Active = false // retired while in use: what was asked stays readable
		if _, err := r.SaveCategory(t.Context(), access.Desk(), c, 0); err != nil {
			t.Fatal(err)
		}
		if old, err := r.FormAt(t.Context(), c.ID, 1); err != nil || len(old.Fields) != 1 {
			t.Errorf("of a retired category: %+v %v", old, err)
		}
	})
}

func TestN21_TheServiceOfACategory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		s, err := r.SaveService(t.Context(), access.Desk(), catalog.Service{Name: "打印服务"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		top, err := r.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "硬件", Service: s.ID}, 0)
		if err != nil {
			t.Fatal(err)
		}
		below := r.category("打印机", top.ID, 1)
		if got := r.ServiceFor(t.Context(), below.ID); got != s.ID {
			t.Errorf("service %d, want that of the category above, %d", got, s.ID)
		}
		s.Active = false
		if _, err := r.SaveService(t.Context(), access.Desk(), s, 0); err != nil {
			t.Fatal(err)
		}
		if got := r.ServiceFor(t.Context(), below.ID); got != 0 {
			t.Errorf("a retired service is still given: %d", got)
		}
		below.Service = 99
		if _, err := r.SaveCategory(t.Context(), access.Desk(), below, 0); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a service that is not there: %v", err)
		}
	})
}
