// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/form"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/queue"
	"github.com/loopdesk/loopdesk/internal/desk/search"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// secrets puts a word of its own into every place on a ticket that its requester does not see.
func (r *room) secrets(by access.Actor) (t ticket.Ticket, words []string) {
	r.Helper()
	t = r.record(by, "打印机卡纸", "三楼打印机卡纸")
	n := 0
	word := func() string {
		n++
		words = append(words, fmt.Sprintf("canary%d金丝雀%d", n, n))
		return words[len(words)-1]
	}
	r.do(r.agent, t, ticket.Accept{})
	r.note(t, word())
	r.do(r.agent, t, ticket.CallRecord{Say: ticket.Say{Text: word()}, Spoke: true})
	r.do(r.agent, t, ticket.Reply{Say: ticket.Say{Text: "已经在看", Quoted: word()}})
	r.do(r.agent, t, ticket.Record{Intake: map[ticket.Element]ticket.Answer{ticket.Affected: {Value: word()}}})
	a, err := r.tickets.Stage(r.Context(), r.agent, ticket.File{Name: word() + ".txt", Data: strings.NewReader("x")})
	if err != nil {
		r.Fatal(err)
	}
	r.do(r.agent, t, ticket.Note{Say: ticket.Say{Text: "附件", Files: []string{a.Token}}})
	r.settle()
	return t, words
}

// What is internal is found by staff and by nobody else: not in results, counts or marks.
func TestS25_AnInternalWordIsNotFoundByItsRequester(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		mine, words := r.secrets(r.wang)
		link := access.Actor{ID: r.wang.ID, Kind: access.Link, Ticket: int64(mine.ID), Via: "link"}
		for _, w := range words {
			if got := r.refs(r.agent, `"`+w+`"`); got != mine.Ref() {
				t.Errorf("staff do not find %s: %q", w, got)
			}
			for who, by := range map[string]access.Actor{"requester": r.wang, "somebody else": r.li, "link": link, "nobody's link": {Kind: access.Link}} {
				if got := r.refs(by, `"`+w+`"`); got != "" {
					t.Errorf("%s finds %s: %q", who, w, got)
				}
				if got := r.refs(by, "打印机 "+w); got != "" {
					t.Errorf("%s finds 打印机 %s: %q", who, w, got)
				}
			}
		}
		if got := r.refs(r.wang, "has:attachment"); got != "" {
			t.Errorf("an attachment of a note is told: %q", got)
		}
		for _, by := range []access.Actor{r.wang, link} {
			hits, _ := r.find(by, "打印机")
			if len(hits) != 1 || strings.Contains(fmt.Sprint(hits), "canary") {
				t.Errorf("%+v", hits)
			}
		}
	})
}

// Everybody finds exactly what they may read, and is told of no more (S20, S24).
func TestS24_CountsAndResultsAreWhatCanBeRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		var all []ticket.Ticket
		for i := range 12 {
			by := r.wang
			if i%3 == 0 {
				by = r.li
			}
			all = append(all, r.record(by, fmt.Sprintf("打印机 %d 号", i), "卡纸 printer"))
		}
		r.note(all[1], "printer secret")
		r.settle()
		portal := r.agent
		portal.Via = "portal"
		link := access.Actor{ID: r.wang.ID, Kind: access.Link, Ticket: int64(all[1].ID), Via: "link"}
		for _, by := range []access.Actor{r.agent, r.lead, portal, r.wang, r.li, link, access.Desk()} {
			for _, typed := range []string{"打", "打印", "打印机", "printer", "卡纸 printer", "secret", "status:open", "创建:2026 打印", `"卡纸 printer"`} {
				want := 0
				for i, x := range all {
					if access.Tickets(by).Holds(x.Object()) && (typed != "secret" || i == 1 && by.Staff()) {
						want++
					}
				}
				hits, total := r.find(by, typed)
				if len(hits) != want || total.N != want {
					t.Errorf("%+v %s: %d found, total %+v, may read %d", by, typed, len(hits), total, want)
				}
			}
		}
		if _, err := r.search.Find(t.Context(), access.Actor{}, search.Query{Text: "打印"}); errs.KindOf(err) != errs.Unauthenticated {
			t.Errorf("nobody: %v", err)
		}
	})
}

