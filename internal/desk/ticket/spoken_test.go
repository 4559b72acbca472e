// SPDX-License-Identifier: Apache-2.0

package ticket_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// spoken is a request that was taken down on the telephone and not read back.
func (r *room) spoken() ticket.Ticket {
	r.Helper()
	t, _, err := r.Record(r.Context(), r.agent, ticket.Request{
		Requester: person.ID(r.requester.ID), Channel: ticket.Phone, Say: ticket.Say{Text: "扫码没有反应", Channel: ticket.Phone, Seconds: 90},
		Intake: map[ticket.Element]ticket.Answer{ticket.Since: {Value: "08:30"}, ticket.Wanted: {Unknown: true, Reason: "看安排"}},
	})
	if err != nil {
		r.Fatal(err)
	}
	return t
}

func (r *room) link(t ticket.Ticket) access.Actor {
	return access.Actor{Kind: access.Link, ID: r.requester.ID, Ticket: int64(t.ID), Via: "link", Role: access.Requester}
}

func key(err error) string {
	if e := errs.As(err); e != nil {
		return e.Key
	}
	return ""
}

func TestN18_ASpokenRequestStaysInIntakeUntilItIsReadBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		next := r.clock.Now().Add(time.Hour)
		for name, cmd := range map[string]ticket.Command{
			"handing over": ticket.HandOver{Group: r.group, Done: "问过", Why: "要换设备", Needed: "备件"},
			"waiting":      ticket.HoldFor{Reason: ticket.ForVendor, Next: next},
			"a solution":   ticket.Resolve{Solution: solution()},
		} {
			v := r.complete(r.spoken())
			_, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, cmd)
			if e := errs.As(err); e == nil || e.Kind != errs.Missing || len(e.Gaps) != 1 || e.Gaps[0].Key != "gap.read_back" {
				t.Errorf("%s: %v, want the gate of N18", name, err)
			}
			r.do(r.agent, v, ticket.Deviate{Gap: "gap.read_back", Reason: "对方挂了电话，急单"})
			r.do(r.agent, v, cmd)
		}
		// To wait for the caller's own word is the way on, and what was written needs none of it.
		r.do(r.agent, r.complete(r.spoken()), ticket.HoldFor{Reason: ticket.ForRequester, Next: next})
		r.do(r.agent, r.complete(r.record("写下来的")), ticket.HoldFor{Reason: ticket.ForVendor, Next: next})
	})
}

func TestN18_A37_TheCallerConfirmsTheRecordTheyRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.complete(r.spoken())
		by := r.link(v)
		answer := func(c ticket.AnswerReadBack) error {
			_, err := r.Do(t.Context(), by, ticket.Target{ID: v.ID}, c)
			return err
		}
		if err := answer(ticket.AnswerReadBack{Right: true, Mark: v.RecordMark()}); key(err) != "ticket.read_back_unasked" {
			t.Errorf("before anybody asked: %v", err)
		}
		v = r.do(r.agent, v, ticket.AskReadBack{})
		if !v.Unheard() {
			t.Error("to ask is not to be heard")
		}
		old := v.RecordMark()
		v = r.do(r.agent, v, ticket.Record{Intake: map[ticket.Element]ticket.Answer{ticket.Since: {Value: "08:45"}}})
		if err := answer(ticket.AnswerReadBack{Right: true, Mark: old}); key(err) != "ticket.read_back_moved" {
			t.Errorf("a word for another record: %v", err)
		}
		if err := answer(ticket.AnswerReadBack{Mark: v.RecordMark(), Say: ticket.Say{Text: " "}}); key(err) != "errs.invalid" && errs.KindOf(err) != errs.Invalid {
			t.Errorf("wrong without a word: %v", err)
		}
		if err := answer(ticket.AnswerReadBack{Mark: v.RecordMark(), Say: ticket.Say{Text: "是 9 点，不是 8 点"}}); err != nil {
			t.Fatal(err)
		}
		if v = r.now(v); v.Detail.ReadBack.Wrong != "是 9 点，不是 8 点" || !v.Unheard() || !v.Waiting() {
			t.Errorf("%+v", v.Detail.ReadBack)
		}
		if err := answer(ticket.AnswerReadBack{Right: true, Mark: v.RecordMark()}); err != nil {
			t.Fatal(err)
		}
		if v = r.now(v); v.Unheard() || v.Detail.ReadBack.How != "link" || len(v.Detail.ReadBack.Items) != 7 || v.Detail.ReadBack.Wrong != "" {
			t.Errorf("%+v", v.Detail.ReadBack)
		}
		// The same press again, and the agent's, find it done and change nothing.
		if err := answer(ticket.AnswerReadBack{Right: true, Mark: v.RecordMark()}); key(err) != "ticket.read_back_done" {
			t.Errorf("again: %v", err)
		}
		_, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, ticket.AskReadBack{})
		if key(err) != "ticket.read_back_done" {
			t.Errorf("asked again: %v", err)
		}
		if got := r.now(v); got.Version != v.Version {
			t.Errorf("version %d became %d", v.Version, got.Version)
		}
		for name, other := range map[string]access.Actor{"a stranger": r.other, "an agent": r.agent} {
			if _, err := r.Do(t.Context(), other, ticket.Target{ID: v.ID}, ticket.AnswerReadBack{Right: true, Mark: v.RecordMark()}); err == nil || errs.KindOf(err) == errs.Conflict {
				t.Errorf("%s answers for the requester: %v", name, err)
			}
		}
		if d := cmp.Diff(r.rebuilt(v).Detail, r.now(v).Detail); d != "" {
			t.Error(d)
		}
	})
}

