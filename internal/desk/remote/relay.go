// SPDX-License-Identifier: Apache-2.0

package remote

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Server is one that helps two browsers to find each other (RTCIceServer).
type Server struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// relayPurpose names the key from which the passwords of the relay are made.
const relayPurpose = "remote.relay"

// Servers are what a side's browser is told of: where it learns its own outer address, and the
// relay with a name and a password of this side and this session, good for as long as one may
// last (the REST way of TURN). Empty where the desk runs no relay. The list is for the two sides
// only; callers have asked Exchange or Agree before.
func (s *Service) Servers(ctx context.Context, x Session, side Side) ([]Server, error) {
	if x.Relay == "" || !x.Open() || x.Way != Share || x.AgreedAt.IsZero() {
		return nil, nil
	}
	p, _, err := s.Policy(ctx)
	if err != nil {
		return nil, err
	}
	user := strconv.FormatInt(x.AgreedAt.Add(p.Longest()).Unix(), 10) + ":" + strconv.FormatInt(int64(x.ID), 10) + ":" + string(side)
	return []Server{
		{URLs: []string{"stun:" + x.Relay}},
		{URLs: []string{"turn:" + x.Relay + "?transport=udp", "turn:" + x.Relay + "?transport=tcp"}, Username: user, Credential: s.relayPassword(user)},
	}, nil
}

func (s *Service) relayPassword(user string) string {
	m := hmac.New(sha256.New, s.Keys.Derive(relayPurpose))
	m.Write([]byte(user))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// Admit says which session a name at the relay belongs to, and its password, which nobody but this
// desk can have made. Unauthenticated for
// a name that is none or whose time is over, and for any session that is not being shared now.
func (s *Service) Admit(ctx context.Context, user string) (ID, string, error) {
	no := errs.New(errs.Unauthenticated, "remote.ended")
	parts := strings.Split(user, ":")
	if len(parts) != 3 || parts[2] != string(Sharer) && parts[2] != string(Viewer) {
		return 0, "", no
	}
	until, err1 := strconv.ParseInt(parts[0], 10, 64)
	which, err2 := strconv.ParseInt(parts[1], 10, 64)
	if err1 != nil || err2 != nil || s.Clock.Now().Unix() > until {
		return 0, "", no
	}
	x, err := get(ctx, s.DB, ID(which))
	if err != nil || x.Way != Share || x.State != Agreed && x.State != Live {
		return 0, "", no
	}
	return x.ID, s.relayPassword(user), nil
}
