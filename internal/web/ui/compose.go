// SPDX-License-Identifier: Apache-2.0

package ui

import "github.com/loopdesk/loopdesk/internal/kit/i18n"

// label is what the box is called for those who do not see its frame.
func (c Composer) label(lang i18n.Lang) string {
	if c.Note {
		return i18n.T(lang, "ui.write_note_label")
	}
	return i18n.T(lang, "ui.write_reply_label", "Name", c.Who)
}

func (c Composer) send(lang i18n.Lang) string {
	switch {
	case c.Send != "":
		return c.Send
	case c.Note:
		return i18n.T(lang, "ui.save_note")
	}
	return i18n.T(lang, "ui.send_to", "Name", c.Who)
}

func (c Composer) variant() string {
	if c.Note {
		return "note"
	}
	return ""
}

func addVariant(words string) string {
	if words == "" {
		return "ghost"
	}
	return "outline"
}
