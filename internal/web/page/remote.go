// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"

	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// screenPermissions are those of the one page on which somebody shows their screen.
const screenPermissions = permissions + ", display-capture=(self)"

// ShowsScreen says that the page of this answer may ask the browser for a screen. No other may.
func (c *Ctx) ShowsScreen() { c.Header().Set("Permissions-Policy", screenPermissions) }

// talkForm bounds what one side says at once, in bytes: messages are written percent-encoded.
const talkForm = 3*remote.MaxSaid*remote.MaxSignal/4 + 8<<10

// talkJSON is what one side of a shared screen hears.
type talkJSON struct {
	State    string          `json:"state"`
	Last     int64           `json:"last"`
	Messages []string        `json:"messages"`
	Pictures bool            `json:"pictures"`
	Servers  []remote.Server `json:"servers,omitempty"`
}

// Talk carries what the browsers of a shared screen tell each other (N26), for the session whose
// key is {session} in the address: the same for both faces. It answers with JSON.
func Talk(c *Ctx, s *remote.Service, t ticket.Ticket, side remote.Side) error {
	which, err := c.PathInt("session")
	if err != nil {
		return err
	}
	form, err := c.Form(talkForm, "window", "after", "say", "began", "servers", "fresh")
	if err != nil {
		return err
	}
	h, err := s.Exchange(c.Context(), c.Actor, ticket.Target{ID: t.ID}, remote.ID(which), remote.Talk{
		Window: form.Get("window"), After: form.Int("after"), Say: form.All("say"), Began: form.On("began"), Fresh: form.On("fresh"),
	})
	if err != nil {
		return err
	}
	out := talkJSON{State: string(h.Session.State), Last: h.Last, Messages: []string{}, Pictures: h.Session.Pictures}
	for _, m := range h.Signals {
		out.Messages = append(out.Messages, m.Body)
	}
	if form.On("servers") {
		if out.Servers, err = s.Servers(c.Context(), h.Session, side); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, out)
}
