// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/channel/email/dovecottest"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
)

// TestTokensAreFetchedAndReplaced signs in with OAuth 2 in both ways. The token server gives a
// new refresh token each time, and its tokens are known to the mail server.
func TestTokensAreFetchedAndReplaced(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOAuth(t)
		b := newBox(t, newIn(t, d), dovecottest.Start(t, dovecottest.Introspect(o.URL+"/introspect?token=")))
		b.server.Deliver("support", notes(2)...)
		m := b.mailbox
		m.SignIn, m.TokenURL, m.ClientID, m.Scope = intake.RefreshToken, o.URL+"/token", "desk", "imap"
		b.save(m, intake.Secrets{RefreshToken: "refresh-0"})
		if err := b.look(); err != nil {
			t.Fatal(err, b.server.Log())
		}
		b.whole(2)
		if err := b.look(); err != nil || o.asked() != 1 {
			t.Errorf("%d tokens for one hour, %v", o.asked(), err)
		}
		b.clock.Advance(time.Hour)
		if err := b.look(); err != nil || o.asked() != 2 { // with the replaced refresh token
			t.Errorf("%d tokens for two hours, %v", o.asked(), err)
		}
		m = b.mailbox
		m.SignIn = intake.ClientSecret
		b.save(m, intake.Secrets{ClientSecret: "hush"})
		b.clock.Advance(2 * time.Hour)
		if err := b.look(); err != nil {
			t.Error(err)
		}
		b.save(m, intake.Secrets{ClientSecret: "other"})
		b.clock.Advance(2 * time.Hour)
		if err := b.look(); keyOf(err) != "intake.mailbox_token_refused" {
			t.Error(err)
		}
	})
}

// oauth is a token server and what the mail server asks about tokens.
type oauth struct {
	*httptest.Server
	count chan int
	void  sync.Map // tokens that were taken back
}

// revoke takes back all tokens that were given so far.
func (o *oauth) revoke() {
	for i := range o.asked() + 1 {
		o.void.Store("access-"+strconv.Itoa(i), true)
	}
}

func (o *oauth) asked() int {
	n := <-o.count
	o.count <- n
	return n
}

func newOAuth(t *testing.T) *oauth {
	t.Helper()
	o := &oauth{count: make(chan int, 1)}
	o.count <- 0
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		n := <-o.count
		defer func() { o.count <- n }()
		good := r.FormValue("client_id") == "desk" && r.FormValue("scope") == "imap" &&
			(r.FormValue("grant_type") == "refresh_token" && r.FormValue("refresh_token") == "refresh-"+strconv.Itoa(n) ||
				r.FormValue("grant_type") == "client_credentials" && r.FormValue("client_secret") == "hush")
		w.Header().Set("Content-Type", "application/json")
		if !good {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_grant"}`)
			return
		}
		n++
		fmt.Fprintf(w, `{"access_token":"access-%d","refresh_token":"refresh-%d","expires_in":3600}`, n, n)
	})
	mux.HandleFunc("GET /introspect", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, void := o.void.Load(r.FormValue("token"))
		fmt.Fprintf(w, `{"active":"%v","email":"support"}`, strings.HasPrefix(r.FormValue("token"), "access-") && !void)
	})
	o.Server = httptest.NewServer(mux)
	t.Cleanup(o.Close)
	return o
}
