// SPDX-License-Identifier: Apache-2.0

package app

import (
	"fmt"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// What the sample timeline holds.
const (
	demoTickets = 120
	demoWeeks   = 6
)

// cast is the sample organisation once it is in the database, and the plan of what happens to it.
type cast struct {
	books      []*demoBook
	script     script
	rnd        *chance
	now        time.Time
	zone       *time.Location
	requesters []person.Person
	staff      map[string]person.Person // by address
	groups     map[string]person.GroupID
	members    map[person.GroupID][]person.Person
	categories map[string]catalog.CategoryID
	homes      map[string]person.GroupID // of categories
	services   map[string]catalog.ServiceID
	core       map[string]bool
	turn       map[person.GroupID]int
	asked      map[string]int // how often a story was told
	waited     bool           // the major incident of the past is told
	articles   map[string]knowledge.ID
	solving    map[string]knowledge.ID // by story
	used       int                     // tickets on which an article could have been used
}

// agentFor returns who takes a ticket: somebody of the category's group where the requester
// filed it, else of the service desk.
func (c *cast) agentFor(l *life) person.Person {
	group := c.groups[c.script.Groups[0].Name]
	if l.filed {
		group = c.homes[l.story.Category]
	}
	return c.next(group, l.story.lang)
}

// next deals work out in turn, to those who speak the requester's language where there are any.
func (c *cast) next(group person.GroupID, lang string) person.Person {
	list := slices.DeleteFunc(slices.Clone(c.members[group]), func(p person.Person) bool { return p.Lang != lang })
	if len(list) == 0 {
		list = c.members[group]
	}
	c.turn[group]++
	return list[c.turn[group]%len(list)]
}

// groupOf returns the first group of somebody.
func (c *cast) groupOf(p person.Person) person.GroupID {
	for _, g := range c.script.Groups {
		for _, m := range c.members[c.groups[g.Name]] {
			if m.ID == p.ID {
				return c.groups[g.Name]
			}
		}
	}
	return 0
}

// label is a group's name as a language writes it.
func (c *cast) label(group, lang string) string {
	for _, g := range c.script.Groups {
		if g.Name == group && lang == "en" {
			return g.NameEN
		}
	}
	return group
}

// requester returns who has an address or, without one, somebody to whom a story happens: of
// its departments, of its language.
func (c *cast) requester(s story, address string) person.Person {
	var list []person.Person
	for _, p := range c.requesters {
		if p.Email == address {
			return p
		}
		if p.Lang == s.lang && (len(s.From) == 0 || slices.Contains(s.From, p.Department)) {
			list = append(list, p)
		}
	}
	return pick(c.rnd, list)
}

// plan returns every step of the sample timeline in order of time.
func (c *cast) plan() ([]step, error) {
	open, err := c.openEnd()
	if err != nil {
		return nil, err
	}
	lives := append(open, c.past(demoTickets-len(open)-1)...) // one more is taken down by telephone at the end: takeIn
	var steps []step
	for _, l := range lives {
		steps = append(steps, l.steps...)
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	if last := steps[len(steps)-1].at; last.After(c.now) {
		return nil, fmt.Errorf("demo: the timeline runs on to %s, past the present", last)
	}
	return steps, nil
}

// openEnd plays the scenes that lead up to the present.
func (c *cast) openEnd() ([]*life, error) {
	var out []*life
	for _, sc := range c.script.Scenes {
		i := slices.IndexFunc(c.script.Stories, func(s story) bool { return s.Key == sc.Story })
		if i < 0 || sc.Words >= len(c.script.Stories[i].Words) {
			return nil, fmt.Errorf("demo: no story %s with wording %d", sc.Story, sc.Words)
		}
		s := c.script.Stories[i]
		c.asked[s.Key] = max(c.asked[s.Key], sc.Words+1)
		l := c.begin(s, sc.Words, c.requester(s, sc.Who), ticket.Channel(sc.Channel), c.now.Add(-time.Duration(sc.Ago)))
		arc, ok := arcs()[sc.Arc]
		if !ok {
			return nil, fmt.Errorf("demo: no arc %s", sc.Arc)
		}
		arc(l, c.now.Add(-time.Duration(sc.Last)), c.now.Add(time.Duration(sc.Next)))
		out = append(out, l)
	}
	return out, nil
}

// arcs are the shapes that a ticket at the open end can have: last is when the requester
// heard last, next when they were told to hear.
func arcs() map[string]func(l *life, last, next time.Time) {
	wait := func(why ticket.Waiting) func(l *life, last, next time.Time) {
		return func(l *life, last, next time.Time) { l.greet(last).progress().hold(why, next) }
	}
	return map[string]func(l *life, last, next time.Time){
		"fresh": func(*life, time.Time, time.Time) {},
		"written": func(l *life, last, _ time.Time) {
			l.until(last).do(l.user(), ticket.Reply{Say: ticket.Say{Text: l.story.Answer, Channel: ticket.Portal}})
		},
		"working":  func(l *life, last, _ time.Time) { l.greet(last).progress() },
		"asked":    func(l *life, last, _ time.Time) { l.greet(last).ask() },
		"handed":   func(l *life, last, _ time.Time) { l.greet(last).progress().wait(2, 6).handOver() },
		"blocked":  func(l *life, last, next time.Time) { l.greet(last).hold(ticket.Blocked, next) },
		"vendor":   wait(ticket.ForVendor),
		"approval": wait(ticket.ForApproval),
		"visit":    wait(ticket.ForVisit),
		"solved":   func(l *life, last, _ time.Time) { l.greet(last).solve(true) },
		"confirmed": func(l *life, last, _ time.Time) {
			l.greet(last.Add(-time.Hour)).solve(false).until(last).confirm()
		},
		"expired": func(l *life, last, _ time.Time) { l.greet(last).solve(false).until(last.Add(72 * time.Hour)).expire() },
		"rejected": func(l *life, last, _ time.Time) {
			l.greet(last.Add(-4 * time.Hour)).solve(true).until(last).reject()
		},
		"reopened": func(l *life, last, _ time.Time) {
			l.greet(last.Add(-50*time.Hour)).solve(true).wait(30, 90).confirm()
			l.until(last).do(l.user(), ticket.Reopen{Reason: l.say.Again})
			l.wait(25, 50).again()
		},
	}
}

// greet is the beginning that all have in common: taken in good time, greeted, looked into.
// It ends at the time named. Where that is longer than the requester may wait for a word,
// the desk waits for the vendor meanwhile, and has said until when.
func (l *life) greet(end time.Time) *life {
	l.respond(false)
	born := l.steps[0].at
	if half := born.Add(end.Sub(born) / 2); l.at.After(half) {
		l.at = half
	}
	l.take().hello().wait(1, 4).look()
	if cadence := time.Duration(sla.Standard().Targets[l.priority()-1].Update) * time.Minute; end.Sub(l.at) > cadence {
		l.hold(ticket.ForVendor, end).until(end.Add(-2 * time.Minute)).work(ticket.Resume{})
	}
	return l.until(end)
}

// respond waits as long as it takes until somebody takes the ticket; late is past the target.
func (l *life) respond(late bool) *life {
	reach := map[triage.Priority][2]int{triage.P1: {2, 6}, triage.P2: {4, 18}, triage.P3: {6, 60}, triage.P4: {15, 150}}
	r := reach[l.priority()]
	if late && l.priority() != triage.P4 { // those would be answered at night
		return l.wait(2*r[1]+60, 3*r[1]+90)
	}
	return l.wait(r[0], r[1])
}

// past plays n tickets that are closed by now, spread over the working days of six weeks.
func (c *cast) past(n int) []*life {
	var out []*life
	for i := 0; len(out) < n; i++ {
		s, words := c.untold(i)
		at := c.workday(i, n)
		ch := []ticket.Channel{ticket.Portal, ticket.Mail, ticket.Portal, ticket.Phone, ticket.Portal, ticket.Mail, ticket.API, ticket.Portal}[i%8]
		l := c.begin(s, words, c.requester(s, ""), ch, at)
		if c.wide(l, i, n) {
			c.waited = true
			l.respond(false).take().hello().wait(2, 5).shared().wait(3, 9).solve(true).wait(15, 40).confirm()
			out = append(out, l)
			continue
		}
		c.finish(l, i)
		out = append(out, l)
		if i%23 == 7 && len(out) < n { // the same person asks once more, and it is merged
			out = append(out, c.twice(l))
		}
	}
	return out
}

// untold returns the next story and a wording that was not used yet, or the one used longest ago.
func (c *cast) untold(i int) (story, int) {
	order := len(c.script.Stories)
	best, at := -1, 0
	for k := range order {
		j := (i*7 + k*5) % order
		s := c.script.Stories[j]
		if rest := len(s.Words) - c.asked[s.Key]; best < 0 || rest > best {
			best, at = rest, j
		}
	}
	s := c.script.Stories[at]
	words := c.asked[s.Key] % len(s.Words)
	c.asked[s.Key]++
	return s, words
}

// workday returns when the i-th of n past requests came: in the morning or early afternoon of
// a working day, older ones first, and long enough ago to be over.
func (c *cast) workday(i, n int) time.Time {
	const newest = 34 * time.Hour
	whole := demoWeeks*7*24*time.Hour - newest
	at := c.now.Add(-demoWeeks * 7 * 24 * time.Hour).Add(whole * time.Duration(i) / time.Duration(n)).In(c.zone)
	at = time.Date(at.Year(), at.Month(), at.Day(), 8, 30, 0, 0, c.zone).Add(time.Duration(c.rnd.between(0, 370*60)) * time.Second)
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday || at.After(c.now.Add(-newest)) {
		at = at.AddDate(0, 0, -1)
	}
	return at.UTC()
}

// finish leads a past ticket to its end, each in its own way.
func (c *cast) finish(l *life, i int) {
	switch i % 34 {
	case 11:
		l.respond(false).take().wait(5, 40).do(l.user(), ticket.Close{As: ticket.Cancelled, Reason: l.say.Cancel})
		return
	case 29:
		l.respond(false).take().wait(2, 9).work(ticket.Close{As: ticket.Invalid, Reason: l.say.Invalid})
		return
	}
	l.respond(i%11 == 5).take().hello().wait(2, 12).runbook().look()
	switch {
	case i%5 == 1:
		l.wait(4, 15).ask().wait(12, 70).answer().wait(5, 20).progress()
	case i%6 == 2 && l.story.Group != "" && c.groupOf(l.agent) != c.groups[l.story.Group]:
		l.wait(5, 20).handOver().wait(6, 25).takeUp().wait(8, 30).progress()
	case l.story.Stuck != "" && i%2 == 0:
		next := l.at.Add(21 * time.Hour)
		l.wait(10, 30).hold(ticket.Blocked, next).until(next.Add(-time.Hour)).work(ticket.Resume{})
		l.progress()
	case i%7 == 3:
		next := l.at.Add(4 * time.Hour)
		l.wait(10, 30).progress().hold(ticket.ForVisit, next).wait(70, 160).work(ticket.Resume{})
	default:
		l.wait(10, 35).progress()
	}
	l.wait(15, 55)
	switch i % 17 {
	case 1:
		l.override()
	case 4:
		l.deviate("gap.prevention", l.say.DeviatePrevention)
		l.story.Prevention = ""
	case 9:
		l.deviate("gap.closure", l.say.DeviateClosure)
		l.excused = true
	}
	c.close(l, i)
}

// close is the last part: solution, the user's word or its absence, the sheet.
func (c *cast) close(l *life, i int) {
	old, sheet := l.at.Before(c.now.Add(-80*time.Hour)), i%4 != 3 && !l.excused
	switch {
	case i%9 == 4 && old: // nobody answered; the time ran out
		l.solve(true).until(l.at.Add(72 * time.Hour)).expire()
		return
	case i%10 == 6: // the first solution did not hold
		l.solve(true).wait(30, 120).reject().wait(6, 20).again().wait(15, 50).solve(true).wait(10, 200).daytime().confirm()
		return
	case l.channel == ticket.Phone:
		l.solve(sheet).wait(5, 40).confirmByPhone()
	default:
		l.solve(sheet).wait(6, 400).daytime()
		if i%3 == 0 {
			l.thank().wait(1, 2)
		}
		l.confirm()
	}
	if !sheet && !l.excused {
		l.wait(10, 120).archive()
	}
	if i%31 == 14 && old { // back for a day
		l.wait(500, 900).do(l.user(), ticket.Reopen{Reason: l.say.Again})
		l.wait(15, 50).again().wait(20, 60).solve(true).wait(10, 60).confirm()
	}
}

// daytime puts off until the morning what nobody does at night.
func (l *life) daytime() *life {
	at := l.at.In(l.c.zone)
	switch {
	case at.Hour() >= 20:
		at = time.Date(at.Year(), at.Month(), at.Day()+1, 8, 20, at.Second(), 0, l.c.zone)
	case at.Hour() < 7:
		at = time.Date(at.Year(), at.Month(), at.Day(), 8, 20, at.Second(), 0, l.c.zone)
	default:
		return l
	}
	l.at = at.UTC()
	return l.wait(0, 70)
}

// twice is the same person asking again before there was an answer; it is merged into the first.
func (c *cast) twice(l *life) *life {
	first := l.play
	at := l.steps[0].at.Add(3 * time.Minute)
	again := &life{
		c: c, story: l.story, words: l.words, say: l.say, who: l.who, agent: l.agent, channel: ticket.Mail, at: at, play: &play{},
	}
	again.record()
	again.at = l.steps[1].at.Add(30 * time.Second)
	agent := staffActor(l.agent)
	again.steps = append(again.steps, step{
		at: again.at, play: again.play,
		by: func(*play) access.Actor { return agent },
		do: func(*play) ticket.Command { return ticket.Merge{Into: first.id} },
	})
	return again
}
