// SPDX-License-Identifier: Apache-2.0

package page

import (
	"net/http"
	"strconv"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// uploaded is a staged file as a script of ours reads it.
type uploaded struct {
	Token string `json:"token"`
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	Type  string `json:"type"`
}

// upload stages files for a message that is still being written. What nobody sends within a
// day is swept away. A file belongs to whoever staged it: nobody else can attach it (S34).
func (h *house) upload(c *Ctx) error {
	if c.Actor.Kind == access.Link { // a link outlives its holder's place on the ticket
		if _, err := h.kit.Tickets.Get(c.Context(), c.Actor, ticket.Target{ID: ticket.ID(c.Actor.Ticket)}); err != nil {
			return err
		}
	}
	f, err := c.Form(SmallForm, FileField)
	if err != nil {
		return err
	}
	if len(f.Files) == 0 {
		return errs.Field(FileField, "page.file_none")
	}
	if c.wantsJSON() {
		out := make([]uploaded, 0, len(f.Files))
		for _, a := range f.Files {
			kind, _ := served(a.Type)
			out = append(out, uploaded{Token: a.Token, Name: a.Name, Size: a.Size, Type: kind})
		}
		return c.JSON(http.StatusOK, map[string]any{"files": out})
	}
	return c.Show(fileChips(c.Lang, f.Chips()))
}

// Waiting turns files that wait to be sent into chips that carry their tokens.
func Waiting(files []ticket.Attachment) []ui.File {
	out := make([]ui.File, 0, len(files))
	for _, a := range files {
		out = append(out, ui.File{Name: a.Name, Size: Size(a.Size), Token: a.Token})
	}
	return out
}

// Size writes a number of bytes for people, in units of 1,000 as file managers do: "214 KB".
func Size(n int64) string {
	const kilo, mega = 1000, 1000 * 1000
	switch {
	case n < kilo:
		return strconv.FormatInt(n, 10) + " B"
	case n < mega:
		return strconv.FormatInt((n+kilo/2)/kilo, 10) + " KB"
	}
	return strconv.FormatFloat(float64(n)/mega, 'f', 1, 64) + " MB"
}

// Viewable reports whether an attachment is a picture that a page may show in place.
func Viewable(a ticket.Attachment) bool {
	_, inline := served(a.Type)
	return inline
}
