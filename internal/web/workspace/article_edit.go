// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// articleFields are those of the editor.
func articleFields() []string {
	return []string{"title", "body", "lang", "category", "audience", "group", "change", "version", "like", "from", "act", "canned", page.FileField}
}

// draftedFields are those that are kept while somebody types: with them the version that they began
// with, so that words which somebody else overtook do not go over theirs unseen.
func draftedFields() []string {
	return []string{"title", "body", "lang", "category", "audience", "group", "change", "version"}
}

// editView is everything that the editor shows.
type editView struct {
	A          knowledge.Article // the zero value for a new one
	At         string            // where the form goes
	Form       *page.Form
	Like       knowledge.Card // what a new one says in another language
	Masked     []knowledge.Masked
	From       string // the ticket that it is drawn from
	Kept       string // when what is shown was kept; "" where it is what is stored
	Categories []ui.Option
	Groups     []ui.Option
}

// newArticle shows an empty editor, or what was being typed in it.
func (f *Faces) newArticle(c *page.Ctx) error {
	form := page.Filled("lang", articleLang(c), "audience", string(knowledge.Staff), "category", c.Query("category"), "like", c.Query("like"))
	if like := c.QueryInt("like"); like != 0 {
		a, err := f.Knowledge.Open(c.Context(), c.Actor, knowledge.ID(like))
		if err != nil {
			return err
		}
		e := a.Shown()
		form = page.Filled("lang", otherLang(a.Lang), "audience", string(e.Audience), "group", key(int64(e.Group)), "category", key(int64(e.Category)), "like", key(like), "body", e.Body)
	}
	return f.showEditor(c, http.StatusOK, knowledge.Article{}, form, true)
}

func otherLang(lang string) string {
	if lang == "en" {
		return "zh"
	}
	return "en"
}

// editArticle shows what is worked on; what is published, where nothing is.
func (f *Faces) editArticle(c *page.Ctx) error {
	a, err := f.articleIn(c)
	if err != nil {
		return err
	}
	e := a.Work
	if e.Number == 0 {
		e = a.Live
		e.Change = ""
	}
	form := page.Filled("title", e.Title, "body", e.Body, "category", key(int64(e.Category)), "audience", string(e.Audience), "group", key(int64(e.Group)),
		"change", e.Change, "version", key(a.Version), "lang", a.Lang)
	return f.showEditor(c, http.StatusOK, a, form, true)
}

func (f *Faces) showEditor(c *page.Ctx, status int, a knowledge.Article, form *page.Form, kept bool) error {
	v := editView{A: a, At: articlesPath + "/new", Form: form, Masked: a.Work.Masked}
	if a.ID != 0 {
		v.At = articleAddress(a.ID) + "/edit"
	}
	if like := form.Int("like"); a.ID == 0 && like != 0 {
		card, err := f.Knowledge.Read(c.Context(), c.Actor, knowledge.ID(like))
		if err == nil {
			v.Like = card
		}
	}
	if kept && c.Query("like") == "" && c.Query("category") == "" {
		if err := f.takeUpArticle(c, &v); err != nil {
			return err
		}
	}
	var err error
	if v.Categories, v.Groups, err = f.articlePlaces(c, form); err != nil {
		return err
	}
	title := c.T("workarticle.write")
	if a.ID != 0 {
		title = c.T("workarticle.edit_of", "Title", a.Shown().Title)
	}
	fr := c.Frame(title)
	return f.showArticles(c, status, fr, editPage(c, fr, v))
}

// takeUpArticle puts what somebody was typing into the form, and says so where the article was changed
// since: the form keeps the version that they began with, and is refused once like any other.
func (f *Faces) takeUpArticle(c *page.Ctx, v *editView) error {
	fields, at, err := f.Knowledge.Draft(c.Context(), c.Actor, v.A.ID)
	if err != nil || fields == "" {
		return err
	}
	values, err := url.ParseQuery(fields)
	if err != nil {
		return nil //nolint:nilerr // what cannot be read was not kept
	}
	for _, name := range draftedFields() {
		if values.Has(name) {
			v.Form.Values.Set(name, values.Get(name))
		}
	}
	v.Kept = c.Clock(at)
	if v.A.ID != 0 && v.Form.Version() != v.A.Version {
		v.Form.Notice, v.Form.Stale = c.T("workarticle.overtaken"), true
	}
	return nil
}

