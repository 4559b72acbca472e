// SPDX-License-Identifier: Apache-2.0

package radar

import (
	"cmp"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
)

// Report is a ticket as the radar sees it.
type Report struct {
	Key       int64 // of the ticket; later ones are greater
	At        time.Time
	Text      model.Text
	Requester int64
	Category  int64 // 0 where it is not known, as with all that follow
	Service   int64
	Site      string // the place or department
	Device    string // an opaque name of the device
}

// Look is from where the radar looks.
type Look struct {
	Now     time.Time
	Zone    *time.Location           // in which days begin
	Working func(day time.Time) bool // whether a day is worked; nil for Monday to Friday
}

// Kind is why reports are a finding.
type Kind string

// The kinds.
const (
	Rising  Kind = "rising"  // more of one matter in a week than there used to be
	Lasting Kind = "lasting" // one matter week after week
	Spike   Kind = "spike"   // more in a day to one category, service and site than ever
)

// What the radar asks for. The figures were chosen on one half of public sets and reported on the
// other: docs/benchmarks.md.
const (
	Week                                  = 7       // days of a count
	Weeks                                 = 9       // how far it looks back: the week that counts and eight to compare it with
	MostRead                              = 100_000 // reports that are compared at once, the newest
	steady                                = 4       // weeks in which something lasting comes back
	history                               = 10      // days of a kind that must have been seen before one is out of the ordinary
	leastRising, leastLasting, leastSpike = 5, 8, 4
	tailRising, tailSpike                 = 1e-3, 1e-4
)

// Finding is a suspicion of a common cause, with its evidence.
type Finding struct {
	Kind   Kind
	Keys   []int64   // the reports of the window, newest first
	All    int       // reports of the matter in all weeks that were looked at
	Days   int       // how long the window is: 1, 7 or 28
	Day    time.Time // of a spike, its beginning
	Usual  float64   // how many would have been ordinary in such a window
	Seen   int       // of a lasting one, in how many of the last four weeks it came
	People int       // different requesters of the window
	Head   int64     // the report that is most like the others
	Words  []string  // what they share, the strongest first
	Tail   float64   // how probable so many are by chance; 0 to 1

	// What most of the reports have in common; zero where they do not.
	Category, Service int64
	Site, Device      string
}

// Count is how many reports the window holds.
func (f Finding) Count() int { return len(f.Keys) }

// Find returns what stands out at an instant, the most surprising first. Reports may come in any
// order; those after the instant and those older than all weeks are passed over.
func Find(list []Report, look Look) []Finding {
	s := newSky(list, look)
	out := append(s.matters(), s.spikes()...)
	out = s.apart(out)
	slices.SortFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.weight(), a.weight()), cmp.Compare(b.Head, a.Head), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// weight orders findings: how many more than usual there are.
func (f Finding) weight() float64 { return float64(f.Count()) - f.Usual }

// sky is everything that is looked at, oldest report first.
type sky struct {
	Look
	list  []Report
	days  []int // of each report: days before today, 0 for today
	today time.Time
	span  int // days that there are reports of
}

func newSky(list []Report, look Look) *sky {
	if look.Zone == nil {
		look.Zone = time.UTC
	}
	if look.Working == nil {
		look.Working = func(d time.Time) bool { return d.Weekday() != time.Sunday && d.Weekday() != time.Saturday }
	}
	s := &sky{Look: look}
	now := look.Now.In(look.Zone)
	s.today = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, look.Zone)
	for _, r := range list {
		if d := s.before(r.At); d >= 0 && d < Week*Weeks && !r.At.After(look.Now) {
			s.list = append(s.list, r)
			s.span = max(s.span, d+1)
		}
	}
	slices.SortFunc(s.list, func(a, b Report) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key)) })
	s.list = s.list[max(0, len(s.list)-MostRead):]
	s.days = make([]int, len(s.list))
	for i, r := range s.list {
		s.days[i] = s.before(r.At)
	}
	return s
}

// before is how many days lie between an instant's day and today.
func (s *sky) before(at time.Time) int {
	t := at.In(s.Zone)
	day := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	return int(time.Date(s.today.Year(), s.today.Month(), s.today.Day(), 12, 0, 0, 0, time.UTC).Sub(day) / (24 * time.Hour))
}

