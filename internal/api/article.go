// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) articleOperations() {
	register(a, operation{
		method: http.MethodGet, path: "/articles", id: "list-articles", tag: "Articles", action: access.ArticleRead,
		summary: "Find articles",
		about:   "What is published and may be read by whoever asks: with q what fits it, the best first; without it the most useful first.",
	}, a.listArticles)
	register(a, operation{
		method: http.MethodGet, path: "/articles/{id}", id: "get-article", tag: "Articles", action: access.ArticleRead,
		summary: "Read an article",
		about:   "What is published. Staff who may see it get one that is not published yet as well, with what is worked on.",
	}, a.getArticle)
	register(a, operation{
		method: http.MethodPost, path: "/articles", id: "write-article", tag: "Articles", action: access.ArticleWork, status: http.StatusCreated,
		summary: "Write an article",
		about:   "A draft; nobody reads it until another person has published it. With from, it is drawn from a solved ticket without personal data, and title and body may be left out.",
	}, a.writeArticle)
	register(a, operation{
		method: http.MethodPost, path: "/articles/{id}/{command}", id: "command-article", tag: "Articles", action: access.ArticleWork, status: http.StatusOK,
		summary: "Move an article",
		about:   "write (a new wording beside the published one), submit (to a reviewer), return, publish (by somebody who did not write in it), drop, looked, retire, restore, ask-to-read, have-read, use (on a ticket). The same rules as on the pages.",
	}, a.commandArticle)
	register(a, operation{
		method: http.MethodPost, path: "/articles/{id}/say", id: "say-of-article", tag: "Articles", action: access.ArticleRead, status: http.StatusOK,
		summary: "Say whether an article helped",
		about:   "Counted once a person, kind and day.",
	}, a.sayOfArticle)
}

type (
	articleJSON struct {
		ID         int64      `json:"id"`
		Version    int64      `json:"version"`
		State      string     `json:"state" enum:"draft,review,published,changing,changed,retired"`
		Lang       string     `json:"lang" enum:"zh,en"`
		Title      string     `json:"title"`
		Body       string     `json:"body,omitempty" doc:"Markdown; left out in lists"`
		Category   int64      `json:"category,omitempty"`
		Audience   string     `json:"audience" enum:"public,staff,group"`
		Group      int64      `json:"group,omitempty"`
		Edition    int64      `json:"edition" doc:"Number of the wording"`
		ReviewAt   *time.Time `json:"review_at,omitempty" doc:"When its keeper looks at it again; staff only"`
		Work       string     `json:"work,omitempty" doc:"Title of the wording that is worked on; staff only"`
		WorkBody   string     `json:"work_body,omitempty"`
		Reviewer   int64      `json:"reviewer,omitempty" doc:"Who is asked to review, or did; staff only"`
		Tickets    []string   `json:"tickets,omitempty" doc:"What it was drawn from; staff only"`
		Shown      int64      `json:"shown" doc:"Readers a day, added up"`
		Used       int64      `json:"used" doc:"Tickets on which it was used"`
		Solved     int64      `json:"solved" doc:"By a reader's own word, or on a ticket that was confirmed"`
		CreatedAt  time.Time  `json:"created_at"`
		ModifiedAt time.Time  `json:"modified_at"`
	}
	articlesOut struct {
		Body struct {
			Items []articleJSON `json:"items" nullable:"false"`
		} `nameHint:"Articles"`
	}
	articleOut struct {
		Body articleJSON
	}
	// ArticleNumbered is the key of an article in an address.
	ArticleNumbered struct {
		ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
	}
	findArticlesIn struct {
		Q        string `query:"q" maxLength:"400"`
		Category int64  `query:"category" minimum:"1" maximum:"9007199254740991"`
		Lang     string `query:"lang" enum:"zh,en"`
		Limit    int64  `query:"limit" minimum:"1" maximum:"100" default:"20"`
	}
	// WritingJSON is a wording as it is sent. It is exported: the document describes what is embedded only then.
	WritingJSON struct {
		Title    string `json:"title,omitempty" maxLength:"400"`
		Body     string `json:"body,omitempty" maxLength:"60000" doc:"Markdown"`
		Category int64  `json:"category,omitempty" minimum:"0" maximum:"9007199254740991"`
		Audience string `json:"audience,omitempty" enum:"public,staff,group" default:"staff"`
		Group    int64  `json:"group,omitempty" minimum:"0" maximum:"9007199254740991"`
		Change   string `json:"change,omitempty" maxLength:"1000"`
	}
	writeArticleIn struct {
		Body struct {
			WritingJSON
			Lang string `json:"lang" enum:"zh,en"`
			Like int64  `json:"like,omitempty" minimum:"0" maximum:"9007199254740991" doc:"The article that it says again in another language"`
			From string `json:"from,omitempty" maxLength:"20" doc:"A solved ticket to draw it from"`
		} `nameHint:"WriteArticleBody"`
	}
	commandArticleIn struct {
		ArticleNumbered
		Command string `path:"command" enum:"write,submit,return,publish,drop,looked,retire,restore,ask-to-read,have-read,use"`
		Body    struct {
			WritingJSON
			Version  int64  `json:"version,omitempty" minimum:"0" maximum:"9007199254740991" doc:"The one that was read; 412 where somebody was quicker"`
			Reviewer int64  `json:"reviewer,omitempty" minimum:"0" maximum:"9007199254740991"`
			Why      string `json:"why,omitempty" maxLength:"2000"`
			Months   int64  `json:"months,omitempty" minimum:"0" maximum:"36"`
			Sure     bool   `json:"sure,omitempty" doc:"Nothing that looks like personal data is any"`
			Ask      bool   `json:"ask,omitempty" doc:"Publish, and ask the groups of its category to have read it"`
			Ticket   string `json:"ticket,omitempty" maxLength:"20"`
			How      string `json:"how,omitempty" enum:"used,inserted"`
		} `nameHint:"CommandArticleBody"`
	}
	sayArticleIn struct {
		ArticleNumbered
		Body struct {
			What    string `json:"what" enum:"solved,helped,unhelped"`
			Comment string `json:"comment,omitempty" maxLength:"2000"`
		} `nameHint:"SayArticleBody"`
	}
	sayArticleOut struct {
		Body struct {
			Counted bool `json:"counted" doc:"false where it was said today already"`
		} `nameHint:"SaidOfArticle"`
	}
)

