// SPDX-License-Identifier: Apache-2.0

package knowledge

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ID is an article's key.
type ID int64

// State says where an article stands.
type State string

// The states.
const (
	Draft     State = "draft"     // nobody reads it yet
	Review    State = "review"    // waits for another person's word; nobody reads it yet
	Published State = "published" // is read
	Changing  State = "changing"  // is read, while a new edition is written
	Changed   State = "changed"   // is read, while a new edition waits for another person's word
	Retired   State = "retired"   // is read no more
)

// States lists every state in the order of a life.
func States() []State { return []State{Draft, Review, Published, Changing, Changed, Retired} }

// Audience says who may read an edition; who that is says access.
type Audience = access.Audience

// The audiences.
const (
	Public = access.ForAll // requesters too
	Staff  = access.ForStaff
	Group  = access.ForGroup // one group's members, and administrators
)

// Audiences lists them, the widest first.
func Audiences() []Audience { return []Audience{Public, Staff, Group} }

// Stage says how far an edition has come.
type Stage string

// The stages of an edition.
const (
	Writing  Stage = "draft"
	InReview Stage = "review"
	Live     Stage = "published" // was published; the article says whether it still is
)

// Bounds.
const (
	maxTitle   = 120    // characters
	maxBody    = 50_000 // bytes: below what the Markdown parser takes
	maxChange  = 300    // characters
	maxWhy     = 1000   // characters
	maxComment = 1000   // characters
	minWhy     = 5      // characters: fewer say nothing
	maxMonths  = 36     // to the next review
	stdMonths  = 6      // where nobody said
	maxFiles   = 40     // pictures of an article
	maxTickets = 50     // shown as where it comes from
)

// Content is what an edition says and who may read it.
type Content struct {
	Title    string
	Body     string // Markdown; its pictures are cid:token
	Category catalog.CategoryID
	Audience Audience
	Group    person.GroupID // for the audience Group
	Change   string         // what is different, in a line; for readers of the one before
}

// Edition is one wording of an article.
type Edition struct {
	Content
	Number      int64
	Stage       Stage
	Masked      []Masked    // what was taken out when it was drawn from a ticket
	Writers     []person.ID // everybody who wrote in it
	Reviewer    person.ID   // who is asked, then who said yes
	ReturnedWhy string      // why it was sent back
	SureBy      person.ID   // who said that no personal data is left, though it looked so
	BegunAt     time.Time
	PublishedAt time.Time
}

// Article is an article with the edition that is read and the one that is worked on.
type Article struct {
	ID          ID
	Version     int64
	Lang        string // "zh", "en"
	Family      ID     // what the same in other languages shares; the first one's key, 0 for none
	Live        Edition
	Work        Edition
	Keeper      person.ID // who looks at it again
	ReviewAt    time.Time
	ReviewDue   bool // the keeper was reminded and has not looked
	RetiredAt   time.Time
	RetiredWhy  string
	CreatedBy   person.ID
	CreatedAt   time.Time
	PublishedAt time.Time // the first time
	ChangedAt   time.Time
}

// State says where the article stands.
func (a Article) State() State {
	live, work := a.Live.Number != 0, a.Work.Number != 0
	switch {
	case !a.RetiredAt.IsZero():
		return Retired
	case live && work && a.Work.Stage == InReview:
		return Changed
	case live && work:
		return Changing
	case live:
		return Published
	case a.Work.Stage == InReview:
		return Review
	}
	return Draft
}

// Read reports whether readers have it.
func (a Article) Read() bool { return a.Live.Number != 0 && a.RetiredAt.IsZero() }

// Shown is the edition that stands for the article in a list of those who write.
func (a Article) Shown() Edition {
	if a.Live.Number != 0 {
		return a.Live
	}
	return a.Work
}

func wrong(key string) error { return errs.New(errs.Conflict, key) }

// write puts words into the edition that is worked on, and begins one where there is none. One
// that waits for review, and a retired article, are not written in.
func (a *Article) write(by person.ID, c Content, at time.Time) error {
	switch {
	case !a.RetiredAt.IsZero():
		return wrong("knowledge.is_retired")
	case a.Work.Stage == InReview:
		return wrong("knowledge.is_in_review")
	}
	if err := c.check(); err != nil {
		return err
	}
	if a.Work.Number == 0 {
		a.Work = Edition{Number: a.Live.Number + 1, Stage: Writing, BegunAt: at}
	}
	a.Work.Content = c
	if !slices.Contains(a.Work.Writers, by) {
		a.Work.Writers = append(a.Work.Writers, by)
	}
	a.Work.SureBy = 0 // other words were looked at
	return nil
}

// submit asks another person to review the edition.
func (a *Article) submit(to person.ID) error {
	switch {
	case !a.RetiredAt.IsZero():
		return wrong("knowledge.is_retired")
	case a.Work.Number == 0:
		return wrong("knowledge.no_work")
	case a.Work.Stage == InReview:
		return wrong("knowledge.is_in_review")
	case to == 0:
		return errs.Field("reviewer", "knowledge.reviewer_needed")
	case slices.Contains(a.Work.Writers, to):
		return errs.Field("reviewer", "knowledge.reviewer_wrote")
	}
	a.Work.Stage, a.Work.Reviewer, a.Work.ReturnedWhy = InReview, to, ""
	return nil
}

