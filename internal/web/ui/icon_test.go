// SPDX-License-Identifier: Apache-2.0

package ui_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// An icon that is asked for by name anywhere in the web must be listed.
func TestEveryIconThatIsAskedForIsDrawn(t *testing.T) {
	t.Parallel()
	asked := regexp.MustCompile(`\bIcon(?:\(|:\s*)"([a-z0-9-]+)"`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
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
			if !ui.HasIcon(string(m[1])) {
				t.Errorf("%s asks for the icon %s, which assets/src/icons.txt does not list", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
