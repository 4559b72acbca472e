// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// MailboxesName is the name under which Mailboxes are stored.
const MailboxesName = "intake.mailboxes"

// maxMailboxes bounds how many mailboxes a desk reads.
const maxMailboxes = 20

// Security says how a connection to a mailbox is protected.
type Security string

// The ways to protect a connection.
const (
	TLS      Security = "tls"      // encrypted from the first byte
	StartTLS Security = "starttls" // plain first, encrypted or nothing
	Plain    Security = "plain"    // never encrypted: for a server on this machine alone
)

// Securities lists the ways in the order in which forms show them.
func Securities() []Security { return []Security{TLS, StartTLS, Plain} }

// SignIn says with what the desk signs in to a mailbox.
type SignIn string

// The ways to sign in.
const (
	Password     SignIn = "password"
	RefreshToken SignIn = "refresh" // OAuth 2: a token that somebody consented to
	ClientSecret SignIn = "client"  // OAuth 2: the desk as an application of its own
)

// SignIns lists the ways in the order in which forms show them.
func SignIns() []SignIn { return []SignIn{Password, RefreshToken, ClientSecret} }

// OAuth reports whether a token is fetched before signing in.
func (s SignIn) OAuth() bool { return s == RefreshToken || s == ClientSecret }

// After says what happens in the mailbox to a message that the desk has stored.
type After string

// What may happen.
const (
	MarkRead After = "mark" // the flag \Seen
	MoveAway After = "move" // into another folder
)

// Afters lists what may happen.
func Afters() []After { return []After{MarkRead, MoveAway} }

// Mailbox is a place from which the desk fetches mail by IMAP.
type Mailbox struct {
	Key      string // names it for good, whatever it is called; given by the room
	Name     string // 1–60 characters
	Address  string // which it receives mail for; one of the desk's own from then on
	Active   bool
	Host     string
	Port     int64 // 1–65535
	Security Security
	User     string
	SignIn   SignIn
	TokenURL string // of the OAuth 2 server; https, or this machine
	ClientID string
	Scope    string // what the token is asked for; may be empty
	Folder   string // "INBOX"
	After    After
	MoveTo   string // folder, where After is MoveAway

	// Sealed (kit/secret); they never leave the house. Which are needed depends on SignIn.
	SealedPassword string
	SealedRefresh  string
	SealedClient   string
}

// StartMailbox is a new mailbox, with what most servers want.
func StartMailbox() Mailbox {
	return Mailbox{Active: true, Port: 993, Security: TLS, SignIn: Password, Folder: "INBOX", After: MarkRead, MoveTo: "Loopdesk"}
}

// Mailboxes are all places from which the desk fetches mail.
type Mailboxes struct{ List []Mailbox }

// Check returns Invalid with the fields to mend of the first mailbox that has any.
func (m Mailboxes) Check() error {
	if len(m.List) > maxMailboxes {
		return errs.New(errs.Invalid, "intake.too_many_mailboxes", "Max", maxMailboxes)
	}
	for i, b := range m.List {
		if err := b.Check(); err != nil {
			return err
		}
		for _, other := range m.List[:i] {
			if other.Key == b.Key || (other.Host == b.Host && other.Port == b.Port && other.User == b.User && other.Folder == b.Folder) {
				return errs.Field("user", "intake.mailbox_twice")
			}
		}
	}
	return nil
}

// find returns a mailbox and its place in the list; -1 where there is none.
func (m Mailboxes) find(key string) (Mailbox, int) {
	i := slices.IndexFunc(m.List, func(b Mailbox) bool { return b.Key == key })
	if i < 0 {
		return Mailbox{}, -1
	}
	return m.List[i], i
}

