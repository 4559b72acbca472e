// SPDX-License-Identifier: Apache-2.0

package ui_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An icon that is asked for by name anywhere in the web must be drawn by the style.
func TestEveryIconThatIsAskedForIsDrawn(t *testing.T) {
	t.Parallel()
	style, err := os.ReadFile("../assets/dist/app.css")
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`\bIcon(?:\(|:\s*)"([a-z0-9-]+)"`)
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".templ") && (!strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_templ.go")) {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range asked.FindAllSubmatch(source, -1) {
			if !bytes.Contains(style, []byte(".i-"+string(m[1])+"{")) {
				t.Errorf("%s asks for the icon %s, which the style does not draw: assets/src/icons.txt lists them", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