// day is the day so many before today.
func (s *sky) day(back int) time.Time {
	return time.Date(s.today.Year(), s.today.Month(), s.today.Day()-back, 0, 0, 0, 0, s.Zone)
}

// matters are the findings of reports that say the same.
func (s *sky) matters() []Finding {
	groups := s.cluster()
	var out []Finding
	for _, g := range groups.members {
		f, ok := s.rising(g)
		if !ok {
			f, ok = s.lasting(g)
		}
		if !ok {
			continue
		}
		if f = s.dress(f, g, groups); len(f.Words) > 0 { // else nobody could say what it is
			out = append(out, f)
		}
	}
	return out
}

// rising compares the last week of a matter with the weeks before.
func (s *sky) rising(g []int) (Finding, bool) {
	if s.span < 2*Week {
		return Finding{}, false
	}
	weeks := make([]float64, min(Weeks, s.span/Week))
	for _, i := range g {
		if w := s.days[i] / Week; w < len(weeks) {
			weeks[w]++
		}
	}
	f := Finding{Kind: Rising, Days: Week}
	f.Usual, f.Tail = surprise(weeks[0], weeks[1:])
	if weeks[0] < leastRising || weeks[0] < 2*f.Usual || f.Tail > tailRising {
		return f, false
	}
	f.Keys = s.within(g, Week)
	return f, true
}

// lasting asks whether a matter came in most of the last four weeks.
func (s *sky) lasting(g []int) (Finding, bool) {
	f := Finding{Kind: Lasting, Days: steady * Week, Tail: 1}
	var seen [steady]bool
	for _, i := range g {
		if w := s.days[i] / Week; w < steady {
			seen[w] = true
		}
	}
	for _, x := range seen {
		if x {
			f.Seen++
		}
	}
	f.Keys = s.within(g, steady*Week)
	return f, f.Count() >= leastLasting && f.Seen >= steady-1 && seen[0]
}

// within are the keys of the reports of the last days, newest first.
func (s *sky) within(g []int, days int) []int64 {
	var out []int64
	for _, i := range slices.Backward(g) {
		if s.days[i] < days {
			out = append(out, s.list[i].Key)
		}
	}
	return out
}

// dress adds what the reports of a finding share.
func (s *sky) dress(f Finding, g []int, c *clusters) Finding {
	f.All = len(g)
	recent := slices.DeleteFunc(slices.Clone(g), func(i int) bool { return s.days[i] >= f.Days })
	f.Head, f.Words = c.head(s, recent)
	s.common(&f, recent)
	return f
}

// common fills in what most reports of a finding have in common, and who they are of.
func (s *sky) common(f *Finding, g []int) {
	people := map[int64]bool{}
	for _, i := range g {
		people[s.list[i].Requester] = true
	}
	f.People = len(people)
	f.Category = mostly(g, func(i int) int64 { return s.list[i].Category })
	f.Service = mostly(g, func(i int) int64 { return s.list[i].Service })
	f.Site = mostly(g, func(i int) string { return s.list[i].Site })
	f.Device = mostly(g, func(i int) string { return s.list[i].Device })
}

// mostly is the value that more than half have.
func mostly[V comparable](g []int, of func(int) V) V {
	var zero V
	counts := map[V]int{}
	for _, i := range g {
		v := of(i)
		if counts[v]++; v != zero && 2*counts[v] > len(g) {
			return v
		}
	}
	return zero
}

// apart leaves out of two findings with mostly the same reports the one that says less: a spike
// that a matter explains, and a matter within a greater one.
func (s *sky) apart(list []Finding) []Finding {
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(b.Count(), a.Count()), cmp.Compare(b.Head, a.Head))
	})
	var out []Finding
	taken := map[int64]bool{}
	for _, f := range list {
		shared := 0
		for _, k := range f.Keys {
			if taken[k] {
				shared++
			}
		}
		if 2*shared > f.Count() {
			continue
		}
		for _, k := range f.Keys {
			taken[k] = true
		}
		out = append(out, f)
	}
	return out
}

func rank(k Kind) int { return slices.Index([]Kind{Rising, Spike, Lasting}, k) }
