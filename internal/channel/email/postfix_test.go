// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/channel/email/postfixtest"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
)

func postfix(t *testing.T, desk string, world *mailtest.Server) *postfixtest.Server {
	t.Helper()
	return postfixtest.Start(t, postfixtest.Options{Domain: "example.org", Desk: desk, World: net.JoinHostPort(world.Host(), fmt.Sprint(world.Port()))})
}

// TestF38_PostfixCarriesWhatWeSend hands letters to a real relay, which is told to come again for
// some of them. Each arrives once, byte for byte but for what a relay adds.
func TestF38_PostfixCarriesWhatWeSend(t *testing.T) {
	t.Parallel()
	world := mailtest.Start(t, mailtest.Options{})
	relay := postfix(t, "127.0.0.1:1", world)
	world.Refuse(mailtest.AtReceiver, 3, 450, "greylisted")
	world.Refuse(mailtest.AtData, 2, 452, "no room")
	sender := email.NewSender("desk.example.org", nil)
	const n = 25
	for i := range n {
		m := outgoing()
		m.MessageID, m.To.Address = fmt.Sprintf("<t1-2-abc.%d@example.org>", i), "wang@example.com"
		if err := sender.Send(t.Context(), notify.Server{Host: relay.Host, Port: relay.Port, Security: notify.Plain}, m); err != nil {
			t.Fatal(err, relay.Log())
		}
	}
	patience, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	got, err := world.Await(patience, n)
	if err != nil {
		t.Fatal(len(got), relay.Log())
	}
	ids := map[string]int{}
	for _, m := range got {
		ids[m.Header("Message-ID")]++
		if m.Text() != outgoing().Body.Text || m.HTML() != outgoing().Body.HTML || m.Header("Subject") != outgoing().Body.Subject || m.From != "desk@example.org" {
			t.Errorf("%q %q", m.Header("Subject"), m.Text())
		}
	}
	if len(ids) != n || len(got) != n {
		t.Errorf("%d mails, %d different", len(got), len(ids))
	}
}

// TestF34_PostfixDeliversByLMTP lets a real mail server hand mail to the desk, which is away at
// first and then cannot store some of it. Nothing is lost and nothing doubled, and those whom the
// desk does not know come back to the sender.
func TestF34_PostfixDeliversByLMTP(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		world := mailtest.Start(t, mailtest.Options{})
		desk := porttest.Addr(t)
		relay := postfix(t, desk, world)
		const n = 40
		for i := range n {
			if err := mailtest.Send(relay.Addr(), fmt.Sprintf("user%d@example.com", i), []string{"desk@example.org", "net@example.org"}[:1+i%2],
				fmt.Sprintf("From: user%d@example.com\r\nTo: desk@example.org\r\nSubject: s%d\r\n\r\nbody %03d\r\n", i, i, i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := mailtest.Send(relay.Addr(), "lost@example.com", []string{"nobody@example.org"}, letter); err != nil {
			t.Fatal(err)
		}
		r.await(func() bool { return strings.Contains(relay.Log(), "status=deferred") }, relay.Log)
		failing := &ledger{do: failFirst(10)}
		again := newDoorAt(t, desk, email.ListenConfig{LMTP: true, Journal: both{failing, r.intake}})
		r.await(func() bool { _, all := r.tally(); return all >= n*3/2 }, relay.Log)
		if err := again.stop(); err != nil { // a restart with a queue that is empty or is not
			t.Fatal(err)
		}
		newDoorAt(t, desk, email.ListenConfig{LMTP: true, Journal: r.intake})
		r.await(func() bool { return relay.Queued() == 0 }, relay.Log)
		r.work()
		if counts, all := r.tally(); counts["done new"] != n*3/2 || counts["done new"]+counts["suppressed repeat"] != all {
			t.Errorf("%v of %d", counts, n*3/2)
		}
		if back := world.To("lost@example.com"); len(back) != 1 || !strings.Contains(string(back[0].Raw), "550 5.1.1") {
			t.Errorf("%d mails to the one who wrote to nobody", len(back))
		}
	})
}

// both asks one journal and then another.
type both struct{ first, second email.Journal }

func (b both) JournalAll(ctx context.Context, list []intake.Delivery) ([]intake.ID, error) {
	if _, err := b.first.JournalAll(ctx, list); err != nil {
		return nil, err
	}
	return b.second.JournalAll(ctx, list)
}

// await waits for something to become true.
func (r *in) await(so func() bool, log func() string) {
	r.Helper()
	patience, stop := context.WithTimeout(r.Context(), time.Minute)
	defer stop()
	for tick := time.NewTicker(10 * time.Millisecond); !so(); {
		select {
		case <-patience.Done():
			counts, all := r.tally()
			r.Fatalf("it does not become true: %v of %d\n%s", counts, all, log())
		case <-tick.C:
		}
	}
}

// failFirst fails the first calls.
func failFirst(n int) func() error {
	left := make(chan struct{}, n)
	for range n {
		left <- struct{}{}
	}
	return func() error {
		select {
		case <-left:
			return errors.New("no room")
		default:
			return nil
		}
	}
}

// TestF35_OurOwnWordsComeBack sends an answer through a relay to an address of our own: it
// comes in by LMTP with the marks that end a loop.
func TestF35_OurOwnWordsComeBack(t *testing.T) {
	eachIn(t, func(t *testing.T, r *in) {
		world := mailtest.Start(t, mailtest.Options{})
		d := newDoor(t, email.ListenConfig{LMTP: true, Journal: r.intake})
		relay := postfix(t, d.addr, world)
		x := r.ticket(r.mail("desk@example.org", "From: li@example.net\r\nSubject: VPN\r\n\r\nlost").Ticket)
		m := outgoing()
		m.To.Address, m.MessageID = "desk@example.org", "<"+r.token(x)+".x1@example.org>"
		if err := email.NewSender("", nil).Send(t.Context(), notify.Server{Host: relay.Host, Port: relay.Port, Security: notify.Plain}, m); err != nil {
			t.Fatal(err)
		}
		r.await(func() bool { _, all := r.tally(); return all == 2 }, relay.Log)
		r.work()
		if counts, _ := r.tally(); counts["suppressed loop"] != 1 || len(r.messages(x.ID)) != 1 {
			t.Errorf("%v, %d messages", counts, len(r.messages(x.ID)))
		}
		if len(world.Mails()) != 0 {
			t.Errorf("%d mails to the world", len(world.Mails()))
		}
	})
}
