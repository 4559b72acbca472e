// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/event"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// The size of the synthetic desk: LOOPDESK_SEARCH_TICKETS, 2,000 where it is not said.
// make bench-search N=100000
func benchSize() int {
	if n, err := strconv.Atoi(os.Getenv("LOOPDESK_SEARCH_TICKETS")); err == nil && n > 0 {
		return n
	}
	return 2000
}

// BenchmarkSearch measures questions over a synthetic desk on both engines: a vocabulary of
// Chinese and English by frequency, three messages a ticket of 600 bytes on average, every
// sixth of them internal. The cost of making the index is logged.
func BenchmarkSearch(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) {
		url := "sqlite://" + filepath.Join(b.TempDir(), "search.db")
		benchEngine(b, url)
	})
	if server := os.Getenv("LOOPDESK_TEST_POSTGRES"); server != "" {
		b.Run("postgres", func(b *testing.B) { benchEngine(b, dbtest.Postgres(b, server)) })
	}
}

func benchEngine(b *testing.B, url string) {
	ctx := b.Context()
	d, err := db.Open(ctx, db.Config{URL: url})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Migrate(ctx); err != nil {
		b.Fatal(err)
	}
	jobs := job.New(d, clock.System(), slog.New(slog.DiscardHandler))
	bus := event.NewBus(jobs)
	people := person.NewService(d, bus, clock.System())
	s := search.NewService(search.Parts{DB: d, Clock: clock.System(), Jobs: jobs, People: people, Tickets: ticket.NewService(ticket.Parts{
		DB: d, Bus: bus, Clock: clock.System(), People: people, Catalog: catalog.New(d, bus, clock.System()), Settings: setting.NewService(d, bus, clock.System()),
	})})
	c := &corpus{seed: 88172645463325252, d: d}
	c.fill(ctx, b, benchSize())
	start := time.Now()
	if err := s.Rebuild(ctx); err != nil {
		b.Fatal(err)
	}
	if _, err := jobs.RunDue(ctx); err != nil {
		b.Fatal(err)
	}
	took := time.Since(start)
	b.Logf("%s: %d tickets indexed in %v, %v a ticket", d.Engine(), benchSize(), took.Round(time.Millisecond), (took / time.Duration(benchSize())).Round(time.Microsecond))
	if d.Engine() == db.Postgres {
		c.analyze(ctx, b)
	}
	agent := access.Actor{ID: 1, Kind: access.Person, Role: access.Agent, Via: "web"}
	for _, q := range c.questions() {
		b.Run(q.name, func(b *testing.B) { benchQuery(b, s, agent, q.list) })
	}
	b.Run("suggest", func(b *testing.B) {
		list := []string{"prin", "网", "打印", "pers", "错误 ou"}
		took := make([]time.Duration, 0, b.N)
		for i := 0; b.Loop(); i++ {
			start := time.Now()
			if _, err := s.Suggest(ctx, agent, search.Query{Text: list[i%len(list)]}); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
		}
		report(b, took)
	})
	wang := access.Actor{ID: 3, Kind: access.Person, Role: access.Requester, Via: "portal"}
	b.Run("requester", func(b *testing.B) { benchQuery(b, s, wang, []string{"打印机", "outlook", "网络 vpn"}) })
}

func benchQuery(b *testing.B, s *search.Service, by access.Actor, list []string) {
	took := make([]time.Duration, 0, b.N)
	found := 0
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		p, err := s.Find(b.Context(), by, search.Query{Text: list[i%len(list)]})
		if err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
		found += p.Total.N
	}
	report(b, took)
	b.ReportMetric(float64(found)/float64(len(took)), "found")
}

func report(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[min(int(share*float64(len(took))), len(took)-1)].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
}

type question struct {
	name string
	list []string
}

// corpus writes a synthetic desk.
type corpus struct {
	d       *db.DB
	seed    uint64
	zh, en  []string
	persons int
}

func (c *corpus) next() uint64 {
	c.seed ^= c.seed << 13
	c.seed ^= c.seed >> 7
	c.seed ^= c.seed << 17
	return c.seed
}

// zipf draws a rank below n: the first far more often than the last.
func (c *corpus) zipf(n int) int {
	u := float64(c.next()>>11) / (1 << 53)
	return min(int(math.Exp(u*math.Log(float64(n)+1)))-1, n-1)
}

func (c *corpus) words() {
	c.zh = []string{"打印", "网络", "打印机", "连接", "无法", "登录", "密码", "邮箱", "系统", "电脑", "重启", "错误", "提示", "服务器", "视频会议", "数据库", "权限", "账号"}
	c.en = []string{"printer", "network", "outlook", "vpn", "password", "error", "windows", "server", "login", "excel"}
	const chars = 2500
	for len(c.zh) < 20_000 {
		var w []rune
		for range 2 + c.next()%2 + c.next()%2 {
			w = append(w, rune(0x4E00+7*c.zipf(chars)))
		}
		c.zh = append(c.zh, string(w))
	}
	syllables := strings.Fields("ba ce di fo gu ha je ki lo mu na pe qui ro sa ti vu we xo yu za per mon ter con pro ver")
	for len(c.en) < 20_000 {
		w := ""
		for range 2 + c.next()%3 {
			w += syllables[c.next()%uint64(len(syllables))]
		}
		c.en = append(c.en, w)
	}
}

