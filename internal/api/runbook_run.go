// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

type (
	// RunAt is the address of a run.
	RunAt struct {
		Numbered
		Run int64 `path:"run" minimum:"1" maximum:"9007199254740991"`
	}
	beginJSON struct {
		Runbook int64  `json:"runbook" minimum:"1" maximum:"9007199254740991"`
		Send    bool   `json:"send,omitempty" doc:"To the requester, as pages"`
		Words   string `json:"words,omitempty" maxLength:"1000" doc:"That go with it"`
		Wait    bool   `json:"wait,omitempty" doc:"The ticket waits for the requester meanwhile"`
		Waive   string `json:"waive,omitempty" maxLength:"400" doc:"It is left out, for this reason"`
	}
	markBodyJSON struct {
		Seq     int    `json:"seq" minimum:"1" maximum:"2000" doc:"Which mark it is: one more than there are"`
		Step    string `json:"step" maxLength:"40"`
		Outcome string `json:"outcome" maxLength:"40" doc:"One of the step's, or cannot, unclear, waived"`
		Value   string `json:"value,omitempty" maxLength:"1000" doc:"An answer, a number, or what came of a step with a risk"`
		Reason  string `json:"reason,omitempty" maxLength:"400" doc:"Of a step that is left out"`
		Digest  string `json:"digest,omitempty" maxLength:"64" doc:"At a step with a risk: of what will be done, as it was read"`
	}
	deedBodyJSON struct {
		Seq      int    `json:"seq" minimum:"1" maximum:"2000"`
		What     string `json:"what" maxLength:"2000" doc:"What exactly will be done"`
		Rollback string `json:"rollback" maxLength:"2000" doc:"How it is taken back"`
	}
	releaseBodyJSON struct {
		Digest string `json:"digest" maxLength:"64"`
	}
	sendBodyJSON struct {
		Words string `json:"words,omitempty" maxLength:"1000"`
		Wait  bool   `json:"wait,omitempty"`
	}
	endBodyJSON struct {
		Waive string `json:"waive,omitempty" maxLength:"400"`
	}
	runIn[B any] struct {
		RunAt
		Body B
	}
	markJSON struct {
		Seq         int       `json:"seq"`
		Step        string    `json:"step"`
		Outcome     string    `json:"outcome"`
		Value       string    `json:"value,omitempty"`
		Reason      string    `json:"reason,omitempty"`
		ByRequester bool      `json:"by_requester,omitempty"`
		By          *refJSON  `json:"by,omitempty"`
		At          time.Time `json:"at"`
	}
	lockJSON struct {
		Risk     string `json:"risk"`
		Prepared bool   `json:"prepared"`
		Covered  bool   `json:"covered" doc:"By the reviewed version, or by an approval"`
		Released bool   `json:"released" doc:"By a second person, where the class asks for one"`
		Open     bool   `json:"open"`
		Digest   string `json:"digest,omitempty" doc:"Of what will be done"`
		Ref      string `json:"ref,omitempty" doc:"Names it where an approval is asked for, of kind runbook.step"`
	}
	choiceJSON struct {
		Value string `json:"value"`
		Label string `json:"label"`
	}
	runJSON struct {
		ID       int64        `json:"id"`
		Runbook  int64        `json:"runbook"`
		Version  int64        `json:"runbook_version"`
		State    string       `json:"state" enum:"running,sent,solved,unsolved,waived,stopped"`
		Title    string       `json:"title,omitempty"`
		Step     string       `json:"step,omitempty" doc:"Where the next mark is made"`
		Heading  string       `json:"step_title,omitempty"`
		Kind     string       `json:"step_kind,omitempty"`
		Body     string       `json:"step_text,omitempty"`
		Outcomes []choiceJSON `json:"outcomes,omitempty" nullable:"false"`
		Next     int          `json:"next_seq,omitempty"`
		Stuck    string       `json:"stuck,omitempty" doc:"cannot or unclear, where the requester waits for help"`
		Lock     *lockJSON    `json:"lock,omitempty"`
		Marks    []markJSON   `json:"marks,omitempty" nullable:"false"`
		At       time.Time    `json:"at"`
		SentAt   time.Time    `json:"sent_at,omitzero"`
		EndedAt  time.Time    `json:"ended_at,omitzero"`
		Reason   string       `json:"reason,omitempty"`
	}
	runOut  struct{ Body runJSON }
	runsOut struct {
		Body struct {
			Items []runJSON `json:"items" nullable:"false"`
		} `nameHint:"Runs"`
	}
)

func runOf(x runbook.Run) runJSON {
	return runJSON{
		ID: int64(x.ID), Runbook: int64(x.Runbook), Version: x.Number, State: string(x.State), Step: x.Step,
		At: x.At, SentAt: x.SentAt, EndedAt: x.EndedAt, Reason: x.Reason,
	}
}

// course is a run with the step at which it stands.
func (a *API) course(ctx context.Context, r reader, c runbook.Course) *runOut {
	v := runOf(c.Run)
	v.Title, v.Stuck = c.Book.Title, c.At.Stuck
	if step, ok := c.Here(); ok && !c.State.Over() {
		v.Heading, v.Kind, v.Body, v.Next = step.Title, string(step.Kind), step.Body, c.Marks+1
		for _, o := range c.Book.Outcomes(step) {
			v.Outcomes = append(v.Outcomes, choiceJSON{o.Value, runbook.Word(c.Book.Lang, step, o.Value)})
		}
	}
	if l := c.Lock; l.Risky {
		v.Lock = &lockJSON{Risk: l.Risk.Name, Prepared: l.Prepared, Covered: l.Covered, Released: l.Released, Open: l.Open(), Digest: l.Digest}
		if l.Prepared {
			v.Lock.Ref = l.Deed.Ref()
		}
	}
	for _, m := range c.Marked {
		one := markJSON{Seq: m.Seq, Step: m.Step, Outcome: m.Outcome, Value: m.Value, Reason: m.Reason, ByRequester: m.ByUser, At: m.At}
		if m.By != 0 && r.staff() {
			one.By = a.who(ctx, r, m.By)
		}
		v.Marks = append(v.Marks, one)
	}
	return &runOut{v}
}

