// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"testing"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// WeakHash is a hash as an earlier release might have made it.
func WeakHash(t *testing.T, password string) string {
	t.Helper()
	return MadeHash(t, Cost{Memory: 8 * 1024, Passes: 1}, password)
}

// OpenFor opens a visit without the price of a password.
func (s *Service) OpenFor(t *testing.T, who person.ID) string {
	t.Helper()
	secret := id.Token()
	err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.open(ctx, tx, secret, who, Visitor{}, "") })
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// DrawnHash is the hash of nobody's password where hashing costs c.
func DrawnHash(c Cost) string { return newHasher(c).nobodys() }

// MadeHash is a hash of a password where hashing costs c.
func MadeHash(t *testing.T, c Cost, password string) string {
	t.Helper()
	hash, err := newHasher(c).make(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}
