// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/loopdesk/loopdesk/internal/channel/email"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// Receiver makes the listener for mail. Its Serve ends in good order when its context does.
func (h *House) Receiver() *email.Listener { return h.receiver(false) }

// LMTPReceiver makes the listener for a mail server that delivers here as into a mailbox.
func (h *House) LMTPReceiver() *email.Listener { return h.receiver(true) }

func (h *House) receiver(lmtp bool) *email.Listener {
	safe, err := certificate(h.Config)
	if err != nil {
		h.Log.Warn("mail is received without encryption", "error", err)
	}
	return email.NewListener(email.ListenConfig{
		Hostname: hostOf(h.Public), LMTP: lmtp, TLS: safe, Own: h.receives, Journal: h.Intake, Log: h.Log,
	})
}

// receives reports whether mail to an address is for this desk. While nobody has told the
// desk its address, whatever comes is: the listener is on the loopback unless somebody opened
// it, it relays nothing, and a message refused is a message lost.
func (h *House) receives(ctx context.Context, addr string) (bool, error) {
	if h.Intake.OwnsMailbox(ctx, addr) {
		return true, nil
	}
	m, _, err := h.Notices.Mailing(ctx, access.Desk())
	if err != nil || m.Address == "" {
		return err == nil, err
	}
	return h.Notices.Receives(ctx, addr)
}
