// SPDX-License-Identifier: Apache-2.0

package page

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"rsc.io/qr"

	"github.com/loopdesk/loopdesk/internal/desk/upload"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// qrSign is a code as a sign that a phone reads: one path of squares, drawn by us.
type qrSign struct {
	Path string
	Side int // in squares, with the quiet zone around it
}

// quietZone is the margin that readers of the sign need, in squares.
const quietZone = 4

func signOf(text string) (qrSign, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrSign{}, fmt.Errorf("draw a sign: %w", err)
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := 0
			for x+run < code.Size && code.Black(x+run, y) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, run, run)
				x += run
			}
		}
	}
	return qrSign{b.String(), code.Size + 2*quietZone}, nil
}

func num(n int) string { return strconv.Itoa(n) }

func (q qrSign) box() string { return fmt.Sprintf("0 0 %d %d", q.Side, q.Side) }

// phoneBox answers, for a form that is open here, with the sign that leads a phone to it; asked
// with a code, with the files that came since.
func (h *house) phoneBox(c *Ctx) error {
	if h.kit.Uploads == nil {
		return errs.New(errs.NotFound, "errs.not_found")
	}
	if code := c.Query("box"); code != "" {
		return h.phoneFiles(c, code)
	}
	if !c.Fragment() { // an address that somebody opened by hand
		return c.Redirect("/")
	}
	box, code, err := h.kit.Uploads.New(c.Actor)
	if err != nil {
		return err
	}
	sign, err := signOf(h.kit.Public + "/u/" + code)
	if err != nil {
		return err
	}
	return c.Show(phoneSign(c, sign, code, c.Clock(box.Until)))
}

// phoneFiles are the chips of what was put into a box after the first so many.
func (h *house) phoneFiles(c *Ctx, code string) error {
	list, err := h.kit.Uploads.Tokens(c.Context(), c.Actor, code)
	if err != nil {
		return err
	}
	have, err := strconv.Atoi(c.Query("have"))
	if err != nil || have < 0 || have > len(list) {
		have = len(list)
	}
	files, err := h.kit.Tickets.Staged(c.Context(), c.Actor, list[have:])
	if err != nil {
		return err
	}
	return c.Show(fileChips(c.Lang, Waiting(files)))
}

// showPhone is the page on the phone: a camera and nothing else. The code opens nothing but the box.
func (h *house) showPhone(c *Ctx) error {
	if _, err := h.opened(c); err != nil {
		return err
	}
	return c.Show(phonePage(c.Frame(c.T("page.phone_title")), nil, 0))
}

func (h *house) opened(c *Ctx) (upload.Box, error) {
	if h.kit.Uploads == nil {
		return upload.Box{}, errs.New(errs.NotFound, "upload.gone")
	}
	box, by, err := h.kit.Uploads.Open(c.Context(), c.Path("secret"))
	if err == nil {
		c.Actor = by // whose files they become; the code gives no more than that
	}
	return box, err
}

// takePhone stages what the phone sends and puts it into the box.
func (h *house) takePhone(c *Ctx) error {
	box, err := h.opened(c)
	if err != nil {
		return err
	}
	var f *Form
	if err = h.kit.Uploads.Room(c.Context(), box); err == nil {
		if f, err = c.Form(SmallForm, FileField); err == nil && len(f.Files) == 0 {
			err = errs.Field(FileField, "page.file_none")
		}
	}
	sent := 0
	if err == nil {
		tokens := make([]string, 0, len(f.Files))
		for _, a := range f.Files {
			tokens = append(tokens, a.Token)
		}
		if err = h.kit.Uploads.Put(c.Context(), box, tokens); err == nil {
			sent = len(tokens)
		}
	}
	if err != nil {
		if errs.KindOf(err) == errs.NotFound {
			return err
		}
		if f == nil {
			f = Filled()
		}
		return c.Render(c.MarkUp(f, err), phonePage(c.Frame(c.T("page.phone_title")), f, 0))
	}
	return c.Render(http.StatusOK, phonePage(c.Frame(c.T("page.phone_title")), nil, sent))
}

// DrawSign draws a text as a sign that a phone reads; label says to readers of the screen what it is.
func DrawSign(text, label string) (templ.Component, error) {
	q, err := signOf(text)
	if err != nil {
		return nil, err
	}
	return signPicture(q, label), nil
}
