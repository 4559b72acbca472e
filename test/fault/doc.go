// SPDX-License-Identifier: Apache-2.0

// Package fault breaks a running desk and looks at what is left (checks F01, F02, F24).
//
// The binary is built once and runs as its own process; clients speak to it over the wire and
// remember each answer as ok or unknown. What the database holds afterwards is read by a reader
// of this package's own, which shares no code with the product: every ok exactly once, every
// unknown at most once.
package fault
