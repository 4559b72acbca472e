// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// numbers are the tickets that somebody may list.
func (r *room) numbers(by access.Actor) []int64 {
	r.Helper()
	p, err := r.List(r.Context(), by, ticket.Filter{View: ticket.All})
	if err != nil {
		r.Fatal(err)
	}
	var out []int64
	for _, t := range p.Tickets {
		out = append(out, t.Number)
	}
	slices.Sort(out)
	return out
}

// TestS20_S24_WhoTakesPartSeesTheTicketAndNoOther: list, count and reading agree, and end
// together.
func TestS20_S24_WhoTakesPartSeesTheTicketAndNoOther(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x, y := r.record("报表导不出"), r.record("另一件事")
		tom := person.ID(r.other.ID)
		if got := r.numbers(r.other); len(got) != 0 {
			t.Fatalf("listed before: %v", got)
		}
		r.do(r.agent, x, ticket.Note{Say: ticket.Say{Text: "内部线索"}})
		x = r.do(r.agent, x, ticket.AddParticipant{Person: tom})
		if d := cmp.Diff([]int64{x.Number}, r.numbers(r.other)); d != "" {
			t.Errorf("listed while taking part (-want +got):\n%s", d)
		}
		if n := r.Counts(t.Context(), r.other).Views[ticket.Risk]; n != 1 {
			t.Errorf("counts %d", n)
		}
		parts := r.Parts
		parts.Jobs = nil // one queue has one room
		again := ticket.NewService(parts)
		if err := again.LoadBoard(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := again.Counts(t.Context(), r.other).Views[ticket.Risk]; n != 1 {
			t.Errorf("counts %d after a restart", n)
		}
		got, err := r.Get(t.Context(), r.other, ticket.Target{ID: x.ID})
		if err != nil {
			t.Fatal(err)
		}
		thread, err := r.Thread(t.Context(), r.other, got)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range thread {
			if e.Message != nil && e.Message.Kind != ticket.Public {
				t.Errorf("an internal word is shown: %s", e.Message.Text)
			}
		}
		if _, err := r.Get(t.Context(), r.other, ticket.Target{ID: y.ID}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another ticket of the requester: %v", err)
		}
		r.do(r.other, x, ticket.Reply{Say: ticket.Say{Text: "我这里也一样"}})
		link := access.Actor{ID: r.other.ID, Kind: access.Link, Ticket: int64(x.ID), Via: "link"}
		if d := cmp.Diff([]int64{x.Number}, r.numbers(link)); d != "" {
			t.Errorf("by link (-want +got):\n%s", d)
		}
		if d := cmp.Diff(r.now(x).Detail, r.rebuilt(x).Detail); d != "" {
			t.Errorf("the facts do not give the row (-row +facts):\n%s", d)
		}

		x = r.do(r.agent, x, ticket.RemoveParticipant{Person: tom})
		if got := r.numbers(r.other); len(got) != 0 {
			t.Errorf("still listed: %v", got)
		}
		if n := r.Counts(t.Context(), r.other).Views[ticket.Risk]; n != 0 {
			t.Errorf("still counts %d", n)
		}
		for _, by := range []access.Actor{r.other, link} {
			if _, err := r.Get(t.Context(), by, ticket.Target{ID: x.ID}); errs.KindOf(err) != errs.NotFound {
				t.Errorf("still read: %v", err)
			}
			if _, err := r.Do(t.Context(), by, ticket.Target{ID: x.ID}, ticket.Reply{Say: ticket.Say{Text: "x"}}); errs.KindOf(err) != errs.NotFound {
				t.Errorf("still speaks: %v", err)
			}
		}
	})
}

func (r *room) now(t ticket.Ticket) ticket.Ticket {
	r.Helper()
	out, err := r.Get(r.Context(), r.agent, ticket.Target{ID: t.ID})
	if err != nil {
		r.Fatal(err)
	}
	return out
}

