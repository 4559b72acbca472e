// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/canned"
	"github.com/loopdesk/loopdesk/internal/desk/norm"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// fact returns the last fact of a type that the ticket has.
func fact[F ticket.Fact](p *ticketDesk) (F, bool) {
	p.Helper()
	records, err := p.Tickets.Records(p.Context(), p.now().ID)
	if err != nil {
		p.Fatal(err)
	}
	var out F
	found := false
	for _, r := range records {
		f, err := ticket.Decode(r)
		if err != nil {
			p.Fatal(err)
		}
		if x, ok := f.(F); ok {
			out, found = x, true
		}
	}
	return out, found
}

func (p *ticketDesk) clause(id string) norm.Verdict {
	p.Helper()
	c, err := p.Norm.Judge(p.Context(), access.Desk(), p.now())
	if err != nil {
		p.Fatal(err)
	}
	for _, v := range c.Verdicts {
		if v.Clause == id {
			return v
		}
	}
	p.Fatalf("no verdict on %s", id)
	return norm.Verdict{}
}

func TestN10_N41_AReplyIsMarkedWithABetterWordingBeforeItIsSent(t *testing.T) {
	t.Parallel()
	p := openPage(t, "报表打不开")
	p.ready()
	const words = "表空间满了，是您自己操作不当造成的"
	p.shows(p.htmx("promise", "at", "reply", "text", words, "wording_seen", ""), 200, `id="promise"`) // the boxes of one form know each other's fields
	live := p.htmx("wording", "at", "reply", "text", words)
	p.shows(live, 200, `id="wording"`, "存储空间", `data-swap="f-reply"`, `data-from="表空间"`, "N10", "N41", `name="wording_seen"`)
	p.hides(p.htmx("wording", "at", "reply", "text", "已经恢复，您可以再试一次。"), "data-from")

	// Whoever has not seen the marks is asked once; nothing typed is lost, and the same press sends it.
	asked := p.post("reply", "at", "reply", "text", words, "wording_seen", "")
	p.shows(asked, 422, words, "存储空间", "即按原文发出", "jargon.tablespace")
	if _, said := fact[ticket.Said](p); said {
		t.Fatal("a question was sent")
	}
	p.went(p.post("reply", "at", "reply", "text", words, "wording_seen", "jargon.tablespace blame.yourfault blame.operation"), p.at(""))
	p.leaves()
	said, _ := fact[ticket.Said](p)
	if !said.Worded.Looked || !said.Worded.Anyway || len(said.Worded.Remarks) < 3 {
		t.Errorf("the fact keeps %+v", said.Worded)
	}
	for _, id := range []string{"N10", "N41"} {
		if v := p.clause(id); v.State != norm.Missed {
			t.Errorf("%s is %s", id, v.State)
		}
	}
}

func TestN10_ATermOfTheRequesterIsNoJargonToThem(t *testing.T) {
	t.Parallel()
	p := openPage(t, "Oracle 表空间报警")
	p.ready()
	p.hides(p.htmx("wording", "at", "reply", "text", "表空间已经处理好了。"), "存储空间")
	p.went(p.post("reply", "at", "reply", "text", "表空间已经处理好了。", "wording_seen", ""), p.at(""))
	p.leaves()
	if said, _ := fact[ticket.Said](p); !said.Worded.Looked || len(said.Worded.Remarks) != 0 {
		t.Errorf("%+v", said.Worded)
	}
	if v := p.clause("N10"); v.State != norm.Met {
		t.Errorf("N10 is %s", v.State)
	}
}

