// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) suggestOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/suggestions", id: "list-suggestions", tag: "Tickets", action: access.QueueRead,
		summary: "List what a ticket probably is",
		about:   "Category, service, group and the answers of grading as the desk's own model guesses them, with the words that speak for each and what became of it; open tickets that look like the same matter, and closed ones with what solved them. Staff only. To take one, carry out the command that sets it: what becomes of a suggestion is counted from that.",
	}, a.listSuggestions)
	register(a, operation{
		method: http.MethodPost, path: "/suggestions", id: "suggest", tag: "Tickets", action: access.QueueRead, status: http.StatusOK,
		summary: "Say what a request probably is while it is written",
		about:   "The same for a request that is not recorded yet. Nothing is stored or counted, and what no word speaks for is not offered. Staff only.",
	}, a.suggest)
	register(a, operation{
		method: http.MethodPut, path: "/tickets/{number}/solved/{other}", id: "use-solved", tag: "Tickets", action: access.TicketWork, status: http.StatusOK,
		summary: "Note that a solved ticket helped on this one",
		about:   "It is counted where the solved ticket is offered again. Twice is once.",
	}, a.useSolved)
	register(a, operation{
		method: http.MethodDelete, path: "/tickets/{number}/solved/{other}", id: "unuse-solved", tag: "Tickets", action: access.TicketWork, status: http.StatusOK,
		summary: "Take back that a solved ticket helped",
	}, a.unuseSolved)
}

type (
	suggestionJSON struct {
		Label   string   `json:"label" enum:"category,service,group,core,affected,halt"`
		Value   string   `json:"value" doc:"The key of a category, service or group, or an answer of grading"`
		Name    string   `json:"name,omitempty" doc:"Of the category, service or group"`
		Share   float64  `json:"share" minimum:"0" maximum:"1" doc:"How much speaks for it"`
		Word    string   `json:"word" enum:"sure,likely,possible" doc:"sure: such guesses were right nine times in ten when it was measured"`
		Because []string `json:"because" nullable:"false" doc:"The words that speak for it, the strongest first"`
		Model   int64    `json:"model" doc:"Version of the label's model"`
		Outcome string   `json:"outcome,omitempty" enum:"accepted,changed,applied,undone" doc:"What became of it; missing while nobody has decided"`
	}
	// AlikeJSON is exported because the schema leaves out what is embedded and not.
	AlikeJSON struct {
		Ticket  ticketJSON `json:"ticket"`
		Share   float64    `json:"share" minimum:"0" maximum:"1" doc:"How much of what they say is the same"`
		Because []string   `json:"because" nullable:"false" doc:"Words that both have"`
	}
	solvedJSON struct {
		AlikeJSON
		Solution string `json:"solution" doc:"In the words in which it was presented"`
		Used     bool   `json:"used" doc:"Somebody noted that it helped on this ticket"`
		Helped   int64  `json:"helped" doc:"On how many tickets it helped"`
	}
	solvedIn struct {
		Numbered
		Other string `path:"other" maxLength:"24" doc:"The solved ticket's number, 1042 or LD-1042"`
	}
	suggestionsOut struct {
		Body struct {
			Items []suggestionJSON `json:"items" nullable:"false"`
			Same  []AlikeJSON      `json:"same" nullable:"false" doc:"Open tickets of the same person: candidates for merging"`
			Crowd []AlikeJSON      `json:"crowd" nullable:"false" doc:"Open tickets of others, where at least three people report the matter within hours: candidates for a major incident"`

			Solved []solvedJSON `json:"solved" nullable:"false" doc:"Closed tickets with a solution that look like the same matter, those that helped first (N24)"`
		} `nameHint:"Suggestions"`
	}
	suggestIn struct {
		Body struct {
			Subject   string `json:"subject,omitempty" maxLength:"200"`
			Text      string `json:"text" minLength:"1" maxLength:"200000"`
			Requester int64  `json:"requester,omitempty" minimum:"1" maximum:"9007199254740991" doc:"Key of the person who asks; with it their own tickets are told from others'"`
			Category  int64  `json:"category,omitempty" minimum:"1" maximum:"9007199254740991" doc:"What is chosen already is not guessed"`
			Service   int64  `json:"service,omitempty" minimum:"1" maximum:"9007199254740991"`
			Group     int64  `json:"group,omitempty" minimum:"1" maximum:"9007199254740991"`
		} `nameHint:"SuggestBody"`
	}
)

func (a *API) listSuggestions(ctx context.Context, r reader, in *struct{ Numbered }) (*suggestionsOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	return a.suggestionsFor(ctx, r, t)
}

