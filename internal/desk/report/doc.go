// SPDX-License-Identifier: Apache-2.0

// Package report counts what was kept and what was broken: the clocks of tickets and the times
// that were told to requesters, by week, group and priority, with what moved between groups and
// what came back.
//
//	facts of a ticket ── Outcomes ─▶ report_clock    one row a run of a clock
//	                  ├─ Tally ────▶ report_ticket   one row a ticket
//	                  └─ Overrides ▶ report_override one row a priority that was overridden
//	promise.Counts ─────────────────▶ as they are
//
// Outcomes and Tally are pure functions of facts and of the policy in force: a new policy, calendar
// or category tree makes everything be computed again, and a clock that the page shows as kept is
// kept here. The rows are a cache and nothing else. Follow brings it up to date by the event log
// itself, so that no command pays for a report: every quarter of a minute, and before a report is
// read.
//
// Who may see what: leads and administrators every group, agents the groups that they belong to.
package report
