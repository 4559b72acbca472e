// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

var begin = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)

func words(title string) Content { return Content{Title: title, Body: "正文", Audience: Staff} }

// brought makes an article that stands in a state, written by 1 and reviewed by 2.
func brought(t *testing.T, to State) Article {
	t.Helper()
	a := Article{ID: 1, Lang: "zh"}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("on the way to %s: %v", to, err)
		}
	}
	do(a.write(1, words("甲"), begin))
	if to == Draft {
		return a
	}
	do(a.submit(2))
	if to == Review {
		return a
	}
	do(a.publish(2, begin, 0))
	switch to {
	case Changing, Changed:
		do(a.write(1, words("乙"), begin))
		if to == Changed {
			do(a.submit(2))
		}
	case Retired:
		do(a.retire("系统已下线", begin))
	case Draft, Review, Published:
	}
	return a
}

// TestN37_TheLifeOfAnArticle is every act in every state, as a table: the state that follows, or
// the kind of the refusal.
func TestN37_TheLifeOfAnArticle(t *testing.T) {
	t.Parallel()
	acts := map[string]func(*Article) error{
		"write":   func(a *Article) error { return a.write(1, words("丙"), begin) },
		"submit":  func(a *Article) error { return a.submit(2) },
		"back":    func(a *Article) error { return a.sendBack(2, "步骤不清楚") },
		"publish": func(a *Article) error { return a.publish(2, begin, 3) },
		"drop":    func(a *Article) error { return a.drop(begin) },
		"looked":  func(a *Article) error { return a.looked(begin, 3) },
		"retire":  func(a *Article) error { return a.retire("已不适用了", begin) },
		"restore": func(a *Article) error { return a.restore(begin) },
	}
	want := map[State]map[string]State{
		Draft:     {"write": Draft, "submit": Review, "drop": Retired, "retire": Retired},
		Review:    {"back": Draft, "publish": Published, "drop": Retired, "retire": Retired},
		Published: {"write": Changing, "looked": Published, "retire": Retired},
		Changing:  {"write": Changing, "submit": Changed, "drop": Published, "looked": Changing, "retire": Retired},
		Changed:   {"back": Changing, "publish": Published, "drop": Published, "looked": Changed, "retire": Retired},
		Retired:   {"restore": Published},
	}
	for _, from := range States() {
		for name, act := range acts {
			a := brought(t, from)
			before := a
			err := act(&a)
			to, allowed := want[from][name]
			switch {
			case allowed && err != nil:
				t.Errorf("%s in %s: %v", name, from, err)
			case allowed && a.State() != to:
				t.Errorf("%s in %s leads to %s, want %s", name, from, a.State(), to)
			case !allowed && errs.KindOf(err) != errs.Conflict:
				t.Errorf("%s in %s: %v, want a conflict", name, from, err)
			case !allowed && a.State() != before.State():
				t.Errorf("%s in %s is refused and leads to %s all the same", name, from, a.State())
			}
		}
	}
}

// TestN37_NobodyPublishesTheirOwnWords: whoever wrote in an edition neither reviews nor publishes it.
func TestN37_NobodyPublishesTheirOwnWords(t *testing.T) {
	t.Parallel()
	a := brought(t, Review)
	if err := a.publish(1, begin, 0); errs.KindOf(err) != errs.Denied {
		t.Errorf("the author publishes: %v", err)
	}
	a = brought(t, Draft)
	if err := a.submit(1); errs.KindOf(err) != errs.Invalid {
		t.Errorf("the author is asked to review: %v", err)
	}
	if err := a.write(3, words("丁"), begin); err != nil {
		t.Fatal(err)
	}
	if err := a.submit(3); errs.KindOf(err) != errs.Invalid {
		t.Errorf("a second author is asked to review: %v", err)
	}
	if err := a.submit(2); err != nil {
		t.Fatal(err)
	}
	for _, who := range []person.ID{1, 3} {
		if err := a.publish(who, begin, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("author %d publishes: %v", who, err)
		}
	}
}

// TestN37_WhatIsReadWasReviewed: whatever is done in whatever order, what readers have was published
// by somebody who wrote nothing in it, stays as it is until another edition takes its place, and
// numbers only grow.
func TestN37_WhatIsReadWasReviewed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := Article{ID: 1, Lang: "zh"}
		published := map[int64]string{}
		last := int64(0)
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			who := person.ID(rapid.IntRange(1, 4).Draw(t, "who"))
			before := a
			switch rapid.IntRange(0, 7).Draw(t, "act") {
			case 0:
				_ = a.write(who, words(rapid.SampledFrom([]string{"甲", "乙", "丙"}).Draw(t, "title")), begin)
			case 1:
				_ = a.submit(who)
			case 2:
				_ = a.sendBack(who, "请补充验证步骤")
			case 3:
				writers := slices.Clone(a.Work.Writers)
				if err := a.publish(who, begin, 0); err == nil {
					if slices.Contains(writers, who) {
						t.Fatalf("%d published what they wrote", who)
					}
					published[a.Live.Number] = a.Live.Title
				}
			case 4:
				_ = a.drop(begin)
			case 5:
				_ = a.retire("已不适用了", begin)
			case 6:
				_ = a.restore(begin)
			case 7:
				_ = a.looked(begin, 3)
			}
			if a.Live.Number != 0 && published[a.Live.Number] != a.Live.Title {
				t.Fatalf("edition %d reads %q and was published as %q", a.Live.Number, a.Live.Title, published[a.Live.Number])
			}
			if a.Live.Number < before.Live.Number || a.Live.Number < last {
				t.Fatal("an older edition took the place of a newer one")
			}
			last = a.Live.Number
			if a.Work.Number != 0 && a.Work.Number != a.Live.Number+1 {
				t.Fatalf("edition %d is worked on beside %d", a.Work.Number, a.Live.Number)
			}
			if a.Read() && a.Live.Stage != Live {
				t.Fatalf("a %s edition is read", a.Live.Stage)
			}
		}
	})
}
