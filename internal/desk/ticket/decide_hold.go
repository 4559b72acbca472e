// SPDX-License-Identifier: Apache-2.0

package ticket

import (
	"time"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

func (c HoldFor) decide(t Ticket, w world) ([]Fact, error) {
	switch c.Reason {
	case ForRequester, ForVendor, ForApproval, ForVisit, Blocked:
	default:
		return nil, errs.Field("reason", "ticket.hold_reason")
	}
	bad := long(map[string]string{"stuck": c.Stuck, "doing": c.Doing})
	bad = append(bad, marks(ahead("next", "ticket.next", c.Next, w.at))...)
	bad = append(bad, marks(ahead("vendor_by", "ticket.vendor", c.Vendor.By, w.at))...)
	f := Held{Of: Of{t.ID}, Reason: c.Reason, Stuck: text.Body(c.Stuck), Doing: text.Body(c.Doing), Next: c.Next}
	if c.Reason == ForVendor || c.Reason == Blocked {
		f.Vendor = Vendor{
			Name: oneLine(text.Storable(c.Vendor.Name), 120), Case: oneLine(text.Storable(c.Vendor.Case), 120), Contact: oneLine(text.Storable(c.Vendor.Contact), 120), By: c.Vendor.By,
		}
	}
	return []Fact{f}, errs.Marked(bad...)
}

// farthest is how far ahead a time may lie that people are told. Beyond it stands a slip of the
// finger, and a promise that nobody would ever see broken.
const farthest = 366 * 24 * time.Hour

// maxWords bounds the words that tell a time, in characters.
const maxWords = 200

// ahead refuses a time that has passed or lies beyond every plan; none at all is well.
func ahead(field, key string, at, now time.Time) error {
	switch {
	case at.IsZero():
		return nil
	case !at.After(now):
		return errs.Field(field, key+"_past")
	case at.After(now.Add(farthest)):
		return errs.Field(field, key+"_far")
	}
	return nil
}

func (c RemindVendor) decide(t Ticket, _ world) ([]Fact, error) {
	v := t.Detail.Hold.Vendor
	if v.By.IsZero() || !v.By.Equal(c.By) || !v.Silent.IsZero() {
		return nil, errs.New(errs.Conflict, "ticket.vendor_moved")
	}
	return []Fact{VendorSilent{Of{t.ID}, v}}, nil
}

func (c Resume) decide(t Ticket, w world) ([]Fact, error) {
	if w.by.Kind == access.System && c.Because != "" {
		return []Fact{Resumed{Of{t.ID}, c.Because}}, nil
	}
	return []Fact{Resumed{Of{t.ID}, "agent"}}, nil
}
