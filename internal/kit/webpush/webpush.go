// SPDX-License-Identifier: Apache-2.0

package webpush

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Encoding is the content coding of what Seal returns.
const Encoding = "aes128gcm"

// MaxBody is the greatest length of a message in bytes, so that it fits into the one record of
// 4096 bytes that every maker of browsers takes (RFC 8030, 7.2).
const MaxBody = recordSize - overhead

const (
	recordSize = 4096
	saltLen    = 16
	authLen    = 16
	overhead   = 86 + 16 + 1 // header, tag, delimiter
)

// Seal encrypts a message for the browser whose public key (an uncompressed point of P-256) and
// secret are given, as the body of a POST to its endpoint. Each message has a key of its own.
func Seal(body, p256dh, auth []byte) ([]byte, error) {
	own, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	salt := make([]byte, saltLen)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	return seal(body, p256dh, auth, salt, own)
}

// seal is Seal with its chances given, for the example of RFC 8291.
func seal(body, p256dh, auth, salt []byte, own *ecdh.PrivateKey) ([]byte, error) {
	if len(body) > MaxBody || len(auth) != authLen {
		return nil, errors.New("webpush: the message is too long, or the secret is none")
	}
	theirs, err := ecdh.P256().NewPublicKey(p256dh)
	if err != nil {
		return nil, err
	}
	box, nonce, err := agree(own, theirs, p256dh, own.PublicKey().Bytes(), auth, salt)
	if err != nil {
		return nil, err
	}
	mine := own.PublicKey().Bytes()
	out := make([]byte, 0, overhead+len(body))
	out = append(out, salt...)
	out = binary.BigEndian.AppendUint32(out, recordSize)
	out = append(out, byte(len(mine)))
	out = append(out, mine...)
	return box.Seal(out, nonce, append(append(make([]byte, 0, len(body)+1), body...), 2), nil), nil // 2: the last record
}

// Open reads a message as the browser does that holds the private key and the secret.
func Open(sealed []byte, own *ecdh.PrivateKey, auth []byte) ([]byte, error) {
	const head = saltLen + 4 + 1
	if len(sealed) < head || len(sealed) < head+int(sealed[head-1]) {
		return nil, errors.New("webpush: cut short")
	}
	salt, point, text := sealed[:saltLen], sealed[head:head+int(sealed[head-1])], sealed[head+int(sealed[head-1]):]
	sender, err := ecdh.P256().NewPublicKey(point)
	if err != nil {
		return nil, err
	}
	box, nonce, err := agree(own, sender, own.PublicKey().Bytes(), point, auth, salt)
	if err != nil {
		return nil, err
	}
	plain, err := box.Open(nil, nonce, text, nil)
	if err != nil {
		return nil, err
	}
	for len(plain) > 0 && plain[len(plain)-1] == 0 { // padding
		plain = plain[:len(plain)-1]
	}
	if len(plain) == 0 || plain[len(plain)-1] != 2 {
		return nil, errors.New("webpush: no end of the last record")
	}
	return plain[:len(plain)-1], nil
}

// agree makes the cipher and the nonce of both sides (RFC 8291, 3.4; RFC 8188, 2.2 and 2.3).
func agree(own *ecdh.PrivateKey, other *ecdh.PublicKey, browser, sender, auth, salt []byte) (cipher.AEAD, []byte, error) {
	secret, err := own.ECDH(other)
	if err != nil {
		return nil, nil, err
	}
	key, err := hkdf.Key(sha256.New, secret, auth, "WebPush: info\x00"+string(browser)+string(sender), 32)
	if err != nil {
		return nil, nil, err
	}
	cek, err := hkdf.Key(sha256.New, key, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, nil, err
	}
	nonce, err := hkdf.Key(sha256.New, key, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(cek)
	if err != nil {
		return nil, nil, err
	}
	box, err := cipher.NewGCM(block)
	return box, nonce, err
}

// Authorization is the header by which the maker of a browser knows who sends (RFC 8292): a word,
// signed with the desk's private key (32 bytes), to the origin of the endpoint alone, good until
// an instant at most a day ahead. subject is where whoever runs the desk can be reached, an
// address of the web or "mailto:…".
func Authorization(endpoint string, key []byte, subject string, until time.Time) (string, error) {
	at, err := url.Parse(endpoint)
	if err != nil || at.Host == "" {
		return "", errors.New("webpush: not an endpoint")
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), key)
	if err != nil {
		return "", err
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return "", err
	}
	claims, err := json.Marshal(map[string]any{"aud": at.Scheme + "://" + at.Host, "exp": until.Unix(), "sub": subject})
	if err != nil {
		return "", err
	}
	b64 := base64.RawURLEncoding
	word := b64.EncodeToString([]byte(`{"typ":"JWT","alg":"ES256"}`)) + "." + b64.EncodeToString(claims)
	sum := sha256.Sum256([]byte(word))
	r, s, err := ecdsa.Sign(rand.Reader, private, sum[:])
	if err != nil {
		return "", err
	}
	var sign [64]byte
	r.FillBytes(sign[:32])
	s.FillBytes(sign[32:])
	return fmt.Sprintf("vapid t=%s.%s, k=%s", word, b64.EncodeToString(sign[:]), b64.EncodeToString(point)), nil
}
