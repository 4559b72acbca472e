// SPDX-License-Identifier: Apache-2.0

// Package webpush writes messages that only one browser can read, and says who sends them.
//
//	message ──RFC 8291: a key agreed with the browser──▶ RFC 8188 aes128gcm ──▶ body of the POST
//	desk's key ──RFC 8292: a signed word on where, who and until when──▶ Authorization
//
// The maker of the browser carries the body and cannot read it. Everything here is of the
// standard library; the package sends nothing itself.
package webpush
