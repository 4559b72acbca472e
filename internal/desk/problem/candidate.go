// SPDX-License-Identifier: Apache-2.0

package problem

import (
	"cmp"
	"slices"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/problem/radar"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// CandidateID is a candidate's key.
type CandidateID int64

// CandidateState is what became of a candidate.
type CandidateState string

// The states of a candidate.
const (
	Waiting   CandidateState = "open"
	Dismissed CandidateState = "dismissed"
	Taken     CandidateState = "taken" // there is a problem
)

// Candidate is a suspicion of the radar, with its evidence.
type Candidate struct {
	ID        CandidateID
	Version   int64
	State     CandidateState
	Kind      radar.Kind
	Head      ticket.ID   // the ticket that is most like the others
	Tickets   []ticket.ID // the evidence, newest first; filled where one candidate is read
	Count     int64       // tickets of the window
	Days      int64       // length of the window
	Day       time.Time   // of a spike
	Usual     int64       // thousandths of what was to be expected in such a window
	Seen      int64       // of a lasting one, in how many of the last four weeks
	People    int64       // different requesters
	Words     []string
	Category  catalog.CategoryID
	Service   catalog.ServiceID
	Site      string
	Device    string
	FoundAt   time.Time
	At        time.Time // when the radar last saw it
	Gone      bool      // the radar no longer sees it
	Reason    string    // why it was dismissed
	DecidedBy person.ID
	DecidedAt time.Time
	DecidedOn int64 // how many tickets it had then
	Problem   ID
}

// Grown reports whether a candidate that was decided about has become clearly more than it was
// then: half as many again, and five at least.
func (c Candidate) Grown(count int64) bool {
	return count >= c.DecidedOn+5 && 2*count >= 3*c.DecidedOn
}

// found makes a candidate of a finding.
func found(f radar.Finding, at time.Time) Candidate {
	c := Candidate{
		State: Waiting, Kind: f.Kind, Head: ticket.ID(f.Head), Count: int64(f.Count()), Days: int64(f.Days), Day: f.Day, Usual: int64(f.Usual*1000 + 0.5),
		Seen: int64(f.Seen), People: int64(f.People), Words: f.Words, Category: catalog.CategoryID(f.Category), Service: catalog.ServiceID(f.Service),
		Site: f.Site, Device: f.Device, FoundAt: at, At: at,
	}
	for _, k := range f.Keys {
		c.Tickets = append(c.Tickets, ticket.ID(k))
	}
	return c
}

// again is a candidate as the radar sees it now, with what people decided about it. One that was
// dismissed and has clearly grown since waits for a decision again.
func (c Candidate) again(f Candidate) Candidate {
	f.ID, f.Version, f.State, f.FoundAt, f.Problem = c.ID, c.Version, c.State, c.FoundAt, c.Problem
	f.Reason, f.DecidedBy, f.DecidedAt, f.DecidedOn = c.Reason, c.DecidedBy, c.DecidedAt, c.DecidedOn
	if c.State == Dismissed && c.Grown(f.Count) {
		f.State = Waiting
	}
	return f
}

// settle matches what the radar found with the candidates that are known, by their tickets: the
// one with most tickets in common is the same one, where these are a third of either at least. A
// spike is the same by its place and day as well. What a lead made a problem of comes as no new
// candidate. It returns what is to be stored, and which waiting ones the radar no longer sees.
func settle(known, findings []Candidate) (store []Candidate, gone []CandidateID) {
	used := map[CandidateID]bool{}
	for _, f := range findings {
		best, most := -1, 0
		for i, c := range known {
			if n := common(c.Tickets, f.Tickets); !used[c.ID] && n > most && 3*n >= min(len(c.Tickets), len(f.Tickets)) {
				best, most = i, n
			}
		}
		if best < 0 {
			store = append(store, f)
			continue
		}
		used[known[best].ID] = true
		store = append(store, known[best].again(f))
	}
	for _, c := range known {
		if !used[c.ID] && c.State == Waiting && !c.Gone {
			gone = append(gone, c.ID)
		}
	}
	slices.SortFunc(gone, func(a, b CandidateID) int { return cmp.Compare(a, b) })
	return store, gone
}

func common(a, b []ticket.ID) (n int) {
	in := make(map[ticket.ID]bool, len(a))
	for _, x := range a {
		in[x] = true
	}
	for _, x := range b {
		if in[x] {
			n++
		}
	}
	return n
}
