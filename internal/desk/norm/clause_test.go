// SPDX-License-Identifier: Apache-2.0

package norm_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/desk/sla/slatest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * time.Hour
)

func judge(l *slatest.Life) norm.Conformance { return norm.Judge(input(l, nil)) }

func input(l *slatest.Life, pack *norm.Pack) norm.Input {
	in := norm.Input{Ticket: l.Ticket, Rules: sla.By(sla.Standard(), calendar.Always{}), Pack: pack, Now: l.Now}
	for _, f := range l.Told {
		in.Facts = append(in.Facts, norm.Noted{ID: f.ID, Meta: f.Meta, Fact: f.Fact})
	}
	return in
}

func verdict(l *slatest.Life, clause string) norm.Verdict {
	list := judge(l).Verdicts
	return list[slices.IndexFunc(list, func(v norm.Verdict) bool { return v.Clause == clause })]
}

// shown is the fact that a verdict names as its evidence; "" for none.
func shown(l *slatest.Life, v norm.Verdict) string {
	for _, f := range l.Told {
		if f.ID == v.Event {
			return strings.TrimPrefix(f.Fact.EventName(), "ticket.")
		}
	}
	return ""
}

// proof is one line of a table: a life, and what is said of the clause with which evidence.
type proof struct {
	name     string
	life     *slatest.Life
	state    norm.State
	evidence string // name of the fact, without "ticket."
	at       time.Duration
	gap      string
	says     string // part of the English words
}

func prove(t *testing.T, clause string, list []proof) {
	t.Helper()
	for _, p := range list {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			v := verdict(p.life, clause)
			if v.State != p.state {
				t.Errorf("%s, want %s (%s)", v.State, p.state, v.Key)
			}
			if got := shown(p.life, v); got != p.evidence {
				t.Errorf("evidence %q, want %q", got, p.evidence)
			}
			if at := time.Duration(0); v.Event != 0 || p.at != 0 {
				if !v.At.IsZero() {
					at = v.At.Sub(slatest.Start())
				}
				if at != p.at {
					t.Errorf("at %v, want %v", at, p.at)
				}
			}
			if v.Gap != p.gap {
				t.Errorf("gap %q, want %q", v.Gap, p.gap)
			}
			if text := v.Text(i18n.EN, p.life.Now, time.UTC); !strings.Contains(text, p.says) || strings.Contains(text, "⟦") {
				t.Errorf("it says %q, want something with %q", text, p.says)
			}
		})
	}
}

func fresh() *slatest.Life {
	l := slatest.New(ticket.Mail)
	return l.Then(0, slatest.Acknowledged(l.Now.Add(2*hour)))
}

// answered has a first word after an hour; P3: response 2 h, update 8 h.
func answered() *slatest.Life {
	l := fresh()
	return l.Then(minute, slatest.Accepted()).Then(59*minute, l.Word())
}

// solved has everything: record, grade, solution after three hours.
func solved() *slatest.Life {
	return answered().Then(hour, slatest.Complete()).Then(0, slatest.Graded(triage.P3)).Then(hour, slatest.Solved())
}

func dropped() *slatest.Life { return fresh().Then(hour, slatest.Ended(ticket.Cancelled)) }

