// SPDX-License-Identifier: Apache-2.0

package memo_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/memo"
)

// What is found is what was put last under the key, whatever else was kept and forgotten.
func TestWhatIsFoundIsWhatWasPutLast(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, last := memo.New[int, int](400), map[int]int{}
		for i := range rapid.IntRange(0, 300).Draw(t, "acts") {
			key := rapid.IntRange(0, 40).Draw(t, "key")
			if rapid.Bool().Draw(t, "put") {
				last[key] = i
				m.Put(key, i, rapid.IntRange(1, 60).Draw(t, "size"))
			} else if got, ok := m.Get(key); ok && got != last[key] {
				t.Fatalf("%d is found under %d, %d was put", got, key, last[key])
			}
		}
	})
}

// The memo forgets what nobody asks for and keeps what is in use, within its bound.
func TestWhatIsInUseStays(t *testing.T) {
	t.Parallel()
	m := memo.New[int, string](1000)
	m.Put(0, "in use", 10)
	m.Put(1, "not in use", 10)
	for i := range 1000 {
		m.Put(2+i, "", 10)
		if _, ok := m.Get(0); !ok {
			t.Fatalf("what is in use was forgotten after %d others", i)
		}
	}
	if _, ok := m.Get(1); ok {
		t.Error("what nobody asked for is still kept")
	}
	kept := 0
	for i := range 1000 {
		if _, ok := m.Get(2 + i); ok {
			kept++
		}
	}
	if kept > 200 {
		t.Errorf("%d values of 10 bytes are kept in twice 1000 bytes", kept)
	}
	m.Put(0, "too large", 500)
	if got, ok := m.Get(0); ok {
		t.Errorf("%q is kept", got)
	}
}