func TestN18_N20_APromisedCallIsOwedUntilItIsMade(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		v := r.complete(r.spoken())
		at := r.clock.Now().Add(2 * time.Hour)
		for name, tt := range map[string]struct {
			cmd        ticket.PromiseCall
			field, key string
		}{
			"no time":       {ticket.PromiseCall{Number: "8009"}, "call_at", "ticket.call_at_needed"},
			"gone":          {ticket.PromiseCall{Number: "8009", At: r.clock.Now()}, "call_at", "ticket.call_at_past"},
			"in two years":  {ticket.PromiseCall{Number: "8009", At: r.clock.Now().AddDate(2, 0, 0)}, "call_at", "ticket.call_at_far"},
			"no number":     {ticket.PromiseCall{At: at, Number: "打她手机"}, "call_number", "ticket.call_number"},
			"not of staff":  {ticket.PromiseCall{At: at, Number: "8009", Who: person.ID(r.requester.ID)}, "call_who", "ticket.assignee_unknown"},
			"empty at last": {ticket.PromiseCall{At: at}, "call_number", "ticket.call_number"},
		} {
			_, err := r.Do(t.Context(), r.agent, ticket.Target{ID: v.ID}, tt.cmd)
			if e := errs.As(err); e == nil || len(e.Fields) != 1 || e.Fields[0].Name != tt.field || e.Fields[0].Key != tt.key {
				t.Errorf("%s: %v", name, err)
			}
		}
		ack := r.now(v).PromiseAt
		v = r.do(r.agent, v, ticket.PromiseCall{At: at, Number: "分机 8009", Who: person.ID(r.agent.ID)})
		if v.Detail.CallBack.Number != "分机 8009" || !v.Detail.CallBack.At.Equal(at) {
			t.Errorf("%+v", v.Detail.CallBack)
		}
		v = r.do(r.agent, v, ticket.Reply{Say: ticket.Say{Text: "已经在看"}})
		if !v.PromiseAt.Equal(at) {
			t.Errorf("a word settles the rest and leaves the call: %v, told %v, want %v", v.PromiseAt, ack, at)
		}
		later := at.Add(time.Hour)
		if v = r.do(r.agent, v, ticket.PromiseCall{At: later, Number: "8009"}); !v.PromiseAt.Equal(later) || len(v.Detail.Owed) != 1 {
			t.Errorf("another appointment: %+v", v.Detail.Owed)
		}
		v = r.do(r.agent, v, ticket.CallRecord{Say: ticket.Say{Text: "没人接", Seconds: 30}})
		if !v.PromiseAt.IsZero() || !v.Detail.CallBack.At.IsZero() {
			t.Errorf("called: %v, %+v", v.PromiseAt, v.Detail.CallBack)
		}
		if d := cmp.Diff(r.rebuilt(v).Detail, r.now(v).Detail); d != "" {
			t.Error(d)
		}
	})
}
