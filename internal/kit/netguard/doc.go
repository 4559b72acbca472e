// SPDX-License-Identifier: Apache-2.0

// Package netguard holds the one client with which the house calls out to
// addresses that somebody typed in: webhooks, image proxy, avatars, imports.
//
// Whoever may type an address may try to make us call our own network. So an
// address is judged twice:
//
//	URL ──Check──▶ scheme, user info, name, literal address   (before any look-up)
//	 └──dial──▶ every address that the name resolved to        (after the look-up)
//
// The second judgement stands in the dialer itself, after DNS and before the
// first packet, so a name that answers differently the second time gains
// nothing. A redirect is a new request and goes through both again. Proxy
// settings of the environment are ignored, because a proxy would look up and
// call the address for us.
//
// Only the open internet is allowed. An administrator whose webhooks live in
// the company network names its prefixes in Options.Allow (check S80; ASVS
// 1.3.6, 13.2.5, 15.3.2).
package netguard
