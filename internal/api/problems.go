// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	problems "github.com/loopdesk/loopdesk/internal/desk/problem"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// What lies behind tickets. The word for a refusal (RFC 9457) was here first: problem.go.
func (a *API) problemOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/problems", id: "list-problems", tag: "Problems", action: access.ProblemRead,
		summary: "List problems, the newest first",
	}, a.listProblems)
	register(a, operation{
		method: http.MethodPost, path: "/problems", id: "open-problem", tag: "Problems", action: access.ProblemWork, status: http.StatusCreated,
		summary: "Open a problem",
	}, a.openProblem)
	register(a, operation{
		method: http.MethodGet, path: "/problems/{id}", id: "get-problem", tag: "Problems", action: access.ProblemRead,
		summary: "Get a problem with its tickets",
	}, a.getProblem)
	register(a, operation{
		method: http.MethodPut, path: "/problems/{id}", id: "change-problem", tag: "Problems", action: access.ProblemLink,
		summary: "Change what is written about a problem",
		about:   "Leads, and its owner. 412 where the version is not the one that stands.",
	}, a.changeProblem)
	register(a, operation{
		method: http.MethodPost, path: "/problems/{id}/move", id: "move-problem", tag: "Problems", action: access.ProblemLink,
		summary: "Bring a problem to another state",
		about:   "open, investigating, known (a known error, which needs a workaround), resolved (which needs a cause), closed. Leads alone close and reopen; a reopening needs a note.",
	}, a.moveProblem)
	register(a, operation{
		method: http.MethodPost, path: "/tickets/{number}/problems", id: "link-problem", tag: "Problems", action: access.ProblemLink,
		summary: "Put a ticket to a problem",
	}, a.linkProblem)
	register(a, operation{
		method: http.MethodDelete, path: "/tickets/{number}/problems/{id}", id: "unlink-problem", tag: "Problems", action: access.ProblemLink,
		summary: "Take a ticket from a problem",
	}, a.unlinkProblem)
	register(a, operation{
		method: http.MethodGet, path: "/problem-candidates", id: "list-problem-candidates", tag: "Problems", action: access.ProblemRead,
		summary: "List what the recurrence radar found and nobody has decided about",
	}, a.listCandidates)
	register(a, operation{
		method: http.MethodPost, path: "/problem-candidates/{id}/dismiss", id: "dismiss-problem-candidate", tag: "Problems", action: access.ProblemWork,
		summary: "Say that a candidate is no problem",
		about:   "It comes back when it has clearly grown.", status: http.StatusNoContent,
	}, a.dismissCandidate)
	register(a, operation{
		method: http.MethodPost, path: "/problem-candidates/{id}/take", id: "take-problem-candidate", tag: "Problems", action: access.ProblemWork, status: http.StatusCreated,
		summary: "Open a problem from a candidate, with its tickets",
	}, a.takeCandidate)
	register(a, operation{
		method: http.MethodGet, path: "/improvements", id: "list-improvements", tag: "Problems", action: access.ProblemRead,
		summary: "List the improvement register",
		about:   "With the tickets by week before and after, counted by the desk. Leads see all.",
	}, a.listImprovements)
	register(a, operation{
		method: http.MethodPost, path: "/improvements", id: "create-improvement", tag: "Problems", action: access.ProblemWork, status: http.StatusCreated,
		summary: "Register an improvement",
	}, a.createImprovement)
	register(a, operation{
		method: http.MethodPut, path: "/improvements/{id}", id: "change-improvement", tag: "Problems", action: access.ProblemLink,
		summary: "Change an improvement",
		about:   "Leads everything; its owner the state alone. What is dropped needs a reason.",
	}, a.changeImprovement)
}

