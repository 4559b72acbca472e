// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/wordbook"
	"github.com/loopdesk/loopdesk/internal/desk/wording"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountWording adds the packs of wording rules (N10, N17, N41).
func (f *Faces) mountWording(r *page.Router) {
	const at = "/admin/wording/{pack}/{lang}"
	r.Get("/admin/wording", access.AdminRead, f.listBooks)
	r.Get(at, access.AdminRead, f.showBook)
	r.Post(at+"/try", access.AdminWork, f.tryBook)
	r.Post(at+"/reset", access.AdminWork, f.resetBook)
	r.Post(at+"/restore", access.AdminWork, f.restoreBook)
	r.Get(at+"/rules/{rule}", access.AdminRead, f.editWordRule)
	r.Post(at+"/rules/{rule}", access.AdminWork, f.saveWordRule)
	r.Post(at+"/rules/{rule}/switch", access.AdminWork, f.switchWordRule)
	r.Post(at+"/rules/{rule}/reset", access.AdminWork, f.resetWordRule)
}

func bookAddress(b wordbook.Book) string { return "/admin/wording/" + string(b.Name) + "/" + b.Lang }

func wordRuleAddress(b wordbook.Book, id string) string { return bookAddress(b) + "/rules/" + id }

func bookTitle(f page.Frame, b wordbook.Book) string {
	return f.T("wordingadmin.pack_"+string(b.Name)) + " · " + f.T("wordingadmin.lang_"+b.Lang)
}

func (f *Faces) listBooks(c *page.Ctx) error {
	var list []wordbook.Book
	for _, n := range wording.Names() {
		for _, lang := range wording.Langs() {
			b, err := f.Words.Book(c.Context(), n, lang)
			if err != nil {
				return err
			}
			list = append(list, b)
		}
	}
	return show(c, http.StatusOK, "wordingadmin.title", "wordingadmin.lead", func(fr page.Frame) templ.Component { return booksPage(fr, list) })
}

func (f *Faces) bookIn(c *page.Ctx) (wordbook.Book, error) {
	n := wording.Name(c.Path("pack"))
	if !slices.Contains(wording.Names(), n) || !slices.Contains(wording.Langs(), c.Path("lang")) {
		return wordbook.Book{}, errs.New(errs.NotFound, "wording.no_pack")
	}
	return f.Words.Book(c.Context(), n, c.Path("lang"))
}

// bookView is a pack on its page, with what was tried in its box.
type bookView struct {
	Book    wordbook.Book
	Text    string
	Tried   bool
	Pieces  []piece
	Remarks []wording.Remark
	Past    []edition
}

// edition is a version of a pack, in words.
type edition struct {
	Version int64
	When    string
	By      string
	What    string
}

// piece is a stretch of the text that was tried; Hit where a rule speaks.
type piece struct {
	Text string
	Hit  bool
}

func (f *Faces) showBook(c *page.Ctx) error {
	b, err := f.bookIn(c)
	if err != nil {
		return err
	}
	return f.book(c, bookView{Book: b})
}

func (f *Faces) book(c *page.Ctx, v bookView) error {
	list, err := f.Words.History(c.Context(), c.Actor, v.Book)
	if err != nil {
		return err
	}
	for _, e := range list {
		x := edition{Version: e.Version, When: c.Moment(e.At), By: f.People.Card(c.Context(), person.ID(e.By)).Name, What: c.T("mailadmin.built_in")}
		if e.Edit.Changed() {
			x.What = c.T("wordingadmin.changed", "Own", len(e.Edit.Own), "Off", len(e.Edit.Off))
		}
		v.Past = append(v.Past, x)
	}
	return show(c, http.StatusOK, "wordingadmin.title", "wordingadmin.book_lead", func(fr page.Frame) templ.Component { return bookPage(fr, v) })
}

// tryBook marks in a text what the rules of a pack find, as they are stored now.
func (f *Faces) tryBook(c *page.Ctx) error {
	b, err := f.bookIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "text")
	if err != nil {
		return err
	}
	v := bookView{Book: b, Text: strings.ToValidUTF8(form.Get("text"), "\uFFFD"), Tried: true}
	if v.Remarks, err = b.Try(v.Text); err != nil {
		return err
	}
	v.Pieces = pieces(v.Text, v.Remarks)
	return f.book(c, v)
}

func pieces(text string, list []wording.Remark) []piece {
	var out []piece
	at := 0
	for _, r := range list {
		if r.Rule.Absent || r.Start < at {
			continue
		}
		out = append(out, piece{Text: text[at:r.Start]}, piece{text[r.Start:r.End], true})
		at = r.End
	}
	return append(out, piece{Text: text[at:]})
}

// resetBook brings the house's own rules back.
func (f *Faces) resetBook(c *page.Ctx) error {
	b, err := f.bookIn(c)
	if err != nil {
		return err
	}
	if b, err = versioned(c, b); err != nil {
		return err
	}
	if err := f.Words.Save(c.Context(), c.Actor, b, wording.Edit{}); err != nil {
		return err
	}
	c.Say("wordingadmin.reset_done")
	return c.Redirect(bookAddress(b))
}

