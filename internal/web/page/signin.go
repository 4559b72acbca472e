// SPDX-License-Identifier: Apache-2.0

package page

import (
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// maxForgot is how many links one address of the network, and one mailbox, may ask for
// within session.Window.
const maxForgot = 10

// home is where somebody starts: staff at the queue, everybody else in the portal.
func home(p person.Person) string {
	if p.Role.Staff() {
		return "/work"
	}
	return "/"
}

func (h *house) showSignIn(c *Ctx) error {
	next := LocalPath(c.Query("next"), "")
	if c.Actor.Kind == access.Person {
		return c.Redirect(LocalPath(next, home(c.Person)))
	}
	return c.Show(signInPage(c.Frame(c.T("page.sign_in")), Filled("next", next), h.byMail(c)))
}

// signIn opens a session. The address stays in the form when it fails; the answer does not
// tell an unknown address from a wrong password (S48). Every success gives a new secret, and
// the session that was there before ends (S45, A65).
func (h *house) signIn(c *Ctx) error {
	f, err := c.Form(SmallForm, "email", "password", "next")
	if err != nil {
		return err
	}
	secret, who, err := h.kit.Sessions.SignIn(c.Context(), f.Text("email"), f.Get("password"), c.Visitor())
	if err != nil {
		status := c.MarkUp(f, err)
		return c.Render(status, signInPage(c.Frame(c.T("page.sign_in")), f, h.byMail(c)))
	}
	c.enter(secret)
	return c.Redirect(LocalPath(f.Get("next"), home(who)))
}

// signOut ends the session and leaves nothing behind on a shared machine (S57, A82). Other
// cookies of the domain may belong to others: only our own is removed.
func (h *house) signOut(c *Ctx) error {
	if secret := c.cookie(sessionCookie); secret != "" {
		if err := h.kit.Sessions.SignOut(c.Context(), secret); err != nil {
			return err
		}
	}
	c.setCookie(sessionCookie, "", 0)
	c.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect("/signin")
}

func (h *house) showForgot(c *Ctx) error {
	return c.Show(forgotPage(c.Frame(c.T("page.forgot")), nil, false))
}

// forgot takes note of an address and always gives the same answer (S48, A60).
func (h *house) forgot(c *Ctx) error {
	f, err := c.Form(SmallForm, "email")
	if err != nil {
		return err
	}
	frame := c.Frame(c.T("page.forgot"))
	email, ok := person.CleanEmail(f.Get("email"))
	if !ok {
		return c.Render(c.MarkUp(f, errs.Field("email", "person.email_shape")), forgotPage(frame, f, false))
	}
	for _, name := range []string{"forgot:from:" + c.Visitor().Address, "forgot:to:" + email} {
		if err := h.kit.Sessions.Try(c.Context(), name, maxForgot); err != nil {
			return c.Render(c.MarkUp(f, err), forgotPage(frame, f, false))
		}
	}
	if h.kit.Forgot != nil {
		if err := h.kit.Forgot(c.Context(), email); err != nil {
			return err
		}
	}
	return c.Show(forgotPage(frame, f, true))
}

// setUpOpen reports NotFound unless the link is good and nobody administers the desk yet (S53).
func (h *house) setUpOpen(c *Ctx) error {
	if _, err := h.kit.Sessions.PeekOneTime(c.Context(), session.ForSetUp, c.Path("secret")); err != nil {
		return err
	}
	has, err := h.kit.People.HasAdmin(c.Context())
	if err == nil && has {
		return errs.New(errs.NotFound, "session.link_gone")
	}
	return err
}

func (h *house) showSetUp(c *Ctx) error {
	if err := h.setUpOpen(c); err != nil {
		return err
	}
	return c.Show(setUpPage(c.Frame(c.T("page.setup")), nil))
}

// setUp makes the first administrator.
func (h *house) setUp(c *Ctx) error {
	if err := h.setUpOpen(c); err != nil {
		return err
	}
	f, err := c.Form(SmallForm, "name", "email", "password")
	if err != nil {
		return err
	}
	first := person.Person{Name: f.Get("name"), Email: f.Get("email"), Lang: string(c.Lang)}
	secret, err := h.kit.Sessions.SetUp(c.Context(), c.Path("secret"), first, f.Get("password"), c.Visitor())
	if errs.KindOf(err) == errs.NotFound {
		return err
	}
	if err != nil {
		return c.Render(c.MarkUp(f, err), setUpPage(c.Frame(c.T("page.setup")), f))
	}
	c.enter(secret)
	c.Say("page.setup_done")
	return c.Redirect("/admin")
}

// invited returns whom a password link belongs to.
func (h *house) invited(c *Ctx) (person.Person, error) {
	who, err := h.kit.Sessions.PeekOneTime(c.Context(), session.ForPassword, c.Path("secret"))
	if err != nil {
		return person.Person{}, err
	}
	p, err := h.kit.People.Get(c.Context(), who)
	if err == nil && !p.Active {
		err = errs.New(errs.NotFound, "session.link_gone")
	}
	return p, err
}

func (h *house) showPassword(c *Ctx) error {
	p, err := h.invited(c)
	if err != nil {
		return err
	}
	c.read(p)
	return c.Show(passwordPage(c.Frame(c.T("page.password_choose")), p.Email, nil))
}

// choosePassword uses an invitation or a reset link up and signs in.
func (h *house) choosePassword(c *Ctx) error {
	p, err := h.invited(c)
	if err != nil {
		return err
	}
	c.read(p)
	f, err := c.Form(SmallForm, "password", "email") // the address is there for the password manager
	if err != nil {
		return err
	}
	secret, who, err := h.kit.Sessions.ChoosePassword(c.Context(), c.Path("secret"), f.Get("password"), c.Visitor())
	if errs.KindOf(err) == errs.NotFound {
		return err
	}
	if err != nil {
		return c.Render(c.MarkUp(f, err), passwordPage(c.Frame(c.T("page.password_choose")), p.Email, f))
	}
	c.enter(secret)
	c.Say("page.password_changed")
	return c.Redirect(home(who))
}

// read speaks the language of somebody who is known only by a link, unless this browser has
// chosen another.
func (c *Ctx) read(p person.Person) {
	if _, chosen := i18n.Known(c.cookie(langCookie)); chosen {
		return
	}
	if lang, ok := i18n.Known(p.Lang); ok {
		c.Lang = lang
	}
}

// chooseLang changes the language on this browser, and in the profile of whoever is signed in.
func (h *house) chooseLang(c *Ctx) error {
	f, err := c.Form(SmallForm, "lang", "next")
	if err != nil {
		return err
	}
	lang, ok := i18n.Known(f.Get("lang"))
	if !ok {
		return errs.New(errs.Invalid, "person.lang_unknown")
	}
	c.setCookie(langCookie, string(lang), year)
	if c.Actor.Kind == access.Person && c.Person.Lang != string(lang) {
		p, err := h.kit.People.Get(c.Context(), c.Person.ID)
		if err != nil {
			return err
		}
		p.Lang = string(lang)
		if _, err = h.kit.People.Change(c.Context(), c.Actor, p, p.Version); err != nil {
			return err
		}
	}
	return c.Redirect(c.next(f))
}

// chooseTheme changes the theme on this browser.
func (h *house) chooseTheme(c *Ctx) error {
	f, err := c.Form(SmallForm, "theme", "next")
	if err != nil {
		return err
	}
	t := Theme(f.Get("theme"))
	if !t.known() {
		return errs.New(errs.Invalid, "page.theme_unknown")
	}
	c.setCookie(themeCookie, string(t), year)
	return c.Redirect(c.next(f))
}

// next is where a switch leads back to. The form says it, because a page whose address is a
// key sends no referrer.
func (c *Ctx) next(f *Form) string { return LocalPath(f.Get("next"), LocalPath(c.back(), "/")) }
