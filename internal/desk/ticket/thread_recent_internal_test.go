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

func TestKeptThreadsAreBounded(t *testing.T) {
	t.Parallel()
	r := newRecent()
	long := []Entry{{Message: &Message{Text: strings.Repeat("a", recentThread)}}}
	r.put(1, 1, long)
	if _, ok := r.get(1, 1); ok {
		t.Error("a thread with long texts was kept")
	}
	some := []Entry{{Message: &Message{Text: strings.Repeat("a", recentThread/2)}}}
	for which := ID(1); which <= 100; which++ {
		r.put(which, 1, some)
		if _, ok := r.get(1, 1); !ok { // read again and again, it outlives the others
			t.Fatalf("the thread in use was gone after %d others", which)
		}
	}
	if n := len(r.young) + len(r.old); n > 2*recentSize/(recentThread/2) {
		t.Errorf("%d threads are kept", n)
	}
	if _, ok := r.get(50, 1); ok {
		t.Error("a thread that nobody reads any more is kept")
	}
}
