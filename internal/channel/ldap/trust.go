// SPDX-License-Identifier: Apache-2.0

package ldap

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"

	"github.com/loopdesk/loopdesk/internal/desk/directory"
)

// trust is how the certificate of a server is checked. Nothing given: by the system's
// authorities. An authority given: by that one alone. The server's own certificate given: it must
// be exactly this one, whatever name the server is called by.
func trust(s directory.Server) (*tls.Config, error) {
	c := &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	if s.Trust == "" {
		return c, nil
	}
	c.RootCAs = x509.NewCertPool()
	var own *x509.Certificate
	authorities := 0
	for rest := []byte(s.Trust); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, errors.New("there is something else than certificates: " + block.Type)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		c.RootCAs.AddCert(cert)
		if cert.IsCA {
			authorities++
		} else {
			own = cert
		}
	}
	if own == nil && authorities == 0 {
		return nil, errors.New("there is no certificate")
	}
	if own != nil && authorities == 0 {
		if c.ServerName = nameIn(own, s.Host); c.ServerName == "" {
			return nil, errors.New("the certificate names no server")
		}
		c.VerifyConnection = func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 || !state.PeerCertificates[0].Equal(own) {
				return errOther
			}
			return nil
		}
	}
	return c, nil
}

var errOther = errors.New("the certificate is another than the one that was stated") //nolint:gochecknoglobals // a constant

// nameIn is a name that a certificate was made for: the wanted one where it may be.
func nameIn(c *x509.Certificate, wanted string) string {
	switch {
	case c.VerifyHostname(wanted) == nil:
		return wanted
	case len(c.DNSNames) > 0:
		return c.DNSNames[0]
	case len(c.IPAddresses) > 0:
		return c.IPAddresses[0].String()
	}
	return ""
}

// CheckTrust returns an error where a text holds no certificates.
func (c *Client) CheckTrust(s directory.Server) error {
	_, err := trust(s)
	return err
}
