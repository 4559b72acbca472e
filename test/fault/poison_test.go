// SPDX-License-Identifier: Apache-2.0

package fault_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/loopdesk/loopdesk/internal/channel/email/mailtest"
	"github.com/loopdesk/loopdesk/internal/kit/mail/poisontest"
	"github.com/loopdesk/loopdesk/test/running"
)

// cost is what one poison took of a running desk.
type cost struct {
	name string
	cpu  time.Duration
	ends string
}

// TestF33_PoisonAmongGoodMailOnARunningDesk sends poison and good mail in turn. Every good mail is
// a ticket; every poison is one, or is in the quarantine, or was refused to its sender's face; and
// the desk lives. What each poison costs is written to the log: make faults asks for 2,000 of them.
func TestF33_PoisonAmongGoodMailOnARunningDesk(t *testing.T) {
	t.Parallel()
	d := running.New(t, "")
	d.Start()
	var costs []cost
	sent, refused, good := 0, 0, 0
	poison := poisontest.Set()
	names := make([]string, 0, len(poison))
	for name := range poison {
		names = append(names, name)
	}
	slices.Sort(names)
	fine := func() {
		good++
		raw := fmt.Sprintf("From: user%d@example.net\r\nTo: %s\r\nSubject: good %d\r\n\r\nIt does not print.\r\n", good, running.Address, good)
		if err := mailtest.Send(d.SMTP, "user@example.net", []string{running.Address}, raw); err != nil {
			t.Fatalf("a good mail is refused: %v", err)
		}
	}
	bad := func(name string, raw []byte) {
		before := d.CPU()
		err := mailtest.Send(d.SMTP, "poison@example.net", []string{running.Address}, string(raw))
		var said *smtp.SMTPError
		var plain *textproto.Error
		switch {
		case err == nil:
			sent++
		case errors.As(err, &said) && said.Code >= 500, errors.As(err, &plain) && plain.Code >= 500:
			refused++
		default:
			t.Errorf("%s: neither taken nor refused: %v", name, err)
		}
		if !d.Until(time.Minute, running.Unread) {
			t.Fatalf("%s is not understood after a minute", name)
		}
		ends := "refused"
		if err == nil {
			ends = d.Texts(`SELECT state || ' ' || outcome || ' ' || reason FROM inbound ORDER BY id DESC LIMIT 1`)[0]
		}
		costs = append(costs, cost{name, d.CPU() - before, ends})
	}
	for _, name := range names {
		bad(name, poison[name]())
		fine()
	}
	most := 80
	if n, err := strconv.Atoi(os.Getenv("LOOPDESK_TEST_POISON")); err == nil {
		most = n
	}
	for name, raw := range damaged(t, most) {
		bad(name, raw)
		fine()
	}
	if !d.Until(time.Minute, running.Unread) {
		t.Error("mails are still not understood after a minute")
	}
	found := found(d)
	for i := range good {
		if subject := fmt.Sprintf("good %d", i+1); found[subject] != 1 {
			t.Errorf("%d tickets for %s", found[subject], subject)
		}
	}
	if n := d.Count(`SELECT CAST(COUNT(*) AS TEXT) FROM inbound WHERE sender = 'poison@example.net' AND (state = 'done' AND ticket_id IS NOT NULL OR state = 'quarantined' OR state = 'suppressed')`); n != int64(sent) {
		t.Errorf("%d of %d poisons are visible", n, sent)
	}
	slices.SortFunc(costs, func(a, b cost) int { return int(b.cpu - a.cpu) })
	t.Logf("%d good mails; %d poisons taken, %d refused; %d MiB held at the end", good, sent, refused, d.RSS()>>20)
	for _, c := range costs[:min(12, len(costs))] {
		t.Logf("%7.2f s of processor time: %s (%s)", c.cpu.Seconds(), c.name, strings.TrimSpace(c.ends))
	}
}

// damaged breaks the messages of the corpus in many ways, and gives at most so many of them, from
// all over the corpus.
func damaged(t *testing.T, most int) map[string][]byte {
	t.Helper()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	var all []string
	pieces := map[string][]byte{}
	for _, dir := range []string{"mail", "mail-zh"} {
		list, err := os.ReadFile(filepath.Join(root, dir, "cases.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(list) {
			var c struct{ ID, Raw string }
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(filepath.Join(root, dir, c.Raw))
			if err != nil {
				t.Fatal(err)
			}
			for i, broken := range poisontest.Damage(raw) {
				name := fmt.Sprintf("%s %d", c.ID, i)
				all = append(all, name)
				pieces[name] = broken
			}
		}
	}
	out := map[string][]byte{}
	for i := range min(most, len(all)) {
		name := all[i*len(all)/min(most, len(all))]
		out[name] = pieces[name]
	}
	return out
}
