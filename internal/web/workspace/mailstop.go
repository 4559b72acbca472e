// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// mountMailStop adds the one press that stops all mail that no person wrote, and the one that lets
// it go on (S14).
func (f *Faces) mountMailStop(r *page.Router) {
	r.Post("/work/mail/stop", access.MailStop, f.stopMail(true, "work.mail_stopped_now"))
	r.Post("/work/mail/go", access.MailStop, f.stopMail(false, "work.mail_goes_now"))
}

func (f *Faces) stopMail(stop bool, said string) page.Handler {
	return func(c *page.Ctx) error {
		form, err := c.Form(page.SmallForm, "next")
		if err != nil {
			return err
		}
		if err := f.Notify.Stop(c.Context(), c.Actor, stop); err != nil {
			return err
		}
		c.Say(said)
		return c.Redirect(page.LocalPath(form.Get("next"), quarantinePath))
	}
}

// mayStop reports whether the reader may stop automatic mail.
func mayStop(c *page.Ctx) bool { return access.Can(c.Actor, access.MailStop, access.Object{}) == nil }
