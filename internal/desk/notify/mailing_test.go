// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

func TestTheMailSettingIsChecked(t *testing.T) {
	t.Parallel()
	good := notify.Mailing{
		Name: "IT 服务台", Address: "desk@example.org", Own: []string{"it@example.org"}, Tagged: true,
		Host: "smtp.example.org", Port: 587, Security: notify.StartTLS, User: "desk", Sealed: "x",
	}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	if err := notify.StartMailing().Check(); err != nil {
		t.Errorf("a new desk: %v", err)
	}
	for name, tt := range map[string]struct {
		spoil func(*notify.Mailing)
		field string
	}{
		"a name of two lines":            {func(m *notify.Mailing) { m.Name = "a\r\nBcc: b" }, "name"},
		"a long name":                    {func(m *notify.Mailing) { m.Name = strings.Repeat("长", 61) }, "name"},
		"two addresses":                  {func(m *notify.Mailing) { m.Address = "a@b.org, c@d.org" }, "address"},
		"an address with a tag":          {func(m *notify.Mailing) { m.Address = "desk+x@example.org" }, "address"},
		"an address beyond ASCII":        {func(m *notify.Mailing) { m.Address = "桌@example.org" }, "address"},
		"a server without an address":    {func(m *notify.Mailing) { m.Address = "" }, "address"},
		"a bad address of our own":       {func(m *notify.Mailing) { m.Own = []string{"it"} }, "own"},
		"a URL for a host":               {func(m *notify.Mailing) { m.Host = "smtp://example.org" }, "host"},
		"a host with a port":             {func(m *notify.Mailing) { m.Host = "example.org:25" }, "host"},
		"no port":                        {func(m *notify.Mailing) { m.Port = 0 }, "port"},
		"a port beyond":                  {func(m *notify.Mailing) { m.Port = 65536 }, "port"},
		"an unknown way to encrypt":      {func(m *notify.Mailing) { m.Security = "rot13" }, "security"},
		"a user of two lines":            {func(m *notify.Mailing) { m.User = "a\nb" }, "user"},
		"a user without a password":      {func(m *notify.Mailing) { m.Sealed = "" }, "password"},
		"a password in the clear abroad": {func(m *notify.Mailing) { m.Security = notify.Plain }, "security"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := good
			tt.spoil(&m)
			bad := errs.As(m.Check())
			if bad == nil || !slices.ContainsFunc(bad.Fields, func(f errs.FieldError) bool { return f.Name == tt.field }) {
				t.Errorf("not seen at %s: %+v", tt.field, bad)
			}
		})
	}
	home := good
	if home.Security, home.Host = notify.Plain, "127.0.0.1"; home.Check() != nil {
		t.Errorf("a server on this machine: %v", home.Check())
	}
}

func TestThePasswordIsSealedAndNeverSentElsewhere(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		ctx := t.Context()
		m := notify.Mailing{Address: "desk@example.org", Host: "smtp.example.org", Port: 587, Security: notify.StartTLS, User: "desk"}
		if err := r.notify.SaveMailing(ctx, r.admin, m, "correct horse", setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		got, version, err := r.notify.Mailing(ctx, r.admin)
		if err != nil || !got.Password() || strings.Contains(fmt.Sprintf("%+v", got), "correct horse") {
			t.Fatalf("%+v, %v", got, err)
		}
		records, err := r.bus.ListAll(ctx, r.db, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range records {
			if strings.Contains(string(rec.Data), "correct horse") {
				t.Errorf("the password stands in fact %d", rec.ID)
			}
		}
		x := r.record("打印机没反应")
		r.work()
		if via := r.post.vias[len(r.post.vias)-1]; via.Password != "correct horse" || via.User != "desk" {
			t.Errorf("signed in as %q", via.User)
		}
		// The same form again, with a new name and no password: kept.
		m.Name = "服务台"
		if err := r.notify.SaveMailing(ctx, r.admin, m, "", version); err != nil {
			t.Fatal(err)
		}
		if err := r.notify.SaveMailing(ctx, r.admin, m, "", version); errs.KindOf(err) != errs.Stale {
			t.Errorf("an older form: %v", err)
		}
		// Another server without the password: it is not sent there.
		for name, move := range map[string]func(*notify.Mailing){
			"host": func(m *notify.Mailing) { m.Host = "evil.example" }, "port": func(m *notify.Mailing) { m.Port = 25 },
			"security": func(m *notify.Mailing) { m.Security = notify.IfCan }, "user": func(m *notify.Mailing) { m.User = "other" },
		} {
			moved := m
			move(&moved)
			moved.Sealed = got.Sealed
			if err := r.notify.SaveMailing(ctx, r.admin, moved, "", setting.AnyVersion); errs.KindOf(err) != errs.Invalid {
				t.Errorf("another %s: %v", name, err)
			}
		}
		if err := r.notify.SaveMailing(ctx, r.agent, m, "", setting.AnyVersion); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent saves: %v", err)
		}
		if _, _, err := r.notify.Mailing(ctx, r.agent); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent reads: %v", err)
		}
		_ = x
	})
}

