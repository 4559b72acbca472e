// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// tiedArticle is an article that has to do with a ticket.
type tiedArticle struct {
	ID        knowledge.ID
	Title     string
	How, Tone string
	Undo      bool
}

// articlesShown bounds the articles that are offered beside a ticket.
const articlesShown = 4

// readArticles gathers what was used on the ticket and, while it is open, what may help (N24).
func (s *sheet) readArticles(ctx context.Context) error {
	ties, err := s.f.Knowledge.On(ctx, s.c.Actor, s.t)
	if err != nil {
		return err
	}
	for _, t := range ties {
		a, err := s.f.Knowledge.Open(ctx, s.c.Actor, t.Article)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue // of a group that the reader does not belong to
		}
		if err != nil {
			return err
		}
		x := tiedArticle{ID: a.ID, Title: a.Shown().Title, How: s.T("workarticle.how_" + string(t.How)), Tone: ui.Line}
		if t.How == knowledge.UsedOn {
			x.Undo = t.SolvedAt.IsZero()
		}
		if !t.SolvedAt.IsZero() {
			x.How, x.Tone = s.T("workarticle.solved_there"), ui.OK
		}
		s.tied = append(s.tied, x)
	}
	if !s.t.Open() {
		return nil
	}
	found, err := s.f.Knowledge.For(ctx, s.c.Actor, s.t, s.articleLang(), articlesShown+len(s.tied))
	for _, x := range found {
		if len(s.articles) < articlesShown && !slices.ContainsFunc(s.tied, func(t tiedArticle) bool { return t.ID == x.ID }) {
			s.articles = append(s.articles, x)
		}
	}
	return err
}

// articleLang is the language in which the requester reads.
func (s *sheet) articleLang() string {
	if strings.HasPrefix(s.requester.Lang, "en") {
		return "en"
	}
	return "zh"
}

// canDraw reports whether a draft of an article can be made of the ticket, and was not.
func (s *sheet) canDraw() bool {
	return (s.t.Status == ticket.Resolved || s.t.Status == ticket.Closed) && s.t.Detail.Solution.Text != "" && s.t.MergedInto == 0 &&
		!slices.ContainsFunc(s.tied, func(t tiedArticle) bool { return t.How == s.T("workarticle.how_source") })
}

// insertWords are what stands in a reply for an article: its name and where to read it.
func (s *sheet) insertWords(x knowledge.Found) string {
	return s.T("workarticle.insert_words", "Title", x.Live.Title, "Address", s.f.BaseURL+"/articles/"+key(int64(x.ID)))
}

// insertVals tells that an article was put into a reply.
func insertVals(which knowledge.ID) string {
	return fmt.Sprintf(`{"article":"%d","how":"inserted"}`, which)
}
