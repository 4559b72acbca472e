// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/rehearsal"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// normOperations are the norm pack, its rehearsal and what a month came to.
func (a *API) normOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/norm", id: "get-norm-pack", tag: "Standard", action: access.AdminRead,
		summary: "Read the organisation's norm pack",
		about:   "What differs from the house's own, as TOML: texts, strictness per priority, when a clause applies. Empty where nothing does.",
	}, a.getNorm)
	register(a, operation{
		method: http.MethodPut, path: "/norm", id: "save-norm-pack", tag: "Standard", action: access.AdminWork,
		summary: "Put a norm pack in force",
		about:   "All of it or nothing: a pack with an unknown clause, or a rule that cannot be read, is refused with every line that is wrong. Rehearse it first.",
	}, a.putNorm)
	register(a, operation{
		method: http.MethodGet, path: "/norm/history", id: "list-norm-packs", tag: "Standard", action: access.AdminRead,
		summary: "List the versions of the norm pack", about: "The latest first, with who saved each and when.",
	}, a.listNorms)
	register(a, operation{
		method: http.MethodPost, path: "/norm/restore", id: "restore-norm-pack", tag: "Standard", action: access.AdminWork, status: http.StatusOK,
		summary: "Go back to a version of before",
		about:   "It is saved once more, as the newest one; nothing of the history is lost.",
	}, a.restoreNorm)
	register(a, operation{
		method: http.MethodGet, path: "/rehearsals", id: "list-rehearsals", tag: "Standard", action: access.AdminRead,
		summary: "List the last rehearsals", about: "The newest first.",
	}, a.listRehearsals)
	register(a, operation{
		method: http.MethodPost, path: "/rehearsals", id: "start-rehearsal", tag: "Standard", action: access.AdminWork, status: http.StatusCreated,
		summary: "Judge the closed tickets of some months by a changed pack or policy",
		about:   "Nothing of a ticket changes by it. One runs at a time; it goes on by itself, and says how far it is.",
	}, a.startRehearsal)
	register(a, operation{
		method: http.MethodGet, path: "/rehearsals/{id}", id: "get-rehearsal", tag: "Standard", action: access.AdminRead,
		summary: "See how far a rehearsal is, or what it came to", about: "By clause, as it is and as it would be, with the first tickets of which something would change.",
	}, a.getRehearsal)
	register(a, operation{
		method: http.MethodPost, path: "/rehearsals/{id}/cancel", id: "cancel-rehearsal", tag: "Standard", action: access.AdminWork, status: http.StatusOK,
		summary: "Stop a rehearsal", about: "What was judged until then stays. One that has ended stays as it is.",
	}, a.cancelRehearsal)
	register(a, operation{
		method: http.MethodGet, path: "/months/{month}", id: "get-month", tag: "Standard", action: access.LeadRead,
		summary: "Read the report of a month",
		about:   "Volume, confirmed closure, the three scores, ratings, top causes, what recurs, categories without an article, missed clauses and deviations. Clocks stand in the report by week.",
	}, a.getMonth)
}

type (
	normOut struct {
		Body struct {
			Pack    string `json:"pack" doc:"TOML"`
			Version int64  `json:"version" doc:"0 where nothing was ever saved"`
		} `nameHint:"NormPack"`
	}
	normIn struct {
		Body struct {
			Pack    string `json:"pack" maxLength:"200000"`
			Version int64  `json:"version" minimum:"0" maximum:"9007199254740991" doc:"What was read; refused as stale where another was saved since"`
		}
	}
)

func (a *API) getNorm(ctx context.Context, r reader, _ *struct{}) (*normOut, error) {
	own, version, err := a.Norm.Stored(ctx, r.by)
	if err != nil {
		return nil, err
	}
	out := &normOut{}
	out.Body.Pack, out.Body.Version = own.Text, version
	return out, nil
}

func (a *API) putNorm(ctx context.Context, r reader, in *normIn) (*normOut, error) {
	if err := a.Norm.Save(ctx, r.by, in.Body.Pack, in.Body.Version); err != nil {
		return nil, err
	}
	return a.getNorm(ctx, r, nil)
}

type (
	editionJSON struct {
		Version int64     `json:"version"`
		Pack    string    `json:"pack" doc:"TOML"`
		At      time.Time `json:"at"`
		By      *refJSON  `json:"by,omitempty" doc:"Missing for the desk itself"`
	}
	editionsOut struct {
		Body struct {
			Items []editionJSON `json:"items" nullable:"false"`
		} `nameHint:"NormPacks"`
	}
	restoreIn struct {
		Body struct {
			To      int64 `json:"to" minimum:"1" maximum:"9007199254740991" doc:"The version to go back to"`
			Version int64 `json:"version" minimum:"0" maximum:"9007199254740991" doc:"What was read; refused as stale where another was saved since"`
		}
	}
)

