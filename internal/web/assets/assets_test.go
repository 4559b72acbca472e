// SPDX-License-Identifier: Apache-2.0

package assets_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/web/assets"
)

func get(t *testing.T, method, path string, head map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for k, v := range head {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	assets.Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestEveryFileIsServedUnderItsHash(t *testing.T) {
	t.Parallel()
	hashed := regexp.MustCompile(`^/assets/[a-z-]+[a-z0-9-]*\.[0-9a-f]{12}\.[a-z0-9]+$`)
	kinds := map[string]string{
		"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "start.js": "text/javascript; charset=utf-8",
		"icon.svg": "image/svg+xml", "inter-latin.woff2": "font/woff2", "icon-192.png": "image/png", "icon-mask-512.png": "image/png",
		"sw.js": "text/javascript; charset=utf-8",
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := assets.URL(name)
			if !hashed.MatchString(url) {
				t.Fatalf("%s has the address %s", name, url)
			}
			got := get(t, http.MethodGet, url, nil)
			if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != kind {
				t.Errorf("got %d %s", got.StatusCode, got.Header.Get("Content-Type"))
			}
			if c := got.Header.Get("Cache-Control"); c != "public, max-age=31536000, immutable" {
				t.Errorf("Cache-Control is %q", c)
			}
			if got.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Error("the type may be guessed")
			}
			if len(body(t, got.Body)) == 0 {
				t.Error("the file is empty")
			}
		})
	}
}

func TestAFileOfAnOlderPageIsNotKept(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/assets/app.css", "/assets/app.000000000000.css"} {
		got := get(t, http.MethodGet, path, nil)
		if got.StatusCode != http.StatusOK || got.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %q", path, got.StatusCode, got.Header.Get("Cache-Control"))
		}
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/assets/", "/assets/nothing.css", "/assets/../assets.go", "/assets/src/package.json", "/assets/.css", "/other/app.css"} {
		if got := get(t, http.MethodGet, path, nil); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
	if got := get(t, http.MethodPost, assets.URL("app.css"), nil); got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", got.StatusCode)
	}
}

func TestTextsAreCompressedForThoseWhoAsk(t *testing.T) {
	t.Parallel()
	url := assets.URL("app.js")
	plain := body(t, get(t, http.MethodGet, url, nil).Body)
	cases := []struct {
		accept string
		zipped bool
	}{{"gzip, deflate, br", true}, {"br;q=1.0, GZIP;q=0.5", true}, {"gzip;q=0", false}, {"", false}, {"br", false}}
	for _, tt := range cases {
		got := get(t, http.MethodGet, url, map[string]string{"Accept-Encoding": tt.accept})
		if zipped := got.Header.Get("Content-Encoding") == "gzip"; zipped != tt.zipped {
			t.Errorf("%q: compressed %v", tt.accept, zipped)
			continue
		}
		if got.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: a cache cannot tell them apart", tt.accept)
		}
		r := io.Reader(got.Body)
		if tt.zipped {
			z, err := gzip.NewReader(got.Body)
			if err != nil {
				t.Fatal(err)
			}
			r = z
		}
		if body(t, r) != plain {
			t.Errorf("%q: another text", tt.accept)
		}
	}
}

func TestHeadAndRevalidation(t *testing.T) {
	t.Parallel()
	url := assets.URL("app.css")
	head := get(t, http.MethodHead, url, nil)
	if head.Header.Get("Content-Length") == "0" || body(t, head.Body) != "" {
		t.Error("HEAD brings a body, or no length")
	}
	again := get(t, http.MethodGet, url, map[string]string{"If-None-Match": head.Header.Get("ETag")})
	if again.StatusCode != http.StatusNotModified || body(t, again.Body) != "" {
		t.Errorf("got %d", again.StatusCode)
	}
}

func TestTheStylesheetFindsTheFont(t *testing.T) {
	t.Parallel()
	css := body(t, get(t, http.MethodGet, assets.URL("app.css"), nil).Body)
	font := strings.TrimPrefix(assets.URL("inter-latin.woff2"), assets.Prefix)
	if !strings.Contains(css, "url("+font+")") {
		t.Error("the address of the font is not in the stylesheet")
	}
}

// Nothing is fetched from elsewhere, and nothing needs what the policy forbids.
func TestS34_NothingForeignAndNothingInline(t *testing.T) {
	t.Parallel()
	css := body(t, get(t, http.MethodGet, assets.URL("app.css"), nil).Body)
	for _, m := range regexp.MustCompile(`url\(([^)]*)\)|@import[^;]*`).FindAllString(css, -1) {
		if !strings.HasPrefix(m, "url(inter-latin.") && !strings.HasPrefix(m, `url("data:image/svg+xml,%3Csvg `) { // an icon is its own address
			t.Errorf("the stylesheet asks for %s", m)
		}
	}
	for _, name := range []string{"app.js", "start.js", "sw.js", "remote.js"} {
		js := body(t, get(t, http.MethodGet, assets.URL(name), nil).Body)
		for _, word := range []string{"eval(", "document.write", "http://", "sourceMappingURL"} {
			if strings.Contains(js, word) {
				t.Errorf("%s holds %q", name, word)
			}
		}
	}
}

// The whole first visit stays under 150 KB, the page itself included, for which 30 are left.
func TestTheFirstVisitIsLight(t *testing.T) {
	t.Parallel()
	if n := assets.Size(); n > 120*1024 {
		t.Errorf("a first visit loads %d bytes", n)
	}
}

func TestNothingLiesInDistThatIsNotServed(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if assets.URL(e.Name()) == assets.Prefix+e.Name() {
			t.Errorf("%s is not served", e.Name())
		}
	}
}
