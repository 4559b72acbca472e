// SPDX-License-Identifier: Apache-2.0

package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
)

// ErrSealed is what Open answers to anything that Seal did not make for the purpose under
// one of the masters. It does not say which of these it was.
var ErrSealed = errors.New("secret: cannot be opened")

// MaxSealed is the greatest length of what Seal takes, in bytes.
const MaxSealed = 64 << 10

// Seal encrypts a value that must rest in the database, such as the password of a mail
// server, so that only Open with the same purpose reads it: AES-256-GCM under a key of its
// own for the purpose, with a nonce from the system's randomness (ASVS 11.3.2, 13.3.1). The
// result is text without white space. Values beyond MaxSealed are refused.
func (k *Keys) Seal(purpose string, value []byte) (string, error) {
	if len(value) > MaxSealed {
		return "", errors.New("secret: the value is too long to seal")
	}
	box, err := k.current.box(purpose)
	if err != nil {
		return "", err
	}
	sealed := box.Seal(nil, nil, value, bound(purpose)) //nolint:gosec // no nonce is given: this cipher draws its own
	return k.current.id + base64.RawURLEncoding.EncodeToString(sealed), nil
}

// Open returns what Seal encrypted, with the current master or a predecessor; ErrSealed otherwise.
func (k *Keys) Open(purpose, sealed string) ([]byte, error) {
	if len(sealed) < keyIDLen || len(sealed) > keyIDLen+2*MaxSealed {
		return nil, ErrSealed
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(sealed[keyIDLen:])
	if err != nil {
		return nil, ErrSealed
	}
	for _, c := range k.all {
		if c.id != sealed[:keyIDLen] {
			continue
		}
		box, err := c.box(purpose)
		if err != nil {
			return nil, err
		}
		if value, err := box.Open(nil, nil, raw, bound(purpose)); err == nil {
			return value, nil
		}
	}
	return nil, ErrSealed
}

// box is the cipher for one purpose. It draws its own nonces, which lie in front of the text.
func (k key) box(purpose string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(digest(k.master[:], "seal", purpose))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// bound ties a sealed value to its purpose once more, besides the key.
func bound(purpose string) []byte { return []byte("seal:" + purpose) }
