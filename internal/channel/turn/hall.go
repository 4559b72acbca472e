// SPDX-License-Identifier: Apache-2.0

package turn

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/pion/turn/v5"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// The addresses that allocations seem to have. They are of the blocks set aside for documentation
// (RFC 5737, RFC 3849), to which nothing on any network answers: a browser that tries to reach one
// without the relay reaches nobody.
func place4() net.IP { return net.IPv4(203, 0, 113, 1).To4() }
func place6() net.IP { return net.ParseIP("2001:db8::1") }

// Bounds of one relay and one session.
const (
	maxSeats    = 960              // allocations in all
	maxSession  = 48               // and of one session: two sides, UDP and TCP, a few networks each, a few tries
	waiting     = 512              // packets that wait for a slow reader; more are lost, as on any network
	maxPacket   = 2048             // bytes
	perSecond   = 1_500_000        // bytes that one side may send for long: a sharp screen needs a third
	burst       = 2 * perSecond    // and at once
	firstPort   = 49152            // of the ports that allocations seem to have
	lastPort    = 65535            // RFC 6335
	maxTries    = 64               // to find one that is free
	idleAfter   = 5 * time.Minute  // a connection on which nothing comes is closed
	lookAgain   = 5 * time.Second  // who sits here is asked for again
	maxConns    = 200              // TCP connections at once
	maxRemember = 1000             // names whose answer is remembered for a moment
	remember    = 2 * time.Second  // how long
	mtu         = maxPacket        // of what comes in
	life        = 10 * time.Minute // of an allocation, unless refreshed
)

// hall is where the allocations of all sessions meet.
type hall struct {
	clock clock.Clock
	mu    sync.Mutex
	seats map[int]*seat // by port
}

var (
	errFull = errors.New("the relay is full")
	errNone = errors.New("the relay carries datagrams only")
)

// seat is one allocation: what the library takes for a socket.
type seat struct {
	hall    *hall
	session string
	addr    *net.UDPAddr
	in      chan packet
	done    chan struct{}
	once    sync.Once

	mu    sync.Mutex
	left  float64 // bytes that may be sent now
	since time.Time
}

type packet struct {
	data []byte
	from net.Addr
}

// Validate has nothing to look for.
func (h *hall) Validate() error { return nil }

// AllocatePacketConn gives a session another seat. The port that was wished for is not looked at.
func (h *hall) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	ip := place4()
	if c.Network == "udp6" {
		ip = place6()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.seats) >= maxSeats || h.count(c.UserID) >= maxSession {
		return nil, nil, errFull
	}
	for range maxTries {
		var b [2]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, nil, err
		}
		port := firstPort + int(binary.BigEndian.Uint16(b[:]))%(lastPort-firstPort+1)
		if h.seats[port] != nil {
			continue
		}
		s := &seat{
			hall: h, session: c.UserID, addr: &net.UDPAddr{IP: ip, Port: port}, in: make(chan packet, waiting), done: make(chan struct{}),
			left: burst, since: h.clock.Now(),
		}
		h.seats[port] = s
		return s, s.addr, nil
	}
	return nil, nil, errFull
}

// AllocateListener refuses: nothing here needs TCP on the relayed side (RFC 6062).
func (h *hall) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNone
}

// AllocateConn refuses likewise.
func (h *hall) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errNone }

// count returns how many seats a session has. The caller holds the lock.
func (h *hall) count(session string) int {
	n := 0
	for _, s := range h.seats {
		if s.session == session {
			n++
		}
	}
	return n
}

// room reports whether a session may have another seat.
func (h *hall) room(session string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.seats) < maxSeats && h.count(session) < maxSession
}

// permit is asked before anybody may be sent to: only those who sit here (S80, ASVS 17.1.1). The seat
// itself looks again that both are of one session.
func (h *hall) permit(_ net.Addr, peer net.IP) bool {
	return peer.Equal(place4()) || peer.Equal(place6())
}

// find returns another seat of the same session; nil where the address is anything else.
func (h *hall) find(to net.Addr, from *seat) *seat {
	a, ok := to.(*net.UDPAddr)
	if !ok || !h.permit(nil, a.IP) {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.seats[a.Port]
	if s == nil || s == from || s.session != from.session || !s.addr.IP.Equal(a.IP) {
		return nil
	}
	return s
}

// sessions returns who sits here.
func (h *hall) sessions() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := map[string]bool{}
	var out []string
	for _, s := range h.seats {
		if !seen[s.session] {
			seen[s.session] = true
			out = append(out, s.session)
		}
	}
	return out
}

// clear closes the seats of a session.
func (h *hall) clear(session string) {
	h.mu.Lock()
	var list []*seat
	for _, s := range h.seats {
		if s.session == session {
			list = append(list, s)
		}
	}
	h.mu.Unlock()
	for _, s := range list {
		_ = s.Close()
	}
}

// ReadFrom waits for a packet of another seat.
func (s *seat) ReadFrom(p []byte) (int, net.Addr, error) {
	select {
	case <-s.done:
		return 0, nil, net.ErrClosed
	case m := <-s.in:
		return copy(p, m.data), m.from, nil
	}
}

// WriteTo carries a packet to another seat of the session. To anywhere else it is lost, and so is
// one beyond what a side may send: networks do the same.
func (s *seat) WriteTo(p []byte, to net.Addr) (int, error) {
	select {
	case <-s.done:
		return 0, net.ErrClosed
	default:
	}
	other := s.hall.find(to, s)
	if other == nil || len(p) > maxPacket || !s.spend(len(p)) {
		return len(p), nil
	}
	m := packet{append([]byte(nil), p...), s.addr}
	select {
	case other.in <- m:
	case <-other.done:
	default: // the reader is slower than this side sends
	}
	return len(p), nil
}

// spend takes bytes from what a side may send; false where there are not enough.
func (s *seat) spend(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.hall.clock.Now()
	if d := now.Sub(s.since); d > 0 {
		s.left = min(burst, s.left+d.Seconds()*perSecond)
	}
	s.since = now
	if s.left < float64(n) {
		return false
	}
	s.left -= float64(n)
	return true
}

// Close gives the seat back.
func (s *seat) Close() error {
	s.once.Do(func() {
		close(s.done)
		s.hall.mu.Lock()
		defer s.hall.mu.Unlock()
		if s.hall.seats[s.addr.Port] == s {
			delete(s.hall.seats, s.addr.Port)
		}
	})
	return nil
}

// LocalAddr is what the seat is called.
func (s *seat) LocalAddr() net.Addr { return s.addr }

// Nothing is waited for here that a deadline could end.
func (*seat) SetDeadline(time.Time) error      { return nil }
func (*seat) SetReadDeadline(time.Time) error  { return nil }
func (*seat) SetWriteDeadline(time.Time) error { return nil }
