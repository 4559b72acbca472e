// SPDX-License-Identifier: Apache-2.0

// Package secret signs the short names that leave the house and must come back
// unforged: reply addresses, Message-IDs, links that confirm or follow.
//
// A mac says "we made this, for this purpose, over exactly these parts". It
// hides nothing and it does not expire by itself: what must expire carries its
// end among the parts, and what must be revoked carries a version.
//
//	mac = key id (2 characters) + 128 bits of HMAC-SHA-256 (26 characters)
//
// It is written in [a-z2-7], so it survives mail addresses, URLs, file names
// and being read aloud. Every purpose has its own key and every part its own
// length in front, so neither a mac for another purpose nor the same letters
// split elsewhere can pass (checks S04, S18; ASVS 11.2.4, 11.5.1).
package secret
