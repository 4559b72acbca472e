// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) runbookOperations() {
	op := func(method, path, id string, do access.Action, summary, about string) operation {
		return operation{method: method, path: path, id: id, tag: "Runbooks", action: do, summary: summary, about: about}
	}
	made := op(http.MethodPost, "/runbooks", "create-runbook", access.RunbookWork, "Write a runbook", "The text is the one format of runbooks; it becomes a draft, whatever is wrong with it.")
	made.status = http.StatusCreated
	register(a, op(http.MethodGet, "/runbooks", "list-runbooks", access.RunbookRead, "List runbooks", "With how each fared on this desk's tickets (N5)."), a.listRunbooks)
	register(a, made, a.createRunbook)
	register(a, op(http.MethodGet, "/runbooks/{id}", "get-runbook", access.RunbookRead, "Read a runbook", "The text of the version in force, else of the draft, and how its steps fared."), a.getRunbook)
	register(a, op(http.MethodPut, "/runbooks/{id}/text", "write-runbook", access.RunbookWork, "Change the draft of a runbook", "A text that was being reviewed begins again."), a.writeRunbook)
	register(a, op(http.MethodPost, "/runbooks/{id}/submit", "submit-runbook", access.RunbookWork, "Give a draft to be reviewed", "422 with every line that is wrong."), a.submitRunbook)
	register(a, op(http.MethodPost, "/runbooks/{id}/review", "review-runbook", access.RunbookWork, "Review a runbook", "Never by somebody who wrote in it (N31)."), a.reviewRunbook)
	register(a, op(http.MethodPost, "/runbooks/{id}/publish", "publish-runbook", access.RunbookPublish, "Put a reviewed version in force", "Runs go on with the version that they began with."), a.publishRunbook)
	a.runOperations()
}

func (a *API) runOperations() {
	op := func(method, path, id string, do access.Action, summary, about string) operation {
		return operation{method: method, path: "/tickets/{number}/runs" + path, id: id, tag: "Runbooks", action: do, summary: summary, about: about}
	}
	begun := op(http.MethodPost, "", "begin-run", access.TicketWork, "Begin a runbook on a ticket", "Or send it to the requester, or record why it is left out (N25).")
	begun.status = http.StatusCreated
	register(a, op(http.MethodGet, "", "list-runs", access.TicketWork, "List the runs on a ticket", ""), a.listRuns)
	register(a, begun, a.beginRun)
	register(a, op(http.MethodGet, "/{run}", "get-run", access.TicketRead, "Read a run", "Requesters read those that they were sent."), a.getRun)
	register(a, op(http.MethodPost, "/{run}/marks", "mark-run", access.TicketRead, "Say what came of a step", "409 where the run stands elsewhere by now, or the step is locked (N31). Requesters answer what they were sent."), a.markRun)
	register(a, op(http.MethodPut, "/{run}/deed", "prepare-run", access.TicketWork, "Write what will be done at a step with a risk", "Another text voids every release and approval of the one before (N31)."), a.prepareRun)
	register(a, op(http.MethodPost, "/{run}/release", "release-run", access.TicketWork, "Release a step as the second pair of eyes", "The digest is of what was read: 412 where it is another by now."), a.releaseRun)
	register(a, op(http.MethodPost, "/{run}/send", "send-run", access.TicketWork, "Send a run to the requester", "As pages, one action a screen."), a.sendRun)
	register(a, op(http.MethodPost, "/{run}/end", "end-run", access.TicketWork, "Stop a run, or leave the rest out", "With a reason it counts as left out; without one it counts as nothing."), a.endRun)
}

type (
	// BookAt is the address of a runbook.
	BookAt struct {
		ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
	}
	bookRecordJSON struct {
		Solved   int64 `json:"solved"`
		CameBack int64 `json:"came_back" doc:"Said to be solved, and the ticket came back; not among solved"`
		Unsolved int64 `json:"unsolved"`
		Waived   int64 `json:"waived"`
		Going    int64 `json:"going"`
	}
	// BookJSON is a runbook without its steps. It is exported: the document describes what is embedded only then.
	BookJSON struct {
		ID        int64           `json:"id"`
		Title     string          `json:"title"`
		Lang      string          `json:"lang"`
		Version   int64           `json:"version" doc:"Of the row, for changes"`
		Published int64           `json:"published,omitempty" doc:"Number of the version in force"`
		Draft     int64           `json:"draft,omitempty"`
		Retired   time.Time       `json:"retired_at,omitzero"`
		Record    *bookRecordJSON `json:"record,omitempty"`
	}
	stepRecordJSON struct {
		Step    string `json:"step"`
		Tried   int64  `json:"tried"`
		Worked  int64  `json:"worked"`
		Solved  int64  `json:"solved" doc:"Runs that ended solved right after it, and whose ticket did not come back"`
		Back    int64  `json:"came_back" doc:"Runs that did, and whose ticket came back (N5)"`
		Waived  int64  `json:"waived"`
		Cannot  int64  `json:"cannot"`
		Unclear int64  `json:"unclear"`
	}
	bookTextJSON struct {
		Text    string `json:"text" minLength:"1" maxLength:"262144"`
		Note    string `json:"note,omitempty" maxLength:"300" doc:"What is new in it"`
		Version int64  `json:"version,omitempty" minimum:"0" maximum:"9007199254740991" doc:"That was read; missing to skip the check"`
	}
	movedJSON struct {
		Version int64 `json:"version,omitempty" minimum:"0" maximum:"9007199254740991" doc:"That was read; missing to skip the check"`
	}
	reviewJSON struct {
		Right   bool   `json:"right"`
		Note    string `json:"note,omitempty" maxLength:"300" doc:"What is to be changed, where it is not right"`
		Version int64  `json:"version,omitempty" minimum:"0" maximum:"9007199254740991"`
	}
	bookOut  struct{ Body BookJSON }
	booksOut struct {
		Body struct {
			Items []BookJSON `json:"items" nullable:"false"`
		} `nameHint:"Runbooks"`
	}
	bookWholeOut struct {
		Body struct {
			BookJSON
			Text  string           `json:"text"`
			Steps []stepRecordJSON `json:"steps" nullable:"false"`
		} `nameHint:"RunbookWhole"`
	}
	bookIn[B any] struct {
		BookAt
		Body B
	}
)

