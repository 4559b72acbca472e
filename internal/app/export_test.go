// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net"
)

// Keys lists the keys of the configuration.
func Keys() []key { return keys() }

// PublicURL is where people reach the desk.
func (c Config) PublicURL(listener string) string { return c.publicURL(listener) }

// Secure reports whether cookies are for encrypted connections only.
func (c Config) Secure() bool { return c.secure() }

// DemoTickets is how many tickets a demo has.
const DemoTickets = demoTickets

// DemoPassword is what the sample people sign in with.
const DemoPassword = demoPassword

// DemoSigns are the people who can.
func DemoSigns() [][2]string { return demoSigns() }

// Unheard and Told are the two halves of the wiring.
func Unheard() map[string]string { return unheard() }
func (h *House) Told() []string  { return h.told }

// Ready reports whether the house works.
func (h *House) Ready() bool { return h.ready.Load() }

// Hourly is the housekeeping of an hour.
func (h *House) Hourly(ctx context.Context) error { return h.hourly(ctx) }

// RelayAddress is where browsers reach a relay that listens at an address.
func (c Config) RelayAddress(at net.Addr, public string) string { return c.relayAddress(at, public) }

// RelayName reports whether a text names a host.
func RelayName(s string) bool { return relayName(s) }

// ListenRelay listens by UDP and by TCP.
func ListenRelay(ctx context.Context, addr string) (net.PacketConn, net.Listener, error) {
	return listenRelay(ctx, addr)
}