// widest is how far a search looks whose category is given.
const widest = 1000

func (a *API) listArticles(ctx context.Context, r reader, in *findArticlesIn) (*articlesOut, error) {
	stats, err := a.Knowledge.Stats(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	var cards []knowledge.Card
	if in.Q != "" {
		most := in.Limit
		if in.Category != 0 {
			most = widest // what is of another category takes no place in the answer
		}
		found, e := a.Knowledge.Search(ctx, r.by, in.Q, in.Lang, false, int(most))
		for _, x := range found {
			if int64(len(cards)) < in.Limit && (in.Category == 0 || a.Knowledge.Within(ctx, x.Live.Category, catalog.CategoryID(in.Category))) {
				cards = append(cards, x.Card)
			}
		}
		err = e
	} else {
		cards, err = a.Knowledge.Of(ctx, r.by, catalog.CategoryID(in.Category), in.Lang, int(in.Limit))
	}
	out := &articlesOut{}
	out.Body.Items = make([]articleJSON, 0, len(cards))
	for _, c := range cards {
		one := a.articleOf(r, c.Article, stats[c.ID])
		one.Body, one.WorkBody = "", ""
		out.Body.Items = append(out.Body.Items, one)
	}
	return out, err
}

// articleOf is an article as whoever asks may see it.
func (a *API) articleOf(r reader, x knowledge.Article, s knowledge.Stats) articleJSON {
	e := x.Shown()
	out := articleJSON{
		ID: int64(x.ID), Version: x.Version, State: string(x.State()), Lang: x.Lang, Title: e.Title, Body: e.Body, Category: int64(e.Category),
		Audience: string(e.Audience), Group: int64(e.Group), Edition: e.Number, Shown: s.Shown, Used: s.Used, Solved: s.Solved,
		CreatedAt: x.CreatedAt, ModifiedAt: x.ChangedAt,
	}
	if !r.staff() {
		out.State = string(knowledge.Published) // that it is being changed is the desk's own affair
		return out
	}
	if !x.ReviewAt.IsZero() {
		out.ReviewAt = &x.ReviewAt
	}
	if out.Reviewer = int64(e.Reviewer); x.Work.Number != 0 {
		out.Work, out.WorkBody, out.Reviewer = x.Work.Title, x.Work.Body, int64(x.Work.Reviewer)
	}
	return out
}

func (a *API) getArticle(ctx context.Context, r reader, in *struct{ ArticleNumbered }) (*articleOut, error) {
	var x knowledge.Article
	if r.staff() {
		var err error
		if x, err = a.Knowledge.Open(ctx, r.by, knowledge.ID(in.ID)); err != nil {
			return nil, err
		}
	} else {
		card, err := a.Knowledge.Read(ctx, r.by, knowledge.ID(in.ID))
		if err != nil {
			return nil, err
		}
		x = card.Article
	}
	return a.articleAnswer(ctx, r, x)
}

func (a *API) articleAnswer(ctx context.Context, r reader, x knowledge.Article) (*articleOut, error) {
	stats, err := a.Knowledge.Stats(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	out := &articleOut{Body: a.articleOf(r, x, stats[x.ID])}
	if !r.staff() {
		return out, nil
	}
	ties, err := a.Knowledge.From(ctx, r.by, x.ID)
	if err != nil {
		return nil, err
	}
	var keys []ticket.ID
	for _, t := range ties {
		if t.How == knowledge.Source {
			keys = append(keys, t.Ticket)
		}
	}
	list, err := a.Tickets.Some(ctx, r.by, keys)
	for _, k := range keys {
		if t, ok := list[k]; ok {
			out.Body.Tickets = append(out.Body.Tickets, t.Ref())
		}
	}
	return out, err
}

func (w WritingJSON) content() knowledge.Content {
	return knowledge.Content{
		Title: w.Title, Body: w.Body, Category: catalog.CategoryID(w.Category), Audience: knowledge.Audience(w.Audience), Group: person.GroupID(w.Group), Change: w.Change,
	}
}

func (a *API) writeArticle(ctx context.Context, r reader, in *writeArticleIn) (*articleOut, error) {
	m := knowledge.Manuscript{Lang: in.Body.Lang, Like: knowledge.ID(in.Body.Like), Content: in.Body.content()}
	if in.Body.From != "" {
		n := ticket.ParseRef(in.Body.From)
		if n == 0 {
			return nil, errs.Field("from", "ticket.not_found")
		}
		drawn, err := a.Knowledge.Draw(ctx, r.by, ticket.Target{Number: n}, in.Body.Lang)
		if err != nil {
			return nil, err
		}
		m.From, m.Masked = drawn.From, drawn.Masked
		if m.Title == "" {
			m.Title = drawn.Title
		}
		if m.Body == "" {
			m.Body = drawn.Body
		}
		if m.Category == 0 {
			m.Category = drawn.Category
		}
	}
	x, err := a.Knowledge.Save(ctx, r.by, m)
	if err != nil {
		return nil, err
	}
	return a.articleAnswer(ctx, r, x)
}

func (a *API) commandArticle(ctx context.Context, r reader, in *commandArticleIn) (*articleOut, error) {
	which, b, k := knowledge.ID(in.ID), &in.Body, a.Knowledge
	var x knowledge.Article
	var err error
	switch in.Command {
	case "write":
		x, err = k.Save(ctx, r.by, knowledge.Manuscript{ID: which, Version: b.Version, Content: b.content()})
	case "submit":
		x, err = k.Submit(ctx, r.by, which, b.Version, person.ID(b.Reviewer))
	case "return":
		x, err = k.SendBack(ctx, r.by, which, b.Version, b.Why)
	case "publish":
		x, err = k.Publish(ctx, r.by, which, knowledge.Release{Version: b.Version, Months: int(b.Months), Sure: b.Sure, Ask: b.Ask})
	case "drop":
		x, err = k.Drop(ctx, r.by, which, b.Version)
	case "looked":
		x, err = k.Looked(ctx, r.by, which, b.Version, int(b.Months))
	case "retire":
		x, err = k.Retire(ctx, r.by, which, b.Version, b.Why)
	case "restore":
		x, err = k.Restore(ctx, r.by, which, b.Version)
	case "ask-to-read":
		_, err = k.AskToRead(ctx, r.by, which)
	case "have-read":
		err = k.HaveRead(ctx, r.by, which)
	case "use":
		how := knowledge.UsedOn
		if b.How != "" {
			how = knowledge.How(b.How)
		}
		n := ticket.ParseRef(b.Ticket)
		if n == 0 {
			return nil, errs.Field("ticket", "ticket.not_found")
		}
		err = k.Use(ctx, r.by, which, ticket.Target{Number: n}, how)
	}
	if err == nil && x.ID == 0 {
		x, err = k.Open(ctx, r.by, which)
	}
	if err != nil {
		return nil, err
	}
	return a.articleAnswer(ctx, r, x)
}

func (a *API) sayOfArticle(ctx context.Context, r reader, in *sayArticleIn) (*sayArticleOut, error) {
	if err := a.count(ctx, r, session.Saying); err != nil {
		return nil, err
	}
	fresh, err := a.Knowledge.Tell(ctx, r.by, knowledge.ID(in.ID), knowledge.Say(in.Body.What), in.Body.Comment)
	out := &sayArticleOut{}
	out.Body.Counted = fresh
	return out, err
}