// articlePlaces are the choices of the editor, with what stands in it.
func (f *Faces) articlePlaces(c *page.Ctx, form *page.Form) (categories, groups []ui.Option, err error) {
	tree, err := f.Catalog.Categories(c.Context())
	if err != nil {
		return nil, nil, err
	}
	for _, x := range tree {
		if x.Active {
			categories = append(categories, ui.Option{Value: key(int64(x.ID)), Label: f.categoryPath(c, x.ID)})
		}
	}
	list, err := f.People.Groups(c.Context())
	for _, g := range list {
		if g.Active {
			groups = append(groups, ui.Option{Value: key(int64(g.ID)), Label: g.Label(string(c.Lang))})
		}
	}
	categories = c.StillThere(categories, form.Get("category"), f.categoryPath(c, catalog.CategoryID(form.Int("category"))))
	groups = c.StillThere(groups, form.Get("group"), f.People.Group(c.Context(), person.GroupID(form.Int("group"))).Label(string(c.Lang)))
	return categories, groups, err
}

// manuscript is what the form says.
func manuscript(a knowledge.Article, form *page.Form) knowledge.Manuscript {
	return knowledge.Manuscript{
		ID: a.ID, Version: form.Version(), Lang: form.Get("lang"), Like: knowledge.ID(form.Int("like")), Files: form.Tokens(),
		Content: knowledge.Content{
			Title: form.Get("title"), Body: withPictures(form), Category: catalog.CategoryID(form.Int("category")),
			Audience: knowledge.Audience(form.Get("audience")), Group: person.GroupID(form.Int("group")), Change: form.Get("change"),
		},
	}
}

// withPictures puts pictures that came with the form and stand nowhere in the words at their end:
// without a script there is no other way to say where.
func withPictures(form *page.Form) string {
	body := form.Get("body")
	for _, a := range form.Files {
		if !strings.Contains(body, "cid:"+a.Token) && page.Viewable(a) {
			body = strings.TrimRight(body, " \r\n") + "\n\n![" + strings.NewReplacer("[", "", "]", "").Replace(a.Name) + "](cid:" + a.Token + ")\n"
		}
	}
	return body
}

// saveArticle stores what is written, shows how it reads, or asks for a review at once. What was
// typed stays where it is refused.
func (f *Faces) saveArticle(c *page.Ctx) error {
	a := knowledge.Article{}
	if c.Path("id") != "" {
		var err error
		if a, err = f.articleIn(c); err != nil {
			return err
		}
	}
	form, err := c.Form(page.TextForm, articleFields()...)
	if err != nil {
		return err
	}
	form.Values.Set("body", withPictures(form))
	if form.Get("act") == "preview" {
		return f.showEditor(c, http.StatusOK, a, form, false)
	}
	if form.Get("act") == "forget" {
		if err := f.Knowledge.ForgetDraft(c.Context(), c.Actor, a.ID); err != nil {
			return err
		}
		return c.Redirect(c.Request.URL.Path)
	}
	now, err := f.Knowledge.Save(c.Context(), c.Actor, manuscript(a, form))
	if err != nil {
		if shut(err) {
			return err
		}
		status := c.MarkUp(form, err)
		return f.showEditor(c, status, a, form, false)
	}
	c.Say("workarticle.saved")
	return c.Redirect(articleAddress(now.ID) + "?see=work")
}

// shut reports whether a failure has a page of its own.
func shut(err error) bool { return closed(err) || errs.KindOf(err) == errs.NotFound }

// previewArticle answers how the words read, while they are written. Nothing is kept.
func (f *Faces) previewArticle(c *page.Ctx) error {
	form, err := c.Form(page.TextForm, append(articleFields(), "id")...)
	if err != nil {
		return err
	}
	return c.Show(articlePreview(c.Frame(""), form.Get("title"), form.Get("body"), pictureOf(knowledge.ID(form.Int("id")), form.Tokens())))
}

