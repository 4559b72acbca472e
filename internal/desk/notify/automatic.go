// SPDX-License-Identifier: Apache-2.0

package notify

import (
	"context"
	"strings"
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// What the desk answers by itself can be turned against others: whoever sends mail in the names of
// ten thousand people has it write to ten thousand people (S14, F36). So beside the bound of each
// address there is one for each domain and one for the desk, an hour each. And when something goes
// wrong that nobody thought of, one press stops all mail that no person wrote.
//
// The stop holds back what goes to people outside the desk: acknowledgements, reminders, what
// timers close. Alarms to the people of the desk go on, or the stop would make the desk blind.
// What was held back stands in the send log and is sent by hand, ticket by ticket; nothing of it
// goes out by itself afterwards, for by then it would be stale.

// AutomaticName is the name under which Automatic is stored.
const AutomaticName = "notify.automatic"

// Automatic says how much mail the desk sends by itself.
type Automatic struct {
	Stopped bool
	By      person.ID // who stopped it, or let it go on, last
	At      time.Time
	Domain  int64 // acknowledgements an hour to a domain's addresses of which nothing else is known, 1–100,000
	Desk    int64 // acknowledgements an hour in all, 1–1,000,000
}

// StartAutomatic is what a new desk sends by itself. A domain of strangers that asks for more than
// sixty things in an hour is no company in trouble; two thousand are more than the people of a
// large house ask for on its worst morning.
func StartAutomatic() Automatic { return Automatic{Domain: 60, Desk: 2000} }

// Check returns Invalid with the fields out of range.
func (a Automatic) Check() error {
	var bad []errs.FieldError
	if a.Domain < 1 || a.Domain > 100_000 {
		bad = append(bad, errs.FieldError{Name: "domain", Key: "notify.domain_range"})
	}
	if a.Desk < 1 || a.Desk > 1_000_000 {
		bad = append(bad, errs.FieldError{Name: "desk", Key: "notify.desk_range"})
	}
	return errs.Invalidf(bad...)
}

// Automatic returns the setting and its version, for an administrator's form.
func (s *Service) Automatic(ctx context.Context, by access.Actor) (Automatic, int64, error) {
	if err := access.Can(by, access.AdminRead, access.Object{}); err != nil {
		return Automatic{}, 0, err
	}
	return setting.Load(ctx, s.Settings, AutomaticName, StartAutomatic())
}

// SaveBounds changes how much may go out. Invalid with fields, Stale as setting.Save.
func (s *Service) SaveBounds(ctx context.Context, by access.Actor, domain, desk, version int64) error {
	if err := access.Can(by, access.AdminWork, access.Object{}); err != nil {
		return err
	}
	a, _, err := setting.Load(ctx, s.Settings, AutomaticName, StartAutomatic())
	if err != nil {
		return err
	}
	a.Domain, a.Desk = domain, desk
	return setting.Save(ctx, s.Settings, by, AutomaticName, a, version)
}

// Stop stops automatic mail, or lets it go on. Whoever leads may do both: who is there when it
// goes wrong is not always who set it up. It asks for no version, for in an emergency the last
// press counts.
func (s *Service) Stop(ctx context.Context, by access.Actor, stop bool) error {
	if err := access.Can(by, access.MailStop, access.Object{}); err != nil {
		return err
	}
	a, _, err := setting.Load(ctx, s.Settings, AutomaticName, StartAutomatic())
	if err != nil || a.Stopped == stop {
		return err
	}
	a.Stopped, a.By, a.At = stop, person.ID(by.ID), s.Clock.Now()
	return setting.Save(ctx, s.Settings, access.Desk(), AutomaticName, a, setting.AnyVersion) // settings are otherwise for administrators
}

// Stopped returns the setting for the pages of staff, which say so while mail is stopped.
func (s *Service) Stopped(ctx context.Context, by access.Actor) (Automatic, error) {
	if err := access.Can(by, access.QueueRead, access.Object{}); err != nil {
		return Automatic{}, err
	}
	a, _, err := setting.Load(ctx, s.Settings, AutomaticName, StartAutomatic())
	return a, err
}

// capWindow is the time for which the bounds of domain and desk count.
const capWindow = time.Hour

// capped says which bound an acknowledgement would exceed; empty where it may go. The people of
// the house count for the desk and not for their domain, which all of them share.
func capped(ctx context.Context, tx *db.Tx, d Delivery) (string, error) {
	a, since := d.bounds, d.CreatedAt.Add(-capWindow)
	if n, err := answeredSince(ctx, tx, since, d.ID); err != nil || n >= a.Desk {
		return reasonDeskCap, err
	}
	_, domain, _ := strings.Cut(d.Address, "@")
	if !d.stranger || domain == "" {
		return "", nil
	}
	if n, err := answeredDomain(ctx, tx, domain, since, d.ID); err != nil || n >= a.Domain {
		return reasonDomainCap, err
	}
	return "", nil
}
