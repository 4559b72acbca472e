// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image"
	_ "image/gif" // for their sizes
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/richtext"
)

// ShowPictures is the end of a frame's address with which a reader asks for the remote pictures
// of a mail.
const ShowPictures = "?pictures=show"

// Bounds of the remote pictures of one mail.
const (
	remotePictures = 60               // each address counts once
	remoteAtOnce   = 6                // calls at the same time
	remoteFor      = 12 * time.Second // for all of them
	remotePixels   = 40_000_000       // of one, lest a small file become a large picture
)

// shownAtOnce is how many mails are shown with their remote pictures at once on this node: each holds
// some 30 MiB until it has left (S88).
const shownAtOnce = 3

// asksForPictures reports whether the reader pressed the button below the frame. A link that
// somebody wrote into a mail opens a page and no frame, and asks for nothing.
func (c *Ctx) asksForPictures() bool {
	dest, site := c.Request.Header.Get("Sec-Fetch-Dest"), c.Request.Header.Get("Sec-Fetch-Site")
	return c.Query("pictures") == "show" && (dest == "" || dest == "iframe") && (site == "" || site == "same-origin")
}

// showing lets a mail be shown with its remote pictures, and returns how to make room for the
// next one. It counts the reader, and waits for those who asked before.
func (h *house) showing(c *Ctx) (done func(), err error) {
	if err := c.Limit(session.Picturing); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(c.Context(), remoteFor)
	defer cancel()
	select {
	case h.showings <- struct{}{}:
		return func() { <-h.showings }, nil
	case <-ctx.Done():
	}
	if err := c.Context().Err(); err != nil {
		return nil, err
	}
	return nil, errs.New(errs.Unavailable, "page.pictures_busy")
}

// remote fetches the pictures that a mail refers to and gives each as a data URL: the frame
// keeps its policy and reaches nothing, and whoever sent the mail sees the desk ask, without a
// cookie, a referrer or the reader's address (S64). Only addresses that stand in the message
// are called, so that this is no way to call any other.
func (h *house) remote(ctx context.Context, p *pictures, document string) func(string) string {
	var list []string
	seen := map[string]bool{}
	richtext.Options{Remote: func(address string) string {
		if !seen[address] && len(list) < remotePictures {
			seen[address], list = true, append(list, address)
		}
		return ""
	}}.Sanitize(document)
	ctx, cancel := context.WithTimeout(ctx, remoteFor)
	defer cancel()
	found := make([]string, len(list))
	room := &room{left: base64.StdEncoding.DecodedLen(p.left)}
	var wait sync.WaitGroup
	places := make(chan struct{}, remoteAtOnce)
	for i, address := range list {
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if !room.full() {
				found[i] = fetchPicture(ctx, h.kit.Outside, address, room)
			}
		})
	}
	wait.Wait()
	got := map[string]string{}
	for i, address := range list {
		got[address] = found[i]
	}
	return func(address string) string {
		url := got[address]
		if len(url) > p.left {
			return ""
		}
		p.left -= len(url)
		return url
	}
}

// room is what the pictures of one mail may take together, in bytes. It is taken while they are
// read, not afterwards: whoever wrote the mail says how many there are and how large, and
// compression makes that cheap for them (S88).
type room struct {
	mu   sync.Mutex
	left int
	out  bool // one had no room any more: no further one is asked for
}

var errRoom = errors.New("no room for this picture") //nolint:gochecknoglobals // a sentinel

func (r *room) full() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out || r.left == 0
}

// taker reads one picture into the room.
type taker struct {
	*room
	from io.Reader
	took int
}

// Read reads on while there is room. Who finds none gives back at once what it took, so that
// those beside it need not fail as well.
func (t *taker) Read(b []byte) (int, error) {
	n, err := t.from.Read(b)
	t.mu.Lock()
	defer t.mu.Unlock()
	if n > t.left {
		t.left, t.took, t.out = t.left+t.took, 0, true
		return 0, errRoom
	}
	t.left, t.took = t.left-n, t.took+n
	return n, err
}

// giveBack is for what became no picture.
func (t *taker) giveBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.left, t.took = t.left+t.took, 0
}

// fetchPicture returns a remote picture as a data URL, "" where it is none that is safe to show.
func fetchPicture(ctx context.Context, client *http.Client, address string, into *room) string {
	quiet := *client
	quiet.Jar = nil
	follow := client.CheckRedirect
	quiet.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		r.Header.Del("Referer") // which would name the picture that led here
		if follow != nil {
			return follow(r, via)
		}
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return ""
	}
	r.Header.Set("Accept", "image/png, image/jpeg, image/gif, image/webp")
	r.Header.Set("User-Agent", "Loopdesk")
	res, err := quiet.Do(r)
	if err != nil {
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK || res.ContentLength > maxPicture {
		return ""
	}
	from := &taker{room: into, from: io.LimitReader(res.Body, maxPicture+1)}
	body, err := io.ReadAll(from)
	url := ""
	if err == nil && len(body) <= maxPicture {
		url = pictureURL(body)
	}
	if url == "" {
		from.giveBack()
	}
	return url
}

// pictureURL judges bytes by what they are, whatever their sender calls them (S65).
func pictureURL(body []byte) string {
	kind, inline := served(http.DetectContentType(body))
	if !inline {
		return ""
	}
	if size, _, err := image.DecodeConfig(bytes.NewReader(body)); err == nil && size.Width*size.Height > remotePixels {
		return ""
	}
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(body)
}
