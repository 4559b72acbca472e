// SPDX-License-Identifier: Apache-2.0

package wordbook

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/wording"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Service hands out packs and checkers.
type Service struct {
	settings *setting.Service
	mu       sync.Mutex
	made     map[wording.Name]made
}

type made struct {
	versions string
	checker  *wording.Checker
}

// NewService makes the room.
func NewService(s *setting.Service) *Service {
	return &Service{settings: s, made: map[wording.Name]made{}}
}

// Name is the name under which the changes of a pack are stored.
func Name(n wording.Name, lang string) string { return "wording." + string(n) + "." + lang }

// Book is a pack with what was changed in it.
type Book struct {
	Name    wording.Name
	Lang    string
	BuiltIn wording.Pack
	Edit    wording.Edit
	Version int64 // counts saves; 0 for the house's own
}

// Rules are all rules of the book, those that are off among them.
func (b Book) Rules() []wording.Rule { return b.Edit.All(b.BuiltIn).Rules }

// Off reports whether a rule is not used.
func (b Book) Off(id string) bool { return slices.Contains(b.Edit.Off, id) }

// Own reports whether a rule was added or changed here.
func (b Book) Own(id string) bool {
	return slices.ContainsFunc(b.Edit.Own, func(r wording.Rule) bool { return r.ID == id })
}

// Added reports whether the house has no rule of that id.
func (b Book) Added(id string) bool {
	_, ours := b.BuiltIn.Rule(id)
	return !ours
}

// Book returns a pack in one language; NotFound where there is none.
func (s *Service) Book(ctx context.Context, n wording.Name, lang string) (Book, error) {
	p, err := wording.BuiltIn(n, lang)
	if err != nil {
		return Book{}, err
	}
	edit, version, err := setting.Load(ctx, s.settings, Name(n, lang), wording.Edit{Name: n})
	edit.Name = n
	return Book{Name: n, Lang: lang, BuiltIn: p, Edit: edit, Version: version}, err
}

// Save stores what is changed in a pack; version is the one the editor saw. Errors as for
// setting.Save.
func (s *Service) Save(ctx context.Context, by access.Actor, b Book, e wording.Edit) error {
	e.Name = b.Name
	return setting.Save(ctx, s.settings, by, Name(b.Name, b.Lang), e, b.Version)
}

// Edition is a book as it was saved once.
type Edition struct {
	Version int64
	At      time.Time
	By      int64 // the person; 0 for the desk itself
	Edit    wording.Edit
}

// History returns the versions of a book, the latest first.
func (s *Service) History(ctx context.Context, by access.Actor, b Book) ([]Edition, error) {
	list, err := s.settings.History(ctx, by, Name(b.Name, b.Lang))
	if err != nil {
		return nil, err
	}
	out := make([]Edition, 0, len(list))
	for _, p := range list {
		e := Edition{Version: p.Version, At: p.At, By: p.By}
		if err := json.Unmarshal(p.Value, &e.Edit); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Restore saves a version of before once more, as the newest one; Book.Version is what the editor
// saw. Invalid where there was none of that number.
func (s *Service) Restore(ctx context.Context, by access.Actor, b Book, version int64) error {
	list, err := s.History(ctx, by, b)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Version == version {
			return s.Save(ctx, by, b, e.Edit)
		}
	}
	return errs.Field("to", "wording.no_version")
}

// SaveRule adds or changes a rule. A new one must have an id that no other has.
func (s *Service) SaveRule(ctx context.Context, by access.Actor, b Book, r wording.Rule, isNew bool) error {
	if _, taken := b.Edit.All(b.BuiltIn).Rule(r.ID); taken && isNew {
		return errs.Field("id", "wording.id_taken")
	}
	if err := r.Check(b.Name); err != nil {
		return err
	}
	return s.Save(ctx, by, b, b.Edit.With(r))
}

// Checker returns what checks by a pack in all its languages. Where what is stored cannot be
// used, the house's own rules are. Every page with a composer asks: packs are only read when
// what is stored is another version than the last checker was made of.
func (s *Service) Checker(ctx context.Context, n wording.Name) (*wording.Checker, error) {
	versions := ""
	for _, lang := range wording.Langs() {
		_, version, err := setting.Load(ctx, s.settings, Name(n, lang), wording.Edit{Name: n})
		if err != nil {
			return nil, err
		}
		versions += strconv.FormatInt(version, 10) + " "
	}
	s.mu.Lock()
	m, ok := s.made[n]
	s.mu.Unlock()
	if ok && m.versions == versions {
		return m.checker, nil
	}
	return s.compile(ctx, n)
}

// compile makes a checker of what is stored now.
func (s *Service) compile(ctx context.Context, n wording.Name) (*wording.Checker, error) {
	var packs, house []wording.Pack
	versions := ""
	for _, lang := range wording.Langs() {
		b, err := s.Book(ctx, n, lang)
		if err != nil {
			return nil, err
		}
		versions += strconv.FormatInt(b.Version, 10) + " "
		packs, house = append(packs, b.Edit.Apply(b.BuiltIn)), append(house, b.BuiltIn)
	}
	c, err := wording.Compile(packs...)
	if err != nil {
		if c, err = wording.Compile(house...); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made[n] = made{versions, c}
	return c, nil
}

// Check looks at a text. A failure to read the rules keeps nobody from writing: then nothing is
// remarked on.
func (s *Service) Check(ctx context.Context, n wording.Name, text string, about wording.Context) []wording.Remark {
	c, err := s.Checker(ctx, n)
	if err != nil {
		return nil
	}
	return c.Check(text, about)
}

// Try looks at a text with one language of a pack only, for the test box of the administration.
func (b Book) Try(text string) ([]wording.Remark, error) {
	c, err := wording.Compile(b.Edit.Apply(b.BuiltIn))
	if err != nil {
		return nil, err
	}
	return c.Check(text, wording.Context{}), nil
}
