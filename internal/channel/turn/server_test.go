// SPDX-License-Identifier: Apache-2.0

package turn_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/pion/logging"
	pion "github.com/pion/turn/v5"

	"github.com/loopdesk/loopdesk/internal/channel/turn"
	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// guests are names with their sessions; every password is "pass:" and the name.
type guests struct {
	mu   sync.Mutex
	list map[string]remote.ID
}

func (g *guests) Admit(_ context.Context, user string) (remote.ID, string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if which, ok := g.list[user]; ok {
		return which, "pass:" + user, nil
	}
	return 0, "", errors.New("nobody")
}

func (g *guests) leave(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.list, user)
}

// relay serves on the loopback for the length of the test.
func relay(t *testing.T, g *guests) (*turn.Server, *net.UDPAddr, string) {
	t.Helper()
	udp, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := turn.NewServer(g, clock.System(), "desk.example")
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, udp, tcp) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return s, udp.LocalAddr().(*net.UDPAddr), tcp.Addr().String() //nolint:forcetypeassert // it is
}

// client is a browser's side of the relay: by UDP, or by TCP where tcp is given.
func client(t *testing.T, at *net.UDPAddr, tcp, user, password string) (*pion.Client, net.PacketConn, error) {
	t.Helper()
	var conn net.PacketConn
	var err error
	server := at.String()
	if tcp != "" {
		var c net.Conn
		if c, err = (&net.Dialer{}).DialContext(t.Context(), "tcp4", tcp); err == nil {
			conn, server = pion.NewSTUNConn(c), tcp
		}
	} else {
		network, own := "udp4", "127.0.0.1:0"
		if at.IP.To4() == nil {
			network, own = "udp6", "[::1]:0"
		}
		conn, err = (&net.ListenConfig{}).ListenPacket(t.Context(), network, own)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := pion.NewClient(&pion.ClientConfig{
		STUNServerAddr: server, TURNServerAddr: server, Conn: conn, Username: user, Password: password, Realm: "desk.example",
		RequestedAddressFamily: pion.RequestedAddressFamilyIPv4, // which is not sent, as browsers send none
		LoggerFactory:          &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		_ = conn.Close()
	})
	if err := c.Listen(); err != nil {
		t.Fatal(err)
	}
	seat, err := c.Allocate()
	return c, seat, err
}

func seated(t *testing.T, at *net.UDPAddr, tcp, user string) net.PacketConn {
	t.Helper()
	_, seat, err := client(t, at, tcp, user, "pass:"+user)
	if err != nil {
		t.Fatalf("%s gets no seat: %v", user, err)
	}
	t.Cleanup(func() { _ = seat.Close() })
	return seat
}

// TestN26_TwoSidesMeetAcrossAddressFamilies: a requester whose network has IPv6 alone and an agent
// whose has IPv4 alone meet at a relay that stands in both.
func TestN26_TwoSidesMeetAcrossAddressFamilies(t *testing.T) {
	t.Parallel()
	udp, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "[::]:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &guests{list: map[string]remote.ID{"one": 7, "two": 7, "three": 7}}
	s := turn.NewServer(g, clock.System(), "desk.example")
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, udp, nil) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	port := udp.LocalAddr().(*net.UDPAddr).Port //nolint:forcetypeassert // it is
	four, six := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port}, &net.UDPAddr{IP: net.IPv6loopback, Port: port}
	one, two, three := seated(t, four, "", "one"), seated(t, six, "", "two"), seated(t, six, "", "three")
	arrives(t, one, two, "from the one family to the other")
	arrives(t, two, one, "and back")
	arrives(t, two, three, "within one")
}

