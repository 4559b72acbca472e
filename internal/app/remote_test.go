// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN26_WhereBrowsersReachTheRelay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ at, public, url, want string }{
		"as it listens":               {"192.0.2.7:3478", "", "https://desk.example.org", "192.0.2.7:3478"},
		"at every address":            {"0.0.0.0:3478", "", "https://desk.example.org:8443", "desk.example.org:3478"},
		"at every address of IPv6":    {"[::]:3478", "", "https://desk.example.org", "desk.example.org:3478"},
		"behind a firewall":           {"10.0.0.7:3478", "relay.example.org:443", "https://desk.example.org", "relay.example.org:443"},
		"behind one with that port":   {"10.0.0.7:3478", "relay.example.org", "https://desk.example.org", "relay.example.org:3478"},
		"behind one, by an address":   {"10.0.0.7:3478", "2001:db8::7", "https://desk.example.org", "[2001:db8::7]:3478"},
		"behind one, by both of them": {"10.0.0.7:3478", "[2001:db8::7]:99", "https://desk.example.org", "[2001:db8::7]:99"},
	} {
		at, err := net.ResolveUDPAddr("udp", c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := (app.Config{TurnPublic: c.public}).RelayAddress(at, c.url); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if !app.RelayName(c.public) {
			t.Errorf("%s: %q is refused", name, c.public)
		}
	}
	for _, bad := range []string{"a b", "http://relay", "relay:0", "relay:99999", "relay:x", "relay/x", "?", ":3478", "relay:"} {
		if app.RelayName(bad) {
			t.Errorf("%q is taken for a host", bad)
		}
	}
	conf := app.Config{Data: "x", HTTP: "127.0.0.1:0", Turn: "nowhere", TurnPublic: "a b"}
	err := errs.As(conf.Check())
	if err == nil || len(err.Fields) != 2 {
		t.Errorf("a configuration of nothing: %v", err)
	}
}

func TestN26_TheRelayTakesOnePortForBoth(t *testing.T) {
	t.Parallel()
	udp, tcp, err := app.ListenRelay(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = udp.Close()
		_ = tcp.Close()
	}()
	if udp.LocalAddr().String() != tcp.Addr().String() {
		t.Errorf("%s and %s", udp.LocalAddr(), tcp.Addr())
	}
	if _, _, err := app.ListenRelay(t.Context(), tcp.Addr().String()); err == nil {
		t.Error("a port that is taken")
	}
}
