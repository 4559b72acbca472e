// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// Manuscript is what somebody writes: a new article (ID 0), or a new wording of one.
type Manuscript struct {
	ID      ID
	Version int64  // the one that the editor saw; 0 skips the check
	Lang    string // of a new one
	Like    ID     // of a new one: what it says in another language
	From    []ticket.ID
	Masked  []Masked
	Content
	Files []string // tokens of staged pictures
}

// Save stores what somebody writes, as the edition that is worked on, and takes the pictures into
// the article that its words name.
func (s *Service) Save(ctx context.Context, by access.Actor, w Manuscript) (Article, error) {
	if err := s.mayWork(by); err != nil {
		return Article{}, err
	}
	if w.ID == 0 && w.Lang != "zh" && w.Lang != "en" {
		return Article{}, errs.Field("lang", "knowledge.lang_unknown")
	}
	family, err := s.family(ctx, by, w)
	if err != nil {
		return Article{}, err
	}
	var out Article
	r := s.Reader(ctx, by)
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.begin(ctx, tx, by, r, w, family)
		if err != nil {
			return err
		}
		if err := a.write(person.ID(by.ID), w.Content, s.Clock.Now()); err != nil {
			return err
		}
		if w.Masked != nil {
			a.Work.Masked = w.Masked
		}
		if err := s.adopt(ctx, tx, by, a, w.Files); err != nil {
			return err
		}
		for _, t := range w.From {
			if _, err := tie(ctx, tx, Tied{Article: a.ID, Ticket: t, How: Source, By: person.ID(by.ID), At: s.Clock.Now()}); err != nil {
				return err
			}
		}
		if err := dropDraft(ctx, tx, person.ID(by.ID), w.ID); err != nil {
			return err
		}
		if out, err = s.keep(ctx, tx, by, a, Moved{Step: Written, Edition: a.Work.Number}); db.IsForeignKey(err) {
			return errs.Field("category", "knowledge.place_unknown")
		}
		return err
	})
	return out, err
}

// family is the root of what a new article is like.
func (s *Service) family(ctx context.Context, by access.Actor, w Manuscript) (ID, error) {
	if w.ID != 0 || w.Like == 0 {
		return 0, nil
	}
	like, err := s.Open(ctx, by, w.Like)
	if err != nil {
		return 0, err
	}
	if like.Lang == w.Lang {
		return 0, errs.Field("lang", "knowledge.lang_same")
	}
	if like.Family != 0 {
		return like.Family, nil
	}
	return like.ID, nil
}

// begin takes the article that is written in, or makes it.
func (s *Service) begin(ctx context.Context, tx *db.Tx, by access.Actor, r access.Shelf, w Manuscript, family ID) (Article, error) {
	if w.ID != 0 {
		return s.taken(ctx, tx, r, w.ID, w.Version)
	}
	now := s.Clock.Now()
	a := Article{Version: 1, Lang: w.Lang, Family: family, CreatedBy: person.ID(by.ID), Keeper: person.ID(by.ID), CreatedAt: now, ChangedAt: now}
	var err error
	a.ID, err = insert(ctx, tx, a)
	return a, err
}

// taken takes an article that the actor may see, by what they may read, which is asked before the
// commit. version 0 skips the check.
func (s *Service) taken(ctx context.Context, tx *db.Tx, r access.Shelf, which ID, version int64) (Article, error) {
	a, err := take(ctx, tx, which)
	switch {
	case errs.KindOf(err) == errs.NotFound && err != nil:
		return a, gone()
	case err != nil:
		return a, err
	case !sees(r, a):
		if _, ok := seen(r, a); ok {
			return a, wrong("knowledge.being_changed")
		}
		return a, gone()
	case version != 0 && a.Version != version+1:
		return a, errs.Overtaken(a.Version - 1)
	}
	return a, nil
}

// keep stores an article after a step and records it.
func (s *Service) keep(ctx context.Context, tx *db.Tx, by access.Actor, a Article, m Moved) (Article, error) {
	a.ChangedAt = s.Clock.Now()
	if err := save(ctx, tx, a); err != nil {
		return a, err
	}
	m.Article, m.Title = a.ID, a.Shown().Title
	_, err := s.Bus.Record(ctx, tx, by.Meta(a.ChangedAt), m)
	return a, err
}

var pictures = regexp.MustCompile(`\bcid:([a-z2-7]+)`) //nolint:gochecknoglobals // a constant in all but name

