// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"log/slog"
	"slices"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Secrets are what somebody typed to sign in with. An empty one keeps what is stored.
type Secrets struct {
	Password     string
	RefreshToken string
	ClientSecret string
}

// LogValue keeps secrets out of every log.
func (Secrets) LogValue() slog.Value { return slog.StringValue("…") }

// String is LogValue for careless prints.
func (Secrets) String() string { return "…" }

// GoString likewise.
func (Secrets) GoString() string { return "…" }

// Purposes under which the secrets are sealed, each for one mailbox: a sealed password that is
// put beside another server by hand cannot be opened there.
func sealFor(key, what string) string { return "intake.mailbox." + what + "." + key }

// maxSecret bounds a secret; tokens of large providers have some thousand characters.
const maxSecret = 16 << 10

// Mailboxes returns the mailboxes for an administrator's pages, and the version. Their secrets
// are sealed and stay so.
func (s *Service) Mailboxes(ctx context.Context, by access.Actor) ([]Mailbox, int64, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, 0, err
	}
	m, version, err := s.mailboxes(ctx)
	return m.List, version, err
}

func (s *Service) mailboxes(ctx context.Context) (Mailboxes, int64, error) {
	return setting.Load(ctx, s.Settings, MailboxesName, Mailboxes{})
}

// Mailbox returns one mailbox for an administrator's form, and the version of all.
func (s *Service) Mailbox(ctx context.Context, by access.Actor, key string) (Mailbox, int64, error) {
	list, version, err := s.Mailboxes(ctx, by)
	if err != nil {
		return Mailbox{}, 0, err
	}
	b, i := Mailboxes{list}.find(key)
	if i < 0 {
		return Mailbox{}, 0, errs.New(errs.NotFound, "intake.mailbox_not_found")
	}
	return b, version, nil
}

// SaveMailbox adds a mailbox, whose Key is empty, or changes one; version is what the editor
// saw. An empty secret keeps the stored one, but only towards the same server, user and token
// server: whoever may change these must not have a secret sent there that they do not know.
// Invalid with fields, Stale as setting.Save.
func (s *Service) SaveMailbox(ctx context.Context, by access.Actor, b Mailbox, typed Secrets, version int64) (Mailbox, error) {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return Mailbox{}, err
	}
	all, now, err := s.mailboxes(ctx)
	if err != nil {
		return Mailbox{}, err
	}
	if version == 0 {
		version = now
	}
	was, at := all.find(b.Key)
	switch {
	case b.Key == "":
		b.Key, at = id.Token(), len(all.List)
		all.List = append(all.List, Mailbox{})
	case at < 0:
		return Mailbox{}, errs.New(errs.NotFound, "intake.mailbox_not_found")
	}
	b = b.tidy()
	if err := s.seal(&b, was, typed); err != nil {
		return Mailbox{}, err
	}
	all.List = slices.Clone(all.List)
	all.List[at] = b
	return b, setting.Save(ctx, s.Settings, by, MailboxesName, all, version)
}

// seal puts the sealed secrets into a mailbox: the typed ones, or the stored ones where the
// connection that they were given for is still the same.
func (s *Service) seal(b *Mailbox, was Mailbox, typed Secrets) error {
	server := b.Host == was.Host && b.Port == was.Port && b.Security == was.Security && b.User == was.User
	token := b.TokenURL == was.TokenURL && b.ClientID == was.ClientID
	for _, x := range []struct {
		field, what, typed, was string
		same                    bool
		into                    *string
	}{
		{"password", "password", typed.Password, was.SealedPassword, server, &b.SealedPassword},
		{"refresh_token", "refresh", typed.RefreshToken, was.SealedRefresh, token && server, &b.SealedRefresh},
		{"client_secret", "client", typed.ClientSecret, was.SealedClient, token && server, &b.SealedClient},
	} {
		*x.into = ""
		switch {
		case len(x.typed) > maxSecret:
			return errs.Field(x.field, "intake.mailbox_secret_long")
		case x.typed != "":
			sealed, err := s.Keys.Seal(sealFor(b.Key, x.what), []byte(x.typed))
			if err != nil {
				return err
			}
			*x.into = sealed
		case x.same:
			*x.into = x.was
		}
	}
	return nil
}

