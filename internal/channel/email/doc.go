// SPDX-License-Identifier: Apache-2.0

// Package email is the door for mail.
//
//	in    SMTP listener ──▶ intake journals the bytes ──▶ only then "250"
//	out   notify says what ──▶ Letters writes it ──▶ Sender hands it to the smarthost
//
// It translates between the trade and the wire and decides nothing: who is told, who may
// write, and what a message becomes is decided in desk/notify and desk/intake. How a message
// is read and composed is the business of kit/mail.
package email
