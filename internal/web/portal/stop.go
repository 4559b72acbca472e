// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// stopByLink is the address of stopping for mail programs that open it instead of pressing: it
// changes nothing.
func (f *Faces) stopByLink(c *page.Ctx) error {
	t, err := f.find(c)
	if err != nil {
		return err
	}
	if !mine(c, t) {
		return errs.New(errs.Denied, "access.only_requester")
	}
	return c.Redirect(base(c, t) + "#stop")
}

// stop ends the mail that no person wrote, or lets it come again: a press on the page, or what a mail
// program posts when its reader presses its own button (RFC 8058).
func (f *Faces) stop(c *page.Ctx) error {
	form, err := c.Form(page.SmallForm, oneClick, "again")
	if err != nil {
		return err
	}
	t, err := f.find(c)
	if err != nil {
		return err
	}
	again := form.Get("again") != ""
	if err := f.notices.Refuse(c.Context(), c.Actor, t, !again); err != nil {
		return err
	}
	said := "portal.stopped"
	if again {
		said = "portal.stop_ended"
	}
	c.Say(said)
	return c.Redirect(base(c, t) + "#stop")
}
