// SPDX-License-Identifier: Apache-2.0

package auth

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"

	"github.com/emersion/go-msgauth/dkim"
)

// KeyBits is the size of a key that NewKey makes: larger ones do not fit into one TXT record
// everywhere, smaller ones are no longer believed everywhere (RFC 8301).
const KeyBits = 2048

// NewKey makes a key for signing, as PEM.
func NewKey() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, KeyBits)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

var errKey = errors.New("auth: this is no key for signing mail") //nolint:gochecknoglobals // a constant in all but name

func readKey(key []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(key)
	if block == nil {
		return nil, errKey
	}
	found, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errKey
	}
	if k, ok := found.(*rsa.PrivateKey); ok {
		return k, nil
	}
	return nil, errKey
}

// Record is the TXT record in which others find the public half of a key.
func Record(key []byte) (string, error) {
	k, err := readKey(key)
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(&k.PublicKey)
	if err != nil {
		return "", err
	}
	return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der), nil
}

// Sign returns a message with a signature of the domain in front. Fields that must stand once
// are signed once more than they are there, so that none can be added on the way.
func Sign(raw []byte, domain, selector string, key []byte) ([]byte, error) {
	k, err := readKey(key)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = dkim.Sign(&out, bytes.NewReader(raw), &dkim.SignOptions{
		Domain: domain, Selector: selector, Signer: k,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: []string{
			"From", "From", "To", "To", "Subject", "Subject", "Date", "Message-ID", "Reply-To", "Reply-To", "In-Reply-To", "References",
			"Mime-Version", "Content-Type", "Content-Type", "Content-Language", "Auto-Submitted",
			"List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", // RFC 8058, 4
		},
	})
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
