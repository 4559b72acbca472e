// SPDX-License-Identifier: Apache-2.0

package page_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"image"
	"image/color"
	encode "image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/web/page"
)

// outside is a server that newsletters refer to. It keeps what was asked and how.
type outside struct {
	*httptest.Server
	mu    sync.Mutex
	heads []http.Header
	paths []string
	calls atomic.Int64
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.calls.Add(1)
		o.mu.Lock()
		o.heads, o.paths = append(o.heads, r.Header.Clone()), append(o.paths, r.URL.Path)
		o.mu.Unlock()
		http.SetCookie(w, &http.Cookie{Name: "track", Value: "1"})
		switch r.URL.Path {
		case "/good.png":
			w.Header().Set("Content-Type", "text/html") // a claim
			_, _ = w.Write([]byte(png1))
		case "/moved.png":
			http.Redirect(w, r, "/good.png", http.StatusFound)
		case "/svg.png":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`))
		case "/page.png":
			w.Header().Set("Content-Type", "image/png")
			_, _ = w.Write([]byte(`<html><script>alert(1)</script>`))
		case "/large.png":
			_, _ = w.Write([]byte(png1))
			_, _ = w.Write(make([]byte, 5<<20))
		case "/wide.png":
			_ = encode.Encode(w, flat{})
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(o.Close)
	return o
}

// flat is a small file of a very large picture.
type flat struct{}

func (flat) ColorModel() color.Model     { return color.Palette{color.Black} }
func (flat) ColorIndexAt(int, int) uint8 { return 0 }
func (flat) Bounds() image.Rectangle     { return image.Rect(0, 0, 30000, 2000) }
func (flat) At(int, int) color.Color     { return color.Black }

const png1 = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"

func newsletter(o *outside) string {
	return `<p>News <a href="https://evil.example/login">https://bank.example</a> <a href="https://news.example/a">news.example</a></p>` +
		`<img src="` + o.URL + `/good.png" alt="good"><img src="` + o.URL + `/moved.png"><img src="` + o.URL + `/svg.png" alt="svg"><img src="` + o.URL + `/page.png">` +
		`<img src="` + o.URL + `/large.png"><img src="` + o.URL + `/wide.png"><img src="` + o.URL + `/gone.png"><img src="file:///etc/passwd"><img src="http://10.0.0.1/x.png">`
}

func TestS64_S65_RemotePicturesComeWhenAReaderAsksAndOnlyAsPictures(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	client := netguard.Client(netguard.Options{AllowLoopback: true, MaxBytes: 4 << 20})
	h := newHouse(t, func(k *page.Kit) { k.Outside = client })
	tk := h.record(h.requester, ticket.Say{Text: "x", HTML: newsletter(o)})
	frame := page.MailFramePath(tk.Number, 1)

	w := h.as(h.agent).get(frame)
	if w.Code != http.StatusOK || o.calls.Load() != 0 || strings.Contains(w.Body.String(), o.URL) {
		t.Fatalf("before anybody asks: %d, %d calls\n%s", w.Code, o.calls.Load(), w.Body)
	}
	if body := w.Body.String(); !strings.Contains(body, "[evil.example]") || strings.Contains(body, "[news.example]") {
		t.Errorf("links say where they go, where their words do not:\n%s", body)
	}
	w = h.as(h.agent).get(frame + page.ShowPictures)
	body := w.Body.String()
	if w.Code != http.StatusOK || strings.Count(body, "data:image/png;base64,") != 2 || strings.Contains(body, "svg+xml") || strings.Contains(body, o.URL) {
		t.Errorf("when somebody asks: %d\n%.2000s", w.Code, body)
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; img-src data:; ") {
		t.Errorf("the frame still reaches nothing: %q", csp)
	}
	for i, head := range o.heads {
		if head.Get("Cookie") != "" || head.Get("Referer") != "" || head.Get("X-Forwarded-For") != "" {
			t.Errorf("%s was asked with %v", o.paths[i], head)
		}
	}
	calls := o.calls.Load()
	if w := h.as(h.other).get(frame + page.ShowPictures); w.Code != http.StatusNotFound || o.calls.Load() != calls {
		t.Errorf("somebody who may not read the ticket: %d, %d calls", w.Code, o.calls.Load()-calls)
	}
	c := h.as(h.agent).with("Sec-Fetch-Dest", "document").with("Sec-Fetch-Site", "cross-site")
	if c.get(frame + page.ShowPictures); o.calls.Load() != calls {
		t.Error("a link that somebody followed is nobody's wish to see pictures")
	}
}

func TestS64_ThePictureProxyReachesNoInnerAddress(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	h := newHouse(t, func(k *page.Kit) { k.Outside = netguard.Client(netguard.Options{}) })
	tk := h.record(h.requester, ticket.Say{Text: "x", HTML: newsletter(o)})
	if w := h.as(h.agent).get(page.MailFramePath(tk.Number, 1) + page.ShowPictures); w.Code != http.StatusOK || o.calls.Load() != 0 {
		t.Errorf("%d, %d calls to this machine", w.Code, o.calls.Load())
	}
}

// album is a mail with so many pictures of a server, each at an address of its own.
func album(server string, n int) ticket.Say {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<img src="%s/%d.png">`, server, i)
	}
	return ticket.Say{Text: "x", HTML: b.String()}
}

// TestS64_S88_PicturesTakeNoMoreThanTheirRoomWhileTheyCome: whoever writes the mail says how many
// pictures it has and how large each becomes, and a few bytes that were compressed become megabytes.
// The desk takes in what it would show and asks for no more than that.
func TestS64_S88_PicturesTakeNoMoreThanTheirRoomWhileTheyCome(t *testing.T) {
	t.Parallel()
	var large bytes.Buffer
	z := gzip.NewWriter(&large)
	_, _ = z.Write(append([]byte(png1), make([]byte, 4<<20-len(png1))...))
	_ = z.Close()
	var calls atomic.Int64
	o := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if strings.HasPrefix(r.URL.Path, "/small") {
			_, _ = w.Write(append([]byte(png1), make([]byte, 90<<10)...))
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(large.Bytes())
	}))
	t.Cleanup(o.Close)
	h := newHouse(t, func(k *page.Kit) {
		k.Outside = netguard.Client(netguard.Options{AllowLoopback: true, MaxBytes: 4 << 20})
	})
	tk := h.record(h.requester, album(o.URL+"/large", 60))
	w := h.nobody().get(page.LinkMailFramePath(h.code(tk), 1) + page.ShowPictures)
	shown, most := strings.Count(w.Body.String(), "data:image/png;base64,"), int64(1+page.RemoteAtOnce)
	if w.Code != http.StatusOK || shown != 1 || w.Body.Len() > page.MaxPictures || calls.Load() > most {
		t.Errorf("60 large pictures: %d, %d asked for, of which %d shown in %d bytes; want at most %d asked for", w.Code, calls.Load(), shown, w.Body.Len(), most)
	}
	calls.Store(0)
	tk = h.record(h.requester, album(o.URL+"/small", 60))
	w = h.as(h.agent).get(page.MailFramePath(tk.Number, 2) + page.ShowPictures)
	if shown = strings.Count(w.Body.String(), "data:image/png;base64,"); w.Code != http.StatusOK || shown != 60 || calls.Load() != 60 {
		t.Errorf("a letter with 60 small pictures: %d, %d asked for, %d shown", w.Code, calls.Load(), shown)
	}
}

// TestS88_A28_PicturesAreAskedForSoOften: whoever holds a link has the desk call a server that they
// chose. They may so often; the mail is there all the same, and nobody else is counted with them.
func TestS88_A28_PicturesAreAskedForSoOften(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	h := newHouse(t, func(k *page.Kit) {
		k.Outside = netguard.Client(netguard.Options{AllowLoopback: true, MaxBytes: 4 << 20})
	})
	tk := h.record(h.requester, ticket.Say{Text: "x", HTML: `<p>付款单</p><img src="` + o.URL + `/good.png">`})
	frame := page.LinkMailFramePath(h.code(tk), 1)
	for i := range session.Picturing.Most() {
		if w := h.nobody().get(frame + page.ShowPictures); w.Code != http.StatusOK || o.calls.Load() != i+1 {
			t.Fatalf("%d: %d, %d calls", i, w.Code, o.calls.Load())
		}
	}
	w := h.nobody().get(frame + page.ShowPictures)
	if body := w.Body.String(); w.Code != http.StatusTooManyRequests || o.calls.Load() != session.Picturing.Most() || !strings.Contains(body, "15") || !strings.Contains(body, "付款单") || strings.Contains(body, "data:") {
		t.Errorf("once more: %d, %d calls\n%s", w.Code, o.calls.Load(), body)
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") {
		t.Errorf("the refusal does not show in the frame: %q", csp)
	}
	if w := h.nobody().get(frame); w.Code != http.StatusOK {
		t.Errorf("the mail itself: %d", w.Code)
	}
	if w := h.as(h.agent).get(page.MailFramePath(tk.Number, 1) + page.ShowPictures); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "data:image/png") {
		t.Errorf("an agent: %d", w.Code)
	}
	h.clock.Advance(session.Window + time.Second)
	if w := h.nobody().get(frame + page.ShowPictures); w.Code != http.StatusOK {
		t.Errorf("after the window: %d", w.Code)
	}
}

// TestS88_FewMailsShowTheirPicturesAtOnce: the desk holds the pictures of a few mails at a time. Who
// comes then waits for those, for as long as they want to, and is shown theirs afterwards.
func TestS88_FewMailsShowTheirPicturesAtOnce(t *testing.T) {
	t.Parallel()
	asked, answer := make(chan struct{}, 100), make(chan struct{})
	o := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		<-answer
		_, _ = w.Write([]byte(png1))
	}))
	t.Cleanup(o.Close)
	h := newHouse(t, func(k *page.Kit) { k.Outside = netguard.Client(netguard.Options{AllowLoopback: true}) })
	tk := h.record(h.requester, album(o.URL+"/", 1))
	frame := page.LinkMailFramePath(h.code(tk), 1) + page.ShowPictures
	var wait sync.WaitGroup
	for range page.ShownAtOnce {
		wait.Go(func() {
			if w := h.nobody().get(frame); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "data:image/png") {
				t.Errorf("%d\n%s", w.Code, w.Body)
			}
		})
		<-asked
	}
	ctx, leave := context.WithTimeout(t.Context(), 200*time.Millisecond) // a reader who goes away
	defer leave()
	h.nobody().do(httptest.NewRequestWithContext(ctx, http.MethodGet, frame, nil))
	if len(asked) != 0 {
		t.Errorf("%d mails at once", page.ShownAtOnce+1)
	}
	close(answer)
	wait.Wait()
	if w := h.nobody().get(frame); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "data:image/png") {
		t.Errorf("afterwards: %d\n%s", w.Code, w.Body)
	}
}
