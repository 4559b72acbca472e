// SPDX-License-Identifier: Apache-2.0

package ui_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// tokens reads the colours of the stylesheet for both themes.
func tokens(t *testing.T) map[string]map[string]string {
	t.Helper()
	css, err := os.ReadFile("../assets/src/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	root, _, ok := strings.Cut(string(css), "@theme")
	if !ok {
		t.Fatal("tokens.css has no @theme")
	}
	light, dark, ok := strings.Cut(root, "@variant dark")
	if !ok {
		t.Fatal("tokens.css has no dark variant")
	}
	one := regexp.MustCompile(`--([a-z0-9-]+):\s*([^;]+);`)
	out := map[string]map[string]string{"light": {}, "dark": {}}
	for _, m := range one.FindAllStringSubmatch(light, -1) {
		out["light"][m[1]], out["dark"][m[1]] = m[2], m[2]
	}
	for _, m := range one.FindAllStringSubmatch(dark, -1) {
		out["dark"][m[1]] = m[2]
	}
	return out
}

// luminance is the relative luminance of WCAG 2.2 of a token, following var().
func luminance(t *testing.T, set map[string]string, name string) float64 {
	t.Helper()
	value := set[name]
	if rest, ok := strings.CutPrefix(value, "var(--"); ok {
		return luminance(t, set, strings.TrimSuffix(rest, ")"))
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(value, "#"), 16, 32)
	if err != nil || len(value) != 7 {
		t.Fatalf("%s is %q", name, value)
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// The pairs that the components put together; a new one is written here before it is used.
func TestTextAndEdgesAreReadableInBothThemes(t *testing.T) {
	t.Parallel()
	const text, edge = 4.5, 3
	grounds := "canvas background muted hover soft brand-soft"
	pairs := []struct {
		ink, grounds string
		least        float64
	}{
		{"foreground", grounds + " danger-soft warn-soft ok-soft note call", text},
		{"fg2", grounds + " danger-soft warn-soft", text},
		{"fg3", "canvas background hover muted brand-soft call", text},
		{"brand", "background canvas brand-soft hover", text},
		{"primary-foreground", "primary primary-hover", text},
		{"danger", "background canvas danger-soft hover", text},
		{"on-danger", "danger-solid", text},
		{"warn", "background canvas warn-soft hover", text},
		{"ok", "background canvas ok-soft hover", text},
		{"note-fg", "note note-hover", text},
		{"c3fg", "c3", text},
		{"c4fg", "c4", text},
		{"input", "background", edge},
		{"primary", "background canvas brand-soft hover", edge},
		{"ok", "border", edge},
	}
	for theme, set := range tokens(t) {
		for _, p := range pairs {
			for ground := range strings.FieldsSeq(p.grounds) {
				if got := contrast(luminance(t, set, p.ink), luminance(t, set, ground)); got < p.least {
					t.Errorf("%s: %s on %s is %.2f : 1, less than %.1f", theme, p.ink, ground, got, p.least)
				}
			}
		}
	}
}
