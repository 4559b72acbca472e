// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// Receiver makes the listener for mail. Its Serve ends in good order when its context does.
func (h *House) Receiver() *email.Listener {
	safe, err := certificate(h.Config)
	if err != nil {
		h.Log.Warn("mail is received without encryption", "error", err)
	}
	return email.NewListener(email.ListenConfig{
		Hostname: hostOf(h.Public), TLS: safe, Own: h.receives, Journal: h.Intake, Log: h.Log,
	})
}

// receives reports whether mail to an address is for this desk. While nobody has told the
// desk its address, whatever comes is: the listener is on the loopback unless somebody opened
// it, it relays nothing, and a message refused is a message lost.
func (h *House) receives(ctx context.Context, addr string) (bool, error) {
	m, _, err := h.Notices.Mailing(ctx, access.Desk())
	if err != nil || m.Address == "" {
		return err == nil, err
	}
	return h.Notices.Receives(ctx, addr)
}

func (h *House) serveSMTP(ctx context.Context, l net.Listener) error {
	return h.Receiver().Serve(ctx, l)
}
