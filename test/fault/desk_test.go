// SPDX-License-Identifier: Apache-2.0

package fault_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/loopdesk/loopdesk/test/running"
)

// answers are what clients were told, by the subject they sent.
type answers struct {
	mu sync.Mutex
	ok map[string]bool // true: acknowledged; false: the answer never came
}

func (a *answers) note(subject string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ok[subject] = a.ok[subject] || ok
}

// client creates tickets until ctx ends or the desk is gone, by the API or by mail, and notes
// each answer.
func client(ctx context.Context, d *running.Desk, who int, a *answers) {
	connection := &http.Client{Transport: &http.Transport{}}
	defer connection.CloseIdleConnections()
	for ctx.Err() == nil {
		subject := fmt.Sprintf("fault-%d-%d-%d", os.Getpid(), time.Now().UnixNano(), who)
		a.note(subject, false)
		var err error
		if who%4 == 3 {
			err = d.Mail(running.Agent, mail(subject))
		} else {
			err = d.Create(ctx, connection, subject)
		}
		if err == nil {
			a.note(subject, true)
		} else if ctx.Err() != nil || running.Gone(err) {
			return
		}
	}
}

func mail(subject string) []byte {
	return []byte("From: " + running.Agent + "\r\nTo: " + running.Address + "\r\nSubject: " + subject + "\r\nMessage-ID: <" + subject + "@example.test>\r\n\r\nIt does not print.\r\n")
}
