// SPDX-License-Identifier: Apache-2.0

package suggest_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/suggest"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestN14_N22_ANewTicketIsOfferedWhatOthersWereCalled(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		x := r.record(r.zhao, "帮忙看看", "二楼的打印机卡纸，打不出来")
		r.settle()
		got := r.offers(x)
		for label, want := range map[suggest.Label]string{
			suggest.Category: strconv.FormatInt(int64(r.printer.ID), 10), suggest.Group: strconv.FormatInt(int64(r.desktop.ID), 10),
			suggest.Core: "no", suggest.Affected: "one", suggest.Halt: "impaired",
		} {
			o, ok := got[label]
			if !ok || o.Value != want || o.Outcome != suggest.Waits || o.Percent() < 50 || o.Percent() > 99 {
				t.Errorf("%s: %+v, want %s", label, o, want)
			}
			if !slices.ContainsFunc(o.Reasons, func(w string) bool { return strings.Contains(w, "打印机") || strings.Contains(w, "卡纸") }) {
				t.Errorf("%s because of %q", label, o.Reasons)
			}
		}
		if now := r.get(x); now.Category != 0 || now.Graded || now.Group != 0 {
			t.Errorf("a suggestion changed the ticket: %+v", now)
		}
		r.do(r.lin, x, ticket.Classify{Category: r.printer.ID})
		r.do(r.lin, x, ticket.Grade{Answers: triage.Answers{Affected: triage.Team, Halt: triage.Impaired}})
		got = r.offers(x)
		if got[suggest.Category].Outcome != suggest.Accepted || got[suggest.Affected].Outcome != suggest.Changed || got[suggest.Halt].Outcome != suggest.Accepted || got[suggest.Group].Outcome != suggest.Waits {
			t.Errorf("%+v", got)
		}
		o := r.overview()
		if len(o.InUse) != 5 { // one service alone: nothing to tell apart
			t.Errorf("%d models in use: %+v", len(o.InUse), o.InUse)
		}
		for _, u := range o.Uses {
			if u.Label == suggest.Category && (u.Offered != 1 || u.Accepted != 1 || u.Rate() != 1000 || u.Open() != 0) {
				t.Errorf("%+v", u)
			}
		}
		for _, m := range o.InUse {
			if m.Learned != 30 || m.Tested == 0 || m.Accuracy < 800 || m.Version != 1 {
				t.Errorf("%+v", m)
			}
		}
	})
}

// TestTheSameMatterIsFoundInAStorm: many tickets come before the first is looked at, and are looked at
// together; each finds those before it.
func TestTheSameMatterIsFoundInAStorm(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		var list []ticket.Ticket
		for range 75 {
			list = append(list, r.record(r.zhao, "打印机卡纸", "三楼打印机卡纸，红灯一直亮"))
		}
		r.settle()
		for _, i := range []int{1, 10, 30, 74} {
			same, _, err := r.Alike(t.Context(), as(r.lin), r.get(list[i]))
			if err != nil {
				t.Fatal(err)
			}
			older := 0
			for _, a := range same {
				if a.Ticket.ID < list[i].ID {
					older++
				}
			}
			if want := min(i, 12); older != want {
				t.Errorf("ticket %d has %d before it that are the same matter, and not %d", i, older, want)
			}
		}
	})
}

func TestA69_S25_SuggestionsAreForStaff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		x := r.record(r.zhao, "打印机卡纸", "打印机卡纸")
		r.record(r.zhao, "打印机卡纸", "打印机卡纸")
		r.settle()
		own := access.Actor{ID: int64(r.zhao.ID), Kind: access.Person, Role: access.Requester, Via: "portal"}
		list, err := r.For(t.Context(), own, x)
		same, crowd, err2 := r.Alike(t.Context(), own, x)
		if err != nil || err2 != nil || len(list)+len(same)+len(crowd) != 0 {
			t.Errorf("%v %v %v", list, same, crowd)
		}
		if _, err := r.Overview(t.Context(), as(r.lin)); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent reads the administration: %v", err)
		}
		if err := r.Learn(t.Context(), as(r.lin)); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent lets the desk learn: %v", err)
		}
	})
}

