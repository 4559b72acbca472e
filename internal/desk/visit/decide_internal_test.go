// SPDX-License-Identifier: Apache-2.0

package visit

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

var noon = time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC)

// wish is one that says everything that its act asks for.
func wish(a Act, now time.Time) Wish {
	from := now.Add(2 * time.Hour)
	return Wish{
		Act: a, Times: []ticket.Span{{From: from, To: from.Add(time.Hour)}}, Pick: 1, Engineer: 7, Place: "A座 301", Work: "换了电源",
		Why: "没有带标签", Name: "王海燕", How: "typed",
	}
}

// TestN27_WhatMayComeWhen is the whole life as a table: from each state, one letter an act.
func TestN27_WhatMayComeWhen(t *testing.T) {
	t.Parallel()
	// propose pick refuse fix start arrive note finish sign miss cancel assign
	for state, want := range map[State]string{
		Proposed: "PprF......CA", Refused: "P..F......CA", Agreed: "P..FsA...mCA", Travelling: ".....A...mC.", OnSite: "......nfgmC.",
		Done: "......n.g...", Signed: "......n.....", Missed: "P..F......CA", Cancelled: "............",
	} {
		got := ""
		for i, a := range Acts() {
			v := Visit{ID: 1, State: state, Engineer: 7, Times: SpansOf(wish(Propose, noon).Times), Created: noon.Add(-time.Hour)}
			after, err := decide(v, wish(a, noon), scene{now: noon, staff: true})
			switch {
			case err == nil:
				got += string("PprFsAnfgmCA"[i])
				if w := life()[a].to; w != "" && after.State != w {
					t.Errorf("%s from %s leads to %s", a, state, after.State)
				}
			case errs.KindOf(err) == errs.Conflict:
				got += "."
			default:
				t.Errorf("%s from %s: %v", a, state, err)
			}
		}
		if got != want {
			t.Errorf("from %s: %s, want %s", state, got, want)
		}
	}
}

// Whatever is wished for in whatever order: an end stays an end, times are in order, nothing
// happened before what came before it, and the ticket hears of every change of state.
func TestN27_AnyLifeOfAVisit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := noon
		v, err := decide(Visit{}, wish(rapid.SampledFrom([]Act{Propose, Fix}).Draw(t, "begin"), now), scene{now: now, staff: true})
		if err != nil {
			t.Fatal(err)
		}
		v.ID, v.Created = 1, now
		for range rapid.IntRange(0, 20).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "later")) * time.Minute)
			w := wish(rapid.SampledFrom(Acts()).Draw(t, "act"), now)
			w.Did = now.Add(time.Duration(rapid.IntRange(-600, 60).Draw(t, "did")) * time.Minute)
			w.Round = rapid.SampledFrom([]int64{0, v.Round, v.Round - 1}).Draw(t, "round")
			after, err := decide(v, w, scene{now: now, staff: true})
			if err != nil {
				continue
			}
			if v.State == Cancelled || v.State == Signed && after.State != Signed {
				t.Fatalf("%s after %s", w.Act, v.State)
			}
			if after.State != v.State && step(w.Act, false) == "" {
				t.Fatalf("the ticket does not hear of %s", w.Act)
			}
			if (after.State.Ahead() || after.State == Done) && !after.To.After(after.From) {
				t.Fatalf("%s without a time: %+v", after.State, after)
			}
			if !after.ArrivedAt.IsZero() && (after.ArrivedAt.Before(after.StartedAt) || after.ArrivedAt.After(now)) ||
				!after.DoneAt.IsZero() && after.DoneAt.Before(after.ArrivedAt) || !after.SignedAt.IsZero() && after.SignedAt.Before(after.DoneAt) {
				t.Fatalf("out of order: %+v", after)
			}
			if after.State == Signed && after.Work == "" {
				t.Fatal("signed for nothing")
			}
			v = after
		}
	})
}