// onTicket reads a run of the ticket that the address names.
func (a *API) onTicket(ctx context.Context, r reader, in RunAt) (runbook.Course, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return runbook.Course{}, err
	}
	c, err := a.Runbooks.Course(ctx, r.by, runbook.RunID(in.Run))
	if err == nil && c.Ticket != t.ID {
		err = errs.New(errs.NotFound, "runbook.not_found")
	}
	return c, err
}

// on gives a command on a run and answers with where it stands then.
func (a *API) on(ctx context.Context, r reader, in RunAt, do func(runbook.Course) (runbook.Course, error)) (*runOut, error) {
	c, err := a.onTicket(ctx, r, in)
	if err != nil {
		return nil, err
	}
	if c, err = do(c); err != nil {
		return nil, err
	}
	return a.course(ctx, r, c), nil
}

func (a *API) listRuns(ctx context.Context, r reader, in *struct{ Numbered }) (*runsOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	list, err := a.Runbooks.Runs(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	out := &runsOut{}
	out.Body.Items = make([]runJSON, 0, len(list))
	for _, x := range list {
		out.Body.Items = append(out.Body.Items, runOf(x))
	}
	return out, nil
}

func (a *API) beginRun(ctx context.Context, r reader, in *struct {
	Numbered
	Body beginJSON
},
) (*runOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	b := in.Body
	c, err := a.Runbooks.Begin(ctx, r.by, ticket.Target{ID: t.ID}, runbook.Beginning{Runbook: runbook.ID(b.Runbook), Send: b.Send, Words: b.Words, Wait: b.Wait, Waive: b.Waive})
	if err != nil {
		return nil, err
	}
	return a.course(ctx, r, c), nil
}

func (a *API) getRun(ctx context.Context, r reader, in *RunAt) (*runOut, error) {
	return a.on(ctx, r, *in, func(c runbook.Course) (runbook.Course, error) { return c, nil })
}

func (a *API) markRun(ctx context.Context, r reader, in *runIn[markBodyJSON]) (*runOut, error) {
	return a.on(ctx, r, in.RunAt, func(c runbook.Course) (runbook.Course, error) {
		if err := a.count(ctx, r, session.Saying); err != nil {
			return c, err
		}
		b := in.Body
		return a.Runbooks.Mark(ctx, r.by, c.ID, runbook.Marking{Seq: b.Seq, Step: b.Step, Outcome: b.Outcome, Value: b.Value, Reason: b.Reason, Digest: b.Digest})
	})
}

func (a *API) prepareRun(ctx context.Context, r reader, in *runIn[deedBodyJSON]) (*runOut, error) {
	return a.on(ctx, r, in.RunAt, func(c runbook.Course) (runbook.Course, error) {
		return a.Runbooks.Prepare(ctx, r.by, c.ID, in.Body.Seq, in.Body.What, in.Body.Rollback)
	})
}

func (a *API) releaseRun(ctx context.Context, r reader, in *runIn[releaseBodyJSON]) (*runOut, error) {
	return a.on(ctx, r, in.RunAt, func(c runbook.Course) (runbook.Course, error) {
		return a.Runbooks.Release(ctx, r.by, c.ID, in.Body.Digest)
	})
}

func (a *API) sendRun(ctx context.Context, r reader, in *runIn[sendBodyJSON]) (*runOut, error) {
	return a.on(ctx, r, in.RunAt, func(c runbook.Course) (runbook.Course, error) {
		return a.Runbooks.Send(ctx, r.by, c.ID, in.Body.Words, in.Body.Wait)
	})
}

func (a *API) endRun(ctx context.Context, r reader, in *runIn[endBodyJSON]) (*runOut, error) {
	return a.on(ctx, r, in.RunAt, func(c runbook.Course) (runbook.Course, error) {
		if in.Body.Waive != "" {
			return a.Runbooks.WaiveRest(ctx, r.by, c.ID, in.Body.Waive)
		}
		return a.Runbooks.Stop(ctx, r.by, c.ID)
	})
}

// deedFactJSON is a step with a risk that was done on a ticket.
type deedFactJSON struct {
	Run        int64    `json:"run"`
	Step       string   `json:"step"`
	Risk       string   `json:"risk" doc:"Name of the class"`
	Cover      string   `json:"cover" enum:"runbook,approval" doc:"What let it be done"`
	PreparedBy *refJSON `json:"prepared_by,omitempty"`
	ReleasedBy *refJSON `json:"released_by,omitempty" doc:"The second pair of eyes"`
	Outcome    string   `json:"outcome"`
}

func (a *API) deedFact(ctx context.Context, r reader, f ticket.DeedDone) *deedFactJSON {
	return &deedFactJSON{
		Run: f.Run, Step: f.Step, Risk: f.Risk, Cover: string(f.Cover), PreparedBy: a.who(ctx, r, f.Writer), ReleasedBy: a.who(ctx, r, f.Releaser), Outcome: f.Outcome,
	}
}
