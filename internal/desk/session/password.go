// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// Cost is what hashing a password once takes. It is no setting of an operator: only tests, which
// sign in a thousand times, ask for less than Standard.
type Cost struct {
	Memory uint32 // KiB, from 8
	Passes uint32 // from 1
}

// Standard is OWASP's second choice for Argon2id: 19 MiB, two passes (ASVS 11.4.2).
func Standard() Cost { return Cost{Memory: 19 * 1024, Passes: 2} }

func (c Cost) params() *argon2id.Params {
	return &argon2id.Params{Memory: c.Memory, Iterations: c.Passes, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// Limits of a password in characters (ASVS 6.2.1, 6.2.9). No composition, no rotation.
const (
	MinPassword = 12
	MaxPassword = 128
)

// CheckPassword refuses what is too short, too long, or what a guesser tries first (ASVS 6.2.4).
func CheckPassword(password string, who person.Person) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return errs.Field("password", "session.password_short", "Min", MinPassword)
	case n > MaxPassword:
		return errs.Field("password", "session.password_long", "Max", MaxPassword)
	}
	plain := strings.ToLower(strings.Join(strings.Fields(password), ""))
	local, _, _ := strings.Cut(who.Email, "@")
	if guessable(plain) || (len(local) > 3 && strings.Contains(plain, local) && len(plain)-len(local) < 8) {
		return errs.Field("password", "session.password_common")
	}
	return nil
}

// guessable reports whether a password is a run, a repetition, or common words with digits on
// them, also where letters are written as the signs that look like them.
func guessable(s string) bool {
	letters := strings.TrimRight(s, "0123456789!.@#$?_-")
	plain := strings.NewReplacer("@", "a", "4", "a", "3", "e", "0", "o", "$", "s", "5", "s").Replace(letters)
	for _, word := range common() {
		if letters == word || letters == word+word || plain == word || plain == word+word {
			return true
		}
	}
	return repeated(s) || run(s)
}

// repeated reports whether one piece of the text, over and over, is the whole of it.
func repeated(s string) bool {
	for size := 1; size <= len(s)/2; size++ {
		if strings.Repeat(s[:size], len(s)/size+1)[:len(s)] == s {
			return true
		}
	}
	return false
}

// run reports whether the text goes along the digits, the alphabet or the keyboard.
func run(s string) bool {
	for _, along := range []string{"01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn", "1q2w3e4r5t6y7u8i9o0p"} {
		if strings.Contains(along, s) {
			return true
		}
	}
	return false
}

func common() []string {
	return []string{
		"password", "passw0rd", "p@ssw0rd", "p@ssword", "administrator", "admin", "adminadmin", "letmein", "welcome", "changeme",
		"iloveyou", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "dragon", "monkey", "football", "baseball", "superman", "trustno",
		"sunshine", "princess", "computer", "internet", "service", "servicedesk", "helpdesk", "support", "loopdesk", "company", "secret",
		"woaini", "woaini1314", "a123456", "wang", "zhang", "5201314", "mima", "test", "testtest", "default", "root", "rootroot", "guest",
	}
}

// hasher bounds how many passwords are hashed at once: each takes the memory of its cost.
type hasher struct {
	places chan struct{}
	cost   Cost
}

func newHasher(c Cost) hasher { return hasher{make(chan struct{}, 4), c} }

func (h hasher) enter(ctx context.Context) error {
	select {
	case h.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errs.Wrap(ctx.Err(), errs.Unavailable, "session.busy")
	}
}

func (h hasher) leave() { <-h.places }

// nobodys is a hash that no password has, and that takes as long to compare with as any other. It
// is drawn and not computed: that would cost every start of the desk a sign-in.
func (h hasher) nobodys() string {
	p, b64 := h.cost.params(), base64.RawStdEncoding
	random := sha512.Sum512([]byte(id.Token()))
	salt, key := random[:p.SaltLength], random[p.SaltLength:p.SaltLength+p.KeyLength]
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", p.Memory, p.Iterations, p.Parallelism, b64.EncodeToString(salt), b64.EncodeToString(key)) // version 0x13, RFC 9106
}

func (h hasher) make(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return argon2id.CreateHash(password, h.cost.params())
}

func (h hasher) matches(ctx context.Context, password, stored string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	return argon2id.ComparePasswordAndHash(password, stored)
}

// renew returns a new hash of a password that is known to be right, where the stored one was
// made with other parameters than today's; "" where it is as it should be (ASVS 11.4.2).
func (h hasher) renew(ctx context.Context, password, stored string) (string, error) {
	made, _, _, err := argon2id.DecodeHash(stored)
	if err != nil || *made == *h.cost.params() {
		return "", err
	}
	return h.make(ctx, password)
}
