// SPDX-License-Identifier: Apache-2.0

package ldap_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/ldap/slapdtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN15_PeopleComeFromAServerAndFollowIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		s := r.server
		s.Person("li", "李娜", "mail=li.na@firm.example", "telephoneNumber=010 5555 8009", "mobile=139 1111 2222", "departmentNumber=财务部", "title=会计", "physicalDeliveryOfficeName=B1-305")
		s.Person("wang", "王海燕", "mail=wang@firm.example", "manager="+slapdtest.DN("li"))
		s.Person("shan", "单立", "mail=shan@firm.example", "manager=cn=Zhao\\, Lei,dc=elsewhere")
		old := r.add("wang haiyan", "wang@firm.example", access.Requester) // she wrote to the desk before
		r.save(nil)
		r.due()
		run := r.last()
		r.want("the first run", "done: new 2, renamed 1", run)
		if !run.Whole || run.Entries != 3 {
			t.Errorf("%+v", run)
		}
		li, wang := r.person("li.na@firm.example"), r.person("wang@firm.example")
		if li.Name != "李娜" || li.Phone != "010 5555 8009" || li.Further != "139 1111 2222" || li.Department != "财务部" || li.Title != "会计" || li.Place != "B1-305" ||
			li.Source != directory.LDAP || li.Outside == "" || li.Role != access.Requester {
			t.Errorf("%+v", li)
		}
		if wang.ID != old.ID || wang.Name != "王海燕" || wang.Manager != "李娜" {
			t.Errorf("%+v", wang)
		}
		if m, err := r.ManagerOf(t.Context(), wang.ID); err != nil || m.ID != li.ID {
			t.Errorf("%+v %v", m, err)
		}
		if shan := r.person("shan@firm.example"); shan.Manager != "Zhao, Lei" {
			t.Errorf("a manager who is not read: %q", shan.Manager)
		}
		if _, err := r.ManagerOf(t.Context(), li.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("nobody above: %v", err)
		}

		// Only what changed is read; another name, address and place in the tree is the same person.
		s.Rename(slapdtest.DN("wang"), "uid=liu", s.Unit("sales"))
		moved := "uid=liu,ou=sales," + slapdtest.People
		s.Set(moved, "displayName", "刘海燕")
		s.Set(moved, "mail", "liu@firm.example")
		run = r.later()
		if run.Whole || run.State != directory.Done || run.Tally[directory.Renamed] != 1 || changed(run) != 1 {
			t.Errorf("%+v", run)
		}
		if liu := r.person("liu@firm.example"); liu.ID != old.ID || liu.Name != "刘海燕" || liu.Manager != "李娜" {
			t.Errorf("%+v", liu)
		}
		if run := r.later(); run.Whole || changed(run) != 0 {
			t.Errorf("nothing new: %s", tally(run))
		}
		// Who is gone shows when everything is read again.
		s.Delete(slapdtest.DN("shan"))
		if run := r.later(); run.Whole || changed(run) != 0 {
			t.Errorf("one is gone, and nobody looked: %s", tally(run))
		}
		r.clock.Advance(24 * time.Hour)
		run = r.later()
		if r.want("one is gone", "done: disabled 1, same 2", run); !run.Whole || r.person("shan@firm.example").Active {
			t.Errorf("%+v", run)
		}
		if !strings.Contains(r.log.String(), "directory read") || strings.Contains(r.log.String(), slapdtest.Password) {
			t.Errorf("the log says %s", r.log)
		}
	})
}

