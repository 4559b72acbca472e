// SPDX-License-Identifier: Apache-2.0

package corpus_test

import (
	"fmt"
	"maps"
	"net/smtp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/test/running"
)

// outcome is what became of a message.
type outcome struct {
	sample
	inbound, state, became, reason, ticket string
}

// kind is the word under which an outcome is counted.
func (o outcome) kind() string {
	switch {
	case o.state == "done" && o.became == "new":
		return "new"
	case o.state == "done" && o.became == "appended":
		return "appended"
	}
	return o.state
}

// TestF33_EveryMessageOfTheCorpus sends each message to a running desk and accounts for it:
// received = new + appended + quarantined + suppressed, and nothing else (P2). Then it opens
// everything that came of it as an agent does.
func TestF33_EveryMessageOfTheCorpus(t *testing.T) {
	t.Parallel()
	root, there := folder()
	if !there {
		t.Log("the messages are not there; set LOOPDESK_TESTDATA to the folder of the test data")
		return
	}
	dbtest.EachURL(t, func(t *testing.T, url string) {
		t.Helper()
		if !strings.HasPrefix(url, "postgres") {
			url = ""
		}
		all := samples(t, root)
		d := running.New(t, url)
		d.Start()
		send(d, all)
		if !d.Until(time.Minute, running.Unread) {
			t.Error("messages wait to be understood after a minute")
		}
		list := outcomes(d, all)
		account(t, list)
		agreement(t, d, list)
		look(d, list)
		for line := range strings.Lines(d.Wrote()) {
			if strings.Contains(line, "level=ERROR") {
				t.Error("the desk logged:", strings.TrimSpace(line))
			}
		}
		d.Stop()
	})
}

// send delivers the messages in their order over one connection. None may be refused: what
// cannot be read is for people to look at.
func send(d *running.Desk, list []sample) {
	d.Helper()
	c, err := smtp.Dial(d.SMTP)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	for _, s := range list {
		if err := deliver(c, s.bytes); err != nil {
			d.Fatalf("%s: %v", s.ID, err)
		}
	}
	if err := c.Quit(); err != nil {
		d.Error(err)
	}
}

func deliver(c *smtp.Client, raw []byte) error {
	if err := c.Mail("corpus@example.test"); err != nil {
		return err
	}
	if err := c.Rcpt(running.Address); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// outcomes reads the journal. One connection delivered the messages, so it is in their order.
func outcomes(d *running.Desk, list []sample) []outcome {
	d.Helper()
	rows := d.Rows(`SELECT id, state, outcome, reason, COALESCE(ticket_id, 0) FROM inbound ORDER BY id`)
	if len(rows) != len(list) {
		d.Fatalf("%d messages sent, %d in the journal", len(list), len(rows))
	}
	out := make([]outcome, len(list))
	for i, r := range rows {
		out[i] = outcome{list[i], r[0], r[1], r[2], r[3], r[4]}
	}
	return out
}

// account counts and compares.
func account(t *testing.T, list []outcome) {
	t.Helper()
	kinds := []string{"new", "appended", "suppressed", "quarantined"}
	counts, reasons := map[string]map[string]int{"all": {}}, map[string]int{}
	for _, o := range list {
		if !slices.Contains(kinds, o.kind()) {
			t.Errorf("%s is %s", o.ID, o.kind())
		}
		if (o.kind() == "new" || o.kind() == "appended") && o.ticket == "0" {
			t.Errorf("%s is %s and on no ticket", o.ID, o.kind())
		}
		if counts[o.source()] == nil {
			counts[o.source()] = map[string]int{}
		}
		for _, row := range []string{"all", o.source()} {
			counts[row]["received"]++
			counts[row][o.kind()]++
		}
		if o.reason != "" {
			reasons[o.reason]++
		}
	}
	var b strings.Builder
	fmt.Fprintln(&b, "\n| source | received | new | appended | suppressed | quarantined | difference |")
	for _, row := range slices.Sorted(maps.Keys(counts)) {
		n, difference := counts[row], counts[row]["received"]
		fmt.Fprintf(&b, "| %s | %d ", row, n["received"])
		for _, k := range kinds {
			difference -= n[k]
			fmt.Fprintf(&b, "| %d ", n[k])
		}
		fmt.Fprintf(&b, "| %d |\n", difference)
		if difference != 0 {
			t.Errorf("%s: %d messages are not accounted for", row, difference)
		}
	}
	for _, r := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Fprintf(&b, "%d × %s\n", reasons[r], r)
	}
	t.Log(b.String())
}
