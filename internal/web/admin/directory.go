// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/kit/sheet"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mountDirectory adds where people come from: files, and what became of them.
func (f *Faces) mountDirectory(r *page.Router) {
	r.Get("/admin/directory", access.AdminRead, f.showDirectory)
	r.Post("/admin/directory/imports", access.AdminWork, f.uploadPeople)
	r.Get("/admin/directory/imports/{id}", access.AdminRead, f.previewPeople)
	r.Post("/admin/directory/imports/{id}", access.AdminWork, f.importPeople)
	r.Get("/admin/directory/runs/{id}", access.AdminRead, f.showRun)
	r.Get("/admin/directory/runs/{id}/bad.csv", access.AdminRead, f.badLines)
	f.mountServer(r)
}

const runsShown = 20

// directoryView is where people come from: the server, files, and what became of them.
type directoryView struct {
	Server   directory.Server
	Standing directory.Standing
	Runs     []directory.Run
	Upload   *page.Form
}

// showDirectory is the page of where people come from.
func (f *Faces) showDirectory(c *page.Ctx) error { return f.directory(c, http.StatusOK, nil) }

func (f *Faces) directory(c *page.Ctx, status int, upload *page.Form) error {
	runs, err := f.Directory.Runs(c.Context(), c.Actor, runsShown)
	if err != nil {
		return err
	}
	v := directoryView{Runs: runs, Upload: upload}
	if v.Server, _, err = f.Directory.Server(c.Context(), c.Actor); err != nil {
		return err
	}
	if v.Standing, err = f.Directory.Standing(c.Context(), c.Actor); err != nil {
		return err
	}
	return show(c, status, "directoryadmin.title", "directoryadmin.lead", func(fr page.Frame) templ.Component { return directoryPage(fr, v) })
}

// uploadPeople keeps a file for looking at what it would do; nothing else happens yet.
func (f *Faces) uploadPeople(c *page.Ctx) error {
	form, err := c.FormWithBytes(directory.MaxFile+page.SmallForm, "file", "encoding", "comma", "leavers")
	if err != nil {
		return err
	}
	comma := form.Get("comma")
	if comma == "tab" {
		comma = "\t"
	}
	x, err := f.Directory.Upload(c.Context(), c.Actor, directory.Import{
		Name: form.Get("file"), Encoding: form.Get("encoding"), Comma: comma, Leavers: form.On("leavers"),
	}, form.Bytes)
	if err != nil {
		return again(c, form, err, func(status int) error { return f.directory(c, status, form) })
	}
	return c.Redirect("/admin/directory/imports/" + num(int64(x.ID)))
}

// importView is what a file would do, by kind.
type importView struct {
	directory.Preview
	Kind    directory.Kind // shown; empty for all but those that stay
	Shown   []directory.Change
	Further int
	Form    *page.Form
}

// changesShown bounds the lines of a preview: more of one kind is nothing that somebody reads.
const changesShown = 200

func (f *Faces) previewPeople(c *page.Ctx) error { return f.preview(c, http.StatusOK, nil) }

func (f *Faces) preview(c *page.Ctx, status int, form *page.Form) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	v := importView{Kind: directory.Kind(c.Query("kind")), Form: form}
	if v.Preview, err = f.Directory.Preview(c.Context(), c.Actor, directory.ImportID(n)); err != nil {
		return err
	}
	for _, x := range v.Changes {
		if x.Kind == v.Kind || v.Kind == "" && x.Kind != directory.Same {
			v.Shown = append(v.Shown, x)
		}
	}
	if v.Further = len(v.Shown) - changesShown; v.Further > 0 {
		v.Shown = v.Shown[:changesShown]
	}
	return show(c, status, "directoryadmin.preview", "directoryadmin.preview_lead", func(fr page.Frame) templ.Component { return previewPage(fr, v) })
}