func TestP5_TheGuardAsksOnceAndAYesCoversThoseAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for i := range 40 {
			r.server.Person(fmt.Sprintf("u%d", i), fmt.Sprintf("人%d", i), fmt.Sprintf("mail=u%d@firm.example", i))
		}
		r.save(nil)
		r.due()
		for i := range 12 {
			r.server.Delete(slapdtest.DN(fmt.Sprintf("u%d", i)))
		}
		first := r.whole()
		r.want("many are gone", "asks: held 12, same 28", first)
		second := r.whole()
		r.want("and still are", "asks: held 12, same 28", second)
		if trouble, err := r.Trouble(t.Context(), r.admin); err != nil || len(trouble) != 1 || trouble[0].ID != second.ID {
			t.Errorf("%d questions, %v", len(trouble), err)
		}
		if err := r.Allow(t.Context(), r.admin, first.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a question that another took over: %v", err)
		}
		// More are gone by the time of the answer: it was about twelve.
		r.server.Delete(slapdtest.DN("u12"))
		r.must(r.Allow(t.Context(), r.admin, second.ID))
		r.due()
		r.want("a yes to twelve", "asks: held 13, same 27", r.last())
		r.must(r.Allow(t.Context(), r.admin, r.last().ID))
		r.due()
		r.want("a yes to thirteen", "done: disabled 13, same 27", r.last())
		if trouble, err := r.Trouble(t.Context(), r.admin); err != nil || len(trouble) != 0 {
			t.Errorf("%+v %v", trouble, err)
		}
		// A filter that finds nobody shuts out nobody, whatever was allowed.
		r.save(func(c *directory.Server) { c.Filter, c.Guard = "(mail=*@other.example)", 100 })
		if run := r.whole(); run.State != directory.Failed || run.Why != "directory.server_nobody" || !r.person("u20@firm.example").Active {
			t.Errorf("%+v", run)
		}
		if trouble, err := r.Trouble(t.Context(), r.admin); err != nil || len(trouble) != 1 {
			t.Errorf("%+v %v", trouble, err)
		}
	})
}

// Whoever may write their own address into the directory becomes nobody else by it.
func TestS22_NobodyBecomesStaffByAnAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		agent := r.add("陈立", "chen@firm.example", access.Agent)
		r.server.Person("evil", "陈立", "mail=chen@firm.example", "userPassword=mine-now")
		r.server.Person("other", "另", "mail=admin@firm.example", "userPassword=mine-now")
		r.save(func(c *directory.Server) { c.SignIn = true })
		r.due()
		r.want("two claim to be staff", "done: bad 2", r.last())
		if _, _, err := r.sessions.SignIn(t.Context(), agent.Email, "mine-now", session.Visitor{}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("in: %v", err)
		}
		list, err := r.Conflicts(t.Context(), r.admin, "", 10)
		if err != nil || len(list) != 2 || list[0].Why.Key != "directory.staff_link" {
			t.Fatalf("%+v %v", list, err)
		}
		for _, c := range list { // an administrator looked at both
			if strings.Contains(c.DN, "evil") {
				r.must(r.Connect(t.Context(), r.admin, c.Key, agent.Email))
			}
		}
		r.due()
		if p := r.person(agent.Email); p.ID != agent.ID || p.Source != directory.LDAP || p.Role != access.Agent {
			t.Errorf("%+v", p)
		}
		if _, who, err := r.sessions.SignIn(t.Context(), agent.Email, "mine-now", session.Visitor{}); err != nil || who.ID != agent.ID {
			t.Errorf("connected: %v", err)
		}
		// An account that was made anew under the same address has another key.
		r.server.Delete(slapdtest.DN("evil"))
		r.server.Person("evil", "陈立", "mail=chen@firm.example")
		r.want("made anew", "done: bad 2", r.whole())
		list, err = r.Conflicts(t.Context(), r.admin, "", 10)
		for _, c := range list {
			if strings.Contains(c.DN, "evil") {
				r.must(r.Connect(t.Context(), r.admin, c.Key, agent.Email))
			}
		}
		if r.due(); err != nil || r.person(agent.Email).ID != agent.ID || !r.person(agent.Email).Active {
			t.Errorf("%v", err)
		}
		r.want("connected again", "done: bad 1, same 1", r.whole())
	})
}

