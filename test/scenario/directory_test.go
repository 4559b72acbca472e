// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/channel/ldap/slapdtest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// serverForm is what an administrator types to set up a directory server.
func serverForm(s *slapdtest.Server, more ...string) url.Values {
	c := s.Setting()
	v := url.Values{
		"host": {c.Host}, "port": {strconv.FormatInt(c.Port, 10)}, "security": {string(c.Security)}, "trust": {c.Trust}, "user": {c.User}, "password": {slapdtest.Password},
		"base": {c.Base}, "filter": {c.Filter}, "page_size": {"100"}, "minutes": {"60"}, "full_hours": {"24"}, "guard": {"10"}, "gone": {"disable"},
		"adopt": {"yes"}, "sign_in": {"yes"}, "on": {"yes"}, "map_id": {"entryUUID"}, "map_name": {"displayName,cn"}, "map_email": {"mail"},
		"map_phone": {"telephoneNumber"}, "map_manager": {"manager"}, "version": {"0"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// TestN15_S45_S54_ADirectoryServerFromTheFormToSigningIn: an administrator tries the connection,
// looks at what would happen and switches it on; people come, sign in with the directory's
// password, are renamed and keep their tickets, and are out at once when the directory loses them.
func TestN15_S45_S54_ADirectoryServerFromTheFormToSigningIn(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := slapdtest.Start(t)
		s.Person("li", "李娜", "mail=li.na@firm.example", "telephoneNumber=8009", "userPassword=what the server knows")
		s.Person("wang", "王海燕", "mail=wang@firm.example", "manager="+slapdtest.DN("li"))
		s.Person("thief", "冒名", "mail="+h.Person(access.Agent).Email)
		admin := h.SignIn(access.Admin)
		sees := func(what string, r apptest.Reply, status int, words ...string) {
			t.Helper()
			if r.Status != status {
				t.Errorf("%s: %d, want %d", what, r.Status, status)
			}
			for _, w := range words {
				if !strings.Contains(r.Body, w) {
					t.Errorf("%s: %q is not there\n%.3000s", what, w, r.Body)
				}
			}
			if strings.Contains(r.Body, slapdtest.Password) {
				t.Errorf("%s: the secret comes back", what)
			}
		}
		const page = "/admin/directory/server"
		sees("nothing yet", admin.Get("/admin/directory"), http.StatusOK, page)
		sees("a preset", admin.Get(page+"?preset=ad"), http.StatusOK, "userAccountControl", "objectGUID")
		sees("a wrong password", admin.Post(page, serverForm(s, "password", "no", "do", "try")), http.StatusServiceUnavailable, slapdtest.Reader)
		sees("nothing typed", admin.Post(page, serverForm(s, "host", "", "do", "try")), http.StatusUnprocessableEntity)
		sees("a mail address is no identity", admin.Post(page, serverForm(s, "map_id", "mail")), http.StatusUnprocessableEntity)
		part := admin.Send(http.MethodPost, page, strings.NewReader(serverForm(s, "do", "try").Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Hx-Request": {"true"}})
		sees("the connection, in place", part, http.StatusOK, "OpenLDAP", "李娜")
		if strings.Contains(part.Body, "<html") {
			t.Error("a whole page in answer to a part")
		}
		sees("the preview", admin.Post(page, serverForm(s, "do", "draw")), http.StatusOK, "王海燕", "li.na@firm.example")
		if all, err := h.People.All(t.Context(), access.Desk()); err != nil || len(all) > 6 {
			t.Errorf("looking made people: %d, %v", len(all), err)
		}
		if r := admin.Post(page, serverForm(s)); r.Status != http.StatusSeeOther {
			t.Fatalf("saving: %d\n%.2000s", r.Status, r.Body)
		}
		h.RunJobs()
		sees("who came", admin.Get("/admin/directory"), http.StatusOK, "127.0.0.1")
		sees("who claims to be somebody else", admin.Get("/admin/directory/conflicts"), http.StatusOK, "uid=thief", h.Person(access.Agent).Email)
		sees("the setting again", admin.Get(page), http.StatusOK, "127.0.0.1", slapdtest.Reader)

		li := h.Nobody()
		in := url.Values{"email": {"li.na@firm.example"}, "password": {"what the server knows"}}
		if r := li.Post("/signin", in); r.Status != http.StatusSeeOther {
			t.Fatalf("signing in: %d", r.Status)
		}
		for _, wrong := range []string{"", "wrong", "*"} {
			in.Set("password", wrong)
			if r := h.Nobody().Post("/signin", in); r.Status != http.StatusUnauthorized {
				t.Errorf("with %q: %d", wrong, r.Status)
			}
		}
		who, err := h.People.ByEmail(t.Context(), "li.na@firm.example")
		if err != nil {
			t.Fatal(err)
		}
		mine, _, err := h.Tickets.Record(t.Context(), apptest.Actor(who, "portal"), ticket.Request{Requester: who.ID, Channel: ticket.Portal, Say: ticket.Say{Text: "打印机卡纸"}})
		if err != nil {
			t.Fatal(err)
		}
		s.Rename(slapdtest.DN("li"), "uid=zhang", "")
		s.Set(slapdtest.DN("zhang"), "mail", "zhang@firm.example")
		s.Set(slapdtest.DN("zhang"), "displayName", "张娜")
		h.Advance(61 * time.Minute)
		h.RunJobs()
		sees("her ticket under her new name", li.Get("/requests/"+mine.Ref()), http.StatusOK, "打印机卡纸")
		if now, err := h.People.ByEmail(t.Context(), "zhang@firm.example"); err != nil || now.ID != who.ID || now.Name != "张娜" {
			t.Errorf("%+v %v", now, err)
		}
		s.Delete(slapdtest.DN("zhang"))
		admin = h.SignIn(access.Admin) // an hour of silence ended the first visit
		if r := admin.Post("/admin/directory/sync", nil); r.Status != http.StatusSeeOther {
			t.Errorf("now: %d", r.Status)
		}
		h.RunJobs()
		if r := li.Get("/requests/" + mine.Ref()); r.Status == http.StatusOK {
			t.Error("still in")
		}
	})
}

// TestN15_WrongLinesAreMendedAndSentAgain: what could not be taken is given out under the heading of its file, each
// line with its reason; mended there, it is taken. Rows that a spreadsheet left empty are no lines.
func TestN15_WrongLinesAreMendedAndSentAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		for lang, reason := range map[string]string{"zh-CN": "原因", "en": "Reason"} {
			admin := h.SignInAs(h.Add(person.Person{Name: "管理 " + lang, Email: "admin-" + lang + "@desk.example", Role: access.Admin, Lang: lang, Active: true}))
			run := func(text string) (at, page string) {
				t.Helper()
				r := sent(t, admin, "/admin/directory/imports", text, nil)
				if r.Status != http.StatusSeeOther {
					t.Fatalf("%s: uploaded: %d %s", lang, r.Status, alerts(r.Body))
				}
				r = admin.Post(r.Location(), nil)
				h.RunJobs()
				return r.Location(), admin.Get(r.Location()).Body
			}
			who := func(name string) string { return name + "-" + strings.ToLower(lang) + "@x.example" }
			at, page := run("工号;姓名;邮箱;电话;备注\n" + lang + "1;张三;" + who("zhang") + ";8001;\n;;;;\n" + lang + "2;李四;li at x;+8613900000000;\"新来的; 三楼\"\n;;;;\n")
			if !strings.Contains(page, "li at x") {
				t.Errorf("%s: the run says nothing of the wrong line", lang)
			}
			for range 2 { // given out, and sent again once as it is
				bad := strings.TrimPrefix(admin.Get(at+"/bad.csv").Body, "\uFEFF")
				lines := strings.Split(bad, "\r\n")
				if len(lines) != 3 || lines[0] != reason+",工号,姓名,邮箱,电话,备注" || !strings.HasSuffix(lines[1], ","+lang+"2,李四,li at x,'+8613900000000,新来的; 三楼") {
					t.Fatalf("%s: %q", lang, bad)
				}
				at, _ = run(bad)
			}
			at, _ = run(strings.ReplaceAll(admin.Get(at+"/bad.csv").Body, "li at x", who("li")))
			if got := admin.Get(at + "/bad.csv").Body; strings.Count(got, "\n") != 1 {
				t.Errorf("%s: still wrong: %q", lang, got)
			}
			li, err := h.People.ByEmail(t.Context(), who("li"))
			if err != nil || li.Name != "李四" || li.Phone != "+8613900000000" || li.Outside != lang+"2" {
				t.Errorf("%s: %+v %v", lang, li, err)
			}
		}
	})
}
