// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/db"
)

// What the index finds is what a plain look through everything finds, for whatever is said and
// asked, on both engines; pages hold it all, each once.
func TestS82_TheIndexFindsWhatALookThroughFinds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		words := []string{"打印机", "打", "印机", "网络", "重置密码", "密码", "重置", "printer", "Printers", "ERR-12", "err", "12", "10.0.3.7", "10.0", "ＶＰＮ", "vpn", "，", "。", " ", "\n"}
		type doc struct {
			ref    string
			passes []string
		}
		var docs []doc
		seed := uint64(2463534242)
		draw := func(n int) int {
			seed ^= seed << 13
			seed ^= seed >> 7
			seed ^= seed << 17
			return int(seed % uint64(n)) // smaller than n
		}
		say := func(n int) string {
			var b strings.Builder
			b.WriteString("甲")
			for range n {
				b.WriteString(words[draw(len(words))])
				if draw(3) == 0 {
					b.WriteString(" ")
				}
			}
			return b.String()
		}
		for range 40 {
			subject, body := say(1+draw(4)), say(1+draw(6))
			x := r.record(r.wang, subject, body)
			d := doc{x.Ref(), []string{x.Subject, body}}
			for range draw(3) {
				note := say(1 + draw(5))
				r.note(x, note)
				d.passes = append(d.passes, note)
			}
			docs = append(docs, d)
		}
		r.settle()
		rapid.Check(t, func(t *rapid.T) {
			var typed []string
			for range rapid.IntRange(1, 3).Draw(t, "n") {
				q := strings.TrimSpace(rapid.SampledFrom(words[:16]).Draw(t, "word"))
				if rapid.Bool().Draw(t, "longer") {
					q += rapid.SampledFrom(words[:16]).Draw(t, "more")
				}
				typed = append(typed, q)
			}
			var want []string
			for _, d := range docs {
				if !slices.ContainsFunc(typed, func(q string) bool { return !stands(q, d.passes) }) {
					want = append(want, d.ref)
				}
			}
			got := strings.Fields(r.refs(r.agent, strings.Join(typed, " ")))
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("%q: found %v, a look through finds %v", typed, got, want)
			}
		})
	})
}

// stands looks for what was typed without the rules of the index: each run of ideographs as it
// is, each run of letters, digits and what joins them as whole words one after the other.
func stands(typed string, passages []string) bool {
	for _, run := range runs(typed) {
		if !slices.ContainsFunc(passages, func(p string) bool {
			return slices.ContainsFunc(runs(p), func(in []string) bool { return within(run, in) })
		}) {
			return false
		}
	}
	return true
}

func within(run, in []string) bool {
	for i := 0; i+len(run) <= len(in); i++ {
		if slices.Equal(in[i:i+len(run)], run) {
			return true
		}
	}
	return false
}

func runs(s string) (out [][]string) {
	s = strings.ToLower(strings.NewReplacer("Ｖ", "v", "Ｐ", "p", "Ｎ", "n").Replace(s))
	var run []string
	end := func() {
		if run != nil {
			out, run = append(out, run), nil
		}
	}
	word, han, joins := "", false, 0
	flush := func() {
		if word != "" {
			if !strings.ContainsAny(word, "0123456789") {
				word = strings.TrimSuffix(word, "s")
			}
			run, word = append(run, word), ""
		}
	}
	for _, c := range s {
		switch {
		case c >= 0x4E00 && c <= 0x9FFF:
			flush()
			if !han || joins > 0 {
				end()
			}
			run, han, joins = append(run, string(c)), true, 0
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			if han || joins > 1 {
				flush()
				end()
			} else if joins == 1 {
				flush()
			}
			word, han, joins = word+string(c), false, 0
		case strings.ContainsRune("-.", c):
			joins++
		default:
			joins = 2
		}
	}
	flush()
	end()
	return out
}

