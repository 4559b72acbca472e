// SPDX-License-Identifier: Apache-2.0

package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/session"
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
