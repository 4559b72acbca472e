// SPDX-License-Identifier: Apache-2.0

// Package load measures a running desk from outside: how long callers wait and how much of the
// processor an answer costs, with the limits of the machine measured in the same run.
//
// The ordinary run only makes sure that a desk under load answers and loses nothing. The
// figures are for `make bench`, which writes them to docs/benchmarks.md.
package load