func TestN3_AHumanAnswersInTime(t *testing.T) {
	t.Parallel()
	late := fresh()
	late.Then(3*hour, late.Word())
	droppedLater := answered().Then(hour, slatest.Ended(ticket.Cancelled))
	called := fresh().Then(hour, ticket.Said{Kind: ticket.Call, Spoke: true, FirstResponse: true})
	prove(t, "N3", []proof{
		{"nobody yet", fresh().Wait(hour), norm.Open, "", 2 * hour, "", "1 h have passed, the target is 2 h"},
		{"the automatic word is none", fresh().Wait(hour), norm.Open, "", 2 * hour, "", "Nobody answered yet"},
		{"in time", answered().Wait(day), norm.Met, "said", hour, "", "within 1 h"},
		{"too late", late, norm.Missed, "said", 3 * hour, "", "3 h is beyond the target of 2 h"},
		{"still nobody, and it is late", fresh().Wait(3 * hour), norm.Missed, "", 2 * hour, "", "3 h is beyond"},
		{"a call counts", called, norm.Met, "said", hour, "", "within 1 h"},
		{"a solution is the first word too", fresh().Then(minute, slatest.Accepted()).Then(hour, slatest.Solved()), norm.Met, "resolved", hour + minute, "", "within 1 h"},
		{"called off before", dropped(), norm.NA, "", 0, "", "not applicable"},
		{"called off after", droppedLater, norm.Met, "said", hour, "", "within 1 h"},
	})
}

func TestN15_TheSevenElementsAreRecorded(t *testing.T) {
	t.Parallel()
	prove(t, "N15", []proof{
		{"three of seven", fresh(), norm.Open, "", 0, "gap.intake", "3 of 7"},
		{"all, or honestly unknown", answered().Then(hour, slatest.Complete()), norm.Met, "noted", 2 * hour, "", "All 7"},
		{"an honest way round", fresh().Then(hour, slatest.Deviated("N15", "gap.intake")), norm.Deviated, "deviated", hour, "gap.intake", "because: 原因在供应商"},
		{"recorded after all", fresh().Then(hour, slatest.Deviated("N15", "gap.intake")).Then(hour, slatest.Complete()), norm.Met, "noted", 2 * hour, "", "All 7"},
		{"closed without", answered().Then(hour, slatest.Solved()).Then(hour, slatest.Ended(ticket.Confirmed)), norm.Missed, "", 0, "gap.intake", "Only 3 of 7"},
		{"called off", dropped(), norm.NA, "", 0, "gap.intake", "not applicable"},
	})
}

func TestN18_ASpokenRequestIsReadBack(t *testing.T) {
	t.Parallel()
	phone := func() *slatest.Life { return slatest.New(ticket.Phone) }
	back := ticket.ReadBackDone{Items: []ticket.Element{ticket.Who, ticket.Symptom}}
	prove(t, "N18", []proof{
		{"not spoken", fresh(), norm.NA, "", 0, "", "Not a spoken request"},
		{"not yet", phone(), norm.Open, "", 0, "gap.read_back", "not been read back"},
		{"read back", phone().Then(minute, back), norm.Met, "read_back", minute, "", "2 of 7"},
		{"an honest way round", phone().Then(minute, slatest.Deviated("N18", "gap.read_back")), norm.Deviated, "deviated", minute, "gap.read_back", "Deviated"},
		{"never", phone().Then(minute, slatest.Accepted()).Then(hour, slatest.Solved()).Then(hour, slatest.Ended(ticket.Unconfirmed)), norm.Missed, "", 0, "gap.read_back", "Not read back"},
		{"called off", phone().Then(minute, slatest.Ended(ticket.Cancelled)), norm.NA, "", 0, "gap.read_back", "not applicable"},
	})
}

func TestN19_TheRequesterIsToldAtOnce(t *testing.T) {
	t.Parallel()
	prove(t, "N19", []proof{
		{"told", slatest.New(ticket.Mail).Then(20*time.Second, slatest.Acknowledged(slatest.Start())), norm.Met, "acknowledged", 20 * time.Second, "", "under 1 min by portal"},
		{"not told", slatest.New(ticket.Mail), norm.Missed, "", 0, "", "Not told"},
		{"must not be told", quiet(), norm.NA, "", 0, "", "not be answered automatically"},
	})
}

