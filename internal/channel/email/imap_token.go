// SPDX-License-Identifier: Apache-2.0

package email

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

// token is an access token that a token server gave for a mailbox.
type token struct {
	value string
	until time.Time
}

// asker sends a request: the client of netguard.
type asker interface {
	Do(req *http.Request) (*http.Response, error)
}

// tokenClient asks token servers: those of large providers, and those that stand in a company
// network. Secrets go to the address that an administrator stated and nowhere else, so that no
// redirect is followed.
func tokenClient(o netguard.Options) asker {
	if len(o.Allow) == 0 {
		for _, inside := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"} {
			o.Allow = append(o.Allow, netip.MustParsePrefix(inside))
		}
	}
	o.Timeout, o.MaxBytes, o.MaxRedirects = 20*time.Second, 1<<20, -1
	return netguard.Client(o)
}

// token returns an access token for a mailbox, from memory while it is good (RFC 6749, 4.4 and 6).
func (f *Fetcher) token(ctx context.Context, o intake.Opened) (string, error) {
	f.mu.Lock()
	have := f.tokens[o.Key]
	f.mu.Unlock()
	if have.value != "" && f.Clock.Now().Before(have.until) {
		return have.value, nil
	}
	form := url.Values{"client_id": {o.ClientID}}
	if o.SignIn == intake.RefreshToken {
		form.Set("grant_type", "refresh_token")
		form.Set("refresh_token", o.RefreshToken)
	} else {
		form.Set("grant_type", "client_credentials")
	}
	if o.ClientSecret != "" {
		form.Set("client_secret", o.ClientSecret)
	}
	if o.Scope != "" {
		form.Set("scope", o.Scope)
	}
	got, err := f.ask(ctx, o.TokenURL, form)
	if err != nil {
		return "", err
	}
	if got.Refresh != "" && o.SignIn == intake.RefreshToken && got.Refresh != o.RefreshToken {
		if err := f.Intake.RenewedToken(ctx, o.Key, got.Refresh); err != nil { // the old one may be void by now
			return "", err
		}
	}
	life := time.Duration(min(max(got.Seconds, 0), 24*3600)) * time.Second
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tokens[o.Key] = token{got.Access, f.Clock.Now().Add(life - time.Minute)}
	return got.Access, nil
}

// drop forgets a token that the mail server did not take.
func (f *Fetcher) drop(key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.tokens, key)
}

// granted is what a token server answers.
type granted struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Seconds int64  `json:"expires_in"`
	Error   string `json:"error"`
	Why     string `json:"error_description"`
}

func (f *Fetcher) ask(ctx context.Context, to string, form url.Values) (granted, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return granted{}, failed("intake.mailbox_token_refused", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := f.http.Do(req)
	if err != nil {
		return granted{}, &intake.MailboxError{Key: "intake.mailbox_token_unreachable", Answer: answer(err), Cause: err}
	}
	defer func() { _ = res.Body.Close() }()
	var got granted
	err = json.NewDecoder(res.Body).Decode(&got)
	if err == nil && (res.StatusCode != http.StatusOK || got.Access == "") {
		err = errors.New(strings.TrimSpace(res.Status + " " + got.Error + " " + got.Why))
	}
	if err != nil {
		return granted{}, &intake.MailboxError{Key: "intake.mailbox_token_refused", Answer: answer(err), Cause: err}
	}
	return got, nil
}
