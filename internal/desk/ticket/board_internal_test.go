// SPDX-License-Identifier: Apache-2.0

package ticket

import "testing"

// Commits reach the board in any order: what one of them closed stays closed when the one before
// it arrives later, and what was opened again since is open.
func TestAnEarlierCommitThatArrivesLaterOpensNothing(t *testing.T) {
	t.Parallel()
	b := newBoard()
	b.put(Ticket{ID: 1, Version: 6, Status: Closed})
	b.put(Ticket{ID: 1, Version: 5, Status: Resolved})
	if len(b.rows) != 0 {
		t.Error("a closed ticket is counted as open")
	}
	b.put(Ticket{ID: 1, Version: 7, Status: Opened})
	if len(b.rows) != 1 {
		t.Error("a ticket that was opened again is not counted")
	}
	b.put(Ticket{ID: 1, Version: 6, Status: Closed})
	if len(b.rows) != 1 {
		t.Error("a ticket that was opened again is closed by what came before")
	}
}