// TestS20_WhoTakesPartDoesNothingElse gives every other command as somebody who takes part.
func TestS20_N35_WhoTakesPartDoesNothingElse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.complete(r.record("打印机没反应"))
		r.do(r.agent, x, ticket.AddParticipant{Person: person.ID(r.other.ID)})
		x = r.do(r.agent, x, ticket.Resolve{Solution: solution()})
		link := access.Actor{ID: r.other.ID, Kind: access.Link, Ticket: int64(x.ID), Via: "link"}
		for _, by := range []access.Actor{r.other, link} {
			for _, cmd := range []ticket.Command{
				ticket.Confirm{},
				ticket.Reject{Reason: "x"},
				ticket.Close{As: ticket.Cancelled, Reason: "x"},
				ticket.Reopen{Reason: "x"},
				ticket.Note{Say: ticket.Say{Text: "x"}},
				ticket.Assign{Owner: 1},
				ticket.Deviate{Gap: "gap.closure", Reason: "没有理由"},
				ticket.AddParticipant{Address: "x@example.test"},
				ticket.RemoveParticipant{Person: person.ID(r.other.ID)},
				ticket.RemoveParticipant{Address: "x@example.test"},
				ticket.LeaveOut{Address: "x@example.test"},
				ticket.CallRecord{Say: ticket.Say{Text: "x"}},
				ticket.Archive{Difficulties: "x", Approach: "x"},
			} {
				if _, err := r.Do(t.Context(), by, ticket.Target{ID: x.ID}, cmd); errs.KindOf(err) != errs.Denied {
					t.Errorf("%s by %s: %v", cmd.Name(), by.Kind, err)
				}
			}
		}
		if got := r.now(x); got.Status != ticket.Resolved || got.Version != x.Version {
			t.Errorf("the ticket changed: %s, version %d, was %d", got.Status, got.Version, x.Version)
		}
	})
}

// TestS07_S24_WhoMayLetSomebodyTakePart: staff anybody, even whom nobody knew; the requester those
// whose address they know, never by key.
func TestS07_S24_WhoMayLetSomebodyTakePart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record("报表导不出")
		refused := func(by access.Actor, cmd ticket.Command, kind errs.Kind, key string) {
			t.Helper()
			_, err := r.Do(t.Context(), by, ticket.Target{ID: x.ID}, cmd)
			known := errs.As(err)
			if errs.KindOf(err) != kind || (key != "" && (known == nil || (known.Key != key && (len(known.Fields) == 0 || known.Fields[0].Key != key)))) {
				t.Errorf("%+v: %v, want %s", cmd, err, key)
			}
		}
		tom, err := r.people.Get(t.Context(), person.ID(r.other.ID))
		if err != nil {
			t.Fatal(err)
		}
		refused(r.requester, ticket.AddParticipant{Person: tom.ID}, errs.Invalid, "ticket.participant_unknown")
		refused(r.requester, ticket.AddParticipant{Person: tom.ID, Address: "no address"}, errs.Invalid, "person.email_shape")
		refused(r.other, ticket.AddParticipant{Address: tom.Email}, errs.NotFound, "")
		refused(r.agent, ticket.AddParticipant{Person: x.Requester}, errs.Invalid, "ticket.participant_requester")
		refused(r.agent, ticket.AddParticipant{Person: 999}, errs.Invalid, "ticket.participant_unknown")
		refused(r.agent, ticket.AddParticipant{Address: "no address"}, errs.Invalid, "person.email_shape")
		refused(r.agent, ticket.RemoveParticipant{Person: tom.ID}, errs.Conflict, "ticket.participant_not")

		x = r.do(r.requester, x, ticket.AddParticipant{Address: tom.Email})
		refused(r.agent, ticket.AddParticipant{Person: tom.ID}, errs.Conflict, "ticket.participant_already")
		x = r.do(r.requester, x, ticket.RemoveParticipant{Address: tom.Email})
		x = r.do(r.requester, x, ticket.AddParticipant{Address: tom.Email}) // taken back
		x = r.do(r.agent, x, ticket.AddParticipant{Address: "New.One@Example.test"})
		who, err := r.people.ByEmail(t.Context(), "new.one@example.test")
		if err != nil || who.Role != access.Requester || !x.TakesPart(who.ID) {
			t.Errorf("%+v %v takes part: %v", who, err, x.Detail.Participants)
		}
	})
}

// TestS07_CopiedPeopleAreProposedNeverAdded: what a mail names is kept and asked about.
func TestS07_CopiedPeopleAreProposedNeverAdded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tom, err := r.people.Get(t.Context(), person.ID(r.other.ID))
		if err != nil {
			t.Fatal(err)
		}
		x := r.record("报表导不出")
		say := ticket.Say{Text: "请看", Copied: []string{tom.Email, "liu@example.test", "chen@example.test"}}
		x = r.do(access.Desk(), x, ticket.Reply{Say: say}.External())
		proposed := func(want ...string) {
			t.Helper()
			got, err := r.Proposed(t.Context(), r.agent, r.now(x))
			if d := cmp.Diff(want, got); err != nil || d != "" {
				t.Errorf("proposed: %v (-want +got)\n%s", err, d)
			}
		}
		proposed(say.Copied...)
		if len(x.Detail.Participants) != 0 || len(r.numbers(r.other)) != 0 {
			t.Error("somebody takes part by being named")
		}
		if _, err := r.Proposed(t.Context(), r.requester, x); errs.KindOf(err) != errs.Denied {
			t.Errorf("the requester is asked: %v", err)
		}
		x = r.do(r.agent, x, ticket.AddParticipant{Address: tom.Email})
		x = r.do(r.agent, x, ticket.LeaveOut{Address: "liu@example.test"})
		proposed("chen@example.test")
		x = r.do(access.Desk(), x, ticket.Reply{Say: say}.External())
		proposed("chen@example.test")
		r.do(r.agent, x, ticket.RemoveParticipant{Person: tom.ID})
		proposed("chen@example.test")
	})
}

