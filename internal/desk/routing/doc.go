// SPDX-License-Identifier: Apache-2.0

// Package routing gives new tickets to a group, and where a rule says so to a person of it (N8).
//
//	recorded, classified, graded ──job──▶ the first rule whose condition holds
//	                                        ├▶ its group
//	                                        └▶ of the group's people who can, are on duty and have room:
//	                                           the one with least in work
//
// A condition is an expression over what is known of the ticket. It has no loops, so that it
// ends after as many steps as it is long; one that fails is passed over, and the administrator
// sees why. Once a person has chosen a group, the rules leave the ticket alone. A ticket that is
// given on to another group counts against the rule that chose the first.
package routing
