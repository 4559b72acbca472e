// SPDX-License-Identifier: Apache-2.0

// Package device owns the register of devices and of the places at which they stand (N8).
//
//	spare ──▶ in use ◀──▶ in repair
//	            │             │
//	            └──▶ retired ◀┘      from every state, and back: nothing is deleted
//
// A device has one tag for good, which stands on its label; the code beside it leads whoever scans
// it, once signed in, to a request that is about the device already. The code is a random name: it
// tells a stranger nothing, and a retired device answers that it is retired.
//
// Which tickets are about a device are facts of those tickets; this room follows them, so that a
// device knows its own. A file is read, planned line by line, shown, and only then applied, whole
// or not at all; the same file again changes nothing.
package device