func TestTheIndexFollowsEveryChange(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a, b := r.record(r.wang, "打印机卡纸", "第一单"), r.record(r.wang, "打印机又卡纸", "第二单")
		r.settle()
		check := func(what, typed, want string) {
			t.Helper()
			if got := r.refs(r.agent, typed); got != want {
				t.Errorf("%s: %s finds %q, want %q", what, typed, got, want)
			}
		}
		r.do(r.agent, a, ticket.Accept{})
		r.do(r.agent, a, ticket.Classify{Subject: "纸盒损坏"})
		r.settle()
		check("a new subject", "纸盒", a.Ref())
		check("the old subject", "打印机卡纸", "")
		check("an owner", "owner:林晓岚", a.Ref())
		r.do(r.agent, b, ticket.Merge{Into: a.ID})
		r.settle()
		check("merged", "status:closed", b.Ref())
		check("merged, in words", "第二单", b.Ref())
		check("merged, open", "打印机 status:open", "")
		p, err := r.people.Get(t.Context(), person.ID(r.wang.ID))
		if err != nil {
			t.Fatal(err)
		}
		version := p.Version
		p.Name, p.Email = "用户七号", "erased-7@invalid.example"
		if _, err := r.people.Change(t.Context(), access.Desk(), p, version); err != nil {
			t.Fatal(err)
		}
		r.settle()
		check("a new name", "用户七号 纸盒", a.Ref())
		check("the name that the record keeps", "王海燕", a.Ref()+" "+b.Ref())
		err = r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { // as an erasure does
			if _, err := db.Exec(ctx, tx, `UPDATE ticket SET detail = '{}'`); err != nil {
				return err
			}
			if err := r.search.Touch(ctx, tx, a.ID); err != nil {
				return err
			}
			return r.search.Touch(ctx, tx, b.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		r.settle()
		check("an erased name", "王海燕", "")
		check("an erased address", "wang.haiyan", "")
		check("the name in its place", "用户七号 纸盒", a.Ref())
		r.do(r.agent, a, ticket.Classify{Subject: "墨盒空了"})
		err = r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return r.search.Touch(ctx, tx, 1<<40) })
		if err != nil {
			t.Fatal(err)
		}
		r.settle() // in one run with a ticket that is gone
		check("beside one that is gone", "墨盒", a.Ref())
		s, err := r.search.Suggest(t.Context(), r.agent, search.Query{Text: "王海"})
		if err != nil || len(s.People) > 0 {
			t.Errorf("%v, %v", s.People, err)
		}
	})
}

func TestOneJobATicketHoweverManyFacts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record(r.wang, "打印机卡纸", "一")
		for i := range 5 {
			r.note(x, fmt.Sprint("备注", i))
		}
		counts, err := r.jobs.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, c := range counts {
			if c.Kind == "search:ticket" {
				n += c.Waiting
			}
		}
		if n != 1 {
			t.Errorf("%d jobs wait: %+v", n, counts)
		}
	})
}

// F49: an index that is gone, half written or stale is made again; searches and writes go on.
func TestF49_TheIndexIsMadeAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var all []string
		for i := range 45 {
			all = append(all, r.record(r.wang, fmt.Sprintf("打印机 %d", i), "卡纸").Ref())
		}
		r.settle()
		id := db.Pair{SQLite: "rowid", Postgres: "id"}.For(r.db.Engine())
		err := r.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := db.Exec(ctx, tx, `DELETE FROM search_doc WHERE `+id+` > 7 OR `+id+` < -1`); err != nil {
				return err
			}
			text := db.Pair{SQLite: `INSERT INTO search_doc (rowid, terms) VALUES (9000, 'x')`, Postgres: `INSERT INTO search_doc (id, version, terms) VALUES (9000, 1, '{1}')`}
			_, err := db.Exec(ctx, tx, text.For(tx.Engine()))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if hits, _ := r.find(r.agent, "打印机"); len(hits) != 7 {
			t.Errorf("%d of the broken index", len(hits))
		}
		if err := r.search.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		p, err := r.search.Find(t.Context(), r.agent, search.Query{Text: "打印机"})
		if err != nil || !p.Building || p.Total.N != 7 {
			t.Errorf("meanwhile: %+v, %v", p.Total, err)
		}
		last := r.record(r.li, "打印机 new", "meanwhile").Ref()
		r.settle()
		got := strings.Fields(r.refs(r.agent, "打印机"))
		want := append(all, last)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("found %v", got)
		}
		n, err := db.One(t.Context(), r.db, func(x db.Row) (n int64, err error) { err = x.Scan(&n); return n, err }, `SELECT COUNT(*) FROM search_doc`)
		if err != nil || n != int64(len(all)+1+4) {
			t.Errorf("%d lines in the index, %v", n, err)
		}
		if p, err := r.search.Find(t.Context(), r.agent, search.Query{Text: "打印机"}); err != nil || p.Building {
			t.Errorf("still building: %v, %v", p.Building, err)
		}
		if err := r.search.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		if ran, err := r.jobs.RunDue(t.Context()); err != nil || ran != 0 {
			t.Errorf("a whole index is made again: %d jobs, %v", ran, err)
		}
	})
}

// Pages are whole across windows, and what comes in between two of them moves nothing.
func TestPagesAreWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		const n = 520 // more than a window
		for i := range n {
			subject := "纸"
			if i%7 == 0 {
				subject = "打印机"
			}
			r.record(r.wang, subject, "卡纸 打印机")
		}
		r.settle()
		seen := map[string]bool{}
		q := search.Query{Text: "打印机", Limit: 100}
		for range 20 {
			p, err := r.search.Find(t.Context(), r.agent, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range p.Hits {
				if seen[h.Ticket.Ref()] {
					t.Errorf("%s twice", h.Ticket.Ref())
				}
				seen[h.Ticket.Ref()] = true
			}
			if q.Cursor == "" && p.Total.N != n {
				t.Errorf("total %+v", p.Total)
			}
			r.record(r.wang, "打印机", "later")
			r.settle()
			if q.Cursor = p.Next; p.Next == "" {
				break
			}
		}
		if len(seen) != n {
			t.Errorf("%d of %d", len(seen), n)
		}
	})
}
