// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/intake"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// maxPiped bounds a mail that is piped in: that of the listener.
const maxPiped = 36 << 20

// errUnusable marks a mail that will never be taken, however often it comes.
var errUnusable = errors.New("this mail cannot be taken")

// delivers reports whether a command line pipes a mail in, so that its end must be told in the
// words of mail servers.
func delivers(args []string) bool {
	words := commandOf(slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") }))
	at := slices.Index(words, "mail")
	return at >= 0 && len(words) > at+1 && words[at+1] == "deliver"
}

// mailDeliver takes one mail from the standard input and journals it. It returns nil only when
// the mail is on disk (P1). It needs no running desk: what is journalled is understood by the
// desk that runs, at once, or by the next that does.
func (c console) mailDeliver(ctx context.Context, conf Config, arg mailDeliver) error {
	raw, err := piped(c.In)
	if err != nil {
		return err
	}
	if !conf.exists() { // nobody has set a desk up here; a mail does not
		return errs.New(errs.Unavailable, "app.no_desk", "Dir", conf.Data)
	}
	s, err := openStores(ctx, conf, Options{Log: newLog(conf, c.Err), Guest: true})
	if err != nil {
		return err
	}
	return errors.Join(c.deliver(ctx, conf, s, arg, raw), s.close())
}

func (c console) deliver(ctx context.Context, conf Config, s stores, arg mailDeliver, raw []byte) error {
	have, known, err := s.versions(ctx)
	if err != nil {
		return err
	}
	if have != known {
		return errs.New(errs.Conflict, "app.needs_migrate", "Have", have, "Known", known)
	}
	h, err := assemble(ctx, conf, s, Options{Log: newLog(conf, c.Err), Guest: true})
	if err != nil {
		return err
	}
	to, err := h.recipient(ctx, arg.Recipient)
	if err != nil {
		return err
	}
	_, err = h.Intake.Journal(ctx, intake.Delivery{Source: "pipe", Sender: strings.TrimSpace(arg.Sender), Recipient: to, Raw: raw})
	return err
}

// recipient judges for whom a mail is: the desk itself where nobody is named.
func (h *House) recipient(ctx context.Context, named string) (string, error) {
	if strings.TrimSpace(named) == "" {
		m, _, err := h.Notices.Mailing(ctx, access.Desk())
		return m.Address, err
	}
	to, ok := person.CleanEmail(named)
	own := false
	if ok {
		var err error
		if own, err = h.receives(ctx, to); err != nil {
			return "", err
		}
	}
	if !own {
		return "", unusable("app.not_our_address", "Email", named)
	}
	return to, nil
}

// piped reads a mail, without the line that local delivery puts in front of it ("From …" of mbox).
func piped(in io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(in, maxPiped+1))
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	if bytes.HasPrefix(raw, []byte("From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	switch {
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, unusable("intake.empty")
	case len(raw) > maxPiped:
		return nil, unusable("app.mail_too_large", "Max", maxPiped>>20)
	}
	return raw, nil
}

func unusable(message string, args ...any) error {
	return errs.Wrap(errUnusable, errs.Invalid, message, args...)
}
