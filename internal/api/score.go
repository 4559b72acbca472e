// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) scoreOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/scores", id: "get-scores", tag: "Standard", action: access.ReportRead,
		summary: "Count how closed tickets were done",
		about: "The three scores (N1) and confirmed closure (N35) by the week of closing, group, category and agent. Leads and administrators get everybody; " +
			"agents the groups that they belong to, and nobody by name but themselves: colleagues are added up, never fewer than three; where they are, without the category or the group.",
	}, a.getScores)
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/scores", id: "get-ticket-scores", tag: "Standard", action: access.TicketWork,
		summary: "Score a closed ticket",
		about:   "Efficient, friendly and by the book, each 0–100 or missing where nothing is known. Not found while the ticket is open, or was called off.",
	}, a.getTicketScores)
	register(a, operation{
		method: http.MethodGet, path: "/deviations", id: "get-deviations", tag: "Standard", action: access.LeadRead,
		summary: "List what was deviated from", about: "The newest first, with what a lead said of each.",
	}, a.getDeviations)
	register(a, operation{
		method: http.MethodPost, path: "/deviations/{event}/review", id: "review-deviation", tag: "Standard", action: access.LeadRead,
		summary: "Accept a deviation, or do not", about: "Never one's own. The last word counts, the log keeps the ones before. A deviation that is not accepted needs a comment.",
	}, a.reviewDeviation)
}

// ThreeJSON are the three scores. It is exported: the document describes what is embedded only then.
type ThreeJSON struct {
	Efficient *int `json:"efficient,omitempty" doc:"0–100; missing where no clock was decided"`
	Friendly  *int `json:"friendly,omitempty" doc:"0–100; missing where nobody rated and nothing was said"`
	Book      *int `json:"book,omitempty" doc:"0–100; missing where no clause was decided"`
}

func three(t score.Three) ThreeJSON {
	known := func(n int) *int {
		if n == score.None {
			return nil
		}
		return &n
	}
	return ThreeJSON{known(t.Efficient), known(t.Friendly), known(t.Book)}
}

type (
	scoreRowJSON struct {
		Week     string   `json:"week" doc:"The Monday on which it began"`
		Group    *refJSON `json:"group,omitempty"`
		Category int64    `json:"category,omitempty" doc:"The id of a category"`
		Agent    *refJSON `json:"agent,omitempty" doc:"Who gave the last solution; missing where you may not compare people"`
		Tickets  int64    `json:"tickets"`
		ThreeJSON
		Confirmed   int64 `json:"confirmed" doc:"Closed by the requester's word"`
		Unconfirmed int64 `json:"unconfirmed" doc:"Closed because the time for it ran out"`
		Rated       int64 `json:"rated"`
		Stars       int64 `json:"stars" doc:"Of those that were rated, added up"`
	}
	scoresOut struct {
		Body struct {
			Weeks       []string       `json:"weeks" nullable:"false"`
			Confirmed   int64          `json:"confirmed"`
			Unconfirmed int64          `json:"unconfirmed"`
			Truth       *float64       `json:"truth,omitempty" doc:"Percent of the closures that needed the requester's word and have it (N35)"`
			Rows        []scoreRowJSON `json:"rows" nullable:"false"`
		} `nameHint:"Scores"`
	}
)

// ScoreQuery narrows what is counted.
type ScoreQuery struct {
	Weeks    int   `query:"weeks" minimum:"1" maximum:"104" default:"12" doc:"How many, the present one included"`
	Group    int64 `query:"group" minimum:"0" maximum:"9007199254740991" doc:"The id of a group"`
	Category int64 `query:"category" minimum:"0" maximum:"9007199254740991" doc:"The id of a category"`
	Agent    int64 `query:"agent" minimum:"0" maximum:"9007199254740991" doc:"The id of a person"`
}

func (a *API) getScores(ctx context.Context, r reader, in *ScoreQuery) (*scoresOut, error) {
	got, err := a.Scores.Ask(ctx, r.by, score.Question{
		Weeks: in.Weeks, Group: person.GroupID(in.Group), Category: catalog.CategoryID(in.Category), Agent: person.ID(in.Agent),
	}, r.zone)
	if err != nil {
		return nil, err
	}
	out := &scoresOut{}
	total := got.Total()
	out.Body.Weeks, out.Body.Rows, out.Body.Confirmed, out.Body.Unconfirmed = []string{}, []scoreRowJSON{}, total.Confirmed, total.Unconfirmed
	if t := total.Truth(); t >= 0 {
		share := float64(t) / 10
		out.Body.Truth = &share
	}
	for _, w := range got.Weeks {
		out.Body.Weeks = append(out.Body.Weeks, report.Week(w))
	}
	for _, c := range got.Cells {
		out.Body.Rows = append(out.Body.Rows, scoreRowJSON{
			report.Week(c.Week), a.group(ctx, r, c.Group), int64(c.Category), a.who(ctx, r, c.Agent), c.Tickets, three(c.Mean()), c.Confirmed, c.Unconfirmed, c.Rated, c.Stars,
		})
	}
	return out, nil
}

