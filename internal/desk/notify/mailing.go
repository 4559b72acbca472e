// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

// MailingName is the name under which Mailing is stored.
const MailingName = "notify.mail"

// Security says how a connection to a mail server is protected.
type Security string

// The ways to protect a connection.
const (
	StartTLS Security = "starttls" // plain first, encrypted or nothing
	TLS      Security = "tls"      // encrypted from the first byte
	IfCan    Security = "if_can"   // encrypted where the server offers it
	Plain    Security = "plain"    // never encrypted: for a server on this machine
)

// Securities lists the ways in the order in which forms show them.
func Securities() []Security { return []Security{StartTLS, TLS, IfCan, Plain} }

// Mailing says as whom and through which server the desk writes.
type Mailing struct {
	Name     string   // the sender's name, at most 60 characters; the desk's own name where empty
	Address  string   // the sender, and where answers go; empty while the desk writes no mail
	Own      []string // further addresses at which the desk receives mail; never written to
	Tagged   bool     // the server delivers desk+anything@… to desk@…, so that answers can carry a token there
	Host     string   // the mail server; empty while the desk sends no mail
	Port     int64    // 1–65535
	Security Security
	User     string // empty where the server asks for none
	Sealed   string // the password, sealed (kit/secret); never leaves the house
	Returns  bool   // the server lets us send as desk+anything@…, so that a bounce says what it is about
	Groups   []GroupSender
}

// StartMailing is the mailing of a new desk: none, with what most servers want.
func StartMailing() Mailing { return Mailing{Tagged: true, Port: 587, Security: StartTLS} }

// Sends reports whether a mail server is configured.
func (m Mailing) Sends() bool { return m.Host != "" && m.Address != "" }

// Password reports whether a password is stored; the password itself is never shown.
func (m Mailing) Password() bool { return m.Sealed != "" }

// Check returns Invalid with the fields to mend.
func (m Mailing) Check() error {
	var bad []errs.FieldError
	add := func(name, key string, args ...any) {
		bad = append(bad, errs.FieldError{Name: name, Key: key, Args: args})
	}
	if utf8.RuneCountInString(m.Name) > 60 || m.Name != person.CleanName(m.Name) {
		add("name", "notify.name_length")
	}
	if m.Address != "" && !plainAddress(m.Address) {
		add("address", "notify.address_shape")
	}
	if m.Address == "" && m.Host != "" {
		add("address", "notify.address_needed")
	}
	if len(m.Own) > 50 || slices.ContainsFunc(m.Own, func(a string) bool { return !plainAddress(a) }) {
		add("own", "notify.own_shape")
	}
	if m.Host != "" && !netguard.HostName(m.Host) {
		add("host", "notify.host_shape")
	}
	if m.Port < 1 || m.Port > 65535 {
		add("port", "notify.port_range")
	}
	if !slices.Contains(Securities(), m.Security) {
		add("security", "notify.security_unknown")
	}
	if len(m.User) > 254 || strings.ContainsFunc(m.User, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		add("user", "notify.user_shape")
	}
	if m.User != "" && m.Sealed == "" {
		add("password", "notify.password_needed")
	}
	if m.User != "" && m.Security == Plain && !netguard.Local(m.Host) {
		add("security", "notify.password_in_clear")
	}
	return errs.Invalidf(bad...)
}

// plainAddress reports whether an address can stand before a tag: ASCII, with none yet.
func plainAddress(s string) bool {
	clean, ok := person.CleanEmail(s)
	return ok && clean == s && !strings.Contains(s, "+") && strings.IndexFunc(s, func(r rune) bool { return r > '~' }) < 0
}

// tidy brings what was typed to the form in which it is stored and compared.
func (m Mailing) tidy() Mailing {
	m.Name, m.User, m.Host = person.CleanName(m.Name), strings.TrimSpace(m.User), strings.ToLower(strings.TrimSpace(m.Host))
	m.Address, _ = person.CleanEmail(m.Address)
	var own []string
	for _, a := range m.Own {
		if a, _ = person.CleanEmail(a); a != "" && a != m.Address && !slices.Contains(own, a) {
			own = append(own, a)
		}
	}
	m.Own = own
	return m
}

// owns reports whether an address is the desk's own, with any tag behind a plus sign.
func (m Mailing) owns(addr string) bool {
	addr, _ = person.CleanEmail(addr)
	box, domain, found := strings.Cut(addr, "@")
	if !found {
		return false
	}
	box, _, _ = strings.Cut(box, "+")
	addr = box + "@" + domain
	return addr == m.Address || slices.Contains(m.Own, addr) || slices.ContainsFunc(m.Groups, func(g GroupSender) bool { return g.Address == addr })
}

// sealFor is the purpose under which passwords of mail servers are sealed.
const sealFor = "notify.mail.password"

// Mailing returns the setting for an administrator's form and its version. Its password is
// sealed and stays so.
func (s *Service) Mailing(ctx context.Context, by access.Actor) (Mailing, int64, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Mailing{}, 0, err
	}
	return setting.Load(ctx, s.Settings, MailingName, StartMailing())
}

// SaveMailing stores the setting; version is what the editor saw. An empty password keeps the
// stored one, but only for the same server and user: whoever may change the server must not
// have a password sent there that they do not know. Invalid with fields, Stale as setting.Save.
func (s *Service) SaveMailing(ctx context.Context, by access.Actor, m Mailing, password string, version int64) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	was, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil {
		return err
	}
	m = m.tidy()
	same := m.Host == was.Host && m.Port == was.Port && m.Security == was.Security && m.User == was.User
	switch {
	case m.User == "":
		m.Sealed = ""
	case password != "":
		if len(password) > 1024 {
			return errs.Field("password", "notify.password_long")
		}
		if m.Sealed, err = s.Keys.Seal(sealFor, []byte(password)); err != nil {
			return err
		}
	case same:
		m.Sealed = was.Sealed
	default:
		m.Sealed = ""
	}
	return setting.Save(ctx, s.Settings, by, MailingName, m, version)
}

// Own reports whether an address is one of the desk's own: mail from it is our own, and none goes to it.
func (s *Service) Own(ctx context.Context, addr string) bool {
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	return err == nil && m.owns(addr)
}

// Receives is Own for a door that must not turn mail away because the setting cannot be read
// just now: then it is the error.
func (s *Service) Receives(ctx context.Context, addr string) (bool, error) {
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	return err == nil && m.owns(addr), err
}

// Sends reports whether the desk can send mail at all.
func (s *Service) Sends(ctx context.Context) bool {
	m, _, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	return err == nil && m.Sends()
}

// server opens the sealed password for a connection.
func (s *Service) server(m Mailing) (Server, error) {
	out := Server{Host: m.Host, Port: m.Port, Security: m.Security, User: m.User}
	if m.User == "" {
		return out, nil
	}
	password, err := s.Keys.Open(sealFor, m.Sealed)
	if err != nil { // another master key than the one it was sealed with: a restored database, say
		return Server{}, &Refusal{Key: "notify.password_lost", Cause: err}
	}
	out.Password = string(password)
	return out, nil
}
