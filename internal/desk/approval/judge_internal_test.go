// SPDX-License-Identifier: Apache-2.0

package approval

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

const (
	asker   = person.ID(90)
	benefit = person.ID(91)
)

// anyApproval is one that waits, of one to three levels with up to five seats each.
func anyApproval(t *rapid.T) Approval {
	a := Approval{State: Waiting, AskedBy: asker, For: benefit}
	seat := SeatID(0)
	for l := range rapid.IntRange(1, 3).Draw(t, "levels") {
		n := rapid.IntRange(1, 5).Draw(t, "seats")
		a.Levels = append(a.Levels, Level{ID: int64(l + 1), Need: rapid.Int64Range(0, int64(n)).Draw(t, "need")})
		for p := range n {
			seat++
			a.Seats = append(a.Seats, Seat{ID: seat, Level: int64(l + 1), Person: person.ID(p + 1)})
		}
	}
	return a
}

// say lets each seat answer in an order, as long as it may, and returns where that led.
func say(t *rapid.T, a Approval, order []SeatID, answers map[SeatID]bool) (Approval, State) {
	for round := true; round; {
		round = false
		for _, id := range order {
			seat, _ := a.Seat(id)
			next, _, err := a.answered(Said{By: seat.Person, Seat: id, Yes: answers[id], Comment: "因为", At: time.Unix(1, 0)}, nil)
			if err != nil {
				continue
			}
			if a, round = next, true; Judge(a.Levels, a.Seats).State != Waiting {
				return a, Judge(a.Levels, a.Seats).State
			}
		}
	}
	return a, Judge(a.Levels, a.Seats).State
}

// Whatever the order in which the people of each level speak, the approval ends the same, and it
// ends: everybody has spoken, so nobody is waited for.
func TestN31_TheOutcomeIsAFunctionOfTheAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anyApproval(t)
		answers, order := map[SeatID]bool{}, []SeatID{}
		for _, s := range a.Seats {
			answers[s.ID] = rapid.Bool().Draw(t, "yes")
			order = append(order, s.ID)
		}
		_, first := say(t, a, order, answers)
		_, second := say(t, a, rapid.Permutation(order).Draw(t, "order"), answers)
		if first != second {
			t.Fatalf("one order gives %s, another %s", first, second)
		}
		if first != Granted && first != Refused {
			t.Fatalf("everybody answered, and it is %s", first)
		}
	})
}

// Once it is decided no further answer changes that: whatever the seats still say, the verdict stays.
func TestN31_ThereIsOneOutcome(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anyApproval(t)
		decided := State("")
		for _, i := range rapid.Permutation(indices(len(a.Seats))).Draw(t, "order") {
			l := slices.IndexFunc(a.Levels, func(l Level) bool { return l.ID == a.Seats[i].Level })
			if v := Judge(a.Levels, a.Seats); v.State == Waiting && v.Turn != l {
				continue // not its turn
			}
			a.Seats[i].Answer, a.Seats[i].By = rapid.SampledFrom([]Answer{Yes, No}).Draw(t, "answer"), a.Seats[i].Person
			switch v := Judge(a.Levels, a.Seats); {
			case decided == "" && v.State != Waiting:
				decided = v.State
			case decided != "" && v.State != decided:
				t.Fatalf("%s became %s", decided, v.State)
			}
		}
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// A level that n must agree to is never granted by fewer people than n, whoever sits in for whom.
func TestN31_NobodyCountsTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anyApproval(t)
		deputies := map[person.ID]person.ID{}
		for p := range person.ID(5) {
			if rapid.Bool().Draw(t, "away") {
				deputies[p+1] = person.ID(rapid.IntRange(1, 7).Draw(t, "deputy"))
			}
		}
		for range 30 {
			by := person.ID(rapid.IntRange(1, 7).Draw(t, "by"))
			seat := SeatID(rapid.IntRange(0, len(a.Seats)).Draw(t, "seat"))
			next, _, err := a.answered(Said{By: by, Seat: seat, Yes: true}, deputies)
			if err == nil {
				a = next
			}
		}
		for _, l := range a.Levels {
			spoke := map[person.ID]int{}
			for _, s := range a.At(l.ID) {
				if s.Answer != "" {
					spoke[s.By]++
				}
			}
			for who, n := range spoke {
				if n > 1 {
					t.Fatalf("%d speaks %d times in level %d", who, n, l.ID)
				}
			}
		}
	})
}

// Neither whoever asked nor whom it benefits ever decides, by a seat or as a deputy.
func TestN31_NobodyDecidesForThemselves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anyApproval(t)
		who := rapid.SampledFrom([]person.ID{asker, benefit, 0}).Draw(t, "who")
		a.Seats[0].Person = rapid.SampledFrom([]person.ID{1, who}).Draw(t, "sits")
		_, _, err := a.answered(Said{By: who, Yes: true}, map[person.ID]person.ID{1: who, 2: who})
		if errs.KindOf(err) != errs.Denied {
			t.Fatalf("%d decides: %v", who, err)
		}
		if _, _, err = a.called(a.Seats[len(a.Seats)-1].Person, 0, who, true, nil); who != 0 && err == nil {
			t.Fatalf("%d is called in", who)
		}
	})
}

