// SPDX-License-Identifier: Apache-2.0

package id_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// TestADigestKeepsItsPartsApart: two lists of parts have the same digest only where they are the same.
func TestADigestKeepsItsPartsApart(t *testing.T) {
	t.Parallel()
	part := rapid.StringMatching(`[0-9:a]{0,4}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOfN(part, 0, 4).Draw(t, "a"), rapid.SliceOfN(part, 0, 4).Draw(t, "b")
		same := len(a) == len(b)
		for i := range min(len(a), len(b)) {
			same = same && a[i] == b[i]
		}
		if x, y := id.Digest(a...), id.Digest(b...); (x == y) != same || len(x) != 64 {
			t.Fatalf("%q and %q: %s and %s", a, b, x, y)
		}
	})
}