func (f *Faces) importPeople(c *page.Ctx) error {
	n, err := c.PathInt("id")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "allowed")
	if err != nil {
		return err
	}
	r, err := f.Directory.Apply(c.Context(), c.Actor, directory.ImportID(n), form.On("allowed"))
	if err != nil {
		return again(c, form, err, func(status int) error { return f.preview(c, status, form) })
	}
	c.Say("directoryadmin.queued")
	return c.Redirect(runAddress(r))
}

// runTitle is the heading of a run.
func runTitle(r directory.Run) string {
	if r.Source == directory.LDAP {
		return "ldapadmin.run"
	}
	return "directoryadmin.run"
}

func runAddress(r directory.Run) string { return "/admin/directory/runs/" + num(int64(r.ID)) }

// runView is what a run did.
type runView struct {
	directory.Run
	Kind  directory.Kind
	Lines []directory.Line
	Older string
	By    string
}

func (f *Faces) runOf(c *page.Ctx) (directory.Run, error) {
	n, err := c.PathInt("id")
	if err != nil {
		return directory.Run{}, err
	}
	return f.Directory.Run(c.Context(), c.Actor, directory.RunID(n))
}

func (f *Faces) showRun(c *page.Ctx) error {
	r, err := f.runOf(c)
	if err != nil {
		return err
	}
	v := runView{Run: r, Kind: directory.Kind(c.Query("kind")), By: f.People.Card(c.Context(), r.By).Name}
	after := int64(-1 << 62)
	if c.Query("after") != "" {
		after = c.QueryInt("after")
	}
	if v.Lines, err = f.Directory.Lines(c.Context(), c.Actor, r.ID, v.Kind, after, changesShown+1); err != nil {
		return err
	}
	if len(v.Lines) > changesShown {
		v.Lines = v.Lines[:changesShown]
		v.Older = runAddress(r) + "?kind=" + string(v.Kind) + "&after=" + num(v.Lines[changesShown-1].Line)
	}
	return show(c, http.StatusOK, runTitle(r), "directoryadmin.run_lead", func(fr page.Frame) templ.Component { return runPage(fr, v) })
}

