// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app"
)

// terminal is a place where commands are typed: an environment of its own, output that is kept.
type terminal struct {
	t   *testing.T
	env map[string]string
	in  string
	out text
	err text
}

// text is output that may be read while it grows.
type text struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (x *text) Write(b []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.buf.Write(b)
}

func (x *text) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.buf.String()
}

func newTerminal(t *testing.T, env ...string) *terminal {
	t.Helper()
	x := &terminal{t: t, env: map[string]string{"LANG": "en_GB.UTF-8"}}
	for i := 0; i+1 < len(env); i += 2 {
		x.env[env[i]] = env[i+1]
	}
	return x
}

// run types a command line and returns the exit code.
func (x *terminal) run(args ...string) int { return x.runInto(x.t.Context(), &x.out, args...) }

func (x *terminal) runInto(ctx context.Context, out io.Writer, args ...string) int {
	return app.Main(ctx, args, app.Terminal{
		In: strings.NewReader(x.in), Out: out, Err: &x.err,
		Env: func(name string) (string, bool) { v, ok := x.env[name]; return v, ok },
	})
}

// want runs a command line and fails the test unless it ends with the code.
func (x *terminal) want(code int, args ...string) {
	x.t.Helper()
	if got := x.run(args...); got != code {
		x.t.Fatalf("loopdesk %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, x.out.String(), x.err.String())
	}
}

// write makes a file in a folder of the test.
func write(t *testing.T, dir, name, body string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// certificate makes a certificate for localhost that vouches for itself.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert = write(t, dir, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	key = write(t, dir, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	pool = x509.NewCertPool()
	if parsed, err := x509.ParseCertificate(der); err == nil {
		pool.AddCert(parsed)
	}
	return cert, key, pool
}
