// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/runbook"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

const booksPath = "/work/runbooks"

// mountRunbooks adds the pages on which runbooks are written, reviewed and put in force.
func (f *Faces) mountRunbooks(r *page.Router) {
	const at = booksPath + "/{id}"
	r.Get(booksPath, access.RunbookRead, f.listBooks)
	r.Get(booksPath+"/new", access.RunbookWork, f.newBook)
	r.Post(booksPath+"/new", access.RunbookWork, f.writeBook)
	r.Get(at, access.RunbookRead, f.showBook)
	r.Get(at+"/edit", access.RunbookWork, f.editBook)
	r.Post(at+"/edit", access.RunbookWork, f.writeBook)
	r.Get(at+"/versions/{version}", access.RunbookRead, f.showVersion)
	r.Get(at+"/versions/{version}/file", access.RunbookRead, f.exportBook)
	r.Get(at+"/pictures/{token}/{name}", access.RunbookRead, f.bookPicture)
	r.Post(at+"/pictures", access.RunbookWork, f.addPicture)
	r.Post(at+"/submit", access.RunbookWork, f.submitBook)
	r.Post(at+"/review", access.RunbookWork, f.reviewBook)
	r.Post(at+"/publish", access.RunbookPublish, f.publishBook)
	r.Post(at+"/retire", access.RunbookPublish, f.retireBook)
	r.Post(at+"/places", access.RunbookPublish, f.placeBook)
	r.Post(at+"/read", access.RunbookRead, f.readBook)
}

// unread counts the runbooks that the reader was asked to read and has not (N9).
func (f *Faces) unread(c *page.Ctx) int {
	list, err := f.Runbooks.ToRead(c.Context(), c.Actor)
	if err != nil {
		return 0 // the page is worth more than this figure
	}
	return len(list)
}

// bookSheet is one runbook as its pages show it.
type bookSheet struct {
	runbook.Sheet
	f       *Faces
	c       *page.Ctx
	fr      page.Frame
	record  runbook.Record
	readers []runbook.Reader
	form    *page.Form
	book    runbook.Book     // that is shown
	bad     runbook.Problems // of the text that is shown
	number  int64            // of the version that is shown
}

func (f *Faces) bookFrame(c *page.Ctx, status int, title string, body func(page.Frame) templ.Component) error {
	fr := c.Frame(title)
	fr.Path = booksPath
	w := ui.Workspace{Page: fr.Page(), Nav: f.nav(c, fr, ""), Rail: false, Keys: keyMap(fr)}
	return c.Render(status, framed(w, body(fr)))
}

// bookIn reads the runbook that the address names.
func (f *Faces) bookIn(c *page.Ctx) (*bookSheet, error) {
	id, err := c.PathInt("id")
	if err != nil {
		return nil, err
	}
	s := &bookSheet{f: f, c: c}
	s.Sheet, err = f.Runbooks.Get(c.Context(), c.Actor, runbook.ID(id))
	return s, err
}

// at is an address of the runbook.
func (s *bookSheet) at(what string) string {
	path := booksPath + "/" + strconv.FormatInt(int64(s.ID), 10)
	if s.ID == 0 {
		path = booksPath + "/new"
	}
	if what != "" {
		path += "/" + what
	}
	return path
}

// edits is the address of the editor's form.
func (s *bookSheet) edits() string {
	if s.ID == 0 {
		return booksPath + "/new"
	}
	return s.at("edit")
}

func (s *bookSheet) can(do access.Action) bool {
	return access.Can(s.c.Actor, do, access.Object{}) == nil
}

// draft is the version that is written; false where none is.
func (s *bookSheet) draft() (runbook.Version, bool) { return s.VersionOf(s.Draft) }

// wrote reports whether the reader wrote in the draft, and so may not review it.
func (s *bookSheet) wrote() bool {
	v, ok := s.draft()
	return ok && v.Authors.Has(person.ID(s.c.Actor.ID))
}

func (s *bookSheet) name(who person.ID) string { return s.f.People.Card(s.c.Context(), who).Name }

func (s *bookSheet) names(list runbook.People) string {
	var out []string
	for _, p := range list {
		out = append(out, s.name(p))
	}
	return strings.Join(out, s.fr.T("mail.comma"))
}

