// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/event"
)

// life1 is one ticket that random people do random things to.
type life1 struct {
	gates   Gates
	t       Ticket
	records []event.Record
	facts   []Fact
	now     time.Time
	message MessageID
}

const (
	requester = person.ID(7)
	agentA    = person.ID(21)
	agentB    = person.ID(22)
	colleague = person.ID(31) // may take part
	stranger  = person.ID(99)
)

func newLife(t *rapid.T) *life1 {
	l := &life1{gates: StandardGates(), now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	born := Recorded{
		Of: Of{1}, Number: 1042, Token: "token", Subject: "VPN", Snippet: "VPN", Requester: requester,
		Channel: rapid.SampledFrom([]Channel{Portal, Mail, Phone}).Draw(t, "channel"), Message: 1,
		Intake: map[Element]Answer{Who: {Value: "王"}, Contact: {Value: "8206"}},
	}
	l.message = 1
	l.keep(t, access.Desk(), born)
	return l
}

// keep records facts as the service does, through JSON.
func (l *life1) keep(t *rapid.T, by access.Actor, list ...Fact) {
	for _, f := range list {
		data, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		l.records = append(l.records, event.Record{ID: int64(len(l.records) + 1), Name: f.EventName(), Subject: 1, Data: data, Meta: by.Meta(l.now)})
		l.facts = append(l.facts, f)
		l.t = Apply(l.t, f, by.Meta(l.now))
	}
	l.t.UpdatedAt = l.now
}

func (l *life1) world(by access.Actor) world {
	l.message++
	return world{
		by: by, at: l.now, matrix: triage.Standard(), message: l.message, missing: l.gates.missing, reopen: 14 * 24 * time.Hour,
		other: Ticket{ID: 2, Number: 1043, Requester: requester, Status: Opened},
		staff: map[person.ID]bool{agentA: true, agentB: true}, group: map[person.GroupID]bool{1: true, 2: true},
		category: map[catalog.CategoryID]bool{1: true}, service: map[catalog.ServiceID]bool{1: true},
		active: map[person.ID]bool{colleague: true, requester: true, agentB: true},
	}
}

// actors are everybody who may come near a ticket.
func actors() []access.Actor {
	return []access.Actor{
		{ID: int64(agentA), Kind: access.Person, Role: access.Agent, Via: "web"},
		{ID: int64(agentB), Kind: access.Person, Role: access.Lead, Via: "api"},
		{ID: int64(requester), Kind: access.Person, Role: access.Requester, Via: "portal"},
		{ID: int64(requester), Kind: access.Link, Role: access.Requester, Ticket: 1, Via: "link"},
		{ID: int64(colleague), Kind: access.Person, Role: access.Requester, Via: "portal"},
		{ID: int64(colleague), Kind: access.Link, Role: access.Requester, Ticket: 1, Via: "link"},
		{ID: int64(stranger), Kind: access.Person, Role: access.Requester, Via: "portal"},
		access.Desk(),
		{},
	}
}

func words(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", "重启后恢复", "cable", "不适用 / not applicable", "   "}).Draw(t, "words")
}

func people(t *rapid.T) person.ID {
	return rapid.SampledFrom([]person.ID{0, agentA, agentB, stranger}).Draw(t, "person")
}

func anyCommand(t *rapid.T, l *life1) Command {
	number := rapid.SampledFrom([]int{0, l.t.Detail.Resolutions, l.t.Detail.Resolutions - 1}).Draw(t, "resolutions")
	full := Solution{Text: "换线", Cause: "线坏", Prevention: "不适用", Verify: []string{"看画面"}}
	all := map[Element]Answer{}
	for _, e := range Elements() {
		all[e] = rapid.SampledFrom([]Answer{{Value: "x"}, {Unknown: true, Reason: "不清楚"}, {Unknown: true}, {}}).Draw(t, string(e))
	}
	return rapid.SampledFrom([]Command{
		Accept{},
		Assign{Owner: people(t), Assignee: people(t), Group: rapid.SampledFrom([]person.GroupID{0, 1, 3}).Draw(t, "group")},
		HandOver{Group: 2, Assignee: people(t), Done: words(t), Why: words(t), Needed: words(t)},
		HandOver{Group: 2, Done: "查了线路", Why: "交换机", Needed: "换口"},
		HandOver{Group: 1, Done: "查了线路", Why: "不是交换机", Needed: "看系统"},
		TakeOver{},
		RefuseHandOver{Reason: words(t)},
		RefuseHandOver{Reason: "不归我们管这一块"},
		Classify{Category: 1, Service: 1, Subject: words(t)},
		Grade{Answers: triage.Answers{Core: true, Affected: triage.Team, Halt: triage.Stopped}},
		Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Working}, Override: triage.P1, Reason: words(t)},
		Record{Intake: all},
		ReadBackWith{Items: []Element{Who, Symptom}},
		Reply{Say: Say{Text: "您好"}},
		Reply{Say: Say{Text: "还没好"}}.External(),
		Note{Say: Say{Text: "查日志"}},
		Diagnose{Line: rapid.IntRange(0, 3).Draw(t, "line"), Hypothesis: words(t), Check: words(t), Result: words(t), Judgement: rapid.SampledFrom(append(Judgements(), "", "x")).Draw(t, "judgement")},
		CallRecord{Say: Say{Text: "通话"}, Spoke: rapid.Bool().Draw(t, "spoke")},
		HoldFor{Reason: rapid.SampledFrom(WaitingReasons()).Draw(t, "reason"), Stuck: words(t), Doing: words(t), Next: l.now.Add(time.Hour)},
		HoldFor{Reason: Blocked, Stuck: "等备件", Doing: "催货", Next: l.now.Add(time.Hour)},
		Resume{},
		Resolve{Solution: Solution{Text: words(t), Cause: words(t), Prevention: words(t), Verify: []string{words(t)}}},
		Resolve{Solution: full, Difficulties: words(t), Approach: words(t)},
		Confirm{Resolutions: number},
		Confirm{How: "phone", Evidence: words(t)},
		AskReadBack{},
		AnswerReadBack{Right: true, Mark: "x"},
		Rate{Score: rapid.IntRange(0, 6).Draw(t, "score"), Comment: words(t)},
		OpenOriginal{Inbound: 7},
		NoteRemote{Fact: RemoteStarted{Session: 1, Way: RemoteShare, Viewer: agentA}},
		NoteRemote{Fact: RemoteEnded{Session: 1, Way: RemoteShare}},
		Reject{Reason: words(t), Resolutions: number},
		Archive{Difficulties: words(t), Approach: words(t)},
		Archive{Difficulties: "无", Approach: "无"},
		Close{As: rapid.SampledFrom([]Outcome{Confirmed, Unconfirmed, Cancelled, Duplicate, Invalid, "x"}).Draw(t, "as"), Reason: words(t)},
		Reopen{Reason: words(t)},
		Reopen{Reason: "又坏了"},
		Merge{Into: 2},
		Link{To: 2},
		AddParticipant{Person: rapid.SampledFrom([]person.ID{colleague, requester, agentB, stranger, 0}).Draw(t, "joins")},
		AddParticipant{Person: colleague, Address: "colleague@example.test"},
		RemoveParticipant{Person: rapid.SampledFrom([]person.ID{colleague, agentB, 0}).Draw(t, "leaves")},
		RemoveParticipant{Address: "colleague@example.test"},
		Leave{},
		LeaveOut{Address: rapid.SampledFrom([]string{"Liu@example.test", "x", ""}).Draw(t, "left out")},
		Deviate{Gap: rapid.SampledFrom([]string{"gap.intake", "gap.read_back", "gap.grade", "gap.solution", "gap.verify", "gap.cause", "gap.closure", "gap.confirmed", "gap.nothing"}).Draw(t, "gap"), Reason: "现场紧急，事后补录"},
		Expire{Resolutions: number},
		Finish{},
	}).Draw(t, "command")
}

