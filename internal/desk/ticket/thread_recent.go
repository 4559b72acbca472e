// SPDX-License-Identifier: Apache-2.0

package ticket

import "github.com/loopdesk/loopdesk/internal/kit/memo"

// recent keeps whole threads that were read not long ago, each under the version of the row
// that it belongs to. Every fact and every message of a ticket comes with a new version in the
// same commit, and none is changed later: a kept thread of the version that was just read is
// what reading it anew would give. Who may see what of it is asked at each reading, not here.
//
// A page that hears that a ticket changed fetches several parts of it again, for everybody who
// has it open, and each letter about it reads its thread too.
type recent struct{ threads *memo.Memo[ID, kept] }

type kept struct {
	version int64
	entries []Entry
}

// recentSize bounds what is kept, in bytes, and that twice; a thread with the texts of long
// mails is read anew each time.
const recentSize = 2 << 20

func newRecent() *recent { return &recent{memo.New[ID, kept](recentSize)} }

// get returns the thread of a ticket as of a version; it is to be read only.
func (r *recent) get(which ID, version int64) ([]Entry, bool) {
	k, ok := r.threads.Get(which)
	return k.entries, ok && k.version == version
}

func (r *recent) put(which ID, version int64, entries []Entry) {
	if version == 0 { // a row of a list, which may know no version
		return
	}
	size := 0
	for _, e := range entries {
		size += e.size()
	}
	r.threads.Put(which, kept{version, entries}, size)
}

// size is about how many bytes an entry holds on to.
func (e Entry) size() int {
	n := 512 + 2*len(e.Record.Data) // as it is stored, and decoded
	if m := e.Message; m != nil {
		n += len(m.Text) + len(m.Quoted) + len(m.HTML) + 256*len(m.Attached)
	}
	return n
}
