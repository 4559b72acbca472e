// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
)

// ledger is a journal that keeps what it is given, or does what the test says.
type ledger struct {
	mu   sync.Mutex
	list []intake.Delivery
	do   func() error // before it keeps anything
}

// JournalAll keeps deliveries.
func (l *ledger) JournalAll(_ context.Context, list []intake.Delivery) ([]intake.ID, error) {
	l.mu.Lock()
	do := l.do
	l.mu.Unlock()
	if do != nil {
		if err := do(); err != nil {
			return nil, err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, list...)
	return make([]intake.ID, len(list)), nil
}

func (l *ledger) all() []intake.Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

// door is a listener on the loopback.
type door struct {
	testing.TB
	ledger *ledger
	addr   string
	stop   func() error // ends Serve and returns what it returned
}

func newDoor(t testing.TB, c email.ListenConfig) *door {
	t.Helper()
	return newDoorAt(t, "127.0.0.1:0", c)
}

func newDoorAt(t testing.TB, addr string, c email.ListenConfig) *door {
	t.Helper()
	d := &door{TB: t, ledger: &ledger{}}
	if c.Journal == nil {
		c.Journal = d.ledger
	}
	if c.Own == nil {
		c.Own = func(_ context.Context, addr string) (bool, error) {
			return addr == "desk@example.org" || addr == "net@example.org" || strings.HasPrefix(addr, "desk+") && strings.HasSuffix(addr, "@example.org"), nil
		}
	}
	on, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- email.NewListener(c).Serve(ctx, on) }()
	d.addr = on.Addr().String()
	d.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		if err := d.stop(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// send hands a message over with a real client.
func (d *door) send(from string, to []string, raw string) error {
	d.Helper()
	c, err := smtp.Dial(d.addr)
	if err != nil {
		d.Fatal(err)
	}
	defer c.Close()
	return c.SendMail(from, to, strings.NewReader(raw))
}

// line is a connection on which every byte is the test's.
type line struct {
	testing.TB
	conn net.Conn
	r    *bufio.Reader
}

func (d *door) dial() *line {
	d.Helper()
	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return &line{d.TB, conn, bufio.NewReader(conn)}
}

func (l *line) write(s string) {
	l.Helper()
	if _, err := io.WriteString(l.conn, s); err != nil {
		l.Fatal(err)
	}
}

// want reads one answer, of any number of lines, and fails unless it has the code.
func (l *line) want(code string) string {
	l.Helper()
	for {
		s, err := l.r.ReadString('\n')
		if err != nil {
			l.Fatalf("instead of %s: %v", code, err)
		}
		if len(s) > 3 && s[3] == '-' {
			continue
		}
		if !strings.HasPrefix(s, code) {
			l.Fatalf("got %q, want %s", s, code)
		}
		return s
	}
}

// greet comes to where a message may begin.
func (l *line) greet() {
	l.Helper()
	l.want("220")
	l.write("EHLO client.example.net\r\n")
	l.want("250")
}

func codeOf(err error) int {
	var known *smtp.SMTPError
	if errors.As(err, &known) {
		return known.Code
	}
	return 0
}

const letter = "From: wang@example.net\r\nSubject: hi\r\n\r\nwords\r\n"

func TestF34_AMessageIsStoredOnceForEachReceiver(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	if err := d.send("Wang@example.net", []string{"Desk@Example.org", "net@example.org", "desk@example.org", "desk+t1-2-abc@example.org"}, letter); err != nil {
		t.Fatal(err)
	}
	if err := d.send("", []string{"desk@example.org"}, letter); err != nil {
		t.Fatal(err)
	}
	want := []intake.Delivery{}
	for i, to := range []string{"desk@example.org", "net@example.org", "desk+t1-2-abc@example.org", "desk@example.org"} {
		from := "Wang@example.net"
		if i == 3 {
			from = ""
		}
		want = append(want, intake.Delivery{Source: "smtp", Sender: from, Recipient: to, Address: "127.0.0.1", Hello: "localhost", Raw: []byte(letter)})
	}
	if diff := cmp.Diff(want, d.ledger.all()); diff != "" {
		t.Error(diff)
	}
}

// Nothing is relayed: other receivers are refused for good, one by one.
func TestF34_OthersAreRefused(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	for _, to := range []string{"wang@example.net", "postmaster@example.org", "desk@example.com", "desk%example.com@example.org"} {
		if err := d.send("a@example.net", []string{to}, letter); codeOf(err) != 550 {
			t.Errorf("%s: %v", to, err)
		}
	}
	l := d.dial()
	l.greet()
	l.write("MAIL FROM:<a@example.net>\r\n")
	l.want("250")
	for range 20 {
		l.write("RCPT TO:<guess@example.org>\r\n")
		l.want("550 5.1.1")
	}
	l.write("RCPT TO:<desk@example.org>\r\n")
	l.want("421 4.7.0")
	if n := len(d.ledger.all()); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}

// What is wrong with us passes: the sender keeps the message and comes again.
func TestF34_OurTroubleIsForNow(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	d := newDoor(t, email.ListenConfig{})
	d.ledger.do = func() error { return full }
	if err := d.send("a@example.net", []string{"desk@example.org"}, letter); codeOf(err) != 451 || strings.Contains(err.Error(), "disk") {
		t.Errorf("not stored: %v", err)
	}
	blind := newDoor(t, email.ListenConfig{Own: func(context.Context, string) (bool, error) { return false, full }})
	if err := blind.send("a@example.net", []string{"desk@example.org"}, letter); codeOf(err) != 451 {
		t.Errorf("cannot tell whose address it is: %v", err)
	}
}

func TestF34_TooLarge(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{MaxBytes: 100_000})
	long := letter + strings.Repeat("words\r\n", 20_000)
	if err := d.send("a@example.net", []string{"desk@example.org"}, long); codeOf(err) != 552 {
		t.Errorf("%v", err)
	}
	l := d.dial()
	l.greet()
	l.write("MAIL FROM:<a@example.net> SIZE=100001\r\n")
	l.want("552")
	l.write("MAIL FROM:<a@example.net> SIZE=10\r\n") // a lie
	l.want("250")
	l.write("RCPT TO:<desk@example.org>\r\n")
	l.want("250")
	l.write("DATA\r\n")
	l.want("354")
	l.write(long + ".\r\n")
	l.want("552")
	l.write("NOOP\r\n") // and the connection goes on
	l.want("250")
	if n := len(d.ledger.all()); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}

func TestF34_ReceiversAreBounded(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	l := d.dial()
	l.greet()
	l.write("MAIL FROM:<a@example.net>\r\n")
	l.want("250")
	for i := range 100 {
		l.write(fmt.Sprintf("RCPT TO:<desk+%d@example.org>\r\n", i))
		l.want("250")
	}
	l.write("RCPT TO:<desk+100@example.org>\r\n")
	l.want("452")
}

// TestF34_CutOffMessagesAreNone cuts the connection after every part of a conversation.
func TestF34_CutOffMessagesAreNone(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	whole := "EHLO x\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<desk@example.org>\r\nDATA\r\n" + letter + ".\r\n"
	for cut := range len(whole) {
		l := d.dial()
		l.write(whole[:cut])
		_ = l.conn.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, l.r) // until the other side is done with us
		_ = l.conn.Close()
	}
	if list := d.ledger.all(); len(list) != 0 {
		t.Fatalf("%d deliveries, the first %q", len(list), list[0].Raw)
	}
	l := d.dial()
	l.write(whole)
	_ = l.conn.(*net.TCPConn).CloseWrite()
	_, _ = io.Copy(io.Discard, l.r)
	if n := len(d.ledger.all()); n != 1 {
		t.Errorf("%d deliveries of the whole", n)
	}
}

