// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
)

// Size is the length of a master key in bytes.
const Size = 32

// Len is the length of a mac in characters: 2 of key id and 26 of HMAC.
const Len = keyIDLen + macLen

const (
	keyIDLen = 2
	macLen   = 26
	macBytes = 16
)

// alphabet is base 32 of RFC 4648 in lower case.
const alphabet = "abcdefghijklmnopqrstuvwxyz234567"

// key is one master key with the id that its macs carry.
type key struct {
	id     string
	master [Size]byte
}

// Keys signs with one master key and verifies with it and its predecessors.
// It holds no other state and may be used by many goroutines at once.
type Keys struct {
	current key
	all     []key // current first
}

// New makes the keys from a master of exactly Size bytes. Predecessors are
// masters that are no longer used to sign, but whose macs are still honoured:
// that is how a master is replaced without breaking the mails already sent.
// New panics when a master has another length, because the house must not
// start with a key that somebody cut short.
func New(master []byte, predecessors ...[]byte) *Keys {
	k := &Keys{current: newKey(master)}
	k.all = append(k.all, k.current)
	for _, p := range predecessors {
		k.all = append(k.all, newKey(p))
	}
	return k
}

// newKey copies the master and derives its id. The id is public and tells
// nothing about the key beyond ten bits of a hash.
func newKey(master []byte) key {
	if len(master) != Size {
		panic(fmt.Sprintf("secret: a master key has %d bytes, not %d", Size, len(master)))
	}
	var k key
	copy(k.master[:], master)
	k.id = encode(digest(k.master[:], "key id"))[:keyIDLen]
	return k
}

// Sign returns the mac over the parts for one purpose: Len characters of
// [a-z2-7]. The purpose is a constant word of the caller, such as "reply".
func (k *Keys) Sign(purpose string, parts ...string) string {
	return k.current.sign(purpose, parts)
}

// Verify reports whether mac was made by Sign, with the current master or a
// predecessor, for this purpose over exactly these parts. Anything else is
// false: absent, cut short, longer, in capitals, of another purpose. The
// comparison takes the same time wherever the difference is.
func (k *Keys) Verify(purpose, mac string, parts ...string) bool {
	if len(mac) != Len {
		return false
	}
	// Two masters may by chance share an id, so every match is tried.
	ok := false
	for _, c := range k.all {
		if c.id == mac[:keyIDLen] && hmac.Equal([]byte(mac), []byte(c.sign(purpose, parts))) {
			ok = true
		}
	}
	return ok
}

// Derive returns 32 bytes that belong to one purpose, for callers that need a
// key of their own, such as a cipher. The same master and purpose always give
// the same bytes; the purpose shares nothing with the macs of that name.
func (k *Keys) Derive(purpose string) []byte {
	return digest(k.current.master[:], "derive", purpose)
}

// sign makes the mac in two steps: a key for the purpose, then the parts.
func (k key) sign(purpose string, parts []string) string {
	purposeKey := digest(k.master[:], "mac", purpose)
	return k.id + encode(digest(purposeKey, parts...))[:macLen]
}

// digest is HMAC-SHA-256 over the number of parts and each part with its length in front.
func digest(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	var n [8]byte
	write := func(v int) {
		binary.BigEndian.PutUint64(n[:], uint64(v))
		h.Write(n[:])
	}
	write(len(parts))
	for _, p := range parts {
		write(len(p))
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// encode writes the first 128 bits of a digest in lower-case base 32: 26 characters.
func encode(sum []byte) string {
	return base32.NewEncoding(alphabet).WithPadding(base32.NoPadding).EncodeToString(sum[:macBytes])
}
