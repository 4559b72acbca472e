// SPDX-License-Identifier: Apache-2.0

package ldap

import (
	"context"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"github.com/loopdesk/loopdesk/internal/desk/directory"
)

// session is a connection to a server.
type session struct {
	ctx    context.Context //nolint:containedctx // see connect
	conn   *ldap.Conn
	forget func() bool
	fold   func(string) string
}

// Close ends the connection.
func (s *session) Close() error {
	s.forget()
	return s.conn.Close()
}

// Root returns what a server says of itself. One that says nothing is a server all the same.
func (s *session) Root() (directory.Root, error) {
	r := ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 0, false, "(objectClass=*)",
		[]string{"vendorName", "vendorVersion", "highestCommittedUSN", "dsServiceName", "supportedControl", "structuralObjectClass"}, nil)
	got, err := s.conn.Search(r)
	if err != nil {
		if ldap.IsErrorAnyOf(err, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInsufficientAccessRights) {
			return directory.Root{}, nil
		}
		return directory.Root{}, s.failed(err, reading)
	}
	if len(got.Entries) == 0 {
		return directory.Root{}, nil
	}
	e := got.Entries[0]
	root := directory.Root{Newest: e.GetEqualFoldAttributeValue("highestCommittedUSN"), Self: e.GetEqualFoldAttributeValue("dsServiceName")}
	switch {
	case root.Newest != "":
		root.Vendor = "Active Directory"
	case e.GetEqualFoldAttributeValue("vendorName") != "":
		root.Vendor = strings.TrimSpace(e.GetEqualFoldAttributeValue("vendorName") + " " + e.GetEqualFoldAttributeValue("vendorVersion"))
	case strings.HasPrefix(e.GetEqualFoldAttributeValue("structuralObjectClass"), "OpenLDAP"):
		root.Vendor = "OpenLDAP"
	}
	return root, nil
}

// Search hands the entries that a query finds to take, page by page, in the order of the server.
// References to other servers are left where they are.
func (s *session) Search(q directory.Query, take func([]directory.Record) error) error {
	scope := ldap.ScopeWholeSubtree
	if q.Only {
		scope = ldap.ScopeBaseObject
	}
	r := ldap.NewSearchRequest(q.Base, scope, ldap.NeverDerefAliases, 0, 0, false, q.Filter, q.Attributes, nil)
	var page *ldap.ControlPaging
	if q.Page > 0 && !q.Only {
		page = ldap.NewControlPaging(uint32(min(q.Page, directory.MaxPage)))
		r.Controls = append(r.Controls, page)
	}
	for {
		got, err := s.conn.Search(r)
		if err != nil {
			return s.failed(err, reading)
		}
		list := make([]directory.Record, 0, len(got.Entries))
		for _, e := range got.Entries {
			list = append(list, s.record(e, q.Named))
		}
		if err := take(list); err != nil {
			return err
		}
		if page == nil || q.First {
			return nil
		}
		next, ok := ldap.FindControl(got.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
		if !ok || len(next.Cookie) == 0 {
			return nil
		}
		page.SetCookie(next.Cookie)
	}
}

// record is an entry as the trade reads it: attributes by their name in small letters. The values
// of those that name other entries are folded, as the entry's own name is.
func (s *session) record(e *ldap.Entry, named []string) directory.Record {
	r := directory.Record{DN: e.DN, Folded: s.fold(e.DN), Values: make(map[string][]string, len(e.Attributes))}
	for _, a := range e.Attributes {
		name := strings.ToLower(a.Name)
		values := make([]string, len(a.ByteValues))
		for i, v := range a.ByteValues {
			values[i] = string(v)
		}
		for _, n := range named {
			if name == strings.ToLower(n) || strings.HasPrefix(name, strings.ToLower(n)+";range=") {
				for i, v := range values {
					values[i] = s.fold(v)
				}
				if len(a.Values) > 0 && r.Said == "" {
					r.Said = a.Values[0]
				}
			}
		}
		r.Values[name] = values
	}
	return r
}