type ticketScoresOut struct {
	Body struct {
		ThreeJSON
		Kept     int `json:"clocks_kept"`
		Broken   int `json:"clocks_broken"`
		Rating   int `json:"rating,omitempty" doc:"1–5"`
		Said     int `json:"said" doc:"Words to the requester that were looked at"`
		Rough    int `json:"rough" doc:"Those with a remark that counts (N10, N41)"`
		Met      int `json:"met"`
		Judged   int `json:"judged"`
		Deviated int `json:"deviated"`
	} `nameHint:"TicketScores"`
}

func (a *API) getTicketScores(ctx context.Context, r reader, in *struct{ Numbered }) (*ticketScoresOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	records, err := a.Tickets.Records(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	told, err := report.Read(records)
	if err != nil {
		return nil, err
	}
	s, ok, err := a.Scores.OfTicket(ctx, r.by, t, told)
	if err == nil && !ok {
		err = errs.New(errs.NotFound, "score.not_scored")
	}
	if err != nil {
		return nil, err
	}
	out := &ticketScoresOut{}
	b := &out.Body
	b.ThreeJSON, b.Kept, b.Broken, b.Rating, b.Said, b.Rough = three(s.Three), s.Kept, s.Broken, s.Rating, s.Said, s.Rough
	b.Met, b.Judged, b.Deviated = s.Met, s.Judged, s.Deviated
	return out, nil
}

type (
	// DeviationQuery narrows the list.
	DeviationQuery struct {
		Weeks   int    `query:"weeks" minimum:"1" maximum:"104" default:"12" doc:"How many, the present one included"`
		Clause  string `query:"clause" maxLength:"4" doc:"N36"`
		Group   int64  `query:"group" minimum:"0" maximum:"9007199254740991"`
		Agent   int64  `query:"agent" minimum:"0" maximum:"9007199254740991" doc:"Who deviated"`
		Finding string `query:"finding" enum:"unseen,accepted,refused"`
		Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	}
	reviewedJSON struct {
		Event   int64     `json:"event" doc:"The event that records it; names it"`
		Ticket  string    `json:"ticket" doc:"LD-1042"`
		At      time.Time `json:"at"`
		By      *refJSON  `json:"by,omitempty"`
		Group   *refJSON  `json:"group,omitempty"`
		Clause  string    `json:"clause"`
		Gap     string    `json:"gap"`
		Reason  string    `json:"reason"`
		Finding string    `json:"finding,omitempty" enum:"accepted,refused"`
		Comment string    `json:"comment,omitempty"`
		Seen    time.Time `json:"reviewed_at,omitzero"`
		SeenBy  *refJSON  `json:"reviewed_by,omitempty"`
	}
	deviationsOut struct {
		Body struct {
			Items []reviewedJSON `json:"items" nullable:"false"`
		} `nameHint:"Deviations"`
	}
	reviewIn struct {
		Event int64 `path:"event" minimum:"1" maximum:"9007199254740991"`
		Body  struct {
			Finding string `json:"finding" enum:"accepted,refused"`
			Comment string `json:"comment,omitempty" maxLength:"4000"`
		}
	}
	reviewOut struct {
		Body struct {
			Finding string `json:"finding"`
		} `nameHint:"ReviewedDeviation"`
	}
)

func (a *API) getDeviations(ctx context.Context, r reader, in *DeviationQuery) (*deviationsOut, error) {
	p, err := a.Scores.Deviations(ctx, r.by, score.Filter{
		Weeks: in.Weeks, Clause: in.Clause, Group: person.GroupID(in.Group), By: person.ID(in.Agent), Finding: in.Finding, Limit: in.Limit,
	}, r.zone)
	if err != nil {
		return nil, err
	}
	keys := make([]ticket.ID, 0, len(p.List))
	for _, d := range p.List {
		keys = append(keys, d.Ticket)
	}
	tickets, err := a.Tickets.Some(ctx, r.by, keys)
	if err != nil {
		return nil, err
	}
	out := &deviationsOut{}
	out.Body.Items = []reviewedJSON{}
	for _, d := range p.List {
		out.Body.Items = append(out.Body.Items, reviewedJSON{
			d.Event, tickets[d.Ticket].Ref(), d.At, a.who(ctx, r, d.By), a.group(ctx, r, d.Group), d.Clause, d.Gap, d.Reason,
			string(d.Review.Finding), d.Review.Comment, d.Review.At, a.who(ctx, r, d.Review.By),
		})
	}
	return out, nil
}

func (a *API) reviewDeviation(ctx context.Context, r reader, in *reviewIn) (*reviewOut, error) {
	if err := a.Scores.Review(ctx, r.by, in.Event, score.Finding(in.Body.Finding), in.Body.Comment); err != nil {
		return nil, err
	}
	out := &reviewOut{}
	out.Body.Finding = in.Body.Finding
	return out, nil
}
