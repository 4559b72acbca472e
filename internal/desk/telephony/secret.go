// SPDX-License-Identifier: Apache-2.0

package telephony

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// SecretsName is the name under which Secrets are stored.
const SecretsName = "telephony.secrets"

// maxSecrets lets one secret replace another without a pause.
const maxSecrets = 3

// Window is how far the date of a message may be from now (S57).
const Window = 5 * time.Minute

// Secret is one with which a telephone system signs. It is sealed and never leaves the house again.
type Secret struct {
	Key    string
	Made   time.Time
	Sealed string
}

// Secrets are those that are in force.
type Secrets struct{ List []Secret }

// Check returns Invalid where there are too many.
func (s Secrets) Check() error {
	if len(s.List) > maxSecrets {
		return errs.New(errs.Invalid, "telephony.secrets_many", "Max", maxSecrets)
	}
	return nil
}

func purpose(key string) string { return "telephony.secret." + key }

// Secrets returns the secrets, sealed, for the page of an administrator.
func (s *Service) Secrets(ctx context.Context, by access.Actor) ([]Secret, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return nil, err
	}
	all, _, err := setting.Load(ctx, s.Settings, SecretsName, Secrets{})
	return all.List, err
}

// MakeSecret makes a secret and returns it, this once: "whsec_…", 256 bits.
func (s *Service) MakeSecret(ctx context.Context, by access.Actor) (string, error) {
	all, version, err := setting.Load(ctx, s.Settings, SecretsName, Secrets{})
	if err != nil {
		return "", err
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	made := Secret{Key: id.Token(), Made: s.Clock.Now()}
	if made.Sealed, err = s.Keys.Seal(purpose(made.Key), raw); err != nil {
		return "", err
	}
	all.List = append(slices.Clone(all.List), made)
	return "whsec_" + base64.StdEncoding.EncodeToString(raw), setting.Save(ctx, s.Settings, by, SecretsName, all, version)
}

// RemoveSecret takes a secret out of force at once.
func (s *Service) RemoveSecret(ctx context.Context, by access.Actor, key string) error {
	all, version, err := setting.Load(ctx, s.Settings, SecretsName, Secrets{})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all.List, func(x Secret) bool { return x.Key == key })
	if i < 0 {
		return errs.New(errs.NotFound, "telephony.secret_not_found")
	}
	all.List = slices.Delete(slices.Clone(all.List), i, i+1)
	return setting.Save(ctx, s.Settings, by, SecretsName, all, version)
}

// Signed is a message as it came, with the three headers of Standard Webhooks.
type Signed struct {
	ID        string
	Timestamp string // seconds since 1970
	Signature string // "v1,…", several with blanks between
	Body      []byte
}

// verify refuses a message that nobody signed, that is too old or too new, or that has no key.
func (s *Service) verify(ctx context.Context, m Signed) error {
	refused := errs.New(errs.Unauthenticated, "telephony.unsigned")
	sec, err := strconv.ParseInt(m.Timestamp, 10, 64)
	if err != nil || m.ID == "" || len(m.ID) > 200 || strings.ContainsAny(m.ID, ".\x00\r\n") {
		return refused
	}
	if away := s.Clock.Now().Sub(time.Unix(sec, 0)); away > Window || away < -Window {
		return refused
	}
	all, _, err := setting.Load(ctx, s.Settings, SecretsName, Secrets{})
	if err != nil {
		return err
	}
	ok := false
	for _, x := range all.List {
		key, err := s.Keys.Open(purpose(x.Key), x.Sealed)
		if err != nil {
			continue
		}
		want := Sign(key, m.ID, m.Timestamp, m.Body)
		for _, given := range strings.Fields(m.Signature) {
			if hmac.Equal([]byte(given), []byte(want)) {
				ok = true
			}
		}
	}
	if !ok {
		return refused
	}
	return nil
}

// Sign is the signature of a message in the form of Standard Webhooks, "v1,<base64>".
func Sign(key []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(id + "." + timestamp + "."))
	_, _ = mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
