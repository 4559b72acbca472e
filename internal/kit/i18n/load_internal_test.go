// SPDX-License-Identifier: Apache-2.0

package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoadSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, file, body, want string }{
		{"an empty text", "locale/a.en.toml", `"a.b" = ""`, "the text is empty"},
		{"a placeholder that computes", "locale/a.en.toml", `"a.b" = "{{if .X}}y{{end}}"`, "only {{.Name}}"},
		{"a placeholder left open", "locale/a.en.toml", `"a.b" = "{{.X"`, "only {{.Name}}"},
		{"a language nobody speaks here", "locale/a.fr.toml", `"a.b" = "x"`, "no language of the house"},
		{"a file that is not TOML", "locale/a.en.toml", `a b c`, "a.en.toml"},
	}
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := load(fstest.MapFS{tt.file: {Data: []byte(tt.body)}})
			if c.err == nil || !strings.Contains(c.err.Error(), tt.want) {
				t.Errorf("got %v, want something with %q", c.err, tt.want)
			}
		})
	}
	t.Run("a key in two files", func(t *testing.T) {
		t.Parallel()
		c := load(fstest.MapFS{
			"locale/a.en.toml": {Data: []byte(`"a.b" = "x"`)},
			"locale/b.en.toml": {Data: []byte(`"a.b" = "y"`)},
		})
		if c.err == nil || !strings.Contains(c.err.Error(), "twice") {
			t.Errorf("got %v", c.err)
		}
	})
}

func TestPluralByCount(t *testing.T) {
	t.Parallel()
	c := load(fstest.MapFS{
		"locale/a.en.toml":    {Data: []byte("[\"a.n\"]\none = \"{{.Count}} ticket\"\nother = \"{{.Count}} tickets\"\n")},
		"locale/a.zh-CN.toml": {Data: []byte(`"a.n" = "{{.Count}} 单"`)},
	})
	if c.err != nil {
		t.Fatal(c.err)
	}
	for _, tt := range []struct {
		name string
		lang Lang
		n    any
		want string
	}{
		{"one", EN, 1, "1 ticket"},
		{"none", EN, 0, "0 tickets"},
		{"many", EN, int64(21), "21 tickets"},
		{"Chinese has one form", ZH, 1, "1 单"},
		{"a number already written", EN, "1", "1 ticket"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := c.book(tt.lang)
			args := []any{"Count", tt.n}
			if got := b.messages["a.n"].form(b.tag, args).fill(args); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
