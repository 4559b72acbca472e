// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app"
	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
)

const pipedMail = "From wang@people.example  Mon Mar  2 09:00:00 2026\nFrom: Wang <wang@people.example>\nSubject: Printer\n\nIt jams.\n"

// TestP1_AMailIsPipedIn beside a desk that runs, and where none does; what mail servers are told
// is that it is stored, that it will never do, or that they are to come again.
func TestP1_AMailIsPipedIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	missing := newTerminal(t)
	missing.in = pipedMail
	missing.want(75, "mail", "deliver", "--data", filepath.Join(dir, "none"))
	missing.want(75, "mail", "deliver", "--data", dir, "--nonsense")
	missing.want(75, "--log-level", "loud", "mail", "deliver", "--data", dir)

	d := serve(t, dir)
	x := newTerminal(t)
	x.in = pipedMail
	x.want(0, "mail", "deliver", "--data", d.dir, "--recipient", "desk@desk.example", "--sender", "wang@people.example")
	if x.out.String() != "" {
		t.Errorf("a pipe has nobody to read: %q", x.out.String())
	}
	x.in = " \n"
	x.want(65, "mail", "deliver", "--data", d.dir)
	d.close()

	x.in = strings.Replace(pipedMail, "It jams", "It still jams", 1)
	x.want(0, "mail", "deliver", "--data", d.dir)

	h, err := app.Open(t.Context(), app.Config{Data: d.dir, HTTP: "127.0.0.1:0"}, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	if _, err := h.Jobs.RunDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := h.Intake.List(t.Context(), access.Desk(), intake.Done, 0, 10)
	if err != nil || len(list) != 2 || list[0].Source != "pipe" || list[1].Recipient != "desk@desk.example" || list[0].Author != "wang@people.example" {
		t.Errorf("%+v, %v", list, err)
	}
	m := notify.StartMailing()
	m.Address = "desk@desk.example"
	if err := h.Notices.SaveMailing(t.Context(), access.Desk(), m, "", setting.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	x.want(65, "mail", "deliver", "--data", d.dir, "--recipient", "somebody@desk.example")
}

func TestF34_LMTPAtASocket(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "lmtp") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "in")
	left, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	_ = left.Close() // a process that is gone left it
	d := serve(t, t.TempDir(), "--lmtp", "unix:"+path)
	c, err := (&net.Dialer{}).DialContext(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err, d)
	}
	defer func() { _ = c.Close() }()
	b := make([]byte, 3)
	if _, err := c.Read(b); err != nil || string(b) != "220" {
		t.Errorf("%q, %v", b, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestP13_AdministratorsAreToldOfASilentMailbox by one letter each, and on the overview.
func TestP13_AdministratorsAreToldOfASilentMailbox(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.SignIn(access.Admin)
		form := map[string][]string{
			"name": {"支持邮箱"}, "address": {"support@desk.example"}, "host": {"localhost"}, "port": {"1"}, "security": {"plain"}, "user": {"support"},
			"sign_in": {"password"}, "password": {"never shown again"}, "folder": {"INBOX"}, "after": {"mark"}, "active": {"yes"}, "version": {"0"},
		}
		saved := admin.Post("/admin/mailboxes/new", form)
		if saved.Status != 303 {
			t.Fatalf("%d %s", saved.Status, saved.Body)
		}
		path := saved.Location()
		for _, p := range []string{path, "/admin/mailboxes", "/admin"} {
			if r := admin.Get(p); r.Status != 200 || strings.Contains(r.Body, "never shown again") {
				t.Errorf("%s: %d", p, r.Status)
			}
		}
		if r := admin.Post(path+"/test", nil); r.Status != 503 || !strings.Contains(r.Body, "连不上邮件服务器") {
			t.Errorf("testing: %d", r.Status)
		}
		if r := h.SignIn(access.Lead).Get("/admin/mailboxes"); r.Status != 403 && r.Status != 404 {
			t.Errorf("a lead: %d", r.Status)
		}
		moved := form
		moved["host"], moved["password"], moved["version"] = []string{"evil.example"}, []string{""}, []string{"1"}
		moved["security"] = []string{"tls"}
		if r := admin.Post(path, moved); r.Status != 422 {
			t.Errorf("another server without its password: %d", r.Status)
		}

		watch := func() {
			t.Helper()
			if err := h.Intake.WatchMailboxes(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.RunJobs()
		}
		letters := func() (n int) {
			for _, m := range h.Mailbox(admin.Person.Email) {
				if strings.Contains(m.Text(), "支持邮箱") {
					n++
				}
			}
			return n
		}
		watch()
		h.Clock.Advance(intake.SilentFor)
		watch()
		watch()
		if letters() != 1 {
			t.Errorf("%d letters", letters())
		}
		if r := admin.Get("/admin"); !strings.Contains(r.Body, "收不到邮箱") {
			t.Error("the overview does not say it")
		}
		if !h.Intake.OwnsMailbox(t.Context(), "support+x@desk.example") {
			t.Error("its address is not the desk's own")
		}
		if r := admin.Post(path+"/remove", nil); r.Status != 303 {
			t.Errorf("removing: %d", r.Status)
		}
		if r := admin.Get(path); r.Status != 404 {
			t.Errorf("removed, and still there: %d", r.Status)
		}
	})
}