// arrives sends until it arrives: a packet may overtake the permission for it.
func arrives(t *testing.T, from, to net.PacketConn, text string) {
	t.Helper()
	got, b := make(chan string, 1), make([]byte, 1500)
	go func() {
		for {
			n, _, err := to.ReadFrom(b)
			if err != nil {
				return
			}
			switch string(b[:n]) {
			case text:
				got <- text
				return
			case "to another session", "late":
				got <- string(b[:n])
				return
			}
		}
	}()
	again, patience := time.NewTicker(20*time.Millisecond), time.NewTimer(20*time.Second)
	defer again.Stop()
	defer patience.Stop()
	for {
		if _, err := from.WriteTo([]byte(text), to.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		if _, err := to.WriteTo([]byte("hello"), from.LocalAddr()); err != nil { // lets the other in
			t.Fatal(err)
		}
		select {
		case what := <-got:
			if what != text {
				t.Fatalf("what was said to another session arrives: %q", what)
			}
			return
		case <-again.C:
		case <-patience.C:
			t.Fatalf("%q never arrives", text)
		}
	}
}

func TestN26_TwoSidesMeetByUDPAndByTCP(t *testing.T) {
	t.Parallel()
	_, udp, tcp := relay(t, &guests{list: map[string]remote.ID{"one": 7, "two": 7}})
	a, b := seated(t, udp, "", "one"), seated(t, udp, tcp, "two")
	arrives(t, a, b, "an offer of pixels")
	arrives(t, b, a, "where the pointer is")
}

// The relay sends to nowhere but to the other side: not to the machine it stands on, not into the
// network behind it, not to the world, not to another session.
func TestN26_S80_TheRelayReachesNobodyElse(t *testing.T) {
	t.Parallel()
	_, at, _ := relay(t, &guests{list: map[string]remote.ID{"one": 7, "other": 8}})
	victim, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Close() }()
	a, other := seated(t, at, "", "one"), seated(t, at, "", "other")
	for _, to := range []string{victim.LocalAddr().String(), at.String(), "10.0.0.1:53", "192.168.1.1:161", "169.254.169.254:80", "8.8.8.8:53", "0.0.0.0:53"} {
		peer, err := net.ResolveUDPAddr("udp4", to)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.WriteTo([]byte("to a stranger"), peer); err == nil {
			t.Errorf("the relay takes a packet for %s", to)
		}
	}
	// To a place of another session the library lets it through; the hall loses it. What the other
	// session says within itself afterwards arrives, and nothing before it.
	for _, pair := range [][2]net.PacketConn{{a, other}, {other, a}} {
		if _, err := pair[0].WriteTo([]byte("to another session"), pair[1].LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	arrives(t, seated(t, at, "", "other"), other, "within the session")
	if _, err := a.WriteTo([]byte("late"), other.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	arrives(t, seated(t, at, "", "other"), other, "and again")
	// Nothing came where the packets were sent to: the first that does is ours.
	if _, err := victim.WriteTo([]byte("ours"), victim.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1500)
	if n, _, err := victim.ReadFrom(b); err != nil || string(b[:n]) != "ours" {
		t.Errorf("a stranger's packet arrives: %q %v", b[:n], err)
	}
}

func TestN26_S80_OnlyWhoIsAdmittedGetsASeat(t *testing.T) {
	t.Parallel()
	g := &guests{list: map[string]remote.ID{"one": 7}}
	s, at, _ := relay(t, g)
	for name, password := range map[string]string{"one": "wrong", "nobody": "pass:nobody", "": ""} {
		if _, _, err := client(t, at, "", name, password); err == nil {
			t.Errorf("%q with %q gets a seat", name, password)
		}
	}
	seat := seated(t, at, "", "one")
	g.leave("one")
	s.End(7)
	if _, _, err := client(t, at, "", "one", "pass:one"); err == nil {
		t.Error("a seat after the end of the session")
	}
	_ = seat
}

func TestN26_ASessionTakesOnlySoManySeats(t *testing.T) {
	t.Parallel()
	g := &guests{list: map[string]remote.ID{"one": 7, "other": 8}}
	s, at, _ := relay(t, g)
	for range 48 {
		seated(t, at, "", "one")
	}
	if _, _, err := client(t, at, "", "one", "pass:one"); err == nil {
		t.Error("one seat too many")
	}
	seated(t, at, "", "other") // others sit all the same
	g.leave("one")
	s.Look(t.Context())
	g.mu.Lock()
	g.list["again"] = 7
	g.mu.Unlock()
	seated(t, at, "", "again") // whose session is over made room
}
