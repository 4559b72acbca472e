// SPDX-License-Identifier: Apache-2.0

// Package dovecottest gives a test a real IMAP server, Dovecot, on the loopback: in a temporary
// folder, with an authority of its own, stopped when the test ends. Mail is put into a mailbox
// as another mail server would do it, behind the desk's back.
package dovecottest
