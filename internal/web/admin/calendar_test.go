// SPDX-License-Identifier: Apache-2.0

package admin_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
)

// has looks for sentences as they are read.
func has(t *testing.T, r apptest.Reply, status int, sentences ...string) {
	t.Helper()
	if r.Status != status {
		t.Errorf("status %d, want %d\n%s", r.Status, status, r.Body)
	}
	body := html.UnescapeString(r.Body)
	for _, s := range sentences {
		if !strings.Contains(body, s) {
			t.Errorf("%q is not on the page", s)
		}
	}
}

func upload(t *testing.T, c *apptest.Client, set, name, text string, version string) apptest.Reply {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, v := range map[string]string{"set": set, "version": version} {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return c.Send(http.MethodPost, "/admin/holidays", &body, http.Header{"Content-Type": {m.FormDataContentType()}})
}

func office() url.Values {
	return url.Values{
		"name": {"berlin"}, "title": {"柏林"}, "title_en": {"Berlin"}, "zone": {"Europe/Berlin"}, "mon": {"9:00-12:00、13:00-17:00"}, "tue": {"09:00-17:00"},
		"make_up": {"mon"}, "special": {"*-12-24 09:00-12:00 平安夜\r\n2026-05-04 搬家"}, "version": {"0"},
	}
}

func with(form url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	out.Set(name, value)
	return out
}

func TestN23_AnAdministratorKeepsTheCalendars(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.At(time.Date(2026, 10, 10, 2, 0, 0, 0, time.UTC)))
	admin := h.SignIn(access.Admin)
	list := "/admin/calendars"
	has(t, admin.Get(list), 200, "中国办公时间", "37 小时 30 分", "时限正在使用", "还没有 2027 年的节假日安排（cn）")
	has(t, admin.Get("/admin"), 200, "缺少的年度节假日文件")
	has(t, admin.Get(list+"/china-office"), 200, "2026-10 怎样计算", "18 个工作日，共 135 小时", "国庆节", "班", "?month=2026-09#month")
	has(t, admin.Get(list+"/china-office?month=2027-01"), 200, "还没有 2027 年的节假日安排，下面按每周的班次显示")
	has(t, admin.Get(list+"/china-office?month=9999-99"), 200, "2026-10 怎样计算")
	has(t, admin.Get(list+"/nowhere"), 404)
	has(t, admin.Get(list+"/new"), 200, "添加日历")

	for field, v := range map[string][2]string{
		"name": {"Ber lin", "用小写字母"}, "zone": {"Europe/Bonn", "没有“Europe/Bonn”这个时区"}, "title": {"", "名称要有 1 到 60 个字"},
		"mon": {"09:00-12:00, 11:00-13:00", "重叠了"}, "tue": {"22:00-06:00", "22:00-24:00 和第二天 00:00-06:00"}, "wed": {"früh", "看不懂“früh”"},
		"make_up": {"x", "请选择星期几"}, "special": {"2026-05-04 x\nmorgen", "第 2 行看不懂"}, "sets": {"fr", "没有“fr”这套节假日"},
	} {
		has(t, admin.Post(list+"/new", with(office(), field, v[0])), 422, v[1])
	}
	none := with(with(office(), "mon", ""), "tue", "")
	has(t, admin.Post(list+"/new", none), 422, "至少要有 1 小时工作时间")
	has(t, admin.Post(list+"/new", with(office(), "sets_", "x")), 422)

	if r := admin.Post(list+"/new", office()); r.Status != http.StatusSeeOther || r.Location() != list+"/berlin" {
		t.Fatalf("%d %s", r.Status, r.Location())
	}
	has(t, admin.Get(list+"/berlin"), 200, "柏林", "09:00-12:00, 13:00-17:00", "*-12-24 09:00-12:00 平安夜", "2026-05-04 搬家")
	has(t, admin.Post(list+"/new", with(office(), "version", "1")), 422, "已经有叫“berlin”的日历了")
	has(t, admin.Post(list+"/berlin", with(office(), "version", "7")), 412)

	// The policy counts by it; then it stays, and keeps its name.
	policy := url.Values{"calendar": {"berlin"}, "confirm_days": {"3"}, "remind_days": {"1"}, "version": {"0"}}
	for p, v := range map[string]string{"1": "60", "2": "120", "3": "180", "4": "240"} {
		policy.Set("response_"+p, v)
		policy.Set("update_"+p, v)
		policy.Set("resolve_"+p, v)
		policy.Set("accept_"+p, v)
		policy.Set("silence_"+p, v)
	}
	has(t, admin.Post("/admin/policies", with(policy, "calendar", "nowhere")), 422, "没有这个日历了")
	if r := admin.Post("/admin/policies", policy); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	if p := h.Clocks.Policy(); p.Calendar != "berlin" || p.P1Always || h.Clocks.Calendar().Key() != "calendar.named" {
		t.Errorf("the policy is %+v", p)
	}
	has(t, admin.Get("/admin/policies"), 200, "按哪个日历计时", "柏林", "P1 始终按 24×7 计算")
	has(t, admin.Post(list+"/berlin/remove", url.Values{"version": {"1"}}), 409, "时限正按这个日历计算")
	has(t, admin.Post(list+"/berlin", with(with(office(), "name", "bonn"), "version", "1")), 409, "时限正按这个日历计算")
	if r := admin.Post(list+"/berlin", with(with(office(), "title", "波恩"), "version", "1")); r.Status != http.StatusSeeOther {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := admin.Post(list+"/china-office/remove", url.Values{"version": {"2"}}); r.Status != http.StatusSeeOther {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	page := admin.Get(list)
	has(t, page, 200, "波恩")
	if strings.Contains(page.Body, "还没有 2027 年") {
		t.Error("nobody needs the holidays of China any more, and they are missed")
	}
}

func TestN23_AnAdministratorGivesYearsOfHolidays(t *testing.T) {
	t.Parallel()
	h := apptest.New(t, apptest.At(time.Date(2026, 12, 1, 2, 0, 0, 0, time.UTC)))
	admin := h.SignIn(access.Admin)
	year := `{"year": 2027, "holidays": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03", "work": ["2027-01-09"]}]}`
	for name, v := range map[string][2]string{
		"not JSON":         {"MMXXVII", "文件读不懂"},
		"an empty file":    {"", "文件读不懂"},
		"a wrong day":      {`{"year": 2027, "holidays": [{"name": "x", "from": "2027-02-30"}]}`, "看不懂“2027-02-30”"},
		"the year 9999":    {`{"year": 9999, "holidays": []}`, "年份 9999 不在"},
		"a bomb":           {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART;VALUE=DATE:20270101\r\nRRULE:FREQ=SECONDLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "重复规则太复杂"},
		"a file too large": {strings.Repeat("x", calendar.MaxFile+1), "文件超过 1 MB"},
	} {
		t.Run(name, func(t *testing.T) { has(t, upload(t, admin, "cn", "x.json", v[0], "0"), 422, v[1]) })
	}
	has(t, upload(t, admin, "cn", "x.json", strings.Repeat("x", calendar.MaxFile*2), "0"), 413)
	if r := upload(t, admin, "cn", "cn-2027.json", year, "0"); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	page := admin.Get("/admin/calendars")
	has(t, page, 200, "cn 2027", "自己导入", "随产品提供")
	if strings.Contains(page.Body, "还没有 2027 年") {
		t.Error("what was given is still missed")
	}
	file := admin.Get("/admin/holidays/cn/2027")
	if y, err := calendar.ParseYear([]byte(file.Body), ""); err != nil || y.Key() != "cn/2027" || !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v %v %v", y, err, file.Header)
	}
	has(t, admin.Get("/admin/holidays/cn/2050"), 404)
	ics := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Neujahr\r\nDTSTART;VALUE=DATE:20200101\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if r := upload(t, admin, "de", "de.ics", ics, "1"); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	has(t, admin.Get("/admin/calendars"), 200, "de 2025", "de 2033")
	if r := admin.Post("/admin/holidays/cn/2027/remove", url.Values{"version": {"2"}}); r.Status != http.StatusSeeOther {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	has(t, admin.Get("/admin/calendars"), 200, "还没有 2027 年")

	agent := h.SignIn(access.Agent)
	for _, path := range []string{"/admin/calendars", "/admin/calendars/new", "/admin/holidays/cn/2026"} {
		has(t, agent.Get(path), 403)
	}
	has(t, upload(t, agent, "cn", "x.json", year, "3"), 403)
	has(t, agent.Post("/admin/calendars/china-office/remove", url.Values{"version": {"3"}}), 403)
}

func TestN23_ACalendarSaysAtOnceAllThatIsToBeMended(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	admin := h.SignIn(access.Admin)
	has(t, admin.Post("/admin/calendars/new", url.Values{"mon": {"von neun bis fünf"}, "title_en": {"Berlin"}, "make_up": {"mon"}, "version": {"0"}}), http.StatusUnprocessableEntity,
		"von neun bis fünf", `value="Berlin"`, "用小写字母、数字和连字符", "名称要有 1 到 60 个字", "没有“”这个时区", `id="f-mon-error"`, `id="f-name-error"`, `id="f-title-error"`, `id="f-zone-error"`)
	has(t, admin.Post("/admin/calendars/new", url.Values{"name": {"berlin"}, "make_up": {"mon"}, "version": {"0"}}), http.StatusUnprocessableEntity,
		`value="berlin"`, `id="f-mon-error"`, `id="f-title-error"`, `id="f-zone-error"`)
}