func TestN20_AnHonestExpectationCameWithIt(t *testing.T) {
	t.Parallel()
	prove(t, "N20", []proof{
		{"told", fresh(), norm.Met, "acknowledged", 0, "", "by today 03:00"},
		{"told without a time", slatest.New(ticket.Mail).Then(0, slatest.Acknowledged(time.Time{})), norm.Missed, "", 0, "", "Not told what to expect"},
		{"not told at all", slatest.New(ticket.Mail), norm.Missed, "", 0, "", "Not told what to expect"},
		{"must not be told", quiet(), norm.NA, "", 0, "", "not be answered automatically"},
	})
}

// quiet is a life whose first message came from a machine.
func quiet() *slatest.Life {
	l := slatest.New(ticket.Mail)
	l.Ticket.Detail.Quiet = "loop"
	return l
}

func TestN22_GradedByTheThreeQuestions(t *testing.T) {
	t.Parallel()
	override := slatest.Graded(triage.P2)
	override.Priority, override.Reason = triage.P1, "董事会"
	prove(t, "N22", []proof{
		{"not yet", fresh(), norm.Open, "", 0, "gap.grade", "no answers yet"},
		{"graded", fresh().Then(hour, slatest.Graded(triage.P2)), norm.Met, "graded", hour, "", "Graded P2"},
		{"the last grade counts", fresh().Then(hour, slatest.Graded(triage.P2)).Then(hour, slatest.Graded(triage.P4)), norm.Met, "graded", 2 * hour, "", "Graded P4"},
		{"another priority, with a reason", fresh().Then(hour, override), norm.Deviated, "graded", hour, "", "P1 rather than the computed P2, because: 董事会"},
		{"an honest way round", fresh().Then(hour, slatest.Deviated("N22", "gap.grade")), norm.Deviated, "deviated", hour, "gap.grade", "Deviated"},
		{"closed without", answered().Then(hour, slatest.Solved()).Then(0, slatest.Ended(ticket.Confirmed)), norm.Missed, "", 0, "gap.grade", "Not graded"},
		{"called off", dropped(), norm.NA, "", 0, "gap.grade", "not applicable"},
	})
}

func TestN30_WhoeverWaitsIsToldAndHears(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) time.Time { return slatest.Start().Add(d) }
	blocked := func() *slatest.Life { return answered().Then(hour, slatest.Held(ticket.Blocked, at(5*hour))) }
	heard := func() *slatest.Life {
		l := blocked()
		return l.Then(2*hour, l.Word())
	}
	late := blocked()
	late.Then(4*hour, late.Word())
	prove(t, "N30", []proof{
		{"it never waited", answered().Wait(hour), norm.NA, "", 0, "", "never waited"},
		{"a wait for the user promises nothing", answered().Then(hour, slatest.Held(ticket.ForRequester, time.Time{})), norm.NA, "", 0, "", "never waited"},
		{"told, and not due yet", blocked(), norm.Open, "held", 5 * hour, "", "by today 06:00"},
		{"told, and heard in time", heard(), norm.Met, "held", 2 * hour, "", "in time"},
		{"told a later time in time", blocked().Then(hour, slatest.Held(ticket.Blocked, at(9*hour))), norm.Open, "held", 9 * hour, "", "by today 10:00"},
		{"told, and left alone", blocked().Wait(4 * hour), norm.Missed, "held", 5 * hour, "", "did not come"},
		{"a word too late mends nothing", late, norm.Missed, "held", 5 * hour, "", "did not come"},
		{"not told what is stuck", answered().Then(hour, ticket.Held{Of: ticket.Of{Ticket: 1}, Reason: ticket.Blocked}), norm.Missed, "held", 2 * hour, "", "did not say"},
		{"called off", blocked().Then(hour, slatest.Ended(ticket.Cancelled)), norm.NA, "", 0, "", "not applicable"},
	})
}

