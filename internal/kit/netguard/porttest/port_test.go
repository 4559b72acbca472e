// SPDX-License-Identifier: Apache-2.0

package porttest_test

import (
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

func TestAPortIsGivenOnceAndNotByTheKernel(t *testing.T) {
	t.Parallel()
	own := int64(32768)
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		if own, err = strconv.ParseInt(strings.Fields(string(text))[0], 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[int64]bool{}
	for range 200 {
		port := porttest.Free(t)
		if seen[port] || port >= own {
			t.Fatalf("port %d: given before %v, the kernel's from %d", port, seen[port], own)
		}
		seen[port] = true
	}
	l, err := net.Listen("tcp", porttest.Addr(t)) //nolint:noctx // ends with the test
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
