// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/netguard"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// ServerName is the name under which Server is stored.
const ServerName = "directory.server"

// Security says how a connection to a server is protected.
type Security string

// The ways to protect a connection.
const (
	TLS      Security = "ldaps"    // encrypted from the first byte
	StartTLS Security = "starttls" // plain first, encrypted or nothing
	Plain    Security = "ldap"     // never encrypted: for a server on this machine alone
)

// Securities lists the ways in the order in which forms show them.
func Securities() []Security { return []Security{TLS, StartTLS, Plain} }

// The ends of somebody who is gone from the server.
const (
	GoneDisable = "disable"
	GoneKeep    = "keep"
)

// Server says which directory server is asked, how its entries are read, and how careful the desk
// is with what it tells.
type Server struct {
	Guard int64 // percent of those whom a directory keeps that may be disabled at once without asking, 1–100

	On             bool // asked again and again
	Host           string
	Port           int64 // 1–65535
	Security       Security
	Trust          string // certificates in PEM: of the authority, or of the server itself; empty for the system's authorities
	User           string // the entry that the desk signs in as; empty for none
	SealedPassword string // kit/secret; never leaves the house

	Base     string // below which people are
	Filter   string // which of the entries are people
	Map      Mapping
	PageSize int64 // entries at once, 10–5000

	Minutes   int64    // between two runs, 5–1440
	FullHours int64    // between two runs that read everything, 1–168
	Gone      string   // what becomes of somebody who is gone
	Adopt     bool     // requesters whom the desk knows already are recognised by their address, once
	Keep      []string // fields in which what people wrote by hand is kept
	Groups    []GroupRole
	SignIn    bool // people sign in with the password that the server knows
}

// GroupRole gives those in a group of the directory a role of the desk.
type GroupRole struct {
	Group string // the entry of the group
	Role  access.Role
}

// MaxGroups bounds the groups that give roles.
const MaxGroups = 20

// StartServer is what most houses want.
func StartServer() Server {
	return Server{
		Guard: 10, Port: 636, Security: TLS, PageSize: 500, Minutes: 60, FullHours: 24, Gone: GoneDisable, Adopt: true,
		Keep: []string{Phone, Place}, Map: OpenLDAP().Map, Filter: OpenLDAP().Filter,
	}
}

// OpenLDAP is how an OpenLDAP server names things.
func OpenLDAP() Server {
	return Server{
		Filter: "(&(objectClass=inetOrgPerson)(mail=*))",
		Map: Mapping{
			ID: entryUUID, Name: "displayName,cn", Email: "mail", Phone: "telephoneNumber,mobile", Department: "departmentNumber,ou",
			Place: "physicalDeliveryOfficeName,roomNumber,l", Title: "title", Manager: "manager", Locked: "pwdAccountLockedTime",
		},
	}
}

// ActiveDirectory is how Active Directory names things.
func ActiveDirectory() Server {
	return Server{
		Filter: "(&(objectCategory=person)(objectClass=user)(mail=*))",
		Map: Mapping{
			ID: objectGUID, Name: "displayName,cn", Email: "mail", Phone: "telephoneNumber,mobile,ipPhone", Department: "department",
			Place: "physicalDeliveryOfficeName", Title: "title", Manager: "manager", Locked: userAccountControl,
		},
	}
}

// Stated reports whether a server is named at all.
func (s Server) Stated() bool { return s.Host != "" }

// Check returns Invalid with the fields to mend.
func (s Server) Check() error {
	var bad []errs.FieldError
	want := func(ok bool, name, key string, args ...any) {
		if !ok {
			bad = append(bad, errs.FieldError{Name: name, Key: key, Args: args})
		}
	}
	between := func(n, from, to int64, name string) {
		want(n >= from && n <= to, name, "directory.number_range", "Min", from, "Max", to)
	}
	want(s.Guard >= 1 && s.Guard <= 100, "guard", "directory.guard_range")
	if !s.Stated() && !s.On && !s.SignIn {
		return errs.Invalidf(bad...)
	}
	want(netguard.HostName(s.Host), "host", "directory.host_shape")
	between(s.Port, 1, 65535, "port")
	want(slices.Contains(Securities(), s.Security), "security", "directory.choose")
	want(s.Security != Plain || netguard.Local(s.Host), "security", "directory.in_clear")
	want(len(s.Trust) <= 32<<10, "trust", "directory.trust_shape")
	want(len(s.User) <= 500 && text.OneLine(s.User), "user", "directory.line_long")
	want(s.User == "" || s.SealedPassword != "", "password", "directory.password_needed")
	want(s.Base != "" && len(s.Base) <= 500 && text.OneLine(s.Base) && strings.Contains(s.Base, "="), "base", "directory.base_shape")
	want(len(s.Filter) <= 1000 && text.OneLine(s.Filter) && strings.HasPrefix(s.Filter, "(") && strings.HasSuffix(s.Filter, ")"), "filter", "directory.filter_shape")
	between(s.PageSize, 10, MaxPage, "page_size")
	between(s.Minutes, 5, 1440, "minutes")
	between(s.FullHours, 1, 168, "full_hours")
	want(s.Gone == GoneDisable || s.Gone == GoneKeep, "gone", "directory.choose")
	for _, f := range s.Keep {
		want(slices.Contains(Keepable(), f), "keep", "directory.choose")
	}
	want(len(s.Groups) <= MaxGroups, "groups", "directory.groups_many", "Max", MaxGroups)
	for _, g := range s.Groups {
		want(strings.Contains(g.Group, "=") && len(g.Group) <= 500 && text.OneLine(g.Group), "groups", "directory.group_shape")
		want(g.Role == access.Agent || g.Role == access.Lead, "groups", "directory.group_role")
	}
	bad = append(bad, s.Map.check()...)
	return errs.Invalidf(bad...)
}

// Keepable are the fields in which what people wrote by hand may stand against the directory.
func Keepable() []string { return []string{Name, Email, Phone, Department, Place, Title, Manager} }

// tidy brings what was typed to the form in which it is stored and compared.
func (s Server) tidy() Server {
	s.Host = strings.ToLower(strings.TrimSpace(s.Host))
	s.User, s.Base, s.Filter = strings.TrimSpace(s.User), strings.TrimSpace(s.Base), strings.TrimSpace(s.Filter)
	s.Trust = strings.TrimSpace(strings.ReplaceAll(s.Trust, "\r\n", "\n"))
	if s.Filter != "" && !strings.HasPrefix(s.Filter, "(") {
		s.Filter = "(" + s.Filter + ")"
	}
	s.Map = s.Map.tidy()
	return s
}