func TestN29_TheRequesterHearsSomethingAtTheCadence(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) time.Time { return slatest.Start().Add(d) }
	tell := func(fn func(l *slatest.Life)) *slatest.Life {
		l := answered()
		fn(l)
		return l
	}
	broken := func(l *slatest.Life) { l.Then(hour, slatest.Held(ticket.Blocked, at(5*hour))).Then(4*hour, l.Word()) }
	prove(t, "N29", []proof{
		{"before the first word nothing is due", fresh().Wait(day), norm.NA, "", 0, "", "No updates are owed yet"},
		{"the next one is not due yet", answered().Wait(hour), norm.Open, "", 9 * hour, "", "not due yet"},
		{"silence", answered().Wait(9 * hour), norm.Missed, "", 9 * hour, "", "by today 10:00"},
		{"a word too late mends nothing", tell(func(l *slatest.Life) { l.Then(10*hour, l.Word()) }), norm.Missed, "said", 11 * hour, "", "by today 10:00"},
		{"and never will", tell(func(l *slatest.Life) {
			l.Then(10*hour, l.Word()).Then(hour, slatest.Solved()).Then(hour, slatest.Confirmed()).Then(0, slatest.Ended(ticket.Confirmed))
		}), norm.Missed, "said", 11 * hour, "", "should have heard"},
		{"any fact shows the silence before it", tell(func(l *slatest.Life) { l.Then(10*hour, slatest.Note()).Then(0, l.Word()) }), norm.Missed, "said", 11 * hour, "", ""},
		{"words in time", tell(func(l *slatest.Life) { l.Then(7*hour, l.Word()).Then(7*hour, l.Word()).Then(7*hour, slatest.Solved()) }), norm.Met, "resolved", 22 * hour, "", "in time"},
		{"solved at once", solved(), norm.Met, "resolved", 3 * hour, "", "in time"},
		{"closed in time", solved().Then(hour, slatest.Confirmed()).Then(0, slatest.Ended(ticket.Confirmed)), norm.Met, "resolved", 4 * hour, "", "in time"},
		{"the user had the ball", tell(func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForRequester, time.Time{})).Then(5*day, slatest.UserWord()).Then(0, slatest.Resumed()).Then(hour, l.Word())
		}), norm.Open, "", 131 * hour, "", "not due yet"},
		{"a vendor is no excuse", tell(func(l *slatest.Life) {
			l.Then(hour, slatest.Held(ticket.ForVendor, time.Time{})).Then(9*hour, slatest.Resumed())
		}), norm.Missed, "resumed", 11 * hour, "", "by today 10:00"},
		{"a promise kept", tell(func(l *slatest.Life) { l.Then(hour, slatest.Held(ticket.Blocked, at(50*hour))).Then(40*hour, l.Word()) }), norm.Open, "", 50 * hour, "", ""},
		{"a promise broken", tell(broken), norm.Missed, "said", 6 * hour, "", "by today 06:00"},
		{"a time in a reply that passed", tell(func(l *slatest.Life) {
			word := l.Word()
			word.Promise = at(3 * hour)
			l.Then(hour, word).Wait(2 * hour)
		}), norm.Missed, "said", 3 * hour, "", "promised by today 04:00"},
		{"the solution that failed had its time", tell(func(l *slatest.Life) {
			l.Then(hour, slatest.Solved()).Then(2*day, slatest.Rejected()).Then(hour, l.Word())
		}), norm.Open, "", 59 * hour, "", ""},
		{"a question after the solution wants its answer", tell(func(l *slatest.Life) {
			l.Then(hour, slatest.Solved()).Then(hour, slatest.UserWord()).Then(9*hour, slatest.Confirmed())
		}), norm.Missed, "confirmed", 12 * hour, "", ""},
		{"called off in silence", tell(func(l *slatest.Life) { l.Then(10*hour, slatest.Ended(ticket.Cancelled)) }), norm.Missed, "closed", 11 * hour, "", ""},
		{"called off", dropped(), norm.NA, "", 0, "", "not applicable"},
		{"the priority of then is the measure", tell(func(l *slatest.Life) { l.Then(7*hour, l.Word()).Then(minute, slatest.Graded(triage.P1)) }), norm.Open, "", 8*hour + 30*minute, "", ""},
	})
}

