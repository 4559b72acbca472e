// SPDX-License-Identifier: Apache-2.0

package app

import (
	"cmp"
	"context"
	"net"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/channel/turn"
	"github.com/loopdesk/loopdesk/internal/desk/live"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// This file ties the room of remote help to the relay: the room says who may use it, the relay
// hears when a session is over.

// remote makes the room and its relay, which serves once there is a door for it.
func (h *House) remote(s stores, o Options) {
	h.Remote = remote.NewService(remote.Parts{
		DB: s.DB, Clock: o.Clock, Jobs: h.Jobs, People: h.People, Settings: h.Settings, Tickets: h.Tickets, Keys: s.Keys,
		Relay: func() string {
			if at := h.relay.Load(); at != nil {
				return *at
			}
			return ""
		},
		Hint: func(tx *db.Tx, which ticket.ID) { h.Hub.Publish(tx, live.Remote(which)) },
		Over: func(which remote.ID) { h.Relay.End(which) },
	})
	h.Relay = turn.NewServer(h.Remote, clock.System(), cmp.Or(h.Config.TurnRealm, hostOf(h.Public), "loopdesk"))
}

// OpenRelay tells the sessions that begin from now on where the relay is. What it returns serves
// at both doors until its context ends; tcp may be nil.
func (h *House) OpenRelay(udp net.PacketConn, tcp net.Listener) (serve func(context.Context) error) {
	at := h.Config.relayAddress(udp.LocalAddr(), h.Public)
	h.relay.Store(&at)
	return func(ctx context.Context) error {
		defer h.relay.Store(nil)
		return h.Relay.Serve(ctx, udp, tcp)
	}
}

// relayAddress is where browsers reach a relay that listens at an address: where the
// configuration says, else there, else at the host of the desk.
func (c Config) relayAddress(at net.Addr, public string) string {
	host, port, err := net.SplitHostPort(at.String())
	if err != nil {
		return ""
	}
	if c.TurnPublic != "" {
		if h, p, err := net.SplitHostPort(c.TurnPublic); err == nil {
			return net.JoinHostPort(h, p)
		}
		return net.JoinHostPort(strings.Trim(c.TurnPublic, "[]"), port)
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = hostOf(public)
	}
	return net.JoinHostPort(host, port)
}

// relayName reports whether a text names a host, with a port or without; nothing is a name, too.
func relayName(s string) bool {
	if s == "" {
		return true
	}
	host := s
	if h, p, err := net.SplitHostPort(s); err == nil {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return false
		}
		host = h
	}
	host = strings.Trim(host, "[]")
	return net.ParseIP(host) != nil || host != "" && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// relayTries is how many free ports are tried until one is free for both.
const relayTries = 20

// listenRelay listens at an address by UDP and by TCP; port 0 is one that is free for both.
func listenRelay(ctx context.Context, addr string) (net.PacketConn, net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, nil, err
	}
	for try := 0; ; try++ {
		tcp, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
		if err != nil {
			return nil, nil, err
		}
		at := addr
		if port == "0" {
			_, free, err := net.SplitHostPort(tcp.Addr().String())
			if err != nil {
				return nil, nil, err
			}
			at = net.JoinHostPort(host, free)
		}
		udp, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp", at)
		if err == nil {
			return udp, tcp, nil
		}
		_ = tcp.Close()
		if port != "0" || try == relayTries {
			return nil, nil, err
		}
	}
}
