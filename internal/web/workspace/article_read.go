// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// articleView is everything that the page of an article shows.
type articleView struct {
	A         knowledge.Article
	E         knowledge.Edition // the one that is shown
	Work      bool              // it is the one that is worked on
	Old       bool              // it was taken the place of
	At        string            // address of the article
	Category  string
	Audience  string
	Stats     knowledge.Stats
	Mine      bool // the reader wrote in what is worked on
	Lead      bool // may retire
	Left      []knowledge.Masked
	Editions  []knowledge.Edition
	Family    []knowledge.Card
	From      []articleTicket
	Voices    []articleVoice
	Asked     []articleReader
	ToRead    bool // the reader is asked to have read it
	Reviewers []ui.Option
	Form      *page.Form
}

type articleTicket struct {
	How, Href, Ref, Subject string
	Solved                  bool
}

type articleVoice struct {
	Name, Text, Icon string
	When             ui.When
}

type articleReader struct {
	Name string
	Read string // when; "" while it is open
}

func (f *Faces) article(c *page.Ctx) error { return f.showArticle(c, http.StatusOK, nil) }

func (f *Faces) articleIn(c *page.Ctx) (knowledge.Article, error) {
	id, err := c.PathInt("id")
	if err != nil {
		return knowledge.Article{}, err
	}
	return f.Knowledge.Open(c.Context(), c.Actor, knowledge.ID(id))
}

func (f *Faces) showArticle(c *page.Ctx, status int, form *page.Form) error {
	a, err := f.articleIn(c)
	if err != nil {
		return err
	}
	v, err := f.readArticleView(c, a)
	if err != nil {
		return err
	}
	if v.Form = form; form == nil {
		v.Form = page.Filled()
	}
	if a.Read() && !v.Work && !v.Old {
		f.Knowledge.Shown(a.ID, person.ID(c.Actor.ID))
	}
	fr := c.Frame(v.E.Title)
	return f.showArticles(c, status, fr, articlePage(f, c, fr, v))
}

func (f *Faces) readArticleView(c *page.Ctx, a knowledge.Article) (articleView, error) {
	ctx := c.Context()
	v := articleView{A: a, E: a.Shown(), At: articleAddress(a.ID), Lead: access.Can(c.Actor, access.ArticleRetire, access.Object{}) == nil}
	v.Mine = slices.Contains(a.Work.Writers, person.ID(c.Actor.ID))
	var err error
	if v.Editions, err = f.Knowledge.Editions(ctx, c.Actor, a); err != nil {
		return v, err
	}
	v.Work = a.Live.Number == 0
	switch see := c.Query("see"); {
	case see == "work" && a.Work.Number != 0:
		v.E, v.Work = a.Work, true
	case see != "":
		i := slices.IndexFunc(v.Editions, func(e knowledge.Edition) bool { return key(e.Number) == see })
		if i < 0 {
			return v, errs.New(errs.NotFound, "knowledge.not_found")
		}
		v.E, v.Old, v.Work = v.Editions[i], v.Editions[i].Number != a.Live.Number, false
	}
	v.Category, v.Audience = f.categoryPath(c, v.E.Category), f.audience(c, v.E.Content)
	all, err := f.Knowledge.Stats(ctx, time.Time{})
	if err != nil {
		return v, err
	}
	v.Stats = all[a.ID]
	if v.Left, err = f.Knowledge.Left(ctx, a); err != nil {
		return v, err
	}
	if v.Family, err = f.Knowledge.Family(ctx, c.Actor, a); err != nil {
		return v, err
	}
	if a.Work.Number != 0 && a.Work.Stage == knowledge.Writing {
		v.Reviewers = f.reviewers(c, a)
	}
	if err := f.readArticleTickets(c, &v); err != nil {
		return v, err
	}
	return v, f.readArticleReaders(c, &v)
}

func (f *Faces) readArticleTickets(c *page.Ctx, v *articleView) error {
	ties, err := f.Knowledge.From(c.Context(), c.Actor, v.A.ID)
	if err != nil {
		return err
	}
	var keys []ticket.ID
	for _, t := range ties {
		keys = append(keys, t.Ticket)
	}
	found, err := f.Tickets.Some(c.Context(), c.Actor, keys)
	for _, t := range ties {
		if one, ok := found[t.Ticket]; ok {
			v.From = append(v.From, articleTicket{c.T("workarticle.how_" + string(t.How)), "/work/tickets/" + one.Ref(), one.Ref(), one.Subject, !t.SolvedAt.IsZero()})
		}
	}
	return err
}