// adopt takes staged pictures into the article: those that came with the form, and those that the
// words name. What is no picture is refused.
func (s *Service) adopt(ctx context.Context, tx *db.Tx, by access.Actor, a Article, tokens []string) error {
	for _, m := range pictures.FindAllStringSubmatch(a.Work.Body, -1) {
		if !slices.Contains(tokens, m[1]) {
			tokens = append(tokens, m[1])
		}
	}
	have, err := filesOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for _, token := range tokens {
		if slices.ContainsFunc(have, func(f ticket.Attachment) bool { return f.Token == token }) {
			continue
		}
		f, given, err := s.Tickets.GiveUp(ctx, tx, by, token)
		if err != nil {
			return err
		}
		if !given {
			continue // of another article, or swept: the page shows what it is called
		}
		if len(have) == maxFiles {
			return errs.Field("body", "knowledge.files_many", "Max", maxFiles)
		}
		if err := putFile(ctx, tx, a.ID, f, person.ID(by.ID), s.Clock.Now()); err != nil {
			return err
		}
		have = append(have, f)
	}
	return nil
}

// step is a command on one article: take, rule, store, record.
func (s *Service) step(ctx context.Context, by access.Actor, which ID, version int64, do access.Action, rule func(*Article) (Moved, error)) (Article, error) {
	if err := s.mayWork(by); err != nil {
		return Article{}, err
	}
	if err := access.Can(by, do, access.Object{}); err != nil {
		return Article{}, err
	}
	var out Article
	r := s.Reader(ctx, by)
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		a, err := s.taken(ctx, tx, r, which, version)
		if err != nil {
			return err
		}
		before := a
		m, err := rule(&a)
		if err != nil {
			return err
		}
		if out, err = s.keep(ctx, tx, by, a, m); err != nil {
			return err
		}
		if m.Step == Dropped && before.Live.Number != 0 {
			if err := dropEdition(ctx, tx, a.ID, before.Work.Number); err != nil {
				return err
			}
		}
		if err := s.plan(ctx, tx, a); err != nil {
			return err
		}
		for _, who := range append([]person.ID{m.To, before.Keeper, before.Work.Reviewer}, before.Work.Writers...) {
			s.hint(tx, who)
		}
		return nil
	})
	return out, err
}

func (s *Service) hint(tx *db.Tx, who person.ID) {
	if s.Hint != nil && who != 0 {
		s.Hint(tx, who)
	}
}

// Submit asks somebody else to review what is written.
func (s *Service) Submit(ctx context.Context, by access.Actor, which ID, version int64, to person.ID) (Article, error) {
	if to != 0 {
		p := s.People.Card(ctx, to)
		if !p.Active || !p.Role.Staff() {
			return Article{}, errs.Field("reviewer", "knowledge.reviewer_unknown")
		}
	}
	r := s.Reader(ctx, access.Actor{ID: int64(to), Kind: access.Person, Role: s.People.Card(ctx, to).Role, Via: "web"})
	return s.step(ctx, by, which, version, access.ArticleWork, func(a *Article) (Moved, error) {
		if err := a.submit(to); err != nil {
			return Moved{}, err
		}
		if !r.Holds(a.Work.Paper()) {
			return Moved{}, errs.Field("reviewer", "knowledge.reviewer_outside")
		}
		return Moved{Step: Submitted, Edition: a.Work.Number, To: to}, nil
	})
}

// SendBack gives what is in review back to those who write.
func (s *Service) SendBack(ctx context.Context, by access.Actor, which ID, version int64, why string) (Article, error) {
	return s.step(ctx, by, which, version, access.ArticleWork, func(a *Article) (Moved, error) {
		n := a.Work.Number
		to := person.ID(0)
		if len(a.Work.Writers) > 0 {
			to = a.Work.Writers[0]
		}
		return Moved{Step: SentBack, Edition: n, Why: why, To: to}, a.sendBack(person.ID(by.ID), why)
	})
}

// Release is how an edition is published.
type Release struct {
	Version int64
	Months  int  // until it is looked at again, 1–36; 0 for half a year
	Sure    bool // nothing that looks like personal data is any
	Ask     bool // the members of the groups that handle its category are asked to have read it
}

