// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
	"github.com/loopdesk/loopdesk/internal/kit/blob"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Parts are what the room is made of.
type Parts struct {
	DB      *db.DB
	Bus     *event.Bus
	Clock   clock.Clock
	Jobs    *job.Queue
	Blobs   *blob.Store
	People  *person.Service
	Catalog *catalog.Desk
	Tickets *ticket.Service
	// Hint says, in the commit, that the pages of somebody are stale. nil for nobody.
	Hint func(tx *db.Tx, who person.ID)
}

// Service holds the commands and queries on articles.
type Service struct {
	Parts
	held  atomic.Pointer[shelves]
	shown shownBook
}

// NewService makes the room and takes charge of its jobs. The assembly says what it hears.
func NewService(p Parts) *Service {
	s := &Service{Parts: p, shown: shownBook{seen: map[sighting]bool{}, times: map[shownDay]int64{}}}
	p.Jobs.Handle(ReviewJob, s.remind, job.Timeout(time.Minute))
	return s
}

// Reader is what an actor may read, as access says; this room adds of which groups they are.
func (s *Service) Reader(ctx context.Context, by access.Actor) access.Shelf {
	var groups []int64
	if by.Kind == access.Person && by.Staff() {
		for _, g := range s.People.GroupsOf(ctx, person.ID(by.ID)) {
			groups = append(groups, int64(g))
		}
	}
	return access.Articles(by, groups)
}

func gone() error { return errs.New(errs.NotFound, "knowledge.not_found") }

// Read returns a published article that the actor may read. NotFound for every other, whatever
// the reason (S21).
func (s *Service) Read(ctx context.Context, by access.Actor, which ID) (Card, error) {
	if err := access.Can(by, access.ArticleRead, access.Object{}); err != nil {
		return Card{}, err
	}
	held, err := s.shelves(ctx)
	if err != nil {
		return Card{}, err
	}
	c, ok := held.card(which)
	if !ok || !s.Reader(ctx, by).Holds(c.Live.Paper()) {
		return Card{}, gone()
	}
	return c, nil
}

// Open returns an article to those who write: also one that is not published, and without what is worked
// on where that is not for them. Whoever may read neither does not learn that it is there.
func (s *Service) Open(ctx context.Context, by access.Actor, which ID) (Article, error) {
	if err := s.mayWork(by); err != nil {
		return Article{}, err
	}
	a, err := byID(ctx, s.DB, which)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		return Article{}, gone()
	}
	if err != nil {
		return a, err
	}
	a, ok := seen(s.Reader(ctx, by), a)
	if !ok {
		return Article{}, gone()
	}
	return a, nil
}

func (s *Service) mayWork(by access.Actor) error {
	if err := access.Can(by, access.ArticleWork, access.Object{}); err != nil {
		return err
	}
	if !by.Staff() {
		return errs.New(errs.Denied, "access.denied")
	}
	return nil
}

// seen is an article as somebody who writes may see it, and whether they may at all: what is published is
// read by whoever may, also while a wording of it is written that is not for them (S24).
func seen(r access.Shelf, a Article) (Article, bool) {
	if sees(r, a) {
		return a, true
	}
	a.Work = Edition{}
	return a, a.Live.Number != 0 && sees(r, a)
}

// sees reports whether somebody who writes may see all of an article, and so change it: each edition that
// there is must be for them, or their own.
func sees(r access.Shelf, a Article) bool {
	for _, e := range []Edition{a.Live, a.Work} {
		if e.Number != 0 && !r.Opens(e.paper()) {
			return false
		}
	}
	return true
}

// mostArticles bounds a list of those who write.
const mostArticles = 2000

// List returns the articles that somebody who writes may see, the latest change first; of one
// state where state is not empty.
func (s *Service) List(ctx context.Context, by access.Actor, state State) ([]Article, error) {
	if err := s.mayWork(by); err != nil {
		return nil, err
	}
	list, err := every(ctx, s.DB, mostArticles)
	r := s.Reader(ctx, by)
	var out []Article
	for _, a := range list {
		if a, ok := seen(r, a); ok && (state == "" || a.State() == state) {
			out = append(out, a)
		}
	}
	return out, err
}

// Editions returns what was ever published of an article and may be read by the actor.
func (s *Service) Editions(ctx context.Context, by access.Actor, a Article) ([]Edition, error) {
	if err := s.mayWork(by); err != nil {
		return nil, err
	}
	list, err := editions(ctx, s.DB, a.ID)
	r := s.Reader(ctx, by)
	return slices.DeleteFunc(list, func(e Edition) bool { return !r.Holds(e.Paper()) }), err
}

