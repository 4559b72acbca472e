// SPDX-License-Identifier: Apache-2.0

package linetest

import (
	"context"
	"io"
	"net"
	"strconv"
	"sync"
	"testing"
)

// Line passes connections on to a server and breaks them where the test says.
type Line struct {
	Host string
	Port int64

	to     string
	listen net.Listener
	mu     sync.Mutex
	down   int64 // bytes from the server that still pass; below 0 for all
	up     int64 // bytes to the server
	passed int64 // bytes from the server in all
	sent   int64 // bytes to the server in all
	rest   int   // connections that are broken at all
	edit   func([]byte) []byte
	live   map[net.Conn]bool
}

// New opens a line to a server on some host and port; nothing breaks yet.
func New(t testing.TB, host string, port int64) *Line {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x := &Line{Host: "127.0.0.1", Port: int64(l.Addr().(*net.TCPAddr).Port), to: net.JoinHostPort(host, strconv.FormatInt(port, 10)), listen: l, down: -1, up: -1, live: map[net.Conn]bool{}}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { x.pass(ctx, c) })
		}
	})
	t.Cleanup(func() {
		stop()
		_ = l.Close()
		all.Wait()
	})
	return x
}

// Addr is where the line begins, "127.0.0.1:12345".
func (l *Line) Addr() string { return l.listen.Addr().String() }

// Cut lets the next connection break when more than some bytes come from the server (down) or go to
// it (up); -1 lets all of them pass. Connections after it are whole.
func (l *Line) Cut(down, up int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down, l.up, l.rest = down, up, 1
}

// CutAll is Cut for every connection from now on.
func (l *Line) CutAll(down, up int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.down, l.up, l.rest = down, up, 1<<30
}

// Break breaks every connection that stands, wherever it is, and returns how many did.
func (l *Line) Break() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.live {
		_ = c.Close()
	}
	return len(l.live)
}

// Edit changes what comes from the server, piece by piece.
func (l *Line) Edit(edit func([]byte) []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.edit = edit
}

// Passed returns how many bytes came from the server and how many went to it.
func (l *Line) Passed() (down, up int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.passed, l.sent
}

func (l *Line) pass(ctx context.Context, c net.Conn) {
	defer func() { _ = c.Close() }()
	l.mu.Lock()
	l.live[c] = true
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.live, c)
	}()
	down, up := int64(-1), int64(-1)
	if l.rest > 0 {
		down, up = l.down, l.up
		l.rest--
	}
	l.mu.Unlock()
	s, err := new(net.Dialer).DialContext(ctx, "tcp", l.to)
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }()
	defer context.AfterFunc(ctx, func() { _, _ = c.Close(), s.Close() })()
	done := make(chan struct{}, 2)
	go func() { l.carry(s, c, up, &l.sent, nil); done <- struct{}{} }()
	go func() {
		l.mu.Lock()
		edit := l.edit
		l.mu.Unlock()
		l.carry(c, s, down, &l.passed, edit)
		done <- struct{}{}
	}()
	<-done
	_, _ = c.Close(), s.Close()
	<-done
}

// carry copies until the end, or as many bytes as are left.
func (l *Line) carry(to io.Writer, from io.Reader, left int64, count *int64, edit func([]byte) []byte) {
	b := make([]byte, 4096)
	for {
		n, err := from.Read(b)
		piece := b[:n]
		if edit != nil {
			piece = edit(piece)
		}
		broken := left >= 0 && int64(len(piece)) > left
		if broken {
			piece = piece[:left]
		}
		if left >= 0 {
			left -= int64(len(piece))
		}
		if len(piece) > 0 {
			l.mu.Lock() // counted before it arrives: who has read it may ask how much it was
			*count += int64(len(piece))
			l.mu.Unlock()
			if _, e := to.Write(piece); e != nil {
				return
			}
		}
		if err != nil || broken {
			return
		}
	}
}