// Publish lets the edition be read that waits for review. Conflict, once, where it looks as if
// personal data were left in it (N6).
func (s *Service) Publish(ctx context.Context, by access.Actor, which ID, r Release) (Article, error) {
	known, err := s.knownOf(ctx, which)
	if err != nil {
		return Article{}, err
	}
	a, err := s.step(ctx, by, which, r.Version, access.ArticleWork, func(a *Article) (Moved, error) {
		left := len(Suspect(a.Work.Title+"\n"+a.Work.Body, known)) > 0
		e := a.Work
		if err := a.publish(person.ID(by.ID), s.Clock.Now(), r.Months); err != nil {
			return Moved{}, err
		}
		if left && !r.Sure {
			return Moved{}, errs.New(errs.Conflict, "knowledge.personal_left")
		}
		if left {
			a.Live.SureBy = person.ID(by.ID)
		}
		return Moved{Step: Released, Edition: e.Number, Why: e.Change, Sure: left}, nil
	})
	if err == nil && r.Ask {
		_, err = s.AskToRead(ctx, by, which)
	}
	return a, err
}

// Left says what of the edition that is worked on still looks like personal data.
func (s *Service) Left(ctx context.Context, a Article) ([]Masked, error) {
	if a.Work.Number == 0 {
		return nil, nil
	}
	known, err := s.knownOf(ctx, a.ID)
	return Suspect(a.Work.Title+"\n"+a.Work.Body, known), err
}

// Drop throws away what is worked on.
func (s *Service) Drop(ctx context.Context, by access.Actor, which ID, version int64) (Article, error) {
	return s.step(ctx, by, which, version, access.ArticleWork, func(a *Article) (Moved, error) {
		if a.Work.Stage == InReview && !slices.Contains(a.Work.Writers, person.ID(by.ID)) {
			return Moved{}, wrong("knowledge.is_in_review")
		}
		n := a.Work.Number
		return Moved{Step: Dropped, Edition: n}, a.drop(s.Clock.Now())
	})
}

// Retire takes an article from use.
func (s *Service) Retire(ctx context.Context, by access.Actor, which ID, version int64, why string) (Article, error) {
	return s.step(ctx, by, which, version, access.ArticleRetire, func(a *Article) (Moved, error) {
		return Moved{Step: TakenOut, Edition: a.Live.Number, Why: why}, a.retire(why, s.Clock.Now())
	})
}

// Restore brings a retired article back.
func (s *Service) Restore(ctx context.Context, by access.Actor, which ID, version int64) (Article, error) {
	return s.step(ctx, by, which, version, access.ArticleRetire, func(a *Article) (Moved, error) {
		return Moved{Step: Restored, Edition: a.Live.Number}, a.restore(s.Clock.Now())
	})
}

// Looked says that what is published is still right.
func (s *Service) Looked(ctx context.Context, by access.Actor, which ID, version int64, months int) (Article, error) {
	return s.step(ctx, by, which, version, access.ArticleWork, func(a *Article) (Moved, error) {
		return Moved{Step: Looked, Edition: a.Live.Number}, a.looked(s.Clock.Now(), months)
	})
}

// ReviewJob is the kind of the job that reminds the keeper of an article.
const ReviewJob = "knowledge:review"

// plan makes an appointment with the date on which an article is looked at again.
func (s *Service) plan(ctx context.Context, tx *db.Tx, a Article) error {
	if a.ReviewAt.IsZero() || a.ReviewDue {
		return nil
	}
	key := strconv.FormatInt(int64(a.ID), 10)
	return s.Jobs.Enqueue(ctx, tx, job.Spec{Kind: ReviewJob, Payload: key, Key: ReviewJob + ":" + key + ":" + strconv.FormatInt(a.ReviewAt.UnixMilli(), 10), RunAt: a.ReviewAt})
}

// remind tells the keepers of all articles whose date has come, and who stands in for those who left. However
// often it runs, once.
func (s *Service) remind(ctx context.Context, _ job.Job) error {
	list, err := dueAt(ctx, s.DB, s.Clock.Now(), 200)
	if err != nil || len(list) == 0 {
		return err
	}
	crew, err := s.People.Crew(ctx)
	if err != nil {
		return err
	}
	for _, which := range list {
		a, err := byID(ctx, s.DB, which)
		if err != nil {
			return err
		}
		keepers := s.keepers(ctx, crew, a)
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			a, err := take(ctx, tx, which)
			if err != nil || !a.Read() || a.ReviewDue || a.ReviewAt.After(s.Clock.Now()) {
				return err
			}
			a.ReviewDue = true
			for _, who := range keepers {
				s.hint(tx, who)
			}
			_, err = s.keep(ctx, tx, access.Desk(), a, Moved{Step: Reminded, Edition: a.Live.Number, To: a.Keeper})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
