// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/smtp"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/test/running"
)

// creations opens tickets through the API; each is durable when it is answered. The processor
// time includes the jobs that follow: the acknowledgement, the hints to open pages.
func creations(d *running.Desk, callers int, b bounds) figures {
	d.Helper()
	clients := connections(callers)
	d.Settle(patience)
	before, tickets := d.CPU(), d.Count(`SELECT COUNT(*) FROM ticket`)
	run := time.Now().UnixNano()
	f := drive(d, callers, b, func(caller, n int) error {
		return d.Create(d.Context(), clients[caller], fmt.Sprintf("load-%d-%d", run, n))
	})
	d.Settle(patience)
	f.cpu = d.CPU() - before
	if made := d.Count(`SELECT COUNT(*) FROM ticket`) - tickets; made != int64(f.n) {
		d.Errorf("%d creations were acknowledged, %d tickets are there", f.n, made)
	}
	return f
}

// pages reads one page after the other, drawn from a list of paths.
func pages(d *running.Desk, callers int, b bounds, paths ...string) (f figures, size int64) {
	d.Helper()
	clients := browsers(d, callers)
	for i := range 200 { // caches and readers are as on any working day, as for creations
		if _, err := fetch(clients[i%callers], "http://"+d.HTTP+paths[i%len(paths)]); err != nil {
			d.Fatal(err)
		}
	}
	d.Settle(patience)
	before := d.CPU()
	f = drive(d, callers, b, func(caller, n int) error {
		bytes, err := fetch(clients[caller], "http://"+d.HTTP+paths[n%len(paths)])
		if n == 0 {
			size = bytes
		}
		return err
	})
	f.cpu = d.CPU() - before
	return f, size
}

// letter is a mail of about size bytes: text, and beyond a few kB a picture.
func letter(subject string, size int) []byte {
	var b bytes.Buffer
	head := "From: Ada <ada@example.test>\r\nTo: " + running.Address + "\r\nSubject: " + subject + "\r\nMessage-ID: <" +
		strings.ReplaceAll(subject, " ", ".") + "@example.test>\r\nMIME-Version: 1.0\r\n"
	text := "The printer on the second floor does not print since this morning.\r\n打印机从今天早上开始打不出来，重启也没用。\r\n"
	if size <= 4096 {
		b.WriteString(head + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text)
		return b.Bytes()
	}
	b.WriteString(head + "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text +
		"--b1\r\nContent-Type: image/png; name=screen.png\r\nContent-Disposition: attachment; filename=screen.png\r\nContent-Transfer-Encoding: base64\r\n\r\n")
	picture := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte(subject), size)...)
	code := base64.StdEncoding.EncodeToString(picture[:(size-b.Len())*3/4])
	for len(code) > 76 {
		b.WriteString(code[:76] + "\r\n")
		code = code[76:]
	}
	b.WriteString(code + "\r\n--b1--\r\n")
	return b.Bytes()
}

// mailbox is a connection to the desk's listener over which several mails go.
type mailbox struct{ c *smtp.Client }

func dial(d *running.Desk) (mailbox, error) {
	c, err := smtp.Dial(d.SMTP)
	return mailbox{c}, err
}

func (m mailbox) send(raw []byte) error {
	if err := m.c.Mail("ada@example.test"); err != nil {
		return err
	}
	if err := m.c.Rcpt(running.Address); err != nil {
		return err
	}
	w, err := m.c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// newest is the agent's list in which a new ticket stands on top.
const newest = "/work?view=all"

// visible sends one mail after the other and reloads the agent's list after each 250 until the
// mail's subject stands there.
func visible(d *running.Desk, b bounds) figures {
	d.Helper()
	browser := browsers(d, 1)[0]
	browser.Transport = &http.Transport{}
	box, err := dial(d)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = box.c.Close() }()
	d.Settle(patience)
	before, run := d.CPU(), time.Now().UnixNano()
	var took []time.Duration
	f := drive(d, 1, b, func(_, n int) error {
		subject := fmt.Sprintf("mail %d %d", run, n)
		if err := box.send(letter(subject, 0)); err != nil {
			return err
		}
		accepted := time.Now()
		for time.Since(accepted) < 10*time.Second {
			if _, page := d.Get(browser, newest); strings.Contains(page, subject) {
				took = append(took, time.Since(accepted))
				return nil
			}
		}
		return fmt.Errorf("%s is not on the list after 10 s", subject)
	})
	d.Settle(patience)
	f.cpu, f.took = d.CPU()-before, sorted(took)
	return f
}

// deliveries sends mails over several connections at once and waits until all of them are
// tickets: accepted is until the last 250, f.wall until the last is on the list.
func deliveries(d *running.Desk, connections, mails, size int) (f figures, accepted time.Duration) {
	d.Helper()
	boxes := make([]mailbox, connections)
	for i := range boxes {
		box, err := dial(d)
		if err != nil {
			d.Fatal(err)
		}
		defer func() { _ = box.c.Close() }()
		boxes[i] = box
	}
	d.Settle(patience)
	before, tickets, run := d.CPU(), d.Count(`SELECT COUNT(*) FROM ticket`), time.Now().UnixNano()
	begin := time.Now()
	f = drive(d, connections, bounds{mails, time.Minute}, func(caller, n int) error {
		return boxes[caller].send(letter(fmt.Sprintf("mails %d %d", run, n), size))
	})
	accepted = f.wall
	d.Until(time.Minute, running.Unread)
	f.wall = time.Since(begin)
	d.Settle(patience)
	f.cpu = d.CPU() - before
	if made := d.Count(`SELECT COUNT(*) FROM ticket`) - tickets; made != int64(mails) {
		d.Errorf("%d mails became %d tickets", mails, made)
	}
	return f, accepted
}
