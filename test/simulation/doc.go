// SPDX-License-Identifier: Apache-2.0

// Package simulation runs a desk on virtual time with everything at random that can be: people,
// calendars, policies, commands and who gives them, when timers wake, what the machine's clock
// says, when the process ends and begins again. After every step the invariants must hold (F52).
//
// A run is a function of its seed. One that fails says its seed; the same seed fails the same way:
//
//	LOOPDESK_SEED=4711 go test ./test/simulation -run TestF52
//	LOOPDESK_SEEDS=10000 go test ./test/simulation -run TestF52 -timeout 60m     (make simulate)
//
// The desk of desk_test.go is the trade alone, with a log and rows in memory: rights, life, rules,
// gates, folds, clocks, promises and outcomes are the real ones. The house of house_test.go is a
// whole one on SQLite, for fewer seeds.
package simulation
