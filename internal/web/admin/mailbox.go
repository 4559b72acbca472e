// SPDX-License-Identifier: Apache-2.0

package admin

import (
	"context"
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// mailboxLine is a mailbox and how it goes.
type mailboxLine struct {
	intake.Mailbox
	intake.MailboxStatus
}

// listMailboxes shows from where mail is fetched, and how that goes.
func (f *Faces) listMailboxes(c *page.Ctx) error {
	list, _, err := f.Intake.Mailboxes(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	how, err := f.Intake.MailboxStatuses(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	lines := make([]mailboxLine, len(list))
	for i, b := range list {
		lines[i] = mailboxLine{b, how[b.Key]}
	}
	return show(c, http.StatusOK, "mailboxadmin.title", "mailboxadmin.lead", func(fr page.Frame) templ.Component { return mailboxesPage(fr, lines) })
}

// mailboxView is the form of one mailbox. Its secrets are never shown, only whether there are any.
type mailboxView struct {
	Stored intake.Mailbox
	Status intake.MailboxStatus
	Form   *page.Form
}

// Address is where the form posts to.
func (v mailboxView) Address() string { return mailboxAddress(v.Stored) }

func mailboxAddress(b intake.Mailbox) string {
	if b.Key == "" {
		return "/admin/mailboxes/new"
	}
	return "/admin/mailboxes/" + b.Key
}

// mailboxOf reads the mailbox in the address; a fresh one for "new".
func (f *Faces) mailboxOf(c *page.Ctx) (mailboxView, error) {
	v := mailboxView{Stored: intake.StartMailbox()}
	var version int64
	if key := c.Path("id"); key != "new" {
		var err error
		if v.Stored, version, err = f.Intake.Mailbox(c.Context(), c.Actor, key); err != nil {
			return v, err
		}
		how, err := f.Intake.MailboxStatuses(c.Context(), c.Actor)
		if err != nil {
			return v, err
		}
		v.Status = how[key]
	}
	b := v.Stored
	v.Form = page.Filled("name", b.Name, "address", b.Address, "host", b.Host, "port", num(b.Port), "security", string(b.Security), "user", b.User,
		"sign_in", string(b.SignIn), "token_url", b.TokenURL, "client_id", b.ClientID, "scope", b.Scope,
		"folder", b.Folder, "after", string(b.After), "move_to", b.MoveTo, "active", page.Ticked(b.Active), "version", num(version))
	return v, nil
}

func (f *Faces) editMailbox(c *page.Ctx) error {
	v, err := f.mailboxOf(c)
	if err != nil {
		return err
	}
	return f.showMailbox(c, http.StatusOK, v)
}

func (f *Faces) showMailbox(c *page.Ctx, status int, v mailboxView) error {
	title := "mailboxadmin.edit"
	if v.Stored.Key == "" {
		title = "mailboxadmin.new"
	}
	return show(c, status, title, "mailboxadmin.edit_lead", func(fr page.Frame) templ.Component { return mailboxPage(fr, v) })
}

func (f *Faces) saveMailbox(c *page.Ctx) error {
	v, err := f.mailboxOf(c)
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "name", "address", "host", "port", "security", "user", "sign_in", "password", "token_url", "client_id", "scope",
		"refresh_token", "client_secret", "folder", "after", "move_to", "active", "version")
	if err != nil {
		return err
	}
	b := intake.Mailbox{
		Key: v.Stored.Key, Name: form.Get("name"), Address: form.Get("address"), Active: form.On("active"), Host: form.Get("host"), Port: form.Int("port"),
		Security: intake.Security(form.Get("security")), User: form.Get("user"), SignIn: intake.SignIn(form.Get("sign_in")),
		TokenURL: form.Get("token_url"), ClientID: form.Get("client_id"), Scope: form.Get("scope"),
		Folder: form.Get("folder"), After: intake.After(form.Get("after")), MoveTo: form.Get("move_to"),
	}
	typed := intake.Secrets{Password: form.Get("password"), RefreshToken: form.Get("refresh_token"), ClientSecret: form.Get("client_secret")}
	saved, err := f.Intake.SaveMailbox(c.Context(), c.Actor, b, typed, form.Version())
	if err != nil {
		v.Form = form
		return again(c, form, err, func(status int) error { return f.showMailbox(c, status, v) })
	}
	c.Say("admin.saved")
	return c.Redirect(mailboxAddress(saved))
}

// testMailbox signs in with what is stored, looks at the folder and says at once how it went.
func (f *Faces) testMailbox(c *page.Ctx) error {
	v, err := f.mailboxOf(c)
	if err != nil {
		return err
	}
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if v.Stored.Key == "" {
		return errs.New(errs.NotFound, "intake.mailbox_not_found")
	}
	n, err := f.TryMailbox(c.Context(), v.Stored)
	var why *intake.MailboxError
	if errors.As(err, &why) {
		err = errs.Wrap(err, errs.Unavailable, "mailboxadmin.test_failed", "Why", c.T(why.Key), "Answer", orDash(why.Answer))
	}
	if err != nil {
		return again(c, v.Form, err, func(status int) error { return f.showMailbox(c, status, v) })
	}
	c.Say("mailboxadmin.tested", "Count", n)
	return c.Redirect(v.Address())
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func (f *Faces) removeMailbox(c *page.Ctx) error {
	if _, err := c.Form(page.SmallForm); err != nil {
		return err
	}
	if err := f.Intake.RemoveMailbox(c.Context(), c.Actor, c.Path("id"), 0); err != nil {
		return err
	}
	c.Say("mailboxadmin.removed")
	return c.Redirect("/admin/mailboxes")
}

// silent are the mailboxes of which administrators must know that nothing comes from them (P13).
func (f *Faces) silent(ctx context.Context, by access.Actor) ([]mailboxLine, error) {
	list, how, err := f.Intake.SilentMailboxes(ctx, by)
	if err != nil {
		return nil, err
	}
	lines := make([]mailboxLine, len(list))
	for i, b := range list {
		lines[i] = mailboxLine{b, how[b.Key]}
	}
	return lines, nil
}

func mailboxSecurities(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, s := range intake.Securities() {
		out = append(out, ui.Option{Value: string(s), Label: f.T("mailboxadmin.security_" + string(s))})
	}
	return out
}

func mailboxSignIns(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, s := range intake.SignIns() {
		out = append(out, ui.Option{Value: string(s), Label: f.T("mailboxadmin.sign_in_" + string(s))})
	}
	return out
}

func mailboxAfters(f page.Frame) []ui.Option {
	var out []ui.Option
	for _, s := range intake.Afters() {
		out = append(out, ui.Option{Value: string(s), Label: f.T("mailboxadmin.after_" + string(s))})
	}
	return out
}

// kept reports whether a secret may be left empty: one is stored, and was not asked for anew.
func (v mailboxView) kept(field, sealed string) bool { return sealed != "" && v.Form.Mark(field) == "" }

// secretHelp says of a secret whether one is stored; it is never shown.
func secretHelp(f page.Frame, sealed string) string {
	if sealed != "" {
		return f.T("mailboxadmin.secret_stored")
	}
	return f.T("mailboxadmin.secret_none")
}

// signInHelp is secretHelp that says when the secret is needed.
func signInHelp(f page.Frame, way intake.SignIn, sealed string) string {
	if sealed != "" {
		return f.T("mailboxadmin.secret_stored_" + string(way))
	}
	return f.T("mailboxadmin.secret_none_" + string(way))
}
