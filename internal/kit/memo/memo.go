// SPDX-License-Identifier: Apache-2.0

// Package memo keeps what was worked out not long ago and does not change: under a bound of
// bytes, and without a clock. What is in use stays; what nobody asks for goes.
package memo

import "sync"

// Memo keeps values in two halves. A half that has grown to its bound becomes the old one, and
// the old one of before is forgotten; what is found in the old half moves to the young one.
// It is safe for use by several goroutines; the values are shared and are to be read only.
type Memo[K comparable, V any] struct {
	mu    sync.Mutex
	young map[K]sized[V]
	old   map[K]sized[V]
	size  int // bytes of the young half
	bound int
}

type sized[V any] struct {
	value V
	size  int
}

// New returns a memo that holds about twice as many bytes as its bound.
func New[K comparable, V any](bound int) *Memo[K, V] {
	return &Memo[K, V]{young: map[K]sized[V]{}, bound: bound}
}

// Get returns what is kept under a key.
func (m *Memo[K, V]) Get(key K) (V, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.young[key]; ok {
		return s.value, true
	}
	s, ok := m.old[key]
	if ok {
		m.keep(key, s) // it is in use: it outlives the old ones
	}
	return s.value, ok
}

// Put keeps a value, which holds on to about size bytes, in the place of another under the same
// key. What would fill an eighth of a half is not kept.
func (m *Memo[K, V]) Put(key K, value V, size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if size > m.bound/8 {
		delete(m.young, key)
		delete(m.old, key)
		return
	}
	m.keep(key, sized[V]{value, size})
}

func (m *Memo[K, V]) keep(key K, s sized[V]) {
	if m.size += s.size - m.young[key].size; m.size > m.bound {
		m.young, m.old, m.size = map[K]sized[V]{}, m.young, s.size
	}
	m.young[key] = s
}
