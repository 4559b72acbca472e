// SPDX-License-Identifier: Apache-2.0

// Package setting keeps what an administrator changes while the desk runs.
//
// Each room owns the type and the checks of its own setting and a name for it,
// "triage.matrix"; this room stores the value, counts its versions and records
// who changed it. What must be known before the database opens is not here but
// in the configuration.
package setting
