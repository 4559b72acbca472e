// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const articlesPath = "/work/articles"

// mountArticles adds the pages on which staff find, write and review articles.
func (f *Faces) mountArticles(r *page.Router) {
	r.Get(articlesPath, access.ArticleWork, f.articles)
	r.Get(articlesPath+"/faq", access.ArticleWork, f.articleFAQ)
	r.Get(articlesPath+"/gaps", access.LeadRead, f.articleGaps)
	r.Get(articlesPath+"/new", access.ArticleWork, f.newArticle)
	r.Post(articlesPath+"/new", access.ArticleWork, f.saveArticle)
	r.Post(articlesPath+"/preview", access.ArticleWork, f.previewArticle)
	r.Post(articlesPath+"/draft", access.ArticleWork, f.keepArticle)
	r.Get(articlesPath+"/new/files/{token}", access.ArticleWork, f.stagedPicture)
	const at = articlesPath + "/{id}"
	r.Get(at, access.ArticleWork, f.article)
	r.Get(at+"/edit", access.ArticleWork, f.editArticle)
	r.Post(at+"/edit", access.ArticleWork, f.saveArticle)
	r.Post(at+"/draft", access.ArticleWork, f.keepArticle)
	r.Get(at+"/files/{token}", access.ArticleWork, f.articlePicture)
	for name, act := range map[string]page.Handler{
		"submit": f.submitArticle, "return": f.returnArticle, "publish": f.publishArticle, "drop": f.dropArticle,
		"looked": f.lookedArticle, "ask": f.askArticle, "read": f.readArticle, "say": f.sayArticle,
	} {
		r.Post(at+"/"+name, access.ArticleWork, act)
	}
	r.Post(at+"/retire", access.ArticleRetire, f.retireArticle)
	r.Post(at+"/restore", access.ArticleRetire, f.restoreArticle)
	r.Post("/work/tickets/{number}/article", access.TicketWork, f.drawArticle)
	r.Post("/work/tickets/{number}/article/use", access.TicketWork, f.useArticle)
	r.Post("/work/tickets/{number}/article/unuse", access.TicketWork, f.unuseArticle)
}

func articleAddress(which knowledge.ID) string { return articlesPath + "/" + key(int64(which)) }

// showArticles puts a page about articles into the frame.
func (f *Faces) showArticles(c *page.Ctx, status int, fr page.Frame, body templ.Component) error {
	if !strings.HasPrefix(fr.Path, articlesPath) {
		fr.Path = articlesPath
	}
	return c.Render(status, framed(ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Keys: keyMap(fr)}, body))
}

// articleRow is an article in a list.
type articleRow struct {
	Href, Title, Sub string
	State            knowledge.State
	Audience         string
	Icon             string // of the audience
	Lang             string
	Stats            knowledge.Stats
	Review           string
	Due              bool
}

// articlesView is the list.
type articlesView struct {
	Text    string
	Tabs    []ui.Link
	Filter  ui.FilterView
	Rows    []articleRow
	Leads   bool
	Total   string
	Pick    string // the state that is shown
	Address string
}

// kinds of lists, in the order of the tabs.
const (
	listRead    = ""
	listWork    = "work"
	listReview  = "review"
	listRetired = "retired"
)

func listOf(a knowledge.Article) []string {
	switch a.State() {
	case knowledge.Published:
		return []string{listRead}
	case knowledge.Changing:
		return []string{listRead, listWork}
	case knowledge.Changed:
		return []string{listRead, listReview}
	case knowledge.Draft:
		return []string{listWork}
	case knowledge.Review:
		return []string{listReview}
	case knowledge.Retired:
	}
	return []string{listRetired}
}

