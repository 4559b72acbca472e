// SPDX-License-Identifier: Apache-2.0

package page

import (
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// framePolicy holds a foreign document: no script, no network at all, an origin of its own
// (S60–S64). Pictures of the mail are written into it. Style attributes are the one inline
// thing allowed, after each property was judged by richtext; there is nothing in this
// document that a style could read or reach.
const framePolicy = "default-src 'none'; img-src data:; style-src-attr 'unsafe-inline'; base-uri 'none'; object-src 'none'; " +
	"form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

// Bounds of the pictures in one frame, in bytes; a larger one is still an attachment.
const (
	maxPicture  = 4 << 20
	maxPictures = 8 << 20
)

// MailFramePath is the address of a message's HTML for people who are signed in.
func MailFramePath(number int64, which ticket.MessageID) string {
	return "/frame/" + strconv.FormatInt(number, 10) + "/" + strconv.FormatInt(int64(which), 10)
}

// LinkMailFramePath is the address of a message's HTML for the holder of a tracking link.
func LinkMailFramePath(code string, which ticket.MessageID) string {
	return "/t/" + code + "/frame/" + strconv.FormatInt(int64(which), 10)
}

// mailFrame shows the HTML of a message to a signed-in person.
func (h *house) mailFrame(c *Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	return h.frameOf(c, ticket.Target{Number: number})
}

// linkMailFrame shows the HTML of a message to the holder of a tracking link.
func (h *house) linkMailFrame(c *Ctx) error {
	return h.frameOf(c, ticket.Target{ID: ticket.ID(c.Actor.Ticket)})
}

func (h *house) frameOf(c *Ctx, on ticket.Target) error {
	which, err := c.PathInt("message")
	if err != nil {
		return err
	}
	t, err := h.kit.Tickets.Get(c.Context(), c.Actor, on)
	if err != nil {
		return err
	}
	m, err := h.kit.Tickets.MessageOf(c.Context(), c.Actor, t, ticket.MessageID(which))
	if err != nil {
		return err
	}
	if m.HTML == "" {
		return errs.New(errs.NotFound, "ticket.message_not_found")
	}
	pictures := &pictures{c: c, h: h, of: m, left: maxPictures, seen: map[string]string{}}
	options := richtext.Options{CID: pictures.address, Hosts: true}
	status, why := http.StatusOK, ""
	if c.asksForPictures() && h.kit.Outside != nil {
		done, err := h.showing(c)
		switch {
		case err == nil:
			defer done()
			options.Remote = h.remote(c.Context(), pictures, m.HTML)
		case errs.KindOf(err) == errs.Limited || errs.KindOf(err) == errs.Unavailable:
			p := c.Problem(err) // the mail stays where it is read, and says why it comes without
			status, why = p.Status, p.Text
		default:
			return err
		}
	}
	clean := options.Sanitize(m.HTML)
	return c.framed(status, mailDocument(c, clean, why))
}

// framed answers with a document for a frame, held by its policy.
func (c *Ctx) framed(status int, view templ.Component) error {
	head := c.Header()
	head.Set("Content-Security-Policy", framePolicy)
	head.Set("X-Frame-Options", "SAMEORIGIN")
	head.Set("Referrer-Policy", "no-referrer")
	return c.Render(status, view)
}

// RenderFramed answers with a small document for a frame of a page of ours: under the policy of
// foreign HTML, for what it shows may hold some.
func (c *Ctx) RenderFramed(status int, title string, body templ.Component) error {
	return c.framed(status, framedDocument(c, title, body))
}

// pictures writes the pictures of a mail into its document. An opaque origin sends no
// cookie, so that no address of ours would answer it; and so that none has to.
type pictures struct {
	c    *Ctx
	h    *house
	of   ticket.Message
	left int
	seen map[string]string
}

// address returns the picture with the Content-ID as a data URL, "" where there is none that
// is safe and small enough.
func (p *pictures) address(cid string) string {
	url, known := p.seen[cid]
	if !known {
		url = p.read(cid)
		p.seen[cid] = url
	}
	if len(url) > p.left {
		return ""
	}
	p.left -= len(url)
	return url
}

func (p *pictures) read(cid string) string {
	for _, a := range p.of.Attached {
		kind, inline := served(a.Type)
		if !inline || a.CID == "" || !strings.EqualFold(strings.Trim(a.CID, "<>"), cid) || a.Size > maxPicture {
			continue
		}
		_, body, err := p.h.kit.Tickets.Attachment(p.c.Context(), p.c.Actor, p.of.Ticket, a.Token)
		if err != nil {
			return ""
		}
		defer func() { _ = body.Close() }()
		bytes, err := io.ReadAll(io.LimitReader(body, maxPicture))
		if err != nil {
			return ""
		}
		return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(bytes)
	}
	return ""
}
