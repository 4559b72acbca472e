// SPDX-License-Identifier: Apache-2.0

package running

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/smtp"
	"net/url"
	"strconv"
	"strings"
)

// Receive tells the desk its own address, as an administrator would on the mail page.
func (d *Desk) Receive() {
	d.Helper()
	browser := d.SignIn(Admin)
	d.Post(browser, "/admin/mail", url.Values{"address": {Address}, "port": {"25"}, "security": {"starttls"}, "tagged": {"yes"}, "version": {"0"}})
}

// Relay tells the desk, which knows its own address already, to hand what it writes to a mail
// server on this machine.
func (d *Desk) Relay(host string, port int64) {
	d.Helper()
	browser := d.SignIn(Admin)
	d.Post(browser, "/admin/mail", url.Values{
		"address": {Address}, "host": {host}, "port": {strconv.FormatInt(port, 10)}, "security": {"plain"}, "tagged": {"yes"}, "version": {"1"},
	})
}

// SignIn is the browser of somebody, signed in by the form.
func (d *Desk) SignIn(email string) *http.Client {
	d.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	d.Post(browser, "/signin", url.Values{"email": {email}, "password": {Passphrase}})
	return browser
}

// Post sends a form and follows to the page that it leads to.
func (d *Desk) Post(browser *http.Client, path string, form url.Values) {
	d.Helper()
	r, err := browser.PostForm("http://"+d.HTTP+path, form)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	if r.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(r.Body, 4096))
		d.Fatalf("%s answered %s\n%s", path, r.Status, text)
	}
}

// Get returns a page and how it was answered.
func (d *Desk) Get(browser *http.Client, path string) (int, string) {
	d.Helper()
	r, err := browser.Get("http://" + d.HTTP + path)
	if err != nil {
		d.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		d.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// Create opens a ticket through the API under a key of its own; nil means that the desk said so.
func (d *Desk) Create(ctx context.Context, client *http.Client, subject string) error {
	body := fmt.Sprintf(`{"subject":%q,"text":"the printer %s is on fire"}`, subject, subject)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.HTTP+"/api/v1/tickets", strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+d.Token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", subject)
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("answered %s", answer.Status)
	}
	return nil
}

// Mail sends one message to the desk over a connection of its own.
func (d *Desk) Mail(from string, raw []byte) error {
	return smtp.SendMail(d.SMTP, nil, from, []string{Address}, raw)
}

// Gone reports whether an error means that nobody listens there any more.
func Gone(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}
