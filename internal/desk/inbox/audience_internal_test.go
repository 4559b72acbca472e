// SPDX-License-Identifier: Apache-2.0

package inbox

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// Whatever happens and whoever is concerned: nobody is told of what they did or wrote, nobody
// twice, and nobody who has nothing to do with it.
func TestNobodyIsToldOfTheirOwnDeeds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		who := func(name string) person.ID { return person.ID(rapid.Int64Range(0, 5).Draw(t, name)) }
		x := ticket.Ticket{ID: 1, Requester: who("requester"), Owner: who("owner"), Assignee: who("assignee")}
		of := ticket.Of{Ticket: 1}
		f := rapid.SampledFrom([]ticket.Fact{
			ticket.Said{Of: of, Kind: ticket.Internal, Mentions: []ticket.Mention{{Person: who("first")}, {Person: who("second")}}},
			ticket.Said{Of: of, Kind: ticket.Public, ByRequester: true},
			ticket.Assigned{Of: of, Assignee: who("now"), Owner: who("answers")},
			ticket.HandedOver{Of: of, To: 1, Assignee: who("takes")},
			ticket.UserRejected{Of: of},
			ticket.Reopened{Of: of},
			ticket.UserConfirmed{Of: of},
			ticket.ReadBackWrong{Of: of},
			ticket.Ended{Of: of, As: ticket.Cancelled},
			ticket.VendorSilent{Of: of},
			ticket.MailHeld{Of: of},
			ticket.Held{Of: of},
		}).Draw(t, "fact")
		m := event.Meta{ActorID: rapid.Int64Range(1, 5).Draw(t, "actor"), ActorKind: rapid.SampledFrom([]string{string(access.Person), string(access.Link)}).Draw(t, "kind")}
		author := who("author")
		a := by(m, author)
		a.hear(x, f)
		members(a, []person.Worker{{ID: who("colleague"), Member: true}, {ID: person.ID(m.ActorID), Member: true}})
		a.tell(Watched, false, who("watcher"), person.ID(m.ActorID), author)
		seen := map[person.ID]bool{}
		for _, y := range a.list {
			if y.person == 0 || y.person == person.ID(m.ActorID) || y.person == author || seen[y.person] || !y.kind.Known() {
				t.Fatalf("%+v by %d, author %d: told %+v", f, m.ActorID, author, a.list)
			}
			seen[y.person] = true
		}
	})
}

func TestTheWeightiestReasonIsTold(t *testing.T) {
	t.Parallel()
	x := ticket.Ticket{ID: 1, Requester: 9, Owner: 1, Assignee: 2}
	a := by(event.Meta{ActorID: 9, ActorKind: string(access.Person)}, 0)
	a.hear(x, ticket.Said{Kind: ticket.Public, ByRequester: true})
	a.tell(Watched, false, 2, 3)
	want := []told{{1, Answered, true}, {2, Answered, true}, {3, Watched, false}}
	if d := cmp.Diff(want, a.list, cmp.AllowUnexported(told{})); d != "" {
		t.Error(d)
	}
}

// Who may not read the ticket is told nothing: not by a mention, not by a watch (S24).
func TestS24_OnlyWhoMayReadIsTold(t *testing.T) {
	t.Parallel()
	x := ticket.Ticket{ID: 1, Requester: 9}
	got := allowed([]told{{1, Mentioned, false}, {2, Mentioned, false}, {3, Watched, false}}, x,
		[]person.Worker{{ID: 1, Role: access.Agent}, {ID: 3, Role: access.Requester}})
	if d := cmp.Diff([]told{{1, Mentioned, false}}, got, cmp.AllowUnexported(told{})); d != "" {
		t.Error(d)
	}
}

