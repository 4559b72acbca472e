// SPDX-License-Identifier: Apache-2.0

package mail_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/kit/mail"
)

const own = "升级后还是连不上，提示错误 809。\n\n李四"

func TestTrim(t *testing.T) {
	t.Parallel()
	const quoted = "您好，\n\n升级后请重新登录。\n\n信息中心\n"
	cases := []struct{ name, text, want string }{
		{"QQ Mail", own + "\n\n------------------ 原始邮件 ------------------\n发件人: \"张三\" <zhang@example.org>;\n发送时间: 2026年3月2日(星期一) 上午9:15\n收件人: \"李四\"<li@example.org>;\n主题: 回复：VPN\n\n" + quoted, own},
		{"QQ Mail, telephone", own + "\n\n\n---原始邮件---\n发件人: \"张三\"<zhang@example.org>\n发送时间: 2026年3月2日(周一) 上午9:15\n收件人: \"李四\"<li@example.org>;\n主题: VPN\n\n" + quoted, own},
		{"QQ Mail, new", own + "\n\n发件人：张三 <zhang@example.org>\n发件时间：2026年3月2日 09:15\n收件人：李四 <li@example.org>\n主题：VPN\n\n" + quoted, own},
		{"Foxmail", own + "\n\n\n发件人： 张三\n发送时间： 2026-03-02 09:15\n收件人： 李四\n抄送： 服务台\n主题： 回复: VPN\n" + quoted, own},
		{"NetEase", own + "\n\n在 2026-03-02 09:15:01，\"张三\" <zhang@example.org> 写道：\n\n" + quoted, own},
		{"NetEase, marked", own + "\n\nAt 2026-03-02 09:15:01, \"张三\" <zhang@example.org> wrote:\n>您好\n>\n>信息中心\n", own},
		{"NetEase, telephone", own + "\n\n---- 回复的原邮件 ----\n| 发件人 | 张三<zhang@example.org> |\n| 日期 | 2026年03月02日 09:15 |\n| 收件人 | 李四<li@example.org> |\n| 主题 | VPN |\n" + quoted, own},
		{"NetEase, telephone, with its signature", own + "\n\n签名由 网易邮箱大师 定制\n\n在2026年3月2日 09:15，张三<zhang@example.org> 写道：\n" + quoted, own},
		{"Coremail", own + "\n\n-----原始邮件-----\n发件人:\"张三\" <zhang@example.org>\n发送时间:2026-03-02 09:15:01 (星期一)\n收件人: li@example.org\n主题: VPN\n\n" + quoted, own},
		{"Outlook", own + "\n\n________________________________\n发件人: 张三 <zhang@example.org>\n发送时间: 2026年3月2日 9:15\n收件人: 李四\n主题: VPN\n\n" + quoted, own},
		{"Outlook, old", own + "\n\n-----邮件原件-----\n发件人: 张三 <zhang@example.org>\n发送时间: 2026年3月2日 9:15\n收件人: 李四\n主题: VPN\n\n" + quoted, own},
		{"Outlook for Mac", own + "\n\n发件人: 张三 <zhang@example.org>\n日期: 星期一, 2026年3月2日 09:15\n收件人: 李四 <li@example.org>\n主题: VPN\n\n" + quoted, own},
		{"Outlook, telephone", own + "\n\n获取 Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n发件人: 张三 <zhang@example.org>\n发送时间: Monday, March 2, 2026 9:15:01 AM\n收件人: 李四\n主题: VPN\n\n" + quoted, own},
		{"Apple Mail", own + "\n\n> 在 2026年3月2日，上午9:15，张三 <zhang@example.org> 写道：\n> \n> 您好\n", own},
		{"Apple Mail, not marked", own + "\n\n2026年3月2日 09:15，张三 <zhang@example.org> 写道：\n\n" + quoted, own},
		{"iPhone", own + "\n\n发自我的 iPhone\n\n在 2026年3月2日，上午9:15，张三 <zhang@example.org> 写道：\n\n> 您好\n", own},
		{"Gmail", own + "\n\n张三 <zhang@example.org> 于2026年3月2日周一 09:15写道：\n\n> 您好\n", own},
		{"Gmail, broken", own + "\n\n张三 <zhang.san.with.a.long.name.indeed@department.example.org>\n于2026年3月2日周一 09:15写道：\n\n> 您好\n", own},
		{"Gmail, Taiwan", own + "\n\n張三 <zhang@example.org> 於 2026年3月2日 週一 上午9:15寫道：\n\n> 您好\n", own},
		{"Thunderbird", own + "\n\n在 2026/3/2 9:15, 张三 写道:\n> 您好\n", own},
		{"WeLink", own + "\n\n\n发件人：张三 <zhang@example.org>\n收件人：李四 <li@example.org>\n抄 送：服务台 <it@example.org>\n主 题：VPN\n时 间：2026-03-02　09:15:01\n\n" + quoted, own},
		{"DingTalk", own + "\n\n------------------------------------------------------------------\n发件人：张三 <zhang@example.org>\n日　期：2026年03月02日 09:15:01\n收件人：李四<li@example.org>\n主　题：VPN\n\n" + quoted, own},
		{"Lark", own + "\n\n发件人: 张三 <zhang@example.org>\n日期: 2026年3月2日 (周一) 09:15\n主题: VPN\n收件人: 李四 <li@example.org>\n\n" + quoted, own},
		{"Notes", own + "\n\n张三 <zhang@example.org> 写于 2026-03-02 09:15:01:\n\n" + quoted, own},
		{"Japanese Gmail", own + "\n\n2026年3月2日(月) 9:15 張三 <zhang@example.org>:\n\n> 您好\n", own},
		{"the delimiter", own + "\n-- \n李四 | 财务部 | 分机 1234\n", own},
		{"the delimiter, then a quote", own + "\n-- \n李四 | 财务部\n\n在 2026/3/2 9:15, 张三 写道:\n> 您好\n", own},

		{"an attribution with empty lines in it", own + "\n\nOn Mon, 2 Mar 2026 at 09:15 Zhang San\n\n<\nmailto:Zhang San <zhang@example.org>\n> wrote:\n\n\n" + quoted, own},
		{"an attribution taken apart at its address", own + "\n\n在 2026年3月2日 09:15，张三\n\n<zhang@example.org>\n\n写道：\n\n" + quoted, own},
		{"a sentence with a time, and an address below", "On Mon, 2 Mar 2026 at 09:15 the server stopped\n\nPlease write to admin@example.org, who knows it.\n\nThanks", "On Mon, 2 Mar 2026 at 09:15 the server stopped\n\nPlease write to admin@example.org, who knows it.\n\nThanks"},
		{"a question about mail is no quote", "客户反馈如下：\n发件人地址填写错误时，系统提示“发件人不存在”。\n", "客户反馈如下：\n发件人地址填写错误时，系统提示“发件人不存在”。"},
		{"a list of mail fields is no quote", "下面这封邮件收不到：\n发件人：a@example.org\n收件人：b@example.org\n主题：报价\n请查一下。", "下面这封邮件收不到：\n发件人：a@example.org\n收件人：b@example.org\n主题：报价\n请查一下。"},
		{"a list of facts is no quote", "时间：昨天 10:30\n地点：三楼会议室\n现象：投影仪不亮", "时间：昨天 10:30\n地点：三楼会议室\n现象：投影仪不亮"},
		{"what a log wrote is no quote", "At 10:30 the server wrote:\nERROR 809 connection lost", "At 10:30 the server wrote:\nERROR 809 connection lost"},
		{"a prompt is no quote", "输入命令后：\n> ping 10.0.0.1\n没有反应。", "输入命令后：\n> ping 10.0.0.1\n没有反应。"},
		{"rules are no signature", "第一步\n----\n第二步\n====\n第三步", "第一步\n----\n第二步\n====\n第三步"},
		{"thanks from the heart are no telephone", "请尽快处理。\n发自内心地感谢。", "请尽快处理。\n发自内心地感谢。"},
		{"answers point by point", "> 什么时候开始的？\n今天早上。\n> 重启过吗？\n重启过，没用。\n", "> 什么时候开始的？\n今天早上。\n> 重启过吗？\n重启过，没用。"},
		{"answers point by point, then the rest of the quote", "见下。\n\n在 2026/3/2 9:15, 张三 写道:\n> 什么时候开始的？\n今天早上。\n> 重启过吗？\n重启过。\n> 信息中心\n> 张三\n", "见下。\n\n在 2026/3/2 9:15, 张三 写道:\n> 什么时候开始的？\n今天早上。\n> 重启过吗？\n重启过。"},
		{"an answer below the quote", "在 2026/3/2 9:15, 张三 写道:\n> 重启过吗？\n\n重启过，没用。\n", "重启过，没用。"},
		{"what is forwarded stays", "请处理。\n\n---------- Forwarded message ---------\n发件人： 张三 <zhang@example.org>\nDate: 2026年3月2日周一 09:15\nSubject: VPN\n\n连不上\n", "请处理。\n\n---------- Forwarded message ---------\n发件人： 张三 <zhang@example.org>\nDate: 2026年3月2日周一 09:15\nSubject: VPN\n\n连不上"},
		{"nothing but a quote", "> 您好\n> 信息中心\n", "> 您好\n> 信息中心"},
		{"nothing but a telephone", "发自我的 iPhone\n", "发自我的 iPhone"},
		{"nothing", "", ""},
		{"Windows line ends", "好的。\r\n\r\nOn Mon, Mar 2, 2026 at 9:15 AM Ada <ada@example.org> wrote:\r\n> Hi\r\n", "好的。"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, rest := mail.Trim(c.text)
			if got != c.want {
				t.Errorf("own words:\n%s\nwant:\n%s\nrest:\n%s", got, c.want, rest)
			}
		})
	}
}

