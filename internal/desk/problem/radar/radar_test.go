// SPDX-License-Identifier: Apache-2.0

package radar_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/problem/radar"
	"github.com/loopdesk/loopdesk/internal/desk/triage/model"
)

// now is a Thursday.
var now = time.Date(2026, 3, 12, 17, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // an instant

func look() radar.Look { return radar.Look{Now: now, Zone: time.UTC} }

// desk makes reports one after the other.
type desk struct {
	list []radar.Report
}

func (d *desk) report(daysAgo int, subject, body string, category, service int64, site string) *radar.Report {
	n := int64(len(d.list) + 1)
	d.list = append(d.list, radar.Report{
		Key: n, At: now.AddDate(0, 0, -daysAgo).Add(-time.Duration(n%7) * time.Minute), Text: model.Text{Subject: subject, Body: body},
		Requester: n % 5, Category: category, Service: service, Site: site,
	})
	return &d.list[len(d.list)-1]
}

// ordinary is nine weeks of work in which nothing stands out: each matter is told once.
func (d *desk) ordinary() {
	things := []string{"打印机", "键盘", "显示器", "邮箱", "会议室", "投影仪", "门禁", "报销", "合同", "浏览器", "字体", "摄像头"}
	states := []string{"没有声音", "颜色发黄", "找不到图标", "提示空间不足", "需要升级", "无法登录", "打不开附件", "一直转圈", "要换新的", "忘了密码"}
	for week := range 9 {
		for i := range 10 {
			thing, state := things[(i*5+week*7)%len(things)], states[(i*3+week)%len(states)]
			d.report(week*7+i%5, thing+state, fmt.Sprintf("第%d周第%d件：%s%s，请处理", week, i, thing, state), int64(1+i%4), 0, "")
		}
	}
}

// vpn is one more report of people whom the network drops.
func (d *desk) vpn(daysAgo int) {
	n := len(d.list)
	words := []string{"VPN 频繁掉线，重连后又断", "VPN 掉线，十分钟一次", "在家连 VPN 总是掉线", "VPN 连上就掉线，无法办公"}
	d.report(daysAgo, "VPN 掉线", words[n%len(words)], 7, 3, "上海")
}

func keysWith(list []radar.Report, subject string, within int) []int64 {
	var out []int64
	for _, r := range list {
		if r.Text.Subject == subject && now.Sub(r.At) < time.Duration(within)*24*time.Hour {
			out = append(out, r.Key)
		}
	}
	slices.Sort(out)
	return out
}

func sorted(keys []int64) []int64 { keys = slices.Clone(keys); slices.Sort(keys); return keys }

func TestN7_AMatterThatComesMoreOftenIsFoundWithItsReports(t *testing.T) {
	t.Parallel()
	d := &desk{}
	d.ordinary()
	for _, day := range []int{8, 15, 16, 23, 30, 31, 44, 50, 58} {
		d.vpn(day)
	}
	for i := range 12 {
		d.vpn(i % 6)
	}
	got := radar.Find(d.list, look())
	if len(got) != 1 {
		t.Fatalf("%d findings, want the one: %+v", len(got), got)
	}
	f := got[0]
	if f.Kind != radar.Rising || f.Days != 7 || f.Category != 7 || f.Service != 3 || f.Site != "上海" || f.People != 5 || f.All != 21 {
		t.Errorf("found %+v", f)
	}
	if diff := cmp.Diff(keysWith(d.list, "VPN 掉线", 7), sorted(f.Keys)); diff != "" {
		t.Errorf("its evidence (-want +got):\n%s", diff)
	}
	if f.Usual < 1 || f.Usual > 2 {
		t.Errorf("usual are %.2f a week, want a bit over one", f.Usual)
	}
	if !slices.Contains(f.Words, "VPN") || !slices.Contains(f.Words, "掉线") {
		t.Errorf("they share %v, want VPN and 掉线 among them", f.Words)
	}
	if !slices.Contains(f.Keys, f.Head) {
		t.Errorf("its head %d is none of its reports", f.Head)
	}
}

func TestN7_NothingIsFoundWhereNothingStandsOut(t *testing.T) {
	t.Parallel()
	d := &desk{}
	d.ordinary()
	if got := radar.Find(d.list, look()); len(got) != 0 {
		t.Errorf("found %+v in ordinary weeks", got)
	}
	if got := radar.Find(nil, look()); len(got) != 0 {
		t.Errorf("found %+v in nothing", got)
	}
}

func TestN38_AMatterThatComesWeekAfterWeekIsFound(t *testing.T) {
	t.Parallel()
	d := &desk{}
	d.ordinary()
	for day := range 56 {
		if day%3 == 0 {
			d.vpn(day)
		}
	}
	got := radar.Find(d.list, look())
	if len(got) != 1 || got[0].Kind != radar.Lasting || got[0].Seen != 4 || got[0].Days != 28 {
		t.Fatalf("found %+v, want one that lasts, seen in four of four weeks", got)
	}
	if n := len(keysWith(d.list, "VPN 掉线", 28)); got[0].Count() != n {
		t.Errorf("it has %d reports, want the %d of four weeks", got[0].Count(), n)
	}
}

// Ten reports on a working day are a spike where two are usual; on a day of rest, where none come, four are.
func TestN7_ADayIsMeasuredAgainstDaysOfItsKind(t *testing.T) {
	t.Parallel()
	site := func(rest func(time.Time) bool, today int) []radar.Finding {
		d := &desk{}
		for back := 1; back < 60; back++ {
			if day := now.AddDate(0, 0, -back); rest(day) {
				continue
			}
			for i := range 2 {
				d.report(back, fmt.Sprint("事项", back, "甲", i), fmt.Sprint("一", back*i, "二", back), 4, 2, "成都")
			}
		}
		for _, thing := range []string{"打印机", "键盘", "显示器", "邮箱", "会议室", "投影仪", "门禁", "报销", "合同", "浏览器", "字体"}[:today] {
			d.report(0, thing, thing, 4, 2, "成都")
		}
		l := look()
		l.Working = func(day time.Time) bool { return !rest(day) }
		return slices.DeleteFunc(radar.Find(d.list, l), func(f radar.Finding) bool { return f.Kind != radar.Spike })
	}
	thursdays := func(day time.Time) bool { return day.Weekday() == time.Thursday }
	never := func(time.Time) bool { return false }
	if got := site(never, 4); len(got) != 0 {
		t.Errorf("4 on a working day where 2 are usual: %+v", got)
	}
	got := site(never, 11)
	if len(got) != 1 || got[0].Count() != 11 || got[0].Category != 4 || got[0].Service != 2 || got[0].Site != "成都" {
		t.Fatalf("11 on a working day where 2 are usual: %+v", got)
	}
	if !got[0].Day.Equal(time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the day is %v", got[0].Day)
	}
	if got := site(thursdays, 5); len(got) != 1 {
		t.Errorf("5 on a day on which nobody works and none come: %+v", got)
	}
}

func TestN7_ADeviceThatFailsAgainIsASpikeOfItsOwn(t *testing.T) {
	t.Parallel()
	d := &desk{}
	for back := 1; back < 40; back++ {
		d.report(back, fmt.Sprint("事", back*13), fmt.Sprint("物", back*29), 0, 0, "")
	}
	for i := range 5 {
		d.report(0, fmt.Sprint("今", i*17), fmt.Sprint("日", i*23), 0, 0, "").Device = "PC-0042"
	}
	got := radar.Find(d.list, look())
	if len(got) != 1 || got[0].Device != "PC-0042" || got[0].Count() != 5 {
		t.Errorf("found %+v", got)
	}
}

func TestN7_TheSameReportsGiveTheSameFindings(t *testing.T) {
	t.Parallel()
	d := &desk{}
	d.ordinary()
	for i := range 30 {
		d.vpn(i % 20)
	}
	want := radar.Find(d.list, look())
	if len(want) == 0 {
		t.Fatal("nothing found")
	}
	for turn := range 3 {
		other := slices.Clone(d.list)
		slices.Reverse(other)
		if diff := cmp.Diff(want, radar.Find(other[turn%2:len(other):len(other)], look())); turn%2 == 0 && diff != "" {
			t.Errorf("in another order (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, radar.Find(d.list, look())); diff != "" {
			t.Errorf("once more (-want +got):\n%s", diff)
		}
	}
}

// What says exactly the same a thousand times is one matter, and does not hide another.
func TestN7_AThousandEqualAlertsAreOneMatter(t *testing.T) {
	t.Parallel()
	d := &desk{}
	d.ordinary()
	for i := range 1000 {
		d.report(i%7, "磁盘告警", "主机 db-01 磁盘使用率 95%", 9, 9, "机房")
	}
	for i := range 9 {
		d.vpn(i % 6)
	}
	got := radar.Find(d.list, look())
	if len(got) != 2 || got[0].Count() != 1000 || got[1].Count() != 9 {
		for _, f := range got {
			t.Logf("%s: %d reports, words %v", f.Kind, f.Count(), f.Words)
		}
		t.Errorf("%d findings, want the alerts and the network", len(got))
	}
}
