// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
)

// picky keeps what is for anybody but one.
type picky struct {
	*ledger
	not string
}

func (p picky) JournalAll(ctx context.Context, list []intake.Delivery) ([]intake.ID, error) {
	for _, d := range list {
		if d.Recipient == p.not {
			return nil, errors.New("no room for this one")
		}
	}
	return p.ledger.JournalAll(ctx, list)
}

// deliver hands a message over by LMTP and returns the answer's code for each receiver.
func (d *door) deliver(raw string, to ...string) map[string]int {
	d.Helper()
	conn, err := net.Dial("tcp", d.addr)
	if err != nil {
		d.Fatal(err)
	}
	c := smtp.NewClientLMTP(conn)
	defer c.Close()
	got := map[string]int{}
	if err := c.Mail("", nil); err != nil {
		d.Fatal(err)
	}
	taken := 0
	for _, x := range to {
		if err := c.Rcpt(x, nil); err != nil {
			got[x] = codeOf(err)
			continue
		}
		taken++
		got[x] = 250
	}
	if taken == 0 {
		return got
	}
	w, err := c.Data()
	if err != nil {
		d.Fatal(err)
	}
	if _, err := w.Write([]byte(raw)); err != nil {
		d.Fatal(err)
	}
	_, err = w.CloseWithLMTPResponse()
	var each smtp.LMTPDataError
	if err != nil && !errors.As(err, &each) {
		d.Fatal(err)
	}
	for x, e := range each {
		got[x] = e.Code
	}
	return got
}

func TestF34_LMTPAnswersForEachReceiver(t *testing.T) {
	t.Parallel()
	kept := &ledger{}
	d := newDoor(t, email.ListenConfig{LMTP: true, Journal: picky{kept, "net@example.org"}})
	got := d.deliver("From: a@example.net\r\n\r\nhello\r\n", "Desk@example.org", "net@example.org", "stranger@example.org", "desk+t1@example.org")
	want := map[string]int{"Desk@example.org": 250, "net@example.org": 451, "stranger@example.org": 550, "desk+t1@example.org": 250}
	if x := cmp.Diff(want, got); x != "" {
		t.Error(x)
	}
	var to []string
	for _, x := range kept.all() {
		if x.Source != "lmtp" || !strings.HasSuffix(string(x.Raw), "hello\r\n") {
			t.Errorf("%+v", x)
		}
		to = append(to, x.Recipient)
	}
	if x := cmp.Diff([]string{"desk@example.org", "desk+t1@example.org"}, to); x != "" {
		t.Error(x)
	}
	// The same receiver twice is one delivery and two answers.
	l := d.dial()
	l.want("220")
	l.write("EHLO x\r\n")
	l.want("500")
	l.write("LHLO x\r\n")
	l.want("250")
	l.write("MAIL FROM:<a@example.net>\r\nRCPT TO:<desk@example.org>\r\nRCPT TO:<DESK@example.org>\r\nDATA\r\n")
	l.want("250")
	l.want("250")
	l.want("250")
	l.want("354")
	l.write("From: b@example.net\r\n\r\nagain\r\n.\r\n")
	l.want("250")
	l.want("250")
	if n := len(kept.all()); n != 3 {
		t.Errorf("%d deliveries", n)
	}
}
