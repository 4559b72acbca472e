// SPDX-License-Identifier: Apache-2.0

package wording_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/wording"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func checker(t testing.TB, n wording.Name) *wording.Checker {
	t.Helper()
	var list []wording.Pack
	for _, lang := range wording.Langs() {
		p, err := wording.BuiltIn(n, lang)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	c, err := wording.Compile(list...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// said writes remarks in short: "rule:words".
func said(list []wording.Remark, advice bool) string {
	var out []string
	for _, r := range list {
		if advice || !r.Rule.Advice {
			out = append(out, r.Rule.ID+":"+r.Words)
		}
	}
	return strings.Join(out, " ")
}

func TestTheBuiltInPacksAreSound(t *testing.T) {
	t.Parallel()
	for _, n := range wording.Names() {
		for _, lang := range wording.Langs() {
			p, err := wording.BuiltIn(n, lang)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, r := range p.Rules {
				if err := r.Check(n); err != nil {
					t.Errorf("%s.%s %s: %v %v", n, lang, r.ID, err, errs.As(err).Fields)
				}
				if seen[r.ID] {
					t.Errorf("%s.%s: %s stands twice", n, lang, r.ID)
				}
				seen[r.ID] = true
			}
			if len(seen) < 12 {
				t.Errorf("%s.%s has %d rules", n, lang, len(seen))
			}
		}
	}
}

func TestN17_VagueWordsOfARecord(t *testing.T) {
	t.Parallel()
	c := checker(t, wording.Objective)
	for in, want := range map[string]string{
		"打印机有时卡纸":                             "frequency.sometimes:有时",
		"下午三点有时间再打来":                          "",
		"用户没有时间测试":                            "",
		"系统很慢，好像是网络":                          "number.slow:很慢 certainty.seems:好像",
		"打开报表要 40 秒，平时 3 秒":                   "",
		"大概 30 人受影响":                          "",
		"大概今天早上9点开始":                          "",
		"大概是有人改过":                             "number.about:大概",
		"9 点起一直报错":                            "",
		"一直报错":                                "frequency.continuous:一直",
		"用户原话：“电脑很慢，有时死机”":                    "",
		"《经常性检查表》第 3 项":                       "",
		"不可能登录":                               "",
		"可能是密码过期":                             "certainty.seems:可能是",
		"垃圾邮件进入收件箱":                           "",
		"大家都打不开":                              "scope.everybody:大家 scope.everybody:都打不开",
		"最近一次出现在 10:20":                       "",
		"最近打不开":                               "time.recently:最近",
		"服务 http://a.example/always/slow 停止":  "",
		"如有问题请联系":                             "",
		"The app is always broken":            "frequency.often:always judgement.broken:broken",
		"Always On VPN drops":                 "",
		"connects via Always On VPN":          "",
		"It crashed at 10:05":                 "",
		"It Seems slow.":                      "certainty.seems:Seems number.slow:slow",
		"slowdown at 9":                       "",
		"many thanks":                         "",
		"many users cannot sign in":           "scope.somebody:many users",
		"he wrote \"very slow\" twice":        "",
		"path C:\\slow\\many and x_always":    "",
		"> it is slow\nseen at 9:10":          "",
		"```\nalways slow\n```\nseen at 9:10": "",
		"2026-11-20 10:05:01 WARN slow query": "",
		"ＳＬＯＷ":                                "number.slow:ＳＬＯＷ",
		"takes  a\nlong time":                 "number.slow:takes  a\nlong time",
		"How often does it happen?":           "",
	} {
		if got := said(c.Check(in, wording.Context{}), true); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestN10_N41_WordsOfAReply(t *testing.T) {
	t.Parallel()
	c := checker(t, wording.Reply)
	for in, want := range map[string]string{
		"表空间已扩容，请重试":             "jargon.tablespace:表空间 jargon.expand:扩容",
		"这是您自己操作不当造成的":           "blame.yourfault:您自己 blame.operation:操作不当",
		"请保管好您自己的密码":             "",
		"我们会尽快处理":                "promise.soon:尽快",
		"我们会尽快处理，今天 15:00 前给您答复": "",
		"请尽快联系我们":                "",
		"这个没办法解决":                "negative.cannot:没办法解决",
		"您说电脑没办法登录":              "",
		"请耐心等待。":                 "promise.wait:请耐心等待",
		"请勿关机":                   "negative.forbid:请勿",
		"已为您恢复打印，请打印一页试试。":       "",
		"Your VLAN is wrong":     "jargon.vlan:VLAN",
		// What technical prose, disclaimers and requests say is nobody's fault and no promise.
		"此网段的默认网关要改":                                                   "jargon.gateway:默认网关",
		"DNS 服务器换了地址，DNS 要等十分钟":                                        "jargon.dnsserver:DNS 服务器 jargon.dns:DNS",
		"请打开 TCP/IPv4 的属性":                                             "",
		"Open the properties of TCP/IPv4.":                             "",
		"The TCP port is closed.":                                      "jargon.tcp:TCP",
		"A cable runs from the tier 1 leaf to the tier 2 leaf.":        "",
		"I passed it to the tier 2 team.":                              "jargon.escalate:tier 2 team",
		"We patched the server.":                                       "jargon.patch:patched",
		"The socket was patched to port 12.":                           "",
		"We patched your wall socket.":                                 "",
		"We make provision for a spare.":                               "",
		"Your account was provisioned.":                                "jargon.provision:provisioned",
		"Nobody accepts responsibility for errors, omissions, misuse.": "",
		"The damage was caused by misuse.":                             "blame.wrong:by misuse",
		"He needs his sign-in asap.":                                   "",
		"We will send it asap.":                                        "promise.soon:asap",
		"You should have called":                                       "blame.should:You should have",
		"We will fix it soon.":                                         "promise.soon:soon",
		"We will fix it soon, today by 15:00.":                         "",
		"Please restart as soon as possible":                           "",
		"There is nothing we can do":                                   "negative.cannot:There is nothing we can do",
		"We'll let you know.":                                          "promise.touch:We'll let you know",
		"We’ll let you know by 15:00.":                                 "",
	} {
		if got := said(c.Check(in, wording.Context{}), false); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"The call is simply handed to the next server.": "", "Simply restart the computer.": "negative.obviously:Simply restart",
		"The meeting is in progress.": "", "Your request is in progress.": "promise.looking:request is in progress", "我们正在处理": "promise.working:正在处理", "您正在解决的问题": "", "在日志处理中有三步": "", "正在加急处理中": "promise.working:处理中", "工单处理中。": "promise.working:处理中",
	} {
		list := slices.DeleteFunc(c.Check(in, wording.Context{}), func(r wording.Remark) bool { return r.Rule.Absent })
		if got := said(list, true); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	// What is offered is of the language of the sentence.
	for _, r := range c.Check("王工，VLAN 已改好。\nThe VLAN is changed. 表空间 is full now, sorry for that.", wording.Context{}) {
		if r.Rule.Absent {
			continue
		}
		if want := map[bool]string{true: "zh", false: "en"}[r.Start < len("王工，VLAN 已改好。")]; r.Lang != want {
			t.Errorf("%s at %d is of %s, want %s", r.Words, r.Start, r.Lang, want)
		}
	}
	if got := said(c.Check("表空间已处理", wording.Context{Theirs: "Oracle 表空间满了"}), false); got != "" {
		t.Errorf("a term of the requester is no jargon to them: %q", got)
	}
	if got := said(c.Check("已转给 Cache 清缓存 组", wording.Context{Names: []string{"清缓存 组"}}), false); got != "" {
		t.Errorf("a name is not judged: %q", got)
	}
}

func TestN41_AGreetingAndANextStep(t *testing.T) {
	t.Parallel()
	c := checker(t, wording.Reply)
	for in, want := range map[string]string{
		"已处理": "",
		"打印服务已经在 10:20 恢复，三楼的打印机都能正常使用，原因是服务停止。是由夜里的更新引起的，更新已经撤回":                             "greeting.missing: next.missing:",
		"王海燕，您好：\n打印服务已经在 10:20 恢复，三楼的打印机都能正常使用。如果还有问题，直接回复即可。":                               "",
		"The print service was restored at 10:20 and all printers work again.":                "greeting.missing: next.missing:",
		"Hello Anna,\nthe print service works again since 10:20. Please try to print a page.": "",
	} {
		got := ""
		for _, r := range c.Check(in, wording.Context{}) {
			if r.Rule.Absent {
				got = strings.TrimSpace(got + " " + r.Rule.ID + ":" + r.Words)
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// A greeting is a word of greeting or somebody's name, and not any few words before a comma; a next
// step is one to the reader or of the desk at its time, and not any "if" or "问题".
func TestN41_N29_WhatIsAGreetingAndANextStep(t *testing.T) {
	t.Parallel()
	c := checker(t, wording.Reply)
	const (
		zh, zhStep = "打印服务已经在 10:20 恢复，三楼的打印机都能正常使用，原因是服务停止。是由夜里的更新引起的，更新已经撤回。", "有变化请回复我。"
		en, enStep = "the print service was restored at 10:20 and all printers on the third floor work again. ", "Please print a page."
	)
	greeting := map[string]bool{
		"表空间满了，": false, "已处理，": false, "打印机好了，": false, "周一，": false, "周末，": false, "谢谢，": false, "方案如下：": false, "范围内，": false, "原因：": false, "完工，": false, "高峰过后，": false, "问题已解决，": false,
		"王海燕，": true, "王工，": true, "海燕，": true, "马经理：": true, "小陈，": true, "周敏，": true, "谢丽，": true, "欧阳娜娜，": true, "大家好，": true, "Hi 海燕，": true, "李总，": true,
	}
	for head, is := range greeting {
		got := said(absentOf(c.Check(head+zh+zhStep, wording.Context{Reader: "王海燕"})), true)
		if want := map[bool]string{true: "", false: "greeting.missing:"}[is]; got != want {
			t.Errorf("%q before a text: %q, want %q", head, got, want)
		}
	}
	for head, is := range map[string]bool{
		"Unfortunately, ": false, "Printer fixed, ": false, "As discussed, ": false, "Done, ": false, "Tom, ": false,
		"Anna, ": true, "Anna Berg, ": true, "Tom,\n": true, "Good day, ": true, "Hey Tom, ": true,
	} {
		got := said(absentOf(c.Check(head+en+enStep, wording.Context{Reader: "Anna Berg"})), true)
		if want := map[bool]string{true: "", false: "greeting.missing:"}[is]; got != want {
			t.Errorf("%q before a text: %q, want %q", head, got, want)
		}
	}
	for end, is := range map[string]bool{
		"我 16:00 前给您回电话。": true, "今天 16:00 前回复。": true, "我下班前给您打电话。": true, "30 分钟内给您答复。": true, "明天上午给您回电话。": true, "工程师明天上门。": true, "我会再联系您。": true, "有问题请打 8000。": true, "如果再出现，重新登录即可。": true, "有其他情况随时联系。": true, "打出来了吗？": true,
		"打印机有问题。": false, "服务随时中断过。": false, "我再试了三次，都成功。": false, "3 天前给您打过电话。": false, "已告知供应商。": false, "我们前天给您打过电话。": false,
	} {
		got := said(absentOf(c.Check("王海燕，您好："+zh+end, wording.Context{})), true)
		if want := map[bool]string{true: "", false: "next.missing:"}[is]; got != want {
			t.Errorf("a text and %q: %q, want %q", end, got, want)
		}
	}
	for end, is := range map[string]bool{
		"I call you back at 16:00.": true, "You get an answer by 16:00.": true, "I'm going to call at 16:00.": true, "If the printer jams again, call 8000.": true, "Then try the second tray.": true, "Next: a new cable.": true, "If it stops, just reply.": true, "You'll hear from me at 16:00.": true,
		"The server asks if the disk is full.": false, "The next server took over.": false, "Thank you for your reply.": false, "I did try it.": false, "The contact person has changed.": false, "We confirm the cause.": false,
	} {
		got := said(absentOf(c.Check("Hello Anna, "+en+end, wording.Context{})), true)
		if want := map[bool]string{true: "", false: "next.missing:"}[is]; got != want {
			t.Errorf("a text and %q: %q, want %q", end, got, want)
		}
	}
}

// absentOf are the remarks on what is not there.
func absentOf(list []wording.Remark) []wording.Remark {
	return slices.DeleteFunc(list, func(r wording.Remark) bool { return !r.Rule.Absent })
}

func TestWhatCannotBeUsedIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	good := wording.Rule{ID: "own.one", Clause: "N17", Kind: "number", Find: []string{"蛮慢"}, Ask: "几秒？"}
	if err := good.Check(wording.Objective); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*wording.Rule){
		"wording.id_shape":           func(r *wording.Rule) { r.ID = "Own One" },
		"wording.kind_unknown":       func(r *wording.Rule) { r.Kind = "jargon" },
		"wording.clause_unknown":     func(r *wording.Rule) { r.Clause = "N41" },
		"wording.find_none":          func(r *wording.Rule) { r.Find = nil },
		"wording.phrase_empty":       func(r *wording.Rule) { r.Find = []string{" "} },
		"wording.phrase_long":        func(r *wording.Rule) { r.Find = []string{strings.Repeat("慢", 81)} },
		"wording.pattern_bad":        func(r *wording.Rule) { r.Find = []string{"/(慢/"} },
		"wording.pattern_everything": func(r *wording.Rule) { r.Unless = []string{"/a*/"} },
		"wording.pattern_long":       func(r *wording.Rule) { r.Find = []string{"/" + strings.Repeat("a", 201) + "/"} },
		"wording.ask_needed":         func(r *wording.Rule) { r.Ask = "" },
		"wording.text_long":          func(r *wording.Rule) { r.Ask = strings.Repeat("几", 301) },
	} {
		r := good
		change(&r)
		e := errs.As(r.Check(wording.Objective))
		if e == nil || len(e.Fields) == 0 || e.Fields[0].Key != key {
			t.Errorf("%s: %+v", key, e)
		}
	}
	heavy := good
	heavy.Find = []string{"/((a{50}b){30}c){20}/"}
	if e := errs.As(heavy.Check(wording.Objective)); e == nil || e.Fields[0].Key != "wording.pattern_bad" {
		t.Errorf("a pattern that becomes a large machine: %+v", e)
	}
}

func TestAnEditChangesThePackAndGoesBack(t *testing.T) {
	t.Parallel()
	p, err := wording.BuiltIn(wording.Objective, "zh")
	if err != nil {
		t.Fatal(err)
	}
	edit := wording.Edit{Name: wording.Objective}
	hits := func() string {
		c, err := wording.Compile(edit.Apply(p))
		if err != nil {
			t.Fatal(err)
		}
		return said(c.Check("蛮慢，有时报错", wording.Context{}), true)
	}
	want := func(step, want string) {
		t.Helper()
		if got := hits(); got != want {
			t.Errorf("%s: %q, want %q", step, got, want)
		}
	}
	want("built in", "frequency.sometimes:有时")
	edit = edit.With(wording.Rule{ID: "own.slow", Clause: "N17", Kind: "number", Find: []string{"蛮慢"}, Ask: "几秒？"})
	want("added", "own.slow:蛮慢 frequency.sometimes:有时")
	edit = edit.Switched("frequency.sometimes", false)
	want("switched off", "own.slow:蛮慢")
	changed, _ := p.Rule("frequency.sometimes")
	changed.Find = []string{"报错"}
	edit = edit.With(changed).Switched(changed.ID, true)
	want("changed", "own.slow:蛮慢 frequency.sometimes:报错")
	edit = edit.Without(changed.ID).Without("own.slow")
	want("as it was", "frequency.sometimes:有时")
	if edit.Changed() {
		t.Errorf("%+v", edit)
	}
}

func anyText() *rapid.Generator[string] {
	pieces := rapid.SampledFrom([]string{"有时", "时间", "很慢", "always", " slow ", "“", "”", "`", "\n", "> ", "。", "一直", "好像", "A", "é", "\xff", "\x00", "ﬁ", "！", "３", "/", "don't", "大概 30", " ", "crashed"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(pieces, 0, 40).Draw(t, "pieces"), "")
	})
}

// Whatever stands in a text: a remark is about a piece of it, remarks do not overlap, and what
// is put in quotation marks is not remarked on.
func TestA22_RemarksAreOfTheText(t *testing.T) {
	t.Parallel()
	both := []*wording.Checker{checker(t, wording.Objective), checker(t, wording.Reply)}
	rapid.Check(t, func(t *rapid.T) {
		in := anyText().Draw(t, "text")
		for _, c := range both {
			last := 0
			for _, r := range c.Check(in, wording.Context{}) {
				if r.Rule.Absent {
					continue
				}
				if r.Start < last || r.End <= r.Start || r.End > len(in) || in[r.Start:r.End] != r.Words {
					t.Fatalf("%q: %+v after %d", in, r, last)
				}
				last = r.End
			}
		}
		plain := strings.NewReplacer("“", "", "”", "", "`", "", "\n", "", "\"", "").Replace(in)
		for _, r := range both[0].Check("“"+plain+"”", wording.Context{}) {
			t.Fatalf("%q in quotation marks: %+v", plain, r)
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"有时卡，always slow", "“", "> a\n```", "a\xff\x00", "ＳＬＯＷ！", "www.a.example/slow?x=1"} {
		f.Add(s)
	}
	c, reply := checker(f, wording.Objective), checker(f, wording.Reply)
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range append(c.Check(s, wording.Context{Names: []string{s}}), reply.Check(s, wording.Context{Theirs: s})...) {
			if r.Start < 0 || r.End < r.Start || r.End > len(s) || s[r.Start:r.End] != r.Words {
				t.Errorf("%q: %+v", s, r)
			}
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	zh := strings.Repeat("三楼打印机有时卡纸，提示 ERR-1234，用户说“很慢”。我们会尽快处理，表空间已扩容，请今天 15:00 前再试一次。", 70)
	en := strings.Repeat("The printer on floor 3 sometimes jams, ERR-1234 is shown and he says \"very slow\". We will fix it soon. ", 100)
	for name, in := range map[string]string{"zh": zh[:10_000/3*3], "en": en[:10_000]} {
		for _, n := range wording.Names() {
			c := checker(b, n)
			b.Run(string(n)+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(in)))
				for b.Loop() {
					c.Check(in, wording.Context{})
				}
			})
		}
	}
}