func TestD04_RolesComeFromGroupsThatAreNamedAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		s := r.server
		for _, u := range []string{"a", "b", "c", "d"} {
			s.Person(u, u, "mail="+u+"@firm.example")
		}
		desk, leads := s.Group("desk", "a", "b"), s.Group("leads", "b")
		s.Group("admins", "c")
		role := func(u string) access.Role { return r.person(u + "@firm.example").Role }
		roles := func() string { return fmt.Sprint(role("a"), " ", role("b"), " ", role("c"), " ", role("d")) }
		r.save(nil)
		if r.due(); roles() != "requester requester requester requester" {
			t.Errorf("without a mapping: %s", roles())
		}
		p := r.person("d@firm.example")
		p.Role = access.Lead // by hand
		if _, err := r.people.Change(t.Context(), access.Desk(), p, 0); err != nil {
			t.Fatal(err)
		}
		groups := func(c *directory.Server) {
			c.Groups = []directory.GroupRole{{Group: desk, Role: access.Agent}, {Group: leads, Role: access.Lead}}
		}
		r.save(groups)
		if r.whole(); roles() != "agent lead requester lead" {
			t.Errorf("mapped: %s", roles())
		}
		s.Set(desk, "member", slapdtest.DN("c"))
		s.Set(leads, "member", slapdtest.DN("c"))
		if r.later(); roles() != "requester requester lead lead" {
			t.Errorf("moved: %s", roles())
		}
		s.Delete(desk)
		if run := r.later(); run.State != directory.Failed || run.Why != "directory.server_group" || roles() != "requester requester lead lead" {
			t.Errorf("a group that is gone: %s %s", tally(run), roles())
		}
		c := r.server.Setting()
		c.Groups = []directory.GroupRole{{Group: leads, Role: access.Admin}}
		if _, err := r.SaveServer(t.Context(), r.admin, c, slapdtest.Password, setting.AnyVersion); errs.KindOf(err) != errs.Invalid {
			t.Errorf("administrators by a group: %v", err)
		}
	})
}

func TestN15_S45_S48_S54_PeopleSignInWithTheServersPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		s := r.server
		s.Person("li", "李娜", "mail=li@firm.example", "userPassword=the server knows it")
		s.Person("stays", "留", "mail=stays@firm.example")
		s.Person("gone", "走", "mail=gone@firm.example", "userPassword=the server knows it")
		local := r.add("本地", "local@firm.example", access.Agent)
		r.must(r.sessions.SetPassword(t.Context(), local.ID, "only the desk knows"))
		r.save(func(c *directory.Server) { c.SignIn = true })
		r.due()
		in := func(email, password string) (string, error) {
			r.clock.Advance(time.Hour)
			secret, _, err := r.sessions.SignIn(t.Context(), email, password, session.Visitor{Address: "192.0.2.1"})
			return secret, err
		}
		refused := func(what, email, password string) {
			t.Helper()
			if _, err := in(email, password); errs.KindOf(err) != errs.Unauthenticated || errs.As(err).Key != "session.wrong" {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := in("LI@firm.example", "the server knows it")
		r.must(err)
		refused("wrong", "li@firm.example", "wrong")
		refused("empty", "li@firm.example", "")
		refused("blank", "li@firm.example", " ")
		refused("as a filter", "*", "the server knows it")
		refused("as another filter", "li@firm.example)(uid=*", "the server knows it")
		refused("long", "li@firm.example", strings.Repeat("x", 5000))
		if _, err := in("local@firm.example", "only the desk knows"); err != nil {
			t.Errorf("whom the desk alone knows: %v", err)
		}
		// The desk's own password is the net: it counts while the server is silent, and not beside it.
		li := r.person("li@firm.example")
		r.must(r.sessions.SetPassword(t.Context(), li.ID, "the desk knows this one"))
		refused("beside the server", "li@firm.example", "the desk knows this one")
		s.Stop()
		if _, err := in("li@firm.example", "the desk knows this one"); err != nil {
			t.Errorf("F50: the server is down: %v", err)
		}
		refused("the server's password without the server", "li@firm.example", "the server knows it")
		s.Run()
		// Moved out of what the desk reads: out at the next try; disabled: out at once.
		s.Set(slapdtest.DN("gone"), "mail")
		refused("no longer one of those who are read", "gone@firm.example", "the server knows it")
		visit, err := in("li@firm.example", "the server knows it")
		r.must(err)
		s.Delete(slapdtest.DN("li"))
		r.whole()
		if _, _, err := r.sessions.Who(t.Context(), visit); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("S45: a session outlives its person: %v", err)
		}
		refused("disabled", "li@firm.example", "the server knows it")
		for _, secret := range []string{"the server knows it", "only the desk knows", slapdtest.Password} {
			if strings.Contains(r.log.String(), secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
	})
}

