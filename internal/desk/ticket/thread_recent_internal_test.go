// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"strings"
	"testing"
)

func TestAKeptThreadIsOfOneVersion(t *testing.T) {
	t.Parallel()
	r := newRecent()
	list := []Entry{{Message: &Message{Text: "a"}}}
	r.put(1, 3, list)
	for version, want := range map[int64]bool{2: false, 3: true, 4: false, 0: false} {
		if got, ok := r.get(1, version); ok != want || ok && len(got) != 1 {
			t.Errorf("version %d: %v", version, ok)
		}
	}
	r.put(1, 4, list)
	if _, ok := r.get(1, 3); ok {
		t.Error("an older version is still there")
	}
	r.put(2, 0, list)
	if _, ok := r.get(2, 0); ok {
		t.Error("a row without a version was kept")
	}
}

func TestALongThreadIsReadAnew(t *testing.T) {
	t.Parallel()
	r := newRecent()
	long := []Entry{{Message: &Message{Text: strings.Repeat("a", recentSize/4)}}}
	r.put(1, 1, long)
	if _, ok := r.get(1, 1); ok {
		t.Error("a thread with long texts was kept")
	}
}