// A property that is not shown is refused, not passed over; people and suggestions are for staff.
func TestS20_S24_NoPropertyNobodyMayReadAndNoSuggestions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.record(r.wang, "打印机卡纸", "卡纸")
		r.settle()
		for _, typed := range []string{"owner:me", "assignee:林", "group:一线", "priority:P1", "requester:li", "service:邮件", "category:网络", "优先级：P1"} {
			if _, err := r.search.Find(t.Context(), r.wang, search.Query{Text: typed}); errs.KindOf(err) != errs.Invalid {
				t.Errorf("%s: %v", typed, err)
			}
		}
		for _, by := range []access.Actor{r.wang, {Kind: access.Link, ID: r.wang.ID, Ticket: 1}, {}} {
			if s, err := r.search.Suggest(t.Context(), by, search.Query{Text: "打印"}); err == nil || len(s.Tickets)+len(s.People) > 0 {
				t.Errorf("%+v: %v, %v", by, s, err)
			}
		}
		p, err := r.search.Find(t.Context(), r.wang, search.Query{Text: "林晓岚"})
		if err != nil || len(p.People) > 0 {
			t.Errorf("%v, %v", p, err)
		}
	})
}

// The index is never asked for a requester: taken away, their search is the same (S24, timing).
func TestS24_ARequestersSearchDoesNotTouchTheIndex(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record(r.wang, "打印机卡纸", "卡纸") // the index has not heard of it yet
		if got := r.refs(r.wang, "打印机"); got != x.Ref() {
			t.Errorf("requester: %q", got)
		}
		if got := r.refs(r.agent, "打印机"); got != "" {
			t.Errorf("staff, before the index: %q", got)
		}
		r.settle()
		if got := r.refs(r.agent, "打印机"); got != x.Ref() {
			t.Errorf("staff, after it: %q", got)
		}
	})
}

// Whatever is typed means itself or is refused in a sentence (S82, A22).
func TestS82_HostileQuestions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record(r.wang, "打印机卡纸", "卡纸 100% a_b")
		r.settle()
		typed := []string{
			"", " ", "%", "_", "*", "打*", `"`, `""`, `"打`, "“打”", "'", "a OR b", "NOT 打", "打 NEAR 印", "rowid:1", "terms:打", "^打", "{1,2}", "-打", "(打", "打)", "\x00打", "打\xff",
			"'; DROP TABLE search_doc; --", `" OR 1=1`, "status:", ":open", "::", "状态：", strings.Repeat("a", 1000), strings.Repeat("打印", 500), strings.Repeat("a b ", 250),
			strings.Repeat(`"`, 999), "created:", "created:>", "created:>9999-99-99", "created:99999d", "has:", "priority:0", "owner:%", "category:%",
		}
		if text, err := os.ReadFile(filepath.Join(dataFolder(), "naughty", "blns.txt")); err == nil {
			typed = append(typed, strings.Split(string(text), "\n")...)
		}
		for _, q := range typed {
			for _, by := range []access.Actor{r.agent, r.wang} {
				if _, err := r.search.Find(t.Context(), by, search.Query{Text: q}); err != nil && errs.KindOf(err) != errs.Invalid {
					t.Errorf("%q: %v", q, err)
				}
			}
			if _, err := r.search.Suggest(t.Context(), r.agent, search.Query{Text: q}); err != nil {
				t.Errorf("%q: %v", q, err)
			}
		}
		for _, q := range []string{"%", "打印机%zz", "打印 zz*", "_", "NOT 打印机", "zz NEAR 打印", "打印机 AND zz"} {
			if hits, _ := r.find(r.agent, q); len(hits) > 0 {
				t.Errorf("%q is an operator of the index", q)
			}
		}
		for _, q := range []string{strings.Repeat("打", 10_000), strings.Repeat("a ", 10_000)} {
			if _, err := r.search.Find(t.Context(), r.agent, search.Query{Text: q}); errs.As(err) == nil || errs.As(err).Key != "search.long" {
				t.Errorf("10,000 characters: %v", err)
			}
		}
		for _, cursor := range []string{"x", "cy4x", strings.Repeat("A", 400), "cy45Ljkub"} {
			if _, err := r.search.Find(t.Context(), r.agent, search.Query{Text: "打", Cursor: cursor}); errs.KindOf(err) != errs.Invalid {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
		if got := r.refs(r.agent, "打印机"); got != x.Ref() {
			t.Errorf("afterwards: %q", got)
		}
	})
}

