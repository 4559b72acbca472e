// SPDX-License-Identifier: Apache-2.0

// Package porttest gives a test a port of the loopback that nobody takes while the server it is
// for is down.
//
// A port that the kernel gave and took back is one that it may give to the next outgoing
// connection. A server that a test ends and starts again would then find it in use, and a client
// of a port where nobody listens may even connect to itself and wait for a greeting without end
// (RFC 9293 3.5, simultaneous open). So the ports here lie below those that the kernel gives.
package porttest

import (
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// The ports that are given: below what Linux (32768) and IANA (49152, RFC 6335) hand out by themselves.
const (
	lowest = 12_000
	count  = 20_000
)

// kept holds the locks of this process: what was given is nobody else's until the process ends.
var kept struct { //nolint:gochecknoglobals // ports belong to the process
	sync.Mutex
	files []*os.File
}

// Free is a port of 127.0.0.1 on which nobody listens, and which no other test of this machine is
// given while this process lives.
func Free(t testing.TB) int64 {
	t.Helper()
	dir := filepath.Join(os.TempDir(), "loopdesk-test-ports")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	kept.Lock()
	defer kept.Unlock()
	for range 1000 {
		port := lowest + rand.IntN(count)
		f, err := os.OpenFile(filepath.Join(dir, strconv.Itoa(port)), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil && silent(t, port) {
			kept.files = append(kept.files, f)
			return int64(port)
		}
		_ = f.Close()
	}
	t.Fatal("no port of the loopback is free")
	return 0
}

// Addr is Free as an address, "127.0.0.1:12345".
func Addr(t testing.TB) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.FormatInt(Free(t), 10))
}

// silent reports whether one could listen there.
func silent(t testing.TB, port int) bool {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return l.Close() == nil
}
