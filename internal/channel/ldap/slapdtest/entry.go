// SPDX-License-Identifier: Apache-2.0

package slapdtest

import (
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// add adds an entry: classes without "=", attributes with it.
func (s *Server) add(dn string, lines ...string) {
	s.t.Helper()
	s.must(s.admin.Add(request(dn, lines)))
}

func request(dn string, lines []string) *ldap.AddRequest {
	r := ldap.NewAddRequest(dn, nil)
	all := map[string][]string{}
	var order []string
	for _, l := range lines {
		name, value, found := strings.Cut(l, "=")
		if !found {
			name, value = "objectClass", l
		}
		if value == "" {
			continue
		}
		if all[name] == nil {
			order = append(order, name)
		}
		all[name] = append(all[name], value)
	}
	for _, name := range order {
		r.Attribute(name, all[name])
	}
	return r
}

// DN is what somebody is called in the directory.
func DN(uid string) string { return "uid=" + ldap.EscapeDN(uid) + "," + People }

// Person adds somebody, with attributes such as "mail=a@firm.example".
func (s *Server) Person(uid, name string, attributes ...string) {
	s.t.Helper()
	s.add(DN(uid), append([]string{"inetOrgPerson", "uid=" + uid, "cn=" + name, "sn=" + name, "displayName=" + name}, attributes...)...)
}

// Set gives an attribute of somebody other values; none takes it away.
func (s *Server) Set(dn, attribute string, values ...string) {
	s.t.Helper()
	r := ldap.NewModifyRequest(dn, nil)
	r.Replace(attribute, values)
	s.must(s.admin.Modify(r))
}

// Rename gives an entry another name, and moves it below another one where that is stated.
func (s *Server) Rename(dn, first, below string) {
	s.t.Helper()
	s.must(s.admin.ModifyDN(ldap.NewModifyDNRequest(dn, first, true, below)))
}

// Delete takes an entry away.
func (s *Server) Delete(dn string) {
	s.t.Helper()
	s.must(s.admin.Del(ldap.NewDelRequest(dn, nil)))
}

// Unit adds a place below which people may stand, and returns its name.
func (s *Server) Unit(name string) string {
	s.t.Helper()
	dn := "ou=" + name + "," + People
	s.add(dn, "organizationalUnit", "ou="+name)
	return dn
}

// Group adds a group of people and returns its name.
func (s *Server) Group(name string, uids ...string) string {
	s.t.Helper()
	dn := "cn=" + name + ",ou=groups," + Base
	lines := []string{"groupOfNames", "cn=" + name}
	for _, u := range uids {
		lines = append(lines, "member="+DN(u))
	}
	s.add(dn, lines...)
	return dn
}