func TestN27_TimesAcrossMidnightAndZones(t *testing.T) {
	t.Parallel()
	at := func(zone, s string) time.Time {
		l, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		x, err := time.ParseInLocation("2006-01-02 15:04", s, l)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	late := ticket.Span{From: at("Asia/Shanghai", "2026-03-03 23:00"), To: at("Asia/Shanghai", "2026-03-04 01:30")}
	// The clocks go forward in Berlin between these two: half past one to half past three is one hour.
	spring := ticket.Span{From: at("Europe/Berlin", "2026-03-29 01:30"), To: at("Europe/Berlin", "2026-03-29 03:30")}
	list, err := checkSpans([]ticket.Span{spring, late}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if got := SpansOf(list).List(); len(got) != 2 || !got[0].From.Equal(late.From) || got[1].To.Sub(got[1].From) != time.Hour {
		t.Errorf("%v", got)
	}
	day := noon.Add(24 * time.Hour)
	for name, tt := range map[string]struct {
		list []ticket.Span
		key  string
	}{
		"none":      {nil, "visit.times_none"},
		"four":      {make([]ticket.Span, 4), "visit.times_many"},
		"no time":   {make([]ticket.Span, 1), "visit.time_shape"},
		"backwards": {[]ticket.Span{{From: day, To: day.Add(-time.Hour)}}, "visit.time_backwards"},
		"a minute":  {[]ticket.Span{{From: day, To: day.Add(time.Minute)}}, "visit.time_length"},
		"two days":  {[]ticket.Span{{From: day, To: day.Add(48 * time.Hour)}}, "visit.time_length"},
		"over":      {[]ticket.Span{{From: noon.Add(-2 * time.Hour), To: noon.Add(-time.Hour)}}, "visit.time_past"},
		"far":       {[]ticket.Span{{From: day.AddDate(1, 0, 0), To: day.AddDate(1, 0, 0).Add(time.Hour)}}, "visit.time_far"},
		"twice":     {[]ticket.Span{{From: day, To: day.Add(time.Hour)}, {From: day, To: day.Add(2 * time.Hour)}}, "visit.time_twice"},
	} {
		_, err := checkSpans(tt.list, noon)
		if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Key != tt.key {
			t.Errorf("%s: %v, want %s", name, err, tt.key)
		}
	}
}

func TestN27_AnArrivalIsProvenByTheLabelOfThePlace(t *testing.T) {
	t.Parallel()
	v := Visit{ID: 1, State: Travelling, Engineer: 7, Device: 5, PlaceID: 3, Place: "A座 301", Created: noon.Add(-time.Hour)}
	for name, tt := range map[string]struct {
		label, why string
		on         where
		key, by    string
	}{
		"the device":             {"x", "", where{found: true, device: 5}, "", "label"},
		"the room":               {"x", "", where{found: true, place: 3}, "", "label"},
		"another device there":   {"x", "", where{found: true, device: 6, place: 3}, "", "label"},
		"a device elsewhere":     {"x", "", where{found: true, device: 6, place: 4, name: "NB-6"}, "visit.label_elsewhere", ""},
		"a code of nobody":       {"x", "", where{}, "visit.label_unknown", ""},
		"a retired device":       {"x", "", where{found: true, device: 5, gone: true, name: "NB-5"}, "visit.label_retired", ""},
		"a press with a reason":  {"", "标签掉了", where{}, "", "press"},
		"a press without reason": {"", " ", where{}, "visit.press_why", ""},
	} {
		after, err := decide(v, Wish{Act: Arrive, Label: tt.label, Why: tt.why}, scene{now: noon, label: tt.on})
		key := ""
		if e := errs.As(err); e != nil && len(e.Fields) > 0 {
			key = e.Fields[0].Key
		}
		if key != tt.key || err == nil && after.ArrivedBy != tt.by {
			t.Errorf("%s: %v, %q", name, err, after.ArrivedBy)
		}
	}
}

func TestN27_AnAnswerToAnEarlierProposalIsNone(t *testing.T) {
	t.Parallel()
	v := Visit{ID: 1, State: Proposed, Round: 2, Times: SpansOf(wish(Propose, noon).Times), Created: noon}
	for _, a := range []Act{Pick, Refuse} {
		w := wish(a, noon)
		if w.Round = 1; true {
			if _, err := decide(v, w, scene{now: noon}); errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s: %v", a, err)
			}
		}
	}
	w := wish(Pick, noon)
	w.Round = 2
	if after, err := decide(v, w, scene{now: noon}); err != nil || after.State != Agreed {
		t.Errorf("%+v %v", after, err)
	}
	if _, err := decide(v, w, scene{now: noon.Add(24 * time.Hour)}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("a time that is over: %v", err)
	}
	if !slices.Contains(ActsFrom(Proposed), Pick) || slices.Contains(ActsFrom(Agreed), Pick) {
		t.Error("acts from a state are not those of the table")
	}
}
