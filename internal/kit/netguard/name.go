// SPDX-License-Identifier: Apache-2.0

package netguard

import (
	"net/netip"
	"strings"
)

// HostName reports whether s names a machine that somebody may type: an address, or at most 253
// letters, digits, dots, hyphens and underscores, neither a dot nor a hyphen first. Whether there is
// such a machine, and whether it may be called, is seen when it is dialled.
func HostName(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return s != "" && len(s) <= 253 && !strings.HasPrefix(s, ".") && !strings.HasPrefix(s, "-") && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._", r)
	}) < 0
}

// Local reports whether a host is this machine, where nothing needs to be encrypted on its way.
func Local(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && a.IsLoopback())
}
