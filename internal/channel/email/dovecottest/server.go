// SPDX-License-Identifier: Apache-2.0

package dovecottest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec" //nolint:depguard // only tests import this package, and it starts a server for them
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

// Password is that of every user; every name is a user.
const Password = "mailbox-secret"

// Server is a running Dovecot.
type Server struct {
	Host    string // "127.0.0.1"
	Port    int64  // without encryption, and STARTTLS
	TLSPort int64
	Roots   *x509.CertPool

	t    testing.TB
	dir  string
	uid  int
	gid  int
	sent int
}

// Option changes the configuration.
type Option func(*settings)

type settings struct {
	Dir, User, Login, Capability string
	Port, TLSPort, UID, GID      int64
	Introspect                   string
}

// Without takes capabilities such as "MOVE" away from those that the server tells.
func Without(caps ...string) Option {
	return func(s *settings) {
		var left []string
		for _, c := range strings.Fields("IMAP4rev1 SASL-IR LITERAL+ ENABLE IDLE UNSELECT UIDPLUS ESEARCH MOVE") {
			if !strings.Contains(" "+strings.Join(caps, " ")+" ", " "+c+" ") {
				left = append(left, c)
			}
		}
		s.Capability = strings.Join(left, " ")
	}
}

// Introspect lets people sign in with tokens that an OAuth 2 server at a URL knows; it is asked
// with the token behind the URL.
func Introspect(url string) Option { return func(s *settings) { s.Introspect = url } }

// Start starts a server, or fails the test: it takes Debian's dovecot-imapd.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "dovecot") //nolint:usetesting // the names of sockets must stay short
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Host: "127.0.0.1", t: t, dir: dir, uid: os.Getuid(), gid: os.Getgid()}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	conf := settings{Dir: dir, Port: porttest.Free(t), TLSPort: porttest.Free(t)}
	s.Port, s.TLSPort = conf.Port, conf.TLSPort
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	conf.User, conf.Login = me.Username, me.Username
	if s.uid == 0 { // as root it insists on users of its own
		conf.User, conf.Login, s.uid, s.gid = "dovecot", "dovenull", 65534, 65534
	}
	conf.UID, conf.GID = int64(s.uid), int64(s.gid)
	for _, o := range options {
		o(&conf)
	}
	s.certificate()
	s.own(dir, 0o755)
	s.folder("mail")
	s.write("oauth2.conf", oauthText, conf)
	s.write("dovecot.conf", configText, conf)
	s.run()
	return s
}

func (s *Server) write(name, text string, conf settings) {
	s.t.Helper()
	oauth, mechanisms, capability := "", "", ""
	if conf.Introspect != "" {
		mechanisms = " xoauth2 oauthbearer"
		oauth = "passdb {\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = " + conf.Dir + "/oauth2.conf\n}\n"
	}
	if conf.Capability != "" {
		capability = "imap_capability = " + conf.Capability
	}
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	filled := strings.NewReplacer("{{.Dir}}", conf.Dir, "{{.User}}", conf.User, "{{.Login}}", conf.Login, "{{.Port}}", n(conf.Port), "{{.TLSPort}}", n(conf.TLSPort),
		"{{.UID}}", n(conf.UID), "{{.GID}}", n(conf.GID), "{{.Introspect}}", conf.Introspect, "{{mechanisms}}", mechanisms, "{{oauth}}", oauth, "{{capability}}", capability).Replace(text)
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(filled), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) folder(name string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(path, 0o700); err != nil {
		s.t.Fatal(err)
	}
	s.own(path, 0o700)
	return path
}

func (s *Server) own(path string, mode os.FileMode) {
	s.t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		s.t.Fatal(err)
	}
	if os.Getuid() == 0 && path != s.dir {
		if err := os.Chown(path, s.uid, s.gid); err != nil {
			s.t.Fatal(err)
		}
	}
}

