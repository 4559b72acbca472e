// SPDX-License-Identifier: Apache-2.0

package intake

import (
	"context"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// others are the people to whom a mail was sent beside the desk: not its sender, no address of
// ours, no list and nobody who never reads; each once, at most ticket.MaxCopied. They are kept
// with the message and proposed to staff. None of them is added by being named: whoever writes
// a mail names whom they like (S07).
func (s *Service) others(m Mail) []string {
	if m.Automatic || m.AutoReply || m.Bounce {
		return nil
	}
	var out []string
	for _, text := range m.Copied {
		address, ok := person.CleanEmail(text)
		switch {
		case !ok, address == m.FromAddr, s.Own(address), silentSender(address), listAddress(address), slices.Contains(out, address):
			continue
		}
		if out = append(out, address); len(out) == ticket.MaxCopied {
			return out
		}
	}
	return out
}

// listAddress reports whether mail to an address goes to many: the usual names of lists and of
// what runs them.
func listAddress(address string) bool {
	local, domain, _ := strings.Cut(address, "@")
	for _, name := range []string{"all", "everyone", "staff", "list", "lists", "listserv", "majordomo", "mailman"} {
		if local == name {
			return true
		}
	}
	for _, end := range []string{"-request", "-owner", "-list", "-all", "-bounces"} {
		if strings.HasSuffix(local, end) {
			return true
		}
	}
	return strings.HasPrefix(local, "owner-") || strings.HasPrefix(domain, "lists.") || domain == "googlegroups.com"
}

// stranger says, as a message key, why words must wait although they carry a good token: their
// author was only copied in, or takes part no longer. Somebody else's answer shows them the
// token, and it proves nothing of them (S07).
func (s *Service) stranger(ctx context.Context, m Mail, t ticket.Ticket, author person.Person) (string, error) {
	switch {
	case author.ID != 0 && (author.ID == t.Requester || t.TakesPart(author.ID) || author.Role.Staff()):
		return "", nil
	case t.Parted(author.ID):
		return "intake.reply_parted", nil
	}
	copied, err := s.Tickets.Copied(ctx, t.ID)
	if err == nil && slices.Contains(copied, m.FromAddr) {
		return "intake.reply_copied", nil
	}
	return "", err
}
