// SPDX-License-Identifier: Apache-2.0

package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

const (
	shown  = 160 // characters of a text that a line shows
	lead   = 40  // of which so many stand before the first word that was found
	maxHit = 20  // marks in a line
)

// hits reads what is shown of tickets, and leaves out those whose words are not there: the
// index may be a moment late, and two words may share a term.
func (l *looking) hits(ctx context.Context, list []ranked) ([]Hit, error) {
	stories, err := l.passages(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]Hit, 0, len(list))
	for _, r := range list {
		if st := stories[r.ID]; l.plan.words.holds(r.asked, st.words) {
			out = append(out, l.hit(st))
		}
	}
	return out, nil
}

// hit chooses, of the passages of a ticket, the one that holds the most of the words.
func (l *looking) hit(st story) Hit {
	list, h := st.words, Hit{Ticket: st.ticket, Subject: mark1(st.ticket.Subject, l.plan.patterns, "")}
	best, most := -1, 0
	for i, c := range list {
		if c.where == InSubject {
			continue
		}
		n := 0
		for _, x := range l.plan.patterns {
			if x.In(c.units) {
				n++
			}
		}
		if n = 2 * n; n > 0 && c.message != 0 {
			n++ // a message before the record that was taken from it
		}
		if n > most {
			best, most = i, n
		}
	}
	if best < 0 {
		h.Words = []Piece{{Text: st.ticket.Snippet}}
		return h
	}
	c := list[best]
	h.Where, h.Author, h.Message = c.where, c.author, c.message
	if line, subject := strings.TrimSpace(oneLine(c.text)), strings.TrimSpace(st.ticket.Subject); c.where == InMessage &&
		strings.HasPrefix(line, subject) && len(line) < len(subject)+len("。……") {
		return h // the subject says it already
	}
	h.Words = clip(pieces(c.text, spans(c.units, l.plan.patterns, "")))
	return h
}

// mark1 marks the words in a short text.
func mark1(s string, list []text.Pattern, beginning string) []Piece {
	return pieces(s, spans(text.Units(s), list, beginning))
}

// spans are where patterns stand, and words that begin as one that is still typed, in order
// and not one within another.
func spans(units []text.Unit, list []text.Pattern, beginning string) []text.Span {
	var all []text.Span
	for _, x := range list {
		all = append(all, x.Find(units, maxHit)...)
	}
	for _, u := range units {
		if beginning != "" && !u.Han && strings.HasPrefix(u.Text, beginning) && len(all) < maxHit {
			all = append(all, text.Span{Start: u.Start, End: u.End})
		}
	}
	slices.SortFunc(all, func(a, b text.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	var out []text.Span
	for _, s := range all {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

func pieces(s string, at []text.Span) []Piece {
	var out []Piece
	last := 0
	for _, x := range at {
		if x.Start > last {
			out = append(out, Piece{Text: s[last:x.Start]})
		}
		out = append(out, Piece{Text: s[x.Start:x.End], Hit: true})
		last = x.End
	}
	if last < len(s) {
		out = append(out, Piece{Text: s[last:]})
	}
	return out
}

// clip keeps of a text what stands around its first mark, on one line.
func clip(list []Piece) []Piece {
	var out []Piece
	room := shown
	for i, p := range list {
		s := oneLine(p.Text)
		switch {
		case i == 0 && !p.Hit:
			s = tail(s, lead)
		case room <= 0:
			return out
		case !p.Hit:
			s = head(s, room)
		}
		room -= utf8.RuneCountInString(s)
		if s != "" {
			out = append(out, Piece{s, p.Hit})
		}
	}
	return out
}

// oneLine makes every stretch of white space one space and takes out what does not print.
func oneLine(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			continue
		case space:
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
	return b.String()
}

func tail(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return "…" + string(r[len(r)-n:])
}

func head(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

// peopleWho returns people who hold all words; beginning is a word that is still typed.
func (s *Service) peopleWho(ctx context.Context, q db.Querier, p *plan, beginning string, below person.ID, limit int) ([]person.Person, error) {
	keys, err := people(ctx, q, s.DB.Engine(), newAsk(typing(p, beginning, true)), below, limit)
	var out []person.Person
	for _, who := range keys {
		if card := s.People.Card(ctx, who); card.ID != 0 {
			out = append(out, card)
		}
	}
	return out, err
}