// run starts the server and waits until it answers.
func (s *Server) run() {
	s.t.Helper()
	program := "/usr/sbin/dovecot"
	if found, err := exec.LookPath("dovecot"); err == nil {
		program = found
	}
	log, err := os.Create(filepath.Join(s.dir, "out"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	cmd := exec.CommandContext(ctx, program, "-F", "-c", filepath.Join(s.dir, "dovecot.conf")) //nolint:gosec // a server for a test
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		stop()
		s.t.Fatalf("the tests of fetching need Debian's dovecot-imapd: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	s.t.Cleanup(func() { stop(); <-ended }) //nolint:errcheck // it was interrupted
	patience, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	for again := time.NewTicker(20 * time.Millisecond); ; {
		if c, err := new(net.Dialer).DialContext(patience, "tcp", s.addr()); err == nil {
			_ = c.Close()
			again.Stop()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			s.t.Fatalf("dovecot: %v\n%s", err, s.Log())
		case <-patience.Done():
			s.t.Fatalf("dovecot does not answer\n%s", s.Log())
		case <-again.C:
		}
	}
}

func (s *Server) addr() string { return net.JoinHostPort(s.Host, strconv.FormatInt(s.Port, 10)) }

// Log is what the server wrote.
func (s *Server) Log() string {
	out, _ := os.ReadFile(filepath.Join(s.dir, "out"))
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(out) + string(log)
}

// Deliver puts messages into the inbox of a user, as new ones.
func (s *Server) Deliver(name string, messages ...string) {
	s.t.Helper()
	s.put(name, "new", "", clock.System().Now(), messages)
}

// DeliverRead puts messages into the inbox of a user that came at an instant and that somebody
// has read already.
func (s *Server) DeliverRead(name string, at time.Time, messages ...string) {
	s.t.Helper()
	s.put(name, "cur", ":2,S", at, messages)
}

func (s *Server) put(name, into, flags string, at time.Time, messages []string) {
	s.t.Helper()
	for _, sub := range []string{"", "/tmp", "/new", "/cur"} {
		s.folder("mail/" + name + sub)
	}
	for _, m := range messages {
		s.sent++
		file := fmt.Sprintf("%d.M%06dP%d.test", clock.System().Now().Unix(), s.sent, os.Getpid())
		tmp := filepath.Join(s.dir, "mail", name, "tmp", file)
		if err := os.WriteFile(tmp, []byte(m), 0o600); err != nil {
			s.t.Fatal(err)
		}
		s.own(tmp, 0o600)
		if err := os.Chtimes(tmp, at, at); err != nil {
			s.t.Fatal(err)
		}
		if err := os.Rename(tmp, filepath.Join(s.dir, "mail", name, into, file+flags)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// Lies returns the messages in a folder of a user, "" for the inbox, each with its flags in front, such as "S ".
func (s *Server) Lies(name, folder string) []string {
	s.t.Helper()
	path := filepath.Join(s.dir, "mail", name)
	if folder != "" {
		path = filepath.Join(path, "."+folder)
	}
	var out []string
	for _, sub := range []string{"cur", "new"} {
		list, err := os.ReadDir(filepath.Join(path, sub))
		if err != nil && !os.IsNotExist(err) {
			s.t.Fatal(err)
		}
		for _, e := range list {
			raw, err := os.ReadFile(filepath.Join(path, sub, e.Name()))
			if os.IsNotExist(err) { // renamed meanwhile: look again
				return s.Lies(name, folder)
			}
			if err != nil {
				s.t.Fatal(err)
			}
			_, flags, _ := strings.Cut(e.Name(), ":2,")
			out = append(out, flags+" "+string(raw))
		}
	}
	return out
}

// Rename gives a folder of a user another name, as another program does it.
func (s *Server) Rename(name, folder, to string) {
	s.t.Helper()
	path := filepath.Join(s.dir, "mail", name)
	if err := os.Rename(filepath.Join(path, "."+folder), filepath.Join(path, "."+to)); err != nil {
		s.t.Fatal(err)
	}
}

// Remove takes messages out of the inbox of a user, as another program does it, and returns how
// many it took.
func (s *Server) Remove(name string, which func(message string) bool) int {
	s.t.Helper()
	n := 0
	for _, sub := range []string{"cur", "new"} {
		list, err := filepath.Glob(filepath.Join(s.dir, "mail", name, sub, "*"))
		if err != nil {
			s.t.Fatal(err)
		}
		for _, path := range list {
			raw, err := os.ReadFile(path)
			if err == nil && which(string(raw)) && os.Remove(path) == nil {
				n++
			}
		}
	}
	return n
}

// Renumber gives every message of a user's inbox a new place: another UIDVALIDITY, and other
// UIDs, as after a restored backup. Nobody may be connected.
func (s *Server) Renumber(name string) {
	s.t.Helper()
	path := filepath.Join(s.dir, "mail", name, "dovecot-uidlist")
	old, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	head := regexp.MustCompile(` V(\d+) `).FindSubmatch(old)
	if head == nil {
		s.t.Fatalf("%.80q has no UIDVALIDITY", old)
	}
	validity, err := strconv.ParseInt(string(head[1]), 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	fresh := fmt.Sprintf("3 V%d N501 G00000000000000000000000000000000\n", validity+1000)
	if err := os.WriteFile(path, []byte(fresh), 0o600); err != nil {
		s.t.Fatal(err)
	}
	list, err := filepath.Glob(filepath.Join(s.dir, "mail", name, "dovecot.index*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range list {
		if err := os.Remove(f); err != nil {
			s.t.Fatal(err)
		}
	}
}

// certificate makes an authority that signs for the loopback.
func (s *Server) certificate() {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	now := clock.System().Now()
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, text := range map[string][]byte{"cert.pem": cert, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})} {
		if err := os.WriteFile(filepath.Join(s.dir, name), text, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	s.Roots = x509.NewCertPool()
	s.Roots.AppendCertsFromPEM(cert)
}

// A process that answers one connection only, as is usual, costs more than what the tests ask of it.
const configText = `
base_dir = {{.Dir}}/run
state_dir = {{.Dir}}/state
log_path = {{.Dir}}/log
default_internal_user = {{.User}}
default_login_user = {{.Login}}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{{.Dir}}/cert.pem
ssl_key = <{{.Dir}}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain{{mechanisms}}
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{{.Dir}}/mail/%u
mail_max_userip_connections = 100
mailbox_list_index = no
maildir_very_dirty_syncs = no
{{oauth}}passdb {
  driver = static
  args = password=mailbox-secret
}
userdb {
  driver = static
  args = uid={{.UID}} gid={{.GID}} home={{.Dir}}/mail/%u
}
{{capability}}
service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = {{.Port}}
  }
  inet_listener imaps {
    port = {{.TLSPort}}
    ssl = yes
  }
}
service imap {
  service_count = 100
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`

const oauthText = `introspection_url = {{.Introspect}}
introspection_mode = get
username_attribute = email
active_attribute = active
active_value = true
`
