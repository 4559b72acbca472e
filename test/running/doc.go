// SPDX-License-Identifier: Apache-2.0

// Package running gives a test the desk as people run it: the binary as a process of its own,
// started and killed, reached over the wire and watched from outside.
//
// Nothing of the product is linked in. What a test knows of the desk it was told over HTTP or
// SMTP, or reads from the database as an auditor would:
//
//	d := running.New(t, "") // SQLite in the test's folder
//	d.Start()
//	d.Mail("ada@example.test", raw)
//	d.Kill()
package running
