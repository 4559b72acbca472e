// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestF38_ADeadDomainDelaysNobodyElse has more letters to a domain about which the mail server
// never answers than the desk hands over at once. A letter to somebody else goes out nonetheless,
// while all of those still wait.
func TestF38_ADeadDomainDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	eachOut(t, "王海燕", func(t *testing.T, r *out) {
		release := r.box.Stall("dead.example")
		defer release()
		for i := range 30 {
			p, err := r.people.Add(t.Context(), access.Desk(), person.Person{
				Name: "赵", Email: fmt.Sprintf("zhao%d@dead.example", i), Lang: "zh-CN", Role: access.Requester,
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := r.tickets.Record(t.Context(), access.Actor{ID: int64(p.ID), Kind: access.Person, Role: access.Requester, Via: "portal"}, ticket.Request{
				Requester: p.ID, Channel: ticket.Portal, Subject: "打印机没反应", Say: ticket.Say{Text: "打不开"},
			}); err != nil {
				t.Fatal(err)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.jobs.Run(ctx) }()
		patience, enough := context.WithTimeout(t.Context(), 20*time.Second) // a letter that is not answered takes 40 s
		defer enough()
		for tick := time.NewTicker(5 * time.Millisecond); r.box.Stalled() < 5; <-tick.C {
			if patience.Err() != nil {
				t.Fatalf("%d letters wait", r.box.Stalled())
			}
		}
		x := r.record("打印机没反应")
		got, err := r.box.Await(patience, 1)
		if err != nil || got[0].To != "wang@example.net" {
			t.Errorf("%d mails, %v", len(got), err)
		}
		if n := len(r.box.To("wang@example.net")); n != 1 {
			t.Errorf("%d mails", n)
		}
		stop()
		release()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if d := r.log(x)[0]; d.State != notify.Sent && d.State != notify.Queued {
			t.Errorf("%+v", d)
		}
	})
}
