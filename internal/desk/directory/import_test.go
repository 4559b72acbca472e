// SPDX-License-Identifier: Apache-2.0

package directory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

const head = "id,name,email,phone,department,active\n"

func TestN15_AFileIsPreviewedAppliedAndAppliedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		first := r.upload(head+"1,王海燕,wang@q.example,8009,财务部,yes\n2,单立,shan@q.example,8010,网络部,\n3,没有邮箱,nobody,,,\n4,共用,wang@q.example,,,\n9,早走了,gone@q.example,,,no\n", false)
		p, err := r.Preview(t.Context(), r.admin, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(directory.Tally{directory.New: 2, directory.Bad: 2, directory.Same: 1}, p.Tally); d != "" {
			t.Error(d)
		}
		if all, err := r.people.All(t.Context(), r.admin); err != nil || len(all) != 1 {
			t.Fatalf("looking made %d people, %v", len(all), err)
		}
		run := r.apply(first, false)
		if got := tally(run); got != "done: new 2, bad 2, same 1" {
			t.Errorf("%s", got)
		}
		lines, err := r.Lines(t.Context(), r.admin, run.ID, directory.Bad, -1<<62, 10)
		if err != nil || len(lines) != 2 || lines[0].Line != 4 || lines[0].Why.Key != "person.email_shape" || lines[0].Text != "3,没有邮箱,nobody,,," ||
			lines[1].Why.Key != "directory.email_twice" || fmt.Sprint(lines[1].Why.Args) != "[Line 2 Email wang@q.example]" {
			t.Errorf("%v %+v", err, lines)
		}
		if got := tally(r.apply(first, false)); got != "done: bad 2, same 3" {
			t.Errorf("done again: %s", got)
		}
		wang := r.person("wang@q.example")
		if wang.Department != "财务部" || wang.Outside != "1" || wang.Source != directory.CSV || wang.Role != access.Requester {
			t.Errorf("%+v", wang)
		}

		// Another name and address under the same key is the same person; a column that is not there says nothing.
		second := r.upload("id,name,email,active\n1,王海艳,haiyan@q.example,\n2,单立,shan@q.example,离职\n", false)
		if got := tally(r.apply(second, false)); got != "done: renamed 1, disabled 1" {
			t.Errorf("%s", got)
		}
		now := r.person("haiyan@q.example")
		if now.ID != wang.ID || now.Name != "王海艳" || now.Department != "财务部" || now.Phone != "8009" || r.person("shan@q.example").Active {
			t.Errorf("%+v", now)
		}
	})
}

func TestP5_WhoIsGoneIsDisabledAndManyAtOnceAreAskedAbout(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var text strings.Builder
		text.WriteString(head)
		for i := range 60 {
			fmt.Fprintf(&text, "%d,人%d,p%d@q.example,,,\n", i, i, i)
		}
		r.apply(r.upload(text.String(), true), false)
		few := strings.Join(slices.Collect(func(yield func(string) bool) {
			for i, l := range strings.SplitAfter(text.String(), "\n") {
				if i < 20 && !yield(l) {
					return
				}
			}
		}), "")
		half := r.upload(few, true)
		run := r.apply(half, false)
		if got := tally(run); got != "asks: held 41, same 19" {
			t.Errorf("%s", got)
		}
		if !r.person("p50@q.example").Active {
			t.Error("somebody was shut out without asking")
		}
		if got := tally(r.apply(half, true)); got != "done: disabled 41, same 19" {
			t.Errorf("%s", got)
		}
		if gone := r.person("p50@q.example"); gone.Active || gone.Name != "人50" {
			t.Errorf("%+v", gone)
		}
		if _, err := r.people.Get(t.Context(), person.ID(r.admin.ID)); err != nil || !r.person("admin@q.example").Active {
			t.Error("somebody whom no file keeps is gone", err)
		}
		// Back in the file, back at work.
		if got := tally(r.apply(r.upload(text.String(), true), false)); got != "done: changed 41, same 19" {
			t.Errorf("%s", got)
		}
	})
}

func TestS22_TheLastAdministratorStaysWhateverAFileSays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		run := r.apply(r.upload(head+"7,郑宁,admin@q.example,,,no\n8,新人,new@q.example,,,\n", false), false)
		if got := tally(run); got != "done: new 1, bad 1" {
			t.Errorf("%s", got)
		}
		if p := r.person("admin@q.example"); !p.Active || p.Role != access.Admin {
			t.Errorf("%+v", p)
		}
	})
}

func TestA69_OnlyAdministratorsImport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		agent := access.Actor{ID: 99, Kind: access.Person, Role: access.Lead, Via: "web"}
		x := r.upload(head+"1,a,a@q.example,,,\n", false)
		_, e1 := r.Upload(t.Context(), agent, directory.Import{}, []byte(people))
		_, e2 := r.Preview(t.Context(), agent, x.ID)
		_, e3 := r.Apply(t.Context(), agent, x.ID, false)
		_, e4 := r.Runs(t.Context(), agent, 5)
		_, e5 := r.Lines(t.Context(), agent, 1, "", 0, 5)
		for i, err := range []error{e1, e2, e3, e4, e5} {
			if errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		if _, err := r.Apply(t.Context(), r.admin, 999, false); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a file that is not there: %v", err)
		}
	})
}