func TestTheDeskFillsInOnlyWhatAnAdministratorAllowed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		allow := suggest.Policy{Apply: []suggest.Label{suggest.Category}, Threshold: 80}
		if err := setting.Save(t.Context(), r.settings, as(r.admin), suggest.PolicyName, allow, 0); err != nil {
			t.Fatal(err)
		}
		x := r.record(r.zhao, "打印机卡纸", "三楼打印机卡纸，出不来纸")
		r.settle()
		x = r.get(x)
		if x.Category != r.printer.ID || x.Graded {
			t.Fatalf("category %d, graded %v, offers %+v", x.Category, x.Graded, r.offers(x))
		}
		list, err := r.bus.List(t.Context(), r.DB, "suggest", int64(x.ID), 0, 10)
		if err != nil || len(list) != 1 || list[0].Name != "suggest.applied" || !strings.Contains(string(list[0].Data), "打印机") || list[0].Meta.ActorID != 0 {
			t.Fatalf("%v %+v", err, list)
		}
		if _, err := r.Undo(t.Context(), as(r.lin), ticket.Target{ID: x.ID}, suggest.Group); errs.KindOf(err) != errs.Conflict {
			t.Errorf("%v", err)
		}
		x, err = r.Undo(t.Context(), as(r.lin), ticket.Target{ID: x.ID, Version: x.Version}, suggest.Category)
		if err != nil || x.Category != 0 || r.offers(x)[suggest.Category].Outcome != suggest.Undone {
			t.Errorf("%v: category %d, %+v", err, x.Category, r.offers(x))
		}
		if _, err := r.Undo(t.Context(), as(r.lin), ticket.Target{ID: x.ID}, suggest.Category); errs.KindOf(err) != errs.Conflict {
			t.Errorf("undone twice: %v", err)
		}
	})
	for _, p := range []suggest.Policy{{Threshold: 79}, {Threshold: 100}, {Threshold: 90, Apply: []suggest.Label{suggest.Halt}}} {
		if errs.KindOf(p.Check()) != errs.Invalid {
			t.Errorf("%+v passes", p)
		}
	}
}

func TestWhatTheModelSaidIsNotLearnedFromUnseen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		allow := suggest.Policy{Apply: []suggest.Label{suggest.Category}, Threshold: 80}
		if err := setting.Save(t.Context(), r.settings, as(r.admin), suggest.PolicyName, allow, 0); err != nil {
			t.Fatal(err)
		}
		r.record(r.zhao, "打印机卡纸", "三楼打印机卡纸，出不来纸")
		r.settle()
		r.clock.Advance(time.Minute)
		if err := r.Relearn(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, m := range r.overview().InUse {
			if m.Label == suggest.Category && (m.Learned != 30 || m.Version != 2) {
				t.Errorf("%+v", m)
			}
		}
	})
}

func TestN22_OneFormSavesAllOrNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record(r.zhao, "打印机卡纸", "打印机卡纸")
		bad := suggest.Filing{Category: r.printer.ID, Answers: triage.Answers{Affected: triage.One, Halt: "never"}}
		if _, err := r.File(t.Context(), as(r.lin), ticket.Target{ID: x.ID, Version: x.Version}, bad); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%v", err)
		}
		if now := r.get(x); now.Category != 0 {
			t.Error("half of a refused form was saved")
		}
		over := suggest.Filing{Category: r.printer.ID, Group: r.desktop.ID, Answers: triage.Answers{Affected: triage.One, Halt: triage.Working}, Override: triage.P1}
		if _, err := r.File(t.Context(), as(r.lin), ticket.Target{ID: x.ID}, over); errs.KindOf(err) != errs.Invalid {
			t.Errorf("an override without a reason: %v", err)
		}
		over.Reason = "总经理的会议"
		y, err := r.File(t.Context(), as(r.lin), ticket.Target{ID: x.ID, Version: x.Version}, over)
		if err != nil || y.Category != r.printer.ID || y.Group != r.desktop.ID || y.Priority != triage.P1 || y.Detail.Computed != triage.P4 || y.Detail.Override != "总经理的会议" {
			t.Errorf("%v %+v", err, y)
		}
		if _, err := r.File(t.Context(), as(r.lin), ticket.Target{ID: x.ID, Version: x.Version}, suggest.Filing{Category: r.network.ID}); errs.KindOf(err) != errs.Stale {
			t.Errorf("%v", err)
		}
		if _, err := r.File(t.Context(), as(r.lin), ticket.Target{ID: x.ID}, suggest.Filing{Category: r.printer.ID, Answers: over.Answers, Override: triage.P1}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("nothing to save: %v", err)
		}
	})
}

