// SPDX-License-Identifier: Apache-2.0

package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func goodMailbox() intake.Mailbox {
	b := intake.StartMailbox()
	b.Name, b.Address, b.Host, b.User = "支持邮箱", "support@example.org", "imap.example.org", "support"
	return b
}

func TestTheMailboxSettingIsChecked(t *testing.T) {
	t.Parallel()
	good := goodMailbox()
	good.SealedPassword = "x"
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	token := good
	token.SignIn, token.TokenURL, token.ClientID, token.SealedRefresh, token.SealedClient = intake.RefreshToken, "https://login.example.org/token", "desk", "x", "x"
	if err := token.Check(); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		from  intake.Mailbox
		spoil func(*intake.Mailbox)
		field string
	}{
		"no name":                    {good, func(b *intake.Mailbox) { b.Name = "" }, "name"},
		"a name of two lines":        {good, func(b *intake.Mailbox) { b.Name = "a\nb" }, "name"},
		"no address":                 {good, func(b *intake.Mailbox) { b.Address = "" }, "address"},
		"a URL for a host":           {good, func(b *intake.Mailbox) { b.Host = "imaps://example.org" }, "host"},
		"no host":                    {good, func(b *intake.Mailbox) { b.Host = "" }, "host"},
		"no port":                    {good, func(b *intake.Mailbox) { b.Port = 0 }, "port"},
		"a way nobody knows":         {good, func(b *intake.Mailbox) { b.Security = "rot13" }, "security"},
		"in the clear, and abroad":   {good, func(b *intake.Mailbox) { b.Security = intake.Plain }, "security"},
		"no user":                    {good, func(b *intake.Mailbox) { b.User = "" }, "user"},
		"a user of two lines":        {good, func(b *intake.Mailbox) { b.User = "a\r\nb" }, "user"},
		"no password":                {good, func(b *intake.Mailbox) { b.SealedPassword = "" }, "password"},
		"every folder":               {good, func(b *intake.Mailbox) { b.Folder = "*" }, "folder"},
		"another thing to do":        {good, func(b *intake.Mailbox) { b.After = "delete" }, "after"},
		"moved to where it is":       {good, func(b *intake.Mailbox) { b.After, b.MoveTo = intake.MoveAway, "inbox" }, "move_to"},
		"signing in with nothing":    {good, func(b *intake.Mailbox) { b.SignIn = "" }, "sign_in"},
		"a token in the clear":       {token, func(b *intake.Mailbox) { b.TokenURL = "http://login.example.org/token" }, "token_url"},
		"a token URL with a user":    {token, func(b *intake.Mailbox) { b.TokenURL = "https://a:b@login.example.org/" }, "token_url"},
		"no client":                  {token, func(b *intake.Mailbox) { b.ClientID = "" }, "client_id"},
		"no refresh token":           {token, func(b *intake.Mailbox) { b.SealedRefresh = "" }, "refresh_token"},
		"an application, no secret":  {token, func(b *intake.Mailbox) { b.SignIn, b.SealedClient = intake.ClientSecret, "" }, "client_secret"},
		"a scope of two lines":       {token, func(b *intake.Mailbox) { b.Scope = "a\nb" }, "scope"},
		"the same mailbox once more": {good, nil, "user"},
	} {
		list := intake.Mailboxes{List: []intake.Mailbox{tt.from}}
		if tt.spoil != nil {
			tt.spoil(&list.List[0])
		} else {
			list.List = append(list.List, tt.from)
		}
		bad := errs.As(list.Check())
		if bad == nil || !slices.ContainsFunc(bad.Fields, func(f errs.FieldError) bool { return f.Name == tt.field }) {
			t.Errorf("%s: not seen at %s: %+v", name, tt.field, bad)
		}
	}
}

