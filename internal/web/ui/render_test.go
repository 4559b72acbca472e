// SPDX-License-Identifier: Apache-2.0

package ui_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/loopdesk/loopdesk/internal/kit/i18n"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

var update = flag.Bool("update", false, "write the golden files")

// noon is when all samples are looked at.
var noon = time.Date(2026, 1, 5, 10, 12, 0, 0, time.UTC)

func page(lang i18n.Lang) ui.Page {
	return ui.Page{Lang: lang, Title: "Gallery", Path: "/gallery", Now: noon}
}

func screens() []string {
	return []string{"", "queue", "ticket", "act", "portal", "request", "admin", "signin"}
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// lines puts every tag on a line of its own, so that a golden file can be read,
// and leaves out the hashes of assets, which change with every colour.
func lines(s string) string {
	s = regexp.MustCompile(`\.[0-9a-f]{12}\.`).ReplaceAllString(s, ".hash.")
	return strings.TrimSpace(strings.ReplaceAll(s, "><", ">\n<")) + "\n"
}

func golden(t *testing.T, name string, c templ.Component) {
	t.Helper()
	got := lines(render(t, c))
	path := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// walk calls fn for every element of a document.
func walk(t *testing.T, doc string, fn func(*html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			fn(n)
		}
	}
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// everyScreen runs fn on all pages of the gallery in both languages.
func everyScreen(t *testing.T, fn func(t *testing.T, lang i18n.Lang, doc string)) {
	t.Helper()
	for _, lang := range i18n.Langs() {
		for _, screen := range screens() {
			t.Run(string(lang)+"/"+screen, func(t *testing.T) {
				t.Parallel()
				fn(t, lang, render(t, ui.Gallery(page(lang), "/gallery", screen)))
			})
		}
	}
}
