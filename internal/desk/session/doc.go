// SPDX-License-Identifier: Apache-2.0

// Package session knows who is there: passwords, sessions, API tokens, one-time links and
// the signed links that stand in mails.
//
// Every secret is 128 bits from the system's randomness, is stored only as a hash, has one
// purpose and can be revoked (ASVS 6.5, 7.2). Tries are counted before they are looked at,
// so that a thousand at once are a thousand counted (ASVS 6.3.1).
package session
