// SPDX-License-Identifier: Apache-2.0

package search_test

import (
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

func TestWordsOfBothLanguages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		vpn := r.record(r.wang, "VPN连不上", "在家办公，ＶＰＮ　客户端提示 0x80070035，网关 vpn-gw02.corp.example.net，版本 v5.2.1。")
		printer := r.record(r.wang, "三楼打印机卡纸", "打印机一直卡纸，型号 LaserJet M404dn，地址 192.168.14.20。", "卡纸现场.jpg")
		mail := r.record(r.li, "Printers print blank pages", "The printer on floor 3 prints blank pages since ERR-1234; write to admin@vendor.example")
		r.note(vpn, "密码重置过，供应商工单 CASE-778")
		r.reply(r.agent, printer, "请先重置打印队列的密码")
		r.settle()
		all := map[string]string{
			"打":                     printer.Ref(), // one character
			"打印":                    printer.Ref(),
			"打印机":                   printer.Ref(),
			"印机":                    printer.Ref(),
			"机打":                    "",
			"vpn":                   vpn.Ref(),
			"ＶＰＮ":                   vpn.Ref(), // full width
			"VPN连不上":                vpn.Ref(),
			"连不上 VPN":               vpn.Ref(),
			"0x80070035":            vpn.Ref(),
			"0X80070035":            vpn.Ref(),
			"vpn-gw02":              vpn.Ref(),
			"vpn-gw02.corp":         vpn.Ref(),
			"corp.example.net":      vpn.Ref(),
			"gw02":                  vpn.Ref(),
			"v5.2.1":                vpn.Ref(),
			"5.2":                   "",
			"密码重置":                  vpn.Ref(), // in a note; the reply has the words apart
			"重置 密码":                 printer.Ref() + " " + vpn.Ref(),
			"CASE-778":              vpn.Ref(),
			"778":                   vpn.Ref(),
			"printer":               mail.Ref(),
			"printers":              mail.Ref(),
			"PRINTER":               mail.Ref(),
			"print":                 mail.Ref(),
			"prin":                  "", // words are whole
			"err-1234":              mail.Ref(),
			"ERR 1234":              mail.Ref(),
			"ERR-123":               "",
			"admin@vendor.example":  mail.Ref(),
			"vendor.example":        mail.Ref(),
			`"blank pages"`:         mail.Ref(),
			`"pages blank"`:         "",
			`“blank pages” printer`: mail.Ref(),
			"pages blank":           mail.Ref(),
			"192.168.14.20":         printer.Ref(),
			"192.168.14":            printer.Ref(),
			"168.192":               "",
			"m404dn":                printer.Ref(),
			"卡纸现场":                  printer.Ref(), // the name of a file
			vpn.Ref():               vpn.Ref(),
			"王海燕":                   printer.Ref() + " " + vpn.Ref(), // who asked
			"王海燕 打印":                printer.Ref(),
			"wang.haiyan":           printer.Ref() + " " + vpn.Ref(),
		}
		for typed, want := range all {
			if got := r.refs(r.agent, typed); got != want {
				t.Errorf("%s: found %q, want %q", typed, got, want)
			}
		}
	})
}

// Whoever left is found by name and by address as before, and nobody else in their stead whose name
// holds theirs. A part of a name, and the name of somebody who never worked here, mean who works here now.
func TestN12_WhoeverLeftIsFoundByTheirName(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		add := func(name, email string, role access.Role) access.Actor {
			p, err := r.people.Add(t.Context(), access.Desk(), person.Person{Name: name, Email: email, Lang: "zh-CN", Role: role})
			if err != nil {
				t.Fatal(err)
			}
			return access.Actor{ID: int64(p.ID), Kind: access.Person, Role: role, Via: "web"}
		}
		like := add("林晓岚岚", "xlin.xiaolan@example.net", access.Agent)
		add("岚岚", "lanlan@example.net", access.Requester)
		owned := func(by access.Actor) string {
			x := r.record(r.wang, "打印机", "打印机冒烟")
			r.do(by, x, ticket.Accept{})
			return x.Ref()
		}
		hers, other, theirs := owned(r.agent), owned(like), owned(r.lead)
		r.settle()
		check := func(when string, want map[string]string) {
			t.Helper()
			for typed, refs := range want {
				if got := r.refs(r.lead, typed); got != refs {
					t.Errorf("%s, %s: %q, want %q", when, typed, got, refs)
				}
			}
		}
		want := map[string]string{
			"owner:林晓岚": hers, `责任人:"lin.xiaolan@example.net"`: hers, "owner:林晓岚岚": other, "assignee:林晓岚 打印机": hers, "owner:岚岚": other,
			"owner:周立": theirs, "owner:zhou.li@example.net": theirs,
		}
		check("while they are here", want)
		change := func(who access.Actor, fn func(*person.Person)) {
			t.Helper()
			p := r.people.Card(t.Context(), person.ID(who.ID))
			fn(&p)
			if _, err := r.people.Change(t.Context(), access.Desk(), p, 0); err != nil {
				t.Fatal(err)
			}
		}
		change(r.agent, func(p *person.Person) { p.Active = false })
		want["owner:晓岚"] = other
		check("when she left", want)
		change(r.lead, func(p *person.Person) { p.Role = access.Requester })
		r.lead = like
		check("when they work for another department", want)
		change(like, func(p *person.Person) { p.Active = false })
		r.lead = add("赵网", "zhao@example.net", access.Agent)
		delete(want, "owner:晓岚") // nobody here
		delete(want, "owner:岚岚")
		check("when both left", want)
	})
}