func (a *API) listNorms(ctx context.Context, r reader, _ *struct{}) (*editionsOut, error) {
	list, err := a.Norm.History(ctx, r.by)
	if err != nil {
		return nil, err
	}
	out := &editionsOut{}
	out.Body.Items = []editionJSON{}
	for _, e := range list {
		out.Body.Items = append(out.Body.Items, editionJSON{e.Version, e.Text, e.At, a.who(ctx, r, person.ID(e.By))})
	}
	return out, nil
}

func (a *API) restoreNorm(ctx context.Context, r reader, in *restoreIn) (*normOut, error) {
	if err := a.Norm.Restore(ctx, r.by, in.Body.To, in.Body.Version); err != nil {
		return nil, err
	}
	return a.getNorm(ctx, r, nil)
}

type (
	// RehearsalJSON is a rehearsal and how far it is. It is exported: the document describes what is embedded only then.
	RehearsalJSON struct {
		ID        int64     `json:"id"`
		Kind      string    `json:"kind" enum:"pack,policy"`
		State     string    `json:"state" enum:"running,done,cancelled,failed"`
		Months    int       `json:"months"`
		Total     int64     `json:"total"`
		Done      int64     `json:"done"`
		Percent   int       `json:"percent"`
		Changed   int64     `json:"changed" doc:"Tickets of which something would change"`
		PerSecond int64     `json:"per_second,omitempty" doc:"Tickets judged in a second of work"`
		By        *refJSON  `json:"by,omitempty"`
		Started   time.Time `json:"started_at"`
		Ended     time.Time `json:"ended_at,omitzero"`
	}
	clauseTallyJSON struct {
		Clause    string `json:"clause"`
		MetWas    int64  `json:"met_was"`
		MissedWas int64  `json:"missed_was"`
		MetNow    int64  `json:"met_now"`
		MissedNow int64  `json:"missed_now"`
	}
	ticketChangeJSON struct {
		Ticket string `json:"ticket" doc:"LD-1042"`
		What   string `json:"what" doc:"N33 missed→not_applicable, …"`
	}
	rehearsalsOut struct {
		Body struct {
			Items []RehearsalJSON `json:"items" nullable:"false"`
		} `nameHint:"Rehearsals"`
	}
	rehearsalOut struct {
		Body struct {
			RehearsalJSON
			Clauses []clauseTallyJSON  `json:"clauses" nullable:"false"`
			Tickets []ticketChangeJSON `json:"tickets" nullable:"false"`
		} `nameHint:"RehearsalResult"`
	}
	rehearsalIn struct {
		Body struct {
			Kind   string `json:"kind" enum:"pack,policy"`
			Body   string `json:"body" maxLength:"200000" doc:"The pack as TOML, or the policy as JSON"`
			Months int    `json:"months" minimum:"1" maximum:"24"`
		}
	}
	rehearsalPath struct {
		ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
	}
)

func (a *API) rehearsalOf(ctx context.Context, r reader, x rehearsal.Run) RehearsalJSON {
	return RehearsalJSON{
		int64(x.ID), string(x.Kind), string(x.State), x.Months, x.Total, x.Done, x.Percent(), x.Changed, x.PerSecond(), a.who(ctx, r, x.By), x.Started, x.Ended,
	}
}

func (a *API) listRehearsals(ctx context.Context, r reader, _ *struct{}) (*rehearsalsOut, error) {
	list, err := a.Rehearsals.List(ctx, r.by)
	if err != nil {
		return nil, err
	}
	out := &rehearsalsOut{}
	out.Body.Items = []RehearsalJSON{}
	for _, x := range list {
		out.Body.Items = append(out.Body.Items, a.rehearsalOf(ctx, r, x))
	}
	return out, nil
}

func (a *API) startRehearsal(ctx context.Context, r reader, in *rehearsalIn) (*rehearsalOut, error) {
	which, err := a.Rehearsals.Start(ctx, r.by, rehearsal.Kind(in.Body.Kind), in.Body.Body, in.Body.Months)
	if err != nil {
		return nil, err
	}
	return a.getRehearsal(ctx, r, &rehearsalPath{int64(which)})
}

