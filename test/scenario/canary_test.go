// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
)

// canary is a word that stands in every place which a requester must not read. Wherever it
// turns up it has escaped.
const canary = "canaryk7x2q9"

// plant puts the word wherever staff write for staff: notes, files on notes, call records,
// below answers by mail, hand-overs, gradings, deviations, the closure sheet, other people's tickets and their files.
func (w *world) plant() {
	w.Helper()
	w.do(w.agent, "web", ticket.CallRecord{Say: ticket.Say{Text: canary + " 通话"}, Spoke: true})
	w.do(w.agent, "web", ticket.Grade{Answers: triage.Answers{Affected: triage.One, Halt: triage.Working}, Override: triage.P1, Reason: canary + " 上级要求"})
	w.do(w.agent, "web", ticket.HandOver{Group: w.group.ID, Assignee: w.lead.ID, Done: canary + " 做了", Why: canary + " 因为", Needed: canary + " 需要"})
	w.do(w.agent, "web", ticket.Record{Intake: map[ticket.Element]ticket.Answer{ticket.Affected: {Unknown: true, Reason: canary + " 没问到"}}})
	w.do(w.agent, "web", ticket.Deviate{Gap: "gap.intake", Reason: canary + " 先处理"})
	w.do(w.agent, "web", ticket.Deviate{Gap: "gap.cause", Reason: canary + " 厂商未给出"})
	w.do(w.agent, "web", ticket.Link{To: w.foreign.ID})
	w.do(w.agent, "web", ticket.Assign{Owner: w.lead.ID})
	file := w.stage(w.stranger, "portal", canary+".txt", canary+" 别人的文件")
	if _, err := w.Tickets.Do(w.Context(), apptest.Actor(w.stranger, "portal"), ticket.Target{ID: w.foreign.ID},
		ticket.Reply{Say: ticket.Say{Text: canary + " 别人的话", Files: []string{file}}}); err != nil {
		w.Fatal(err)
	}
	w.do(w.agent, "mail", ticket.Reply{Say: ticket.Say{Text: "已转给厂商", Quoted: "> " + canary + " 同事的话", Channel: ticket.Mail}})
	w.RunJobs()
	w.do(w.agent, "web", ticket.Resolve{
		Solution: ticket.Solution{Text: "扩容完成", Prevention: "告警", Verify: []string{"提交一笔"}}, Difficulties: canary + " 不能重启", Approach: canary + " 在线加",
	})
	w.RunJobs()
	w.do(w.owner, "portal", ticket.Reject{Reason: "还是报错"})
	w.do(w.agent, "web", ticket.HoldFor{Reason: ticket.ForVendor, Stuck: "等厂商", Doing: "已催"})
	w.RunJobs()
	w.refresh()
}

// TestS25_S20_S29_S33_NoInternalWordReachesARequester crawls everything that the owner of a
// ticket and the holder of its link can reach: pages, parts, programs' answers, files, mails
// and live hints. The word is nowhere.
func TestS25_S20_S29_S33_NoInternalWordReachesARequester(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, canary)
		w.plant()
		// Where staff look it is there, or this test proves nothing.
		for _, path := range []string{"/work/tickets/" + w.ticket.Ref(), "/work/tickets/" + w.foreign.Ref()} {
			if n := strings.Count(w.browser("agent", w.agent).get(path).body, canary); n < 1 {
				t.Fatalf("%s shows staff no canary", path)
			}
		}
		for _, v := range append([]*visitor{w.browser("owner", w.owner), w.program("owner's program", w.owner)}, w.holders()[0]) {
			pages := 0
			v.everything(func(path string, a answer) {
				pages++
				v.clean(path, a)
			})
			if pages < 20 {
				t.Errorf("%s has seen only %d pages", v.name, pages)
			}
			t.Logf("%s has seen %d pages", v.name, pages)
		}
		w.mailsAreClean(w.owner.Email)
	})
}

// everything shows look all that a requester can ask for: each GET of each door with what
// belongs to them and with what does not, every link from there, and searches for the word.
func (v *visitor) everything(look func(path string, a answer)) {
	v.Helper()
	var from []string
	for _, r := range v.routes() {
		if r.method != http.MethodGet || r.api != (v.token != "") {
			continue
		}
		if strings.Contains(r.pattern, "{id}") {
			for _, n := range []int64{1, 2, int64(v.stranger.ID)} {
				from = append(from, strings.ReplaceAll(r.pattern, "{id}", key(n)))
			}
			continue
		}
		from = append(from, v.filled(r))
		foreign := *v
		other := *v.world
		other.ticket, other.file = v.foreign, v.hidden
		foreign.world = &other
		from = append(from, foreign.filled(r))
		mixed := other
		mixed.ticket = v.ticket // the own ticket with the file of the note
		foreign.world = &mixed
		from = append(from, foreign.filled(r))
	}
	if v.token != "" {
		for _, path := range from {
			look(path, v.get(path))
		}
		for _, q := range []string{"?q=" + canary, "?view=all", "?view=all&q=" + url.QueryEscape(v.foreign.Ref()), "?limit=200&view=closed"} {
			look("/api/v1/tickets"+q, v.get("/api/v1/tickets"+q))
		}
		return
	}
	from = append(from, "/", "/requests?view=all", "/requests?q="+canary, "/work?q="+canary, "/work/phone/people?q="+canary, "/admin/people?q="+canary)
	v.crawl(400, look, from...)
	for _, path := range from {
		look("part of "+path, v.send(http.MethodGet, path, nil, http.Header{"Hx-Request": {"true"}, "Hx-Request-Type": {"partial"}}))
	}
}

