// SPDX-License-Identifier: Apache-2.0

package page

import (
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// errMethod answers a method that an address does not know.
var errMethod = errs.New(errs.Invalid, keyMethod) //nolint:gochecknoglobals // a constant

// own adds the routes of this room.
func (r *Router) own() {
	r.Get("/signin", Public, r.showSignIn)
	r.Post("/signin", Public, r.signIn)
	r.Get("/signin/mail", Public, r.showMailSignIn)
	r.Post("/signin/mail", Public, r.askMailSignIn)
	r.Get("/signin/mail/{secret}", Public, r.showMailLink)
	r.Post("/signin/mail/{secret}", Public, r.signInByMail)
	r.Post("/signout", Public, r.signOut)
	r.Get("/forgot", Public, r.showForgot)
	r.Post("/forgot", Public, r.forgot)
	r.Get("/setup/{secret}", Public, r.showSetUp)
	r.Post("/setup/{secret}", Public, r.setUp)
	r.Get("/password/{secret}", Public, r.showPassword)
	r.Post("/password/{secret}", Public, r.choosePassword)
	r.Post("/lang", Public, r.chooseLang)
	r.Post("/theme", Public, r.chooseTheme)

	r.Get("/me", access.SelfWork, r.showMe)
	r.Post("/me", access.SelfWork, r.saveMe)
	r.Post("/me/quiet", access.SelfWork, r.saveQuiet)
	r.Post("/me/password", access.SelfWork, r.changePassword)
	r.Post("/me/sessions/{id}/end", access.SelfWork, r.endSession)
	r.Post("/me/tokens", access.SelfWork, r.makeToken)
	r.Post("/me/tokens/{id}/revoke", access.SelfWork, r.revokeToken)

	r.ownNotices()
	r.ownLeave()
	r.ownInstalled()

	r.Post("/files", access.TicketSay, r.upload)
	r.Get("/files/phone", access.TicketSay, r.phoneBox)
	r.Get("/u/{secret}", Public, r.showPhone)
	r.Post("/u/{secret}", Public, r.takePhone)
	r.Post("/t/{code}/files", LinkHolder, r.upload)
	r.Stream("/files/{number}/{token}/{name}", access.TicketRead, r.file)
	r.Stream("/t/{code}/files/{token}/{name}", LinkHolder, r.linkFile)
	r.Get("/frame/{number}/{message}", access.TicketRead, r.mailFrame)
	r.Get("/t/{code}/frame/{message}", LinkHolder, r.linkMailFrame)
	r.Stream("/events", SignedIn, r.live)
	r.Stream("/t/{code}/events", LinkHolder, r.live)

	if r.kit.Develop {
		r.Get("/gallery", Public, r.gallery)
		r.Get("/gallery/{screen}", Public, r.gallery)
	}
}

// gallery shows the components in all their states, while developing only.
func (h *house) gallery(c *Ctx) error {
	return c.Show(ui.Gallery(c.Frame("").Page(), "/gallery", c.Path("screen")))
}
