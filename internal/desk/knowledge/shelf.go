// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/richtext"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Card is a published article as lists show it.
type Card struct {
	Article
	Plain string // its words without markup
	title []text.Unit
	body  []text.Unit
}

// Found is an article that was found.
type Found struct {
	Card
	Exact  bool    // it holds every word that was asked for
	Share  float64 // how alike it is, 0 to 1
	weight float64
}

// shelves hold what is published, an audience a shelf, so that nothing of one shows in another.
type shelves struct {
	stamp int64
	cards []Card // all, by key
	of    map[string]*shelf
}

// shelf is what is published for one audience.
type shelf struct {
	content Content // audience and group, to ask whether somebody may
	cards   []Card
	mu      sync.Mutex // the pool reckons as it is asked
	pool    *model.Pool
}

func shelfKey(c Content) string {
	return string(c.Audience) + ":" + strconv.FormatInt(int64(c.Group), 10)
}

// withoutMarks takes the dash from each line of a list: where words stand in one line, in a result or
// a preview, it would stand between them as if it belonged there.
func withoutMarks(plain string) string {
	lines := strings.Split(plain, "\n")
	for i, l := range lines {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(l, " \t"), "- "); ok {
			lines[i] = rest
		}
	}
	return strings.Join(lines, "\n")
}

// maxPlain bounds the words of an article that are compared and searched, in bytes.
const maxPlain = 60_000

func arrange(stamp int64, list []Article) *shelves {
	s := &shelves{stamp: stamp, of: map[string]*shelf{}}
	for _, a := range list {
		c := Card{Article: a, Plain: withoutMarks(richtext.Text(richtext.FromMarkdown(a.Live.Body)))}
		if len(c.Plain) > maxPlain {
			c.Plain = strings.ToValidUTF8(c.Plain[:maxPlain], "")
		}
		c.title, c.body = text.Units(a.Live.Title), text.Units(c.Plain)
		s.cards = append(s.cards, c)
		key := shelfKey(a.Live.Content)
		one := s.of[key]
		if one == nil {
			one = &shelf{content: Content{Audience: a.Live.Audience, Group: a.Live.Group}, pool: model.NewPool()}
			s.of[key] = one
		}
		one.cards = append(one.cards, c)
		one.pool.Add(int64(a.ID), model.Text{Subject: a.Live.Title, Body: c.Plain})
	}
	return s
}

// shelves returns what is published now. One small question to the database says whether what is
// in memory still is.
func (s *Service) shelves(ctx context.Context) (*shelves, error) {
	now, err := stamp(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	if have := s.held.Load(); have != nil && have.stamp == now {
		return have, nil
	}
	list, err := published(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	made := arrange(now, list)
	s.held.Store(made)
	return made, nil
}

// open are the shelves from which somebody may read, in a fixed order.
func (s *shelves) open(r access.Shelf) []*shelf {
	var keys []string
	for k, one := range s.of {
		if r.Holds(one.content.Paper()) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	out := make([]*shelf, 0, len(keys))
	for _, k := range keys {
		out = append(out, s.of[k])
	}
	return out
}

func (s *shelves) card(which ID) (Card, bool) {
	i, ok := slices.BinarySearchFunc(s.cards, which, func(c Card, id ID) int { return cmp.Compare(c.ID, id) })
	if !ok {
		return Card{}, false
	}
	return s.cards[i], true
}

// What is asked of an article that is offered for words which it does not all hold.
const (
	leastShare = 0.10
	forExact   = 2.0
	forTitle   = 0.5 // for each of the words that stand in the title, as a part of all
	forNear    = 0.15
	forLang    = 0.05
	mostLooked = 40
)

// question is what is looked for on the shelves.
type question struct {
	patterns  []text.Pattern
	beginning string // a word that is still typed; "" for none
	alike     model.Text
	near      map[catalog.CategoryID]bool // categories that make an article likelier
	lang      string
}

// look weighs the articles of a shelf: those that hold all words, those of which the title holds half
// of them at least (who writes a sentence says more than the title does), then those that are alike.
func (s *shelf) look(q question) []Found {
	at := map[ID]int{}
	var out []Found
	for _, c := range s.cards {
		if len(q.patterns) == 0 {
			break
		}
		inTitle, in := 0, 0
		for i, p := range q.patterns {
			last := i == len(q.patterns)-1
			switch {
			case p.In(c.title) || last && begins(c.title, q.beginning):
				inTitle++
				in++
			case p.In(c.body) || last && begins(c.body, q.beginning):
				in++
			}
		}
		titled := forTitle * float64(inTitle) / float64(len(q.patterns))
		switch {
		case in == len(q.patterns):
			at[c.ID] = len(out)
			out = append(out, Found{Card: c, Exact: true, weight: forExact + titled})
		case q.alike != (model.Text{}) && 2*inTitle >= len(q.patterns):
			at[c.ID] = len(out)
			out = append(out, Found{Card: c, weight: titled})
		}
	}
	if q.alike != (model.Text{}) {
		s.mu.Lock()
		matches := s.pool.Alike(0, q.alike, mostLooked, nil)
		s.mu.Unlock()
		for _, m := range matches {
			if i, known := at[ID(m.Key)]; known {
				out[i].Share, out[i].weight = m.Share, out[i].weight+m.Share
				continue
			}
			i := slices.IndexFunc(s.cards, func(c Card) bool { return int64(c.ID) == m.Key })
			if i >= 0 && m.Share >= leastShare {
				out = append(out, Found{Card: s.cards[i], Share: m.Share, weight: m.Share})
			}
		}
	}
	for i := range out {
		if q.near[out[i].Live.Category] {
			out[i].weight += forNear
		}
		if q.lang != "" && out[i].Lang == q.lang {
			out[i].weight += forLang
		}
	}
	return out
}

// begins reports whether a word begins as one that is still typed.
func begins(units []text.Unit, beginning string) bool {
	return beginning != "" && slices.ContainsFunc(units, func(u text.Unit) bool { return !u.Han && strings.HasPrefix(u.Text, beginning) })
}

// find looks on every shelf from which somebody may read.
func (s *shelves) find(r access.Shelf, q question, most int) []Found {
	var out []Found
	for _, one := range s.open(r) {
		out = append(out, one.look(q)...)
	}
	slices.SortFunc(out, func(a, b Found) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.ID, a.ID)) })
	return oneAFamily(out, q.lang)[:min(most, len(oneAFamily(out, q.lang)))]
}

// oneAFamily keeps of articles that say the same in several languages the one in the reader's.
func oneAFamily(list []Found, lang string) []Found {
	if lang == "" {
		return list
	}
	at := map[ID]int{}
	out := list[:0:0]
	for _, f := range list {
		root := f.Family
		if root == 0 {
			root = f.ID
		}
		i, seen := at[root]
		switch {
		case !seen:
			at[root] = len(out)
			out = append(out, f)
		case f.Lang == lang && out[i].Lang != lang:
			out[i] = f
		}
	}
	return out
}