// clean fails where an answer holds the word that the asker did not bring along.
func (v *visitor) clean(path string, a answer) {
	v.Helper()
	body := a.body
	if strings.Contains(path, canary) { // what somebody searched for may be repeated to them
		body = strings.NewReplacer("q="+canary, "", "q%3D"+canary, "", "q%253D"+canary, "").Replace(body)
		body = strings.ReplaceAll(body, `value="`+canary+`"`, "")
		body = strings.ReplaceAll(body, "“"+canary+"”", "")
	}
	if i := strings.Index(body, canary); i >= 0 {
		v.Errorf("%s reads at %s (%d): …%s…", v.name, path, a.status, body[max(0, i-120):min(len(body), i+120)])
	}
	for name, values := range a.header {
		if strings.Contains(strings.Join(values, " "), canary) && !strings.Contains(path, canary) {
			v.Errorf("%s reads in the header %s of %s: %v", v.name, name, path, values)
		}
	}
	if a.status >= http.StatusInternalServerError && !strings.HasPrefix(path, "/readyz") && !strings.HasPrefix(path, "part of /readyz") {
		v.Errorf("%s: %s answers %d", v.name, path, a.status)
	}
}

func (w *world) mailsAreClean(addr string) {
	w.Helper()
	list := w.Mailbox(addr)
	if len(list) < 3 {
		w.Errorf("only %d mails to %s", len(list), addr)
	}
	for _, m := range list {
		for what, text := range map[string]string{"text": m.Text(), "HTML": m.HTML(), "subject": m.Header("Subject"), "source": string(m.Raw)} {
			if strings.Contains(text, canary) {
				w.Errorf("a mail to %s, %q, holds the word in its %s", addr, m.Header("Subject"), what)
			}
		}
	}
}

// TestS20_S27_AStrangersEverythingHoldsNothingOfMine looks with the eyes of another requester
// for the words of the owner, which the owner alone and staff may read.
func TestS20_S27_S21_AStrangersEverythingHoldsNothingOfMine(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, "")
		file := w.stage(w.owner, "portal", canary+".txt", canary)
		w.do(w.owner, "portal", ticket.Reply{Say: ticket.Say{Text: canary + " 我自己的话", Files: []string{file}}})
		w.do(w.agent, "web", ticket.Classify{Subject: canary + " 标题"})
		w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: canary + " 回复"}})
		w.file = file
		w.RunJobs()
		w.refresh()
		w.code = w.forged // nobody here holds the link
		if own := w.browser("owner", w.owner).get("/requests/" + w.ticket.Ref()); strings.Count(own.body, canary) < 3 {
			t.Fatal("the owner does not read the own words: this test proves nothing")
		}
		for _, v := range []*visitor{w.browser("stranger", w.stranger), w.program("stranger's program", w.stranger), w.nobody()} {
			v.everything(v.clean)
			// Somebody else's ticket is the same as none at all, to the letter.
			for _, pattern := range []string{"/requests/%s", "/requests/%s/now", "/files/%s/" + file + "/x", "/frame/%s/1", "/api/v1/tickets/%s", "/api/v1/tickets/%s/messages", "/api/v1/tickets/%s/files/" + file} {
				if strings.HasPrefix(pattern, "/api/") != (v.token != "") {
					continue
				}
				theirs, none := key(w.ticket.Number), key(w.ticket.Number+5000)
				a, b := v.get(fmt.Sprintf(pattern, theirs)), v.get(fmt.Sprintf(pattern, none))
				if a.status != b.status || strings.ReplaceAll(a.body, theirs, "N") != strings.ReplaceAll(b.body, none, "N") {
					t.Errorf("%s tells %s that the ticket exists: %d and %d", pattern, v.name, a.status, b.status)
				}
			}
		}
		for _, m := range w.Mailbox(w.stranger.Email) {
			if strings.Contains(string(m.Raw)+m.Text()+m.HTML(), canary) {
				t.Errorf("a mail to the stranger, %q, holds the word", m.Header("Subject"))
			}
		}
	})
}

// TestS23_S25_LiveHintsSayOnlyWhere listens as the requester while staff write for staff.
func TestS23_S25_LiveHintsSayOnlyWhere(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		w := build(t, h, canary)
		v := w.browser("owner", w.owner)
		if a := v.get("/events?topics=ticket:" + key(w.ticket.Number) + ",ticket:" + key(w.foreign.Number)); a.status != http.StatusNotFound {
			t.Errorf("one's own ticket and somebody else's: %d (S22)", a.status)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+"/events?topics=person,ticket:"+key(w.ticket.Number), nil)
		w.must(err)
		res, err := v.client.Do(req)
		w.must(err)
		defer func() { _ = res.Body.Close() }()
		lines := bufio.NewScanner(res.Body)
		if res.StatusCode != http.StatusOK || !lines.Scan() { // the first line is there: it listens
			t.Fatalf("%d, %v", res.StatusCode, lines.Err())
		}
		w.do(w.agent, "web", ticket.Note{Say: ticket.Say{Text: canary + " 内部"}})
		w.do(w.agent, "web", ticket.Reply{Say: ticket.Say{Text: "正在处理"}})
		heard := ""
		for !strings.Contains(heard, "data: ticket:") && lines.Scan() {
			heard += lines.Text() + "\n"
		}
		if !strings.Contains(heard, "data: ticket:"+key(w.ticket.Number)) || strings.Contains(heard, canary) || strings.Contains(heard, "正在处理") {
			t.Errorf("the stream says\n%s", heard)
		}
	})
}
