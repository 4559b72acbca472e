// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/test/running"
)

// The switches of the long run; tools/bench sets them.
const (
	fileVariable     = "LOOPDESK_BENCH"          // the page whose measured part is written anew
	postgresVariable = "LOOPDESK_BENCH_POSTGRES" // URL of an empty database on a server that syncs
	serverVariable   = "LOOPDESK_BENCH_SERVER"   // its first process
)

// benchTickets is how full the desk is whose pages are measured.
const benchTickets = 10_000

// measured is everything that one run found out.
type measured struct {
	syncs   figures
	hello   map[int]figures // by callers
	engines []engine
	seeded  time.Duration
	open    int64
	fresh   start
	full    start
	pages   []pageFigures
	one     figures // one mail until it is on the list
	many    delivery
	large   delivery
}

// engine is what one database was measured with.
type engine struct {
	name    string
	created []figures
	server  []float64 // ms of the database server's own processor time for each ticket
}

// start is a desk just begun.
type start struct {
	took []time.Duration // until the first page, sorted
	idle int64           // bytes it holds after a while in which nothing happens
}

type pageFigures struct {
	name string
	figures
	size int64
}

type delivery struct {
	figures
	accepted time.Duration
}

// TestBench measures everything that docs/benchmarks.md states. It takes minutes and runs only
// when it is asked to.
func TestBench(t *testing.T) {
	file := os.Getenv(fileVariable)
	if file == "" {
		t.Logf("%s is not set: nothing is measured", fileVariable)
		return
	}
	m := measured{hello: map[int]figures{}}
	b := bounds{20_000, 5 * time.Second}
	m.syncs = syncs(t, t.TempDir(), bounds{20_000, 3 * time.Second})
	for _, callers := range []int{1, 8} {
		m.hello[callers] = hellos(t, callers, bounds{100_000, 3 * time.Second})
	}
	t.Log("limits measured")
	m.engines = append(m.engines, createOn(t, "SQLite", "", b))
	if url := os.Getenv(postgresVariable); url != "" {
		m.engines = append(m.engines, createOn(t, "PostgreSQL", url, b))
	}
	m.measureFull(t, b)
	if t.Failed() {
		return
	}
	text := m.report()
	t.Log("\n" + text)
	write(t, file, text)
}

// createOn measures creations on a desk that was empty.
func createOn(t *testing.T, name, database string, b bounds) engine {
	t.Helper()
	d := running.New(t, database)
	d.Start()
	defer t.Logf("%s measured", name)
	defer d.Stop()
	creations(d, 8, bounds{200, b.time}) // caches and the pool are as on any working day
	e := engine{name: name}
	for _, callers := range []int{1, 8, 64} {
		before := serverCPU(t)
		f := creations(d, callers, b)
		e.created = append(e.created, f)
		e.server = append(e.server, ms(serverCPU(t)-before)/float64(max(f.n, 1)))
	}
	return e
}

// serverCPU is the processor time of the database server, 0 where there is none.
func serverCPU(t *testing.T) time.Duration {
	t.Helper()
	pid, err := strconv.Atoi(os.Getenv(serverVariable))
	if err != nil {
		return 0
	}
	used, err := running.FamilyCPU(pid)
	if err != nil {
		t.Fatal(err)
	}
	return used
}

// measureFull measures what happens on a desk with years of work in it.
func (m *measured) measureFull(t *testing.T, b bounds) {
	t.Helper()
	empty := running.New(t, "")
	m.fresh = begin(empty)
	empty.Stop()

	d := running.New(t, "")
	from := time.Now()
	long := seed(t, d, benchTickets)
	m.seeded = time.Since(from)
	t.Logf("%d tickets made in %v", benchTickets, m.seeded.Round(time.Second))
	m.full = begin(d)
	defer d.Stop()
	d.CatchUp(patience)
	m.full.idle = idle(d) // again: until now it was busy with its past
	m.open = d.Count(`SELECT COUNT(*) FROM ticket WHERE is_open = 1`)
	for _, callers := range []int{1, 8} {
		for name, list := range map[string][]string{queueName: {"/work"}, ticketName: paths(long)} {
			f, size := pages(d, callers, b, list...)
			m.pages = append(m.pages, pageFigures{name, f, size})
		}
	}
	slices.SortStableFunc(m.pages, func(a, b pageFigures) int { return strings.Compare(a.name, b.name) })
	m.one = visible(d, bounds{50, 30 * time.Second})
	m.many.figures, m.many.accepted = deliveries(d, 4, 24, 0)
	m.large.figures, m.large.accepted = deliveries(d, 4, 400, 50_000)
}

const (
	queueName  = "queue, 50 rows"
	ticketName = "ticket, 30 messages"
)

// begin starts a desk five times, from nothing to the first page, and leaves it idle for a while.
func begin(d *running.Desk) start {
	d.Helper()
	var s start
	for range 5 {
		s.took = append(s.took, d.StartUntil("/signin"))
		d.Stop()
	}
	slices.Sort(s.took)
	d.Start()
	s.idle = idle(d)
	return s
}

// idle is what a desk holds after a while in which nobody asked for anything.
func idle(d *running.Desk) int64 {
	d.Idle(4 * time.Second)
	return d.RSS()
}

// paths are the pages of tickets.
func paths(numbers []int64) []string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = "/work/tickets/LD-" + strconv.FormatInt(n, 10)
	}
	return out
}

// postgres is the URL of a database that is no file; a desk finds its file by itself.
func postgres(url string) string {
	if strings.HasPrefix(url, "postgres") {
		return url
	}
	return ""
}

func sorted(list []time.Duration) []time.Duration {
	slices.Sort(list)
	return list
}

// Marks between which the measured part of the page stands.
const (
	beginMark = "<!-- measured by make bench, do not edit: begin -->\n"
	endMark   = "<!-- measured by make bench: end -->\n"
)

// write puts the measured part into its page, whose other parts stay as they are.
func write(t *testing.T, file, text string) {
	t.Helper()
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(old), beginMark)
	_, after, closed := strings.Cut(rest, endMark)
	if !ok || !closed {
		t.Fatalf("%s has no place for what was measured", filepath.Base(file))
	}
	if err := os.WriteFile(file, []byte(before+beginMark+text+endMark+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
