// SPDX-License-Identifier: Apache-2.0

package phrase

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A number with 号 is a day of the month or the number of a thing: a desk, a building, a machine,
// a line. There is no end of things, so that it is a day only where the words behind it go on as
// they do after a day.
var (
	zhNumbered = regexp.MustCompile(`^(?:` + zhNumber + `|\d{1,2}/\d{1,2})\s*号?$`) //nolint:gochecknoglobals // a constant in all but name
	// zhAfterDay is how a clause goes on behind a day: who acts, whether and how, for whom, or what is done.
	zhAfterDay = regexp.MustCompile(`^(?:我|咱|本人|这边|由|让|派|请放心|会|将|要|可|能|应|争取|尽量|预计|计划|准备|打算|一定|必|肯定|保证|准时|按时|统一|一起|一并|再|就|才|还|也|都|先|全|给|向|跟|和您|和你|与您|与你|为|帮|替|对|到|去|来|过去|过来|出|开始|继续|周|星期|礼拜|` + mark + `|` +
		`回|答复|反馈|联系|联络|告知|告诉|通知|汇报|同步|致电|打|处理|解决|修|恢复|完成|搞定|弄好|办|更新|更换|换|替换|装|安装|部署|开通|开好|重置|配置|调整|排查|定位|查|检查|测试|核实|确认|升级|上门|赶到|送|寄|发|提供|交付|上线|发布|有结|有消息|有答复|安排|跟进|迁移|切换|重启)`) //nolint:gochecknoglobals // a constant in all but name
	// zhMadeThing is a thing that is called by what is done with it: 测试机, 安装包, 处理器.
	zhMadeThing = regexp.MustCompile(`^(?:处理|修理|恢复|更新|安装|部署|重置|配置|检查|测试|发布|升级|维修|发货|回收|回风|出口|出线|出水|去水|来料|送风|送料|打印|打卡|发电|发射|发票|对讲|全自动|换热|查询|装配|开关|会议|再生|先进|能源|可视|到货|要道|修车|装卸|送餐|送修|同步|迁移|切换|办公|联系|定位|交付)(?:[机器站口台室间包盘柜房库区车楼厅线塔点处部员人组板卡]|主机|环境|服务器|节点|电脑|设备|终端|系统|窗口|程序|中心|工具|文件|账号|账户)`) //nolint:gochecknoglobals // a constant in all but name
	// zhPlaceBefore ends what stands before the number of a house, or of a thing in a list.
	zhPlaceBefore = regexp.MustCompile(`(?:[路街巷弄道]|编号|序号|工号|单号|门牌|[Nn][Oo]\.?|#)\s*$`) //nolint:gochecknoglobals // a constant in all but name
	zhThingBehind = regexp.MustCompile(`^(?:楼|层|批|栋|幢|号|台|个|的?(?:容量|空间|机))`)           //nolint:gochecknoglobals // a constant in all but name
)

// zhDated reports whether the groups of zhMoment name a day or an hour, and no number of a thing.
func zhDated(g []string, before, behind string) bool {
	named := strings.ReplaceAll(g[1], " ", "")
	switch {
	case !zhNumbered.MatchString(named):
		return true
	case zhPlaceBefore.MatchString(before), zhThingBehind.MatchString(behind):
		return false
	case g[2] != "" || g[3] != "" || g[5] != "" || g[7] != "" || g[8] != "": // 28号下午, 28号3点, 28号前
		return true
	case !strings.HasSuffix(named, "号"): // 11/28
		return true
	}
	r, _ := utf8.DecodeRuneInString(behind)
	return behind == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '#' ||
		zhAfterDay.MatchString(behind) && !zhMadeThing.MatchString(behind)
}

func zhPart(named, partOf string) part {
	switch named {
	case "今晚", "明晚":
		return evening
	case "今早", "明早":
		return dawn
	}
	switch partOf {
	case "凌晨":
		return night
	case "清晨", "早晨", "早上", "一早", "早":
		return dawn
	case "上午", "午前":
		return morning
	case "中午", "正午", "午饭":
		return noon
	case "下午", "午后":
		return afternoon
	case "傍晚":
		return dusk
	case "晚上", "晚间", "夜里", "晚":
		return evening
	}
	return noPart
}

// zhDay reads the name of a day; false where it is none after all.
func zhDay(s string) (day, bool) {
	s = strings.ReplaceAll(s, " ", "")
	switch s {
	case "":
		return day{}, true
	case "今天", "今日", "今儿", "今晚", "今早", "当天", "当日":
		return day{kind: ahead}, true
	case "明天", "明日", "明儿", "明早", "明晚":
		return day{kind: ahead, n: 1}, true
	case "后天":
		return day{kind: ahead, n: 2}, true
	case "大后天":
		return day{kind: ahead, n: 3}, true
	case "年底":
		return day{kind: date, month: time.December, date: 31}, true
	}
	if strings.HasSuffix(s, "底") || strings.HasSuffix(s, "月末") {
		if strings.HasPrefix(s, "下") {
			return day{kind: monthEnd, n: 1}, true
		}
		return day{kind: monthEnd}, true
	}
	if d, ok := zhWeek(s); ok {
		return d, true
	}
	return zhDate(s)
}

func zhWeek(s string) (day, bool) {
	weeks := -1
	rest := s
	for _, x := range []struct {
		word string
		n    int
	}{{"下下", 2}, {"下", 1}, {"本", 0}, {"这", 0}} {
		if after, ok := strings.CutPrefix(s, x.word); ok {
			weeks, rest = x.n, after
			break
		}
	}
	rest = strings.TrimPrefix(rest, "个")
	for _, word := range []string{"周", "星期", "礼拜"} {
		name, ok := strings.CutPrefix(rest, word)
		if !ok {
			continue
		}
		switch name {
		case "末", "内", "之内", "以内", "":
			return day{kind: weekEnd, n: max(weeks, 0)}, true
		}
		for i, d := range []string{"日", "一", "二", "三", "四", "五", "六", "天"} {
			if name == d {
				return day{kind: weekday, n: weeks, week: time.Weekday(i % 7)}, true
			}
		}
	}
	return day{}, false
}

// zhDate reads 2026年11月28日, 11月28号, 28号, 2026-11-28, 11/28.
func zhDate(s string) (day, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("年月日号/-", r) })
	var n []int
	for _, p := range parts {
		i, ok := zhInt(p)
		if !ok {
			return day{}, false
		}
		n = append(n, i)
	}
	d := day{kind: date}
	switch len(n) {
	case 3:
		d.year, d.month, d.date = n[0], time.Month(n[1]), n[2]
	case 2:
		d.month, d.date = time.Month(n[0]), n[1]
	case 1:
		d.date = n[0]
	default:
		return d, false
	}
	good := d.date >= 1 && d.date <= 31 && d.month >= 0 && d.month <= 12 && (len(n) == 1 || d.month >= 1) && (d.year == 0 || d.year >= 2000 && d.year <= 2200)
	return d, good
}