// badLines gives out the lines that could not be taken, with their reasons, to be mended and sent
// again.
func (f *Faces) badLines(c *page.Ctx) error {
	r, err := f.runOf(c)
	if err != nil {
		return err
	}
	list, err := f.Directory.Lines(c.Context(), c.Actor, r.ID, directory.Bad, -1<<62, directory.MaxEntries)
	if err != nil {
		return err
	}
	t := sheet.Table{Head: []string{c.T("directoryadmin.line"), c.T("directoryadmin.why"), c.T("directoryadmin.text")}}
	if r.Import != 0 {
		t, err = f.badCells(c, r.Import, list)
	} else {
		for _, l := range list { // of a server: there is nothing to send again
			t.Rows = append(t.Rows, []any{l.Line, c.T(l.Why.Key, l.Why.Args...), l.Text})
		}
	}
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := sheet.CSV(&out, t); err != nil {
		return err
	}
	c.Header().Set("Content-Type", sheet.CSVType)
	c.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="loopdesk-%d-bad.csv"`, r.ID))
	return c.Copy(&out, int64(out.Len()))
}

// badCells are the lines of a file as they came, under its own heading. The reason stands before them:
// behind them it would be taken for one of the cells of a line that has too many. A file that was
// mended before has a column for it already.
func (f *Faces) badCells(c *page.Ctx, of directory.ImportID, list []directory.Line) (sheet.Table, error) {
	head, rows, err := f.Directory.Table(c.Context(), c.Actor, of)
	if err != nil {
		return sheet.Table{}, err
	}
	why := c.T("directoryadmin.why")
	from := 0
	if len(head) > 0 && head[0] == why {
		from = 1
	}
	t := sheet.Table{Head: append([]string{why}, head[from:]...)}
	for _, l := range list {
		cells, ok := rows[l.Line]
		if !ok { // somebody who is in no line of it
			continue
		}
		row := []any{c.T(l.Why.Key, l.Why.Args...)}
		for _, cell := range cells[min(from, len(cells)):] {
			row = append(row, sheet.Plain(cell))
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func kindTabs(f page.Frame, at string, t directory.Tally, now directory.Kind) []ui.Link {
	out := []ui.Link{{Label: f.T("directoryadmin.kind_all"), Href: at, Current: now == ""}}
	for _, k := range directory.Kinds() {
		if t[k] > 0 {
			out = append(out, ui.Link{Label: f.T("directoryadmin.kind_"+string(k)) + " " + num(t[k]), Href: at + "?kind=" + string(k), Current: now == k})
		}
	}
	return out
}

func changeTone(k directory.Kind) string {
	switch k {
	case directory.New:
		return ui.OK
	case directory.Changed, directory.Renamed:
		return ui.Brand
	case directory.Disabled, directory.Held:
		return ui.Warn
	case directory.Bad:
		return ui.Danger
	case directory.Same:
	}
	return ui.Neutral
}

func fieldNames(f page.Frame, list []string) string {
	var out []string
	for _, x := range list {
		out = append(out, f.T("directoryadmin.field_"+x))
	}
	return strings.Join(out, f.T("admin.list_comma"))
}

// shownValue is a field as a line shows it.
func shownValue(f page.Frame, s, field string) string {
	switch {
	case field == directory.Active && s == "yes":
		return f.T("directoryadmin.on")
	case field == directory.Active:
		return f.T("directoryadmin.off")
	case s == "":
		return f.T("directoryadmin.empty")
	}
	return strings.ReplaceAll(s, "\n", f.T("admin.list_comma"))
}

// lineNumber is the line of an entry, or that there is none: somebody is gone.
func lineNumber(n int64) string {
	if n <= 0 {
		return "–"
	}
	return num(n)
}

func stateTone(s directory.State) string {
	switch s {
	case directory.Done:
		return ui.OK
	case directory.Asks:
		return ui.Warn
	case directory.Failed:
		return ui.Danger
	case directory.Waiting, directory.Running:
	}
	return ui.Line
}

func encodingOptions(f page.Frame) []ui.Option {
	out := []ui.Option{{Value: "", Label: f.T("directoryadmin.find_out")}}
	for _, e := range directory.Encodings() {
		out = append(out, ui.Option{Value: e, Label: strings.ToUpper(e)})
	}
	return out
}

func commaOptions(f page.Frame) []ui.Option {
	return []ui.Option{
		{Value: "", Label: f.T("directoryadmin.find_out")},
		{Value: ",", Label: ","},
		{Value: ";", Label: ";"},
		{Value: "tab", Label: f.T("directoryadmin.comma_tab")},
		{Value: "|", Label: "|"},
	}
}

func commaWord(f page.Frame, comma string) string {
	if comma == "\t" {
		return f.T("directoryadmin.comma_tab")
	}
	return comma
}

// saidFields are the fields of which a file says something, in the order of forms.
func saidFields(fields []string) []string {
	return slices.DeleteFunc(directory.Fields(), func(x string) bool { return !slices.Contains(fields, x) })
}

// whyOf is the reason of a failed run in words.
func whyOf(f page.Frame, r directory.Run) string {
	if r.Why == "" {
		return ""
	}
	return f.T(r.Why)
}

// badField names the field that a line is wrong in.
func badField(f page.Frame, name string) string {
	switch name {
	case "numbers":
		name = directory.Phone
	case "file", "role":
		return f.T("directoryadmin.field_line")
	}
	if !slices.Contains(directory.Fields(), name) {
		return f.T("directoryadmin.field_line")
	}
	return f.T("directoryadmin.field_" + name)
}

// newWords says of a new person what else the file says.
func newWords(f page.Frame, c directory.Change) string {
	var out []string
	for _, field := range []string{directory.Department, directory.Title, directory.Place, directory.Phone} {
		if v := directory.Value(c.Now, field); v != "" {
			out = append(out, shownValue(f, v, field))
		}
	}
	return strings.Join(out, " · ")
}
