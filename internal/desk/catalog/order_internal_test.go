// SPDX-License-Identifier: Apache-2.0

package catalog

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whatever the table holds, also what no form would have let in, nobody vanishes and nothing
// runs for ever.
func TestN21_NothingVanishesFromABrokenTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "size")
		var flat []Category
		for i := range n {
			flat = append(flat, Category{ID: CategoryID(i + 1), Parent: CategoryID(rapid.IntRange(0, n+1).Draw(t, "parent"))})
		}
		got := order(flat)
		var ids []CategoryID
		for _, c := range got {
			ids = append(ids, c.ID)
		}
		slices.Sort(ids)
		if len(slices.Compact(ids)) != n || len(got) != n {
			t.Fatalf("%+v\nbecame %+v", flat, got)
		}
		_ = checkParent(flat, Category{ID: 1, Parent: CategoryID(rapid.IntRange(0, n+1).Draw(t, "new parent"))})
	})
}
