// SPDX-License-Identifier: Apache-2.0

// Package postfixtest gives a test a real mail server, Postfix, on the loopback: in a temporary
// folder, with a configuration and a queue of its own, stopped when the test ends. It hands mail
// for some domains to a desk by LMTP and everything else to one server of the test's, keeps what
// is refused for now, and comes again after a second instead of minutes.
//
// Postfix changes its user from process to process, so that it is started as root: by whoever
// runs the tests, or through sudo.
package postfixtest
