// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// listLetters shows every letter of the desk, and which of them an administrator reworded.
func (f *Faces) listLetters(c *page.Ctx) error {
	list, err := f.Notify.Wordings(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	return show(c, http.StatusOK, "mailadmin.letters", "mailadmin.letters_lead", func(fr page.Frame) templ.Component { return lettersPage(fr, list) })
}

// letterIn is the letter of an address.
func (f *Faces) letterIn(c *page.Ctx) (notify.Wording, error) {
	return f.Notify.Wording(c.Context(), c.Actor, notify.Template(c.Path("letter")), i18n.Lang(c.Path("lang")))
}

func letterAddress(w notify.Wording) string {
	return "/admin/letters/" + string(w.Template) + "/" + string(w.Lang)
}

func letterTitle(f page.Frame, w notify.Wording) string {
	return f.T("notify.template_"+string(w.Template)) + " · " + f.T("mailadmin.lang_"+string(w.Lang))
}

func (f *Faces) editLetter(c *page.Ctx) error {
	w, err := f.letterIn(c)
	if err != nil {
		return err
	}
	form := page.Filled("subject", w.Letter.Subject, "body", w.Letter.Body, "version", num(w.Version))
	return f.showLetter(c, http.StatusOK, w, form)
}

func (f *Faces) showLetter(c *page.Ctx, status int, w notify.Wording, form *page.Form) error {
	return show(c, status, "mailadmin.letter", "mailadmin.letter_lead", func(fr page.Frame) templ.Component { return letterPage(fr, w, form) })
}

// saveLetter stores a wording. What was typed stays where it is refused, and where somebody
// else was quicker.
func (f *Faces) saveLetter(c *page.Ctx) error {
	w, err := f.letterIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, "subject", "body", "version")
	if err != nil {
		return err
	}
	text := notify.Letter{Subject: form.Get("subject"), Body: form.Get("body")}
	if err := f.Notify.SaveLetter(c.Context(), c.Actor, w.Template, w.Lang, text, form.Version()); err != nil {
		return again(c, form, err, func(status int) error { return f.showLetter(c, status, w, form) })
	}
	c.Say("admin.saved")
	return c.Redirect(letterAddress(w))
}

// resetLetter brings the house's own text back.
func (f *Faces) resetLetter(c *page.Ctx) error {
	w, err := f.letterIn(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "version")
	if err != nil {
		return err
	}
	if err := f.Notify.SaveLetter(c.Context(), c.Actor, w.Template, w.Lang, notify.Letter{}, form.Version()); err != nil {
		return err
	}
	c.Say("mailadmin.letter_reset_done")
	return c.Redirect(letterAddress(w))
}

// previewLetter is the document in the frame below the form: the letter as it is stored, or,
// sent from the form, as it is typed.
func (f *Faces) previewLetter(c *page.Ctx) error {
	w, err := f.letterIn(c)
	if err != nil {
		return err
	}
	text := w.Letter
	if c.Request.Method == http.MethodPost {
		form, err := c.Form(page.TextForm, "subject", "body", "version")
		if err != nil {
			return err
		}
		text = notify.Letter{Subject: form.Get("subject"), Body: form.Get("body")}
	}
	body, err := f.Notify.Preview(c.Context(), c.Actor, w.Template, w.Lang, text)
	if known := errs.As(err); known != nil && known.Kind == errs.Invalid {
		var said []string
		for _, field := range known.Fields {
			said = append(said, c.T(field.Key, field.Args...))
		}
		return c.RenderFramed(http.StatusUnprocessableEntity, c.T("mailadmin.preview"), previewRefused(said))
	}
	if err != nil {
		return err
	}
	return c.RenderFramed(http.StatusOK, c.T("mailadmin.preview"), preview(c, body))
}
