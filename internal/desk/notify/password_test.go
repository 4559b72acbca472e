// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestS48_OnlyTheOwnerOfAnAddressIsToldOfANewPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		for _, email := range []string{"Wang@example.net", "nobody@example.net"} {
			if err := r.notify.Forgot(t.Context(), email); err != nil {
				t.Fatal(err)
			}
		}
		got := r.work()
		if len(got) != 1 || got[0].To.Address != "wang@example.net" || got[0].Kind != notify.Report {
			t.Fatalf("%v", subjects(got))
		}
		_, after, found := strings.Cut(got[0].Body.Text, "https://desk.example.org/password/")
		secret, _, _ := strings.Cut(after, " ")
		who, err := r.sessions.PeekOneTime(t.Context(), session.ForPassword, secret)
		if !found || err != nil || who != person.ID(r.requester.ID) {
			t.Errorf("the link is for %d, %v", who, err)
		}
		r.clock.Advance(session.ResetFor + time.Second)
		if _, err := r.sessions.PeekOneTime(t.Context(), session.ForPassword, secret); errs.KindOf(err) != errs.NotFound {
			t.Errorf("an old link: %v", err)
		}
		if err := r.notify.Forgot(t.Context(), "a@b.org, c@d.org"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("two addresses: %v", err)
		}
	})
}

func TestS51_ANewerLinkVoidsTheOneBefore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		var secrets []string
		for range 2 {
			if err := r.notify.Forgot(t.Context(), "wang@example.net"); err != nil {
				t.Fatal(err)
			}
			for _, m := range r.work() {
				_, after, _ := strings.Cut(m.Body.Text, "/password/")
				secret, _, _ := strings.Cut(after, " ")
				secrets = append(secrets, secret)
			}
		}
		if len(secrets) != 2 {
			t.Fatalf("%d letters", len(secrets))
		}
		if _, err := r.sessions.PeekOneTime(t.Context(), session.ForPassword, secrets[0]); err == nil {
			t.Error("the first link is still good")
		}
		if _, err := r.sessions.PeekOneTime(t.Context(), session.ForPassword, secrets[1]); err != nil {
			t.Errorf("the second: %v", err)
		}
	})
}

func TestAnInactivePersonGetsNoNewPassword(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		p, err := r.people.Get(t.Context(), person.ID(r.requester.ID))
		if err != nil {
			t.Fatal(err)
		}
		p.Active = false
		if _, err := r.people.Change(t.Context(), r.admin, p, 0); err != nil {
			t.Fatal(err)
		}
		if err := r.notify.Forgot(t.Context(), "wang@example.net"); err != nil {
			t.Fatal(err)
		}
		if got := r.work(); len(got) != 0 {
			t.Errorf("%v", subjects(got))
		}
	})
}

// TestS48_S51_ARequesterSignsInByMail: the link goes to the stored address of a requester and to nobody
// else, a newer one voids it, it works once and for a quarter of an hour, and an administrator may
// switch the way off.
func TestS48_S51_ARequesterSignsInByMail(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *desk) {
		ask := func(email string) []string {
			t.Helper()
			if err := r.notify.SignInLink(t.Context(), email); err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, m := range r.work() {
				_, after, _ := strings.Cut(m.Body.Text, "https://desk.example.org/signin/mail/")
				secret, _, _ := strings.Cut(after, " ")
				out = append(out, strings.TrimSpace(secret))
			}
			return out
		}
		staff, err := r.people.Get(t.Context(), person.ID(r.admin.ID))
		if err != nil {
			t.Fatal(err)
		}
		for _, email := range []string{"nobody@example.net", staff.Email} {
			if got := ask(email); len(got) != 0 {
				t.Errorf("%s gets %v", email, got)
			}
		}
		first, second := ask("Wang@example.net"), ask("wang@example.net")
		if len(first) != 1 || len(second) != 1 {
			t.Fatalf("%v, %v", first, second)
		}
		enter := func(secret string) error {
			cookie, p, err := r.sessions.SignInByMail(t.Context(), secret, session.Visitor{Address: "192.0.2.7"})
			if err == nil && (cookie == "" || p.ID != person.ID(r.requester.ID)) {
				t.Errorf("signed in as %d", p.ID)
			}
			return err
		}
		if err := enter(first[0]); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a voided link: %v", err)
		}
		if p, err := r.sessions.PeekMail(t.Context(), second[0]); err != nil || p.Email != "wang@example.net" {
			t.Errorf("looking at it: %v", err)
		}
		if err := enter(second[0]); err != nil {
			t.Errorf("the link: %v", err)
		}
		if err := enter(second[0]); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a second time: %v", err)
		}
		late := ask("wang@example.net")
		r.clock.Advance(session.SignInFor + time.Second)
		if err := enter(late[0]); errs.KindOf(err) != errs.NotFound {
			t.Errorf("late: %v", err)
		}
		off := setting.Start()
		off.MailSignIn = false
		if err := setting.Save(t.Context(), r.settings, r.admin, setting.DeskName, off, setting.AnyVersion); err != nil {
			t.Fatal(err)
		}
		if got := ask("wang@example.net"); len(got) != 0 {
			t.Errorf("switched off, and still %v", got)
		}
	})
}
