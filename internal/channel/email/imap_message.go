// SPDX-License-Identifier: Apache-2.0

package email

import (
	"errors"
	"io"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/loopdesk/loopdesk/internal/desk/intake"
)

// headOf bounds what is kept of a message that is larger than the desk takes.
const headOf = 64 << 10

// describe returns what the server says about some messages, oldest first. Those that are gone
// are not among them.
func (v *visit) describe(uids []imap.UID) ([]*imapclient.FetchMessageBuffer, error) {
	list, err := v.c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, RFC822Size: true}).Collect()
	if err != nil {
		return nil, failed("intake.mailbox_broken", err)
	}
	list = slices.DeleteFunc(list, func(m *imapclient.FetchMessageBuffer) bool { return m.UID == 0 })
	slices.SortFunc(list, func(a, b *imapclient.FetchMessageBuffer) int { return int(int64(a.UID) - int64(b.UID)) })
	return list, nil
}

// fetch reads a message without marking it. nil means that it is gone; held says that it is
// too large, and raw is its header then. A message counts as read when the server has said
// that it was all: what a broken connection leaves, or a wrong length, is none (F30).
func (v *visit) fetch(m *imapclient.FetchMessageBuffer) (raw []byte, held string, err error) {
	section := &imap.FetchItemBodySection{Peek: true}
	limit := v.f.MaxBytes
	if m.RFC822Size > limit {
		section.Specifier, limit, held = imap.PartSpecifierHeader, headOf, intake.HeaderOnly
	}
	raw, over, err := v.body(m.UID, section, limit)
	if over && err == nil { // the server had another idea of its size
		raw, held = raw[:min(len(raw), headOf)], intake.HeaderOnly
	}
	return raw, held, err
}

// body reads one section of a message, at most limit bytes of it.
func (v *visit) body(uid imap.UID, section *imap.FetchItemBodySection, limit int64) (raw []byte, over bool, err error) {
	cmd := v.c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	var broken error
	for m := cmd.Next(); m != nil; m = cmd.Next() {
		for item := m.Next(); item != nil; item = m.Next() {
			b, ok := item.(imapclient.FetchItemDataBodySection)
			if !ok || b.Literal == nil || raw != nil || !b.MatchCommand(section) {
				continue
			}
			raw = make([]byte, 0, min(b.Literal.Size(), limit)+1)
			raw, broken = appendAll(raw, io.LimitReader(b.Literal, limit+1))
			if int64(len(raw)) != min(b.Literal.Size(), limit+1) && broken == nil {
				broken = io.ErrUnexpectedEOF
			}
		}
	}
	if err := errors.Join(cmd.Close(), broken); err != nil {
		return nil, false, err
	}
	if int64(len(raw)) > limit {
		return raw[:limit], true, nil
	}
	return raw, false, nil
}

// appendAll reads all of r behind what is there, without growing what is large enough.
func appendAll(b []byte, r io.Reader) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if errors.Is(err, io.EOF) {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

// mark does with stored messages what the setting asks for.
func (v *visit) mark(done imap.UIDSet) error {
	if len(done) == 0 {
		return nil
	}
	if v.box.After == intake.MarkRead {
		return v.flag(done, imap.FlagSeen)
	}
	err := v.move(done)
	var said *imap.Error
	if errors.As(err, &said) && (said.Code == imap.ResponseCodeTryCreate || said.Code == imap.ResponseCodeNonExistent) {
		if err = v.c.Create(v.box.MoveTo, nil).Wait(); err == nil {
			err = v.move(done)
		}
	}
	if err != nil {
		return failed("intake.mailbox_move_failed", err)
	}
	return nil
}

func (v *visit) flag(done imap.UIDSet, flag imap.Flag) error {
	err := v.c.Store(done, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
	if err != nil {
		return failed("intake.mailbox_mark_failed", err)
	}
	return nil
}

// move moves. Where the server cannot, a copy is made, and only when it is there is the first
// one marked as deleted; it is removed only where that removes nothing else.
func (v *visit) move(done imap.UIDSet) error {
	caps := v.c.Caps()
	if caps.Has(imap.CapMove) || caps.Has(imap.CapIMAP4rev2) {
		_, err := v.c.Move(done, v.box.MoveTo).Wait()
		return err
	}
	if _, err := v.c.Copy(done, v.box.MoveTo).Wait(); err != nil {
		return err
	}
	if err := v.flag(done, imap.FlagDeleted); err != nil || !caps.Has(imap.CapUIDPlus) {
		return err
	}
	return v.c.UIDExpunge(done).Close()
}
