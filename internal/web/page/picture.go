// SPDX-License-Identifier: Apache-2.0

package page

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	_ "image/gif" // for their sizes
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"sync"
	"time"

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

// asksForPictures reports whether the reader pressed the button below the frame. A link that
// somebody wrote into a mail opens a page and no frame, and asks for nothing.
func (c *Ctx) asksForPictures() bool {
	dest, site := c.Request.Header.Get("Sec-Fetch-Dest"), c.Request.Header.Get("Sec-Fetch-Site")
	return c.Query("pictures") == "show" && (dest == "" || dest == "iframe") && (site == "" || site == "same-origin")
}

// remote fetches the pictures that a mail refers to and gives each as a data URL: the frame
// keeps its policy and reaches nothing, and whoever sent the mail sees the desk ask, without a
// cookie, a referrer or the reader's address (S64). Only addresses that stand in the message
// are called, so that this is no way to call any other.
func (h *house) remote(ctx context.Context, p *pictures, document string) func(string) string {
	if h.kit.Outside == nil {
		return nil
	}
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
	var wait sync.WaitGroup
	places := make(chan struct{}, remoteAtOnce)
	for i, address := range list {
		wait.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			found[i] = fetchPicture(ctx, h.kit.Outside, address)
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

// fetchPicture returns a remote picture as a data URL, "" where it is none that is safe to show.
func fetchPicture(ctx context.Context, client *http.Client, address string) string {
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
	if res.StatusCode != http.StatusOK {
		return ""
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxPicture+1))
	if err != nil || len(body) > maxPicture {
		return ""
	}
	return pictureURL(body)
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
