// SPDX-License-Identifier: Apache-2.0

package running

import (
	"bufio"
	"database/sql"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the auditor's own way to PostgreSQL
	_ "modernc.org/sqlite"             // and to the file
)

// tick is how the kernel counts processor time for everybody who asks: 1/100 s on Linux.
const tick = 10 * time.Millisecond

// stat is what the kernel tells of a process.
type stat struct {
	parent        int
	own, children time.Duration // processor time; of children that have ended
}

func statOf(pid string) (stat, error) {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return stat{}, err
	}
	_, rest, ok := strings.Cut(string(text), ") ") // the name may hold anything
	fields := strings.Fields(rest)
	if !ok || len(fields) < 15 {
		return stat{}, fmt.Errorf("stat of process %s is not as expected", pid)
	}
	var n [5]int64
	for i, at := range [...]int{1, 11, 12, 13, 14} { // ppid, utime, stime, cutime, cstime
		if n[i], err = strconv.ParseInt(fields[at], 10, 64); err != nil {
			return stat{}, err
		}
	}
	return stat{int(n[0]), time.Duration(n[1]+n[2]) * tick, time.Duration(n[3]+n[4]) * tick}, nil
}

// CPU is the processor time that a process has used so far, all its threads together.
func CPU(pid int) (time.Duration, error) {
	s, err := statOf(strconv.Itoa(pid))
	return s.own, err
}

// FamilyCPU is CPU for a process and all its children, those that have ended too.
func FamilyCPU(pid int) (time.Duration, error) {
	s, err := statOf(strconv.Itoa(pid))
	sum := s.own + s.children
	if err != nil {
		return 0, err
	}
	list, err := os.ReadDir("/proc")
	for _, e := range list {
		if child, err := statOf(e.Name()); err == nil && child.parent == pid {
			sum += child.own
		}
	}
	return sum, err
}

// CPU is the processor time that the desk has used since it was started.
func (d *Desk) CPU() time.Duration {
	d.Helper()
	used, err := CPU(d.PID())
	if err != nil {
		d.Fatal(err)
	}
	return used
}

// RSS is the memory that the desk holds, in bytes.
func (d *Desk) RSS() int64 {
	d.Helper()
	f, err := os.Open("/proc/" + strconv.Itoa(d.PID()) + "/status")
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			if err != nil {
				d.Fatal(err)
			}
			return n << 10
		}
	}
	d.Fatal("the kernel does not say how much memory the desk holds")
	return 0
}

// Idle waits while nothing is asked of the desk.
func (d *Desk) Idle(long time.Duration) { time.Sleep(long) }

// Open reads the database from outside, as an auditor would. It ends with the test.
func (d *Desk) Open() *sql.DB {
	d.Helper()
	db := d.open()
	d.Cleanup(func() { _ = db.Close() })
	return db
}

func (d *Desk) open() *sql.DB {
	d.Helper()
	driver, dsn := "sqlite", "file:"+d.Data+"/loopdesk.db?mode=ro"
	if d.Database != "" {
		driver, dsn = "pgx", d.Database
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		d.Fatal(err)
	}
	return db
}

// Texts returns the first column of what a query finds.
func (d *Desk) Texts(query string) []string {
	d.Helper()
	rows := d.Rows(query)
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r[0]
	}
	return out
}

// Rows returns what a query finds, as texts; NULL is "".
func (d *Desk) Rows(query string) [][]string {
	d.Helper()
	db := d.open()
	defer func() { _ = db.Close() }()
	rows, err := db.Query(query)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		d.Fatal(err)
	}
	var out [][]string
	for rows.Next() {
		values, places := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			d.Fatal(err)
		}
		row := make([]string, len(names))
		for i, v := range values {
			row[i] = v.String
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		d.Fatal(err)
	}
	return out
}

// Count returns the number that a query finds.
func (d *Desk) Count(query string) int64 {
	d.Helper()
	n, err := strconv.ParseInt(d.Texts(query)[0], 10, 64)
	if err != nil {
		d.Fatal(err)
	}
	return n
}

// Until waits until a query finds nothing more; false when that takes longer than patience.
func (d *Desk) Until(patience time.Duration, query string) bool {
	d.Helper()
	for begin := time.Now(); time.Since(begin) < patience; {
		if len(d.Texts(query)) == 0 {
			return true
		}
		time.Sleep(20 * time.Millisecond) // another process works; the database is all that we see of it
	}
	return false
}

// Unread is the query for mails that were accepted and not understood yet.
const Unread = `SELECT CAST(id AS TEXT) FROM inbound WHERE state = 'received'`
