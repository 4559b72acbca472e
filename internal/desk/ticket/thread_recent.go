// SPDX-License-Identifier: Apache-2.0

package ticket

import "sync"

// recent keeps whole threads that were read not long ago, each under the version of the row
// that it belongs to. Every fact and every message of a ticket comes with a new version in the
// same commit, and none is changed later: a kept thread of the version that was just read is
// what reading it anew would give. Who may see what of it is asked at each reading, not here.
//
// A page that hears that a ticket changed fetches several parts of it again, for everybody who
// has it open, and each letter about it reads its thread too.
type recent struct {
	mu    sync.Mutex
	young map[ID]kept // those read since the young ones last grew too large
	old   map[ID]kept // the young ones of before
	size  int         // bytes of the young ones
}

type kept struct {
	version int64
	entries []Entry
}

// What is kept, in bytes: so much in the young half and as much in the old one; a thread with
// the texts of long mails is read anew each time.
const (
	recentSize   = 2 << 20
	recentThread = 256 << 10
)

func newRecent() *recent { return &recent{young: map[ID]kept{}} }

// get returns the thread of a ticket as of a version; it is to be read only.
func (r *recent) get(which ID, version int64) ([]Entry, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.young[which]
	if !ok {
		if k, ok = r.old[which]; ok && k.version == version {
			r.keep(which, k) // it is in use: it outlives the old ones
		}
	}
	return k.entries, ok && k.version == version
}

func (r *recent) put(which ID, version int64, entries []Entry) {
	if version == 0 { // a row of a list, which may know no version
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keep(which, kept{version, entries})
}

func (r *recent) keep(which ID, k kept) {
	size := 0
	for _, e := range k.entries {
		size += e.size()
	}
	if size > recentThread {
		return
	}
	if r.size += size; r.size > recentSize {
		r.young, r.old, r.size = map[ID]kept{}, r.young, size
	}
	r.young[which] = k
}

// size is about how many bytes an entry holds on to.
func (e Entry) size() int {
	n := 512 + 2*len(e.Record.Data) // as it is stored, and decoded
	if m := e.Message; m != nil {
		n += len(m.Text) + len(m.Quoted) + len(m.HTML) + 256*len(m.Attached)
	}
	return n
}
