// SPDX-License-Identifier: Apache-2.0

// Package incident replays the lives of 10,325 real incidents of one company's service desk on a
// whole house on virtual time, by the commands that people would have given, and holds what our
// report counts against what that desk counted: reassignments, reopenings, waits, closings.
//
// The incidents are test data outside the repository ($LOOPDESK_TESTDATA, else ../shared/data
// beside it, itsm-events). A sample runs with every test, all of them by "make incidents".
package incident
