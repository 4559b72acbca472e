// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// keepDraft keeps what is being typed, so that a closed lid or another desk loses nothing. The
// form sends all its fields; where it stands says what it is.
func (f *Faces) keepDraft(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	form, err := c.Form(page.TextForm, append(append(solutionFields(), offerFields()...), "at", "version", "text", "mention", "how", "reason", seenField, heardField, page.FileField)...)
	if err != nil {
		return err
	}
	kind, text := ticket.Name(strings.TrimPrefix(form.Get("at"), inAct+"-")), form.Get("text")
	if kind == ticket.CmdResolve {
		text = solutionDraft(form)
	}
	if err := f.Tickets.SaveDraft(c.Context(), c.Actor, ticket.Target{Number: number}, kind, text, form.Tokens()...); err != nil {
		return err
	}
	draftSaved(c)
	return nil
}

// draftSaved answers that a draft is kept, and when in the zone of the desk, as the page says it when
// it is read again.
func draftSaved(c *page.Ctx) {
	c.Writer().Header().Set("Draft-Saved", url.PathEscape(c.Clock(c.Now)))
	c.Writer().WriteHeader(http.StatusNoContent)
}

// solutionDraft writes the fields of a solution as one text; "" where all are empty.
func solutionDraft(form *page.Form) string {
	v := url.Values{}
	filled := false
	for _, name := range solutionFields() {
		v[name] = form.All(name)
		for _, s := range v[name] {
			filled = filled || strings.TrimSpace(s) != ""
		}
	}
	if !filled {
		return ""
	}
	return v.Encode()
}

// draft is what was begun for one of the composers, and the word about it.
func (s *sheet) draft(kind ticket.Name) (text, saved string) {
	d, ok := s.drafts[kind]
	if !ok {
		return "", ""
	}
	return d.Text, s.T("ui.draft_saved", "Clock", s.c.Clock(d.At))
}

// waiting are the files beside a draft. Those that went out meanwhile, from another window, are not.
func (s *sheet) waiting(kind ticket.Name) []ticket.Attachment {
	files := s.drafts[kind].Files
	if len(files) == 0 {
		return nil
	}
	list, err := s.f.Tickets.Staged(s.c.Context(), s.c.Actor, files)
	if err != nil {
		return nil // the words are there without them
	}
	return list
}

// sendAgain puts a letter that did not leave back into the queue.
func (f *Faces) sendAgain(c *page.Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	form, err := c.Form(page.SmallForm, "delivery", "log")
	if err != nil {
		return err
	}
	t, err := f.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if err != nil {
		return err
	}
	if err := f.Notify.Retry(c.Context(), c.Actor, t, notify.ID(form.Int("delivery"))); err != nil {
		return err
	}
	c.Say("workticket.sent_again")
	switch {
	case !c.Fragment():
		return c.Redirect(f.bare(c, t).at("sent"))
	case form.Has("log", "whole"):
		return f.resent(c, t)
	}
	s, err := f.sheet(c, t)
	if err != nil {
		return err
	}
	return c.Show(sidePart(s))
}
