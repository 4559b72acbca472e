// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
	"github.com/loopdesk/loopdesk/test/running"
)

// syncs is how often in a second the disk under a folder takes 4 kB at the end of a file and
// says that it has them.
func syncs(t testing.TB, dir string, b bounds) figures {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "syncs"))
	if err != nil {
		t.Fatal(err)
	}
	page := make([]byte, 4096)
	out := drive(t, 1, b, func(int, int) error {
		if _, err := f.Write(page); err != nil {
			return err
		}
		return f.Sync()
	})
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	return out
}

// helloVariable makes this test binary a web server that says hello, and nothing else: what
// net/http itself costs on this machine, measured as the desk is, in a process of its own.
const helloVariable = "LOOPDESK_LOAD_HELLO"

func TestMain(m *testing.M) {
	if addr := os.Getenv(helloVariable); addr != "" {
		hello(addr)
		return
	}
	os.Exit(m.Run())
}

func hello(addr string) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		os.Exit(1)
	}
	_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello\n") }))
}

// hellos measures that server with the same clients as the desk.
func hellos(t testing.TB, callers int, b bounds) figures {
	t.Helper()
	addr := porttest.Addr(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helloVariable+"="+addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	clients := connections(callers)
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) { // another process says in no other way that it listens
		if _, err := fetch(clients[0], "http://"+addr); err == nil {
			break
		} else if time.Since(begin) > 10*time.Second {
			t.Fatal(err)
		}
	}
	before, _ := running.CPU(cmd.Process.Pid)
	f := drive(t, callers, b, func(caller, _ int) error { _, err := fetch(clients[caller], "http://"+addr); return err })
	after, err := running.CPU(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	f.cpu = after - before
	return f
}

// machine describes what was measured on, without a date and without a name.
func machine() []string {
	read := func(file, prefix string) string {
		text, _ := os.ReadFile(file)
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				_, value, _ := strings.Cut(rest, ":")
				if value == "" {
					value = rest
				}
				return strings.TrimSpace(value)
			}
		}
		return "unknown"
	}
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	kernel, _, _ := strings.Cut(strings.TrimSpace(string(release)), "-") // the rest names a builder
	return []string{
		"processor: " + read("/proc/cpuinfo", "model name") + ", " + plural(runtime.NumCPU(), "core"),
		"memory: " + read("/proc/meminfo", "MemTotal:"),
		"system: " + runtime.GOOS + "/" + runtime.GOARCH + ", kernel " + kernel,
		"built with " + runtime.Version() + ", `CGO_ENABLED=0 go build -trimpath -ldflags='-s -w'`",
	}
}
