// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"errors"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/id"
)

// longestSignIn is how long somebody who signs in waits for the server.
const longestSignIn = 5 * time.Second

// Verdict is what a directory server says to a password.
type Verdict int

// The verdicts.
const (
	Silent Verdict = iota // it was not asked, or did not answer: the desk's own password counts
	Right
	Wrong
)

// Judge asks the server whether a password is that of somebody whom it keeps. For everybody else it
// asks as long, with nothing that anybody typed, so that the time tells nobody apart (S48). The
// server is asked for the entry by its key: what somebody typed never stands in a filter (S54).
func (s *Service) Judge(ctx context.Context, p person.Person, password string) Verdict {
	conf, _, err := s.server(ctx)
	if err != nil || !conf.SignIn || !conf.Stated() || s.Client == nil {
		return Silent
	}
	ctx, cancel := context.WithTimeout(ctx, longestSignIn)
	defer cancel()
	theirs := p.ID != 0 && p.Source == LDAP && p.Outside != ""
	key, secret := p.Outside, password
	if !theirs || !p.Active || password == "" {
		key, secret = id.Token(), id.Token()
	}
	v := s.ask(ctx, conf, key, secret)
	switch {
	case !theirs:
		return Silent
	case !p.Active || password == "":
		return Wrong
	}
	return v
}

// ask finds the entry and asks whether the password is its.
func (s *Service) ask(ctx context.Context, conf Server, key, password string) Verdict {
	silent := func(err error) Verdict {
		s.Log.WarnContext(ctx, "directory not asked for a password", "error", err)
		return Silent
	}
	o, err := s.open(conf)
	if err != nil {
		return silent(err)
	}
	c, err := s.Client.Open(ctx, o)
	if err != nil {
		return silent(err)
	}
	defer func() { _ = c.Close() }()
	var found []Record
	filter := both(conf.Filter, conf.Map.is(key))
	if conf.Map.is(key) == "("+conf.Map.ID+"=)" { // a key that is none
		filter = both(conf.Filter, "("+entryUUID+"=none)")
	}
	list, _ := conf.Map.attributes()
	if err := c.Search(Query{Base: conf.Base, Filter: filter, Attributes: list}, func(page []Record) error {
		found = append(found, page...)
		return nil
	}); err != nil {
		return silent(err)
	}
	dn := "cn=" + id.Token() + "," + conf.Base
	if len(found) == 1 && conf.Map.key(found[0]) == key && conf.Map.active(found[0]) {
		dn = found[0].DN
	}
	err = s.Client.Bind(ctx, o, dn, password)
	var wrong *ServerError
	switch {
	case err == nil && len(found) == 1 && dn == found[0].DN:
		return Right
	case err == nil || errors.As(err, &wrong) && wrong.Wrong:
		return Wrong
	}
	return silent(err)
}