func TestTrimHTML(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, html, want string }{
		{"Outlook", `<div>还是不行</div><hr tabindex="-1"><div id="divRplyFwdMsg"><b>发件人:</b> 张三<br><b>主题:</b> VPN</div><p>您好</p>`, "还是不行"},
		{"QQ Mail", `<div>还是不行</div><div style="font-size: 12px">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef"><div><b>发件人:</b>&nbsp;"张三"&lt;z@example.org&gt;;</div><div><b>发送时间:</b>&nbsp;2026年3月2日</div></div><div>您好</div>`, "还是不行"},
		{"Foxmail", `<div>还是不行</div><blockquote><div>&nbsp;</div><div style="border-top:solid #B5C4DF 1.0pt"><div><b>发件人：</b>&nbsp;<a href="mailto:z@example.org">张三</a></div><div><b>发送时间：</b>&nbsp;2026-03-02 09:15</div><div><b>收件人：</b>李四</div></div><div>您好</div></blockquote>`, "还是不行"},
		{"NetEase", `<div>还是不行</div><div><div>在 2026-03-02 09:15:01，"张三" &lt;z@example.org&gt; 写道：</div><blockquote id="isReplyContent"><div>您好</div></blockquote></div>`, "还是不行"},
		{"Gmail, answer below", `<div class="gmail_quote"><div class="gmail_attr">张三 &lt;z@example.org&gt; 于2026年3月2日周一 09:15写道：<br></div><blockquote class="gmail_quote">重启过吗</blockquote></div><div>重启过</div>`, "重启过"},
		{"DingTalk", `<div>还是不行</div><div class="__aliyun_previous_email">发件人：张三</div>`, "还是不行"},
		{"words next to each other", `<p>Hello <b>big</b> <i>world</i></p>`, "Hello big world"},
		{"nothing but a quote", `<div id="isReplyContent"><p>您好</p></div>`, "您好"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got, rest := mail.TrimHTML(c.html); got != c.want {
				t.Errorf("own words:\n%s\nwant:\n%s\nrest:\n%s", got, c.want, rest)
			}
		})
	}
}

