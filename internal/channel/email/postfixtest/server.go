// SPDX-License-Identifier: Apache-2.0

package postfixtest

import (
	"context"
	"net"
	"os"
	"os/exec" //nolint:depguard // only tests import this package, and it starts a server for them
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

// Options say where mail goes. Each is host:port on the loopback.
type Options struct {
	Domain string // whose mail goes to Desk
	Desk   string // speaks LMTP
	World  string // speaks SMTP and takes the rest
	// Cert and Key are files; with them it offers STARTTLS.
	Cert, Key string
}

// Server is a running Postfix.
type Server struct {
	Host string // "127.0.0.1"
	Port int64  // SMTP for everybody on this machine

	t   testing.TB
	dir string
}

// Start starts a server, or fails the test: it takes Debian's postfix.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "postfix") //nolint:usetesting // the names of sockets must stay short
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Host: "127.0.0.1", Port: porttest.Free(t), t: t, dir: dir}
	t.Cleanup(func() { s.root("rm", "-rf", dir) })
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // every process of the server passes through it
		t.Fatal(err)
	}
	s.write("main.cf", mainText, o)
	s.write("master.cf", masterText, o)
	s.write("transport", "{{.Domain}} lmtp:inet:{{.Desk}}\n* smtp:[{{.WorldHost}}]:{{.WorldPort}}\n", o)
	s.folders()
	s.run()
	s.hurry()
	return s
}

// Addr is host and port.
func (s *Server) Addr() string { return net.JoinHostPort(s.Host, strconv.FormatInt(s.Port, 10)) }

// Log is what the server wrote.
func (s *Server) Log() string {
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(log)
}

// Queued counts the messages that the server has and could not hand over yet.
func (s *Server) Queued() int {
	s.t.Helper()
	n := 0
	for line := range strings.Lines(s.root("find", "incoming", "active", "deferred", "maildrop", "-type", "f")) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}

func (s *Server) write(name, text string, o Options) {
	s.t.Helper()
	host, port, err := net.SplitHostPort(o.World)
	if err != nil {
		s.t.Fatal(err)
	}
	safe := "none"
	if o.Cert != "" {
		safe = "may"
	}
	filled := strings.NewReplacer("{{.Dir}}", s.dir, "{{.Port}}", strconv.FormatInt(s.Port, 10), "{{.Domain}}", o.Domain, "{{.Desk}}", o.Desk,
		"{{.WorldHost}}", host, "{{.WorldPort}}", port, "{{.TLS}}", safe, "{{.Cert}}", o.Cert, "{{.Key}}", o.Key).Replace(text)
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(filled), 0o644); err != nil { //nolint:gosec // the server's users read it
		s.t.Fatal(err)
	}
}

// folders makes the queue as the server's own installation does, each folder with its owner.
func (s *Server) folders() {
	s.t.Helper()
	s.root("chown", "-R", "root:root", s.dir)
	s.root("install", "-d", "-o", "root", "-g", "root", "-m", "755", "pid")
	var private []string
	for name := range strings.FieldsSeq("active bounce corrupt defer deferred flush hold incoming private saved trace data") {
		private = append(private, filepath.Join(s.dir, name))
	}
	s.root(append([]string{"install", "-d", "-o", "postfix", "-m", "700"}, private...)...)
	s.root("install", "-d", "-o", "postfix", "-g", "postdrop", "-m", "730", "maildrop")
	s.root("install", "-d", "-o", "postfix", "-g", "postdrop", "-m", "710", "public")
	s.root("install", "-m", "600", "/dev/null", "log")
	if os.Getuid() != 0 {
		s.root("chmod", "644", "log")
	}
}

// root runs a command in the server's folder as root and returns what it printed.
func (s *Server) root(args ...string) string {
	s.t.Helper()
	cmd := s.command(context.WithoutCancel(s.t.Context()), args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		s.t.Errorf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (s *Server) command(ctx context.Context, args ...string) *exec.Cmd {
	if os.Getuid() != 0 {
		args = append([]string{"sudo", "-n"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // a server for a test
	cmd.Dir = s.dir
	return cmd
}

// run starts the server and waits until it answers.
func (s *Server) run() {
	s.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	cmd := s.command(ctx, "/usr/lib/postfix/sbin/master", "-c", s.dir, "-d")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // it ends its whole group when it is told to end
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		stop()
		s.t.Fatalf("the tests of relaying need Debian's postfix: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	s.t.Cleanup(func() { stop(); <-ended }) //nolint:errcheck // it was told to end
	patience, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	for again := time.NewTicker(20 * time.Millisecond); ; {
		if c, err := new(net.Dialer).DialContext(patience, "tcp", s.Addr()); err == nil {
			_ = c.Close()
			again.Stop()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			s.t.Fatalf("postfix: %v\n%s", err, s.Log())
		case <-patience.Done():
			s.t.Fatalf("postfix does not answer\n%s", s.Log())
		case <-again.C:
		}
	}
}

// hurry tells the queue manager every other second to go through all that lies in its queue,
// whatever time it wrote on it. A mail whose delivery has just failed, and which it takes up again
// before the process that delivered it has let go of it, it puts aside for five minutes, which no
// setting shortens.
func (s *Server) hurry() {
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	ended := make(chan struct{})
	s.t.Cleanup(func() { stop(); <-ended })
	go func() {
		defer close(ended)
		for tick := time.NewTicker(2 * time.Second); ; {
			select {
			case <-ctx.Done():
				tick.Stop()
				return
			case <-tick.C:
				_ = s.command(ctx, "/usr/sbin/postkick", "-c", s.dir, "public", "qmgr", "AID").Run() // it is told again
			}
		}
	}()
}

// The times are those of an impatient server: what waits minutes in a company waits a second here.
const mainText = `
compatibility_level = 3.6
queue_directory = {{.Dir}}
data_directory = {{.Dir}}/data
maillog_file_prefixes = {{.Dir}}
maillog_file = {{.Dir}}/log
myhostname = relay.example.net
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
transport_maps = texthash:{{.Dir}}/transport
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_tls_security_level = {{.TLS}}
smtpd_tls_cert_file = {{.Cert}}
smtpd_tls_key_file = {{.Key}}
message_size_limit = 52428800
mailbox_size_limit = 0
queue_run_delay = 1s
minimal_backoff_time = 2s
maximal_backoff_time = 3s
lmtp_connect_timeout = 2s
smtp_connect_timeout = 2s
notify_classes =
`

const masterText = `
{{.Port}} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