// suggestionsFor is all that the desk guesses of a ticket.
func (a *API) suggestionsFor(ctx context.Context, r reader, t ticket.Ticket) (*suggestionsOut, error) {
	g := suggest.Guessed{}
	var err error
	if g.Offers, err = a.Suggest.For(ctx, r.by, t); err != nil {
		return nil, err
	}
	if g.Same, g.Crowd, err = a.Suggest.Alike(ctx, r.by, t); err != nil {
		return nil, err
	}
	solved, err := a.Suggest.Solved(ctx, r.by, t)
	if err != nil {
		return nil, err
	}
	out := a.suggestions(ctx, r, g)
	for _, x := range solved {
		out.Body.Solved = append(out.Body.Solved, solvedJSON{a.likeness(ctx, r, x.Ticket, x.Share, x.Reasons), x.Ticket.Detail.Solution.Text, x.Used, x.Helped})
	}
	return out, nil
}

func (a *API) useSolved(ctx context.Context, r reader, in *solvedIn) (*suggestionsOut, error) {
	return a.noteSolved(ctx, r, in, a.Suggest.UseSolved)
}

func (a *API) unuseSolved(ctx context.Context, r reader, in *solvedIn) (*suggestionsOut, error) {
	return a.noteSolved(ctx, r, in, a.Suggest.UnuseSolved)
}

func (a *API) noteSolved(ctx context.Context, r reader, in *solvedIn, note func(ctx context.Context, by access.Actor, on, other ticket.Target) error) (*suggestionsOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	other, err := Numbered{in.Other}.target()
	if err != nil {
		return nil, err
	}
	if err := note(ctx, r.by, ticket.Target{ID: t.ID}, other); err != nil {
		return nil, err
	}
	return a.suggestionsFor(ctx, r, t)
}

func (a *API) suggest(ctx context.Context, r reader, in *suggestIn) (*suggestionsOut, error) {
	g, err := a.Suggest.Guess(ctx, r.by, suggest.Draft{
		Subject: in.Body.Subject, Text: in.Body.Text, Requester: person.ID(in.Body.Requester),
		Category: catalog.CategoryID(in.Body.Category), Service: catalog.ServiceID(in.Body.Service), Group: person.GroupID(in.Body.Group),
	})
	if err != nil {
		return nil, err
	}
	return a.suggestions(ctx, r, g), nil
}

func (a *API) suggestions(ctx context.Context, r reader, g suggest.Guessed) *suggestionsOut {
	out := &suggestionsOut{}
	out.Body.Items, out.Body.Solved = make([]suggestionJSON, 0, len(g.Offers)), []solvedJSON{}
	for _, o := range g.Offers {
		out.Body.Items = append(out.Body.Items, suggestionJSON{
			Label: string(o.Label), Value: o.Value, Name: a.offered(ctx, r, o), Share: float64(o.Share) / 1000, Word: string(o.Sureness()),
			Because: append([]string{}, o.Reasons...), Model: o.Version, Outcome: string(o.Outcome),
		})
	}
	out.Body.Same, out.Body.Crowd = a.alike(ctx, r, g.Same), a.alike(ctx, r, g.Crowd)
	return out
}

func (a *API) alike(ctx context.Context, r reader, list []suggest.Alike) []AlikeJSON {
	out := make([]AlikeJSON, 0, len(list))
	for _, x := range list {
		out = append(out, a.likeness(ctx, r, x.Ticket, x.Share, x.Reasons))
	}
	return out
}

// likeness is a ticket that looks like the same matter; share is in thousandths.
func (a *API) likeness(ctx context.Context, r reader, t ticket.Ticket, share int64, reasons []string) AlikeJSON {
	return AlikeJSON{a.row(ctx, r, t), float64(share) / 1000, append([]string{}, reasons...)}
}

// offered is the name of what a key stands for.
func (a *API) offered(ctx context.Context, r reader, o suggest.Offer) string {
	n, _ := strconv.ParseInt(o.Value, 10, 64) // 0 for an answer, which has no key
	lang := string(r.lang)
	switch o.Label {
	case suggest.Category:
		return a.Catalog.Category(ctx, catalog.CategoryID(n)).Label(lang)
	case suggest.ServiceLabel:
		return a.Catalog.Service(ctx, catalog.ServiceID(n)).Label(lang)
	case suggest.Group:
		return a.People.Group(ctx, person.GroupID(n)).Label(lang)
	case suggest.Core, suggest.Affected, suggest.Halt:
	}
	return ""
}