// pictureOf gives the address of a picture: of one that waits beside the form, or of the article's.
func pictureOf(of knowledge.ID, waiting []string) func(string) string {
	return func(token string) string {
		if of == 0 || slices.Contains(waiting, token) {
			return pictures(0)(token)
		}
		return pictures(of)(token)
	}
}

// keepArticle keeps what is being typed.
func (f *Faces) keepArticle(c *page.Ctx) error {
	var of knowledge.ID
	if c.Path("id") != "" {
		a, err := f.articleIn(c)
		if err != nil {
			return err
		}
		of = a.ID
	}
	form, err := c.Form(page.TextForm, append(articleFields(), "id")...)
	if err != nil {
		return err
	}
	keep := url.Values{}
	for _, name := range draftedFields() {
		keep.Set(name, form.Get(name))
	}
	if err := f.Knowledge.SaveDraft(c.Context(), c.Actor, of, keep.Encode()); err != nil {
		return err
	}
	draftSaved(c)
	return nil
}

// drawArticle makes a draft of a solved ticket, in the language that it was solved in, and opens it in the
// editor.
func (f *Faces) drawArticle(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm, "version"); err != nil {
		return err
	}
	m, err := f.Knowledge.Draw(c.Context(), c.Actor, ticket.Target{Number: number}, "")
	if err != nil {
		return err
	}
	a, err := f.Knowledge.Save(c.Context(), c.Actor, m)
	if err != nil {
		return err
	}
	c.Say("workarticle.drawn")
	return c.Redirect(articleAddress(a.ID) + "/edit")
}

// useArticle says that an article was used on a ticket, or puts it into a reply.
func (f *Faces) useArticle(c *page.Ctx) error {
	return f.tieArticle(c, func(which knowledge.ID, on ticket.Target, how knowledge.How) error {
		return f.Knowledge.Use(c.Context(), c.Actor, which, on, how)
	})
}

func (f *Faces) unuseArticle(c *page.Ctx) error {
	return f.tieArticle(c, func(which knowledge.ID, on ticket.Target, _ knowledge.How) error {
		return f.Knowledge.Unuse(c.Context(), c.Actor, which, on)
	})
}

func (f *Faces) tieArticle(c *page.Ctx, do func(knowledge.ID, ticket.Target, knowledge.How) error) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "article", "how")
	if err != nil {
		return err
	}
	how := knowledge.How(form.Get("how"))
	if how == "" {
		how = knowledge.UsedOn
	}
	if err := do(knowledge.ID(form.Int("article")), ticket.Target{Number: number}, how); err != nil {
		return err
	}
	if c.Fragment() {
		s, err := f.sheetOf(c)
		if err != nil {
			return err
		}
		return c.Show(articleCard(s))
	}
	return c.Redirect("/work/tickets/" + ticket.Ref(number))
}

// articlePicture sends a picture of an article.
func (f *Faces) articlePicture(c *page.Ctx) error {
	id, err := c.PathInt("id")
	if err != nil {
		return err
	}
	a, body, err := f.Knowledge.File(c.Context(), c.Actor, knowledge.ID(id), c.Path("token"))
	if err != nil {
		return err
	}
	return c.SendFile(page.Sent{Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256}, body)
}

// stagedPicture sends a picture that waits beside a form, to whoever sent it up.
func (f *Faces) stagedPicture(c *page.Ctx) error {
	a, body, err := f.Knowledge.Waiting(c.Context(), c.Actor, c.Path("token"))
	if err != nil {
		return err
	}
	return c.SendFile(page.Sent{Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256}, body)
}

// monthOptions are the stretches until an article is looked at again.
func monthOptions(c *page.Ctx) []ui.Option {
	var out []ui.Option
	for _, n := range []int{1, 3, 6, 12, 24} {
		out = append(out, ui.Option{Value: count(n), Label: c.T("workarticle.months", "Count", n)})
	}
	return out
}

// monthsOf is the chosen stretch, half a year to begin with.
func monthsOf(form *page.Form) string { return cmp.Or(form.Get("months"), "6") }
