// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"log/slog"
)

// Client asks a directory server; the assembly gives one. Every error of it that is about the
// server is a *ServerError.
type Client interface {
	// Open connects and signs in. The connection ends with ctx.
	Open(ctx context.Context, o Opened) (Session, error)
	// Bind asks on a connection of its own whether a password is that of an entry. An empty one
	// is never sent.
	Bind(ctx context.Context, o Opened, dn, password string) error
	// CheckFilter returns an error where a text is no search filter (RFC 4515).
	CheckFilter(filter string) error
	// CheckTrust returns an error where the certificates of a setting cannot be used.
	CheckTrust(s Server) error
	// Fold brings a name of an entry to the form in which two that mean the same are the same.
	Fold(dn string) string
}

// Session is a connection that is signed in.
type Session interface {
	// Root returns what the server says of itself.
	Root() (Root, error)
	// Search hands what a query finds to take, page by page.
	Search(q Query, take func([]Record) error) error
	Close() error
}

// Root is what a server says of itself.
type Root struct {
	Vendor string // "OpenLDAP", "Active Directory"; may be empty
	Newest string // the highest number of a change (Active Directory)
	Self   string // which of several servers this is: numbers of changes are its own
}

// MaxPage is the greatest number of entries that are asked for at once.
const MaxPage = 5000

// Query says what is searched.
type Query struct {
	Base       string
	Only       bool // the base itself and nothing below it
	Filter     string
	Attributes []string
	Named      []string // of these attributes, those whose values name other entries
	Page       int64    // entries at once; 0 for all
	First      bool     // the first page is enough
}

// Record is an entry of a server.
type Record struct {
	DN     string
	Folded string              // by which two names of the same entry are the same
	Said   string              // the first value that names another entry, as the server wrote it
	Values map[string][]string // by name of the attribute in small letters; values may be bytes
}

// first is the first value of an attribute that is not empty.
func (r Record) first(name string) string {
	for _, v := range r.all(name) {
		return v
	}
	return ""
}

// Opened is a server with the secret that opens it.
type Opened struct {
	Server
	Password string
}

// LogValue keeps the secret out of every log.
func (Opened) LogValue() slog.Value { return slog.StringValue("…") }

// String is LogValue for careless prints.
func (Opened) String() string { return "…" }

// GoString likewise.
func (Opened) GoString() string { return "…" }

// ServerError is why a directory server could not be asked, in words that people read.
type ServerError struct {
	Key    string // message key of the reason
	Answer string // what the server said, one line, at most 300 characters
	Wrong  bool   // the server was asked and said no to name or password
	Cause  error  // for the log
}

// Error is the text for the log. It holds no secret: none is ever part of an answer.
func (e *ServerError) Error() string {
	text := e.Key
	if e.Answer != "" {
		text += ": " + e.Answer
	}
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *ServerError) Unwrap() error { return e.Cause }
