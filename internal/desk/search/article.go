// SPDX-License-Identifier: Apache-2.0

package search

import (
	"context"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Articles are few and are held in memory by the room that keeps them, a shelf for each audience:
// what somebody may not read is not looked at, so that neither counts nor time tell of it (S24).

const (
	maxArticles   = 50 // where only they are asked for
	besideTickets = 3
)

// Article is an article that was found.
type Article struct {
	knowledge.Card
	Title []Piece
	Words []Piece
}

// articlesAsked reports whether articles are asked for and nothing else ("is:article"), and with
// which words.
func articlesAsked(typed string) (words string, asked bool) {
	var rest []string
	for _, f := range strings.Fields(typed) {
		name, value, found := strings.Cut(strings.ReplaceAll(strings.ToLower(f), "：", ":"), ":")
		if found && slices.Contains([]string{"is", "类型"}, name) && slices.Contains([]string{"article", "articles", "文章", "知识文章"}, value) {
			asked = true
			continue
		}
		rest = append(rest, f)
	}
	return strings.Join(rest, " "), asked
}

func (s *Service) articlesOf(ctx context.Context, by access.Actor, words []text.Pattern, beginning string, most int) ([]Article, error) {
	if s.Articles == nil {
		return nil, nil
	}
	var list []knowledge.Found
	var err error
	if len(words) == 0 { // "is:article" alone: everything, the most useful first
		cards, e := s.Articles.Of(ctx, by, 0, "", most)
		for _, c := range cards {
			list = append(list, knowledge.Found{Card: c})
		}
		err = e
	} else {
		list, err = s.Articles.Matching(ctx, by, words, beginning, most)
	}
	out := make([]Article, 0, len(list))
	for _, f := range list {
		out = append(out, Article{
			Card: f.Card, Title: mark1(f.Live.Title, words, beginning),
			Words: clip(pieces(f.Plain, spans(text.Units(f.Plain), words, beginning))),
		})
	}
	return out, err
}