func TestN32_TheSolutionIsPresented(t *testing.T) {
	t.Parallel()
	prove(t, "N32", []proof{
		{"not yet", answered(), norm.Open, "", 0, "gap.solution", "No solution"},
		{"presented", solved(), norm.Met, "resolved", 3 * hour, "", "was presented"},
		{"rejected: not any more", solved().Then(hour, slatest.Rejected()), norm.Open, "", 0, "gap.solution", "No solution"},
		{"reopened: not any more", solved().Then(hour, slatest.Confirmed()).Then(0, slatest.Ended(ticket.Confirmed)).Then(day, slatest.Reopened()), norm.Open, "", 0, "gap.solution", ""},
		{"the last one counts", solved().Then(hour, slatest.Rejected()).Then(hour, slatest.Solved()), norm.Met, "resolved", 5 * hour, "", ""},
		{"called off", dropped(), norm.NA, "", 0, "gap.solution", "not applicable"},
	})
}

func TestN33_WithStepsToCheck(t *testing.T) {
	t.Parallel()
	without := slatest.Solved()
	without.Solution.Verify = nil
	prove(t, "N33", []proof{
		{"not yet", answered(), norm.Open, "", 0, "gap.verify", "No steps"},
		{"with steps", solved(), norm.Met, "resolved", 3 * hour, "", "Steps to check"},
		{"an honest way round", answered().Then(hour, slatest.Deviated("N33", "gap.verify")).Then(hour, without), norm.Deviated, "deviated", 2 * hour, "gap.verify", "Deviated"},
		{"closed without", answered().Then(hour, without).Then(hour, slatest.Ended(ticket.Confirmed)), norm.Missed, "", 0, "gap.verify", "when it was closed"},
		{"called off", dropped(), norm.NA, "", 0, "gap.verify", "not applicable"},
	})
}

func TestN34_WithCauseAndPrevention(t *testing.T) {
	t.Parallel()
	half := slatest.Solved()
	half.Solution.Prevention = ""
	prove(t, "N34", []proof{
		{"not yet", answered(), norm.Open, "", 0, "gap.cause", "not complete yet"},
		{"both", solved(), norm.Met, "resolved", 3 * hour, "", "are explained"},
		{"one of them honestly not", answered().Then(hour, slatest.Deviated("N34", "gap.prevention")).Then(hour, half), norm.Deviated, "deviated", 2 * hour, "gap.prevention", "Deviated"},
		{"one excused, the other still open", answered().Then(hour, slatest.Deviated("N34", "gap.cause")), norm.Open, "", 0, "gap.prevention", "not complete yet"},
		{"closed without", answered().Then(hour, half).Then(hour, slatest.Ended(ticket.Confirmed)), norm.Missed, "", 0, "gap.prevention", "when it was closed"},
		{"called off", dropped(), norm.NA, "", 0, "gap.cause", "not applicable"},
	})
}

func TestN35_TheUserConfirms(t *testing.T) {
	t.Parallel()
	prove(t, "N35", []proof{
		{"not yet", solved(), norm.Open, "", 0, "gap.confirmed", "Waits for the requester"},
		{"confirmed", solved().Then(hour, slatest.Confirmed()), norm.Met, "confirmed", 4 * hour, "", "by portal"},
		{"time up is never confirmed", solved().Then(3*day, slatest.TimeUp()), norm.Missed, "time_up", 75 * hour, "", "unconfirmed"},
		{"nor is it when closed", solved().Then(3*day, slatest.TimeUp()).Then(hour, slatest.Ended(ticket.Unconfirmed)), norm.Missed, "time_up", 75 * hour, "", "unconfirmed"},
		{"a late yes is a yes", solved().Then(3*day, slatest.TimeUp()).Then(hour, slatest.Confirmed()), norm.Met, "confirmed", 76 * hour, "", ""},
		{"rejected", solved().Then(hour, slatest.Rejected()), norm.Open, "", 0, "gap.confirmed", ""},
		{"reopened: not any more", solved().Then(hour, slatest.Confirmed()).Then(0, slatest.Ended(ticket.Confirmed)).Then(day, slatest.Reopened()), norm.Open, "", 0, "gap.confirmed", ""},
		{"called off", dropped(), norm.NA, "", 0, "", "not applicable"},
	})
}

