// SPDX-License-Identifier: Apache-2.0

// Package job is the durable queue: what must happen after a commit, exactly
// because that commit happened, and what must happen at a certain time.
//
// A job is put into the queue by the transaction that wants it, so it exists
// if and only if that transaction was committed. It runs at least once:
//
//	         ┌────────── failed: waits longer each time ──────────┐
//	         ▼                                                    │
//	enqueued, waiting ──due, claimed──▶ running ──done──▶ gone    │
//	         ▲                             │ ├────────────────────┘
//	         │                             │ └─permanent, or tried too often─▶ dead
//	         ├──── the lease ran out ──────┘                                    │
//	         └──────────────────────── retried by a person ─────────────────────┘
//
// A kind may gather: its jobs wait a moment for others of it (Gather), and may be done in one run
// (HandleAll), so that what follows many commits needs few of its own.
//
// A worker claims jobs in batches, under a lease and a claim token, and
// finishes the last batch in the commit that claims the next. A worker that
// crashed loses its lease, and somebody else takes the job (F21); a worker that
// slept past its lease finishes nothing, because its token is no longer the
// one in the row (F22). Between an effect outside the database and the mark
// "done" there is always a gap, so a handler may see a job twice: it makes its
// effect recognisable by the job or event it comes from (F39), or marks the job
// done in the commit of the effect with Queue.Done.
//
// Lease times come from the clock of each node. A clock that jumps makes jobs
// run twice or late, never lose them and never finish them twice.
//
// It does not know what the jobs mean, and keeps no history of those done.
package job