func (f *Faces) articles(c *page.Ctx) error {
	v := articlesView{Text: strings.TrimSpace(c.Query("q")), Leads: access.Can(c.Actor, access.LeadRead, access.Object{}) == nil, Pick: c.Query("show")}
	if !slices.Contains([]string{listWork, listReview, listRetired}, v.Pick) {
		v.Pick = listRead
	}
	category := catalog.CategoryID(c.QueryInt("category"))
	list, err := f.Knowledge.List(c.Context(), c.Actor, "")
	if err != nil {
		return err
	}
	stats, err := f.Knowledge.Stats(c.Context(), time.Time{})
	if err != nil {
		return err
	}
	counts := map[string]int{}
	var rows []knowledge.Article
	order, err := f.articleOrder(c, v.Text)
	if err != nil {
		return err
	}
	for _, a := range list {
		if category != 0 && !f.inCategory(c, a.Shown().Category, category) {
			continue
		}
		for _, of := range listOf(a) {
			counts[of]++
			if _, found := order[a.ID]; of == v.Pick && (v.Text == "" || found || of != listRead && strings.Contains(strings.ToLower(a.Shown().Title), strings.ToLower(v.Text))) {
				rows = append(rows, a)
			}
		}
	}
	if v.Text != "" {
		slices.SortStableFunc(rows, func(a, b knowledge.Article) int { return cmp.Compare(order[a.ID], order[b.ID]) })
	}
	for _, a := range rows {
		v.Rows = append(v.Rows, f.articleRow(c, a, stats[a.ID]))
	}
	address := func(show string, cat catalog.CategoryID) string {
		q := url.Values{}
		if show != "" {
			q.Set("show", show)
		}
		if cat != 0 {
			q.Set("category", key(int64(cat)))
		}
		if v.Text != "" {
			q.Set("q", v.Text)
		}
		if len(q) == 0 {
			return articlesPath
		}
		return articlesPath + "?" + q.Encode()
	}
	for _, show := range []string{listRead, listWork, listReview, listRetired} {
		word := show
		if word == "" {
			word = "read"
		}
		label := c.T("workarticle.tab_" + word)
		if counts[show] > 0 {
			label += " " + count(counts[show])
		}
		v.Tabs = append(v.Tabs, ui.Link{Label: label, Href: address(show, category), Current: show == v.Pick})
	}
	v.Filter = f.categoryFilter(c, category, func(cat catalog.CategoryID) string { return address(v.Pick, cat) })
	fr := c.Frame(c.T("workarticle.title"))
	return f.showArticles(c, http.StatusOK, fr, articlesPage(fr, v))
}

// articleOrder is how well what is published fits what was typed.
func (f *Faces) articleOrder(c *page.Ctx, typed string) (map[knowledge.ID]int, error) {
	out := map[knowledge.ID]int{}
	if typed == "" {
		return out, nil
	}
	found, err := f.Knowledge.Search(c.Context(), c.Actor, typed, "", false, 100)
	for i, x := range found {
		out[x.ID] = i - len(found)
	}
	return out, err
}

func (f *Faces) inCategory(c *page.Ctx, which, above catalog.CategoryID) bool {
	return slices.ContainsFunc(f.Catalog.Path(c.Context(), which), func(x catalog.Category) bool { return x.ID == above })
}

// categoryFilter chooses a category by a link each.
func (f *Faces) categoryFilter(c *page.Ctx, now catalog.CategoryID, to func(catalog.CategoryID) string) ui.FilterView {
	v := ui.FilterView{Label: c.T("workticket.category"), Value: f.categoryPath(c, now)}
	if now != 0 {
		v.Clear = to(0)
	}
	list, err := f.Catalog.Categories(c.Context())
	if err != nil {
		return v // a list without this filter is a list
	}
	for _, x := range list {
		if x.Active {
			v.Options = append(v.Options, ui.Link{Label: f.categoryPath(c, x.ID), Href: to(x.ID), Current: x.ID == now})
		}
	}
	return v
}

func audienceIcon(a knowledge.Audience) string {
	switch a {
	case knowledge.Public:
		return "globe"
	case knowledge.Group:
		return "lock"
	case knowledge.Staff:
	}
	return "users"
}

// audience is who may read, in words.
func (f *Faces) audience(c *page.Ctx, e knowledge.Content) string {
	if e.Audience == knowledge.Group {
		return c.T("workarticle.audience_group_of", "Name", f.People.Group(c.Context(), e.Group).Label(string(c.Lang)))
	}
	return c.T("workarticle.audience_" + string(e.Audience))
}

func (f *Faces) articleRow(c *page.Ctx, a knowledge.Article, s knowledge.Stats) articleRow {
	e := a.Shown()
	r := articleRow{
		Href: articleAddress(a.ID), Title: e.Title, Sub: f.categoryPath(c, e.Category), State: a.State(), Audience: f.audience(c, e.Content), Icon: audienceIcon(e.Audience),
		Lang: c.T("workarticle.lang_" + a.Lang), Stats: s, Due: a.ReviewDue,
	}
	if !a.ReviewAt.IsZero() {
		r.Review = a.ReviewAt.In(c.Zone).Format(time.DateOnly)
	}
	return r
}

