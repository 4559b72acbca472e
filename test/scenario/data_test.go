// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// share is what an engine takes of a set on which both must agree: SQLite all, PostgreSQL, whose
// commits cost a test far more, every third.
func share[T any](h *apptest.House, set []T) []T {
	if h.DB.Engine() != db.Postgres {
		return set
	}
	var out []T
	for i := 0; i < len(set); i += 3 {
		out = append(out, set[i])
	}
	return out
}

// cases reads a set of the shared test data; nothing where it is not there.
func cases[T any](t *testing.T, set string) []T {
	t.Helper()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(root, set, "cases.jsonl"))
	if os.IsNotExist(err) {
		t.Logf("the cases of %s are not there; set LOOPDESK_TESTDATA to the folder of the test data", set)
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var c T
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if lines.Err() != nil || len(out) < 100 {
		t.Fatalf("only %d cases of %s: %v", len(out), set, lines.Err())
	}
	return out
}

// armed lists what in a page could run, load or move by the will of whoever wrote to us. Our
// own pages load our own scripts by address; a frame with somebody's mail loads nothing at all.
func armed(body string, frame bool) []string {
	tree, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		what := "<" + n.Data
		for _, a := range n.Attr {
			what += " " + a.Key + "=" + a.Val
		}
		if element(n, frame) {
			out = append(out, what)
		}
		for _, a := range n.Attr {
			if attribute(n.Data, a, frame) {
				out = append(out, what)
			}
		}
	}
	return out
}

// element reports whether an element is none that we would write there.
func element(n *html.Node, frame bool) bool {
	get := func(name string) string {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
		return ""
	}
	switch n.Data {
	case "script":
		return frame || !strings.HasPrefix(get("src"), "/assets/")
	case "iframe":
		return frame || (!strings.HasPrefix(get("src"), "/frame/") && !strings.HasPrefix(get("src"), "/t/"))
	case "link":
		ours := get("href") == "/manifest.webmanifest" || get("rel") == "expect" && get("href") == "#toasts" // which loads nothing
		return frame || !strings.HasPrefix(get("href"), "/assets/") && !ours
	case "meta":
		return get("http-equiv") != ""
	case "object", "embed", "applet", "base", "frame", "frameset", "math", "portal", "audio", "video", "source", "track", "marquee", "foreignobject":
		return true
	case "form", "input", "button", "textarea", "select", "dialog", "svg", "template", "style", "noscript":
		return frame
	}
	return false
}

// attribute reports whether an attribute could run or fetch something.
func attribute(tag string, a html.Attribute, frame bool) bool {
	value := strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, a.Val))
	switch {
	case strings.HasPrefix(a.Key, "on"), a.Key == "srcdoc", a.Key == "formaction" && frame, a.Key == "action" && !strings.HasPrefix(a.Val, "/"):
		return true
	case strings.HasPrefix(value, "javascript:"), strings.HasPrefix(value, "vbscript:"), strings.HasPrefix(value, "data:text"), strings.HasPrefix(value, "data:image/svg"):
		return a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "xlink:href" || a.Key == "background" || a.Key == "poster"
	case a.Key == "style":
		return !frame || strings.Contains(value, "url(") || strings.Contains(value, "expression") || strings.Contains(value, "position:") || strings.Contains(value, "@import") || strings.Contains(value, "-moz-binding")
	case frame && (a.Key == "src" || a.Key == "background" || a.Key == "poster" || a.Key == "srcset"):
		return !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "data:image/") && tag != "a"
	}
	return false
}
