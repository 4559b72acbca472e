// SPDX-License-Identifier: Apache-2.0

package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Prefix is where Handler is to be mounted.
const Prefix = "/assets/"

//go:embed dist
var dist embed.FS

// names are the files of dist in the order in which they are read: what others
// refer to comes first, so that its address can be written into them.
func names() []string {
	return append([]string{"inter-latin.woff2", "icon.svg", "app.css", "start.js", "app.js"}, later()...)
}

// later are the files that no first visit loads: the pictures of the app, its worker, which a
// browser asks for when the page is there, and what only the pages of a shared screen need.
func later() []string {
	return []string{"icon-180.png", "icon-192.png", "icon-512.png", "icon-mask-512.png", "sw.js", "remote.js"}
}

// Worker is the script that a browser keeps for the desk. It is served at the root of the desk,
// where alone it may stand before every page.
func Worker() []byte {
	if f := loaded().plain["sw.js"]; f != nil {
		return f.plain
	}
	return nil
}

// file is one file as it is sent.
type file struct {
	name   string // "app.1f0c9a3b7d21.css"
	kind   string // content type
	plain  []byte
	zipped []byte // nil where compression gains nothing
}

// served finds files by the plain name and by the name with its hash.
type served struct {
	plain  map[string]*file
	hashed map[string]*file
}

// loaded reads dist once. It is a constant of the binary that is only expensive
// to write down, not state.
var loaded = sync.OnceValue(load)

func load() served {
	s := served{plain: map[string]*file{}, hashed: map[string]*file{}}
	for _, name := range names() {
		body, err := dist.ReadFile("dist/" + name)
		if err != nil {
			continue // a test says which
		}
		if path.Ext(name) == ".css" {
			for _, other := range s.plain {
				body = bytes.ReplaceAll(body, []byte(other.original()), []byte(other.name))
			}
		}
		f := &file{name: hashedName(name, body), kind: kindOf(name), plain: body, zipped: zip(name, body)}
		s.plain[name], s.hashed[f.name] = f, f
	}
	return s
}

// original is the name without its hash.
func (f *file) original() string {
	ext := path.Ext(f.name)
	base := strings.TrimSuffix(f.name, ext)
	return strings.TrimSuffix(base, path.Ext(base)) + ext
}

func hashedName(name string, body []byte) string {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

// kindOf does not ask the system's table of types, which differs by machine.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	}
	return "application/octet-stream"
}

// zip compresses a text as well as gzip can; a font and a picture are compressed already.
func zip(name string, body []byte) []byte {
	if ext := path.Ext(name); ext == ".woff2" || ext == ".png" {
		return nil
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil || w.Close() != nil || b.Len() >= len(body) {
		return nil
	}
	return b.Bytes()
}

// URL returns the address of a file of dist by its plain name. A name that does
// not exist comes back under Prefix as it is, and answers 404.
func URL(name string) string {
	if f := loaded().plain[name]; f != nil {
		return Prefix + f.name
	}
	return Prefix + name
}

// Handler serves the files under Prefix. With the right hash in its name a file
// may be kept for a year. A page that was open during an update asks for an old
// hash and gets the present file, which it may not keep.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		name, under := strings.CutPrefix(r.URL.Path, Prefix)
		f, current := loaded().find(name)
		if !under || f == nil {
			http.NotFound(w, r)
			return
		}
		f.send(w, r, current)
	})
}

// find returns the file of a name and whether the hash in the name is its own.
func (s served) find(name string) (f *file, current bool) {
	if f := s.hashed[name]; f != nil {
		return f, true
	}
	if f := s.plain[name]; f != nil {
		return f, false
	}
	asked := file{name: name}
	return s.plain[asked.original()], false
}

func (f *file) send(w http.ResponseWriter, r *http.Request, current bool) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+f.name+`"`)
	if current {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body := f.plain
	if f.zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = f.zipped
		}
	}
	if r.Header.Get("If-None-Match") == `"`+f.name+`"` {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the reader has gone; there is nobody to tell
	}
}

// acceptsGzip reads an Accept-Encoding header as far as it matters here.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight != "q=0" && weight != "q=0.0"
		}
	}
	return false
}

// Size returns how many bytes a first visit loads, compressed.
func Size() int {
	n := 0
	for name, f := range loaded().plain {
		if slices.Contains(later(), name) {
			continue
		}
		if f.zipped != nil {
			n += len(f.zipped)
		} else {
			n += len(f.plain)
		}
	}
	return n
}