func articleTone(s knowledge.State) string {
	switch s {
	case knowledge.Published:
		return ui.OK
	case knowledge.Review, knowledge.Changed:
		return ui.Warn
	case knowledge.Changing:
		return ui.Brand
	case knowledge.Draft, knowledge.Retired:
	}
	return ui.Neutral
}

// articleFAQ lists, category by category, what was of most use.
func (f *Faces) articleFAQ(c *page.Ctx) error {
	fr := c.Frame(c.T("workarticle.faq"))
	list, err := f.faq(c)
	if err != nil {
		return err
	}
	return f.showArticles(c, http.StatusOK, fr, faqPage(fr, list))
}

// faqGroup is a category with what was of most use in it.
type faqGroup struct {
	Name string
	Rows []articleRow
}

// faqShown bounds the articles of a category.
const faqShown = 8

func (f *Faces) faq(c *page.Ctx) ([]faqGroup, error) {
	tree, err := f.Catalog.Categories(c.Context())
	if err != nil {
		return nil, err
	}
	stats, err := f.Knowledge.Stats(c.Context(), time.Time{})
	if err != nil {
		return nil, err
	}
	var out []faqGroup
	for _, cat := range tree {
		if cat.Depth != 0 {
			continue
		}
		list, err := f.Knowledge.Of(c.Context(), c.Actor, cat.ID, articleLang(c), faqShown)
		if err != nil {
			return nil, err
		}
		g := faqGroup{Name: cat.Label(string(c.Lang))}
		for _, x := range list {
			g.Rows = append(g.Rows, f.articleRow(c, x.Article, stats[x.ID]))
		}
		if len(g.Rows) > 0 {
			out = append(out, g)
		}
	}
	return out, nil
}

// articleLang is the language of articles for a reader.
func articleLang(c *page.Ctx) string {
	if c.Lang == "en" {
		return "en"
	}
	return "zh"
}

// gapRow is a category without a fitting article.
type gapRow struct {
	Name   string
	Solved string
	Search string // its solved tickets
	New    string
}

// gapWeeks are the stretches that the page offers.
func gapWeeks() []int64 { return []int64{4, 12, 26} }

// articleGaps lists categories in which tickets are solved and nothing is written.
func (f *Faces) articleGaps(c *page.Ctx) error {
	weeks := c.QueryInt("weeks")
	if !slices.Contains(gapWeeks(), weeks) {
		weeks = 12
	}
	per, err := f.Tickets.SolvedPer(c.Context(), c.Now.AddDate(0, 0, -7*int(weeks)))
	if err != nil {
		return err
	}
	list, err := f.Knowledge.Gaps(c.Context(), c.Actor, per)
	if err != nil {
		return err
	}
	var rows []gapRow
	for _, g := range list {
		name := f.categoryPath(c, g.Category)
		rows = append(rows, gapRow{
			Name: name, Solved: c.T("workarticle.gap_solved", "Count", g.Solved),
			Search: f.searchAddress(c, ticket.Filter{View: ticket.Done, Category: g.Category}),
			New:    articlesPath + "/new?category=" + key(int64(g.Category)),
		})
	}
	var tabs []ui.Link
	for _, w := range gapWeeks() {
		tabs = append(tabs, ui.Link{Label: c.T("workarticle.gap_weeks", "Count", w), Href: articlesPath + "/gaps?weeks=" + key(w), Current: w == weeks})
	}
	fr := c.Frame(c.T("workarticle.gaps"))
	return f.showArticles(c, http.StatusOK, fr, gapsPage(fr, tabs, rows))
}

// reviewers are those who may be asked to review an edition: staff who may read it and did not
// write in it.
func (f *Faces) reviewers(c *page.Ctx, a knowledge.Article) []ui.Option {
	list, err := f.People.Staff(c.Context())
	if err != nil {
		return nil // the form says that somebody is needed
	}
	var out []ui.Option
	for _, p := range list {
		who := access.Actor{ID: int64(p.ID), Kind: access.Person, Role: p.Role, Via: "web"}
		if slices.Contains(a.Work.Writers, p.ID) || p.ID == person.ID(c.Actor.ID) || !f.Knowledge.Reader(c.Context(), who).Holds(a.Work.Paper()) {
			continue
		}
		out = append(out, ui.Option{Value: key(int64(p.ID)), Label: p.Name, Keys: f.sounds(p)})
	}
	return out
}