// TestF34_TheAnswerIsLost: the message is stored, its answer never arrives; the sender comes
// again, and the journal has the same bytes for the same receiver twice, which is one (F32).
func TestF34_TheAnswerIsLost(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	stored := make(chan struct{})
	gone := make(chan struct{})
	d.ledger.do = func() error {
		close(stored)
		<-gone
		return nil
	}
	l := d.dial()
	l.greet()
	l.write("MAIL FROM:<a@example.net>\r\nRCPT TO:<desk@example.org>\r\nDATA\r\n")
	l.want("250")
	l.want("250")
	l.want("354")
	l.write(letter + ".\r\n")
	<-stored
	_ = l.conn.Close()
	close(gone)
	d.ledger.mu.Lock()
	d.ledger.do = nil
	d.ledger.mu.Unlock()
	if err := d.send("a@example.net", []string{"desk@example.org"}, letter); err != nil {
		t.Fatal(err)
	}
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}
	list := d.ledger.all()
	if len(list) != 2 || !bytes.Equal(list[0].Raw, list[1].Raw) || list[0].Recipient != list[1].Recipient {
		t.Errorf("%+v", list)
	}
}

// TestS16_NoMessageHidesInAnother ends a message in every way that is not the right one, with
// another behind it. All of it is one message.
func TestS16_NoMessageHidesInAnother(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	ends := []string{
		"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r.\r\n", "\n.\r", "\r\n\x00.\r\n", "\r\n.\x00\r\n", "\r\n. \r\n", "\r\n .\r\n", "\r\n..\r\n", "\r\n.\r.\r\n",
	}
	for i, end := range ends {
		l := d.dial()
		l.greet()
		l.write("MAIL FROM:<a@example.net>\r\nRCPT TO:<desk@example.org>\r\nDATA\r\n")
		l.want("250")
		l.want("250")
		l.want("354")
		l.write(letter + end + "MAIL FROM:<ceo@example.org>\r\nRCPT TO:<net@example.org>\r\nDATA\r\nFrom: ceo@example.org\r\n\r\nsmuggled\r\n.\r\n")
		l.want("250")
		l.write("QUIT\r\n")
		l.want("221")
		list := d.ledger.all()
		if len(list) != i+1 {
			t.Fatalf("%q: %d messages", end, len(list)-i)
		}
		if last := list[i]; last.Recipient != "desk@example.org" || !bytes.Contains(last.Raw, []byte("smuggled")) {
			t.Errorf("%q: %q to %s", end, last.Raw, last.Recipient)
		}
	}
}