func TestN36_DifficultiesAreRecorded(t *testing.T) {
	t.Parallel()
	done := func() *slatest.Life { return solved().Then(hour, slatest.Confirmed()) }
	prove(t, "N36", []proof{
		{"not yet", done(), norm.Open, "", 0, "gap.closure", "not recorded yet"},
		{"recorded", done().Then(hour, slatest.Archived()), norm.Met, "archived", 5 * hour, "", "are recorded"},
		{"half a sheet is none", done().Then(hour, ticket.Archived{Difficulties: "x"}), norm.Open, "", 0, "gap.closure", ""},
		{"an honest way round", done().Then(hour, slatest.Deviated("N36", "gap.closure")), norm.Deviated, "deviated", 5 * hour, "gap.closure", "Deviated"},
		{"closed without", done().Then(hour, slatest.Ended(ticket.Confirmed)), norm.Missed, "", 0, "gap.closure", "were not recorded"},
		{"called off", dropped(), norm.NA, "", 0, "gap.closure", "not applicable"},
	})
}

func TestN2_TheScoreCountsWhatIsDecided(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name                         string
		life                         *slatest.Life
		met, judged, deviated, score int
	}{
		{"nothing but a number and a channel is no blame", quiet(), 1, 1, 0, 100},
		{"a new ticket", fresh(), 3, 3, 0, 100},                                                                // N14, N19, N20
		{"nobody answered", fresh().Wait(day), 3, 4, 0, 75},                                                    // N3 missed
		{"a whole life", solved().Then(hour, slatest.Confirmed()).Then(0, slatest.Archived()), 14, 14, 0, 100}, // all but N18 and N21
		{"an honest way round counts as met", answered().Then(0, slatest.Deviated("N15", "gap.intake")), 6, 6, 1, 100},
	} {
		c := judge(tt.life)
		if c.Met != tt.met || c.Judged != tt.judged || c.Deviated != tt.deviated || c.Score != tt.score {
			t.Errorf("%s: %d of %d met, %d deviated, %d %%; want %d of %d, %d, %d %%", tt.name, c.Met, c.Judged, c.Deviated, c.Score, tt.met, tt.judged, tt.deviated, tt.score)
		}
	}
	steps := 0
	for _, s := range norm.Steps() {
		steps += len(judge(fresh()).Step(s))
	}
	if all := len(judge(fresh()).Verdicts); steps != all || all != 29 {
		t.Errorf("%d verdicts, %d of them on the rail, want 29", all, steps)
	}
}

// Whatever happens, a verdict has its evidence and its words, and what is lost stays lost.
func TestVerdictsOfAnyLife(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := slatest.Random(t, 14)
		c := judge(l)
		for _, v := range c.Verdicts {
			checkVerdict(t, l, v)
		}
		if c.Met > c.Judged || c.Deviated > c.Met || c.Score < 0 || c.Score > 100 {
			t.Fatalf("%d of %d met, %d deviated, %d %%", c.Met, c.Judged, c.Deviated, c.Score)
		}
		confirmed := verdict(l, "N35").State == norm.Met
		if said := !l.Ticket.ConfirmedAt.IsZero(); confirmed && !said || said && !confirmed && !droppedNow(l) {
			t.Fatalf("N35 met %v, confirmed %v", confirmed, said)
		}
		if l.Ticket.Status == ticket.Closed && l.Ticket.ClosedAs == ticket.Unconfirmed && confirmed {
			t.Fatal("closed as unconfirmed and counted as confirmed")
		}
		silent := verdict(l, "N29").State == norm.Missed
		c29, owed := clockOf(l)
		if owed && c29.State == sla.Over && !silent {
			t.Fatalf("the update clock is over since %v and N29 is %s", c29.Due, verdict(l, "N29").State)
		}
		l.Then(minute, l.Word())
		if after := verdict(l, "N29").State; silent && after != norm.Missed {
			t.Fatalf("a word made N29 %s", after)
		}
	})
}

