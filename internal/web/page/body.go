// SPDX-License-Identifier: Apache-2.0

package page

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Limits of what one request may carry (A47, A48, S88).
const (
	MaxUpload   = 100 << 20 // bytes of one request with files
	maxParts    = 600
	maxPartHead = 128 << 10 // bytes before the content of one part: its header and what the reader looks ahead
)

// readForm reads a body into f. Files are staged where the form takes them, so that a form
// without script carries them too.
func (c *Ctx) readForm(f *Form, limit int64, files bool) error {
	kind, _, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	switch {
	case c.Request.Header.Get("Content-Type") == "" && c.Request.ContentLength == 0:
		return nil
	case err == nil && kind == "application/x-www-form-urlencoded":
		return c.readPairs(f, limit)
	case err == nil && kind == "multipart/form-data":
		return c.readParts(f, limit, files)
	}
	return errs.New(errs.Invalid, "page.form_kind")
}

func (c *Ctx) readPairs(f *Form, limit int64) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.Request.Body, limit))
	if err != nil {
		return bodyError(err)
	}
	if strings.Count(string(body), "&") >= maxFields {
		return errs.New(errs.TooLarge, "page.fields_many")
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "page.form_kind")
	}
	for name, list := range values {
		for _, v := range list {
			f.Values.Add(clean(name), clean(v))
		}
	}
	return nil
}

// readParts reads a multipart body as it comes; nothing but the fields is held in memory.
func (c *Ctx) readParts(f *Form, limit int64, files bool) error {
	total := limit
	if files {
		total += MaxUpload
	}
	guard := &headGuard{r: http.MaxBytesReader(c.w, c.Request.Body, total)}
	c.Request.Body = struct {
		io.Reader
		io.Closer
	}{guard, c.Request.Body}
	mr, err := c.Request.MultipartReader()
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "page.form_kind")
	}
	if files {
		conn := http.NewResponseController(c.w)
		defer clock.Patience(conn.SetReadDeadline, ticket.TransferFor)()
		c.patient = clock.Patience(conn.SetWriteDeadline, ticket.TransferFor) // the answer leaves when the files have come
	}
	left, parts := limit, 0
	for {
		guard.head()
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bodyError(err)
		}
		guard.body()
		if parts++; parts > maxParts {
			return errs.New(errs.TooLarge, "page.fields_many")
		}
		if isFile(part) && (f.text == "" || part.FormName() != f.text) {
			err = c.readFile(f, part, files)
		} else {
			left, err = readValue(f, part, left)
		}
		if err != nil {
			return err
		}
	}
}

// isFile reports whether a part is a file; a browser sends an empty one for an empty field.
func isFile(p *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	_, there := params["filename"]
	return err == nil && there
}

func readValue(f *Form, p *multipart.Part, left int64) (int64, error) {
	v, err := io.ReadAll(io.LimitReader(p, left+1))
	if err != nil {
		return 0, bodyError(err)
	}
	if int64(len(v)) > left {
		return 0, errs.New(errs.TooLarge, "errs.too_large")
	}
	if p.FormName() == "" {
		return 0, errs.New(errs.Invalid, "page.form_kind")
	}
	if f.raw && p.FormName() == f.text {
		f.Bytes = v
		v = []byte(p.FileName())
	}
	f.Values.Add(clean(p.FormName()), clean(string(v)))
	return left - int64(len(v)), nil
}

// readFile stages one file and writes its token into FileField.
func (c *Ctx) readFile(f *Form, p *multipart.Part, allowed bool) error {
	if p.FileName() == "" {
		_, err := io.Copy(io.Discard, p)
		return bodyError(err)
	}
	if !allowed {
		return errs.New(errs.Invalid, "page.field_unknown", "Name", shorten(p.FormName(), 40))
	}
	if len(f.Files) >= ticket.MaxFiles {
		return errs.Field(FileField, "ticket.files_many", "Max", ticket.MaxFiles)
	}
	if err := c.Limit(session.Uploading); err != nil {
		return err
	}
	a, err := c.Kit.Tickets.Stage(c.Context(), c.Actor, ticket.File{Name: p.FileName(), Data: p})
	if err != nil {
		return bodyError(err)
	}
	f.Files = append(f.Files, a)
	f.Values.Add(FileField, a.Token)
	if name := clean(p.FormName()); strings.HasPrefix(name, form.Prefix) { // it is the answer of a question
		f.Values.Add(name, a.Token)
	}
	return nil
}

// bodyError says what is wrong with a body that could not be read.
func bodyError(err error) error {
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errs.As(err) != nil:
		return err
	case errors.As(err, &large), errors.Is(err, multipart.ErrMessageTooLarge), errors.Is(err, errHead):
		return errs.Wrap(err, errs.TooLarge, "errs.too_large")
	}
	return errs.Wrap(err, errs.Invalid, "page.form_broken")
}

// clean makes text valid; what it means is for the rooms to judge.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// headGuard bounds what may be read before the content of a part begins: the library's own
// limit on part headers could be evaded (CVE-2026-94440), this one cannot (S87).
type headGuard struct {
	r    io.Reader
	left int // -1 within content
}

var errHead = errors.New("the header of a part is too long") //nolint:gochecknoglobals // a sentinel

func (g *headGuard) head() { g.left = maxPartHead }
func (g *headGuard) body() { g.left = -1 }

// Read reads on, within the bound.
func (g *headGuard) Read(b []byte) (int, error) {
	if g.left == 0 {
		return 0, errHead
	}
	if g.left > 0 && len(b) > g.left {
		b = b[:g.left]
	}
	n, err := g.r.Read(b)
	if g.left > 0 {
		g.left -= n
	}
	return n, err
}