// TestS07_TheDeskTakesNoPartInItsOwnTickets: it would write to itself, by the token in the address.
func TestS07_TheDeskTakesNoPartInItsOwnTickets(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.Own = func(address string) bool { return strings.HasPrefix(address, "desk") }
		x := r.record("报表导不出")
		for _, by := range []access.Actor{r.agent, r.requester} {
			_, err := r.Do(t.Context(), by, ticket.Target{ID: x.ID}, ticket.AddParticipant{Address: "Desk+t1-2-abc@example.org"})
			if known := errs.As(err); known == nil || len(known.Fields) != 1 || known.Fields[0].Key != "ticket.participant_own" {
				t.Errorf("%s: %v", by.Role, err)
			}
		}
		if _, err := r.people.ByEmail(t.Context(), "desk+t1-2-abc@example.org"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("it became a person: %v", err)
		}
		if now := r.do(r.agent, x, ticket.AddParticipant{Address: "li@example.net"}); len(now.Detail.Participants) != 1 {
			t.Errorf("%+v", now.Detail.Participants)
		}
	})
}

// TestS24_S48_TheAnswerIsTheSameForEveryAddress: known, unknown, disabled and parted addresses are
// asked for, shown and taken back in the same way; only staff see who is known.
func TestS24_S48_TheAnswerIsTheSameForEveryAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record("报表导不出")
		tom, err := r.people.Get(t.Context(), person.ID(r.other.ID))
		if err != nil {
			t.Fatal(err)
		}
		const unknown = "nobody@example.test"
		shape := func(address string) (out []string) {
			say := func(what string, err error) {
				key := ""
				if e := errs.As(err); e != nil {
					key = e.Key
				}
				out = append(out, what+":"+errs.KindOf(err).String()+":"+key)
			}
			for _, cmd := range []ticket.Command{
				ticket.AddParticipant{Address: address},
				ticket.AddParticipant{Address: address},
				ticket.RemoveParticipant{Person: tom.ID}, // as if their key were known
				ticket.RemoveParticipant{Address: address},
				ticket.RemoveParticipant{Address: address},
				ticket.AddParticipant{Address: address},
			} {
				y, err := r.Do(t.Context(), r.requester, ticket.Target{ID: x.ID}, cmd)
				say(string(cmd.Name()), err)
				if err == nil && (len(y.Shown()) != 0 || len(y.Detail.Named) > 1) {
					t.Errorf("%s shows %v and %v", address, y.Shown(), y.Detail.Named)
				}
				list, err := r.Thread(t.Context(), r.requester, y)
				if say("thread", err); len(list) > 3 {
					t.Errorf("the thread tells of it: %d entries", len(list))
				}
			}
			r.do(r.requester, x, ticket.RemoveParticipant{Address: address})
			return out
		}
		known, not := shape(tom.Email), shape(unknown)
		if d := cmp.Diff(not, known); d != "" {
			t.Errorf("unknown and known differ (-unknown +known):\n%s", d)
		}

		x = r.do(r.requester, x, ticket.AddParticipant{Address: tom.Email})
		x = r.do(r.requester, x, ticket.AddParticipant{Address: unknown})
		if !x.TakesPart(tom.ID) || len(x.Detail.Participants) != 1 {
			t.Fatalf("%v take part", x.Detail.Participants)
		}
		if got, err := r.Proposed(t.Context(), r.agent, x); err != nil || len(got) != 1 || got[0] != unknown {
			t.Errorf("staff are asked about %v %v", got, err)
		}
		x = r.do(r.agent, x, ticket.AddParticipant{Address: unknown})
		if len(x.Detail.Participants) != 2 || len(x.Detail.Named) != 2 || len(x.Shown()) != 0 {
			t.Errorf("added by staff: %v, named %v, shown %v", x.Detail.Participants, x.Detail.Named, x.Shown())
		}
	})
}

