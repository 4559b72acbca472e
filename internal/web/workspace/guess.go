// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// filing is what follows, for where a request goes, from what is written so far: what the chosen
// category asks, and what the words suggest.
type filing struct {
	Asked   catalog.Form // the zero Form where nothing is asked
	Moved   bool         // the page shows the form of another category
	Taken   bool         // a suggestion was taken into the form just now
	Guesses guessView
}

// guessView is what a request that is being written down probably is.
type guessView struct {
	Lines []guessLine
	Same  []draftLine // of whoever asks
	Crowd []draftLine // of others; only where together they are many
	Count int         // of the people who report it, whoever asks among them
}

// guessLine is one suggestion, to be taken into a field that says nothing yet.
type guessLine struct {
	Label, Field, Value    string
	Text, Share, Tone, Why string
}

// draftLine is a ticket that may be the same matter.
type draftLine struct{ Ref, Subject, About string }

// takeAll is the value of "take" for every suggestion at once.
const takeAll = "all"

// guessFields are the fields that suggestions fill. Whether a service is core business is what the
// register says, and no guess (N22).
func guessFields() map[suggest.Label]string {
	return map[suggest.Label]string{
		suggest.Category: "category", suggest.ServiceLabel: "service", suggest.Group: "group", suggest.Affected: "people", suggest.Halt: "halt",
	}
}

// filing gathers it, and takes the suggestion that a button named into the form.
func (f *Faces) filing(c *page.Ctx, in *page.Form, who person.ID) (v filing, err error) {
	if what := in.Get("take"); what != "" {
		in.Values.Del("take")
		if v.Taken, err = f.takeGuess(c, in, who, what); err != nil {
			return v, err
		}
	}
	unsent(in)
	v.Moved = in.Get("asked") != in.Get("category")
	if v.Asked, err = f.askedOf(c, in); err != nil {
		return v, err
	}
	in.Values.Set("asked", in.Get("category"))
	v.Guesses, err = f.guesses(c, in, who)
	return v, err
}

// unsent leaves out what a script sends in place of a file that has not been sent.
func unsent(in *page.Form) {
	for name, values := range in.Values {
		if strings.HasPrefix(name, form.Prefix) && len(values) > 0 && values[0] == "[object File]" {
			in.Values.Del(name)
		}
	}
}

// askedOf is the form of the chosen category, in the version that is on the page: nothing moves
// under whoever is filling it in.
func (f *Faces) askedOf(c *page.Ctx, in *page.Form) (catalog.Form, error) {
	of, err := f.Catalog.FormFor(c.Context(), catalog.CategoryID(max(0, in.Int("category"))))
	if err != nil || of.Version == 0 {
		return of, err
	}
	if v := in.Int(page.FormVersion); v > 0 && v != of.Version && in.Get("asked") == in.Get("category") {
		shown, err := f.Catalog.FormAt(c.Context(), of.Category, v)
		if errs.KindOf(err) != errs.NotFound {
			return shown, err
		}
	}
	return of, nil
}

// takeGuess writes a suggestion, "field=value", or all of them into the fields that say nothing.
func (f *Faces) takeGuess(c *page.Ctx, in *page.Form, who person.ID, what string) (bool, error) {
	g, err := f.guesses(c, in, who)
	if err != nil {
		return false, err
	}
	taken := false
	for _, l := range g.Lines {
		if what == takeAll || what == l.take() {
			in.Values.Set(l.Field, l.Value)
			taken = true
		}
	}
	return taken, nil
}

func (l guessLine) take() string { return l.Field + "=" + l.Value }

// guesses are the suggestions for the fields that say nothing, and what may be the same matter.
func (f *Faces) guesses(c *page.Ctx, in *page.Form, who person.ID) (v guessView, err error) {
	if strings.TrimSpace(in.Get("text")) == "" {
		return v, nil
	}
	d := suggest.Draft{
		Subject: in.Text("subject"), Text: in.Get("text"), Requester: who,
		Category: catalog.CategoryID(in.Int("category")), Service: catalog.ServiceID(in.Int("service")), Group: person.GroupID(in.Int("group")),
	}
	g, err := f.Suggest.Guess(c.Context(), c.Actor, d)
	if err != nil {
		return v, err
	}
	fields := guessFields()
	for _, o := range g.Offers {
		field, ok := fields[o.Label]
		if !ok || in.Get(field) != "" {
			continue
		}
		v.Lines = append(v.Lines, guessLine{
			Label: c.T("suggest.label_" + string(o.Label)), Field: field, Value: o.Value, Text: f.guessed(c, o), Tone: offerTone(o),
			Share: c.T("suggest.share", "Word", c.T("suggest.sure_"+string(o.Sureness())), "Percent", o.Percent()),
			Why:   c.T("suggest.because", "Words", strings.Join(o.Reasons, c.T("suggest.comma"))),
		})
	}
	people := map[person.ID]bool{who: true}
	for _, a := range g.Same {
		v.Same = append(v.Same, f.draftLine(c, a))
	}
	for _, a := range g.Crowd {
		people[a.Ticket.Requester] = true
		v.Crowd = append(v.Crowd, f.draftLine(c, a))
	}
	v.Count = len(people)
	return v, nil
}

// guessed is the value of a suggestion for the reader.
func (f *Faces) guessed(c *page.Ctx, o suggest.Offer) string {
	n, _ := strconv.ParseInt(o.Value, 10, 64) // 0 for an answer, which has no key
	lang := string(c.Lang)
	switch o.Label {
	case suggest.Category:
		return f.categoryPath(c, catalog.CategoryID(n))
	case suggest.ServiceLabel:
		return f.Catalog.Service(c.Context(), catalog.ServiceID(n)).Label(lang)
	case suggest.Group:
		return f.People.Group(c.Context(), person.GroupID(n)).Label(lang)
	case suggest.Affected:
		return affectedWord(c, o.Value)
	case suggest.Halt:
		return c.T("work.halt_" + o.Value)
	case suggest.Core:
	}
	return ""
}

func (f *Faces) draftLine(c *page.Ctx, a suggest.Alike) draftLine {
	about := []string{f.People.Card(c.Context(), a.Ticket.Requester).Name, c.Moment(a.Ticket.CreatedAt)}
	if len(a.Reasons) > 0 {
		about = append(about, c.T("suggest.both", "Words", strings.Join(a.Reasons, c.T("suggest.comma"))))
	}
	return draftLine{a.Ticket.Ref(), a.Ticket.Subject, strings.Join(about, " · ")}
}

// elementOf is the line of the record with a name.
func elementOf(list []elementView, name string) elementView {
	for _, e := range list {
		if e.Name == name {
			return e
		}
	}
	return elementView{}
}

// takeBtn takes a suggestion where one writes; without a script it sends the form, and nothing
// that was typed is lost. The focus goes on to what was filled in.
func takeBtn(b ui.Btn, value, check, back string) ui.Btn {
	b.Name, b.Value, b.Type, b.Variant, b.Size = "take", value, "submit", "outline", "xs"
	if b.Attrs == nil {
		b.Attrs = map[string]any{}
	}
	b.Attrs["formnovalidate"] = true
	b.Attrs["hx-post"], b.Attrs["hx-swap"], b.Attrs["hx-encoding"], b.Attrs["data-back"] = check, "none", "application/x-www-form-urlencoded", back
	return b
}
