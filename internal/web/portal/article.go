// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountArticles adds what answers before a request is written. None of it changes anything but by
// a button.
func (f *Faces) mountArticles(r *page.Router) {
	r.Get("/find", access.ArticleRead, f.findAnswers)
	r.Post("/find", access.ArticleRead, f.findWhileAsking)
	r.Get("/faq", access.ArticleRead, f.faq)
	r.Get("/articles/{id}", access.ArticleRead, f.article)
	r.Post("/articles/{id}/say", access.ArticleRead, f.sayOfArticle)
	r.Get("/articles/{id}/files/{token}", access.ArticleRead, f.articlePicture)
}

// answers are what is known about what somebody needs: what is broken for everybody, then what is
// written about it.
type answers struct {
	Typed    string
	Majors   []standing
	Articles []answer
	Forms    []ui.Link // that ask what is needed for such a request
	Asked    bool
	Long     bool // more was typed than a link carries: what answers opens beside it
}

// answer is an article that may help.
type answer struct {
	Href, Title, Words string
}

// Bounds of what is answered.
const (
	answersShown = 6
	perCategory  = 6
	clipped      = 110 // characters of an article in a list
)

// answersTo looks for what somebody needs.
func (f *Faces) answersTo(c *page.Ctx, typed string, typing bool) (answers, error) {
	var a answers
	if r := []rune(typed); len(r) > knowledge.MaxTyped {
		typed, a.Long = string(r[:knowledge.MaxTyped]), true
	}
	typed = strings.TrimSpace(strings.ToValidUTF8(typed, ""))
	if a.Typed, a.Asked = typed, typed != ""; !a.Asked {
		return a, nil
	}
	a.Majors = f.standing(c)
	found, err := f.articles.Search(c.Context(), c.Actor, typed, lang(c), typing, answersShown)
	if err != nil {
		return a, err
	}
	about := map[catalog.CategoryID]bool{}
	for _, x := range found {
		a.Articles = append(a.Articles, answer{articleAddress(x.ID, typed), x.Live.Title, x.Clip(clipped)})
		for _, at := range f.catalog.Path(c.Context(), x.Live.Category) {
			about[at.ID] = true
		}
	}
	a.Forms, err = f.formsAbout(c, typed, about)
	return a, err
}

// formsAbout are the guided forms of the categories that what was found is filed under, or that are
// called by name.
func (f *Faces) formsAbout(c *page.Ctx, typed string, about map[catalog.CategoryID]bool) ([]ui.Link, error) {
	asking, err := f.asking(c)
	var out []ui.Link
	for _, at := range asking {
		label := at.Label(string(c.Lang))
		if about[at.ID] || strings.Contains(strings.ToLower(typed), strings.ToLower(label)) {
			out = append(out, ui.Link{Label: label, Href: formAddress(at.ID, typed)})
		}
	}
	return out, err
}

func articleAddress(which knowledge.ID, typed string) string {
	to := "/articles/" + id(int64(which))
	if typed != "" {
		to += "?" + url.Values{"q": {typed}}.Encode()
	}
	return to
}

// lang is the language of articles for the reader.
func lang(c *page.Ctx) string {
	if c.Lang == "en" {
		return "en"
	}
	return "zh"
}

// findAnswers answers while somebody types, and as a page without a script.
func (f *Faces) findAnswers(c *page.Ctx) error {
	a, err := f.answersTo(c, c.Query("q"), c.Fragment())
	if err != nil {
		return err
	}
	return f.showAnswers(c, a, page.Filled("text", a.Typed))
}

// findWhileAsking answers what is being written on the first page, while somebody types and by its
// button. Nothing is stored; files that were chosen stay in the form.
func (f *Faces) findWhileAsking(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, asked()...)
	if err != nil {
		return err
	}
	a, err := f.answersTo(c, form.Get("text"), c.Fragment())
	if err != nil {
		return err
	}
	return f.showAnswers(c, a, form)
}

func (f *Faces) showAnswers(c *page.Ctx, a answers, ask *page.Form) error {
	frame := c.Frame(c.T("portalarticle.find_title"))
	if c.Fragment() {
		return c.Show(answerList(frame, a))
	}
	return show(c, http.StatusOK, frame, findPage(frame, a, page.Keyed(ask), f.expect(c)))
}