func TestTheSamePersonsMatterIsOfferedForMerging(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for _, words := range []string{"邮箱收不到附件", "显示器花屏", "申请一个账号", "会议室投影没有声音", "鼠标坏了", "想装一个软件"} {
			r.record(r.li, words, words)
		}
		one := r.record(r.zhao, "VPN 连不上", "在家连不上 VPN，提示 ERR-691")
		r.clock.Advance(time.Hour)
		other := r.record(r.zhao, "显示器坏了", "显示器不亮")
		two := r.record(r.zhao, "还是 VPN", "VPN 还是连不上，ERR-691，能帮忙吗")
		r.settle()
		for _, x := range []ticket.Ticket{one, two} { // both show each other
			same, crowd, err := r.Alike(t.Context(), as(r.lin), r.get(x))
			if err != nil || len(same) != 1 || len(crowd) != 0 || !slices.Contains(same[0].Reasons, "VPN") {
				t.Fatalf("%v: %+v %+v", err, same, crowd)
			}
		}
		if same, _, _ := r.Alike(t.Context(), as(r.lin), r.get(other)); len(same) != 0 {
			t.Errorf("%+v", same)
		}
		r.do(r.lin, two, ticket.Merge{Into: one.ID})
		if same, _, _ := r.Alike(t.Context(), as(r.lin), r.get(one)); len(same) != 0 {
			t.Errorf("merged and still offered: %+v", same)
		}
		if u := r.overview().Alike; u != (suggest.AlikeUse{Offered: 1, Accepted: 1}) {
			t.Errorf("%+v", u)
		}
	})
}

func TestManyPeopleWithinHoursAreOneMatter(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		for _, words := range []string{"邮箱收不到附件", "显示器花屏", "申请一个账号", "会议室投影没有声音", "鼠标坏了", "想装一个软件"} {
			r.record(r.lin, words, words)
		}
		one := r.record(r.wang, "ERP 打不开", "ERP 打不开，提示 502 Bad Gateway")
		two := r.record(r.li, "ERP 打不开了", "ERP 系统 502，打不开")
		r.settle()
		if _, crowd, err := r.Alike(t.Context(), as(r.lin), r.get(two)); err != nil || len(crowd) != 0 {
			t.Errorf("two people are no crowd: %v %+v", err, crowd)
		}
		r.clock.Advance(time.Hour)
		three := r.record(r.zhao, "ERP 502", "ERP 打不开 502")
		r.settle()
		_, crowd, err := r.Alike(t.Context(), as(r.lin), r.get(three))
		if err != nil || len(crowd) != 2 {
			t.Fatalf("%v %+v", err, crowd)
		}
		if err := r.Refuse(t.Context(), as(r.lin), ticket.Target{ID: three.ID}, ticket.Target{ID: one.ID}); err != nil {
			t.Fatal(err)
		}
		if _, crowd, _ = r.Alike(t.Context(), as(r.lin), r.get(three)); len(crowd) != 0 {
			t.Errorf("refused and still a crowd: %+v", crowd)
		}
		if err := r.Refuse(t.Context(), as(r.lin), ticket.Target{ID: three.ID}, ticket.Target{ID: one.ID}); errs.KindOf(err) != errs.NotFound {
			t.Errorf("refused twice: %v", err)
		}
		r.clock.Advance(5 * time.Hour)
		late := r.record(r.lin, "ERP 打不开", "ERP 打不开 502")
		r.settle()
		if _, crowd, _ = r.Alike(t.Context(), as(r.lin), r.get(late)); len(crowd) != 0 {
			t.Errorf("hours later: %+v", crowd)
		}
	})
}