type (
	// ProblemAt names a thing of this noun. It is exported: what is embedded is read only then.
	ProblemAt struct {
		ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
	}
	// ProblemBody is what can be said of a problem, embedded as ProblemAt is.
	ProblemBody struct {
		Title      string `json:"title" minLength:"3" maxLength:"160"`
		Category   int64  `json:"category,omitempty" minimum:"0" maximum:"9007199254740991"`
		Service    int64  `json:"service,omitempty" minimum:"0" maximum:"9007199254740991"`
		Owner      int64  `json:"owner,omitempty" minimum:"0" maximum:"9007199254740991"`
		Cause      string `json:"cause,omitempty" maxLength:"8000"`
		Workaround string `json:"workaround,omitempty" maxLength:"8000" doc:"For staff"`
		Reply      string `json:"reply,omitempty" maxLength:"8000" doc:"In words for requesters, put into replies"`
		Fix        string `json:"fix,omitempty" maxLength:"8000" doc:"What removes it for good"`
		Version    int64  `json:"version,omitempty" minimum:"0" maximum:"9007199254740991" doc:"In a change the one that was read, missing to skip the check"`
	}
	problemDesk struct {
		ID  int64  `json:"id"`
		Ref string `json:"ref" doc:"PRB-12"`
		ProblemBody
		State    string    `json:"state" enum:"open,investigating,known,resolved,closed"`
		Opened   time.Time `json:"opened_at"`
		Known    time.Time `json:"known_at,omitzero"`
		Resolved time.Time `json:"resolved_at,omitzero"`
		Closed   time.Time `json:"closed_at,omitzero"`
		Count    int64     `json:"count" doc:"How many tickets belong to it"`
		Tickets  []string  `json:"tickets,omitempty" nullable:"false" doc:"The newest, where one problem is read"`
	}
	problemOne struct {
		Body problemDesk `nameHint:"Problem"`
	}
	problemList struct {
		Body struct {
			Items []problemDesk `json:"items" nullable:"false"`
		} `nameHint:"Problems"`
	}
)

func (b ProblemBody) draft() problems.Draft {
	return problems.Draft{
		Title: b.Title, Category: catalog.CategoryID(b.Category), Service: catalog.ServiceID(b.Service), Owner: person.ID(b.Owner),
		Cause: b.Cause, Workaround: b.Workaround, Reply: b.Reply, Fix: b.Fix,
	}
}

func problemOf(p problems.Problem) problemDesk {
	return problemDesk{
		ID: int64(p.ID), Ref: p.ID.Ref(), State: string(p.State), Opened: p.OpenedAt, Known: p.KnownAt, Resolved: p.ResolvedAt, Closed: p.ClosedAt, Count: p.Tickets,
		ProblemBody: ProblemBody{p.Title, int64(p.Category), int64(p.Service), int64(p.Owner), p.Cause, p.Workaround, p.Reply, p.Fix, p.Version},
	}
}

func (a *API) listProblems(ctx context.Context, r reader, in *struct {
	State  string `query:"state" enum:"open,investigating,known,resolved,closed"`
	Before int64  `query:"before" minimum:"0" maximum:"9007199254740991" doc:"Those with a lower id"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200"`
},
) (*problemList, error) {
	f := problems.Filter{Before: problems.ID(in.Before), Limit: in.Limit}
	if in.State != "" {
		f.States = []problems.State{problems.State(in.State)}
	}
	list, err := a.Problems.List(ctx, r.by, f)
	out := &problemList{}
	out.Body.Items = make([]problemDesk, 0, len(list))
	for _, p := range list {
		out.Body.Items = append(out.Body.Items, problemOf(p))
	}
	return out, err
}

func (a *API) openProblem(ctx context.Context, r reader, in *struct{ Body ProblemBody }) (*problemOne, error) {
	p, err := a.Problems.Open(ctx, r.by, in.Body.draft())
	return &problemOne{problemOf(p)}, err
}

func (a *API) getProblem(ctx context.Context, r reader, in *ProblemAt) (*problemOne, error) {
	p, err := a.Problems.Get(ctx, r.by, problems.ID(in.ID))
	if err != nil {
		return nil, err
	}
	list, err := a.Problems.TicketsOf(ctx, r.by, p.ID)
	out := &problemOne{problemOf(p)}
	for _, t := range list {
		out.Body.Tickets = append(out.Body.Tickets, t.Ref())
	}
	return out, err
}

func (a *API) changeProblem(ctx context.Context, r reader, in *struct {
	ProblemAt
	Body ProblemBody
},
) (*problemOne, error) {
	p, err := a.Problems.Edit(ctx, r.by, problems.ID(in.ID), in.Body.Version, in.Body.draft())
	return &problemOne{problemOf(p)}, err
}

