// SPDX-License-Identifier: Apache-2.0

// Package id makes the random names that may leave the house: links, sessions, blob keys.
package id

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
)

// TokenLen is the length of a token in characters: 128 bits in base 32.
const TokenLen = 26

// Token returns 128 random bits as 26 characters of [a-z2-7] (ASVS 7.2.3, 11.5.1).
// Lower case without padding survives mail addresses, file names and being read aloud.
func Token() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails since Go 1.24
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// IsToken reports whether s has the shape of a token. It says nothing about its validity.
func IsToken(s string) bool {
	if len(s) != TokenLen {
		return false
	}
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// Hash is what is stored of a random secret: 64 hexadecimal digits of SHA-256. Secrets that Token
// made hold 128 bits: a slow hash would add nothing.
func Hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Digest names parts down to the last character: 64 hexadecimal digits of SHA-256 over the parts,
// each after its length, so that no two lists of parts run together.
func Digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		_, _ = h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(h.Sum(nil))
}
