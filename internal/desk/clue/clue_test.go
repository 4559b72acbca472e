// SPDX-License-Identifier: Apache-2.0

package clue_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/clue"
)

func found(text string) string {
	var out []string
	for _, c := range clue.Find(text) {
		out = append(out, string(c.Kind)+":"+c.Value)
	}
	return strings.Join(out, " ")
}

func TestN16_FactsInWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"提交付款单报错 ORA-01653，请看":                            "code:ora-01653",
		"报错ORA-01653表空间不足，还有 ORA-01653":                   "code:ora-01653",
		"ERP 提示 FI-1042":                                  "code:fi-1042",
		"见工单 LD-1042，按 SR-2024-118 处理":                    "",
		"错误代码：0x80070035":                                 "code:0x80070035",
		"拨号时错误 691":                                       "code:691",
		"Error 1603 while installing":                     "code:1603",
		"it says HTTP/1.1 503 Service Unavailable":        "code:http 503",
		"Chrome 显示 ERR_CONNECTION_RESET":                  "code:err_connection_reset",
		"装了 KB5034441 以后":                                 "code:kb5034441",
		"打开 https://erp.qinglan.example/pay?token=abc 很慢": "page:erp.qinglan.example/pay",
		"https://user:secret@a.example/x":                 "page:a.example/x",
		"ping 不通 10.2.4.18，网关 10.2.4.1。":                  "address:10.2.4.18 address:10.2.4.1",
		"版本 10.2.4.18":                                    "version:10.2.4.18",
		"fe80::1ff:fe23:4567:890a 连不上":                    "address:fe80::1ff:fe23:4567:890a",
		"10:20:30 开始":                                     "",
		"服务器 erp.qinglan.example 登不上":                     "host:erp.qinglan.example",
		"写给 wang@qinglan.example":                         "",
		"附件 report.xlsx 和 app.log":                        "",
		"打印机 PRN-3F-02 卡纸":                                "device:prn-3f-02",
		"序列号：PF2XK9Q1":                                    "device:pf2xk9q1",
		"S/N 5CG1234XYZ":                                  "device:5cg1234xyz",
		"MAC 00-1A-2B-3C-4D-5E":                           "device:00:1a:2b:3c:4d:5e",
		"Windows 11 23H2, Chrome 131.0.6778.85":           "version:23h2 version:131.0.6778.85",
		"升级到 v2.4.1 以后":                                   "version:2.4.1",
		"2026.11.20 开始":                                   "",
		"UTF-8 乱码，COVID-19 期间，SHA-256":                    "",
		"电话 010-62345678，13800001111":                     "",
		"大概 30 人，3.5 小时":                                  "",
		"今天 15:00 前给您答复":                                  "",
		"The PC-0417 and the SRV-DB-01":                   "device:pc-0417 device:srv-db-01",
	} {
		if got := found(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestN16_WhatIsTypedIsWrittenAsItIsFound(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ORA-01653": "ora-01653", " ora-01653 ": "ora-01653", "10.2.4.18": "10.2.4.18", "PRN-3F-02": "prn-3f-02", "HTTP 503": "http 503",
		"https://a.example/x/?y=1": "a.example/x", "691": "691",
	} {
		if got := clue.Value(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Whatever stands in a text: a clue is a piece of it, and what it is looked for by has one form.
func TestA22_CluesAreOfTheText(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{"ORA-01653", "10.2.4.18", "https://a.example/", "报错", " ", "：", "v2.4", "fe80::1", "\xff", "@", "PRN-3F-02", "é", ".", "0x80070035", "序列号", "2024", "-", "www."})
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(pieces, 0, 30).Draw(t, "pieces"), "")
		for _, c := range clue.Find(in) {
			if c.Start < 0 || c.End > len(in) || in[c.Start:c.End] != c.Text || c.Value == "" {
				t.Fatalf("%q: %+v", in, c)
			}
		}
	})
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"报错 ORA-01653", "https://u:p@h/x?y#z", "10.2.4.18:80", "fe80::1%eth0", "S/N \xff", "v1.2.3-rc1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, c := range clue.Find(s) {
			if s[c.Start:c.End] != c.Text || c.Value == "" || strings.Contains(c.Value, "@") {
				t.Errorf("%q: %+v", s, c)
			}
		}
	})
}

func BenchmarkPlain(b *testing.B) {
	in := strings.Repeat("您好，打印服务已经在 10:20 恢复，三楼的打印机都能正常使用，请打印一页试试。", 10)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		clue.Find(in)
	}
}

func BenchmarkFind(b *testing.B) {
	in := strings.Repeat("三楼打印机 PRN-3F-02 卡纸，提示 ERR-1234，打开 https://erp.qinglan.example/pay 报错 ORA-01653。", 20)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		clue.Find(in)
	}
}