func (a *API) moveProblem(ctx context.Context, r reader, in *struct {
	ProblemAt
	Body struct {
		To      string `json:"to" enum:"open,investigating,known,resolved,closed"`
		Note    string `json:"note,omitempty" maxLength:"4000"`
		Version int64  `json:"version,omitempty" minimum:"0" maximum:"9007199254740991"`
	}
},
) (*problemOne, error) {
	p, err := a.Problems.Move(ctx, r.by, problems.ID(in.ID), in.Body.Version, problems.State(in.Body.To), in.Body.Note)
	return &problemOne{problemOf(p)}, err
}

func (a *API) linkProblem(ctx context.Context, r reader, in *struct {
	Numbered
	Body struct {
		Problem int64 `json:"problem" minimum:"1" maximum:"9007199254740991"`
	}
},
) (*struct{}, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err == nil {
		_, err = a.Problems.Link(ctx, r.by, problems.ID(in.Body.Problem), ticket.Target{ID: t.ID})
	}
	return &struct{}{}, err
}

func (a *API) unlinkProblem(ctx context.Context, r reader, in *struct {
	Numbered
	ProblemAt
},
) (*struct{}, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err == nil {
		_, err = a.Problems.Unlink(ctx, r.by, problems.ID(in.ID), ticket.Target{ID: t.ID})
	}
	return &struct{}{}, err
}

type (
	candidateJSON struct {
		ID       int64     `json:"id"`
		Version  int64     `json:"version"`
		Kind     string    `json:"kind" enum:"rising,lasting,spike"`
		Head     int64     `json:"head" doc:"The id of the ticket that is most like the others"`
		Count    int64     `json:"count"`
		Days     int64     `json:"days" doc:"In how many days they came"`
		Usual    float64   `json:"usual" doc:"How many were to be expected"`
		People   int64     `json:"requesters"`
		Words    []string  `json:"words" nullable:"false" doc:"What they share"`
		Category int64     `json:"category,omitempty"`
		Service  int64     `json:"service,omitempty"`
		Site     string    `json:"site,omitempty"`
		Device   string    `json:"device,omitempty"`
		Found    time.Time `json:"found_at"`
		Gone     bool      `json:"gone" doc:"The radar no longer sees it"`
	}
	candidatesOut struct {
		Body struct {
			Items []candidateJSON `json:"items" nullable:"false"`
		} `nameHint:"ProblemCandidates"`
	}
)

func (a *API) listCandidates(ctx context.Context, r reader, _ *struct{}) (*candidatesOut, error) {
	list, err := a.Problems.Candidates(ctx, r.by, problems.Waiting)
	out := &candidatesOut{}
	out.Body.Items = make([]candidateJSON, 0, len(list))
	for _, c := range list {
		out.Body.Items = append(out.Body.Items, candidateJSON{
			ID: int64(c.ID), Version: c.Version, Kind: string(c.Kind), Head: int64(c.Head), Count: c.Count, Days: c.Days, Usual: float64(c.Usual) / 1000, People: c.People,
			Words: append([]string{}, c.Words...), Category: int64(c.Category), Service: int64(c.Service), Site: c.Site, Device: c.Device, Found: c.FoundAt, Gone: c.Gone,
		})
	}
	return out, err
}

func (a *API) dismissCandidate(ctx context.Context, r reader, in *struct {
	ProblemAt
	Body struct {
		Reason  string `json:"reason" minLength:"3" maxLength:"8000"`
		Version int64  `json:"version,omitempty" minimum:"0" maximum:"9007199254740991"`
	}
},
) (*struct{}, error) {
	return &struct{}{}, a.Problems.Dismiss(ctx, r.by, problems.CandidateID(in.ID), in.Body.Version, in.Body.Reason)
}

func (a *API) takeCandidate(ctx context.Context, r reader, in *struct {
	ProblemAt
	Body ProblemBody
},
) (*problemOne, error) {
	p, err := a.Problems.Take(ctx, r.by, problems.CandidateID(in.ID), in.Body.Version, in.Body.draft())
	return &problemOne{problemOf(p)}, err
}

