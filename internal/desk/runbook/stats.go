// SPDX-License-Identifier: Apache-2.0

package runbook

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// Record is how a runbook fared on this desk's tickets.
type Record struct {
	Solved   int64 // runs that ended with the matter solved, for good
	Back     int64 // and those whose ticket came back
	Unsolved int64 // and without, every step done or left out
	Waived   int64 // left out as a whole
	Stopped  int64
	Going    int64
	Steps    map[string]StepRecord
}

// Ended is how many runs say whether it helps.
func (r Record) Ended() int64 { return r.Solved + r.Back + r.Unsolved }

// Rate is how many of them solved the matter for good, in percent; -1 before the first.
func (r Record) Rate() int {
	if r.Ended() == 0 {
		return -1
	}
	return int((r.Solved*100 + r.Ended()/2) / r.Ended())
}

// StepRecord is how one step fared.
type StepRecord struct {
	Tried   int64 // it was done, whatever came of it
	Worked  int64 // what was expected came
	Solved  int64 // the matter was solved right after it
	Back    int64 // it was said to be, and the ticket came back: it did not work
	Waived  int64
	Cannot  int64 // the requester could not do it
	Unclear int64 // or did not understand it
}

// Rate is in how many of the tries it worked, in percent; -1 before the first.
func (r StepRecord) Rate() int {
	if r.Tried == 0 {
		return -1
	}
	return int((r.Worked*100 + r.Tried/2) / r.Tried)
}

// enough is how often a step is tried before it is said that it never helps.
const enough = 5

// Idle reports whether a step never helps: it was tried often enough and worked not once.
func (r StepRecord) Idle(k Kind) bool {
	return (k == Instruct || k == Act) && r.Tried >= enough && r.Worked == 0
}

// Returns reports whether what was solved by a step does not hold: half of the tickets that it closed
// came back.
func (r StepRecord) Returns() bool { return r.Back >= 2 && r.Back >= r.Solved }

// Baffling reports whether requesters mostly cannot do it or do not understand it.
func (r StepRecord) Baffling() bool {
	n := r.Cannot + r.Unclear
	return n >= 3 && n*2 > r.Tried+n
}

// RecordOf returns how a runbook fared, over all its versions. Staff only.
func (s *Service) RecordOf(ctx context.Context, by access.Actor, which ID) (Record, error) {
	if err := access.Can(by, access.RunbookRead, access.Object{}); err != nil {
		return Record{}, err
	}
	list, err := tally(ctx, s.DB, which)
	if err != nil {
		return Record{}, err
	}
	counts, err := ends(ctx, s.DB)
	out := recordOf(counts[which])
	for _, t := range list {
		r := out.Steps[t.step]
		r.Solved += t.solved
		r.Back += t.back
		switch t.outcome {
		case Waived:
			r.Waived += t.times
		case Cannot:
			r.Cannot += t.times
		case Unclear:
			r.Unclear += t.times
		case Done, In:
			r.Worked += t.times - t.back
			r.Tried += t.times
		default:
			r.Tried += t.times
		}
		out.Steps[t.step] = r
	}
	return out, err
}

// Records returns how every runbook fared, without its steps. Staff only.
func (s *Service) Records(ctx context.Context, by access.Actor) (map[ID]Record, error) {
	if err := access.Can(by, access.RunbookRead, access.Object{}); err != nil {
		return nil, err
	}
	counts, err := ends(ctx, s.DB)
	out := map[ID]Record{}
	for which, n := range counts {
		out[which] = recordOf(n)
	}
	return out, err
}

func recordOf(e ended) Record {
	n := e.states
	return Record{
		Solved: n[RunSolved] - e.back, Back: e.back, Unsolved: n[RunUnsolved], Waived: n[RunWaived], Stopped: n[RunStopped], Going: n[Running] + n[Sent], Steps: map[string]StepRecord{},
	}
}
