// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// GroupSender is as whom the desk writes about the tickets of a group. What is empty is the
// desk's own.
type GroupSender struct {
	Group   person.GroupID
	Name    string // at most 60 characters
	NameEN  string // for English readers, where it is not empty
	Address string // in a domain of the desk's own
	Sign    string // the signature of letters to requesters, at most 500 characters and 8 lines
	SignEN  string
}

// empty reports whether all of it is the desk's own.
func (g GroupSender) empty() bool { return g == GroupSender{Group: g.Group} }

// check returns the fields to mend.
func (g GroupSender) check(m Mailing) error {
	var bad []errs.FieldError
	for name, text := range map[string]string{"sender_name": g.Name, "sender_name_en": g.NameEN} {
		if utf8.RuneCountInString(text) > 60 || text != person.CleanName(text) {
			bad = append(bad, errs.FieldError{Name: name, Key: "notify.name_length"})
		}
	}
	for name, text := range map[string]string{"sign": g.Sign, "sign_en": g.SignEN} {
		if utf8.RuneCountInString(text) > 500 || strings.Count(text, "\n") >= 8 || strings.ContainsFunc(text, unprintable) {
			bad = append(bad, errs.FieldError{Name: name, Key: "notify.sign_length"})
		}
	}
	switch domains := m.domains(); {
	case g.Address == "":
	case !plainAddress(g.Address):
		bad = append(bad, errs.FieldError{Name: "sender_address", Key: "notify.address_shape"})
	case len(domains) == 0:
		bad = append(bad, errs.FieldError{Name: "sender_address", Key: "notify.no_domain"})
	case !slices.Contains(domains, domainOf(g.Address)):
		bad = append(bad, errs.FieldError{Name: "sender_address", Key: "notify.foreign_domain", Args: []any{"Domains", strings.Join(domains, ", ")}})
	}
	slices.SortFunc(bad, func(a, b errs.FieldError) int { return cmp.Compare(a.Name, b.Name) })
	return errs.Invalidf(bad...)
}

// unprintable reports whether a character has no place in a text of several lines.
func unprintable(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
}

// domains are those in which the desk has an address: only as them may it write.
func (m Mailing) domains() []string {
	var out []string
	for _, a := range append([]string{m.Address}, m.Own...) {
		if d := domainOf(a); d != "" && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

func domainOf(address string) string {
	_, d, _ := strings.Cut(address, "@")
	return d
}

// group returns the sender of a group; an empty one where it has none, or one whose domain is
// no longer the desk's.
func (m Mailing) group(which person.GroupID) GroupSender {
	for _, g := range m.Groups {
		if g.Group == which && which != 0 {
			if g.Address != "" && !slices.Contains(m.domains(), domainOf(g.Address)) {
				g.Address = ""
			}
			return g
		}
	}
	return GroupSender{Group: which}
}

// from is the sender of a letter.
func (s *Service) from(m Mailing, group person.GroupID, n Notice) Mailbox {
	g := m.group(group)
	name := g.Name
	if n.Lang == i18n.EN {
		name = cmp.Or(g.NameEN, g.Name)
	}
	return Mailbox{Name: cmp.Or(name, m.Name, n.Desk), Address: cmp.Or(g.Address, m.Address)}
}

// signature stands below letters to requesters.
func (m Mailing) signature(group person.GroupID, n Notice) string {
	if n.Template.staff() {
		return ""
	}
	g := m.group(group)
	if n.Lang == i18n.EN {
		return cmp.Or(g.SignEN, g.Sign)
	}
	return g.Sign
}

// GroupSender returns as whom the desk writes about the tickets of a group, and the version to save it with.
func (s *Service) GroupSender(ctx context.Context, by access.Actor, which person.GroupID) (GroupSender, int64, error) {
	m, version, err := s.Mailing(ctx, by)
	return m.group(which), version, err
}

// SaveGroupSender stores it; version is what the editor saw. Invalid with fields, Stale where
// the mail settings changed meanwhile.
func (s *Service) SaveGroupSender(ctx context.Context, by access.Actor, g GroupSender, version int64) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	m, now, err := setting.Load(ctx, s.Settings, MailingName, StartMailing())
	if err != nil {
		return err
	}
	if version != now {
		return errs.Overtaken(now)
	}
	g.Name, g.NameEN = person.CleanName(g.Name), person.CleanName(g.NameEN)
	g.Sign, g.SignEN = lines(g.Sign), lines(g.SignEN)
	g.Address, _ = person.CleanEmail(g.Address)
	if err := g.check(m); err != nil {
		return err
	}
	m.Groups = slices.DeleteFunc(slices.Clone(m.Groups), func(x GroupSender) bool { return x.Group == g.Group })
	if !g.empty() {
		m.Groups = append(m.Groups, g)
	}
	return setting.Save(ctx, s.Settings, by, MailingName, m, version)
}

// lines brings a text of several lines to the form in which it is stored.
func lines(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(s)
}