func TestTheGroupHearsOfWhatPeopleHandOver(t *testing.T) {
	t.Parallel()
	human, desk := event.Meta{ActorID: 1, ActorKind: string(access.Person)}, event.Meta{ActorKind: string(access.System)}
	for _, c := range []struct {
		f    ticket.Fact
		m    event.Meta
		want person.GroupID
	}{
		{ticket.HandedOver{To: 4}, human, 4},
		{ticket.Assigned{Group: 5}, human, 5},
		{ticket.Assigned{Group: 5}, desk, 0},
		{ticket.Held{}, human, 0},
	} {
		if got := team(c.f, c.m); got != c.want {
			t.Errorf("%+v: %d", c.f, got)
		}
	}
}

func TestWhenTheNextSummaryLeaves(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	office := weekdays{calendar.Always{}, shanghai}
	for name, c := range map[string]struct {
		r         Reader
		now, want string
	}{
		"later today":                {Reader{Daily, 9, false}, "2026-03-02 08:00", "2026-03-02 09:00"},
		"at the hour it has left":    {Reader{Daily, 9, false}, "2026-03-02 09:00", "2026-03-03 09:00"},
		"the evening before":         {Reader{Daily, 9, false}, "2026-03-02 22:10", "2026-03-03 09:00"},
		"over the weekend":           {Reader{Daily, 9, false}, "2026-03-06 10:00", "2026-03-09 09:00"},
		"in the night":               {Reader{Daily, 0, false}, "2026-03-02 00:00", "2026-03-03 00:00"},
		"each hour":                  {Reader{Hourly, 9, false}, "2026-03-02 10:20", "2026-03-02 11:00"},
		"a full hour waits for more": {Reader{Hourly, 9, false}, "2026-03-02 10:00", "2026-03-02 11:00"},
	} {
		if got := c.r.Next(at(c.now), shanghai, office); !got.Equal(at(c.want)) {
			t.Errorf("%s: %s", name, got.In(shanghai))
		}
	}
}

// weekdays works from Monday to Friday, for whole days.
type weekdays struct {
	calendar.Calendar
	zone *time.Location
}

func (w weekdays) Between(a, _ time.Time) time.Duration {
	if d := a.In(w.zone).Weekday(); d == time.Saturday || d == time.Sunday {
		return 0
	}
	return 24 * time.Hour
}

// However often a summary is asked for: it never leaves in the past, and at the hour that was chosen.
func TestASummaryLeavesAtItsHour(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("x", rapid.IntRange(-11, 13).Draw(t, "zone")*3600)
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 365*24*60).Draw(t, "minute")) * time.Minute)
		r := Reader{rapid.SampledFrom([]Rhythm{Daily, Hourly}).Draw(t, "rhythm"), rapid.Int64Range(0, 23).Draw(t, "hour"), false}
		got := r.Next(now, zone, calendar.Always{})
		if !got.After(now) || got.Minute() != 0 && r.Digest == Hourly || r.Digest == Daily && int64(got.In(zone).Hour()) != r.Hour {
			t.Fatalf("%+v at %s: %s", r, now, got)
		}
	})
}

func TestRulesAreChecked(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]Rules{
		"another kind":    {"x": {Kind: "x"}},
		"a kind as other": {Clock: {Kind: Team}},
		"another way":     {Clock: {Kind: Clock, Mail: "pigeon"}},
	} {
		if errs.KindOf(r.Check()) != errs.Invalid {
			t.Errorf("%s was taken", name)
		}
	}
	own := Rules{Clock: {Kind: Clock}}
	if err := own.Check(); err != nil || !own.Of(Clock).silent() || own.Of(Team) != Standard(Team) {
		t.Errorf("%v, %+v", err, own.Of(Clock))
	}
	for _, k := range Kinds() {
		if s := Standard(k); s.Kind != k || !s.Page {
			t.Errorf("%s: %+v", k, s)
		}
	}
	for _, r := range []Reader{{"weekly", 9, false}, {Daily, 24, false}, {Daily, -1, false}} {
		if errs.KindOf(r.Check()) != errs.Invalid {
			t.Errorf("%+v was taken", r)
		}
	}
}
