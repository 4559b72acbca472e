// SPDX-License-Identifier: Apache-2.0

package fault_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/test/running"
)

// TestF36_S14_AFloodOfMail sends mail as fast as eight connections carry it, half of it from one author
// and half from many of many domains, while somebody reads the queue. Each mail is a ticket, the one
// author gets one letter, and no domain more than its bound (S14). LOOPDESK_FLOOD says how many; it
// judges no time, but writes down what it took.
func TestF36_S14_AFloodOfMail(t *testing.T) {
	t.Parallel()
	n := 240
	if asked, err := strconv.Atoi(os.Getenv("LOOPDESK_FLOOD")); err == nil {
		n = asked
	}
	const perDomain, bound = 80, 60 // authors of a domain, and the answers an hour that it gets
	world := mailtest.Start(t, mailtest.Options{})
	d := running.New(t, "")
	d.Start()
	d.Relay(world.Host(), world.Port())
	author := func(i int) string {
		if i%2 == 0 {
			return "one@loud.example"
		}
		return fmt.Sprintf("user%d@firm%d.example", i/2, i/2/perDomain)
	}
	agent := d.SignIn(running.Agent)
	var over atomic.Bool
	var pages []time.Duration
	read := make(chan struct{})
	go func() {
		defer close(read)
		for !over.Load() {
			begin := time.Now()
			if code, _ := d.Get(agent, "/work?view=all"); code != http.StatusOK {
				t.Errorf("the queue answers %d", code)
			}
			pages = append(pages, time.Since(begin))
		}
	}()
	begin := time.Now()
	var wg sync.WaitGroup
	for who := range 8 {
		wg.Go(func() {
			for i := who; i < n; i += 8 {
				raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: flood %d\r\n\r\nIt does not print, %d.\r\n", author(i), running.Address, i, i)
				if err := mailtest.Send(d.SMTP, author(i), []string{running.Address}, raw); err != nil {
					t.Errorf("mail %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	accepted := time.Since(begin)
	const queued = `SELECT CAST(id AS TEXT) FROM delivery WHERE state = 'queued'`
	patience := 3*time.Minute + time.Duration(n)*100*time.Millisecond
	if !d.Until(patience, running.Unread) || !d.Until(patience, `SELECT CAST(id AS TEXT) FROM job WHERE state < 2 AND kind LIKE 'after:%'`) || !d.Until(patience, queued) {
		t.Errorf("the backlog does not end\n%s", d.Wrote())
	}
	gone := time.Since(begin)
	over.Store(true)
	<-read
	found := found(d)
	for i := range n {
		if subject := fmt.Sprintf("flood %d", i); found[subject] != 1 {
			t.Errorf("%d tickets for %s", found[subject], subject)
		}
	}
	if got := len(world.To("one@loud.example")); got != 1 {
		t.Errorf("%d letters to whoever wrote %d mails", got, n/2)
	}
	letters := map[string]int{}
	for _, m := range world.Mails() {
		_, domain, _ := strings.Cut(m.To, "@")
		letters[domain]++
	}
	for domain, got := range letters {
		if got > bound {
			t.Errorf("%d letters to %s", got, domain)
		}
	}
	slices.Sort(pages)
	t.Logf("F36: %d mails on 8 connections accepted in %v (%.0f/s), %d letters, nothing left after %v; queue page meanwhile p50 %v, p95 %v over %d readings, %d MiB held",
		n, accepted.Round(time.Second), float64(n)/accepted.Seconds(), len(world.Mails()), gone.Round(time.Second),
		pages[len(pages)/2].Round(time.Millisecond), pages[len(pages)*95/100].Round(time.Millisecond), len(pages), d.RSS()>>20)
}