func clockOf(l *slatest.Life) (sla.Clock, bool) {
	list := sla.Clocks(l.Ticket, sla.Standard(), calendar.Always{}, l.Now)
	i := slices.IndexFunc(list, func(c sla.Clock) bool { return c.Name == sla.Update })
	if i < 0 {
		return sla.Clock{}, false
	}
	return list[i], true
}

func droppedNow(l *slatest.Life) bool {
	return l.Ticket.ClosedAs.Dropped()
}

func checkVerdict(t *rapid.T, l *slatest.Life, v norm.Verdict) {
	t.Helper()
	for _, lang := range i18n.Langs() {
		if text := v.Text(lang, l.Now, time.UTC); text == "" || strings.Contains(text, "⟦") {
			t.Fatalf("%s %s in %s: %q", v.Clause, v.State, lang, text)
		}
	}
	name := shown(l, v)
	switch v.State {
	case norm.Met, norm.Deviated:
		if name == "" {
			t.Fatalf("%s is %s without evidence", v.Clause, v.State)
		}
	case norm.Open:
		if l.Ticket.Status == ticket.Closed {
			t.Fatalf("%s is open on a closed ticket", v.Clause)
		}
	case norm.Missed, norm.NA:
	default:
		t.Fatalf("%s is %q", v.Clause, v.State)
	}
	if v.Event != 0 && name == "" {
		t.Fatalf("%s names a fact that is not there: %d", v.Clause, v.Event)
	}
}

// handed is a hand-over between two groups that says everything.
func handed(from, to person.GroupID) ticket.HandedOver {
	return ticket.HandedOver{From: from, To: to, Done: "重启过", Why: "要换硬件", Needed: "备件"}
}

func TestN11_AHandOverSaysEverythingAndIsNoPingPong(t *testing.T) {
	t.Parallel()
	silent := handed(1, 2)
	silent.Needed = ""
	prove(t, "N11", []proof{
		{"never handed over", slatest.New(ticket.Portal), norm.NA, "", 0, "", "never handed over"},
		{"once", slatest.New(ticket.Portal).Then(hour, handed(1, 2)), norm.Met, "handed_over", hour, "", "Hand-overs: 1"},
		{"there and back", slatest.New(ticket.Portal).Then(hour, handed(1, 2)).Then(hour, handed(2, 1)), norm.Met, "handed_over", 2 * hour, "", "Hand-overs: 2"},
		{"three groups, one after the other", slatest.New(ticket.Portal).Then(hour, handed(1, 2)).Then(hour, handed(2, 3)).Then(hour, handed(3, 1)), norm.Met, "handed_over", 3 * hour, "", "Hand-overs: 3"},
		{"the third between the same two", slatest.New(ticket.Portal).Then(hour, handed(1, 2)).Then(hour, handed(2, 1)).Then(hour, handed(1, 2)), norm.Missed, "handed_over", 3 * hour, "", "between the same two groups"},
		{
			"what is needed is left out, and said later", slatest.New(ticket.Portal).Then(hour, silent).Then(hour, handed(2, 3)),
			norm.Missed, "handed_over", hour, "", "did not say",
		},
		{
			"left out with a reason", slatest.New(ticket.Portal).Then(hour, ticket.Deviated{Clause: "N11", Gap: "gap.hand_over", Reason: "夜间紧急，先转"}).Then(0, silent),
			norm.Deviated, "handed_over", hour, "", "夜间紧急",
		},
	})
}