// whole puts segments together again.
func whole(list []mail.Segment) string {
	out := ""
	for _, s := range list {
		out += s.Text
	}
	return out
}

// Whatever the lines are, none is lost, none is empty-handed, and the work is linear.
func TestSplitLosesNothing(t *testing.T) {
	t.Parallel()
	pieces := []string{
		"> marked", "On Mon, Mar 2, 2026, Ada <a@b.c> wrote:", "在 2026年3月2日，张三 写道：", "-----原始邮件-----", "发件人: 张三", "发送时间: 2026-03-02 09:15",
		"主题: VPN", "-- ", "--", "发自我的 iPhone", "words", "", " ", "________________________________", "---------- Forwarded message ----------", "| 发件人 | x |", "\ufeff", "\x00",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 30).Draw(t, "lines"), rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end"))
		list := mail.Split(text)
		if got := whole(list); got != text {
			t.Fatalf("lost: %q became %q", text, got)
		}
		if got, _ := mail.Trim(text); strings.TrimSpace(got) == "" && strings.Trim(text, " \t\r\n\u00a0\u3000\ufeff\x00") != "" {
			t.Fatalf("nothing is left of %q", text)
		}
	})
}

type replyCase struct {
	ID, Input, Format string
	Expect            map[string]any
}

// meets reports whether own words are what a source expects.
func (c replyCase) meets(own, signature string) bool {
	even := func(s string) string {
		lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
		for i, l := range lines {
			lines[i] = strings.TrimRight(l, " \t")
		}
		return strings.TrimSpace(strings.Join(lines, "\n"))
	}
	list := func(v any) []any { l, _ := v.([]any); return l }
	for name, want := range c.Expect {
		s, _ := want.(string)
		ok := true
		switch name {
		case "reply", "body":
			ok = even(s) == even(own)
		case "reply_nows":
			ok = squeeze(s) == squeeze(own)
		case "signature":
			ok = even(s) == even(signature)
		case "whole_is_reply":
			ok = even(own) == even(c.Input)
		case "contains":
			ok = !slices.ContainsFunc(list(want), func(v any) bool { return !strings.Contains(own, v.(string)) })
		case "absent":
			ok = !slices.ContainsFunc(list(want), func(v any) bool { return strings.Contains(own, v.(string)) })
		case "absent_line_starts":
			ok = !slices.ContainsFunc(list(want), func(v any) bool { return strings.Contains("\n"+own, "\n"+v.(string)) })
		}
		if !ok {
			return false
		}
	}
	return true
}

// TestReplies holds the rules to the cases of other projects, which differ in whether a
// greeting, a signature or a forwarded message belongs to the reply. Here the first does,
// the second does not, the third does. The floors are what was reached.
func TestReplies(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.Join(testData(t, "reply"), "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := map[string]share{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var c replyCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		list := mail.Split(c.Input)
		if c.Format == "html" {
			list = mail.SplitHTML(c.Input)
		} else if whole(list) != c.Input {
			t.Errorf("%s: text is lost", c.ID)
		}
		words := map[mail.Kind]string{}
		for _, s := range list {
			words[s.Kind] += s.Text
		}
		ok := c.meets(words[mail.Own], words[mail.Signature])
		if !ok {
			t.Logf("differs: %s", c.ID)
		}
		name, _, _ := strings.Cut(c.ID, "/")
		s := got[name]
		s.add(ok)
		got[name] = s
	}
	floors := map[string]int{"crisp": 37, "discourse": 26, "freescout": 2, "mail-parser-reply": 8, "talon": 39, "zh-shapes": 16}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		t.Logf("| %s | %s |", name, got[name])
		if got[name].same < floors[name] {
			t.Errorf("%s: %s, want at least %d", name, got[name], floors[name])
		}
	}
}