// TestN36_NoWayAroundTheGates drives random commands by random people and looks at what must
// always hold: the standard's invariants, and that the events alone give the ticket (P7, N12, N35).
func TestN36_NoWayAroundTheGates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			l.now = l.now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour)
			by := rapid.SampledFrom(actors()).Draw(t, "actor")
			cmd := anyCommand(t, l)
			before := copyOf(t, l.t)
			if access.Can(by, access.TicketRead, l.t.Object()) != nil || access.Can(by, action(cmd, by, l.t), l.t.Object()) != nil {
				continue
			}
			after, list, err := l.gates.step(l.t, l.world(by), cmd)
			if d := cmp.Diff(before, l.t); d != "" {
				t.Fatalf("%s changed the ticket it was decided against:\n%s", cmd.Name(), d)
			}
			if err != nil {
				continue
			}
			if by.ID == int64(colleague) && (cmd.Name() != CmdReply && cmd.Name() != CmdLeave || !before.TakesPart(colleague)) {
				t.Fatalf("%s by somebody who takes part at most (S20, N35)", cmd.Name())
			}
			if !May(cmd.Name(), before.Status) {
				t.Fatalf("%s went through from %s", cmd.Name(), before.Status)
			}
			l.keep(t, by, list...)
			if d := cmp.Diff(after, l.t); d != "" {
				t.Fatalf("what step returned is not what its facts say:\n%s", d)
			}
			l.hold(t, before)
		}
		folded, err := Fold(Ticket{}, l.records)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(l.t, folded); d != "" {
			t.Fatalf("folding the stored facts does not give the ticket:\n%s", d)
		}
	})
}

