// SPDX-License-Identifier: Apache-2.0

package load_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// page writes the measured part of docs/benchmarks.md.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// table writes a table whose first column is text and whose others are numbers.
func (p *page) table(head string) {
	columns := strings.Count(head, "|") + 1
	p.line("\n| %s |", head)
	p.line("|---|%s", strings.Repeat("---:|", columns-1))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// report is what was measured, with the goal and the best of four peers beside it.
func (m *measured) report() string {
	var p page
	p.line("\n### The machine and its limits\n")
	for _, line := range machine() {
		p.line("- %s", line)
	}
	p.line("- clients, desk and database share these cores and talk over the loopback")
	p.table("limit | per second | p50 ms | p99 ms | CPU ms")
	p.line("| append 4 kB and fsync, one after the other | %.0f | %.2f | %.2f | |", m.syncs.perSecond(), m.syncs.at(.5), m.syncs.at(.99))
	for _, callers := range []int{1, 8} {
		f := m.hello[callers]
		p.line("| bare net/http server that says hello, %s | %.0f | %.2f | %.2f | %.3f |", plural(callers, "caller"), f.perSecond(), f.at(.5), f.at(.99), f.cpuEach())
	}
	m.goals(&p)
	m.creation(&p)
	m.pageTable(&p)
	m.mail(&p)
	m.starting(&p)
	p.line("")
	return p.String()
}

// goal is a line of the first table.
type goal struct {
	what   string
	got    float64
	unit   string
	wanted float64
	peer   string
}

func (m *measured) goals(p *page) {
	create := m.engines[0].created
	list := []goal{
		{"processor time of a ticket opened through the API, 1 caller", create[0].cpuEach(), "ms", 3, "osTicket 69"},
		{"the same, 8 callers", create[1].cpuEach(), "ms", 3, "osTicket 67"},
		{"processor time of the queue page", m.page(queueName, 1).cpuEach(), "ms", 3, "LibreDesk 34"},
		{"processor time of the ticket page", m.page(ticketName, 1).cpuEach(), "ms", 2, "LibreDesk 9"},
		{"mail accepted until it is on the agent's list, p50", m.one.at(.5), "ms", 200, "LibreDesk 974"},
	}
	p.line("\n### Goals\n\nOn SQLite, %d tickets of which %d open.", benchTickets, m.open)
	p.table("figure | measured | goal | best peer | met")
	for _, g := range list {
		met := "yes"
		if g.got >= g.wanted {
			met = "**no**"
		}
		p.line("| %s | %.2f %s | < %.0f %s | %s %s | %s |", g.what, g.got, g.unit, g.wanted, g.unit, g.peer, g.unit, met)
	}
}

func (m *measured) page(name string, callers int) figures {
	i := slices.IndexFunc(m.pages, func(f pageFigures) bool { return f.name == name && f.callers == callers })
	return m.pages[i].figures
}

func (m *measured) creation(p *page) {
	p.line("\n### Tickets opened through the API\n")
	p.line("Each is on disk when it is answered, with its first message, its events and the job of its acknowledgement; the processor")
	p.line("time includes that job. The last column is tickets for each fsync that the disk could do in the same time: above 1 several")
	p.line("callers share a commit. Best peer: osTicket, 13.1 /s, p50 74 ms with one caller, 25.9 /s with eight.")
	p.table("engine, callers | /s | p50 ms | p99 ms | CPU ms | CPU ms of the server | of fsync/s")
	for _, e := range m.engines {
		for i, f := range e.created {
			server := ""
			if e.server[i] > 0 {
				server = fmt.Sprintf("%.2f", e.server[i])
			}
			p.line("| %s, %d | %.0f | %.1f | %.1f | %.2f | %s | %.2f |", e.name, f.callers, f.perSecond(), f.at(.5), f.at(.99), f.cpuEach(), server, f.perSecond()/m.syncs.perSecond())
		}
	}
}

func (m *measured) pageTable(p *page) {
	p.line("\n### Pages\n")
	p.line("As a signed-in agent sees them, whole and compressed, on the desk with %d tickets, when it has caught up with their past. The", benchTickets)
	p.line("last column is pages for each hello of the bare server with as many callers. Best peer: LibreDesk, queue p50 35 ms, 58 /s with eight callers; ticket p50 9 ms, 196 /s.")
	p.table("page, callers | /s | p50 ms | p99 ms | CPU ms | KiB | of hello/s")
	for _, f := range m.pages {
		p.line("| %s, %d | %.0f | %.1f | %.1f | %.2f | %.0f | %.3f |", f.name, f.callers, f.perSecond(), f.at(.5), f.at(.99), f.cpuEach(), float64(f.size)/1024, f.perSecond()/m.hello[f.callers].perSecond())
	}
}

func (m *measured) mail(p *page) {
	p.line("\n### Mail\n")
	p.line("By SMTP to the desk's own listener, journalled on disk before 250. The list is the agent's newest first, reloaded until the")
	p.line("subject stands there. Best peer: LibreDesk at a poll of 1 s, p50 974 ms, 9.5 mails a second until all are visible.")
	p.table("what | n | p50 ms | p99 ms | accepted /s | visible /s | CPU ms each")
	p.line("| one mail, 250 until it is on the list (reloads included) | %d | %.1f | %.1f | | | %.1f |", m.one.n, m.one.at(.5), m.one.at(.99), m.one.cpuEach())
	for _, r := range []struct {
		what string
		d    delivery
	}{{"small mails on 4 connections", m.many}, {"mails of 50 kB on 4 connections", m.large}} {
		p.line("| %s | %d | %.1f | %.1f | %.0f | %.0f | %.2f |", r.what, r.d.n, r.d.at(.5), r.d.at(.99), float64(r.d.n)/r.d.accepted.Seconds(), r.d.perSecond(), r.d.cpuEach())
	}
}

func (m *measured) starting(p *page) {
	p.line("\n### Start and memory\n")
	p.line("From starting the process until its first page is answered, the middle and the slowest of five; memory (RSS) when nothing has")
	p.line("happened for four seconds. Best peers: osTicket 0.6 s, LibreDesk 1.1 s to the first page; LibreDesk 221 MiB after load.")
	p.table("desk | first page ms | slowest ms | idle MiB")
	for _, r := range []struct {
		what string
		s    start
	}{{"empty", m.fresh}, {fmt.Sprintf("%d tickets", benchTickets), m.full}} {
		p.line("| %s | %.0f | %.0f | %.0f |", r.what, ms(r.s.took[len(r.s.took)/2]), ms(r.s.took[len(r.s.took)-1]), float64(r.s.idle)/(1<<20))
	}
	p.line("\nThe desk was filled with %d tickets through its own commands in %.0f s.", benchTickets, m.seeded.Round(time.Second).Seconds())
}
