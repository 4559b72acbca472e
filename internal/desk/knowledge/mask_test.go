// SPDX-License-Identifier: Apache-2.0

package knowledge_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/loopdesk/loopdesk/internal/desk/knowledge"
)

func put(k knowledge.Personal) string { return "<" + string(k) + ">" }

// TestN6_N37_PersonalDataIsTakenOut: what an article must not hold, and what it must keep.
func TestN6_N37_PersonalDataIsTakenOut(t *testing.T) {
	t.Parallel()
	known := knowledge.Known{Names: []string{"王海燕", "陈力", "John Smith", "王"}}
	for text, want := range map[string]string{
		"王海燕的打印机卡纸，陈力已处理":                       "<name>的打印机卡纸，<name>已处理",
		"asked john smith about it":             "asked <name> about it",
		"a blacksmith is no name":               "a blacksmith is no name",
		"手机 13812345678，请回电":                    "<phone>，请回电",
		"138-1234-5678":                         "<phone>",
		"+86 138 1234 5678":                     "<phone>",
		"010-62345678 转 8001":                   "<phone>",
		"请拨分机：6021":                             "请拨<phone>",
		"写信给 wang.haiyan@qinglan.example 即可":    "写信给 <mail> 即可",
		"身份证 11010519491231002X":                "身份证 <identity>",
		"编号 110105194912310021":                 "编号 110105194912310021", // wrong check character: an order number
		"卡号 6222 0212 3456 7895":                "卡号 6222 0212 3456 7895",
		"卡号 4111 1111 1111 1111":                "卡号 <card>",
		"订单 20261126000123456789":               "订单 20261126000123456789",
		"临时密码：Qinglan@2026":                     "临时密码：<secret>",
		"密码重置为 abc12345 后登录":                    "密码重置为 <secret> 后登录",
		"重置密码后重新登录":                             "重置密码后重新登录",
		"the password is hunter22":              "the password is <secret>",
		"reset your password again and sign in": "reset your password again and sign in",
		"password: correcthorse":                "password: <secret>",
		"api_key=sk-abcdefghijklmnopqrstuvwx":   "api_key=<secret>",
		"AKIAIOSFODNN7EXAMPLE":                  "<secret>",
		"ORA-01653 出现在 2026-11-26 10:30":        "ORA-01653 出现在 2026-11-26 10:30",
		"服务器 10.2.4.18 重启":                      "服务器 10.2.4.18 重启", // machines stay unless they are asked for
		"版本 23.11.4.2 以上":                       "版本 23.11.4.2 以上",
	} {
		if got, _ := knowledge.Mask(text, known, put); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
	known.Machines = true
	if got, found := knowledge.Mask("登录 erp.qinglan.example（10.2.4.18）", known, put); strings.Contains(got, "10.2") || strings.Contains(got, "erp.") || len(found) != 1 || found[0].Times != 2 {
		t.Errorf("machines: %q, %v", got, found)
	}
}

// TestN37_WhatWasTakenOutIsSaid: a count and a beginning for each kind, and nothing of a secret.
func TestN37_WhatWasTakenOutIsSaid(t *testing.T) {
	t.Parallel()
	_, list := knowledge.Mask("王海燕 13812345678，密码：Abc@12345，抄送王海燕", knowledge.Known{Names: []string{"王海燕"}}, put)
	got := map[knowledge.Personal]knowledge.Masked{}
	for _, m := range list {
		got[m.Kind] = m
	}
	if got[knowledge.Name].Times != 2 || got[knowledge.Name].Samples[0] != "王…" {
		t.Errorf("names: %+v", got[knowledge.Name])
	}
	if got[knowledge.Phone].Times != 1 || got[knowledge.Secret].Times != 1 || len(got[knowledge.Secret].Samples) != 0 {
		t.Errorf("found %+v", list)
	}
}

// TestN37_MaskingAgainFindsNothing: what is masked holds nothing more to mask, in the words of
// either language, and never panics.
func TestN37_MaskingAgainFindsNothing(t *testing.T) {
	t.Parallel()
	pieces := []string{"王海燕", "密码：", "password: ", "13812345678", "a@b.example", "4111111111111111", "11010519491231002X", " ", "\n", "，", "Abc@123", "10.2.4.18", "token=", "转 8001", "010-62345678"}
	for _, lang := range []string{"zh", "en"} {
		rapid.Check(t, func(t *rapid.T) {
			text := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.StringN(0, 6, 24)), 0, 12).Draw(t, "text"), "")
			known := knowledge.Known{Names: []string{"王海燕"}}
			once, _ := knowledge.Mask(text, known, knowledge.Put(lang))
			if strings.Contains(once, "王海燕") || strings.Contains(once, "a@b.example") {
				t.Fatalf("%q is left in %q", text, once)
			}
			twice, again := knowledge.Mask(once, known, knowledge.Put(lang))
			if twice != once {
				t.Fatalf("%q, then %q, then %q: %v", text, once, twice, again)
			}
		})
	}
}

func TestN32_AListLosesItsFigures(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"1. 打开": "打开", "2、关闭": "关闭", "3）重启": "重启", "- 检查": "检查", "* a": "a", "10.2.4.18 重启": "10.2.4.18 重启", "23.11.4 以上": "23.11.4 以上", "5 分钟后": "5 分钟后", "": "",
	} {
		if got := knowledge.Bare(line); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

// The address of a picture is drawn by lot and says nothing of anybody, whatever letters it holds.
func TestN37_APictureIsNoPersonalData(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"abpwdefghijklmnopqrst23456", "tokenabcdefghijklmnop23456", "abcext2345672345672345abcd"} {
		if got := knowledge.Suspect("打开前盖\n\n![图](cid:"+token+")", knowledge.Known{}); len(got) > 0 {
			t.Errorf("%s: %+v", token, got)
		}
	}
	if got := knowledge.Suspect("![图](cid:abcdefghijklmnopqrst234567) 密码：hunter22", knowledge.Known{}); len(got) != 1 {
		t.Errorf("a password beside a picture: %+v", got)
	}
}