func TestN28_AHandOverIsTakenInTime(t *testing.T) {
	t.Parallel()
	accept := time.Duration(sla.Standard().Targets[triage.P3-1].Accept) * minute
	taken := ticket.Assigned{Assignee: 7}
	prove(t, "N28", []proof{
		{"never handed over", slatest.New(ticket.Portal), norm.NA, "", 0, "", "never handed over"},
		{"it waits", slatest.New(ticket.Portal).Then(hour, handed(1, 2)), norm.Open, "handed_over", hour + accept, "", "To be taken over"},
		{"taken in time", slatest.New(ticket.Portal).Then(hour, handed(1, 2)).Then(accept/2, taken), norm.Met, "handed_over", hour + accept/2, "", "taken in time"},
		{"lying", slatest.New(ticket.Portal).Then(hour, handed(1, 2)).Wait(accept + minute), norm.Missed, "handed_over", hour + accept, "", "should have been"},
		{"taken too late", slatest.New(ticket.Portal).Then(hour, handed(1, 2)).Then(accept+minute, taken), norm.Missed, "handed_over", hour + accept, "", "should have been"},
		{
			"the first lay, the second was taken", slatest.New(ticket.Portal).Then(hour, handed(1, 2)).Then(accept+minute, taken).Then(minute, handed(2, 3)).Then(minute, taken),
			norm.Missed, "handed_over", hour + accept, "", "should have been",
		},
	})
}

func TestN25_FirstSimpleThingsFirst(t *testing.T) {
	t.Parallel()
	guided := func(s ticket.GuideState) ticket.Guided {
		return ticket.Guided{Guide: ticket.Guide{Run: 1, Runbook: 1, Version: 1, Title: "网线", State: s, Reason: "用户在外地"}}
	}
	prove(t, "N25", []proof{
		{"none was needed", slatest.New(ticket.Portal), norm.NA, "", 0, "", "No runbook"},
		{"begun and stopped", slatest.New(ticket.Portal).Then(hour, guided(ticket.GuideBegun)).Then(hour, guided(ticket.GuideStopped)), norm.NA, "", 0, "", "No runbook"},
		{"followed", slatest.New(ticket.Portal).Then(hour, guided(ticket.GuideBegun)).Then(hour, guided(ticket.GuideUnsolved)), norm.Met, "guided", 2 * hour, "", "网线"},
		{"left out", slatest.New(ticket.Portal).Then(hour, guided(ticket.GuideWaived)), norm.Deviated, "guided", hour, "", "用户在外地"},
		{
			"handed over without, with a reason", slatest.New(ticket.Portal).Then(hour, ticket.Deviated{Clause: "N25", Gap: "gap.first_line", Reason: "整层断网，直接转网络组"}),
			norm.Deviated, "deviated", hour, "gap.first_line", "整层断网",
		},
	})
}

// docs/norm.md names what is judged and what is not: each clause of N1–N41 once.
func TestN2_ThePageOfTheStandardSaysWhatIsJudged(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../docs/norm.md")
	if err != nil {
		t.Fatal(err)
	}
	judged, rest, _ := strings.Cut(string(raw), "## Not judged")
	_, judged, _ = strings.Cut(judged, "## Judged")
	clause := regexp.MustCompile(`(?m)(?:^\| |^|· )(N\d+) `)
	named := func(text string) (out []string) {
		for _, m := range clause.FindAllStringSubmatch(text, -1) {
			out = append(out, m[1])
		}
		return out
	}
	pack, err := norm.Read("")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, c := range pack.Clauses() {
		if c.Judged() {
			want = append(want, c.ID)
		}
	}
	if diff := cmp.Diff(want, named(judged)); diff != "" {
		t.Error(diff)
	}
	if all := len(named(judged)) + len(named(rest)); all != 41 {
		t.Errorf("%d clauses are named, not 41: %q not judged", all, named(rest))
	}
}
