// SPDX-License-Identifier: Apache-2.0

package app

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// room is how much a heap may always grow before it is collected, in bytes. What lives in a desk is
// small, some 20 MB, and what a page leaves behind is half a megabyte: at twice its size the heap was
// collected after every fortieth page, which took an eighth of the processor time of each.
const room = 128 << 20

// PaceHeap lets the heap grow by room before it is collected, or to twice of what lives on it where
// that is more: a small desk is quick, and a large one is no larger than under Go's own rule. An operator
// who names GOGC has said how; GOMEMLIMIT bounds the whole in either case.
func PaceHeap(env func(string) (string, bool)) {
	if _, said := env("GOGC"); !said {
		debug.SetGCPercent(300) // until the first collection, soon after the start, has said what lives
		afterCollection(pace)
	}
}

// growth is the percentage of Go's collector for a heap on which live bytes live.
func growth(live uint64) int {
	return int(max(100, min(room*100/max(live, 1), 3200)))
}

// pace measures what lives and sets how far it may grow.
func pace() {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	if s[0].Value.Kind() == metrics.KindUint64 {
		debug.SetGCPercent(growth(s[0].Value.Uint64()))
	}
	afterCollection(pace)
}

// afterCollection calls fn once, after the next collection of the heap: it is what finds that nobody
// holds the token.
func afterCollection(fn func()) {
	token := new([64]byte) // too large for the blocks that tiny things share, which outlive them
	runtime.AddCleanup(token, func(fn func()) { fn() }, fn)
}
