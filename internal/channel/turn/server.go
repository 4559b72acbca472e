// SPDX-License-Identifier: Apache-2.0

package turn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/pion/logging"
	"github.com/pion/turn/v5"
	"golang.org/x/net/netutil"

	"github.com/loopdesk/loopdesk/internal/desk/remote"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
)

// Guests says who may use the relay: the session that a name belongs to, and the password of that
// name. An error is a no.
type Guests interface {
	Admit(ctx context.Context, user string) (remote.ID, string, error)
}

// Server is the relay.
type Server struct {
	guests Guests
	clock  clock.Clock
	realm  string
	hall   *hall

	mu    sync.Mutex
	known map[string]known
	names map[string]string // the last good name of each session, by which it is asked for again
}

// known is what was found out about a name a moment ago.
type known struct {
	session  remote.ID
	password string
	good     bool
	at       time.Time
}

// NewServer makes the relay. realm is shown to browsers before they give their name.
func NewServer(g Guests, c clock.Clock, realm string) *Server {
	return &Server{guests: g, clock: c, realm: realm, hall: &hall{clock: c, seats: map[int]*seat{}}, known: map[string]known{}, names: map[string]string{}}
}

// Serve answers at both doors, either of which may be nil, until ctx ends. It closes them.
func (s *Server) Serve(ctx context.Context, udp net.PacketConn, tcp net.Listener) error {
	conf := turn.ServerConfig{
		// Browsers ask for no family (RFC 8656, 7.2): were a seat of the family by which somebody comes,
		// two who come by different ones would never be paired.
		StrictAddressFamily: true,

		Realm: s.realm, AuthHandler: s.admit(ctx), AllocationLifetime: life, InboundMTU: mtu,
		QuotaHandler:  func(session, _ string, _ net.Addr) bool { return s.hall.room(session) },
		LoggerFactory: &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled},
	}
	if udp != nil {
		conf.PacketConnConfigs = []turn.PacketConnConfig{{PacketConn: udp, RelayAddressGenerator: s.hall, PermissionHandler: s.hall.permit}}
	}
	if tcp != nil {
		conf.ListenerConfigs = []turn.ListenerConfig{{Listener: netutil.LimitListener(patient{tcp}, maxConns), RelayAddressGenerator: s.hall, PermissionHandler: s.hall.permit}}
	}
	server, err := turn.NewServer(conf)
	if err != nil {
		return fmt.Errorf("serve the relay: %w", err)
	}
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			if err := server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				return fmt.Errorf("close the relay: %w", err)
			}
			return nil
		case <-again.C:
			s.Look(ctx)
		}
	}
}

// End closes what a session has here, at once.
func (s *Server) End(which remote.ID) {
	session := strconv.FormatInt(int64(which), 10)
	s.mu.Lock()
	delete(s.names, session)
	for name, k := range s.known {
		if k.session == which {
			delete(s.known, name)
		}
	}
	s.mu.Unlock()
	s.hall.clear(session)
}

// Sitting is how many allocations there are.
func (s *Server) Sitting() int {
	s.hall.mu.Lock()
	defer s.hall.mu.Unlock()
	return len(s.hall.seats)
}

// Look asks again for everybody who sits here: a session may have ended at another node.
func (s *Server) Look(ctx context.Context) {
	for _, session := range s.hall.sessions() {
		s.mu.Lock()
		name := s.names[session]
		s.mu.Unlock()
		if _, _, err := s.guests.Admit(ctx, name); err != nil && ctx.Err() == nil {
			s.hall.clear(session)
		}
	}
}

// admit answers the library: who a name is, and the key to check what was signed with it.
func (s *Server) admit(ctx context.Context) turn.AuthHandler {
	return func(r *turn.RequestAttributes) (string, []byte, bool) {
		k := s.ask(ctx, r.Username)
		if !k.good {
			return "", nil, false
		}
		return strconv.FormatInt(int64(k.session), 10), turn.GenerateAuthKey(r.Username, s.realm, k.password), true
	}
}

// ask looks a name up, or remembers what it found a moment ago: whoever sends many requests does
// not make the database busy.
func (s *Server) ask(ctx context.Context, name string) known {
	now := s.clock.Now()
	s.mu.Lock()
	k, ok := s.known[name]
	s.mu.Unlock()
	if ok && now.Sub(k.at) < remember && !now.Before(k.at) {
		return k
	}
	which, password, err := s.guests.Admit(ctx, name)
	k = known{session: which, password: password, good: err == nil, at: now}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= maxRemember {
		clear(s.known)
	}
	s.known[name] = k
	if k.good {
		s.names[strconv.FormatInt(int64(which), 10)] = name
	}
	return k
}

// patient is a listener whose connections end when nothing comes for a while.
type patient struct{ net.Listener }

// Accept waits for the next connection.
func (l patient) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return idle{c}, nil
}

type idle struct{ net.Conn }

// Read waits for what comes next, and no longer than that.
func (c idle) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(clock.System().Now().Add(idleAfter)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}