// Check returns Invalid with the fields to mend.
func (b Mailbox) Check() error {
	var bad []errs.FieldError
	want := func(ok bool, name, key string) {
		if !ok {
			bad = append(bad, errs.FieldError{Name: name, Key: key})
		}
	}
	n := utf8.RuneCountInString(b.Name)
	want(n >= 1 && n <= 60 && b.Name == person.CleanName(b.Name), "name", "intake.mailbox_name")
	address, ok := person.CleanEmail(b.Address)
	want(ok && address == b.Address, "address", "person.email_shape")
	want(netguard.HostName(b.Host), "host", "intake.mailbox_host")
	want(b.Port >= 1 && b.Port <= 65535, "port", "intake.mailbox_port")
	want(slices.Contains(Securities(), b.Security), "security", "intake.mailbox_security")
	want(b.Security != Plain || netguard.Local(b.Host), "security", "intake.mailbox_in_clear")
	want(b.User != "" && len(b.User) <= 254 && text.OneLine(b.User), "user", "intake.mailbox_user")
	want(folderName(b.Folder), "folder", "intake.mailbox_folder")
	want(slices.Contains(Afters(), b.After), "after", "intake.mailbox_after")
	want(b.After != MoveAway || (folderName(b.MoveTo) && !strings.EqualFold(b.MoveTo, b.Folder)), "move_to", "intake.mailbox_move_to")
	bad = append(bad, b.checkSignIn()...)
	return errs.Invalidf(bad...)
}

func (b Mailbox) checkSignIn() (bad []errs.FieldError) {
	want := func(ok bool, name, key string) {
		if !ok {
			bad = append(bad, errs.FieldError{Name: name, Key: key})
		}
	}
	want(slices.Contains(SignIns(), b.SignIn), "sign_in", "intake.mailbox_sign_in")
	want(b.SignIn != Password || b.SealedPassword != "", "password", "intake.mailbox_password_needed")
	if b.SignIn.OAuth() {
		want(tokenURL(b.TokenURL), "token_url", "intake.mailbox_token_url")
		want(b.ClientID != "" && len(b.ClientID) <= 254 && text.OneLine(b.ClientID), "client_id", "intake.mailbox_client_id")
		want(len(b.Scope) <= 500 && text.OneLine(b.Scope), "scope", "intake.mailbox_scope")
	}
	want(b.SignIn != RefreshToken || b.SealedRefresh != "", "refresh_token", "intake.mailbox_token_needed")
	want(b.SignIn != ClientSecret || b.SealedClient != "", "client_secret", "intake.mailbox_secret_needed")
	return bad
}

// tidy brings what was typed to the form in which it is stored and compared.
func (b Mailbox) tidy() Mailbox {
	b.Name, b.Host = person.CleanName(b.Name), strings.ToLower(strings.TrimSpace(b.Host))
	b.User, b.Folder, b.MoveTo = strings.TrimSpace(b.User), strings.TrimSpace(b.Folder), strings.TrimSpace(b.MoveTo)
	b.TokenURL, b.ClientID, b.Scope = strings.TrimSpace(b.TokenURL), strings.TrimSpace(b.ClientID), strings.TrimSpace(b.Scope)
	if clean, ok := person.CleanEmail(b.Address); ok {
		b.Address = clean
	}
	if strings.EqualFold(b.Folder, "inbox") {
		b.Folder = "INBOX"
	}
	return b
}

// owns reports whether the desk receives mail at an address through one of its mailboxes, with
// any tag behind a plus sign.
func (m Mailboxes) owns(addr string) bool {
	addr, _ = person.CleanEmail(addr)
	box, domain, found := strings.Cut(addr, "@")
	if !found {
		return false
	}
	box, _, _ = strings.Cut(box, "+")
	return slices.ContainsFunc(m.List, func(b Mailbox) bool { return b.Active && (b.Address == addr || b.Address == box+"@"+domain) })
}

// folderName reports whether s can name a folder. Wildcards would name several.
func folderName(s string) bool {
	return s != "" && len(s) <= 200 && text.OneLine(s) && !strings.ContainsAny(s, "*%")
}

// tokenURL reports whether secrets may be sent to an address: encrypted, or within this machine.
func tokenURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 500 && u.Host != "" && u.User == nil && u.Fragment == "" && (u.Scheme == "https" || (u.Scheme == "http" && netguard.Local(u.Hostname())))
}