// restoreBook saves a version of before once more.
func (f *Faces) restoreBook(c *page.Ctx) error {
	b, err := f.bookIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "version", "to")
	if err != nil {
		return err
	}
	b.Version = form.Version()
	if err := f.Words.Restore(c.Context(), c.Actor, b, form.Int("to")); err != nil {
		return err
	}
	c.Say("wordingadmin.restored", "Version", int(form.Int("to")))
	return c.Redirect(bookAddress(b))
}

// versioned reads which version of the pack a button was made for.
func versioned(c *page.Ctx, b wordbook.Book) (wordbook.Book, error) {
	form, err := c.Form(page.SmallForm, "version")
	b.Version = form.Version()
	return b, err
}

// wordRuleIn is the rule that the address names; a new one has no id.
func (f *Faces) wordRuleIn(c *page.Ctx) (wordbook.Book, wording.Rule, error) {
	b, err := f.bookIn(c)
	if err != nil || c.Path("rule") == "new" {
		return b, wording.Rule{Clause: b.Name.Clauses()[0]}, err
	}
	r, ok := b.Edit.All(b.BuiltIn).Rule(c.Path("rule"))
	if !ok {
		return b, r, errs.New(errs.NotFound, "errs.not_found")
	}
	return b, r, nil
}

func (f *Faces) editWordRule(c *page.Ctx) error {
	b, r, err := f.wordRuleIn(c)
	if err != nil {
		return err
	}
	form := page.Filled(
		"id", r.ID, "clause", r.Clause, "kind", r.Kind, "find", strings.Join(r.Find, "\n"), "unless", strings.Join(r.Unless, "\n"),
		"ask", r.Ask, "say", r.Say, "hint", r.Hint, "advice", page.Ticked(r.Advice), "timely", page.Ticked(r.Timely), "version", num(b.Version),
	)
	return f.showWordRule(c, http.StatusOK, b, r, form)
}

func (f *Faces) showWordRule(c *page.Ctx, status int, b wordbook.Book, r wording.Rule, form *page.Form) error {
	return show(c, status, "wordingadmin.rule", "wordingadmin.rule_lead", func(fr page.Frame) templ.Component { return wordRulePage(fr, b, r, form) })
}

// saveWordRule adds or changes a rule. What was typed stays where it is refused.
func (f *Faces) saveWordRule(c *page.Ctx) error {
	b, r, err := f.wordRuleIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "id", "clause", "kind", "find", "unless", "ask", "say", "hint", "advice", "timely", "version")
	if err != nil {
		return err
	}
	isNew := r.ID == ""
	now := r
	if isNew {
		now.ID = form.Text("id")
	}
	now.Clause, now.Kind = form.Get("clause"), form.Get("kind")
	now.Find, now.Unless = entries(form.Get("find")), entries(form.Get("unless"))
	now.Ask, now.Say, now.Hint = form.Text("ask"), form.Text("say"), form.Text("hint")
	now.Advice, now.Timely = form.On("advice"), form.On("timely")
	seen := b
	seen.Version = form.Version()
	if err := f.Words.SaveRule(c.Context(), c.Actor, seen, now, isNew); err != nil {
		return again(c, form, err, func(status int) error { return f.showWordRule(c, status, b, r, form) })
	}
	c.Say("admin.saved")
	return c.Redirect(bookAddress(b))
}

// entries are the lines of a field that say something, each once.
func entries(s string) []string {
	var out []string
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

// switchWordRule turns a rule off, or on again.
func (f *Faces) switchWordRule(c *page.Ctx) error {
	return f.changeRule(c, func(b wordbook.Book, id string) wording.Edit { return b.Edit.Switched(id, b.Off(id)) })
}

// resetWordRule takes back what was changed in a rule; one that was added goes.
func (f *Faces) resetWordRule(c *page.Ctx) error {
	return f.changeRule(c, func(b wordbook.Book, id string) wording.Edit { return b.Edit.Without(id) })
}

func (f *Faces) changeRule(c *page.Ctx, change func(wordbook.Book, string) wording.Edit) error {
	b, r, err := f.wordRuleIn(c)
	if err != nil {
		return err
	}
	if r.ID == "" {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	edit := change(b, r.ID)
	if b, err = versioned(c, b); err != nil {
		return err
	}
	if err := f.Words.Save(c.Context(), c.Actor, b, edit); err != nil {
		return err
	}
	c.Say("admin.saved")
	return c.Redirect(bookAddress(b))
}

// kindGroups are the rules of a book by what they are about, in the order of the pack.
func kindGroups(b wordbook.Book) map[string][]wording.Rule {
	out := map[string][]wording.Rule{}
	for _, r := range b.Rules() {
		out[r.Kind] = append(out[r.Kind], r)
	}
	return out
}

// answerOf is what a rule puts beside the words: the question, the wording, or the hint.
func answerOf(r wording.Rule) string {
	for _, s := range []string{r.Ask, r.Say, r.Hint} {
		if s != "" {
			return s
		}
	}
	return ""
}

func kindOptions(f page.Frame, n wording.Name) []ui.Option {
	var out []ui.Option
	for _, k := range n.Kinds() {
		out = append(out, ui.Option{Value: k, Label: f.T("wordingadmin.kind_" + k)})
	}
	return out
}

func clauseOptions(f page.Frame, n wording.Name) []ui.Option {
	var out []ui.Option
	for _, c := range n.Clauses() {
		out = append(out, ui.Option{Value: c, Label: c + " " + f.T("norm."+c+"_name")})
	}
	return out
}
