// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

var (
	figureOf = regexp.MustCompile(`<a class="lk fig" href="(` + workspace.ReportBehindPath + `\?[^"]*)" aria-label="([^"]*)">(\d+)</a>`)
	olderOf  = regexp.MustCompile(`<a [^>]*href="([^"]*after=[^"]*)"[^>]*rel="next"|<a [^>]*rel="next"[^>]*href="([^"]*after=[^"]*)"`)
)

// Each figure on the page of the report is a link with a name that says what it counts, and leads to a list
// of as many: on both engines, however the report is narrowed, for whoever leads and for an agent.
func TestN23_N30_EachFigureOnThePageLeadsToWhatItCounts(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		busy(t, h)
		lead, agent := h.SignIn(access.Lead), h.SignIn(access.Agent)
		opened := 0
		for _, p := range []struct {
			who   *apptest.Client
			query string
		}{{lead, ""}, {lead, "?group=2&weeks=26"}, {lead, "?priority=1&weeks=4"}, {agent, ""}} {
			page := p.who.Get(workspace.ReportPath + p.query)
			for _, m := range figureOf.FindAllStringSubmatch(page.Body, -1) {
				opened++
				at, name := html.UnescapeString(m[1]), html.UnescapeString(m[2])
				if !strings.Contains(name, m[3]) || !strings.Contains(name, "看工单") {
					t.Errorf("%s is called %q", at, name)
				}
				if got := listedAt(t, p.who, at); got != m[3] {
					t.Errorf("%s (%s): %s lines, want %s", at, name, got, m[3])
				}
			}
		}
		if opened < 60 {
			t.Errorf("only %d figures lead anywhere", opened)
		}
		back := lead.Get(workspace.ReportBehindPath + "?figure=kept&weeks=26&group=2&week=2099-01-05")
		if back.Status != http.StatusOK || !strings.Contains(back.Body, `href="`+workspace.ReportPath+`?group=2&amp;weeks=26"`) || !strings.Contains(back.Body, "现在没有工单算在这个数字里") {
			t.Errorf("a week that the report has not: %d\n%s", back.Status, back.Body)
		}
		for _, at := range []string{"figure=longest", "", "figure=kept&what=confirm", "figure=kept&week=monday", "figure=kept&in=-1", "figure=kept&level=5"} {
			if r := lead.Get(workspace.ReportBehindPath + "?" + at); r.Status != http.StatusNotFound {
				t.Errorf("%q: %d", at, r.Status)
			}
		}
		if r := lead.Get(workspace.ReportBehindPath + "?figure=kept&after=nonsense"); r.Status != http.StatusSeeOther {
			t.Errorf("a place that is none: %d", r.Status)
		}
		if r := h.SignIn(access.Requester).Get(workspace.ReportBehindPath + "?figure=kept"); r.Status == http.StatusOK {
			t.Errorf("a requester: %d", r.Status)
		}
	})
}

// listedAt is how much the list at an address holds, over all of its pages: lines, or how often each says
// that it is counted.
func listedAt(t *testing.T, who *apptest.Client, at string) string {
	t.Helper()
	n := 0
	for {
		r := who.Get(at)
		if r.Status != http.StatusOK {
			t.Fatalf("%s: %d", at, r.Status)
		}
		for _, line := range lineOf.FindAllStringSubmatch(r.Body, -1) {
			cells, times := cellOf.FindAllStringSubmatch(line[1], -1), 1
			if strings.Contains(r.Body, "每张工单写明几次") {
				var err error
				if times, err = strconv.Atoi(strings.TrimSpace(markOf.ReplaceAllString(cells[len(cells)-1][1], ""))); err != nil {
					t.Fatal(err)
				}
			}
			n += times
		}
		next := olderOf.FindStringSubmatch(r.Body)
		if next == nil {
			return strconv.Itoa(n)
		}
		at = html.UnescapeString(next[1] + next[2])
	}
}
