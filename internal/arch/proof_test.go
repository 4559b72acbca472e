// SPDX-License-Identifier: Apache-2.0

package arch_test

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A row of docs/security.md names checks and the tests that prove them: each of those tests exists,
// and each check stands in the name of one of them, so that a search for it finds its proof.
func TestEveryCheckIsInTheNameOfItsProof(t *testing.T) {
	t.Parallel()
	known := testNames(t)
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]*)(…?)`")
	rows := 0
	for i, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if !strings.HasPrefix(line, "| ") || len(cells) != 3 || cells[0] == "check" {
			continue
		}
		rows++
		var proofs []string
		for _, m := range name.FindAllStringSubmatch(cells[2], -1) {
			var found []string // what ends in an ellipsis stands for all that begin so
			for _, k := range known {
				if k == m[1] || m[2] != "" && strings.HasPrefix(k, m[1]) {
					found = append(found, k)
				}
			}
			if len(found) == 0 {
				t.Errorf("docs/security.md:%d: there is no test %s", i+1, m[1])
			}
			proofs = append(proofs, found...)
		}
		if len(proofs) == 0 {
			t.Errorf("docs/security.md:%d names no test", i+1)
		}
		for _, check := range checksOf(cells[0]) {
			if !slices.ContainsFunc(proofs, func(p string) bool { return slices.Contains(strings.Split(strings.TrimPrefix(p, "Test"), "_"), check) }) {
				t.Errorf("docs/security.md:%d: none of its tests is named for %s", i+1, check)
			}
		}
	}
	if rows < 100 {
		t.Errorf("only %d rows were read", rows)
	}
}

// checksOf are the checks that the first cell of a row names: "S04 S20", and "I1–I7" is seven.
func checksOf(cell string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`\b([A-Z])(\d+)(?:–[A-Z]?(\d+))?\b`).FindAllStringSubmatch(cell, -1) {
		first, err := strconv.Atoi(m[2])
		if err != nil {
			continue
		}
		last, err := strconv.Atoi(m[3])
		if err != nil {
			last = first
		}
		for n := first; n <= last; n++ {
			out = append(out, fmt.Sprintf("%s%0*d", m[1], len(m[2]), n))
		}
	}
	return out
}

// testNames are the tests and fuzz targets of the whole repository.
func testNames(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, f := range goFiles(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && (strings.HasPrefix(fn.Name.Name, "Test") || strings.HasPrefix(fn.Name.Name, "Fuzz")) {
				out = append(out, fn.Name.Name)
			}
		}
	}
	return out
}
