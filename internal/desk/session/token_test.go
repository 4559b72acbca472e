// SPDX-License-Identifier: Apache-2.0

package session_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func TestA71_A78_ATokenIsKnownByItselfAlone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p := r.member("林岚", access.Agent)
		token := r.token(p)
		if !strings.HasPrefix(token, session.TokenPrefix) || len(token) != len(session.TokenPrefix)+26 {
			t.Fatalf("a token is %q", token)
		}
		if who, err := r.WhoseToken(t.Context(), token); err != nil || who.ID != p.ID {
			t.Fatalf("%+v, %v", who, err)
		}
		hash := r.stored(`SELECT hash FROM api_token`)[0]
		if strings.Contains(hash, strings.TrimPrefix(token, session.TokenPrefix)) {
			t.Error("the secret itself is stored")
		}
		bare := strings.TrimPrefix(token, session.TokenPrefix)
		for name, bad := range map[string]string{
			"nothing": "", "the prefix": session.TokenPrefix, "without the prefix": bare, "twice the prefix": session.TokenPrefix + token, "cut": token[:len(token)-1],
			"longer": token + "a", "in capitals": strings.ToUpper(token), "the hash": session.TokenPrefix + hash, "a session": r.in(p), "a session with the prefix": session.TokenPrefix + r.in(p),
			"bearer in front": "Bearer " + token, "a wildcard": session.TokenPrefix + "%", "none": "none", "dots": strings.Repeat(".", 1<<20), "json": `{"alg":"none"}`, "zero": "\x00",
		} {
			_, err := r.WhoseToken(t.Context(), bad)
			refused(t, name, err, errs.Unauthenticated)
		}
		for i := range token {
			for bit := range 7 {
				b := []byte(token)
				b[i] ^= 1 << bit
				if who, err := r.WhoseToken(t.Context(), string(b)); err == nil {
					t.Errorf("with bit %d of character %d flipped it is %+v", bit, i, who)
				}
			}
		}
	})
}

func TestA71_TokensAreMadeForOneselfAndRevokedByOneself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, r *room) {
		p, other := r.member("林岚", access.Agent), r.member("管理员", access.Admin)
		for name, by := range map[string]access.Actor{
			"nobody": {}, "an administrator": self(other), "a link": {ID: int64(p.ID), Kind: access.Link, Ticket: 1, Role: access.Requester},
		} {
			if _, _, err := r.MakeToken(t.Context(), by, p.ID, "x"); err == nil {
				t.Errorf("%s made a token for somebody else", name)
			}
			if list, err := r.Tokens(t.Context(), by); len(list) > 0 {
				t.Errorf("%s sees %+v, %v", name, list, err)
			}
		}
		for _, name := range []string{"", "  ", "\x00", strings.Repeat("汉", 61)} {
			_, _, err := r.MakeToken(t.Context(), self(p), p.ID, name)
			refused(t, fmt.Sprintf("called %.20q", name), err, errs.Invalid)
		}
		token := r.token(p)
		list, err := r.Tokens(t.Context(), self(p))
		if err != nil || len(list) != 1 || list[0].Name != "monitoring" || list[0].Person != p.ID {
			t.Fatalf("%+v, %v", list, err)
		}
		refused(t, "somebody else's", r.RevokeToken(t.Context(), self(other), list[0].ID), errs.NotFound)
		if err := r.RevokeToken(t.Context(), access.Actor{ID: int64(p.ID), Kind: access.Link, Ticket: 1, Role: access.Requester}, list[0].ID); err == nil {
			t.Error("a link revoked a token")
		}
		if err := r.RevokeToken(t.Context(), self(p), list[0].ID); err != nil {
			t.Fatal(err)
		}
		_, err = r.WhoseToken(t.Context(), token)
		refused(t, "revoked", err, errs.Unauthenticated)
		refused(t, "a second time", r.RevokeToken(t.Context(), self(p), list[0].ID), errs.NotFound)
	})
}
