// SPDX-License-Identifier: Apache-2.0

package slapdtest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec" //nolint:depguard // only tests import this package, and it starts a server for them
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

// How the directory is called, and who may do what.
const (
	Base     = "dc=firm,dc=example"
	People   = "ou=people," + Base
	Admin    = "cn=admin," + Base // may do everything
	Reader   = "cn=desk," + Base  // whom the desk signs in as
	Password = "reader-secret"    // of both
)

// Server is a running slapd.
type Server struct {
	Host    string // "127.0.0.1"
	Port    int64  // without encryption, and StartTLS
	TLSPort int64
	CA      string // the authority in PEM
	Own     string // the server's certificate in PEM

	t     testing.TB
	dir   string
	limit int
	admin *ldap.Conn
	stop  func()
}

// Option changes the server.
type Option func(*Server)

// Limit lets the server give the desk at most n entries, also page by page.
func Limit(n int) Option { return func(s *Server) { s.limit = n } }

// Start starts a server, or fails the test: it takes Debian's slapd.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	dir, err := os.MkdirTemp("", "slapd") //nolint:usetesting // the names of sockets must stay short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &Server{Host: "127.0.0.1", Port: porttest.Free(t), TLSPort: porttest.Free(t), t: t, dir: dir}
	for _, o := range options {
		o(s)
	}
	s.certificate()
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.write("slapd.conf", s.conf())
	s.Run()
	s.add(Base, "dcObject", "organization", "dc=firm", "o=Firm")
	s.add(People, "organizationalUnit", "ou=people")
	s.add("ou=groups,"+Base, "organizationalUnit", "ou=groups")
	s.add(Reader, "organizationalRole", "simpleSecurityObject", "cn=desk", "userPassword="+Password)
	return s
}

// conf is the configuration.
func (s *Server) conf() string {
	size := "unlimited"
	if s.limit > 0 {
		size = strconv.Itoa(s.limit)
	}
	return `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ` + s.dir + `/pid
argsfile ` + s.dir + `/args
TLSCACertificateFile ` + s.dir + `/ca.pem
TLSCertificateFile ` + s.dir + `/own.pem
TLSCertificateKeyFile ` + s.dir + `/own.key
database mdb
suffix "` + Base + `"
rootdn "` + Admin + `"
rootpw ` + Password + `
directory ` + s.dir + `/db
maxsize 1073741824
dbnosync
index objectClass,entryUUID,mail,modifyTimestamp eq
limits dn.exact="` + Reader + `" size.soft=` + size + ` size.hard=` + size + ` size.pr=unlimited size.prtotal=` + size + `
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="` + Reader + `" read by * none
`
}

func (s *Server) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// Run starts the server and waits until it answers.
func (s *Server) Run() {
	s.t.Helper()
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	program := "/usr/sbin/slapd"
	if found, err := exec.LookPath("slapd"); err == nil {
		program = found
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(s.t.Context()))
	cmd := exec.CommandContext(ctx, program, "-f", filepath.Join(s.dir, "slapd.conf"), "-d", "0", //nolint:gosec // a server for a test
		"-h", fmt.Sprintf("ldap://127.0.0.1:%d ldaps://127.0.0.1:%d", s.Port, s.TLSPort))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		stop()
		s.t.Fatalf("the tests of directories need Debian's slapd: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	s.stop = func() { stop(); <-ended }
	s.t.Cleanup(s.Stop)
	patience, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if c, err := new(net.Dialer).DialContext(patience, "tcp", net.JoinHostPort(s.Host, strconv.FormatInt(s.Port, 10))); err == nil {
			s.admin = ldap.NewConn(c, false)
			s.admin.Start()
			s.must(s.admin.Bind(Admin, Password))
			return
		}
		select {
		case <-ended:
			s.t.Fatalf("slapd ended\n%s", s.Log())
		case <-patience.Done():
			s.t.Fatalf("slapd does not answer\n%s", s.Log())
		case <-again.C:
		}
	}
}

// Stop ends the server; Run starts it again with what it holds.
func (s *Server) Stop() {
	if s.stop == nil {
		return
	}
	if s.admin != nil {
		_ = s.admin.Close()
	}
	s.stop()
	s.stop, s.admin = nil, nil
}

// Log is what the server wrote.
func (s *Server) Log() string {
	out, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(out)
}

func (s *Server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// Setting is how a desk asks the server: by StartTLS, trusting its authority.
func (s *Server) Setting() directory.Server {
	c := directory.StartServer()
	c.Host, c.Port, c.Security, c.Trust, c.User = s.Host, s.Port, directory.StartTLS, s.CA, Reader
	c.Base, c.PageSize = People, 100
	return c
}
