// SPDX-License-Identifier: Apache-2.0

package ldap

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/go-ldap/ldap/v3"

	"github.com/loopdesk/loopdesk/internal/desk/directory"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

// step is what was being done when something failed.
type step int

const (
	dialling step = iota
	encrypting
	binding
	reading
)

func (s *session) failed(err error, at step) *directory.ServerError { return failure(s.ctx, err, at) }

// failure is a reason that people read. What the server answered stands beside it; what the
// machine says of a connection is for the log alone.
func failure(ctx context.Context, err error, at step) *directory.ServerError {
	e := &directory.ServerError{Key: "directory.server_broken", Cause: err}
	var name *net.DNSError
	switch {
	case errors.Is(err, netguard.ErrRefused):
		e.Key = "directory.server_guarded"
	case errors.As(err, &name) && (name.IsNotFound || !name.IsTimeout):
		e.Key = "directory.server_name"
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Key = "directory.server_refused"
	case late(ctx, err):
		e.Key = "directory.server_late"
	case at == encrypting:
		e.Key = unsafe(err)
	case at == dialling:
		e.Key = "directory.server_unreachable"
	default:
		said(e, err, at)
	}
	return e
}

func late(ctx context.Context, err error) bool {
	var silent net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(ctx.Err(), context.DeadlineExceeded) ||
		(errors.As(err, &silent) && silent.Timeout()) || strings.Contains(err.Error(), "connection timed out")
}

// unsafe says why a connection was not encrypted. The library hands on the text of the reason alone.
func unsafe(err error) string {
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	text := err.Error()
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case errors.Is(err, errOther) || has(errOther.Error()):
		return "directory.server_tls_other"
	case errors.As(err, &unknown) || has("unknown authority"):
		return "directory.server_tls_unknown"
	case errors.As(err, &host) || has("certificate is valid for") || has("not valid for any names") || has("doesn't contain any IP SANs"):
		return "directory.server_tls_name"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired || has("has expired or is not yet valid"):
		return "directory.server_tls_date"
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultProtocolError, ldap.LDAPResultUnavailable, ldap.LDAPResultUnwillingToPerform, ldap.LDAPResultOperationsError):
		return "directory.server_no_starttls"
	}
	return "directory.server_tls"
}

// said reads what a server answered.
func said(e *directory.ServerError, err error, at step) {
	var answer *ldap.Error
	if !errors.As(err, &answer) {
		return
	}
	if answer.ResultCode < ldap.ErrorNetwork && answer.Err != nil {
		e.Answer = shorten(person.CleanName(answer.Err.Error()))
	}
	switch answer.ResultCode {
	case ldap.LDAPResultInvalidCredentials, ldap.ErrorEmptyPassword:
		e.Key, e.Wrong = "directory.server_wrong", true
	case ldap.LDAPResultInappropriateAuthentication, ldap.LDAPResultInvalidDNSyntax, ldap.LDAPResultNoSuchObject:
		e.Key = "directory.server_base"
		if at == binding {
			e.Key, e.Wrong = "directory.server_wrong", true
		}
	case ldap.LDAPResultConfidentialityRequired, ldap.LDAPResultStrongAuthRequired:
		e.Key = "directory.server_in_clear"
	case ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultAuthorizationDenied:
		e.Key = "directory.server_denied"
	case ldap.LDAPResultSizeLimitExceeded, ldap.LDAPResultAdminLimitExceeded:
		e.Key = "directory.server_size"
	case ldap.LDAPResultTimeLimitExceeded:
		e.Key = "directory.server_time"
	case ldap.LDAPResultReferral:
		e.Key = "directory.server_referral"
	case ldap.LDAPResultBusy, ldap.LDAPResultUnavailable, ldap.LDAPResultUnwillingToPerform:
		e.Key = "directory.server_busy"
	case ldap.LDAPResultOperationsError:
		if e.Key = "directory.server_answer"; at == reading { // Active Directory's way to say that nobody signed in
			e.Key = "directory.server_denied"
		}
	case ldap.ErrorFilterCompile:
		e.Key = "directory.server_filter"
	default:
		if answer.ResultCode < ldap.ErrorNetwork {
			e.Key = "directory.server_answer"
		}
	}
}

// shorten keeps of an answer what fits on a page.
func shorten(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:299]) + "…"
	}
	return s
}
