// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func (a *API) searchOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/search", id: "search", tag: "Tickets", action: access.TicketRead,
		summary: "Search tickets, messages and people",
		about:   "Words, quoted phrases, codes and numbers, and the language of filters: status:open assignee:me (printer OR scanner) -jam silent:>4h created:<7d has:attachment fact:ORA-01653. Side by side all must hold. What cannot be read is refused with the place where it stands (errors[].at). English is found by whole words, Chinese by characters. Best match first among the newest 500, then the next 500. Requesters search what is public on their own tickets, by words, status, created, updated and has.",
	}, a.search)
	register(a, operation{
		method: http.MethodGet, path: "/search/people", id: "search-people", tag: "Tickets", action: access.QueueRead,
		summary: "Search people",
		about:   "People whose name, address, telephone number, department or place hold all words, the newest first. A question that names a field of tickets finds nobody.",
	}, a.searchPeople)
}

type searchIn struct {
	Text   string `query:"q" required:"true" minLength:"1" maxLength:"1000"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
	Cursor string `query:"cursor" maxLength:"400" doc:"next_cursor of the page before"`
}

// pieceJSON is a stretch of text.
type pieceJSON struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty" doc:"It is what was looked for"`
}

// hitJSON is a ticket that was found.
type hitJSON struct {
	Ticket  ticketJSON  `json:"ticket"`
	Where   string      `json:"where,omitempty" enum:"subject,message,note,call,file,solution,form,told,record,person" doc:"What the words are from; missing for the user's first words"`
	Message int64       `json:"message,omitempty" doc:"The message that holds the words"`
	Words   []pieceJSON `json:"words" nullable:"false" doc:"The words around what was found"`
}

type searchOut struct {
	Body struct {
		Items   []hitJSON    `json:"items" nullable:"false"`
		People  []personJSON `json:"people,omitempty" nullable:"false" doc:"Staff only, with the first page"`
		Persons int          `json:"people_total,omitempty" doc:"How many people were found, 10000 at most; staff only, with the first page"`
		Total   int          `json:"total" doc:"How many tickets were found"`
		More    bool         `json:"total_is_more,omitempty" doc:"At least so many"`
		About   bool         `json:"total_is_about,omitempty" doc:"Not every text was looked at"`
		Next    string       `json:"next_cursor,omitempty" doc:"Missing on the last page"`
	} `nameHint:"SearchPage"`
}

func (a *API) search(ctx context.Context, r reader, in *searchIn) (*searchOut, error) {
	p, err := a.Search.Find(ctx, r.by, search.Query{Text: in.Text, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &searchOut{}
	out.Body.Items, out.Body.Total, out.Body.More, out.Body.About, out.Body.Next = make([]hitJSON, 0, len(p.Hits)), p.Total.N, p.Total.More, p.Total.About, p.Next
	for _, h := range p.Hits {
		t, err := a.Tickets.Get(ctx, r.by, ticket.Target{ID: h.Ticket.ID})
		if err != nil {
			return nil, err
		}
		one := hitJSON{Ticket: a.row(ctx, r, t), Where: string(h.Where), Message: int64(h.Message), Words: make([]pieceJSON, 0, len(h.Words))}
		for _, w := range h.Words {
			one.Words = append(one.Words, pieceJSON(w))
		}
		out.Body.Items = append(out.Body.Items, one)
	}
	out.Body.Persons = p.Persons
	for _, who := range p.People {
		out.Body.People = append(out.Body.People, toPersonJSON(who))
	}
	return out, nil
}

type foundPeopleOut struct {
	Body struct {
		Items []personJSON `json:"items" nullable:"false"`
		Total int          `json:"total" doc:"How many people were found, 10000 at most"`
		Next  string       `json:"next_cursor,omitempty" doc:"Missing on the last page"`
	} `nameHint:"SearchPeoplePage"`
}

func (a *API) searchPeople(ctx context.Context, r reader, in *searchIn) (*foundPeopleOut, error) {
	p, err := a.Search.FindPeople(ctx, r.by, search.Query{Text: in.Text, Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	out := &foundPeopleOut{}
	out.Body.Items, out.Body.Total, out.Body.Next = make([]personJSON, 0, len(p.People)), p.Total, p.Next
	for _, who := range p.People {
		out.Body.Items = append(out.Body.Items, toPersonJSON(who))
	}
	return out, nil
}

// searchTickets answers a list with words in it by the index, where the list is that of all or
// of all closed tickets: best match first.
func (a *API) searchTickets(ctx context.Context, r reader, f ticket.Filter) (ticket.Page, error) {
	p, err := a.Search.Find(ctx, r.by, search.Query{Text: f.Text, Within: f, Cursor: f.Cursor, Limit: min(f.Limit, 100)})
	out := ticket.Page{Next: p.Next}
	for _, h := range p.Hits {
		t, err := a.Tickets.Get(ctx, r.by, ticket.Target{ID: h.Ticket.ID})
		if err != nil {
			return out, err
		}
		out.Tickets = append(out.Tickets, t)
	}
	return out, err
}
