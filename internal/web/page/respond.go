// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// maxKept bounds the buffers that go back to the pool, in bytes.
const maxKept = 1 << 20

// Fragment reports whether a script of ours asked for a part of a page and will put the
// answer into it. A history restore or a boosted link wants the whole page.
func (c *Ctx) Fragment() bool {
	h := c.Request.Header
	return h.Get("HX-Request") == "true" && h.Get("HX-Request-Type") != "full" &&
		h.Get("HX-Boosted") != "true" && h.Get("HX-History-Restore-Request") != "true"
}

// Header returns the headers of the answer.
func (c *Ctx) Header() http.Header { return c.w.Header() }

// Writer returns where the answer goes, for streams; everything else uses Render.
func (c *Ctx) Writer() http.ResponseWriter { return c.w }

// Show answers 200 with the component.
func (c *Ctx) Show(view templ.Component) error { return c.Render(http.StatusOK, view) }

// Render answers with a component. It is rendered whole before the first byte leaves: a
// failure half-way still has a status, and the length is known.
func (c *Ctx) Render(status int, view templ.Component) error {
	buf, ok := c.house.buffers.Get().(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	defer func() {
		if buf.Cap() <= maxKept {
			buf.Reset()
			c.house.buffers.Put(buf)
		}
	}()
	if err := view.Render(c.Context(), buf); err != nil {
		return err
	}
	if c.Fragment() {
		if err := c.appendToast(buf); err != nil {
			return err
		}
	}
	return c.send(status, "text/html; charset=utf-8", buf.Bytes())
}

// JSON answers a script of ours.
func (c *Ctx) JSON(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.send(status, "application/json", body)
}

// Text answers with plain text.
func (c *Ctx) Text(status int, s string) error {
	return c.send(status, "text/plain; charset=utf-8", []byte(s))
}

func (c *Ctx) send(status int, kind string, body []byte) error {
	c.over()
	h := c.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	if c.Request.Method == http.MethodHead {
		return nil
	}
	_, _ = c.w.Write(body) // the reader went away: there is nobody to tell
	return nil
}

// Redirect sends the reader on with 303, so that a reload repeats nothing. Only paths of
// our own are followed (A41); anything else leads home. A fragment is told by header,
// because the browser would follow a 303 unseen and put the new page into the old one.
func (c *Ctx) Redirect(to string) error {
	to = LocalPath(to, "/")
	c.keepToast()
	if c.Fragment() {
		c.w.Header().Set("HX-Redirect", to)
		return c.send(http.StatusOK, "text/html; charset=utf-8", nil)
	}
	c.w.Header().Set("Location", to)
	return c.send(http.StatusSeeOther, "text/html; charset=utf-8", nil)
}

// Copy answers with a stream of known length.
func (c *Ctx) Copy(r io.Reader, size int64) error {
	c.over()
	c.w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	c.w.WriteHeader(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		return nil
	}
	if _, err := io.CopyN(c.w, r, size); err != nil && c.Context().Err() == nil {
		return errs.Wrap(err, errs.Internal, "errs.internal")
	}
	return nil
}
