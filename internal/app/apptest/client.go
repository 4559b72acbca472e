// SPDX-License-Identifier: Apache-2.0

package apptest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
)

// Client is a browser or a program of somebody. It follows no redirect, so that a test sees
// where it was sent; requests go over a real connection.
type Client struct {
	Person person.Person // who it belongs to; empty for nobody
	house  *House
	http   *http.Client
	token  string
}

// Reply is an answer with its body read.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Location is where the answer sends the browser.
func (r Reply) Location() string { return r.Header.Get("Location") }

// Nobody is a browser in which nobody is signed in.
func (h *House) Nobody() *Client {
	h.T.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.T.Fatal(err)
	}
	return &Client{house: h, http: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// SignIn is the browser of the person of a role (House.Person), signed in by the form.
func (h *House) SignIn(role access.Role) *Client {
	h.T.Helper()
	return h.SignInAs(h.Person(role))
}

// SignInAs is the browser of somebody, signed in by the form.
func (h *House) SignInAs(p person.Person) *Client {
	h.T.Helper()
	c := h.Nobody()
	c.Person = p
	r := c.Post("/signin", url.Values{"email": {p.Email}, "password": {Passphrase}})
	if r.Status != http.StatusSeeOther {
		h.T.Fatalf("%s could not sign in: %d\n%s", p.Email, r.Status, r.Body)
	}
	return c
}

// API is a program of somebody, with a token of theirs.
func (h *House) API(p person.Person) *Client {
	h.T.Helper()
	token, _, err := h.Sessions.MakeToken(h.T.Context(), access.Desk(), p.ID, "test")
	if err != nil {
		h.T.Fatal(err)
	}
	c := h.Nobody()
	c.Person, c.token = p, token
	return c
}

// Get asks for a page or a resource.
func (c *Client) Get(path string) Reply {
	c.house.T.Helper()
	return c.Send(http.MethodGet, path, nil, nil)
}

// Post sends a form as a browser does.
func (c *Client) Post(path string, form url.Values) Reply {
	c.house.T.Helper()
	return c.Send(http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// JSON sends a body as a program does.
func (c *Client) JSON(method, path, body string) Reply {
	c.house.T.Helper()
	return c.Send(method, path, strings.NewReader(body), http.Header{"Content-Type": {"application/json"}})
}

// Send sends any request. Browsers say where a form was shown; so does this one.
func (c *Client) Send(method, path string, body io.Reader, head http.Header) Reply {
	c.house.T.Helper()
	req, err := http.NewRequestWithContext(c.house.T.Context(), method, c.house.URL+path, body)
	if err != nil {
		c.house.T.Fatal(err)
	}
	for name, values := range head {
		req.Header[name] = values
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	} else if method != http.MethodGet {
		req.Header.Set("Origin", c.house.URL)
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.house.T.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.house.T.Fatal(err)
	}
	return Reply{Status: res.StatusCode, Header: res.Header, Body: string(text)}
}
