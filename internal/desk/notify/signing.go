// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/mail/auth"
)

// SigningName is the name under which Signing is stored.
const SigningName = "notify.signing"

// Signing says with what the desk signs its mail (DKIM), so that others can tell it from
// forgeries in its name.
type Signing struct {
	Active   bool
	Domain   string // in whose name; mail of another domain is not signed
	Selector string // under which others find the key, "desk2026"
	Sealed   string // the key, sealed (kit/secret); never leaves the house
	Record   string // the public half, as it is published
}

// StartSigning is the signing of a new desk: none.
func StartSigning() Signing { return Signing{Selector: "loopdesk"} }

// Name is where the record is published.
func (g Signing) Name() string { return g.Selector + "._domainkey." + g.Domain }

// Ready reports whether there is a key.
func (g Signing) Ready() bool { return g.Sealed != "" && g.Domain != "" }

// Check returns Invalid with the fields to mend.
func (g Signing) Check() error {
	var bad []errs.FieldError
	if g.Domain != "" && !domainName(g.Domain) || g.Domain == "" && g.Active {
		bad = append(bad, errs.FieldError{Name: "domain", Key: "notify.signing_domain"})
	}
	if !domainName(g.Selector) || len(g.Selector) > 63 {
		bad = append(bad, errs.FieldError{Name: "selector", Key: "notify.signing_selector"})
	}
	if g.Active && g.Sealed == "" {
		bad = append(bad, errs.FieldError{Name: "active", Key: "notify.signing_key_needed"})
	}
	return errs.Invalidf(bad...)
}

// domainName reports whether s is labels of letters, digits and dashes with dots between them.
func domainName(s string) bool {
	if len(s) == 0 || len(s) > 253 {
		return false
	}
	for _, label := range strings.Split(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.IndexFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
		}) >= 0 {
			return false
		}
	}
	return true
}

// sealKeyFor is the purpose under which keys for signing are sealed.
const sealKeyFor = "notify.signing.key"

// Signing returns the setting for an administrator's form, and its version. The key is sealed
// and stays so.
func (s *Service) Signing(ctx context.Context, by access.Actor) (Signing, int64, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Signing{}, 0, err
	}
	return setting.Load(ctx, s.Settings, SigningName, StartSigning())
}

// SaveSigning switches signing on or off and changes its names; version is what the editor
// saw. Another domain or selector, or fresh, makes a new key: what was published for the old
// one says nothing of it, and signing rests until somebody has published the new one and
// switches it on. Invalid with fields, Stale as setting.Save.
func (s *Service) SaveSigning(ctx context.Context, by access.Actor, g Signing, fresh bool, version int64) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	was, _, err := setting.Load(ctx, s.Settings, SigningName, StartSigning())
	if err != nil {
		return err
	}
	g.Domain, g.Selector = strings.ToLower(strings.TrimSpace(g.Domain)), strings.ToLower(strings.TrimSpace(g.Selector))
	g.Sealed, g.Record = was.Sealed, was.Record
	if fresh || (g.Domain != "" && (g.Name() != was.Name() || !was.Ready())) {
		g.Active = false
		if err := g.Check(); err != nil {
			return err
		}
		if g.Domain == "" {
			return errs.Field("domain", "notify.signing_domain")
		}
		if g.Sealed, g.Record, err = s.newKey(); err != nil {
			return err
		}
	}
	return setting.Save(ctx, s.Settings, by, SigningName, g, version)
}

func (s *Service) newKey() (sealed, record string, err error) {
	key, err := auth.NewKey()
	if err != nil {
		return "", "", err
	}
	if record, err = auth.Record(key); err != nil {
		return "", "", err
	}
	sealed, err = s.Keys.Seal(sealKeyFor, key)
	return sealed, record, err
}

// Seal is what a letter is signed with; the zero Seal signs nothing.
type Seal struct {
	Domain   string
	Selector string
	Key      string // PEM
}

// seal opens the key for letters from an address. Mail of another domain is not signed: a
// signature that is not aligned proves nothing.
func (s *Service) seal(ctx context.Context, from string) (Seal, error) {
	g, _, err := setting.Load(ctx, s.Settings, SigningName, StartSigning())
	if err != nil || !g.Active || !g.Ready() {
		return Seal{}, err
	}
	_, domain, _ := strings.Cut(strings.ToLower(from), "@")
	if domain != g.Domain && !strings.HasSuffix(domain, "."+g.Domain) {
		return Seal{}, nil
	}
	key, err := s.Keys.Open(sealKeyFor, g.Sealed)
	if err != nil { // another master key than the one it was sealed with
		return Seal{}, &Refusal{Key: "notify.signing_lost", Cause: err}
	}
	return Seal{g.Domain, g.Selector, string(key)}, nil
}

// sealing gives every letter its seal on the way to the sender.
type sealing struct {
	s  *Service
	by Sender
}

// Send hands a letter on with its seal.
func (x sealing) Send(ctx context.Context, via Server, m Mail) (err error) {
	if via.Seal, err = x.s.seal(ctx, m.From.Address); err != nil {
		return err
	}
	return x.by.Send(ctx, via, m)
}
