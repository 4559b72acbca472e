// SPDX-License-Identifier: Apache-2.0

package workspace

import (
	"strings"

	"github.com/loopdesk/loopdesk/internal/web/page"
	"github.com/loopdesk/loopdesk/internal/web/ui"
)

// levelUsed reports whether something stands in a further level of the form.
func levelUsed(form *page.Form, n int) bool {
	for _, name := range []string{"people", "groups", "rule", "need"} {
		if form.Mark(levelField(name, n)) != "" || strings.Join(form.All(levelField(name, n)), "") != "" {
			return true
		}
	}
	return false
}

// ruleOptions are the rules with whom they find; one that finds nobody cannot be chosen.
func ruleOptions(f page.Frame, v askForm) []ui.Option {
	var out []ui.Option
	for _, rule := range []string{"manager", "owner"} {
		o := ui.Option{Value: rule, Label: f.T("workapproval.rule_" + rule)}
		if name := v.Names[rule]; name != "" {
			o.Label = f.T("workapproval.rule_named", "Rule", o.Label, "Name", name)
		} else {
			o.Off, o.Note = true, f.T("workapproval.rule_none_"+rule)
		}
		out = append(out, o)
	}
	return out
}

func ruleError(form *page.Form, n int) string {
	if s := form.Mark(levelField("manager", n)); s != "" {
		return s
	}
	return form.Mark(levelField("owner", n))
}

func groupOptions(f page.Frame, v askForm) []ui.Option {
	var out []ui.Option
	for _, g := range v.Groups {
		out = append(out, ui.Option{Value: key(int64(g.ID)), Label: g.Label(string(f.Lang))})
	}
	return out
}

// awaited says whose answer an approval waits for, or who ended it.
func (s *sheet) awaited(d page.Decision) string {
	var names []string
	for _, seat := range d.Awaited() {
		names = append(names, s.name(seat.Person))
	}
	if len(names) > 0 {
		shown := names[:min(len(names), 3)]
		line := s.join(shown)
		if len(names) > len(shown) {
			line = s.T("workapproval.and_more", "Names", line, "Count", len(names))
		}
		return s.T("workapproval.waits_for", "Names", line, "Time", s.c.Moment(d.ExpiresAt))
	}
	if d.EndedAt.IsZero() {
		return ""
	}
	return s.c.Moment(d.EndedAt)
}
