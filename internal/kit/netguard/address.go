// SPDX-License-Identifier: Apache-2.0

package netguard

import (
	"net/netip"
	"strings"
)

// closed are the ranges of IANA's special-purpose registries that no request
// of ours may reach, and two addresses of cloud providers that lie outside them.
func closed() []netip.Prefix {
	return prefixes(
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
		"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"168.63.129.16/32", // Azure's host agent, on a public address
		// Of IPv6 only 2000::/3 is open at all; these are the holes in it. Tunnels
		// (2001::/32, 2002::/16) carry an IPv4 address of the sender's choice.
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
	)
}

// open6 is the part of IPv6 that is routed on the internet.
func open6() netip.Prefix { return netip.MustParsePrefix("2000::/3") }

// loopback is what AllowLoopback opens.
func loopback() []netip.Prefix { return prefixes("127.0.0.0/8", "::1/128") }

// prefixes parses constants.
func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		all[i] = netip.MustParsePrefix(t)
	}
	return all
}

// holds reports whether one of the prefixes contains the address.
func holds(all []netip.Prefix, a netip.Addr) bool {
	for _, p := range all {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// checkAddr judges one address after it was resolved. An IPv4 address written
// as IPv6 is judged as what it is.
func (o Options) checkAddr(a netip.Addr) error {
	if a.Zone() != "" {
		return refuse("an address with a zone")
	}
	a = a.Unmap()
	switch {
	case o.AllowLoopback && holds(loopback(), a), holds(o.Allow, a):
		return nil
	case a.Is6() && !open6().Contains(a), holds(closed(), a):
		return refuse("the address " + a.String() + " is not on the open internet")
	}
	return nil
}

// checkName judges a host name before it is looked up. The dialer would refuse
// what it resolves to anyway; this says so at once and spares the look-up.
func (o Options) checkName(host string) error {
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	switch {
	case name == "":
		return refuse("no host")
	case len(name) > 253 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-._") != "":
		// Names in other scripts must come as punycode: what looks like a digit
		// or a dot in Unicode becomes one in the resolver.
		return refuse("a host name with other characters than letters, digits, dots and hyphens")
	case endsInNumber(name):
		// Decimal, octal, hexadecimal and shortened forms of an address: resolvers
		// disagree about them, so only the plain form that netip reads is taken.
		return refuse("a host that is a number in an unusual form")
	case isMetadata(name):
		return refuse("the host " + name + " serves the credentials of a cloud machine")
	case name == "localhost" || strings.HasSuffix(name, ".localhost"):
		if o.AllowLoopback {
			return nil
		}
		return refuse("this machine")
	case len(o.Allow) > 0:
		return nil // names of the company network; the dialer judges their addresses
	case !strings.Contains(name, "."), hasInnerSuffix(name):
		return refuse("the host " + name + " is a name of an inner network")
	}
	return nil
}

// endsInNumber is the rule of the WHATWG URL standard for hosts that browsers
// and C libraries read as an IPv4 address.
func endsInNumber(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last == "" {
		return false
	}
	if rest, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(rest, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

// isMetadata knows the names under which clouds serve a machine's credentials
// and that are no inner names by their form.
func isMetadata(name string) bool {
	switch name {
	case "metadata.google.internal", "metadata.packet.net", "metadata.platformequinix.com",
		"metadata.tencentyun.com", "instance-data.ec2.internal":
		return true
	}
	return false
}

// hasInnerSuffix knows the top levels that are reserved for inner networks
// (RFC 6761, RFC 6762, RFC 8375, ICANN 2024 for internal) or in common use there.
func hasInnerSuffix(name string) bool {
	for _, s := range []string{".local", ".internal", ".intranet", ".lan", ".home", ".corp", ".home.arpa", ".onion"} {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}