func TestTooFewTicketsAreSaidToBeTooFew(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		x := r.record(r.zhao, "打印机卡纸", "打印机卡纸")
		if err := r.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(2 * time.Minute)
		r.settle()
		o := r.overview()
		if len(o.InUse) != 0 || len(o.Newest) != len(suggest.Labels()) || o.Newest[0].Trouble != "suggest.too_few" || len(r.offers(x)) != 0 {
			t.Errorf("%+v", o)
		}
		r.clock.Advance(24 * time.Hour) // the next night finds as few, and says nothing again
		r.settle()
		if again := r.overview(); len(again.Versions) != len(o.Versions) {
			t.Errorf("%d versions, then %d", len(o.Versions), len(again.Versions))
		}
	})
}

// A category that was retired since is learned, and not offered.
func TestARetiredCategoryIsNotOffered(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		r.printer.Active = false
		if _, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), r.printer, 0); err != nil {
			t.Fatal(err)
		}
		x := r.record(r.zhao, "打印机卡纸", "打印机卡纸，出不来纸")
		r.settle()
		if o, ok := r.offers(x)[suggest.Category]; ok {
			t.Errorf("%+v", o)
		}
	})
}

// What was offered while it held is offered no longer when a rule has given the ticket a group, or when
// the name is out of use; nor does the desk save it, and no job dies of it (N14).
func TestN14_AnOfferIsMadeOnlyWhileItHolds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		doubted := 0
		for _, words := range []string{"打印机连不上 VPN", "连不上打印机，timeout，不出纸", "第 3 台连不上"} {
			x := r.record(r.zhao, words, words)
			r.settle()
			was, ok := r.offers(x)[suggest.Group]
			if !ok || was.Sureness() == suggest.Sure {
				continue
			}
			other := r.net.ID
			if was.Value == strconv.FormatInt(int64(other), 10) {
				other = r.desktop.ID
			}
			doubted++
			x, err := r.Tickets.Do(t.Context(), access.Desk(), ticket.Target{ID: x.ID}, ticket.Assign{Group: other})
			if err != nil {
				t.Fatal(err)
			}
			if o, ok := r.offers(x)[suggest.Group]; ok {
				t.Errorf("%s: a rule sent it to group %d, and this is offered: %+v", words, other, o)
			}
		}

		if doubted == 0 {
			t.Error("no guess about the group is unsure: nothing was tried")
		}
		x := r.record(r.zhao, "帮忙看看", "二楼的打印机卡纸，打不出来")
		r.settle()
		if _, ok := r.offers(x)[suggest.Category]; !ok {
			t.Fatal("nothing is offered")
		}
		r.printer.Active = false
		if _, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), r.printer, 0); err != nil {
			t.Fatal(err)
		}
		if o, ok := r.offers(x)[suggest.Category]; ok {
			t.Errorf("out of use, and offered: %+v", o)
		}
		allow := suggest.Policy{Apply: []suggest.Label{suggest.Category}, Threshold: 80}
		if err := setting.Save(t.Context(), r.settings, as(r.admin), suggest.PolicyName, allow, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Minute)
		if err := r.Learn(t.Context(), as(r.admin)); err != nil {
			t.Fatal(err)
		}
		if _, err := r.jobs.RunDue(t.Context()); err != nil {
			t.Errorf("the desk tried to save what is out of use: %v", err)
		}
		if got := r.get(x).Category; got != 0 {
			t.Errorf("the category is %d", got)
		}
	})
}