func TestN17_TheRecordIsMarkedWithTheQuestionThatMakesItPrecise(t *testing.T) {
	t.Parallel()
	p := openPage(t, "报表打不开")
	p.ready()
	live := p.htmx("wording?field=symptom", "at", "rail-record", "symptom", "有时很慢")
	p.shows(live, 200, "多久出现一次", "要等多少秒", `data-swap="rail-record-symptom"`, `data-in="reply"`, "N17")
	p.hides(p.htmx("wording?field=symptom", "at", "rail-record", "symptom", "用户说“有时很慢”"), "多久出现一次")
	p.went(p.post("record", "at", "rail-record", "since", "最近", "symptom", "有时很慢"), p.at(""))
	noted, _ := fact[ticket.Noted](p)
	if len(noted.Worded.Remarks) != 3 || noted.Worded.Remarks[0].Field != "since" {
		t.Errorf("%+v", noted.Worded)
	}
	if v := p.clause("N17"); v.State != norm.Missed {
		t.Errorf("a vague record: N17 is %s", v.State)
	}
	p.shows(p.agent.Get(p.at("")), 200, "不够具体")
	p.went(p.post("record", "at", "rail-record", "since", "今天 9:10", "symptom", "打开报表要 40 秒，平时 3 秒"), p.at(""))
	if v := p.clause("N17"); v.State != norm.Met {
		t.Errorf("made precise: N17 is %s", v.State)
	}
}

func TestN17_AStepThatWasMissedSaysWhy(t *testing.T) {
	t.Parallel()
	p := openPage(t, "报表打不开")
	p.ready()
	p.went(p.post("record", "at", "rail-record", "symptom", "有时很慢"), p.at(""))
	p.went(p.post("close", "as", "invalid", "reason", "已搬走"), p.at(""))
	page := p.agent.Get(p.at(""))
	_, step, _ := strings.Cut(page.Body, `id="step-intake"`)
	step, _, _ = strings.Cut(step, `id="step-respond"`)
	if !strings.Contains(step, "不够具体") || strings.Contains(step, "七要素") {
		t.Errorf("the step says\n%s", step)
	}
}

func TestN17_TheRequestersOwnWordsAreNotJudged(t *testing.T) {
	t.Parallel()
	p := openPage(t, "电脑有时很慢，大家都这样")
	if born, _ := fact[ticket.Recorded](p); born.Worded.Looked {
		t.Errorf("%+v", born.Worded)
	}
	p.hides(p.agent.Get(p.at("")), "不够具体")
}

func TestN10_N41_ASolutionIsMarkedToo(t *testing.T) {
	t.Parallel()
	p := openPage(t, "报表打不开")
	p.ready()
	p.shows(p.htmx("wording?field=cause", "at", "act-resolve", "cause", "数据库实例宕机"), 200, `data-swap="act-resolve-cause"`, "停止运行")
	refused := p.post("resolve", "at", "act-resolve", "solution", "表空间已扩容", "cause", "不适用", "prevention", "不适用", "verify", "打开报表", "wording_seen", "", "version", "")
	p.shows(refused, 422, "表空间已扩容", "存储空间")
}

func TestACannedTextIsPutInWithoutAScript(t *testing.T) {
	t.Parallel()
	p := openPage(t, "报表打不开")
	p.ready()
	text, err := p.Texts.Save(p.Context(), access.Desk(), canned.Text{Lang: "zh", Short: "hello", Title: "问候", Body: "{{requester.name}}，您好：{{ticket.number}} 由{{agent.name}}负责。"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	p.shows(p.agent.Get(p.at("")), 200, `name="canned"`, "问候")
	got := p.post("texts", "at", "reply", "text", "先写一句。", "canned", strconv.FormatInt(int64(text.ID), 10), "wording_seen", "")
	p.shows(got, 200, "先写一句。", "您好："+p.now().Ref()+" 由")
	p.hides(got, "{{agent.name}}")
	p.shows(p.htmx("wording", "at", "reply", "text", "x"), 200)
}

func TestN16_FactsLeadToTheTicketsThatHaveThem(t *testing.T) {
	t.Parallel()
	p := openPage(t, "提交报错 ORA-01653，服务器 10.2.4.18")
	p.shows(p.agent.Get(p.at("")), 200, "fact%3A%22ORA-01653%22", "fact%3A%22")
	p.RunJobs()
	p.shows(p.agent.Get(`/work/search?q=fact:ora-01653`), 200, p.now().Ref())
	p.hides(p.agent.Get(`/work/search?q=fact:ora-01654`), p.now().Subject)
}