// Somebody called in before an approver is heard first; called in after, they are heard once the
// level agreed. In both cases it is not granted without them.
func TestN31_WhoIsCalledInIsHeard(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"before": true, "after": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := Approval{State: Waiting, AskedBy: asker, For: benefit, Levels: []Level{{ID: 1}, {ID: 2}}, Seats: []Seat{{ID: 1, Level: 1, Person: 1}, {ID: 2, Level: 2, Person: 2}}}
			a, l, err := a.called(1, 0, 3, before, nil)
			if err != nil {
				t.Fatal(err)
			}
			a.Seats = append(a.Seats, Seat{ID: 3, Level: l.ID, Person: 3, Because: ByCall})
			want := []person.ID{1, 3, 2}
			if before {
				want = []person.ID{3, 1, 2}
			}
			for i, who := range want {
				if got := a.Awaited(); len(got) != 1 || got[0].Person != who {
					t.Fatalf("step %d waits for %+v, want %d", i, got, who)
				}
				if a, _, err = a.answered(Said{By: who, Yes: true}, nil); err != nil {
					t.Fatal(err)
				}
			}
			if v := Judge(a.Levels, a.Seats); v.State != Granted {
				t.Errorf("all agreed, and it is %s", v.State)
			}
		})
	}
}

func TestN31_WhoLeavesIsNeitherYesNorNo(t *testing.T) {
	t.Parallel()
	three := func(need int64) Approval {
		return Approval{
			State: Waiting, AskedBy: asker, For: benefit, Levels: []Level{{ID: 1, Need: need}},
			Seats: []Seat{{ID: 1, Level: 1, Person: 1}, {ID: 2, Level: 1, Person: 2}, {ID: 3, Level: 1, Person: 3}},
		}
	}
	for need, want := range map[int64]State{1: Waiting, 2: Waiting, 3: Dropped, 0: Dropped} {
		a := three(need).left(1, time.Unix(9, 0))
		if v := Judge(a.Levels, a.Seats); v.State != want {
			t.Errorf("one of three left, %d must agree: %s, want %s", need, v.State, want)
		}
		if _, _, err := a.answered(Said{By: 1, Yes: true}, nil); err == nil {
			t.Errorf("whoever left still decides")
		}
	}
}

func TestN31_AnAnswerIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	a := Approval{State: Waiting, AskedBy: asker, For: benefit, Levels: []Level{{ID: 1}, {ID: 2}}, Seats: []Seat{{ID: 1, Level: 1, Person: 1}, {ID: 2, Level: 1, Person: 2}, {ID: 3, Level: 2, Person: 3}}}
	spoke, _, err := a.answered(Said{By: 1, Yes: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	over := a
	over.State = Withdrawn
	for name, tt := range map[string]struct {
		a    Approval
		said Said
		want *errs.Error
	}{
		"no reason":     {a, Said{By: 1, Comment: "  "}, errs.New(errs.Invalid, "approval.refuse_reason")},
		"a stranger":    {a, Said{By: 7, Yes: true}, errs.New(errs.Denied, "approval.not_yours")},
		"another seat":  {a, Said{By: 1, Seat: 2, Yes: true}, errs.New(errs.Denied, "approval.not_yours")},
		"too early":     {a, Said{By: 3, Yes: true}, errs.New(errs.Conflict, "approval.not_yet")},
		"twice":         {spoke, Said{By: 1, Yes: true}, errs.New(errs.Conflict, "approval.answered_already")},
		"withdrawn":     {over, Said{By: 1, Yes: true}, errs.New(errs.Conflict, "approval.over_withdrawn")},
		"for oneself":   {a, Said{By: asker, Yes: true}, errs.New(errs.Denied, "approval.own")},
		"for a benefit": {a, Said{By: benefit, Yes: true}, errs.New(errs.Denied, "approval.own")},
	} {
		if _, _, err := tt.a.answered(tt.said, nil); !tt.want.Is(err) && (errs.As(err) == nil || errs.As(err).Key != tt.want.Key) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// Two subjects that differ in anything have different digests, also where their parts add up to
// the same text.
func TestN31_ADigestNamesExactlyWhatWasApproved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringOfN(rapid.RuneFrom([]rune("ab:1清")), 0, 3, -1)
		x := Subject{part.Draw(t, "kind"), part.Draw(t, "ref"), part.Draw(t, "title"), part.Draw(t, "content")}
		y := Subject{part.Draw(t, "kind2"), part.Draw(t, "ref2"), part.Draw(t, "title2"), part.Draw(t, "content2")}
		if (x == y) != (x.Digest() == y.Digest()) {
			t.Fatalf("%+v and %+v: %s, %s", x, y, x.Digest(), y.Digest())
		}
	})
}
