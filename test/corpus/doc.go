// SPDX-License-Identifier: Apache-2.0

// Package corpus sends mail that other projects collected to a running desk and looks at what
// became of each message: none is lost, none breaks the desk, and a page shows it safely.
//
// The messages are test data outside the repository ($LOOPDESK_TESTDATA, else ../shared/data
// beside it); where they are not there the tests say so.
package corpus
