// SPDX-License-Identifier: Apache-2.0

package page

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// Limits of a form's body in bytes, without its files.
const (
	SmallForm = 64 << 10
	TextForm  = 4 << 20 // the longest message, percent-encoded
)

// FileField is the field that carries the tokens of staged files.
const FileField = "files"

// fileInput is what the choice of files itself is called; without a file it says nothing.
const fileInput = "upload"

// maxFields bounds how many values one form may carry.
const maxFields = 500

// Form is what was typed and what is wrong with it. It goes into a form twice: empty or
// filled for the first showing, and as typed with its marks when it has to be shown again.
// All methods may be called on a nil Form.
type Form struct {
	Values url.Values
	Files  []ticket.Attachment // staged with this form; see Chips
	Notice string              // what is wrong with the whole, in the reader's language
	Marks  map[string]string   // what is wrong with a field, by its name
	Gaps   []Gap               // what a gate found missing
	Stale  bool                // somebody was quicker; the texts are kept
	Latest []ui.Problem        // of a stale one: the way to what stands now, beside the form

	Bytes []byte // the file of FormWithBytes, as it came

	text string // the field whose file is read as text
	raw  bool   // and is wanted as it came, whatever its encoding
}

// Filled makes a form from pairs of name and value, for the first showing.
func Filled(pairs ...string) *Form {
	f := &Form{Values: url.Values{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Values.Add(pairs[i], pairs[i+1])
	}
	return f
}

// Get returns the first value of a field as it was typed.
func (f *Form) Get(name string) string {
	if f == nil {
		return ""
	}
	return f.Values.Get(name)
}

// Text returns the first value of a field without white space around it.
func (f *Form) Text(name string) string { return strings.TrimSpace(f.Get(name)) }

// All returns every value of a field.
func (f *Form) All(name string) []string {
	if f == nil {
		return nil
	}
	return f.Values[name]
}

// Has reports whether the field was sent with the value, for boxes and choices.
func (f *Form) Has(name, value string) bool { return slices.Contains(f.All(name), value) }

// On reports whether a tick box was ticked.
func (f *Form) On(name string) bool { return f.Get(name) != "" }

// Chips are the files that wait to be sent with the form, with their tokens, for Composer
// and Uploads of ui.
func (f *Form) Chips() []ui.File {
	if f == nil {
		return nil
	}
	return Waiting(f.Files)
}

// Tokens returns the tokens of the files that were staged for this form.
func (f *Form) Tokens() []string { return f.All(FileField) }

// Int returns a field as a number, 0 where it is empty or none.
func (f *Form) Int(name string) int64 {
	n, err := strconv.ParseInt(f.Text(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Count returns a number that a form must hold; -1 where it is empty or none, which is out of any
// range, so that the room says what it takes.
func (f *Form) Count(name string) int64 {
	n, err := strconv.ParseInt(f.Text(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// CountOrNone is Count where nothing may stand: it is 0 then.
func (f *Form) CountOrNone(name string) int64 {
	if f.Text(name) == "" {
		return 0
	}
	return f.Count(name)
}

// Ints returns every value of a field that is a number.
func (f *Form) Ints(name string) []int64 {
	var out []int64
	for _, s := range f.All(name) {
		if n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// Version returns the version that the sender saw; 0 where the form carried none.
func (f *Form) Version() int64 { return f.Int("version") }

// Mark returns the sentence about a field, "" where nothing is wrong with it.
func (f *Form) Mark(name string) string {
	if f == nil {
		return ""
	}
	return f.Marks[name]
}

// Wrong reports whether the form is being shown again.
func (f *Form) Wrong() bool {
	return f != nil && (f.Notice != "" || len(f.Marks) > 0 || len(f.Gaps) > 0)
}

// Form reads the body of a command: urlencoded or multipart, at most limit bytes besides
// files. Only the named fields may come; a name that ends in * stands for all that begin
// so. Whatever else is sent is refused, so that no form reaches a field it does not show
// (S28, A84). Where FileField is one of them, files that come with the form are staged and
// their tokens stand beside those of files uploaded before.
//
// Errors: TooLarge beyond the limits, Invalid for anything that is no form.
func (c *Ctx) Form(limit int64, fields ...string) (*Form, error) {
	return c.form(&Form{Values: url.Values{}}, limit, fields)
}

// FormWithText reads a form of which one field is a file that is used at once and not kept: its
// text is the value of the field, and counts towards the limit.
func (c *Ctx) FormWithText(limit int64, file string, fields ...string) (*Form, error) {
	return c.form(&Form{Values: url.Values{}, text: file}, limit, append(fields, file))
}

// FormWithBytes is FormWithText for a file whose encoding is not known yet: it stands in Bytes as
// it came, and in no field. The name under which it was sent is the value of the field.
func (c *Ctx) FormWithBytes(limit int64, file string, fields ...string) (*Form, error) {
	return c.form(&Form{Values: url.Values{}, text: file, raw: true}, limit, append(fields, file))
}

func (c *Ctx) form(f *Form, limit int64, fields []string) (*Form, error) {
	if err := c.readForm(f, limit, slices.Contains(fields, FileField)); err != nil {
		return nil, err
	}
	typed := maps.Clone(f.Values)
	typed.Del(f.text)
	c.typed = written(typed)
	if slices.Contains(fields, FileField) {
		f.Values.Del(fileInput)
	}
	for name := range f.Values {
		if !named(name, fields) {
			return nil, errs.New(errs.Invalid, "page.field_unknown", "Name", shorten(name, 40))
		}
	}
	return f, nil
}

func named(name string, fields []string) bool {
	return slices.ContainsFunc(fields, func(f string) bool {
		prefix, open := strings.CutSuffix(f, "*")
		return f == name || (open && strings.HasPrefix(name, prefix))
	})
}

// Again shows a form again after its command failed: with what was typed, marks on the
// fields, the status of the failure. What the form cannot mend is returned as it is, for
// the designed page. An internal failure is logged and told with its number above the form.
func (c *Ctx) Again(f *Form, err error, show func(*Form) templ.Component) error {
	switch errs.KindOf(err) {
	case errs.NotFound, errs.Denied, errs.Unauthenticated:
		return err
	}
	return c.Render(c.MarkUp(f, err), show(f))
}

// MarkUp writes a failure into a form, in the reader's language, and returns its status. A form that
// somebody overtook gets the version that stands: whoever was told may send it again, over that one.
// Files of the form has all that wait to be sent afterwards, those uploaded before too.
func (c *Ctx) MarkUp(f *Form, err error) int {
	p := c.Problem(err)
	if tokens := f.Tokens(); len(tokens) > 0 {
		if files, err := c.Kit.Tickets.Staged(c.Context(), c.Actor, tokens); err == nil {
			f.Files = files
		}
	}
	f.Notice, f.Gaps, f.Stale = p.Text, p.Gaps, p.Kind == errs.Stale
	if e := errs.As(err); e != nil {
		f.Marks = make(map[string]string, len(e.Fields))
		for _, m := range e.Fields {
			f.Marks[m.Name] = c.T(m.Key, m.Args...)
		}
		if e.Now != 0 {
			f.Values.Set("version", strconv.FormatInt(e.Now, 10))
			f.Latest = []ui.Problem{{Text: c.T("page.latest"), Href: c.onward()}}
		}
		if len(e.Fields) == 1 && e.Fields[0].Key == e.Key {
			f.Notice = "" // the mark beside the field says it already
		}
	}
	return p.Status
}

// StillThere adds what a record names to the choices of its form where it is not offered any more,
// marked as out of use (N21): saving something else must not drop it. Nothing is "" or "0".
func (c *Ctx) StillThere(options []ui.Option, value, name string) []ui.Option {
	if value == "" || value == "0" || name == "" || slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == value }) {
		return options
	}
	return append(options, ui.Option{Value: value, Label: c.T("work.retired", "Name", name)})
}

// keepTyped reads what came with a command that nobody was let in for, so that the page
// that says so can give the words back.
func (c *Ctx) keepTyped() {
	if c.typed != nil || c.reads() {
		return
	}
	f := &Form{Values: url.Values{}}
	if c.readForm(f, SmallForm, false) == nil {
		c.typed = written(f.Values)
	}
}

// written returns what somebody wrote, so that none of it need be written again. Of secrets, of
// choices and of what a form says of itself nothing is among it.
func written(v url.Values) []string {
	var out []string
	for name, values := range v {
		if secretField(name) || ownField(name) {
			continue
		}
		for _, s := range values {
			if strings.TrimSpace(s) != "" && (wordsField(name) || words(s)) {
				out = append(out, s)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// words reports whether a value was written and not chosen. The values of choices are single words
// of Latin letters, so that a Chinese character says it already, and else a blank between words or
// a length that nobody would type again.
func words(s string) bool {
	return strings.ContainsFunc(s, eastern) || utf8.RuneCountInString(s) >= 20 ||
		len(strings.Fields(s)) > 1 && strings.ContainsFunc(s, unicode.IsLetter)
}

func eastern(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// wordsField names what only ever holds words, so that a single one is some too.
func wordsField(name string) bool {
	switch name {
	case "text", "reply", "note", "comment", "subject", "title", "body":
		return true
	}
	return false
}

// secretField names what must never be written back into a page, whatever stands before it in the
// name: refresh_token, client_secret.
func secretField(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "_"), func(part string) bool {
		switch part {
		case "password", "old", "again", "code", "secret", "token", "key":
			return true
		}
		return false
	})
}

// ownField names what forms carry without showing it and could be taken for words.
func ownField(name string) bool {
	switch name {
	case FileField, "next", "back", "was", "text_was", "digest", "mark", "shown", "promise_for":
		return true
	}
	return false
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
