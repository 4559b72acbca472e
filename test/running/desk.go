// SPDX-License-Identifier: Apache-2.0

package running

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

// Who is there in every desk, and what they sign in with.
const (
	Agent      = "load@example.test"
	Admin      = "admin@example.test"
	Address    = "desk@example.test" // of the desk itself
	Passphrase = "correct horse battery staple"
)

// Desk is one desk that may be started and ended many times on the same data.
type Desk struct {
	testing.TB
	Data     string // its folder
	Database string // URL of its PostgreSQL; empty on SQLite
	HTTP     string // address, "127.0.0.1:12345"
	SMTP     string
	LMTP     string // address; empty for none
	Metrics  string
	Token    string // of Agent, for the API

	bin   string
	proc  *exec.Cmd
	out   *output
	ended chan struct{} // closed when the process is gone
	why   error         // how it ended; read after ended
}

// New makes a desk with an agent, an administrator, a token and an address of its own. It does
// not run yet. It ends with the test.
func New(t testing.TB, database string) *Desk {
	t.Helper()
	d := On(t, filepath.Join(t.TempDir(), "data"), database)
	d.Staff()
	d.Start()
	d.Receive()
	d.Kill()
	return d
}

// On is a desk over data that exists already, or over nothing yet.
func On(t testing.TB, data, database string) *Desk {
	t.Helper()
	bin, err := build()
	if err != nil {
		t.Fatal(err)
	}
	d := &Desk{TB: t, bin: bin, Data: data, Database: database, HTTP: porttest.Addr(t), SMTP: porttest.Addr(t), Metrics: porttest.Addr(t), out: &output{}}
	t.Cleanup(d.Kill)
	return d
}

// Staff adds the agent and the administrator and makes the token.
func (d *Desk) Staff() {
	d.Helper()
	for email, role := range map[string]string{Agent: "agent", Admin: "admin"} {
		d.Run(Passphrase, "user", "add", "--email", email, "--name", role, "--role", role, "--lang", "en", "--password-stdin")
	}
	for word := range strings.FieldsSeq(d.Run("", "token", "create", "--user", Agent, "--name", "load")) {
		if strings.HasPrefix(word, "ldk_") {
			d.Token = word
		}
	}
	if d.Token == "" {
		d.Fatal("no token was printed")
	}
}

// built is the binary of this test process, compiled when it is first asked for.
var built struct { //nolint:gochecknoglobals // one binary for all desks of a test process
	once sync.Once
	bin  string
	err  error
}

// build compiles the command of the module that the test runs in.
func build() (string, error) {
	built.once.Do(func() {
		if bin := os.Getenv("LOOPDESK_TEST_BINARY"); bin != "" { // built already
			built.bin = bin
			return
		}
		dir, err := os.MkdirTemp("", "loopdesk-running")
		if err != nil {
			built.err = err
			return
		}
		built.bin = filepath.Join(dir, "loopdesk")
		if out, err := exec.Command("go", "build", "-o", built.bin, "github.com/loopdesk/loopdesk/cmd/loopdesk").CombinedOutput(); err != nil {
			built.err = fmt.Errorf("build: %w\n%s", err, out)
		}
	})
	return built.bin, built.err
}

func (d *Desk) command(args ...string) *exec.Cmd {
	cmd := exec.Command(d.bin, args...)
	cmd.Env = append(os.Environ(), "LOOPDESK_DATA="+d.Data, "LOOPDESK_DATABASE="+d.Database, "LOOPDESK_HTTP="+d.HTTP,
		"LOOPDESK_SMTP="+d.SMTP, "LOOPDESK_LMTP="+d.LMTP, "LOOPDESK_METRICS="+d.Metrics, "LOOPDESK_API_PER_MINUTE=0", "LANG=C.UTF-8")
	return cmd
}

// Run gives one command and returns what it printed.
func (d *Desk) Run(input string, args ...string) string {
	d.Helper()
	cmd := d.command(args...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.Fatalf("loopdesk %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Start runs the desk and waits until it says that it is ready; it returns how long that took.
func (d *Desk) Start() time.Duration { d.Helper(); return d.StartUntil("/readyz") }

// StartUntil runs the desk and waits until a page answers 200.
func (d *Desk) StartUntil(path string) time.Duration {
	d.Helper()
	begin := time.Now()
	d.proc, d.ended = d.command("serve"), make(chan struct{})
	d.proc.Stdout, d.proc.Stderr = d.out, d.out
	if err := d.proc.Start(); err != nil {
		d.Fatal(err)
	}
	proc, ended := d.proc, d.ended
	go func() {
		d.why = proc.Wait()
		close(ended)
	}()
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for time.Since(begin) < 30*time.Second {
		select {
		case <-d.ended:
			d.Fatalf("the desk ended: %v\n%s", d.why, d.out)
		default:
		}
		if r, err := client.Get("http://" + d.HTTP + path); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return time.Since(begin)
			}
		}
		time.Sleep(2 * time.Millisecond) // the process of another binary gives no other sign
	}
	d.Fatalf("the desk does not answer %s after 30 s\n%s", path, d.out)
	return 0
}

// Kill ends the desk without a word, as a power switch would.
func (d *Desk) Kill() { d.end(syscall.SIGKILL) }

// Stop ends the desk as an operator does, and returns when it has drained.
func (d *Desk) Stop() { d.end(syscall.SIGTERM) }

func (d *Desk) end(with syscall.Signal) {
	if d.proc == nil {
		return
	}
	_ = d.proc.Process.Signal(with)
	<-d.ended
	d.proc = nil
}

// PID is the process of the desk while it runs.
func (d *Desk) PID() int { return d.proc.Process.Pid }

// Wrote is what the desk wrote since it was made.
func (d *Desk) Wrote() string { return d.out.String() }

// output takes what a process writes; it may be read meanwhile.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write keeps what the process writes.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

// String is all of it.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
