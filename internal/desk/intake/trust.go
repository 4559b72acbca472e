// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"net/netip"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// TrustName is the name under which Trust is stored.
const TrustName = "intake.trust"

// Checking says who finds out whether senders are who they say they are.
type Checking string

// The ways to find out.
const (
	NobodyChecks Checking = "nobody" // nothing is known of any sender, and every mail says so
	WeCheck      Checking = "border" // mail comes to our listener from the world: SPF, DKIM and DMARC here
	TheyCheck    Checking = "behind" // servers in front tell (Authentication-Results); DKIM here besides
)

// Checkings lists the ways in the order in which forms show them.
func Checkings() []Checking { return []Checking{NobodyChecks, TheyCheck, WeCheck} }

// Requirement says when an answer must come from a proven sender to join its ticket.
type Requirement string

// The requirements. What is forged never joins, whatever is chosen.
const (
	WhenChecked Requirement = "checked" // as soon as somebody checks
	Always      Requirement = "always"
	Never       Requirement = "never"
)

// Requirements lists the requirements in the order in which forms show them.
func Requirements() []Requirement { return []Requirement{WhenChecked, Always, Never} }

// maxServers bounds the servers that are believed.
const maxServers = 20

// Trust says whom the desk believes about senders.
type Trust struct {
	Checks  Checking
	Servers []string // names of servers (authserv-id) whose word is believed, in lower case
	Require Requirement
}

// StartTrust is the trust of a new desk. It cannot know what stands in front of it, so it
// claims nothing: everything is said to be unchecked until an administrator says who checks.
func StartTrust() Trust { return Trust{Checks: NobodyChecks, Require: WhenChecked} }

// Check returns Invalid with the fields to mend.
func (t Trust) Check() error {
	var bad []errs.FieldError
	if !slices.Contains(Checkings(), t.Checks) {
		bad = append(bad, errs.FieldError{Name: "checks", Key: "intake.trust_check"})
	}
	if !slices.Contains(Requirements(), t.Require) {
		bad = append(bad, errs.FieldError{Name: "require", Key: "intake.trust_require"})
	}
	if len(t.Servers) > maxServers || slices.ContainsFunc(t.Servers, func(s string) bool { return !serverName(s) }) {
		bad = append(bad, errs.FieldError{Name: "servers", Key: "intake.trust_servers", Args: []any{"Max", maxServers}})
	}
	return errs.Invalidf(bad...)
}

// serverName reports whether s can be the name that a server puts before its results.
func serverName(s string) bool {
	return s != "" && len(s) <= 253 && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:/", r)
	}) < 0
}

func (s *Service) trust(ctx context.Context) (Trust, int64, error) {
	if s.Settings == nil { // a desk that keeps no settings checks nothing
		return StartTrust(), 0, nil
	}
	return setting.Load(ctx, s.Settings, TrustName, StartTrust())
}

// Trust returns the setting for an administrator's form, and its version.
func (s *Service) Trust(ctx context.Context, by access.Actor) (Trust, int64, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Trust{}, 0, err
	}
	return s.trust(ctx)
}

// SaveTrust stores the setting; version is what the editor saw. Invalid with fields, Stale as
// setting.Save.
func (s *Service) SaveTrust(ctx context.Context, by access.Actor, t Trust, version int64) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	var servers []string
	for _, name := range t.Servers {
		if name = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), "."); name != "" && !slices.Contains(servers, name) {
			servers = append(servers, name)
		}
	}
	t.Servers = servers
	return setting.Save(ctx, s.Settings, by, TrustName, t, version)
}

// outside returns the address of a peer from which the world delivers, and whether it is one:
// a machine of one's own house is no border, and SPF knows nothing of it.
func outside(address string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Addr{}, false
	}
	a = a.Unmap().WithZone("")
	if a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsUnspecified() {
		return netip.Addr{}, false
	}
	return a, true
}
