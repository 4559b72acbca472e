// SPDX-License-Identifier: Apache-2.0

package ldap_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/ldap/slapdtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// sized is a number of the environment, for long runs.
func sized(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return usual
}

// crowd is a firm that changes: what its directory says of everybody now, and whom the desk took
// each one for.
type crowd struct {
	*room
	size  int
	names map[int]string // of those who are there
	locks map[int]bool   // who may not sign in
	ids   map[int]person.ID
	moved map[int]string // where somebody stands in the tree, who was moved
	sales string
}

func names() []string {
	return []string{"王海燕", "单立", "李娜", "欧阳修文", "张伟", "曾国强", "Li Na", "Anna Müller", "O'Brien, Sean", "仇和平"}
}

func (c *crowd) dn(i int) string {
	if dn := c.moved[i]; dn != "" {
		return dn
	}
	return slapdtest.DN(fmt.Sprintf("u%d", i))
}

func (c *crowd) email(i int) string { return fmt.Sprintf("u%d@firm.example", i) }

func (c *crowd) join(i int) {
	c.names[i] = names()[i%len(names())]
	c.server.Person(fmt.Sprintf("u%d", i), c.names[i], "mail="+c.email(i), fmt.Sprintf("telephoneNumber=010 5555 %04d", i%10000), fmt.Sprintf("departmentNumber=部门 %d", i%40),
		fmt.Sprintf("physicalDeliveryOfficeName=B%d-%d", i%5, i%300), "employeeType=active", "manager="+slapdtest.DN(fmt.Sprintf("u%d", i/10*10)))
}

// turn changes the directory: some join, leave, are locked and let in again, change places and
// are renamed and moved in the tree.
func (c *crowd) turn(round int) (left int) {
	share := max(1, c.size/100)
	base := round * 7919
	for k := range share {
		pick := func(of int) int { return (base + k*101 + of*37) % c.size }
		if i := pick(1); c.names[i] != "" && !c.locks[i] {
			c.server.Delete(c.dn(i))
			delete(c.names, i)
			delete(c.moved, i)
			left++
		}
		if i := pick(2); c.names[i] != "" {
			if c.locks[i] = !c.locks[i]; c.locks[i] {
				c.server.Set(c.dn(i), "employeeType", "locked")
				left++
			} else {
				c.server.Set(c.dn(i), "employeeType", "active")
			}
		}
		if i := pick(3); c.names[i] != "" {
			c.server.Set(c.dn(i), "physicalDeliveryOfficeName", fmt.Sprintf("C%d-%d", round, k))
		}
		if i := pick(4); c.names[i] != "" {
			c.names[i] = fmt.Sprintf("%s 改%d", names()[i%len(names())], round)
			c.server.Set(c.dn(i), "displayName", c.names[i])
			if c.moved[i] == "" {
				c.server.Rename(c.dn(i), fmt.Sprintf("uid=m%d", i), c.sales)
				c.moved[i] = fmt.Sprintf("uid=m%d,%s", i, c.sales)
			}
		}
		c.join(c.size + round*share + k)
	}
	return left
}

// check compares the desk with the directory, person by person.
func (c *crowd) check() {
	c.Helper()
	all, err := c.people.All(c.Context(), access.Desk())
	c.must(err)
	active := 0
	by := map[string]person.Person{}
	for _, p := range all {
		by[p.Email] = p
		if p.Source == directory.LDAP && p.Active {
			active++
		}
	}
	want := 0
	for i, name := range c.names {
		p := by[c.email(i)]
		if !c.locks[i] {
			want++
		}
		if p.Name != name || p.Active == c.locks[i] {
			c.Fatalf("%d: %+v, want %s, locked %v", i, p, name, c.locks[i])
		}
		if was := c.ids[i]; was != 0 && was != p.ID {
			c.Fatalf("%d was person %d and is %d: its tickets are lost", i, was, p.ID)
		}
		c.ids[i] = p.ID
	}
	if active != want {
		c.Fatalf("%d are active, %d in the directory", active, want)
	}
}

// TestN15_ALoopOfAServer is a firm that changes, round after round, on a real slapd. `make
// directory` does it with 10,000 people.
func TestN15_ALoopOfAServer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := &crowd{
			room: newRoom(t, d, slapdtest.Start(t)), size: sized("LOOPDESK_DIRECTORY", 300),
			names: map[int]string{}, locks: map[int]bool{}, ids: map[int]person.ID{}, moved: map[int]string{},
		}
		c.sales = c.server.Unit("sales")
		for i := range c.size {
			c.join(i)
		}
		c.save(func(s *directory.Server) {
			s.PageSize, s.Map.Locked, s.Minutes, s.FullHours, s.Guard = 500, "employeeType", 60, 2, 10
		})
		tell := func(what string, begun time.Time, run directory.Run) {
			t.Logf("%s: %s, %d entries, whole %v, %s", what, tally(run), run.Entries, run.Whole, clock.System().Now().Sub(begun).Round(time.Millisecond))
		}
		begun := clock.System().Now()
		c.due()
		tell("everybody for the first time", begun, c.last())
		c.check()
		begun = clock.System().Now()
		run := c.whole()
		tell("everybody once more", begun, run)
		if changed(run) != 0 {
			t.Fatalf("the second time changed something: %s", tally(run))
		}
		for round := range sized("LOOPDESK_DIRECTORY_ROUNDS", 5) {
			left := c.turn(round)
			begun = clock.System().Now()
			run := c.later() // what changed
			tell(fmt.Sprintf("round %d, changes", round), begun, run)
			if run.Whole || run.State != directory.Done {
				t.Fatalf("%+v", run)
			}
			c.clock.Advance(2 * time.Hour)
			begun = clock.System().Now()
			run = c.later() // everything, and who is gone
			tell(fmt.Sprintf("round %d, everything; %d left or locked", round, left), begun, run)
			if !run.Whole || run.State != directory.Done || run.Tally[directory.Bad] != 0 {
				t.Fatalf("%+v", run)
			}
			c.check()
		}
		c.find()
	})
}

// find looks for people as somebody types their name, in the desk as it is now.
func (c *crowd) find() {
	c.Helper()
	for _, typed := range []string{"why", "wanghai", "shanli", "oyxw", "muller", "李", "zgq", "0007", "u77"} {
		const times = 50 // the clock knows milliseconds
		var slowest time.Duration
		found, begun := 0, clock.System().Now()
		for range times {
			one := clock.System().Now()
			list, err := c.people.Find(c.Context(), access.Desk(), typed, false, 10)
			c.must(err)
			found, slowest = len(list), max(slowest, clock.System().Now().Sub(one))
		}
		c.Logf("find %q: %d, %s on average, slowest %s", typed, found, clock.System().Now().Sub(begun)/times, slowest)
		if found == 0 {
			c.Errorf("%q finds nobody", typed)
		}
	}
}