func (c *corpus) text(size int) string {
	var b strings.Builder
	for b.Len() < size {
		switch n := c.next() % 100; {
		case n < 70:
			b.WriteString(c.zh[c.zipf(len(c.zh))])
		case n < 92:
			b.WriteString(" " + c.en[c.zipf(len(c.en))] + " ")
		case n < 94:
			fmt.Fprintf(&b, " ERR-%d ", c.next()%5000)
		case n < 95:
			fmt.Fprintf(&b, " 10.%d.%d.%d ", c.next()%8, c.next()%256, c.next()%256)
		default:
			b.WriteString("，")
		}
	}
	return b.String()
}

func (c *corpus) fill(ctx context.Context, b *testing.B, n int) {
	c.words()
	c.persons = max(n/10, 10)
	insert := func(text string, columns int, rows [][]any) {
		b.Helper()
		err := c.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for part := range slices.Chunk(rows, 200) {
				var t strings.Builder
				var args []any
				for i, r := range part {
					if i > 0 {
						t.WriteString(", ")
					}
					t.WriteString("(" + db.List(columns, i*columns+1) + ")")
					args = append(args, r...)
				}
				if _, err := db.Exec(ctx, tx, text+t.String(), args...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	var rows [][]any
	for i := range c.persons {
		role := "requester"
		if i < 2 {
			role = "agent"
		}
		rows = append(rows, []any{c.zh[c.next()%2000+18], fmt.Sprintf("u%d@example.net", i), role, int64(0)})
		if len(rows) == 1000 || i == c.persons-1 {
			insert(`INSERT INTO person (name, email, role, created_at) VALUES `, 4, rows)
			rows = nil
		}
	}
	now := time.Now()
	for from := 0; from < n; from += 1000 {
		to := min(from+1000, n)
		var tickets, messages [][]any
		for i := from; i < to; i++ {
			at := now.Add(-time.Duration(n-i) * (3 * 365 * 24 * time.Hour / time.Duration(n)))
			status, open := "closed", 0
			if i > n-n/50 || c.next()%1000 == 0 {
				status, open = "open", 1
			}
			first := c.text(300 + int(c.next()%900))
			tickets = append(tickets, []any{
				1001 + i, "t" + strconv.Itoa(i), status, open, c.text(24 + int(c.next()%40)), []rune(first)[:60:60], "portal",
				1 + int(c.next()%uint64(c.persons)), 1 + int(c.next()%2), 1 + int(c.next()%4), at, at, at,
			})
			tickets[len(tickets)-1][5] = string(tickets[len(tickets)-1][5].([]rune))
			for k := range 3 {
				kind, body := "public", first
				if k > 0 {
					body = c.text(200 + int(c.next()%800))
				}
				if k == 2 && c.next()%2 == 0 {
					kind = "internal"
				}
				messages = append(messages, []any{i + 1, kind, k == 0, "portal", body, at})
			}
		}
		insert(`INSERT INTO ticket (number, token, status, is_open, subject, snippet, channel, requester_id, owner_id, priority, created_at, updated_at, next_due) VALUES `, 13, tickets)
		insert(`INSERT INTO message (ticket_id, kind, by_user, channel, body, at) VALUES `, 6, messages)
	}
}

func (c *corpus) analyze(ctx context.Context, b *testing.B) {
	for _, table := range []string{"search_doc", "ticket", "message", "person"} {
		err := c.d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `ANALYZE `+table)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func (c *corpus) questions() []question {
	return []question{
		{"zh1", []string{"打", "网", "库", "码"}},
		{"zh2-common", []string{"打印", "网络", "密码"}},
		{"zh2-middle", []string{c.zh[300][:6], c.zh[800][:6], c.zh[1500][:6]}},
		{"zh2-rare", []string{c.zh[9000][:6], c.zh[15000][:6], c.zh[19000][:6]}},
		{"zh4", []string{"视频会议", "打印机", "数据库"}},
		{"en-common", []string{"printer", "outlook", "network"}},
		{"en-rare", []string{c.en[9000], c.en[15000], c.en[19000]}},
		{"code", []string{"ERR-1234", "ERR-77", "10.3.14.15", "err-4999"}},
		{"two-words", []string{"打印机 outlook", "网络 vpn", "密码 windows 登录"}},
		{"phrase", []string{`"printer network"`, `"无法 连接"`, `"outlook error"`}},
		{"open", []string{"status:open 打印", "status:open owner:me", "status:open priority:P1 outlook"}},
		{"closed-requester", []string{"requester:u17@example.net 打", "requester:u3@example.net printer", "requester:u5@example.net"}},
		{"old", []string{"created:<2024-06 打印", "created:2025-02 网络", "created:2025 " + c.zh[300][:6]}},
	}
}