func (a *API) getRehearsal(ctx context.Context, r reader, in *rehearsalPath) (*rehearsalOut, error) {
	x, tallies, changes, err := a.Rehearsals.Get(ctx, r.by, rehearsal.ID(in.ID))
	if err != nil {
		return nil, err
	}
	out := &rehearsalOut{}
	out.Body.RehearsalJSON, out.Body.Clauses, out.Body.Tickets = a.rehearsalOf(ctx, r, x), []clauseTallyJSON{}, []ticketChangeJSON{}
	for _, t := range tallies {
		out.Body.Clauses = append(out.Body.Clauses, clauseTallyJSON(t))
	}
	keys := make([]ticket.ID, 0, len(changes))
	for _, c := range changes {
		keys = append(keys, c.Ticket)
	}
	tickets, err := a.Tickets.Some(ctx, r.by, keys)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if t, ok := tickets[c.Ticket]; ok { // one that the reader may not see is counted and not named
			out.Body.Tickets = append(out.Body.Tickets, ticketChangeJSON{t.Ref(), c.What})
		}
	}
	return out, nil
}

func (a *API) cancelRehearsal(ctx context.Context, r reader, in *rehearsalPath) (*rehearsalOut, error) {
	if err := a.Rehearsals.Cancel(ctx, r.by, rehearsal.ID(in.ID)); err != nil {
		return nil, err
	}
	return a.getRehearsal(ctx, r, in)
}

type (
	// MonthQuery names a month.
	MonthQuery struct {
		Month string `path:"month" minLength:"7" maxLength:"7" doc:"2026-03"`
		Group int64  `query:"group" minimum:"0" maximum:"9007199254740991" doc:"The id of a group; all where missing"`
	}
	countJSON struct {
		What  string `json:"what"`
		Count int64  `json:"count"`
	}
	recurringJSON struct {
		Candidate int64    `json:"candidate"`
		Words     []string `json:"words" nullable:"false"`
		Count     int64    `json:"count"`
		People    int64    `json:"people"`
	}
	lackingJSON struct {
		Category int64 `json:"category"`
		Solved   int64 `json:"solved"`
	}
	monthOut struct {
		Body struct {
			Month       string          `json:"month"`
			Opened      int64           `json:"opened"`
			Closed      int64           `json:"closed" doc:"That can be scored"`
			Confirmed   int64           `json:"confirmed"`
			Unconfirmed int64           `json:"unconfirmed"`
			Truth       *float64        `json:"truth,omitempty" doc:"Percent of the closures that needed the requester's word and have it (N35)"`
			Scores      ThreeJSON       `json:"scores"`
			Rated       int64           `json:"rated"`
			Stars       int64           `json:"stars" doc:"Of those that were rated, added up"`
			Causes      []countJSON     `json:"causes" nullable:"false"`
			Recurring   []recurringJSON `json:"recurring" nullable:"false"`
			NoArticle   []lackingJSON   `json:"no_article" nullable:"false" doc:"Categories in which tickets were closed and nothing is published"`
			Missed      []countJSON     `json:"missed" nullable:"false" doc:"By clause"`
			Deviations  []countJSON     `json:"deviations" nullable:"false" doc:"By clause"`
		} `nameHint:"Month"`
	}
)

func (a *API) getMonth(ctx context.Context, r reader, in *MonthQuery) (*monthOut, error) {
	at, ok := score.ReadMonth(in.Month, r.zone)
	if !ok {
		return nil, errs.Field("month", "score.month_form")
	}
	m, err := a.Scores.Month(ctx, r.by, at, person.GroupID(in.Group), r.zone)
	if err != nil {
		return nil, err
	}
	out := &monthOut{}
	b := &out.Body
	b.Month, b.Opened, b.Closed, b.Confirmed, b.Unconfirmed, b.Rated, b.Stars = m.Name(), m.Clocks.Flow().Opened, m.Total.Tickets, m.Total.Confirmed, m.Total.Unconfirmed, m.Total.Rated, m.Total.Stars
	b.Scores, b.Causes, b.Missed = three(m.Total.Mean()), countsOf(m.Causes), countsOf(m.Misses)
	b.Recurring, b.NoArticle, b.Deviations = []recurringJSON{}, []lackingJSON{}, []countJSON{}
	if t := m.Total.Truth(); t >= 0 {
		share := float64(t) / 10
		b.Truth = &share
	}
	for _, x := range m.Recurring {
		b.Recurring = append(b.Recurring, recurringJSON{int64(x.ID), append([]string{}, x.Words...), x.Count, x.People})
	}
	for _, x := range m.Gaps {
		b.NoArticle = append(b.NoArticle, lackingJSON{int64(x.Category), x.Solved})
	}
	for _, x := range m.Deviations {
		b.Deviations = append(b.Deviations, countJSON{x.Clause, x.All()})
	}
	return out, nil
}

func countsOf(list []score.Count) []countJSON {
	out := []countJSON{}
	for _, x := range list {
		out = append(out, countJSON{x.What, x.Many})
	}
	return out
}