// Dots at the beginning of lines come through, lines may be long, bytes may be any.
func TestF34_BytesComeThrough(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	raw := "Subject: x\r\n\r\n.one\r\n..two\r\n.\r\n" + strings.Repeat("长", 10_000) + "\r\nbare\nfeed\xff\x00\r\n"
	if err := d.send("a@example.net", []string{"desk@example.org"}, raw); err != nil {
		t.Fatal(err)
	}
	if got := string(d.ledger.all()[0].Raw); strings.ReplaceAll(got, "\r\n", "\n") != strings.ReplaceAll(raw, "\r\n", "\n") {
		t.Errorf("%.200q", got)
	}
	l := d.dial()
	l.greet()
	l.write("MAIL FROM:<a@example.net>\r\nRCPT TO:<desk@example.org>\r\nBDAT 12\r\nSubject: x\r\nBDAT 6 LAST\r\n\r\nhi\r\n")
	for range 4 {
		l.want("250")
	}
	if got := string(d.ledger.all()[1].Raw); got != "Subject: x\r\n\r\nhi\r\n" {
		t.Errorf("in chunks: %q", got)
	}
	l.write("MAIL FROM:<a@example.net>\r\nRCPT TO:<desk@example.org>\r\nBDAT 12\r\nSubject: x\r\n")
	for range 3 {
		l.want("250")
	}
	_ = l.conn.Close() // chunks that never end are no message
	if err := d.stop(); err != nil {
		t.Fatal(err)
	}
	if n := len(d.ledger.all()); n != 2 {
		t.Errorf("%d messages", n)
	}
}

func TestF34_AWholeMessageIsAnsweredBeforeTheDoorShuts(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	begun, go1 := make(chan struct{}), make(chan struct{})
	d.ledger.do = func() error {
		close(begun)
		<-go1
		return nil
	}
	sent := make(chan error, 1)
	idle := d.dial()
	idle.greet()
	go func() { sent <- d.send("a@example.net", []string{"desk@example.org"}, letter) }()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- d.stop() }()
	for { // the listener is shut before the journal answers
		conn, err := net.Dial("tcp", d.addr)
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	close(go1)
	if err := <-sent; err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("the message was stored, and yet: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if n := len(d.ledger.all()); n != 1 {
		t.Errorf("%d messages", n)
	}
	if _, err := idle.r.ReadByte(); err == nil {
		t.Error("an idle connection is left open")
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	d := newDoor(t, email.ListenConfig{})
	var held []*line
	for range 50 {
		l := d.dial()
		l.want("220")
		held = append(held, l)
	}
	d.dial().want("421 4.7.0")
	held[0].write("QUIT\r\n")
	held[0].want("221")
	_, _ = io.Copy(io.Discard, held[0].r) // until the place is free
	d.dial().want("220")
}

func TestSTARTTLS(t *testing.T) {
	t.Parallel()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	d := newDoor(t, email.ListenConfig{TLS: &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}})
	roots := x509.NewCertPool()
	roots.AddCert(web.Certificate())
	l := d.dial()
	l.greet()
	// What is said before encryption does not count behind it.
	l.write("STARTTLS\r\n")
	l.want("220")
	conn := tls.Client(l.conn, &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12})
	if err := conn.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	safe := &line{t, conn, bufio.NewReader(conn)}
	safe.write("MAIL FROM:<a@example.net>\r\n")
	safe.want("502")
	safe.write("EHLO x\r\nMAIL FROM:<a@example.net>\r\nRCPT TO:<desk@example.org>\r\nDATA\r\n")
	safe.want("250")
	safe.want("250")
	safe.want("250")
	safe.want("354")
	safe.write(letter + ".\r\n")
	safe.want("250")
	if n := len(d.ledger.all()); n != 1 {
		t.Errorf("%d messages", n)
	}
}
