// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/inbox"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// ownNotices adds how staff are told, and which of their browsers the desk may wake.
func (r *Router) ownNotices() {
	r.Get("/me/notices", access.QueueRead, r.showNotices)
	r.Post("/me/notices", access.QueueRead, r.saveNotices)
	r.Post("/me/push/key", access.QueueRead, r.pushKey)
	r.Post("/me/push", access.QueueRead, r.subscribe)
	r.Post("/me/push/{id}/try", access.QueueRead, r.tryPush)
	r.Post("/me/push/{id}/remove", access.QueueRead, r.unsubscribe)
}

// notices is everything that the page shows.
type notices struct {
	Form     *Form
	Browsers []inbox.Browser
}

var errNoInbox = errs.New(errs.NotFound, "errs.not_found") //nolint:gochecknoglobals // a constant

func (h *house) readNotices(c *Ctx) (notices, error) {
	if h.kit.Inbox == nil {
		return notices{}, errNoInbox
	}
	w, err := h.kit.Inbox.Wishes(c.Context(), c.Actor)
	if err != nil {
		return notices{}, err
	}
	f := Filled("digest", string(w.Reader.Digest), "hour", strconv.FormatInt(w.Reader.Hour, 10))
	if w.Reader.Words {
		f.Values.Set("words", "yes")
	}
	for _, k := range inbox.Kinds() {
		r := w.Rules.Of(k)
		f.Values.Set("mail_"+string(k), string(r.Mail))
		if r.Page {
			f.Values.Set("page_"+string(k), "yes")
		}
		if r.Push {
			f.Values.Set("push_"+string(k), "yes")
		}
	}
	list, err := h.kit.Inbox.Browsers(c.Context(), c.Actor)
	return notices{f, list}, err
}

func (h *house) showNotices(c *Ctx) error {
	n, err := h.readNotices(c)
	if err != nil {
		return err
	}
	return h.renderNotices(c, http.StatusOK, n)
}

func (h *house) renderNotices(c *Ctx, status int, n notices) error {
	f := c.Frame(c.T("inbox.rules"))
	return c.Render(status, h.around(c, f, noticesPage(f, n)))
}

func (h *house) saveNotices(c *Ctx) error {
	if h.kit.Inbox == nil {
		return errNoInbox
	}
	names := []string{"digest", "hour", "words"}
	for _, k := range inbox.Kinds() {
		names = append(names, "page_"+string(k), "mail_"+string(k), "push_"+string(k))
	}
	f, err := c.Form(SmallForm, names...)
	if err != nil {
		return err
	}
	w := inbox.Wishes{Rules: inbox.Rules{}, Reader: inbox.Reader{Digest: inbox.Rhythm(f.Get("digest")), Hour: f.Int("hour"), Words: f.On("words")}}
	for _, k := range inbox.Kinds() {
		w.Rules[k] = inbox.Rule{Kind: k, Page: f.On("page_" + string(k)), Mail: inbox.Mail(f.Get("mail_" + string(k))), Push: f.On("push_" + string(k))}
	}
	if err := h.kit.Inbox.SaveWishes(c.Context(), c.Actor, w); err != nil {
		if errs.KindOf(err) == errs.Denied {
			return err
		}
		n, read := h.readNotices(c)
		if read != nil {
			return read
		}
		status := c.MarkUp(f, err)
		n.Form = f
		return h.renderNotices(c, status, n)
	}
	c.Say("page.saved")
	return c.Redirect("/me/notices")
}

// pushKey answers a script with the key by which browsers know the desk.
func (h *house) pushKey(c *Ctx) error {
	if h.kit.Inbox == nil {
		return errNoInbox
	}
	if _, err := c.Form(SmallForm); err != nil {
		return err
	}
	k, err := h.kit.Inbox.PublicKey(c.Context(), c.Actor)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"key": k})
}

// subscribe keeps the browser that asks.
func (h *house) subscribe(c *Ctx) error {
	if h.kit.Inbox == nil {
		return errNoInbox
	}
	f, err := c.Form(SmallForm, "endpoint", "p256dh", "auth")
	if err != nil {
		return err
	}
	_, err = h.kit.Inbox.Subscribe(c.Context(), c.Actor, inbox.Browser{
		Endpoint: f.Get("endpoint"), P256dh: f.Get("p256dh"), Auth: f.Get("auth"), Agent: c.Request.UserAgent(),
	})
	if err != nil {
		return err
	}
	c.Say("page.push_on")
	return c.Redirect("/me/notices")
}

func (h *house) tryPush(c *Ctx) error {
	return h.aboutBrowser(c, func(which inbox.BrowserID) error { return h.kit.Inbox.Try(c.Context(), c.Actor, which) }, "page.push_tried")
}

func (h *house) unsubscribe(c *Ctx) error {
	return h.aboutBrowser(c, func(which inbox.BrowserID) error { return h.kit.Inbox.Unsubscribe(c.Context(), c.Actor, which) }, "page.push_off")
}

func (h *house) aboutBrowser(c *Ctx, do func(inbox.BrowserID) error, said string) error {
	if h.kit.Inbox == nil {
		return errNoInbox
	}
	if _, err := c.Form(SmallForm); err != nil {
		return err
	}
	which, err := c.PathInt("id")
	if err != nil {
		return err
	}
	if err := do(inbox.BrowserID(which)); err != nil {
		return err
	}
	c.Say(said)
	return c.Redirect("/me/notices")
}

func hourOptions() []ui.Option {
	var out []ui.Option
	for h := range 24 {
		out = append(out, ui.Option{Value: strconv.Itoa(h), Label: twoDigits(h) + ":00"})
	}
	return out
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