// TestS45_WhomAnAdministratorShutOutStaysOut: Eve was disabled by hand, Li by a run that did not meet
// her. When the server shows both again, Li is back and Eve is not, until the server or somebody at
// the desk says otherwise.
func TestS45_WhomAnAdministratorShutOutStaysOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for _, name := range []string{"eve", "li", "stays"} {
			r.server.Person(name, name, "mail="+name+"@firm.example")
		}
		in := func() (out []string) {
			for _, name := range []string{"eve", "li", "stays"} {
				if r.person(name + "@firm.example").Active {
					out = append(out, name)
				}
			}
			return out
		}
		want := func(what, list string) {
			t.Helper()
			if got := strings.Join(in(), " "); got != list {
				t.Errorf("%s: %q are in, want %q", what, got, list)
			}
		}
		without := func(filter string) {
			r.save(func(s *directory.Server) { s.Filter = "(&" + s.Filter + filter + ")" })
			r.whole()
		}
		r.save(nil)
		r.due()
		eve := r.person("eve@firm.example")
		eve.Active = false
		_, err := r.people.Change(t.Context(), r.admin, eve, 0)
		r.must(err)
		r.whole()
		want("read again", "li stays")
		for range 2 {
			without("(uid=stays)")
			want("a reading without both", "stays")
			r.save(nil)
			r.whole()
			want("both are met again", "li stays")
		}
		list, err := r.Conflicts(t.Context(), r.admin, "", 10)
		if err != nil || len(list) != 1 || list[0].Person.ID != eve.ID || fmt.Sprint(list[0].Kept) != "[active]" {
			t.Fatalf("what stands otherwise at the desk: %+v %v", list, err)
		}
		// Disabled by hand while she was not met: that stands as well.
		r.must(r.TakeTheirs(t.Context(), r.admin, list[0].Key))
		want("somebody takes the server's word", "eve li stays")
		r.save(func(s *directory.Server) { s.Gone, s.Filter = directory.GoneKeep, "(&"+s.Filter+"(uid=stays))" })
		r.whole()
		want("who is gone is kept", "eve li stays")
		eve = r.person("eve@firm.example")
		eve.Active = false
		_, err = r.people.Change(t.Context(), r.admin, eve, 0)
		r.must(err)
		r.save(nil)
		r.whole()
		want("met again", "li stays")
	})
}

// Tries are counted before the server is asked, as for the desk's own passwords.
func TestS47_TriesAtTheServerAreCounted(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.server.Person("li", "李娜", "mail=li@firm.example", "userPassword=right")
		r.save(func(c *directory.Server) { c.SignIn = true })
		r.due()
		for i := range session.MaxTries {
			if _, _, err := r.sessions.SignIn(t.Context(), "li@firm.example", "wrong", session.Visitor{Address: fmt.Sprint(i)}); errs.KindOf(err) != errs.Unauthenticated {
				t.Fatal(err)
			}
		}
		if _, _, err := r.sessions.SignIn(t.Context(), "li@firm.example", "right", session.Visitor{Address: "x"}); errs.KindOf(err) != errs.Limited {
			t.Errorf("%v", err)
		}
	})
}

func TestA69_S58_OnlyAdministratorsTryAndLook(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.server.Person("li", "李娜", "mail=li@firm.example")
		c, lead := r.server.Setting(), access.Actor{ID: 9, Kind: access.Person, Role: access.Lead, Via: "web"}
		_, e1 := r.Try(t.Context(), lead, c, slapdtest.Password)
		_, e2 := r.Draw(t.Context(), lead, c, slapdtest.Password)
		_, e3 := r.SaveServer(t.Context(), lead, c, slapdtest.Password, setting.AnyVersion)
		_, _, e4 := r.Server(t.Context(), lead)
		_, e5 := r.Conflicts(t.Context(), lead, "", 5)
		_, e6 := r.Standing(t.Context(), lead)
		for i, err := range []error{e1, e2, e3, e4, e5, e6, r.Sync(t.Context(), lead), r.Allow(t.Context(), lead, 1), r.Connect(t.Context(), lead, "x", "y"), r.TakeTheirs(t.Context(), lead, "x")} {
			if errs.KindOf(err) != errs.Denied {
				t.Errorf("%d: %v", i+1, err)
			}
		}
		seen, err := r.Try(t.Context(), r.admin, c, slapdtest.Password)
		if err != nil || seen.Vendor != "OpenLDAP" || seen.Count != 1 || len(seen.First) != 1 || seen.First[0].Now.Name != "李娜" {
			t.Errorf("%+v %v", seen, err)
		}
		drawn, err := r.Draw(t.Context(), r.admin, c, slapdtest.Password)
		if err != nil || drawn.Entries != 1 || drawn.Tally[directory.New] != 1 {
			t.Errorf("%+v %v", drawn, err)
		}
		if all, err := r.people.All(t.Context(), r.admin); err != nil || len(all) != 1 {
			t.Errorf("looking made %d people, %v", len(all), err)
		}
		// The stored secret goes where it was meant for and nowhere else.
		r.save(nil)
		for name, change := range map[string]func(*directory.Server){
			"host": func(c *directory.Server) { c.Host = "localhost" }, "port": func(c *directory.Server) { c.Port++ },
			"user": func(c *directory.Server) { c.User = slapdtest.Admin }, "security": func(c *directory.Server) { c.Security = directory.Plain },
			"trust": func(c *directory.Server) { c.Trust = "" },
		} {
			moved := r.server.Setting()
			change(&moved)
			_, err := r.Try(t.Context(), r.admin, moved, "")
			if wrong := errs.As(err); wrong == nil || len(wrong.Fields) == 0 || wrong.Fields[0].Name != "password" {
				t.Errorf("another %s: %v", name, err)
			}
		}
		if _, err := r.Try(t.Context(), r.admin, r.server.Setting(), ""); err != nil {
			t.Errorf("the same server: %v", err)
		}
		var wrong *directory.ServerError
		if _, err := r.Try(t.Context(), r.admin, c, "no"); !errors.As(err, &wrong) || wrong.Key != "directory.server_wrong" {
			t.Errorf("%v", err)
		}
	})
}