// articlePageOf is everything that the page of an article shows.
type articlePageOf struct {
	Card   knowledge.Card
	Typed  string
	New    string
	Path   string // of its category
	Family []answer
	Form   *page.Form
}

func (f *Faces) article(c *page.Ctx) error { return f.showArticle(c, http.StatusOK, nil) }

func (f *Faces) showArticle(c *page.Ctx, status int, form *page.Form) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	card, err := f.articles.Read(c.Context(), c.Actor, knowledge.ID(which))
	if err != nil {
		return err
	}
	f.articles.Shown(card.ID, person.ID(c.Actor.ID))
	v := articlePageOf{Card: card, Typed: strings.TrimSpace(c.Query("q")), New: "/new", Path: f.path(c, card.Live.Category), Form: form}
	if form != nil {
		v.Typed = form.Text("q")
	}
	ask := url.Values{}
	if v.Typed != "" {
		ask.Set("text", v.Typed)
	}
	if card.Live.Category != 0 {
		ask.Set("category", id(int64(card.Live.Category)))
	}
	if len(ask) > 0 {
		v.New += "?" + ask.Encode()
	}
	family, err := f.articles.Family(c.Context(), c.Actor, card.Article)
	for _, x := range family {
		v.Family = append(v.Family, answer{Href: articleAddress(x.ID, v.Typed), Title: x.Live.Title})
	}
	if err != nil {
		return err
	}
	frame := c.Frame(card.Live.Title)
	p := portalFrame(frame)
	p.Back = &ui.Link{Label: frame.T("portal.home"), Href: "/"}
	return c.Render(status, framed(p, articlePage(frame, v)))
}

// sayOfArticle counts that an article solved it, or whether it helped: once a person and day.
func (f *Faces) sayOfArticle(c *page.Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "what", "comment", "q")
	if err != nil {
		return err
	}
	if err := c.Limit(session.Saying); err != nil {
		return err
	}
	said := knowledge.Say(form.Get("what"))
	if _, err := f.articles.Tell(c.Context(), c.Actor, knowledge.ID(which), said, form.Get("comment")); err != nil {
		switch errs.KindOf(err) {
		case errs.NotFound, errs.Denied, errs.Unauthenticated:
			return err
		}
		return f.showArticle(c, c.MarkUp(form, err), form)
	}
	if said == knowledge.SolvedIt {
		c.Say("portalarticle.glad")
		return c.Redirect("/")
	}
	c.Say("portalarticle.thanks")
	return c.Redirect(articleAddress(knowledge.ID(which), form.Text("q")))
}

func (f *Faces) articlePicture(c *page.Ctx) error {
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	a, body, err := f.articles.File(c.Context(), c.Actor, knowledge.ID(which), c.Path("token"))
	if err != nil {
		return err
	}
	return c.SendFile(page.Sent{Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256}, body)
}

// faqGroup is a category with what is most useful in it.
type faqGroup struct {
	Name string
	List []answer
}

// faq lists, category by category, what people really use.
func (f *Faces) faq(c *page.Ctx) error {
	tree, err := f.catalog.Categories(c.Context())
	if err != nil {
		return err
	}
	var groups []faqGroup
	for _, cat := range tree {
		if cat.Depth != 0 {
			continue
		}
		list, err := f.useful(c, cat.ID, perCategory)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			groups = append(groups, faqGroup{cat.Label(string(c.Lang)), list})
		}
	}
	frame := c.Frame(c.T("portalarticle.faq"))
	return show(c, http.StatusOK, frame, faqPage(frame, groups))
}

// useful is what is most useful of a category; of all for none.
func (f *Faces) useful(c *page.Ctx, of catalog.CategoryID, most int) ([]answer, error) {
	list, err := f.articles.Of(c.Context(), c.Actor, of, lang(c), most)
	var out []answer
	for _, x := range list {
		out = append(out, answer{articleAddress(x.ID, ""), x.Live.Title, x.Clip(clipped)})
	}
	return out, err
}

func pictures(of knowledge.ID) func(string) string {
	return func(token string) string { return "/articles/" + id(int64(of)) + "/files/" + token }
}