func TestMailboxSecretsAreSealedAndNeverSentElsewhere(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		ctx := t.Context()
		b, err := r.intake.SaveMailbox(ctx, access.Desk(), goodMailbox(), intake.Secrets{Password: "correct horse"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(fmt.Sprintf("%+v", b), "correct horse") {
			t.Error("the password is not sealed")
		}
		open, err := r.intake.OpenMailbox(b)
		if err != nil || open.Password != "correct horse" || strings.Contains(fmt.Sprintf("%v %+v %#v %v", open, open, open, open.LogValue()), "correct horse") {
			t.Errorf("%v, %v", open, err)
		}
		list, version, err := r.intake.Mailboxes(ctx, access.Desk())
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		renamed := b
		renamed.Name, renamed.SealedPassword = "新名称", "forged"
		if b, err = r.intake.SaveMailbox(ctx, access.Desk(), renamed, intake.Secrets{}, version); err != nil || b.SealedPassword != list[0].SealedPassword {
			t.Errorf("the stored password is not kept: %v", err)
		}
		if _, err := r.intake.SaveMailbox(ctx, access.Desk(), renamed, intake.Secrets{}, version); errs.KindOf(err) != errs.Stale {
			t.Errorf("an older form: %v", err)
		}
		for name, move := range map[string]func(*intake.Mailbox){
			"host": func(b *intake.Mailbox) { b.Host = "evil.example" }, "port": func(b *intake.Mailbox) { b.Port = 143 },
			"security": func(b *intake.Mailbox) { b.Security = intake.StartTLS }, "user": func(b *intake.Mailbox) { b.User = "other" },
		} {
			moved := b
			move(&moved)
			if _, err := r.intake.SaveMailbox(ctx, access.Desk(), moved, intake.Secrets{}, 0); errs.KindOf(err) != errs.Invalid {
				t.Errorf("another %s: %v", name, err)
			}
		}
		// A sealed password put beside another mailbox by hand cannot be opened there.
		other := b
		other.Key = "another"
		if _, err := r.intake.OpenMailbox(other); err == nil {
			t.Error("opened for another mailbox")
		}
		if _, err := r.intake.SaveMailbox(ctx, r.agent, b, intake.Secrets{}, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent saves: %v", err)
		}
		if _, _, err := r.intake.Mailboxes(ctx, r.agent); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent reads: %v", err)
		}
		if err := r.intake.RemoveMailbox(ctx, r.agent, b.Key, 0); errs.KindOf(err) != errs.Denied {
			t.Errorf("an agent removes: %v", err)
		}
		if err := r.intake.RenewedToken(ctx, b.Key, "refresh-2"); err != nil {
			t.Error(err)
		}
		if b, _, err = r.intake.Mailbox(ctx, access.Desk(), b.Key); err != nil || b.SealedRefresh == "" || b.SealedPassword == "" {
			t.Errorf("%+v, %v", b, err)
		}
	})
}

// TestF31_OneLineForOneDelivery: a place in a mailbox is stored once; bytes that come at another
// place under the same UIDVALIDITY are another delivery, under a new one the same.
func TestF31_OneLineForOneDelivery(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		raw := r.bytes(intake.Mail{FromAddr: "wang@example.net", Text: "一次"})
		at := func(mailbox string, validity, uid uint32) intake.ID {
			t.Helper()
			which, err := r.intake.Journal(t.Context(), intake.Delivery{
				Source: "imap", Recipient: "desk@example.org", Raw: raw, Mailbox: mailbox, UIDValidity: validity, UID: uid,
			})
			if err != nil {
				t.Fatal(err)
			}
			return which
		}
		first := at("a", 7, 1)
		if at("a", 7, 1) != first {
			t.Error("the same place twice")
		}
		second := at("a", 7, 2)
		if second == first {
			t.Error("two messages of the same bytes are one line")
		}
		if got := []intake.ID{at("a", 8, 11), at("a", 8, 12), at("a", 8, 11)}; cmp.Diff([]intake.ID{first, second, first}, got) != "" {
			t.Errorf("given new places: %v", got)
		}
		other := at("b", 7, 1)
		if other == first {
			t.Error("two mailboxes are one")
		}
		r.work()
		if n := r.countTickets(); n != 1 { // the same bytes to the same address, whatever the way
			t.Errorf("%d tickets", n)
		}
		if _, all := r.tally(); all != 3 {
			t.Errorf("%d lines", all)
		}
		got, err := r.intake.Fetched(t.Context(), "a", 8, 1, 11)
		if err != nil || cmp.Diff([]uint32{11}, got) != "" {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func TestF30_AMailboxIsHeldByOneNode(t *testing.T) {
	each(t, func(t *testing.T, r *desk) {
		hold := func(node string) bool {
			t.Helper()
			_, held, err := r.intake.HoldMailbox(t.Context(), "a", node)
			if err != nil {
				t.Fatal(err)
			}
			return held
		}
		if !hold("one") || hold("two") || !hold("one") {
			t.Error("not one")
		}
		r.clock.Advance(intake.HoldFor - time.Second)
		if hold("two") {
			t.Error("taken away too early")
		}
		r.clock.Advance(time.Second)
		if !hold("two") || hold("one") {
			t.Error("not taken over")
		}
		if err := r.intake.ReleaseMailbox(t.Context(), "a", "one"); err != nil || hold("one") {
			t.Error("let go by another", err)
		}
		if err := r.intake.ReleaseMailbox(t.Context(), "a", "two"); err != nil || !hold("one") {
			t.Error("not let go", err)
		}
	})
}