// TestS20_WhoTakesPartLeavesByThemselves: signed in or by link, at once, and the requester does
// not bring them back; staff may.
func TestS20_WhoTakesPartLeavesByThemselves(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tom, err := r.people.Get(t.Context(), person.ID(r.other.ID))
		if err != nil {
			t.Fatal(err)
		}
		x := r.record("报表导不出")
		link := access.Actor{ID: r.other.ID, Kind: access.Link, Ticket: int64(x.ID), Via: "link"}
		x = r.do(r.requester, x, ticket.AddParticipant{Address: tom.Email})
		x = r.do(link, x, ticket.Leave{})
		if x.TakesPart(tom.ID) || len(x.Detail.Named) != 0 || len(r.numbers(r.other)) != 0 {
			t.Fatalf("after leaving %v take part, %v named", x.Detail.Participants, x.Detail.Named)
		}
		if _, err := r.Get(t.Context(), link, ticket.Target{ID: x.ID}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the link still reads: %v", err)
		}
		if x = r.do(r.requester, x, ticket.AddParticipant{Address: tom.Email}); x.TakesPart(tom.ID) {
			t.Error("the requester brought them back")
		}
		if x = r.do(r.agent, x, ticket.AddParticipant{Person: tom.ID}); !x.TakesPart(tom.ID) {
			t.Error("staff do not bring them back")
		}
		x = r.do(r.other, x, ticket.Leave{})
		for _, by := range []access.Actor{r.requester, r.agent} {
			if _, err := r.Do(t.Context(), by, ticket.Target{ID: x.ID}, ticket.Leave{}); errs.KindOf(err) != errs.Conflict {
				t.Errorf("%s leaves: %v", by.Role, err)
			}
		}
	})
}

// TestN14_S20_AMergeCarriesWhoTakesPart: they follow the ticket that goes on; whoever left that one
// does not come back by it.
func TestN14_S20_AMergeCarriesWhoTakesPart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		tom := person.ID(r.other.ID)
		x, y := r.record("报表导不出"), r.record("还是报表")
		r.do(r.agent, x, ticket.AddParticipant{Person: tom})
		r.do(r.agent, x, ticket.AddParticipant{Address: "new@example.test"})
		x = r.do(r.requester, x, ticket.AddParticipant{Address: "nobody@example.test"})
		x = r.do(r.agent, x, ticket.Merge{Into: y.ID})
		got := r.now(y)
		if d := cmp.Diff(x.Detail.Participants, got.Detail.Participants); d != "" || len(got.Detail.Participants) != 2 || len(got.Detail.Named) != 1 {
			t.Errorf("carried %v and %v (-want +got):\n%s", got.Detail.Participants, got.Detail.Named, d)
		}
		if !slices.Contains(r.numbers(r.other), y.Number) {
			t.Error("it is not on their list")
		}
		folded, err := r.Rebuilt(t.Context(), y.ID)
		if d := cmp.Diff(got.Detail, folded.Detail); err != nil || d != "" {
			t.Errorf("the facts say otherwise: %v\n%s", err, d)
		}

		z := r.record("又是报表")
		r.do(r.agent, z, ticket.AddParticipant{Person: tom})
		r.do(r.other, y, ticket.Leave{})
		r.do(r.agent, z, ticket.Merge{Into: y.ID})
		if r.now(y).TakesPart(tom) {
			t.Error("a merge brought back whoever had left")
		}
	})
}

// TestS17_NothingOfAnotherTicketIsReadThroughThisOne: a message or a file is named together with
// its ticket; through another one, though both may be read, there is nothing there, and a file of
// another message is attached to none.
func TestS17_NothingOfAnotherTicketIsReadThroughThisOne(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x, y := r.record("报表导不出"), r.record("另一件事")
		file, err := r.Stage(t.Context(), r.agent, ticket.File{Name: "a.txt", Data: strings.NewReader("内部")})
		if err != nil {
			t.Fatal(err)
		}
		r.do(r.agent, y, ticket.Note{Say: ticket.Say{Text: "内部线索", Files: []string{file.Token}}})
		thread, err := r.Thread(t.Context(), r.agent, y)
		if err != nil {
			t.Fatal(err)
		}
		note := thread[len(thread)-1].Message
		for name, by := range map[string]access.Actor{"agent": r.agent, "requester": r.requester} {
			if _, err := r.MessageOf(t.Context(), by, x, note.ID); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s reads a message of another ticket: %v", name, err)
			}
			if _, body, err := r.Attachment(t.Context(), by, x.ID, file.Token); errs.KindOf(err) != errs.NotFound {
				t.Errorf("%s reads a file of another ticket: %v %v", name, body, err)
			}
			if _, err := r.Do(t.Context(), by, ticket.Target{ID: x.ID}, ticket.Reply{Say: ticket.Say{Text: "x", Files: []string{file.Token}}}); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s attaches a file of another message: %v", name, err)
			}
		}
		if _, err := r.MessageOf(t.Context(), r.requester, y, note.ID); errs.KindOf(err) != errs.NotFound {
			t.Errorf("the requester reads an internal word: %v", err)
		}
		if _, err := r.Do(t.Context(), r.requester, ticket.Target{ID: x.ID}, ticket.Merge{Into: y.ID}); errs.KindOf(err) != errs.Denied {
			t.Errorf("the requester merges: %v", err)
		}
	})
}
