// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email/linetest"
	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
)

// TestF30_CutWhileReceiving breaks the connection of a sender after each of many numbers of bytes,
// in both directions. The sender comes again until it is told 250, as mail servers do: nothing is
// lost, and what came twice because the answer was lost is one ticket.
func TestF30_CutWhileReceiving(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		cuts := asked("LOOPDESK_TEST_CUTS", 30)
		host, port, err := net.SplitHostPort(r.addr)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.ParseInt(port, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		line := linetest.New(t, host, n)
		send := func(i int) error {
			return mailtest.Send(line.Addr(), "e@example.net", []string{"desk@example.org"}, note(i))
		}
		if err := send(0); err != nil {
			t.Fatal(err)
		}
		down, up := line.Passed()
		again := 0
		for i := 1; i <= cuts; i++ {
			switch at := int64(i); {
			case i%10 == 0: // before the answer to the whole message, which is stored by then
				line.Cut(down-int64(len("250 2.0.0 OK: queued\r\n221 2.0.0 Bye\r\n")), -1)
			case i%2 == 0:
				line.Cut(at*down/int64(cuts), -1)
			default:
				line.Cut(-1, at*up/int64(cuts))
			}
			for err := send(i); err != nil; err = send(i) {
				again++
				if again > 2*cuts {
					t.Fatal(err)
				}
			}
			line.Cut(-1, -1)
		}
		if again < cuts*2/3 {
			t.Errorf("only %d of %d connections broke", again, cuts)
		}
		if err := r.stop(); err != nil { // what a broken connection brought is stored or dropped by now
			t.Fatal(err)
		}
		r.once(cuts + 1)
		counts, all := r.tally()
		if counts["suppressed repeat"] != all-int64(cuts+1) || all == int64(cuts+1) {
			t.Errorf("%v of %d, none of them after the answer was lost", counts, all)
		}
		t.Logf("%d cuts, %d broke, %v", cuts, again, counts)
	})
}

// TestF30_CutWhileSending breaks the desk's own connection to its mail server likewise. Each letter
// arrives, in order, and twice at most: then it is the same letter (F39).
func TestF30_CutWhileSending(t *testing.T) {
	t.Parallel()
	eachOut(t, "王海燕", func(t *testing.T, r *out) {
		cuts := asked("LOOPDESK_TEST_CUTS", 30)
		line := linetest.New(t, r.box.Host(), r.box.Port())
		if err := r.notify.SaveMailing(t.Context(), access.Desk(), notify.Mailing{
			Address: "desk@example.org", Tagged: true, Host: line.Host, Port: line.Port, Security: notify.StartTLS, User: "desk",
		}, "correct horse", setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		x := r.record("打印机没反应")
		_, err := r.jobs.RunDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		down, up := line.Passed()
		broke := 0
		for i := range cuts {
			r.reply(x, fmt.Sprintf("words %04d.", i))
			if _, err := r.jobs.RunDue(t.Context()); err != nil { // it waits for more that might follow
				t.Fatal(err)
			}
			r.clock.Advance(3 * time.Minute)
			if i%2 == 0 {
				line.Cut(int64(i)*down/int64(cuts), -1)
			} else {
				line.Cut(-1, int64(i)*up/int64(cuts))
			}
			for try := 0; r.log(x)[i+1].State != notify.Sent; try++ {
				if try > 3 {
					t.Fatalf("cut %d: %+v", i, r.log(x)[i+1])
				}
				if _, err := r.jobs.RunDue(t.Context()); err != nil {
					broke++
				}
				r.clock.Advance(3 * time.Minute)
			}
			line.Cut(-1, -1)
		}
		last, names := -1, map[string]int{}
		for _, m := range r.box.Mails()[1:] {
			_, after, _ := strings.Cut(m.Text(), "words ")
			number, _, _ := strings.Cut(after, ".")
			n, err := strconv.Atoi(number)
			if err != nil || n != last && n != last+1 {
				t.Fatalf("%q comes after %d, %v", number, last, err)
			}
			if was, known := names[m.Header("Message-ID")]; known != (n == last) || known && was != n {
				t.Errorf("%d comes as %s, which was %d", n, m.Header("Message-ID"), was)
			}
			names[m.Header("Message-ID")] = n
			last = n
		}
		repeats := len(r.box.Mails()) - 1 - cuts
		if last != cuts-1 || len(names) != cuts || broke < cuts/2 || repeats > broke {
			t.Errorf("the last is %d; %d letters, %d repeats, %d broke", last, len(names), repeats, broke)
		}
		t.Logf("%d cuts, %d broke, %d letters came twice", cuts, broke, repeats)
	})
}