// Family returns what says the same in other languages and may be read.
func (s *Service) Family(ctx context.Context, by access.Actor, a Article) ([]Card, error) {
	keys, err := familyOf(ctx, s.DB, a)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	var out []Card
	for _, k := range keys {
		c, err := s.Read(ctx, by, k)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// MaxTyped is the greatest length of what is looked for, in characters.
const MaxTyped = 400

// Search returns what somebody may read and what fits what they typed, the best first: what holds
// all words, then what is alike. typing says that the last word may go on.
func (s *Service) Search(ctx context.Context, by access.Actor, typed, lang string, typing bool, most int) ([]Found, error) {
	if err := access.Can(by, access.ArticleRead, access.Object{}); err != nil {
		return nil, err
	}
	if r := []rune(typed); len(r) > MaxTyped {
		typed = string(r[:MaxTyped])
	}
	q := question{patterns: text.Words(typed), alike: model.Text{Subject: typed}, lang: lang}
	if len(q.patterns) == 0 {
		return nil, nil
	}
	if last, _ := utf8.DecodeLastRuneInString(typed); typing && !unicode.IsSpace(last) {
		q.beginning = q.patterns[len(q.patterns)-1].Typed()
	}
	held, err := s.shelves(ctx)
	if err != nil {
		return nil, err
	}
	return held.find(s.Reader(ctx, by), q, most), nil
}

// Matching returns what somebody may read that holds all of these words: for the search over
// everything.
func (s *Service) Matching(ctx context.Context, by access.Actor, words []text.Pattern, beginning string, most int) ([]Found, error) {
	if len(words) == 0 || access.Can(by, access.ArticleRead, access.Object{}) != nil {
		return nil, nil //nolint:nilerr // who may read none finds none
	}
	held, err := s.shelves(ctx)
	if err != nil {
		return nil, err
	}
	return held.find(s.Reader(ctx, by), question{patterns: words, beginning: beginning}, most), nil
}

// For returns articles that may help with a ticket, the likeliest first: alike in words, and of its
// category.
func (s *Service) For(ctx context.Context, by access.Actor, t ticket.Ticket, lang string, most int) ([]Found, error) {
	if s.mayWork(by) != nil {
		return nil, nil //nolint:nilerr // who is no staff sees none of it, which is no failure
	}
	held, err := s.shelves(ctx)
	if err != nil {
		return nil, err
	}
	body := t.Snippet
	if a := t.Detail.Intake[ticket.Symptom]; a.Value != "" {
		body += "\n" + a.Value
	}
	q := question{alike: model.Text{Subject: t.Subject, Body: body}, near: s.near(ctx, t.Category), lang: lang}
	return held.find(s.Reader(ctx, by), q, most), nil
}

// near are a category and what lies above it, for which what fits it is likelier.
func (s *Service) near(ctx context.Context, which catalog.CategoryID) map[catalog.CategoryID]bool {
	out := map[catalog.CategoryID]bool{}
	for _, c := range s.Catalog.Path(ctx, which) {
		out[c.ID] = true
	}
	return out
}

// Of returns what is published for a category, what lies below it, and in one language first, the
// most useful first.
func (s *Service) Of(ctx context.Context, by access.Actor, which catalog.CategoryID, lang string, most int) ([]Card, error) {
	if err := access.Can(by, access.ArticleRead, access.Object{}); err != nil {
		return nil, err
	}
	held, err := s.shelves(ctx)
	if err != nil {
		return nil, err
	}
	var list []Found
	for _, one := range held.open(s.Reader(ctx, by)) {
		for _, c := range one.cards {
			if which == 0 || s.Within(ctx, c.Live.Category, which) {
				list = append(list, Found{Card: c})
			}
		}
	}
	stats, err := s.Stats(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b Found) int { return stats[b.ID].worth() - stats[a.ID].worth() })
	var out []Card
	for _, f := range oneAFamily(list, lang) {
		if len(out) < most {
			out = append(out, f.Card)
		}
	}
	return out, nil
}

// worth orders articles by real use: what solved counts most.
func (s Stats) worth() int {
	return int(10*s.Solved + 3*s.Used + 2*s.Helped + s.Shown/5 - 2*s.Unhelped)
}

// Within reports whether a category is another one or lies below it.
func (s *Service) Within(ctx context.Context, which, above catalog.CategoryID) bool {
	return slices.ContainsFunc(s.Catalog.Path(ctx, which), func(c catalog.Category) bool { return c.ID == above })
}

// Stats returns how often each article was of use since an instant; ever, for the zero Time.
func (s *Service) Stats(ctx context.Context, since time.Time) (map[ID]Stats, error) {
	if since.IsZero() {
		since = time.UnixMilli(0)
	}
	list, err := counts(ctx, s.DB, since)
	return tally(list), err
}

// shownBook gathers who read what until it is written down: a page is not slower for being counted.
type shownBook struct {
	mu    sync.Mutex
	seen  map[sighting]bool
	times map[shownDay]int64
}

type sighting struct {
	shownDay
	who person.ID
}

type shownDay struct {
	of  ID
	day int64
}

// maxSeen bounds what is remembered of a day's readers; then it begins anew.
const maxSeen = 50_000

// Shown counts a reader, once a day.
func (s *Service) Shown(of ID, who person.ID) {
	s.shown.mu.Lock()
	defer s.shown.mu.Unlock()
	d := shownDay{of, dayOf(s.Clock.Now())}
	if s.shown.seen[sighting{d, who}] {
		return
	}
	if len(s.shown.seen) >= maxSeen {
		clear(s.shown.seen)
	}
	s.shown.seen[sighting{d, who}] = true
	s.shown.times[d]++
}

// Keep writes down who read what. A process that dies loses what it gathered since.
func (s *Service) Keep(ctx context.Context) error {
	s.shown.mu.Lock()
	list := s.shown.times
	s.shown.times = map[shownDay]int64{}
	s.shown.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for d, n := range list {
			if err := addShown(ctx, tx, d.of, d.day, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.shown.mu.Lock()
		for d, n := range list {
			s.shown.times[d] += n
		}
		s.shown.mu.Unlock()
	}
	return err
}

// Clip is the beginning of an article's words on one line, at most n characters.
func (c Card) Clip(n int) string {
	r := []rune(strings.Join(strings.Fields(c.Plain), " "))
	if len(r) <= n {
		return string(r)
	}
	return string(r[:n]) + "…"
}