// A draft goes where the request will go: a group that is out of use, named by the category, is not
// it, and nobody is offered the group in use that is.
func TestN14_N21_AGroupOutOfUseHandlesNoDraft(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		onSite := r.group("驻场组")
		r.printer.Group = r.desktop.ID
		if _, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), r.printer, 0); err != nil {
			t.Fatal(err)
		}
		old, err := r.Catalog.SaveCategory(t.Context(), access.Desk(), catalog.Category{Name: "旧打印机", Parent: r.printer.ID, Group: onSite.ID}, 0)
		if err != nil {
			t.Fatal(err)
		}
		offered := func() (out string) {
			g, err := r.Guess(t.Context(), as(r.lin), suggest.Draft{Text: "二楼的打印机又卡纸了，出不来纸", Category: old.ID})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range g.Offers {
				if o.Label == suggest.Group {
					out = o.Value
				}
			}
			return out
		}
		if got, want := offered(), strconv.FormatInt(int64(r.desktop.ID), 10); got != want {
			t.Errorf("while its group is in use another is offered: %q, want %q", got, want)
		}
		onSite.Active = false
		if _, err := r.People.SaveGroup(t.Context(), access.Desk(), onSite, 0); err != nil {
			t.Fatal(err)
		}
		if got := offered(); got != "" {
			t.Errorf("it goes to the group above: offered %q", got)
		}
	})
}

// While a request is written down the same is offered as on the ticket that it becomes; what it says
// already is not, nor what no word speaks for, and nothing is stored or counted.
func TestN14_N22_ADraftIsOfferedWhatItProbablyIs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		r.history()
		for _, words := range []string{"邮箱收不到附件", "显示器花屏", "申请一个账号", "会议室投影没有声音", "鼠标坏了", "想装一个软件"} {
			r.record(r.lin, words, words)
		}
		other := r.record(r.li, "打印机卡纸", "二楼的打印机卡纸，打不出来")
		own := r.record(r.zhao, "打印机卡纸", "二楼的打印机卡纸，打不出来")
		r.settle()
		guess := func(d suggest.Draft) (map[suggest.Label]suggest.Offer, suggest.Guessed) {
			g, err := r.Guess(t.Context(), as(r.lin), d)
			if err != nil {
				t.Fatal(err)
			}
			out := map[suggest.Label]suggest.Offer{}
			for _, o := range g.Offers {
				out[o.Label] = o
			}
			return out, g
		}
		got, g := guess(suggest.Draft{Text: "二楼的打印机又卡纸了，打不出来", Requester: r.zhao.ID})
		if o := got[suggest.Category]; o.Value != strconv.FormatInt(int64(r.printer.ID), 10) || len(o.Reasons) == 0 || o.Ticket != 0 {
			t.Errorf("%+v", o)
		}
		if o := got[suggest.Halt]; o.Value != "impaired" {
			t.Errorf("%+v", o)
		}
		if len(g.Same) != 1 || g.Same[0].Ticket.ID != own.ID || len(g.Crowd) != 0 {
			t.Errorf("same %+v, crowd %+v", g.Same, g.Crowd)
		}
		if _, g = guess(suggest.Draft{Text: "二楼的打印机又卡纸了，打不出来", Requester: r.wang.ID}); len(g.Same) != 0 || len(g.Crowd) != 2 || g.Crowd[0].Ticket.ID != own.ID && g.Crowd[0].Ticket.ID != other.ID {
			t.Errorf("three people: same %+v, crowd %+v", g.Same, g.Crowd)
		}
		if got, _ = guess(suggest.Draft{Text: "打印机卡纸", Category: r.printer.ID}); len(got) == 0 || got[suggest.Category].Value != "" {
			t.Errorf("chosen already: %+v", got)
		}
		for _, text := range []string{"", " ", "。。。", "¿", strings.Repeat("喂", 3)} {
			if got, g = guess(suggest.Draft{Text: text}); len(got)+len(g.Same)+len(g.Crowd) != 0 {
				t.Errorf("%q: %+v", text, g)
			}
		}
		if got, _ = guess(suggest.Draft{Text: "打印机卡纸 " + strings.Repeat("很长的一段话 ", 1_000_000)}); got[suggest.Category].Value == "" {
			t.Error("nothing is offered for a long text")
		}
		if list := r.overview().Uses; len(list) > 5 {
			t.Errorf("%+v", list)
		}
		wang := access.Actor{ID: int64(r.zhao.ID), Kind: access.Person, Role: access.Requester, Via: "portal"}
		if _, err := r.Guess(t.Context(), wang, suggest.Draft{Text: "打印机卡纸"}); errs.KindOf(err) != errs.Denied {
			t.Errorf("a requester is told: %v", err)
		}
	})
}
