// SPDX-License-Identifier: Apache-2.0

package main

import (
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

// F42: the binary brings the time zones with it, so that a machine without any, or with old ones
// that lack a zone, counts as every other one does.
func TestF42_TheBinaryBringsTheTimeZones(t *testing.T) {
	t.Parallel()
	f, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, x := range f.Imports {
		found = append(found, x.Path.Value)
	}
	if !slices.Contains(found, `"time/tzdata"`) {
		t.Errorf("imports %v", found)
	}
}