func TestProperties(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		a := r.record(r.wang, "打印机卡纸", "卡纸", "a.log")
		b := r.record(r.li, "打印机没纸", "没纸")
		c := r.record(r.li, "打印机冒烟", "冒烟")
		r.do(r.agent, a, ticket.Accept{})
		r.do(r.lead, c, ticket.Close{As: ticket.Invalid, Reason: "测试"})
		r.settle()
		for typed, want := range map[string]string{
			"打印机 status:open":                      b.Ref() + " " + a.Ref(),
			"status:open 打印机":                      b.Ref() + " " + a.Ref(),
			"状态:未关闭 打印机":                           b.Ref() + " " + a.Ref(),
			"状态：已关闭":                               c.Ref(),
			"status:new":                           b.Ref(),
			"owner:me":                             a.Ref(),
			"负责人:林晓岚":                              a.Ref(),
			"负责人:无 打印机":                            b.Ref() + " " + c.Ref(),
			"requester:rob":                        b.Ref() + " " + c.Ref(),
			"报告人：王海燕":                              a.Ref(),
			"requester:wang.haiyan@example.net":    a.Ref(),
			"has:attachment":                       a.Ref(),
			"含:附件 打印机":                             a.Ref(),
			"created:2026-03-02 打印机 status:open":   b.Ref() + " " + a.Ref(),
			"created:>2026-03-02":                  "",
			"created:>=2026-03":                    b.Ref() + " " + a.Ref() + " " + c.Ref(),
			"created:<2026-03-02":                  "",
			"创建:2026":                              b.Ref() + " " + a.Ref() + " " + c.Ref(),
			"created:today status:closed":          c.Ref(),
			"created:7d status:closed":             c.Ref(),
			"priority:P1":                          "",
			"https://portal.example.com/a 打印机":     "",
			`requester:"Robert Li" 冒烟`:             c.Ref(),
			"created:>2026-01-01 created:<2026-02": "",
			"打印机 -冒烟":                              b.Ref() + " " + a.Ref(),
			"冒烟 OR 没纸":                             b.Ref() + " " + c.Ref(),
			"(冒烟 or 没纸) -status:closed":            b.Ref(),
			"冒烟 or owner:me":                       c.Ref() + " " + a.Ref(),
			"打印机 (冒烟 or owner:me)":                 c.Ref() + " " + a.Ref(),
			"打印机 and not has:attachment":           b.Ref() + " " + c.Ref(),
			"打印机 and not has:attachment age:>0m":   b.Ref() + " " + c.Ref(),
			"打印机 age:>1m":                          b.Ref() + " " + a.Ref(),
			"age:<2m":                              c.Ref(),
			"-status:closed":                       b.Ref() + " " + a.Ref(),
			"channel:portal -打印机":                  "",
			"priority:P1 or 冒烟":                    c.Ref(),
			"requester:王海燕,rob 打印机 -卡纸":            b.Ref() + " " + c.Ref(),
			"打印机 (卡纸":                              a.Ref(),
			"打印机 not 冒烟":                           "",
			"打印机 NOT 冒烟":                           b.Ref() + " " + a.Ref(),
			"卡纸 % ()":                              a.Ref(),
		} {
			if got := r.refs(r.agent, typed); got != want {
				t.Errorf("%s: found %q, want %q", typed, got, want)
			}
		}
	})
}
