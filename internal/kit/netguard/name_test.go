// SPDX-License-Identifier: Apache-2.0

package netguard_test

import (
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

func TestHostName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"mail.example": true, "MAIL-1.example": true, "dc_01.corp.example": true, "127.0.0.1": true, "::1": true, "localhost": true, strings.Repeat("a", 253): true,
		"": false, ".example": false, "-a.example": false, "a b": false, "a\nb": false, "邮件.example": false, "a:25": false, "http://a": false, "user@a": false, strings.Repeat("a", 254): false,
	} {
		if got := netguard.HostName(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true,
		"": false, "localhost.example": false, "10.0.0.1": false, "0.0.0.0": false, "mail.example": false,
	} {
		if got := netguard.Local(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}
