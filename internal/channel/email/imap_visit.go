// SPDX-License-Identifier: Apache-2.0

package email

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// chunk is how many messages are looked at with one command, and marked with one.
const chunk = 50

// visit is one connection to a mailbox.
type visit struct {
	f       *Fetcher
	key     string
	box     intake.Mailbox
	c       *imapclient.Client
	reading intake.Reading
	fresh   bool // the places were given anew, or the desk was never here
	renewed time.Time
	well    bool  // it was read to its end at least once
	skipped error // why a message was passed over; the others are read all the same
}

// run connects and reads until something breaks or ctx ends.
func (v *visit) run(ctx context.Context) error {
	if err := v.hold(ctx); err != nil {
		return err
	}
	list, err := v.f.Intake.ActiveMailboxes(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(b intake.Mailbox) bool { return b.Key == v.key })
	if i < 0 {
		return errElsewhere
	}
	v.box = list[i]
	news := make(chan struct{}, 1)
	c, err := v.f.connect(ctx, v.box, func() {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	v.c = c.Client
	defer func() { _ = c.Close() }()
	for {
		if err := v.pass(ctx); err != nil {
			return err
		}
		if err := v.f.Intake.MailboxWell(ctx, v.key); err != nil {
			return err
		}
		v.well = true
		if err := v.await(ctx, news); err != nil {
			return err
		}
	}
}

// hold takes the mailbox for this node, or renews that. It tells how far the mailbox was read
// when this visit begins.
func (v *visit) hold(ctx context.Context) error {
	now := v.f.Clock.Now()
	if !v.renewed.IsZero() && now.Sub(v.renewed) < renewEvery {
		return nil
	}
	r, held, err := v.f.Intake.HoldMailbox(ctx, v.key, v.f.node)
	if err == nil && !held {
		err = errElsewhere
	}
	if err != nil {
		return err
	}
	if v.renewed.IsZero() {
		v.reading = r
	}
	v.renewed = now
	return nil
}

// pass reads everything that is new, oldest first.
func (v *visit) pass(ctx context.Context) error {
	if err := v.hold(ctx); err != nil {
		return err
	}
	at, err := v.c.Select(v.box.Folder, nil).Wait()
	if err != nil {
		return failed("intake.mailbox_no_folder", err)
	}
	if at.UIDValidity == 0 {
		return &intake.MailboxError{Key: "intake.mailbox_broken", Cause: errors.New("the server gives no UIDVALIDITY")}
	}
	if v.fresh = at.UIDValidity != v.reading.UIDValidity; v.fresh {
		v.reading.UIDNext = 1
	}
	v.reading.UIDValidity = at.UIDValidity
	uids, err := v.search()
	if err != nil {
		return err
	}
	v.skipped = nil
	for some := range slices.Chunk(uids, chunk) {
		if err := v.take(ctx, some); err != nil {
			return err
		}
	}
	if v.skipped != nil {
		return v.skipped
	}
	next := max(uint32(at.UIDNext), v.reading.UIDNext)
	if len(uids) > 0 {
		next = max(next, uint32(uids[len(uids)-1])+1)
	}
	if next == v.reading.UIDNext && !v.fresh {
		return nil
	}
	return v.note(ctx, next)
}

// note remembers that everything below a UID is done.
func (v *visit) note(ctx context.Context, next uint32) error {
	v.reading.UIDNext = next
	return v.f.Intake.MailboxRead(ctx, v.key, v.reading)
}

// search finds what may be new: everything from where the last pass ended, whether somebody
// read it meanwhile or not, and everything unread before it.
func (v *visit) search() ([]imap.UID, error) {
	from := imap.UIDSet{imap.UIDRange{Start: imap.UID(v.reading.UIDNext), Stop: 0}}
	got, err := v.c.UIDSearch(&imap.SearchCriteria{
		NotFlag: []imap.Flag{imap.FlagDeleted},
		Or:      [][2]imap.SearchCriteria{{{UID: []imap.UIDSet{from}}, {NotFlag: []imap.Flag{imap.FlagSeen}}}},
	}, nil).Wait()
	if err != nil {
		return nil, failed("intake.mailbox_broken", err)
	}
	uids := got.AllUIDs()
	slices.Sort(uids)
	return uids, nil
}

// take reads a few messages, stores those that are new and then marks all that are stored.
func (v *visit) take(ctx context.Context, uids []imap.UID) error {
	if err := v.hold(ctx); err != nil {
		return err
	}
	stored, err := v.f.Intake.Fetched(ctx, v.key, v.reading.UIDValidity, uint32(uids[0]), uint32(uids[len(uids)-1]))
	if err != nil {
		return err
	}
	list, err := v.describe(uids)
	if err != nil {
		return err
	}
	var done imap.UIDSet
	for _, m := range list {
		_, known := slices.BinarySearch(stored, uint32(m.UID))
		if !known && !v.wants(m) {
			continue
		}
		if !known {
			kept, err := v.store(ctx, m)
			if err != nil {
				return err
			}
			if !kept {
				continue
			}
		}
		if v.box.After == intake.MoveAway || !slices.Contains(m.Flags, imap.FlagSeen) {
			done.AddNum(m.UID)
		}
	}
	if err := v.mark(done); err != nil {
		return err
	}
	// The first look counts when it is whole: only it tells old mail that people have read from
	// what came since.
	if last := uint32(uids[len(uids)-1]) + 1; v.skipped == nil && !v.fresh && last > v.reading.UIDNext {
		return v.note(ctx, last)
	}
	return nil
}

// wants reports whether a message that is not stored is for the desk. What was read before the
// desk began with the mailbox is not.
func (v *visit) wants(m *imapclient.FetchMessageBuffer) bool {
	seen := slices.Contains(m.Flags, imap.FlagSeen)
	switch {
	case slices.Contains(m.Flags, imap.FlagDeleted):
		return false
	case !seen:
		return true
	case v.fresh:
		return !m.InternalDate.Before(v.reading.Since.Truncate(time.Second))
	}
	return uint32(m.UID) >= v.reading.UIDNext
}

// store journals a message. False where it is not there any more, or cannot be had just now:
// the others are not held up by it, and the mailbox counts as not read until it is.
func (v *visit) store(ctx context.Context, m *imapclient.FetchMessageBuffer) (bool, error) {
	select {
	case v.f.memory <- struct{}{}:
		defer func() { <-v.f.memory }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if err := v.hold(ctx); err != nil {
		return false, err
	}
	raw, held, err := v.fetch(m)
	var said *imap.Error
	if errors.As(err, &said) && said.Type != imap.StatusResponseTypeBye {
		v.skipped = failed("intake.mailbox_message_refused", err)
		return false, nil
	}
	if err != nil {
		return false, failed("intake.mailbox_unreachable", err)
	}
	if raw == nil {
		return false, nil
	}
	_, err = v.f.Intake.Journal(ctx, intake.Delivery{
		Source: "imap", Recipient: v.box.Address, Address: v.box.Host, Raw: raw, Held: held,
		Mailbox: v.key, UIDValidity: v.reading.UIDValidity, UID: uint32(m.UID),
	})
	return err == nil, err
}

// await returns when there may be something new: the server says so, or the poll is due.
func (v *visit) await(ctx context.Context, news <-chan struct{}) error {
	select {
	case <-news: // came during the pass; one look more than needed does no harm
		return nil
	default:
	}
	var idle *imapclient.IdleCommand
	if caps := v.c.Caps(); caps.Has(imap.CapIdle) || caps.Has(imap.CapIMAP4rev2) {
		var err error
		if idle, err = v.c.Idle(); err != nil {
			return failed("intake.mailbox_unreachable", err)
		}
	}
	err := v.wait(ctx, news)
	if idle == nil {
		return err
	}
	if e := idle.Close(); e != nil && err == nil {
		err = failed("intake.mailbox_unreachable", e)
	}
	if err != nil {
		return err
	}
	if err := idle.Wait(); err != nil {
		return failed("intake.mailbox_unreachable", err)
	}
	return nil
}

func (v *visit) wait(ctx context.Context, news <-chan struct{}) error {
	poll := time.NewTimer(v.f.Poll)
	defer poll.Stop()
	renew := time.NewTicker(renewEvery)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-v.c.Closed():
			return &intake.MailboxError{Key: "intake.mailbox_unreachable", Cause: errs.New(errs.Unavailable, "intake.mailbox_unreachable")}
		case <-renew.C:
			if err := v.hold(ctx); err != nil {
				return err
			}
		case <-news:
			return nil
		case <-poll.C:
			return nil
		}
	}
}