func TestA76_NothingIsSentInTheClearToAnotherMachine(t *testing.T) {
	t.Parallel()
	c := directory.StartServer()
	c.Host, c.Base, c.Security = "ldap.firm.example", "dc=firm", directory.Plain
	if wrong := errs.As(c.Check()); wrong == nil || wrong.Fields[0].Key != "directory.in_clear" {
		t.Errorf("%v", c.Check())
	}
	c.Security, c.Map.ID = directory.StartTLS, "mail"
	if wrong := errs.As(c.Check()); wrong == nil || wrong.Fields[0].Key != "directory.identity" {
		t.Errorf("an address is no identity: %v", c.Check())
	}
	c.Map.ID = "objectGUID"
	if err := c.Check(); err != nil {
		t.Errorf("%v", err)
	}
}

func TestN15_WhatIsKeptByHandIsTakenWhenSomebodySaysSo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		s := r.server
		s.Person("li", "李娜", "mail=li@firm.example", "physicalDeliveryOfficeName=B1", "telephoneNumber=8009", "title=会计")
		r.save(nil)
		r.due()
		p := r.person("li@firm.example")
		p.Place, p.Phone = "四楼", "8888"
		_, err := r.people.Change(t.Context(), access.Actor{ID: int64(p.ID), Kind: access.Person, Role: access.Requester, Via: "web"}, p, 0)
		r.must(err)
		s.Set(slapdtest.DN("li"), "physicalDeliveryOfficeName", "B2")
		s.Set(slapdtest.DN("li"), "title", "主管")
		r.later()
		if p := r.person("li@firm.example"); p.Place != "四楼" || p.Phone != "8888" || p.Title != "主管" {
			t.Errorf("%+v", p)
		}
		list, err := r.Conflicts(t.Context(), r.admin, "", 10)
		if err != nil || len(list) != 1 || fmt.Sprint(list[0].Kept) != "[phone place]" || list[0].Said[directory.Place] != "B2" {
			t.Fatalf("%+v %v", list, err)
		}
		r.must(r.TakeTheirs(t.Context(), r.admin, list[0].Key))
		if p := r.person("li@firm.example"); p.Place != "B2" || p.Phone != "8009" {
			t.Errorf("%+v", p)
		}
		r.want("once more", "done: same 1", r.whole())
		if list, err := r.Conflicts(t.Context(), r.admin, "", 10); err != nil || len(list) != 0 {
			t.Errorf("%+v %v", list, err)
		}
	})
}

// A run that the process died in is closed, and everything is read again.
func TestF01_ARunThatWasCutOffIsSeen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.server.Person("li", "李娜", "mail=li@firm.example")
		r.save(nil)
		r.server.Stop()
		r.due()
		if run := r.last(); run.State != directory.Failed || run.Why != "directory.server_refused" {
			t.Errorf("%+v", run)
		}
		r.server.Run()
		r.want("the next by its own time", "done: new 1", r.later())
		if p := r.person("li@firm.example"); p.Outside == "" || p.Role != access.Requester || person.ID(0) == p.ID {
			t.Errorf("%+v", p)
		}
	})
}