func dataFolder() string {
	if s := os.Getenv("LOOPDESK_TESTDATA"); s != "" {
		return s
	}
	return filepath.Join("..", "..", "..", "..", "shared", "data")
}

func TestAnUnknownFilterIsSaid(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for typed, key := range map[string]string{
			"sender:wang": "queue.field_unknown", "status:bad": "queue.value_unknown", "created:morgen": "queue.day",
			"owner:nobodyofthatname": "queue.value_unknown", "组:不存在": "queue.value_unknown", "has:hope": "queue.value_unknown",
			"status:open (打印": "queue.bracket_open", "status:open OR": "queue.or_what",
		} {
			_, err := r.search.Find(t.Context(), r.agent, search.Query{Text: typed})
			if e := errs.As(err); e == nil || e.Key != key {
				t.Errorf("%s: %v, want %s", typed, err, key)
			}
			if queue.WrongAt(err) == 0 {
				t.Errorf("%s: it is not said where", typed)
			}
		}
		for _, typed := range []string{"错误：无法连接", "http://a.example/x", `C:\temp`, "10:30", "Error: x", "a:b"} {
			if _, err := r.search.Find(t.Context(), r.agent, search.Query{Text: typed}); err != nil {
				t.Errorf("%s is no filter: %v", typed, err)
			}
		}
	})
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record(r.li, "Printer jam on floor 3", "jam")
		r.record(r.li, "Mail", "the printer again")
		r.settle()
		for typed, want := range map[string]string{"pri": x.Ref(), "jam pri": x.Ref(), "Printe": x.Ref(), "status:new pri": x.Ref(), "zzz": "", "status:": ""} {
			s, err := r.search.Suggest(t.Context(), r.agent, search.Query{Text: typed})
			var got []string
			for _, h := range s.Tickets {
				got = append(got, h.Ticket.Ref())
			}
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("%s: %v, %v", typed, got, err)
			}
		}
		for typed, want := range map[string][]string{"林": {"林晓岚"}, "lin.x": nil, "lin": {"林晓岚"}, "wang.haiyan": {"王海燕"}, "haiy": {"王海燕"}, "rob": {"Robert Li"}, "财务 周立": {"周立"}} {
			s, err := r.search.Suggest(t.Context(), r.agent, search.Query{Text: typed})
			var got []string
			for _, p := range s.People {
				got = append(got, p.Name)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %v, %v", typed, got, err)
			}
		}
		s, _ := r.search.Suggest(t.Context(), r.agent, search.Query{Text: "pri"})
		if got := show(s.Tickets[0].Subject); got != "[Printer] jam on floor 3" {
			t.Error(got)
		}
	})
}

func TestMarks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.record(r.wang, "打印机 <b>卡纸</b>", strings.Repeat("前言。", 60)+"\n\n打印机的 ERR-1234 又来了\n"+strings.Repeat("后记。", 80))
		r.settle()
		hits, _ := r.find(r.agent, "打印机 err-1234")
		if got := show(hits[0].Subject); got != "[打印机] <b>卡纸</b>" {
			t.Error(got)
		}
		got := show(hits[0].Words)
		if !strings.HasPrefix(got, "…") || !strings.Contains(got, "。 [打印机]的 [ERR-1234] 又来了 后记") || !strings.HasSuffix(got, "…") || len([]rune(got)) > 200 {
			t.Error(got)
		}
		if hits[0].Where != search.InMessage || hits[0].Author != person.ID(r.wang.ID) {
			t.Errorf("%+v", hits[0])
		}
		r.clock.Advance(time.Hour)
	})
}