func (f *Faces) readArticleReaders(c *page.Ctx, v *articleView) error {
	said, err := f.Knowledge.Voices(c.Context(), c.Actor, v.A.ID)
	if err != nil {
		return err
	}
	for _, s := range said {
		icon := "thumbs-up"
		if s.Kind == knowledge.Unhelped {
			icon = "thumbs-down"
		}
		v.Voices = append(v.Voices, articleVoice{f.People.Card(c.Context(), s.By).Name, s.Comment, icon, ui.At(c.Lang, s.At, c.Now, c.Zone)})
	}
	asked, err := f.Knowledge.Readers(c.Context(), c.Actor, v.A)
	for _, a := range asked {
		line := articleReader{Name: f.People.Card(c.Context(), a.Person).Name}
		if !a.ReadAt.IsZero() {
			line.Read = c.Moment(a.ReadAt)
		} else if int64(a.Person) == c.Actor.ID {
			v.ToRead = true
		}
		v.Asked = append(v.Asked, line)
	}
	return err
}

// pictures gives the addresses of an article's pictures, and of those that wait beside a form.
func pictures(of knowledge.ID) func(token string) string {
	if of == 0 {
		return func(token string) string { return articlesPath + "/new/files/" + token }
	}
	return func(token string) string { return articleAddress(of) + "/files/" + token }
}

// maskedWords says what was found, a kind after the other.
func maskedWords(c *page.Ctx, list []knowledge.Masked) []string {
	var out []string
	for _, m := range list {
		s := c.T("workarticle.personal_"+string(m.Kind), "Count", m.Times)
		for i, x := range m.Samples {
			if i == 0 {
				s += c.T("workarticle.samples")
			} else {
				s += c.T("workticket.and")
			}
			s += x
		}
		out = append(out, s)
	}
	return out
}

// articleAct is a press on the page of an article.
func (f *Faces) articleAct(c *page.Ctx, said string, fields []string, do func(a knowledge.Article, form *page.Form) (knowledge.Article, error)) error {
	a, err := f.articleIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, append(fields, "version", "act")...)
	if err != nil {
		return err
	}
	now, err := do(a, form)
	if err != nil {
		if shut(err) {
			return err
		}
		return f.showArticle(c, c.MarkUp(form, err), form)
	}
	c.Say(said)
	return c.Redirect(articleAddress(now.ID))
}

func (f *Faces) submitArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.submitted", []string{"reviewer"}, func(a knowledge.Article, form *page.Form) (knowledge.Article, error) {
		return f.Knowledge.Submit(c.Context(), c.Actor, a.ID, form.Version(), person.ID(form.Int("reviewer")))
	})
}

func (f *Faces) returnArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.returned", []string{"why"}, func(a knowledge.Article, form *page.Form) (knowledge.Article, error) {
		return f.Knowledge.SendBack(c.Context(), c.Actor, a.ID, form.Version(), form.Get("why"))
	})
}

func (f *Faces) publishArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.published", []string{"months", "sure", "ask"}, func(a knowledge.Article, form *page.Form) (knowledge.Article, error) {
		return f.Knowledge.Publish(c.Context(), c.Actor, a.ID, knowledge.Release{
			Version: form.Version(), Months: int(form.Int("months")), Sure: form.On("sure"), Ask: form.On("ask"),
		})
	})
}

func (f *Faces) dropArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.dropped", nil, func(a knowledge.Article, form *page.Form) (knowledge.Article, error) {
		return f.Knowledge.Drop(c.Context(), c.Actor, a.ID, form.Version())
	})
}

func (f *Faces) retireArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.retired", []string{"retire_why"}, func(a knowledge.Article, form *page.Form) (knowledge.Article, error) {
		now, err := f.Knowledge.Retire(c.Context(), c.Actor, a.ID, form.Version(), form.Get("retire_why"))
		if e := errs.As(err); e != nil && len(e.Fields) == 1 && e.Fields[0].Name == "why" {
			e.Fields[0].Name = "retire_why"
		}
		return now, err
	})
}

func (f *Faces) restoreArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.restored", nil, func(a knowledge.Article, form *page.Form) (knowledge.Article, error) {
		return f.Knowledge.Restore(c.Context(), c.Actor, a.ID, form.Version())
	})
}

func (f *Faces) lookedArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.looked", []string{"months"}, func(a knowledge.Article, form *page.Form) (knowledge.Article, error) {
		return f.Knowledge.Looked(c.Context(), c.Actor, a.ID, form.Version(), int(form.Int("months")))
	})
}

func (f *Faces) askArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.asked", nil, func(a knowledge.Article, _ *page.Form) (knowledge.Article, error) {
		_, err := f.Knowledge.AskToRead(c.Context(), c.Actor, a.ID)
		return a, err
	})
}

func (f *Faces) readArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.have_read", nil, func(a knowledge.Article, _ *page.Form) (knowledge.Article, error) {
		return a, f.Knowledge.HaveRead(c.Context(), c.Actor, a.ID)
	})
}

func (f *Faces) sayArticle(c *page.Ctx) error {
	return f.articleAct(c, "workarticle.said", []string{"what", "comment"}, func(a knowledge.Article, form *page.Form) (knowledge.Article, error) {
		_, err := f.Knowledge.Tell(c.Context(), c.Actor, a.ID, knowledge.Say(form.Get("what")), form.Get("comment"))
		return a, err
	})
}
