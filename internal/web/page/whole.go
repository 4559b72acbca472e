// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"net/http"
	"strconv"
	"sync"
)

// mostWhole is how much of an answer waits for its end, in bytes; more goes out as it comes.
const mostWhole = 256 << 10

// wholes holds the buffers of answers between two requests.
var wholes = sync.Pool{New: func() any { return new(bytes.Buffer) }} //nolint:gochecknoglobals // a pool is no state

// whole collects an answer under the compression, which hands it on in pieces of a few hundred
// bytes, and sends it at once and with its length. An answer that is flushed or grows too long
// goes out as it comes.
type whole struct {
	http.ResponseWriter
	buf    *bytes.Buffer
	status int
	open   bool // what comes is written through
}

// inOne lets h answer in one piece. A handler that panics has sent nothing.
func inOne(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		buf, ok := wholes.Get().(*bytes.Buffer)
		if !ok {
			buf = new(bytes.Buffer)
		}
		defer func() {
			buf.Reset()
			wholes.Put(buf)
		}()
		o := &whole{ResponseWriter: w, buf: buf}
		h.ServeHTTP(o, req)
		o.end()
	})
}

// WriteHeader notes the status; what only informs goes out at once.
func (o *whole) WriteHeader(status int) {
	if o.open || status < http.StatusOK {
		o.ResponseWriter.WriteHeader(status)
		return
	}
	if o.status == 0 {
		o.status = status
	}
}

// Write collects.
func (o *whole) Write(b []byte) (int, error) {
	if !o.open && o.buf.Len()+len(b) > mostWhole {
		o.let()
	}
	if o.open {
		return o.ResponseWriter.Write(b)
	}
	return o.buf.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (o *whole) Unwrap() http.ResponseWriter { return o.ResponseWriter }

// FlushError sends what there is, and all that comes without waiting.
func (o *whole) FlushError() error {
	o.let()
	return http.NewResponseController(o.ResponseWriter).Flush()
}

// Flush is FlushError for who does not ask.
func (o *whole) Flush() { _ = o.FlushError() }

// let begins to write through.
func (o *whole) let() {
	if o.open {
		return
	}
	o.open = true
	if o.status != 0 {
		o.ResponseWriter.WriteHeader(o.status)
	}
	if o.buf.Len() > 0 {
		_, _ = o.ResponseWriter.Write(o.buf.Bytes()) // the next write tells
	}
}

// end sends what was collected with its length.
func (o *whole) end() {
	if !o.open && o.buf.Len() > 0 && o.Header().Get("Content-Length") == "" {
		o.Header().Set("Content-Length", strconv.Itoa(o.buf.Len()))
	}
	o.let()
}
