// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"net/url"

	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// foundLine is a request that was found, and the words in it.
type foundLine struct {
	line
	Subject []search.Piece
	Words   []search.Piece
}

// foundRequests is everything that the page of a search shows.
type foundRequests struct {
	Text  string
	Error string
	Total string
	Lines []foundLine
	Pager ui.PagerView

	Articles []foundArticle
}

// foundArticle is an article that holds what was looked for.
type foundArticle struct {
	Href         string
	Title, Words []search.Piece
}

// findRequests looks through one's own requests, in what is public on them.
func (f *Faces) findRequests(c *page.Ctx, typed string) error {
	v := foundRequests{Text: typed}
	p, err := f.search.Find(c.Context(), c.Actor, search.Query{Text: typed, Cursor: c.Query("after"), Zone: c.Zone})
	status := http.StatusOK
	if e := errs.As(err); e != nil && e.Kind == errs.Invalid {
		v.Error, status = c.T(e.Key, e.Args...), http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	for _, h := range p.Hits {
		v.Lines = append(v.Lines, foundLine{f.line(c, h.Ticket), h.Subject, h.Words})
	}
	for _, a := range p.Articles {
		v.Articles = append(v.Articles, foundArticle{articleAddress(a.ID, typed), a.Title, a.Words})
	}
	switch {
	case p.Total.More:
		v.Total = c.T("portal.found_more", "Count", p.Total.N)
	case p.Total.N > 0:
		v.Total = c.T("portal.found", "Count", p.Total.N)
	}
	if p.Next != "" {
		v.Pager.Older = "/requests?" + url.Values{"q": {typed}, "after": {p.Next}}.Encode()
	}
	if c.Query("after") != "" {
		v.Pager.Newer = "/requests?" + url.Values{"q": {typed}}.Encode()
	}
	frame := c.Frame(c.T("portal.requests"))
	return show(c, status, frame, foundPage(frame, v))
}
