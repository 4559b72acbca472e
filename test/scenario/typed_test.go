// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/notify"
	"github.com/loopdesk/loopdesk/internal/desk/setting"
	"github.com/loopdesk/loopdesk/internal/desk/sla"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

// Words within what their fields take arrive, also where there are several of them and every character
// takes nine bytes on its way (N11, N15, N30, N36).
func TestN11_N15_N30_N36_LongWordsInSeveralFieldsArrive(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		user, agent := h.SignIn(access.Requester), h.SignIn(access.Agent)
		ref := recorded(user)
		agent.Post(workspace.TicketsPath+ref+"/accept", nil)
		long := strings.Repeat("长", 3900)
		at := workspace.TicketsPath + ref + "/"
		for _, form := range []struct {
			by   *apptest.Client
			path string
			v    url.Values
		}{
			{agent, at + "archive", url.Values{"difficulties": {long}, "approach": {long}}},
			{agent, at + "hold", url.Values{"reason": {"blocked"}, "stuck": {long}, "doing": {long}, "next": {"yesterday"}}},
			{agent, at + "hand-over", url.Values{"group": {"999"}, "done": {long}, "why": {long}, "needed": {"x"}}},
			{agent, at + "record", url.Values{"symptom": {long}, "affected": {long}}},
			{agent, workspace.Path + "/bulk/hold", url.Values{"ticket": {ref}, "wait": {"blocked"}, "stuck": {long}, "doing": {long}}},
			{user, "/requests/" + ref + "/answer", url.Values{"since": {long}, "wanted": {long}}},
		} {
			r := form.by.Post(form.path, form.v)
			if r.Status == http.StatusRequestEntityTooLarge || r.Status >= 400 && !strings.Contains(r.Body, long) {
				t.Errorf("%s: %d, kept: %v", form.path, r.Status, strings.Contains(r.Body, long))
			}
		}
		if got := ticketOf(t, h, ref).Detail.Intake["symptom"].Value; got != long {
			t.Errorf("%d bytes of the record arrived", len(got))
		}
	})
}

// A number that was emptied, or is none, is no nought: it is refused at its field, with what was typed.
func TestAnEmptiedNumberIsNoNought(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.SignIn(access.Admin)
		for _, form := range []struct{ path, field, zh, en string }{
			{"/admin/desk", "reopen_days", "请填 0 到 90 之间的数", "Enter a number from 0 to 90"},
			{"/admin/desk", "undo_seconds", "请填 0 到 60 之间的数", "Enter a number from 0 to 60"},
			{"/admin/pace", "gather", "合并时间在 0 到 30 分钟之间", "Choose between 0 and 30 minutes"},
			{"/admin/policies", "remind_days", "填 0 到 30 天", "Enter 0 to 30 days"},
		} {
			for lang, said := range map[string]string{"zh-CN": form.zh, "en": form.en} {
				admin.Post("/lang", url.Values{"lang": {lang}, "next": {"/"}})
				for _, typed := range []string{"", "七", " ", "1.5"} {
					v := shownForm(t, admin.Get(form.path).Body, form.path)
					v.Set(form.field, typed)
					r := admin.Post(form.path, v)
					if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, said) {
						t.Errorf("%s %q in %s: %d\n%s", form.field, typed, lang, r.Status, alerts(r.Body))
						continue
					}
					if got := shownForm(t, r.Body, form.path).Get(form.field); got != typed {
						t.Errorf("%s: %q was typed, %q is shown", form.field, typed, got)
					}
				}
			}
			v := shownForm(t, admin.Get(form.path).Body, form.path)
			if v.Set(form.field, "0"); form.field == "remind_days" {
				continue // what goes with it is another matter
			}
			if r := admin.Post(form.path, v); r.Status != http.StatusSeeOther {
				t.Errorf("%s: a nought that was typed: %d\n%s", form.field, r.Status, alerts(r.Body))
			}
		}
		p, _, err := setting.Load(t.Context(), h.Settings, sla.PolicyName, sla.Standard())
		if err != nil || p.RemindDays != sla.Standard().RemindDays {
			t.Errorf("reminders every %d days, %v", p.RemindDays, err)
		}
		if p, _, err := setting.Load(t.Context(), h.Settings, notify.PaceName, notify.StartPace()); err != nil || p.Gather != 0 {
			t.Errorf("gathered for %d minutes, %v", p.Gather, err)
		}
	})
}

// The same form that arrives twice, without a script or because an answer was lost, is one request; one
// that was changed since says that there is one already, and is another when it is sent once more.
func TestN15_AFormThatArrivesTwiceIsOneRequest(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		user := h.SignIn(access.Requester)
		for _, page := range []string{"/", "/new", "/find?q=" + url.QueryEscape("打印机")} {
			form := shownForm(t, user.Get(page).Body, "/new")
			form.Set("text", "打印机卡纸 "+page)
			first, again := user.Post("/new", form), user.Post("/new", form)
			if first.Status != http.StatusSeeOther || again.Status != http.StatusSeeOther || first.Location() != again.Location() {
				t.Fatalf("%s: %d to %s, then %d to %s", page, first.Status, first.Location(), again.Status, again.Location())
			}
			form.Set("text", "扫描仪也坏了 "+page)
			changed := user.Post("/new", form)
			if changed.Status != http.StatusConflict || !strings.Contains(changed.Body, "已经建过一单") {
				t.Errorf("%s: changed since: %d", page, changed.Status)
				continue
			}
			kept := shownForm(t, changed.Body, "/new")
			if got := kept.Get("text"); got != form.Get("text") {
				t.Errorf("%s: %q is left", page, got)
			}
			if other := user.Post("/new", kept); other.Status != http.StatusSeeOther || other.Location() == first.Location() {
				t.Errorf("%s: sent once more: %d to %s", page, other.Status, other.Location())
			}
			fresh := shownForm(t, user.Get(page).Body, "/new")
			fresh.Set("text", "打印机卡纸 "+page)
			if other := user.Post("/new", fresh); other.Location() == first.Location() {
				t.Errorf("%s: the same words on another day are no request", page)
			}
		}
	})
}

// However much stands in the search for a person, what was typed beside it is there again.
func TestASearchForAPersonTakesAnyLength(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		agent := h.SignIn(access.Agent)
		for _, path := range []string{workspace.Path + "/new", workspace.Path + "/phone"} {
			for _, q := range []string{strings.Repeat("长", 20_000), strings.Repeat("1", 60_000), strings.Repeat("[", 60_000)} {
				r := agent.Post(path, url.Values{"q": {q}, "text": {"words that were typed"}, "act": {"find"}})
				if r.Status != http.StatusOK || !strings.Contains(r.Body, "words that were typed") {
					t.Errorf("%s: %d", path, r.Status)
				}
			}
		}
	})
}
