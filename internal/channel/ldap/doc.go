// SPDX-License-Identifier: Apache-2.0

// Package ldap is the door to a directory server (RFC 4511): it connects, encrypts, signs in,
// searches page by page (RFC 2696) and asks the server whether a password is right.
//
// It goes to the server that the administrator named and nowhere else: through the guard of
// kit/netguard, and no referral is followed. Certificates are always checked: by the system's
// authorities, by those that the administrator gave, or against the one certificate that they
// gave (A76). A password that is empty is never sent: a server takes that for a stranger who
// wants nothing, and says yes (RFC 4513, 5.1.2; S54).
package ldap
