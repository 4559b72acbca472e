// SPDX-License-Identifier: Apache-2.0

// Package mailtest is a mail server on the loopback for tests. It takes what it is sent and
// keeps it, or refuses it as the test says; it sends nothing anywhere.
package mailtest
