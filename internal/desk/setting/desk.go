// SPDX-License-Identifier: Apache-2.0

package setting

import (
	"context"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// DeskName is the name under which Desk is stored.
const DeskName = "desk"

// Desk is what the whole desk shares.
type Desk struct {
	Name       string // shown in the header and as the sender's name, 1–60 characters
	Hotline    string // telephone number shown to requesters, may be empty
	Lang       string // language of people who have not chosen one
	Zone       string // IANA time zone in which times are written to people who have none
	ReopenDays int    // days in which a closed ticket may be reopened, 0–90

	// UndoSeconds is how long a reply waits before it is said, so that it can be taken back: 0–60.
	UndoSeconds int

	// MailSignIn lets requesters sign in by a link that is sent to them, without a password.
	MailSignIn bool
}

// Start is the desk before anyone changed it.
func Start() Desk {
	return Desk{Name: "IT 服务台", Lang: "zh-CN", Zone: "Asia/Shanghai", ReopenDays: 14, UndoSeconds: 10, MailSignIn: true}
}

// Check returns Invalid with the fields out of range.
func (d Desk) Check() error {
	var bad []errs.FieldError
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > 60 {
		bad = append(bad, errs.FieldError{Name: "name", Key: "setting.name_length"})
	}
	if !text.OneLine(d.Name) {
		bad = append(bad, errs.FieldError{Name: "name", Key: "setting.one_line"})
	}
	if !text.OneLine(d.Hotline) {
		bad = append(bad, errs.FieldError{Name: "hotline", Key: "setting.one_line"})
	}
	if utf8.RuneCountInString(d.Hotline) > 60 {
		bad = append(bad, errs.FieldError{Name: "hotline", Key: "setting.hotline_length"})
	}
	if d.Lang != "zh-CN" && d.Lang != "en" {
		bad = append(bad, errs.FieldError{Name: "lang", Key: "person.lang_unknown"})
	}
	if _, ok := clock.Zone(d.Zone); !ok {
		bad = append(bad, errs.FieldError{Name: "zone", Key: "person.zone_unknown"})
	}
	if d.ReopenDays < 0 || d.ReopenDays > 90 {
		bad = append(bad, errs.FieldError{Name: "reopen_days", Key: "setting.out_of_range", Args: []any{"Min", 0, "Max", 90}})
	}
	if d.UndoSeconds < 0 || d.UndoSeconds > 60 {
		bad = append(bad, errs.FieldError{Name: "undo_seconds", Key: "setting.out_of_range", Args: []any{"Min", 0, "Max", 60}})
	}
	return errs.Invalidf(bad...)
}

// Desk returns the desk's own setting; the start value where it cannot be read.
func (s *Service) Desk(ctx context.Context) Desk {
	d, _, err := Load(ctx, s, DeskName, Start())
	if err != nil {
		return Start()
	}
	return d
}