func bookOf(x runbook.Runbook) BookJSON {
	return BookJSON{ID: int64(x.ID), Title: x.Title, Lang: string(x.Lang), Version: x.Version, Published: x.Published, Draft: x.Draft, Retired: x.RetiredAt}
}

func fared(r runbook.Record) *bookRecordJSON {
	return &bookRecordJSON{Solved: r.Solved, CameBack: r.Back, Unsolved: r.Unsolved, Waived: r.Waived, Going: r.Going}
}

func (a *API) listRunbooks(ctx context.Context, r reader, _ *struct{}) (*booksOut, error) {
	list, _, err := a.Runbooks.List(ctx, r.by)
	if err != nil {
		return nil, err
	}
	records, err := a.Runbooks.Records(ctx, r.by)
	if err != nil {
		return nil, err
	}
	out := &booksOut{}
	out.Body.Items = make([]BookJSON, 0, len(list))
	for _, x := range list {
		b := bookOf(x)
		b.Record = fared(records[x.ID])
		out.Body.Items = append(out.Body.Items, b)
	}
	return out, nil
}

func (a *API) getRunbook(ctx context.Context, r reader, in *BookAt) (*bookWholeOut, error) {
	s, err := a.Runbooks.Get(ctx, r.by, runbook.ID(in.ID))
	if err != nil {
		return nil, err
	}
	record, err := a.Runbooks.RecordOf(ctx, r.by, s.ID)
	if err != nil {
		return nil, err
	}
	out := &bookWholeOut{}
	out.Body.BookJSON, out.Body.Steps = bookOf(s.Runbook), []stepRecordJSON{}
	out.Body.Record = fared(record)
	number := s.Published
	if number == 0 {
		number = s.Draft
	}
	v, _ := s.VersionOf(number)
	out.Body.Text = v.Text
	for _, step := range v.Book().Steps {
		x := record.Steps[step.Name]
		out.Body.Steps = append(out.Body.Steps, stepRecordJSON{step.Name, x.Tried, x.Worked, x.Solved, x.Back, x.Waived, x.Cannot, x.Unclear})
	}
	return out, nil
}

func (a *API) createRunbook(ctx context.Context, r reader, in *struct{ Body bookTextJSON }) (*bookOut, error) {
	x, err := a.Runbooks.Write(ctx, r.by, 0, in.Body.Text, in.Body.Note, 0)
	return &bookOut{bookOf(x)}, err
}

func (a *API) writeRunbook(ctx context.Context, r reader, in *bookIn[bookTextJSON]) (*bookOut, error) {
	x, err := a.Runbooks.Write(ctx, r.by, runbook.ID(in.ID), in.Body.Text, in.Body.Note, in.Body.Version)
	return &bookOut{bookOf(x)}, err
}

func (a *API) submitRunbook(ctx context.Context, r reader, in *bookIn[movedJSON]) (*bookOut, error) {
	x, err := a.Runbooks.Submit(ctx, r.by, runbook.ID(in.ID), in.Body.Version)
	return &bookOut{bookOf(x)}, err
}

func (a *API) reviewRunbook(ctx context.Context, r reader, in *bookIn[reviewJSON]) (*bookOut, error) {
	x, err := a.Runbooks.Review(ctx, r.by, runbook.ID(in.ID), in.Body.Right, in.Body.Note, in.Body.Version)
	return &bookOut{bookOf(x)}, err
}

func (a *API) publishRunbook(ctx context.Context, r reader, in *bookIn[movedJSON]) (*bookOut, error) {
	x, err := a.Runbooks.Publish(ctx, r.by, runbook.ID(in.ID), in.Body.Version)
	return &bookOut{bookOf(x)}, err
}

// guideJSON is the following of a runbook as a fact tells it.
type guideJSON struct {
	Run     int64  `json:"run"`
	Runbook int64  `json:"runbook"`
	Version int64  `json:"version"`
	Title   string `json:"title"`
	State   string `json:"state"`
	Step    string `json:"step,omitempty"`
	Outcome string `json:"outcome,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

func guideOf(g ticket.Guide) *guideJSON {
	return &guideJSON{g.Run, g.Runbook, g.Version, g.Title, string(g.State), g.Step, g.Outcome, g.Reason}
}