func TestAServerIsNeverPrintedWithItsPassword(t *testing.T) {
	t.Parallel()
	s := notify.Server{Host: "smtp.example.org", Port: 587, User: "desk", Password: "correct horse"}
	if all := fmt.Sprintf("%v %+v %#v %s", s, s, s, s) + s.LogValue().String(); strings.Contains(all, "correct horse") {
		t.Error(all)
	}
}

func TestOwnAddresses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		if err := r.notify.SaveMailing(t.Context(), r.admin, notify.Mailing{
			Address: " Desk@Example.org ", Own: []string{"IT@example.org", "it@example.org", "", "desk@example.org"}, Port: 587, Security: notify.StartTLS,
		}, "", setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		m, _, err := r.notify.Mailing(t.Context(), r.admin)
		if err != nil || m.Address != "desk@example.org" {
			t.Fatalf("%+v, %v", m, err)
		}
		if d := cmp.Diff([]string{"it@example.org"}, m.Own); d != "" {
			t.Error(d)
		}
		for addr, want := range map[string]bool{
			"desk@example.org": true, "DESK@EXAMPLE.ORG": true, "desk+t1-2-abc@example.org": true, "it@example.org": true, "it+x@example.org": true,
			"wang@example.org": false, "desk@example.net": false, "desk": false, "": false,
		} {
			if got := r.notify.Own(t.Context(), addr); got != want {
				t.Errorf("%q: %v", addr, got)
			}
		}
	})
}

func TestATestMailTellsWhatTheServerSays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		if err := r.notify.Test(t.Context(), r.admin, "me@example.net"); err != nil {
			t.Fatal(err)
		}
		got := r.post.all()
		if len(got) != 1 || got[0].To.Address != "me@example.net" || got[0].From.Name != "IT 服务台" || got[0].Kind != notify.Report {
			t.Errorf("%+v", got)
		}
		r.post.answers = []error{&notify.Refusal{Key: "notify.sign_in_failed", Answer: "535 wrong password", Cause: errors.New("x")}}
		err := errs.As(r.notify.Test(t.Context(), r.admin, "me@example.net"))
		if err == nil || err.Kind != errs.Unavailable || err.Key != "notify.test_sign_in_failed" || fmt.Sprint(err.Args) != "[Answer 535 wrong password]" {
			t.Errorf("%+v", err)
		}
		for to, key := range map[string]string{"me": "notify.address_shape", "a@b.org, c@d.org": "notify.address_shape", "desk+x@example.org": "notify.own_address"} {
			if err := errs.As(r.notify.Test(t.Context(), r.admin, to)); err == nil || err.Key != key {
				t.Errorf("%q: %v", to, err)
			}
		}
	})
}

func TestEveryWordOfTheLogIsWritten(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, w := range notify.Templates() {
		keys = append(keys, "notify.template_"+string(w), "mail.subject_"+string(w))
	}
	for _, s := range []notify.State{notify.Queued, notify.Sent, notify.Failed, notify.Skipped, notify.Bounced} {
		keys = append(keys, "notify.state_"+string(s))
	}
	for _, k := range []string{
		"test_later", "test_refused", "test_unreachable", "test_tls_failed", "test_sign_in_failed", "test_server_refused", "test_address_impossible", "test_password_lost",
		"no_server", "inactive", "not_staff", "own_address", "loop", "machine", "unwritable", "later", "refused", "gave_up", "unreachable",
		"tls_failed", "sign_in_failed", "server_refused", "address_impossible", "password_lost",
		"answered_lately", "dead_address", "came_back", "delayed",
	} {
		keys = append(keys, "notify."+k)
	}
	for _, k := range keys {
		for _, l := range i18n.Langs() {
			if !i18n.Has(l, k) {
				t.Errorf("%s is not written in %s", k, l)
			}
		}
	}
}
