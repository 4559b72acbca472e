// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/test/running"
)

// The switches of the measurement; make big sets them.
const (
	bigVariable   = "LOOPDESK_BIG"       // how many tickets
	pagesVariable = "LOOPDESK_BIG_PAGES" // how many live pages
	keepVariable  = "LOOPDESK_BIG_KEEP"  // a folder in which the desk on SQLite stays, to be measured again
	onlyVariable  = "LOOPDESK_BIG_ONLY"  // "read" or "live": one part alone
)

// manyMessages is how long the ticket is whose page is measured.
const manyMessages = 200

// What a big desk is made of.
const (
	bigSeed = 1500 // tickets that live through commands, at most; the others are copies of them
	bigOpen = 3000 // so many are open, at most
)

// TestABigDesk fills a desk with many tickets and measures from outside the queue, a ticket of
// 200 messages, search, and what many open pages cost. The ordinary run is a few tickets and pages,
// and judges no time: that every page is answered and every page hears is what can fail.
func TestABigDesk(t *testing.T) {
	many, live, b := asked(t, bigVariable, 240), asked(t, pagesVariable, 24), bounds{8, time.Minute}
	if os.Getenv(bigVariable) != "" {
		b = bounds{2000, 40 * time.Second}
	}
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		name, server := engine.String(), dbtest.Server(t)
		if engine == db.Postgres && server == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if os.Getenv(bigVariable) == "" {
				t.Parallel() // where it is measured, one engine has the machine
			}
			url := ""
			if engine == db.Postgres {
				url = dbtest.Postgres(t, server)
			}
			people := (live + streamsEach - 1) / streamsEach
			d, fresh := bigDesk(t, url)
			if fresh {
				fill(t, d, name, many, people)
			}
			inside := enter(t, d, people)
			longest := d.Count(`SELECT number FROM ticket WHERE id = (SELECT ticket_id FROM message GROUP BY ticket_id ORDER BY COUNT(*) DESC, ticket_id LIMIT 1)`)
			t.Logf("%s: %d tickets, %d messages, %d facts, %d open%s", name, d.Count(`SELECT COUNT(*) FROM ticket`),
				d.Count(`SELECT COUNT(*) FROM message`), d.Count(`SELECT COUNT(*) FROM event`), d.Count(`SELECT COUNT(*) FROM ticket WHERE is_open = 1`), size(d))
			t.Logf("%s: first page after %v", name, d.Start().Round(time.Millisecond))
			d.CatchUp(time.Hour) // a million tickets that were copied are counted once
			if os.Getenv(onlyVariable) != "live" {
				read(d, name, longest, b)
			}
			if os.Getenv(onlyVariable) != "read" {
				listen(d, name, inside, live, longest)
			}
			d.Stop()
		})
	}
}

// bigDesk is a new desk, or the one that was kept.
func bigDesk(t *testing.T, url string) (d *running.Desk, fresh bool) {
	t.Helper()
	folder := os.Getenv(keepVariable)
	if folder == "" || url != "" {
		return running.New(t, url), true
	}
	data, token := filepath.Join(folder, "data"), filepath.Join(folder, "token")
	d = running.On(t, data, "")
	if text, err := os.ReadFile(token); err == nil {
		d.Token = string(text)
		return d, false
	}
	d.Staff()
	d.Start()
	d.Receive()
	d.Kill()
	if err := os.WriteFile(token, []byte(d.Token), 0o600); err != nil {
		t.Fatal(err)
	}
	return d, true
}

// fill lets some tickets live and copies them, and adds those who will keep pages open.
func fill(t *testing.T, d *running.Desk, name string, many, people int) {
	t.Helper()
	begin := time.Now()
	seed(t, d, min(many/2, bigSeed), func(s *seeding, now time.Time) {
		s.longest(now)
		s.listeners(people)
	})
	t.Logf("%s: %d lived in %v", name, min(many/2, bigSeed), time.Since(begin).Round(time.Second))
	multiply(t, d, many)
	t.Logf("%s: filled and indexed after %v", name, time.Since(begin).Round(time.Second))
}

// size says what the database of a desk takes, where it is a file.
func size(d *running.Desk) string {
	d.Helper()
	if d.Database != "" {
		return ""
	}
	sum := int64(0)
	files, _ := filepath.Glob(filepath.Join(d.Data, "*.db*"))
	for _, f := range files {
		if at, err := os.Stat(f); err == nil {
			sum += at.Size()
		}
	}
	return fmt.Sprintf(", %d MB on disk", sum>>20)
}

// asked is the number that a variable holds, or the usual one.
func asked(t *testing.T, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%s is no number", variable, text)
	}
	return n
}

// read measures the pages, one caller at a time as somebody feels it and four at once.
func read(d *running.Desk, name string, longest int64, b bounds) {
	d.Helper()
	find := func(q string) string { return "/work/search?" + url.Values{"q": {q}}.Encode() }
	for _, x := range []struct {
		what  string
		goal  float64 // ms at the 95th of a hundred
		paths []string
	}{
		{"queue", 50, []string{"/work"}},
		{"queue, mine and silent", 50, []string{"/work?view=mine", "/work?view=overdue", "/work?" + url.Values{"q": {"status:open silent:>4h"}}.Encode()}},
		{"all tickets by last change", 50, []string{"/work?view=all"}},
		{"ticket of 200 messages", 50, []string{"/work/tickets/" + strconv.FormatInt(longest, 10)}},
		{"search, usual words", 100, []string{find("打印机"), find("VPN"), find("卡纸 打印"), find("outlook password")}},
		{"search, rare words", 100, []string{find("#77 ORA-01653"), find("0x80070035 无法打印"), find(`"leaves no trace"`)}},
		{"search, words and fields", 100, []string{find("打印机 status:open"), find("VPN -status:closed silent:>1h"), find("(打印机 OR VPN) created:<30d"), find("requester:u7@example.test 打印")}},
	} {
		for _, callers := range []int{1, 4} {
			if callers > 1 && b.most < 100 {
				continue // the ordinary run measures nothing
			}
			f, size := pages(d, callers, b, x.paths...)
			verdict := ""
			if x.goal > 0 && callers == 1 {
				verdict = fmt.Sprintf(", goal p95 < %.0f ms", x.goal)
			}
			d.Logf("%s: %s, %d at once: %d in %v, p50 %.1f, p95 %.1f, p99 %.1f ms, %.1f ms of processor, %d bytes on the wire%s", name, x.what, callers,
				f.n, f.wall.Round(time.Millisecond), f.at(0.5), f.at(0.95), f.at(0.99), f.cpuEach(), size, verdict)
		}
	}
}