// Who takes part finds the ticket by its public words while they do, and nothing else of its
// requester.
func TestS24_WhoTakesPartFindsTheTicketWhileTheyDo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		shared, words := r.secrets(r.wang)
		r.record(r.wang, "打印机又卡纸", "另一台打印机")
		own := r.record(r.li, "打印机缺墨", "二楼打印机")
		finds := func(typed, want string) {
			t.Helper()
			r.settle()
			if got := r.refs(r.li, typed); got != want {
				t.Errorf("%s: %q, want %q", typed, got, want)
			}
		}
		finds("打印机", own.Ref())
		r.do(r.agent, shared, ticket.AddParticipant{Person: person.ID(r.li.ID)})
		hits, total := r.find(r.li, "打印机")
		if len(hits) != 2 || total.N != 2 {
			t.Errorf("%d hits of %d, want both", len(hits), total.N)
		}
		for _, w := range words {
			finds(`"`+w+`"`, "")
		}
		r.do(r.agent, shared, ticket.RemoveParticipant{Person: person.ID(r.li.ID)})
		finds("打印机", own.Ref())
	})
}

// What a requester answered to the questions of a category is theirs to find; who takes part finds
// what was said alone (S24, S25).
func TestN21_ARequesterFindsTheirOwnAnswers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		c, err := r.catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "打印机"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.catalog.SaveForm(t.Context(), access.Desk(), c.ID, form.Form{{Name: "model", Kind: form.Text, Label: "哪种型号", By: form.ToRecord}}, 0); err != nil {
			t.Fatal(err)
		}
		x, _, err := r.tickets.Record(t.Context(), r.wang, ticket.Request{
			Requester: person.ID(r.wang.ID), Channel: ticket.Portal, Category: c.ID, Given: &ticket.Given{Answers: map[string][]string{"model": {"LaserJet M404dn"}}}, Say: ticket.Say{Text: "卡纸"},
		})
		if err != nil {
			t.Fatal(err)
		}
		r.do(r.agent, x, ticket.AddParticipant{Person: person.ID(r.li.ID)})
		r.settle()
		for who, by := range map[string]access.Actor{"staff": r.agent, "the requester": r.wang} {
			if got := r.refs(by, "m404dn"); got != x.Ref() {
				t.Errorf("%s finds %q", who, got)
			}
		}
		if got := r.refs(r.li, "m404dn"); got != "" {
			t.Errorf("who takes part finds %q", got)
		}
		if got := r.refs(r.li, "卡纸"); got != x.Ref() {
			t.Errorf("who takes part finds the words as %q", got)
		}
	})
}

// A status that must not be is asked of the index as one of the others.
func TestAStatusThatMustNotBe(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		fresh := r.record(r.wang, "打印机一", "卡纸")
		taken := r.record(r.wang, "打印机二", "卡纸")
		r.do(r.agent, taken, ticket.Accept{})
		gone := r.record(r.wang, "打印机三", "卡纸")
		r.do(r.agent, gone, ticket.Close{As: ticket.Invalid, Reason: "test"})
		r.settle()
		for typed, want := range map[string]string{
			"打印机 -status:closed":                 taken.Ref() + " " + fresh.Ref(),
			"打印机 status:closed":                  gone.Ref(),
			"打印机 -status:open":                   gone.Ref(),
			"打印机 -status:new":                    taken.Ref() + " " + gone.Ref(),
			"打印机 -status:new -status:closed":     taken.Ref(),
			"打印机 (status:new OR -status:open)":   fresh.Ref() + " " + gone.Ref(),
			"打印机 -(status:new OR status:closed)": taken.Ref(),
		} {
			if got := r.refs(r.agent, typed); got != want {
				t.Errorf("%s: %q, want %q", typed, got, want)
			}
		}
	})
}
