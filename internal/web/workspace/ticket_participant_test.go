// SPDX-License-Identifier: Apache-2.0

package workspace_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// TestS07_CopiedPeopleAreAskedAboutOnce: a quiet line each with two presses; what was decided
// is not asked again, and adding can be taken back.
func TestS07_CopiedPeopleAreAskedAboutOnce(t *testing.T) {
	t.Parallel()
	p := openPage(t, "投影仪黑屏")
	_, err := p.Tickets.Do(t.Context(), access.Desk(), ticket.Target{ID: p.now().ID}, ticket.Reply{
		Say: ticket.Say{Text: "抄送同事", Channel: ticket.Mail, Copied: []string{"liu@vendor.example", "chen@vendor.example"}},
	}.External())
	if err != nil {
		t.Fatal(err)
	}
	p.shows(p.part("head"), 200, "抄送了", "liu@vendor.example", "chen@vendor.example", "加入工单", "不加")
	if n := len(p.now().Detail.Participants); n != 0 {
		t.Fatalf("%d take part by being named", n)
	}
	added := p.htmx("add-participant", "who", "liu@vendor.example")
	p.shows(added, 200, "已加入工单", "撤销", "liu@vendor.example")
	p.shows(p.htmx("leave-out", "address", "chen@vendor.example"), 200, "不加入，也不再提示")
	p.hides(p.part("head"), "抄送了", "chen@vendor.example")
	who := p.now().Detail.Participants
	if len(who) != 1 {
		t.Fatalf("%v take part", who)
	}
	p.shows(p.part("side"), 200, "参与人", "liu@vendor.example")
	p.shows(p.htmx("remove-participant", "person", number(int64(who[0]))), 200, "已移出工单")
	if n := len(p.now().Detail.Participants); n != 0 {
		t.Errorf("%d take part still", n)
	}
	p.shows(p.htmx("undo/"+number(p.now().Version)), 200, "已撤销")
	if n := len(p.now().Detail.Participants); n != 1 {
		t.Errorf("%d take part after it was taken back", n)
	}
}

// TestWhoTakesPartIsFoundByNameOrAddress: as on the phone pad, and without a script by what was typed.
func TestWhoTakesPartIsFoundByNameOrAddress(t *testing.T) {
	t.Parallel()
	p := openPage(t, "投影仪黑屏")
	other := p.Somebody(access.Requester)
	p.shows(p.part("people?who="+other.Email), 200, other.Name, "加入")
	p.shows(p.part("people?who=new.one@vendor.example"), 200, "服务台还不认识 new.one@vendor.example")
	p.shows(p.part("people?who=zzzz"), 200, "zzzz")
	p.went(p.post("add-participant", "who", other.Email), p.at(""))
	if !p.now().TakesPart(other.ID) {
		t.Errorf("%v take part", p.now().Detail.Participants)
	}
	if r := p.htmx("add-participant", "who", "zzzz"); r.Status < 400 {
		t.Errorf("nobody was added: %d", r.Status)
	}
}