func copyOf(t *rapid.T, v Ticket) (out Ticket) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// hold looks at everything that must be true of a ticket at any moment.
func (l *life1) hold(t *rapid.T, before Ticket) {
	v := l.t
	broken := func(format string, args ...any) { t.Fatalf("%s: %s", v.Status, fmt.Sprintf(format, args...)) }
	if (v.Status == Opened || v.Status == Pending || v.Status == Resolved) && v.Owner == 0 {
		broken("nobody is accountable (N12)")
	}
	if (v.Pending != "") != (v.Status == Pending) {
		broken("waits for %q", v.Pending)
	}
	if open := slices.IndexFunc(v.Detail.Waits, func(w Wait) bool { return w.To.IsZero() }); (open >= 0) != (v.Status == Pending) {
		broken("the running wait does not fit the status")
	}
	if v.Status == Resolved && before.Status != Resolved {
		if v.Detail.Solution.Text == "" {
			broken("resolved without a solution (N32)")
		}
		if gaps := l.gates.missing(CmdResolve, v); len(gaps) > 0 {
			broken("resolved past %v", gaps)
		}
	}
	if (v.ClosedAs != "") != (v.Status == Closed) {
		broken("closed as %q", v.ClosedAs)
	}
	if v.Status == Closed && before.Status != Closed {
		if gaps := l.gates.missing(CmdClose, v); len(gaps) > 0 {
			broken("closed past %v (N36)", gaps)
		}
	}
	if v.ClosedAs == Confirmed || v.ClosedAs == Unconfirmed {
		if !l.written() {
			broken("closed with the closure sheet of a solution that did not last (N36)")
		}
	}
	switch v.ClosedAs {
	case Confirmed:
		if !l.since(SolutionGiven{}.EventName(), UserConfirmed{}.EventName()) {
			broken("confirmed without the user's word (N35)")
		}
	case Unconfirmed:
		if !l.since(SolutionGiven{}.EventName(), TimeUp{}.EventName()) || l.since(SolutionGiven{}.EventName(), UserConfirmed{}.EventName()) {
			broken("unconfirmed, but not because the time was up (N35)")
		}
		if !l.since(UserRejected{}.EventName(), TimeUp{}.EventName()) {
			broken("unconfirmed, and the requester had said that it does not work (N35)")
		}
		if v.LastRequesterAt.After(v.Detail.Expired) {
			broken("unconfirmed, and the requester had written since the time was up (N29, N35)")
		}
	case Duplicate:
		if v.MergedInto == 0 {
			broken("a duplicate of nothing")
		}
	case Cancelled, Invalid, "":
	}
	if v.Number != 1042 || v.Requester != requester || v.CreatedAt.After(v.UpdatedAt) {
		broken("what never changes changed")
	}
	if v.TakesPart(requester) || v.TakesPart(stranger) || len(v.Detail.Participants) > 2 {
		broken("%v take part", v.Detail.Participants)
	}
	if v.Graded && v.Priority != v.Detail.Computed && v.Detail.Override == "" {
		broken("overridden without a reason (N22)")
	}
	if !before.FirstResponseAt.IsZero() && !v.FirstResponseAt.Equal(before.FirstResponseAt) {
		broken("the first response moved (N3)")
	}
}

// written reports whether the closure sheet was written, or excused, after the last time that
// the user said that it does not work.
func (l *life1) written() bool {
	sheet, excused := false, false
	for _, f := range l.facts {
		switch f := f.(type) {
		case UserRejected, Reopened:
			sheet, excused = false, false
		case Archived:
			sheet = f.Difficulties != "" && f.Approach != ""
		case Deviated:
			excused = excused || f.Gap == "gap.closure"
		}
	}
	return sheet || excused
}

// since reports whether the fact named last happened after the latest one named first.
func (l *life1) since(first, last string) bool {
	seen := false
	for _, f := range l.facts {
		switch f.EventName() {
		case first:
			seen = false
		case last:
			seen = true
		}
	}
	return seen
}

// TestN36_TheTableOfTheLife names every command that may start from each status.
func TestN36_TheTableOfTheLife(t *testing.T) {
	t.Parallel()
	want := map[Status]string{
		New:      "[accept add-participant answer answer-read-back ask ask-read-back assign call classify close deed deviate device diagnose fill grade guide keep-out leave leave-out link merge note open-original pace promise-call read-back record remote remove-participant reply split take-back tell-approval]",
		Opened:   "[add-participant answer answer-read-back archive ask ask-read-back assign call classify close deed deviate device diagnose fill grade guide hand-over hold keep-out leave leave-out link merge note open-original pace promise-call read-back record refuse-hand-over remote remove-participant reply resolve split take-back take-over tell-approval visit visit-step]",
		Pending:  "[add-participant answer answer-read-back archive ask ask-read-back assign call classify close deed deviate device diagnose fill grade guide hand-over hold keep-out leave leave-out link merge note open-original pace promise-call read-back record refuse-hand-over remind-vendor remote remove-participant reply resolve resume split take-back take-over tell-approval visit visit-step]",
		Resolved: "[add-participant answer answer-read-back archive ask ask-read-back assign call classify close confirm deed deviate device diagnose expire fill finish guide keep-out leave leave-out link note open-original pace promise-call rate read-back record reject remind-user remote remove-participant reply split take-back tell-approval visit-step]",
		Closed:   "[add-participant call device keep-out leave leave-out link note open-original pace rate remote remove-participant reopen split take-back tell-approval visit-step]",
	}
	for _, s := range Statuses() {
		if got := fmt.Sprint(Commands(s)); got != want[s] {
			t.Errorf("from %s:\n got %s\nwant %s", s, got, want[s])
		}
	}
}