type (
	// ImprovementBody is what can be said of an improvement, embedded as ProblemAt is.
	ImprovementBody struct {
		Title    string    `json:"title" minLength:"3" maxLength:"160"`
		Why      string    `json:"why" minLength:"3" maxLength:"8000"`
		Owner    int64     `json:"owner,omitempty" minimum:"0" maximum:"9007199254740991"`
		Due      time.Time `json:"due,omitzero"`
		Problem  int64     `json:"problem,omitempty" minimum:"0" maximum:"9007199254740991"`
		Category int64     `json:"category,omitempty" minimum:"0" maximum:"9007199254740991"`
		Service  int64     `json:"service,omitempty" minimum:"0" maximum:"9007199254740991"`
		Words    []string  `json:"words,omitempty" nullable:"false" maxItems:"10" maxLength:"80"`
	}
	// ImprovementStand is how far an improvement is: a new one is open.
	ImprovementStand struct {
		State   string `json:"state,omitempty" enum:"open,doing,done,dropped" doc:"open where it is missing"`
		Reason  string `json:"reason,omitempty" maxLength:"4000" doc:"Why it is dropped"`
		Version int64  `json:"version,omitempty" minimum:"0" maximum:"9007199254740991"`
	}
	improvementJSON struct {
		ID  int64  `json:"id"`
		Ref string `json:"ref" doc:"IMP-3"`
		ImprovementBody
		ImprovementStand
		Done    time.Time `json:"done_at,omitzero"`
		Before  []int64   `json:"before" nullable:"false" doc:"Tickets by week before it was done, the oldest week first"`
		After   []int64   `json:"after" nullable:"false" doc:"Tickets by week since"`
		Counted time.Time `json:"counted_at,omitzero"`
	}
	improvementOne struct {
		Body improvementJSON `nameHint:"Improvement"`
	}
	improvementsOut struct {
		Body struct {
			Items []improvementJSON `json:"items" nullable:"false"`
		} `nameHint:"Improvements"`
	}
)

func (b ImprovementBody) plan() problems.Plan {
	return problems.Plan{
		Title: b.Title, Why: b.Why, Owner: person.ID(b.Owner), Due: b.Due, Problem: problems.ID(b.Problem), Category: catalog.CategoryID(b.Category),
		Service: catalog.ServiceID(b.Service), Words: b.Words,
	}
}

func improvementOf(i problems.Improvement) improvementJSON {
	return improvementJSON{
		ID: int64(i.ID), Ref: i.ID.Ref(), Done: i.DoneAt, Counted: i.CountedAt, Before: append([]int64{}, i.Effect.Before...), After: append([]int64{}, i.Effect.After...),
		ImprovementBody:  ImprovementBody{i.Title, i.Why, int64(i.Owner), i.Due, int64(i.Problem), int64(i.Category), int64(i.Service), i.Words},
		ImprovementStand: ImprovementStand{string(i.State), i.Reason, i.Version},
	}
}

func (a *API) listImprovements(ctx context.Context, r reader, _ *struct{}) (*improvementsOut, error) {
	list, err := a.Problems.Improvements(ctx, r.by)
	out := &improvementsOut{}
	out.Body.Items = make([]improvementJSON, 0, len(list))
	for _, i := range list {
		out.Body.Items = append(out.Body.Items, improvementOf(i))
	}
	return out, err
}

func (a *API) createImprovement(ctx context.Context, r reader, in *struct{ Body ImprovementBody }) (*improvementOne, error) {
	i, err := a.Problems.Improve(ctx, r.by, in.Body.plan())
	return &improvementOne{improvementOf(i)}, err
}

func (a *API) changeImprovement(ctx context.Context, r reader, in *struct {
	ProblemAt
	Body struct {
		ImprovementBody
		ImprovementStand
	} `nameHint:"ChangeImprovementBody"`
},
) (*improvementOne, error) {
	to := problems.Progress(in.Body.State)
	if to == "" {
		to = problems.Planned
	}
	i, err := a.Problems.SaveImprovement(ctx, r.by, problems.ImprovementID(in.ID), in.Body.Version, in.Body.plan(), to, in.Body.Reason)
	return &improvementOne{improvementOf(i)}, err
}