func (s *bookSheet) category(which catalog.CategoryID) string {
	var names []string
	for _, one := range s.f.Catalog.Path(s.c.Context(), which) {
		names = append(names, one.Label(string(s.c.Lang)))
	}
	return strings.Join(names, " › ")
}

// asked reports whether the reader was asked to read the version in force and has not.
func (s *bookSheet) asked() bool {
	return slices.ContainsFunc(s.readers, func(r runbook.Reader) bool {
		return r.Person == person.ID(s.c.Actor.ID) && r.ReadAt.IsZero()
	})
}

func (s *bookSheet) picture(name string) string {
	for _, f := range s.Files {
		if f.Name == name {
			return picturePath(f)
		}
	}
	return ""
}

// stateOf is the word for where a runbook stands, and its tone.
func stateOf(fr page.Frame, x runbook.Runbook) (word, tone string) {
	switch {
	case !x.RetiredAt.IsZero():
		return fr.T("workbook.retired"), ui.Neutral
	case x.Published != 0:
		return fr.T("workbook.in_force", "Number", x.Published), ui.OK
	}
	return fr.T("workbook.version_draft"), ui.Warn
}

func versionTone(v runbook.Version) string {
	switch v.State {
	case runbook.Published:
		return ui.OK
	case runbook.InReview, runbook.Draft:
		return ui.Warn
	case runbook.Reviewed:
		return ui.Brand
	case runbook.Replaced:
	}
	return ui.Neutral
}

// listed is a line of the list.
type listed struct {
	runbook.Runbook
	Where  []string
	First  bool
	Record runbook.Record
}

