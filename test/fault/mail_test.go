// SPDX-License-Identifier: Apache-2.0

package fault_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/channel/email/postfixtest"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/netguard/porttest"
	"github.com/loopdesk/loopdesk/test/running"
)

func TestF34_F39_KilledBetweenMailServersOnSQLite(t *testing.T) {
	t.Parallel()
	killBetweenMailServers(t, "")
}

func TestF34_F39_KilledBetweenMailServersOnPostgreSQL(t *testing.T) {
	t.Parallel()
	server := dbtest.Server(t)
	if server == "" {
		t.Logf("%s is not set: not run", dbtest.Variable)
		return
	}
	killBetweenMailServers(t, dbtest.Postgres(t, server))
}

// killBetweenMailServers kills the desk at random moments while Postfix hands it mail by LMTP and
// takes its acknowledgements by SMTP. Each mail that Postfix took is one ticket, whatever was
// delivered twice because the answer was lost; each author is written to, and who is written to
// twice gets the same letter. A mail at which the desk ended three times lies in quarantine.
func killBetweenMailServers(t *testing.T, database string) {
	world := mailtest.Start(t, mailtest.Options{})
	d := running.New(t, database)
	d.LMTP = porttest.Addr(t)
	relay := postfixtest.Start(t, postfixtest.Options{
		Domain: "example.test", Desk: d.LMTP, World: net.JoinHostPort(world.Host(), strconv.FormatInt(world.Port(), 10)),
	})
	d.Start()
	d.Relay(relay.Host, relay.Port)
	n, author := 25*kills(t), func(i int) string { return fmt.Sprintf("user%d@firm%d.example.net", i, i/50) } // a domain has so many answers an hour (S14)
	var wg sync.WaitGroup
	for who := range 4 {
		wg.Go(func() {
			for i := who; i < n; i += 4 {
				raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: mail %d\r\nMessage-ID: <m%d@example.net>\r\n\r\nIt does not print.\r\n", author(i), running.Address, i, i)
				if err := mailtest.Send(relay.Addr(), author(i), []string{running.Address}, raw); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range kills(t) {
		time.Sleep(time.Duration(100+rand.IntN(500)) * time.Millisecond) // the moment of the kill is the fault
		d.Kill()
		d.Start()
	}
	wg.Wait()
	const delivered = `SELECT CAST(id AS TEXT) FROM delivery WHERE state = 'queued'`
	for begin := time.Now(); relay.Queued() > 0 && time.Since(begin) < time.Minute; {
		d.Idle(100 * time.Millisecond)
	}
	// What was being understood or sent at a kill is taken up when its lease ends.
	if !d.Until(time.Minute, running.Unread) || !d.Until(time.Minute, `SELECT CAST(id AS TEXT) FROM job WHERE state < 2 AND kind LIKE 'after:%'`) || !d.Until(time.Minute, delivered) {
		t.Errorf("not everything is done after a minute\n%s", d.Wrote())
	}
	for begin := time.Now(); relay.Queued() > 0 && time.Since(begin) < time.Minute; {
		d.Idle(100 * time.Millisecond)
	}
	found, mails, repeats, silent, kept := found(d), mailed(d), 0, 0, 0
	for i := range n {
		subject := fmt.Sprintf("mail %d", i)
		if state, all := fate(mails, fmt.Sprintf("<m%d@example.net>", i)); found[subject] == 0 && state == afterThree {
			kept++
			continue
		} else if found[subject] != 1 {
			t.Errorf("%d tickets for %s: %s", found[subject], subject, all)
		}
		delete(found, subject)
		got := world.To(author(i))
		if len(got) == 0 {
			silent++
		}
		for _, m := range got {
			if m.Header("Message-ID") != got[0].Header("Message-ID") {
				t.Errorf("two letters to %s", author(i))
			}
		}
		repeats += max(len(got)-1, 0)
	}
	if len(found) != 0 {
		t.Errorf("tickets that nobody asked for: %v", found)
	}
	if kept > mostKept(t) {
		t.Errorf("%d mails in quarantine after %d kills", kept, kills(t))
	}
	if silent != 0 || repeats > 12*kills(t) {
		t.Errorf("%d of %d were not written to, %d twice\n%s", silent, n, repeats, relay.Log())
	}
	lines := d.Count(`SELECT CAST(COUNT(*) AS TEXT) FROM inbound`)
	t.Logf("%d kills: %d mails, %d of them in quarantine, %d delivered again and known, %d letters sent again", kills(t), n, kept, lines-int64(n), repeats)
	for _, broken := range incomplete(d) {
		t.Error(broken)
	}
}