// sendBack gives the edition back to those who write, with the reason. Whoever wrote in it may
// take it back themselves.
func (a *Article) sendBack(by person.ID, why string) error {
	if a.Work.Stage != InReview || !a.RetiredAt.IsZero() {
		return wrong("knowledge.not_in_review")
	}
	why, err := cleanWhy("why", why)
	if err != nil && !slices.Contains(a.Work.Writers, by) {
		return err
	}
	a.Work.Stage, a.Work.ReturnedWhy = Writing, why
	return nil
}

// returnedTo reports whether the edition was sent back to somebody and was not handed in again: to who
// wrote in it, and to the keeper, unless they were the one who was asked.
func (a Article) returnedTo(who person.ID) bool {
	return a.Work.Stage == Writing && a.Work.ReturnedWhy != "" &&
		(slices.Contains(a.Work.Writers, who) || a.Keeper == who && a.Work.Reviewer != who)
}

// publish lets the edition be read. Denied for whoever wrote in it, whatever they are.
func (a *Article) publish(by person.ID, at time.Time, months int) error {
	switch {
	case !a.RetiredAt.IsZero():
		return wrong("knowledge.is_retired")
	case a.Work.Stage != InReview:
		return wrong("knowledge.not_in_review")
	case slices.Contains(a.Work.Writers, by):
		return errs.New(errs.Denied, "knowledge.own_words")
	}
	a.Work.Stage, a.Work.Reviewer, a.Work.PublishedAt = Live, by, at
	if a.PublishedAt.IsZero() {
		a.PublishedAt = at
	}
	if a.Keeper == 0 && len(a.Work.Writers) > 0 {
		a.Keeper = a.Work.Writers[0]
	}
	a.Live, a.Work = a.Work, Edition{}
	return a.looked(at, months)
}

// looked says that the published edition is right, and when it is looked at again.
func (a *Article) looked(at time.Time, months int) error {
	if months == 0 {
		months = stdMonths
	}
	switch {
	case months < 1 || months > maxMonths:
		return errs.Field("months", "knowledge.months_range", "Max", maxMonths)
	case !a.Read():
		return wrong("knowledge.not_published")
	}
	a.ReviewAt, a.ReviewDue = at.AddDate(0, months, 0), false
	return nil
}

// drop throws the edition away that is worked on. An article that was never published stays as a
// retired one: its number was seen.
func (a *Article) drop(at time.Time) error {
	if a.Work.Number == 0 || !a.RetiredAt.IsZero() {
		return wrong("knowledge.no_work")
	}
	if a.Live.Number == 0 {
		a.RetiredAt = at
		return nil
	}
	a.Work = Edition{}
	return nil
}

// retire takes the article from use.
func (a *Article) retire(why string, at time.Time) error {
	if !a.RetiredAt.IsZero() {
		return wrong("knowledge.is_retired")
	}
	why, err := cleanWhy("why", why)
	if err != nil {
		return err
	}
	a.RetiredAt, a.RetiredWhy, a.ReviewAt, a.ReviewDue = at, why, time.Time{}, false
	return nil
}

// restore brings a retired article back to where it was. What was published is looked at again soon.
func (a *Article) restore(at time.Time) error {
	if a.RetiredAt.IsZero() {
		return wrong("knowledge.not_retired")
	}
	a.RetiredAt, a.RetiredWhy = time.Time{}, ""
	if a.Read() {
		return a.looked(at, 1)
	}
	return nil
}

// check tidies content and returns Invalid with the fields to mend.
func (c *Content) check() error {
	c.Title = person.CleanName(c.Title)
	c.Change = person.CleanName(c.Change)
	c.Body = text.Body(c.Body)
	var bad []errs.FieldError
	mark := func(field, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: field, Key: key, Args: args})
	}
	if n := utf8.RuneCountInString(c.Title); n == 0 || n > maxTitle {
		mark("title", "knowledge.title_length", "Max", maxTitle)
	}
	if c.Body == "" {
		mark("body", "knowledge.body_empty")
	} else if len(c.Body) > maxBody {
		mark("body", "knowledge.body_long", "Max", maxBody/1000)
	}
	if utf8.RuneCountInString(c.Change) > maxChange {
		mark("change", "knowledge.long", "Max", maxChange)
	}
	if c.Audience == "" {
		c.Audience = Staff
	}
	switch {
	case !slices.Contains(Audiences(), c.Audience):
		mark("audience", "knowledge.audience_unknown")
	case c.Audience == Group && c.Group == 0:
		mark("group", "knowledge.group_needed")
	case c.Audience != Group:
		c.Group = 0
	}
	return errs.Invalidf(bad...)
}

func cleanWhy(field, s string) (string, error) {
	s = text.Body(s)
	if text.Seen(s) < minWhy || utf8.RuneCountInString(s) > maxWhy {
		return "", errs.Field(field, "knowledge.why_length", "Min", minWhy, "Max", maxWhy)
	}
	return s, nil
}

// paper is what access asks about an edition: for whom it is, and in whose hands it lies.
func (e Edition) paper() access.Paper {
	p := e.Paper()
	if e.Reviewer != 0 {
		p.Hands = append(p.Hands, int64(e.Reviewer))
	}
	for _, w := range e.Writers {
		p.Hands = append(p.Hands, int64(w))
	}
	return p
}

// Paper is what access asks about words of these.
func (c Content) Paper() access.Paper {
	return access.Paper{Audience: c.Audience, Group: int64(c.Group)}
}