func (f *Faces) listBooks(c *page.Ctx) error {
	list, places, err := f.Runbooks.List(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	records, err := f.Runbooks.Records(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	toRead, err := f.Runbooks.ToRead(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	var rows []listed
	for _, x := range list {
		row := listed{Runbook: x, Record: records[x.ID]}
		for _, p := range places {
			if p.Runbook == x.ID {
				row.Where = append(row.Where, f.Catalog.Category(c.Context(), p.Category).Label(string(c.Lang)))
				row.First = row.First || p.First
			}
		}
		rows = append(rows, row)
	}
	return f.bookFrame(c, http.StatusOK, c.T("workbook.title"), func(fr page.Frame) templ.Component { return booksPage(fr, c, rows, toRead) })
}

func (f *Faces) newBook(c *page.Ctx) error {
	s := &bookSheet{f: f, c: c, form: page.Filled("text", c.T("workbook.template"), "version", "0")}
	return s.edit(http.StatusOK)
}

func (f *Faces) editBook(c *page.Ctx) error {
	s, err := f.bookIn(c)
	if err != nil {
		return err
	}
	v, ok := s.draft()
	if !ok {
		v, _ = s.VersionOf(s.Published)
		v.Note = ""
	}
	s.form = page.Filled("text", v.Text, "note", v.Note, "version", key(s.Version))
	return s.edit(http.StatusOK)
}

// edit shows the editor with what its text says: problems by their lines, the steps, the graph.
func (s *bookSheet) edit(status int) error {
	s.book, s.bad = s.f.Runbooks.Look(s.Sheet, s.form.Get("text"))
	title := s.c.T("workbook.edit")
	if s.Title != "" {
		title = s.Title
	}
	return s.f.bookFrame(s.c, status, title, func(fr page.Frame) templ.Component {
		s.fr = fr
		return bookEditor(s)
	})
}

// writeBook stores the text, shows how it would read, or gives it to be reviewed. A file may come
// in place of the text.
func (f *Faces) writeBook(c *page.Ctx) error {
	s := &bookSheet{f: f, c: c}
	if c.Path("id") != "" {
		var err error
		if s, err = f.bookIn(c); err != nil {
			return err
		}
	}
	form, err := c.FormWithText(2*runbook.MaxText, "file", "text", "note", "version", "act")
	if err != nil {
		return err
	}
	if file := form.Get("file"); strings.TrimSpace(file) != "" {
		form.Values.Set("text", file)
	}
	if s.form = form; form.Get("act") == "preview" {
		return s.edit(http.StatusOK)
	}
	x, err := f.Runbooks.Write(c.Context(), c.Actor, s.ID, form.Get("text"), form.Get("note"), form.Version())
	if err == nil && form.Get("act") == "submit" {
		form.Values.Set("version", key(x.Version))
		s.Runbook = x
		_, err = f.Runbooks.Submit(c.Context(), c.Actor, x.ID, x.Version)
	}
	if err != nil {
		if closed(err) {
			return err
		}
		status := c.MarkUp(form, err)
		return s.edit(status)
	}
	c.Say("workbook.saved")
	if form.Get("act") == "submit" {
		return c.Redirect(booksPath + "/" + key(int64(x.ID)))
	}
	return c.Redirect(booksPath + "/" + key(int64(x.ID)) + "/edit")
}

func (f *Faces) showBook(c *page.Ctx) error { return f.bookPage(c, http.StatusOK, nil) }

func (f *Faces) bookPage(c *page.Ctx, status int, form *page.Form) error {
	s, err := f.bookIn(c)
	if err != nil {
		return err
	}
	s.form = form
	s.number = s.Published
	if s.number == 0 {
		s.number = s.Draft
	}
	v, _ := s.VersionOf(s.number)
	s.book = v.Book()
	if s.record, err = f.Runbooks.RecordOf(c.Context(), c.Actor, s.ID); err != nil {
		return err
	}
	if s.readers, err = f.Runbooks.Readers(c.Context(), c.Actor, s.ID, s.Published); err != nil {
		return err
	}
	return f.bookFrame(c, status, s.Title, func(fr page.Frame) templ.Component {
		s.fr = fr
		return bookPage(s)
	})
}

// versionIn reads the version that the address names.
func (f *Faces) versionIn(c *page.Ctx) (*bookSheet, runbook.Version, error) {
	s, err := f.bookIn(c)
	if err != nil {
		return nil, runbook.Version{}, err
	}
	n, err := c.PathInt("version")
	if err != nil {
		return nil, runbook.Version{}, err
	}
	v, ok := s.VersionOf(n)
	if !ok {
		return nil, v, errs.New(errs.NotFound, "runbook.not_found")
	}
	return s, v, nil
}

func (f *Faces) showVersion(c *page.Ctx) error {
	s, v, err := f.versionIn(c)
	if err != nil {
		return err
	}
	s.number = v.Number
	s.book, s.bad = f.Runbooks.Look(s.Sheet, v.Text)
	return f.bookFrame(c, http.StatusOK, s.Title, func(fr page.Frame) templ.Component {
		s.fr = fr
		return versionPage(s, v)
	})
}

// exportBook gives a version away as the file that it is.
func (f *Faces) exportBook(c *page.Ctx) error {
	s, v, err := f.versionIn(c)
	if err != nil {
		return err
	}
	name := "runbook-" + key(int64(s.ID)) + "-v" + key(v.Number) + ".md"
	c.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return c.Text(http.StatusOK, v.Text)
}

// bookPicture answers with a picture, by the one file server.
func (f *Faces) bookPicture(c *page.Ctx) error {
	id, err := c.PathInt("id")
	if err != nil {
		return err
	}
	file, body, err := f.Runbooks.Picture(c.Context(), c.Actor, runbook.ID(id), c.Path("token"))
	if err != nil {
		return err
	}
	return c.SendFile(page.Sent{Name: file.Name, Type: file.Type, Size: file.Size, SHA256: file.SHA256}, body)
}

func (f *Faces) addPicture(c *page.Ctx) error {
	s, err := f.bookIn(c)
	if err != nil {
		return err
	}
	form, err := c.FormWithBytes(runbook.MaxPicture+page.SmallForm, "picture")
	if err != nil {
		return err
	}
	if _, err := f.Runbooks.AddPicture(c.Context(), c.Actor, s.ID, form.Get("picture"), strings.NewReader(string(form.Bytes))); err != nil {
		if closed(err) {
			return err
		}
		return f.bookPage(c, c.MarkUp(form, err), form)
	}
	c.Say("workbook.pictured")
	return c.Redirect(s.at("") + "#pictures")
}

// problemText is a problem as a sentence with its line.
func problemText(l i18n.Lang, p runbook.Problem) string { return i18n.T(l, p.Key, p.Args...) }
