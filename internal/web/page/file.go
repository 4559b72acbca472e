// SPDX-License-Identifier: Apache-2.0

package page

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// FilePath is the address of an attachment for people who are signed in.
func FilePath(number int64, token, name string) string {
	return "/files/" + strconv.FormatInt(number, 10) + "/" + token + "/" + url.PathEscape(name)
}

// LinkFilePath is the address of an attachment for the holder of a tracking link.
func LinkFilePath(code, token, name string) string {
	return "/t/" + code + "/files/" + token + "/" + url.PathEscape(name)
}

// file sends an attachment to a signed-in person. The name in the address is for people; the
// token alone says which file it is, and the ticket whether it may be read (S21, S33).
func (h *house) file(c *Ctx) error {
	number, err := c.Number("number")
	if err != nil {
		return err
	}
	t, err := h.kit.Tickets.Get(c.Context(), c.Actor, ticket.Target{Number: number})
	if errs.KindOf(err) == errs.NotFound {
		return errs.New(errs.NotFound, "ticket.file_not_found") // the same answer as for a wrong token
	}
	if err != nil {
		return err
	}
	return h.sendFile(c, t.ID)
}

// linkFile sends an attachment to the holder of a tracking link.
func (h *house) linkFile(c *Ctx) error {
	return h.sendFile(c, ticket.ID(c.Actor.Ticket))
}

func (h *house) sendFile(c *Ctx, on ticket.ID) error {
	if c.embedded() {
		return errs.New(errs.Denied, "page.cross_origin")
	}
	a, body, err := h.kit.Tickets.Attachment(c.Context(), c.Actor, on, c.Path("token"))
	if err != nil {
		return err
	}
	return c.SendFile(Sent{Name: a.Name, Type: a.Type, Size: a.Size, SHA256: a.SHA256}, body)
}

// Sent is a file as it leaves the house.
type Sent struct {
	Name   string
	Type   string // as our own sniffing found it
	Size   int64
	SHA256 string
}

// SendFile answers with a file, and closes it. Whoever calls has asked who may have it; how it
// leaves the house is the same for every file.
func (c *Ctx) SendFile(a Sent, body io.ReadCloser) error {
	defer func() { _ = body.Close() }()
	if c.embedded() {
		return errs.New(errs.Denied, "page.cross_origin")
	}
	kind, inline := served(a.Type)
	head := c.Header()
	head.Set("Content-Security-Policy", filePolicy)
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", disposition(inline, a.Name))
	head.Set("Cache-Control", "private, no-cache")
	head.Set("ETag", `"`+a.SHA256+`"`)
	if c.Request.Header.Get("If-None-Match") == `"`+a.SHA256+`"` {
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	defer clock.Patience(http.NewResponseController(c.w).SetWriteDeadline, ticket.TransferFor)()
	return c.Copy(body, a.Size)
}

// embedded reports whether a foreign page asks for the file as a part of itself, or a page
// asks for it as something to run (A39). Following a link is neither.
func (c *Ctx) embedded() bool {
	h := c.Request.Header
	switch h.Get("Sec-Fetch-Dest") {
	case "script", "style", "worker", "sharedworker", "serviceworker", "object", "embed", "xslt", "manifest":
		return true
	}
	site := h.Get("Sec-Fetch-Site")
	return (site == "cross-site" || site == "same-site") && h.Get("Sec-Fetch-Mode") != "navigate"
}

// served chooses the type to send for a type that our own sniffing found: one of a short
// list, else bytes to keep (S65, A49). Only raster pictures are shown in place; an SVG is a
// document that may hold scripts and is never one of them (A12).
func served(sniffed string) (kind string, inline bool) {
	kind, params, err := mime.ParseMediaType(sniffed)
	if err != nil {
		return "application/octet-stream", false
	}
	switch kind {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return kind, true
	case "text/plain":
		if charset := params["charset"]; charset != "" {
			return mime.FormatMediaType(kind, map[string]string{"charset": charset}), false
		}
		return "text/plain; charset=utf-8", false
	case "application/pdf", "application/zip", "video/mp4", "audio/mpeg",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation":
		return kind, false
	}
	return "application/octet-stream", false
}

// disposition writes the header by RFC 6266: a plain name for old programs and the real one
// in the coding of RFC 8187. Nothing of the name can end the header or the quotes (A52, S67).
func disposition(inline bool, name string) string {
	how := "attachment"
	if inline {
		how = "inline"
	}
	var plain, coded strings.Builder
	for _, r := range ticket.FileName(name) {
		if r < 0x20 || r > 0x7e || strings.ContainsRune(`"\%;`, r) {
			plain.WriteByte('_')
		} else {
			plain.WriteRune(r)
		}
		for _, b := range []byte(string(r)) {
			if attrChar(b) {
				coded.WriteByte(b)
			} else {
				coded.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(b)|0x100, 16)[1:]))
			}
		}
	}
	return how + `; filename="` + plain.String() + `"; filename*=UTF-8''` + coded.String()
}

// attrChar is the set of RFC 8187 that needs no escape.
func attrChar(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || strings.IndexByte("!#$&+-.^_`|~", b) >= 0
}