// RemoveMailbox forgets a mailbox and its secrets. What was fetched stays, and is known again
// should the mailbox come back.
func (s *Service) RemoveMailbox(ctx context.Context, by access.Actor, key string, version int64) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	all, now, err := s.mailboxes(ctx)
	if err != nil {
		return err
	}
	_, at := all.find(key)
	if at < 0 {
		return errs.New(errs.NotFound, "intake.mailbox_not_found")
	}
	if version == 0 {
		version = now
	}
	all.List = slices.Delete(slices.Clone(all.List), at, at+1)
	return setting.Save(ctx, s.Settings, by, MailboxesName, all, version)
}

// OwnsMailbox reports whether the desk receives mail at an address through a mailbox.
func (s *Service) OwnsMailbox(ctx context.Context, addr string) bool {
	m, _, err := s.mailboxes(ctx)
	return err == nil && m.owns(addr)
}

// Opened is a mailbox with its secrets, for the door that signs in.
type Opened struct {
	Mailbox
	Secrets
}

// LogValue keeps the secrets out of every log.
func (o Opened) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", o.Name), slog.String("host", o.Host), slog.Int64("port", o.Port))
}

// String is LogValue for careless prints.
func (o Opened) String() string { return o.Name + " " + o.Host }

// GoString likewise.
func (o Opened) GoString() string { return o.String() }

// ActiveMailboxes returns the mailboxes that are to be fetched from, as they are stored.
func (s *Service) ActiveMailboxes(ctx context.Context) ([]Mailbox, error) {
	m, _, err := s.mailboxes(ctx)
	return slices.DeleteFunc(slices.Clone(m.List), func(b Mailbox) bool { return !b.Active }), err
}

// OpenMailbox opens the sealed secrets for a connection. Those that were sealed with another
// master key, after a database was restored beside one, are lost: *MailboxError says so.
func (s *Service) OpenMailbox(b Mailbox) (Opened, error) {
	o := Opened{Mailbox: b}
	for _, x := range []struct {
		what, sealed string
		into         *string
	}{
		{"password", b.SealedPassword, &o.Password},
		{"refresh", b.SealedRefresh, &o.RefreshToken},
		{"client", b.SealedClient, &o.ClientSecret},
	} {
		if x.sealed == "" {
			continue
		}
		open, err := s.Keys.Open(sealFor(b.Key, x.what), x.sealed)
		if err != nil {
			return Opened{}, &MailboxError{Key: "intake.mailbox_secret_lost", Cause: err}
		}
		*x.into = string(open)
	}
	return o, nil
}

// RenewedToken stores a refresh token with which a token server replaced the one that it was
// given. It is the desk that changes the setting here, and nothing else of it.
func (s *Service) RenewedToken(ctx context.Context, key, token string) error {
	err := s.renewToken(ctx, key, token)
	for range 3 { // somebody saved a form just now
		if errs.KindOf(err) == errs.Stale {
			err = s.renewToken(ctx, key, token)
		}
	}
	return err
}

func (s *Service) renewToken(ctx context.Context, key, token string) error {
	all, version, err := s.mailboxes(ctx)
	if err != nil {
		return err
	}
	b, at := all.find(key)
	if at < 0 || token == "" || len(token) > maxSecret {
		return nil
	}
	if b.SealedRefresh, err = s.Keys.Seal(sealFor(key, "refresh"), []byte(token)); err != nil {
		return err
	}
	all.List = slices.Clone(all.List)
	all.List[at] = b
	return setting.Save(ctx, s.Settings, access.Desk(), MailboxesName, all, version)
}
