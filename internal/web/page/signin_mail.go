// SPDX-License-Identifier: Apache-2.0

package page

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// byMail reports whether the sign-in page offers a link by mail.
func (h *house) byMail(c *Ctx) bool {
	return h.kit.SignInLink != nil && h.kit.Settings.Desk(c.Context()).MailSignIn
}

// errNoMail answers where an administrator has switched the way off.
func errNoMail() error { return errs.New(errs.NotFound, "page.mail_signin_off") }

func (h *house) showMailSignIn(c *Ctx) error {
	if !h.byMail(c) {
		return errNoMail()
	}
	if c.Actor.Kind == access.Person {
		return c.Redirect(home(c.Person))
	}
	return c.Show(mailSignInPage(c.Frame(c.T("page.mail_signin")), nil, false))
}

// askMailSignIn takes note of an address and always gives the same answer (S48, A60).
func (h *house) askMailSignIn(c *Ctx) error {
	if !h.byMail(c) {
		return errNoMail()
	}
	f, err := c.Form(SmallForm, "email")
	if err != nil {
		return err
	}
	frame := c.Frame(c.T("page.mail_signin"))
	email, ok := person.CleanEmail(f.Get("email"))
	if !ok {
		return c.Render(c.MarkUp(f, errs.Field("email", "person.email_shape")), mailSignInPage(frame, f, false))
	}
	for _, name := range []string{"mail-signin:from:" + c.Visitor().Address, "mail-signin:to:" + email} {
		if err := h.kit.Sessions.Try(c.Context(), name, maxForgot); err != nil {
			return c.Render(c.MarkUp(f, err), mailSignInPage(frame, f, false))
		}
	}
	if err := h.kit.SignInLink(c.Context(), email); err != nil {
		return err
	}
	return c.Show(mailSignInPage(frame, f, true))
}

// showMailLink asks before it opens anything: a program that follows the links of mails signs
// nobody in and uses nothing up.
func (h *house) showMailLink(c *Ctx) error {
	p, err := h.kit.Sessions.PeekMail(c.Context(), c.Path("secret"))
	if err != nil {
		return err
	}
	c.read(p)
	return c.Show(mailLinkPage(c.Frame(c.T("page.mail_signin")), p.Email))
}

// signInByMail uses the link up; the session that was there before ends in the same commit (S45, A65).
func (h *house) signInByMail(c *Ctx) error {
	if !h.byMail(c) {
		return errNoMail()
	}
	secret, who, err := h.kit.Sessions.SignInByMail(c.Context(), c.Path("secret"), c.Visitor())
	if err != nil {
		return err
	}
	c.enter(secret)
	return c.Redirect(home(who))
}

func (f Frame) mailSignInLead(done bool) string {
	if done {
		return f.T("page.mail_signin_done", "Minutes", int(session.SignInFor/time.Minute))
	}
	return f.T("page.mail_signin_lead")
}
