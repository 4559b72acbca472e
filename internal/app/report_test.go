// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/report"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/desk/triage"
	"github.com/loopdesk/loopdesk/internal/kit/i18n"
)

// cell is what one line of a report is of, and its counts: kept, broken, late, open, moved, longest.
type cell struct{ Week, Group, Priority, What string }

type figures [6]int64

// The page, the API, the CSV and the XLSX of a report say the same numbers, by group, priority
// and week, whatever it is narrowed to.
func TestReport_PageAPIAndFilesSayTheSame(t *testing.T) {
	t.Parallel()
	h := apptest.New(t)
	busy(t, h)
	lead := h.SignIn(access.Lead)
	for _, narrow := range []struct{ page, api string }{
		{"", ""}, {"weeks=4", "weeks=4"}, {"group=2&weeks=26", "group=2&weeks=26"}, {"priority=1&weeks=12", "priority=P1&weeks=12"},
	} {
		api := byAPI(t, h.API(lead.Person).Get("/api/v1/report?"+narrow.api).Body)
		if len(api) < 3 {
			t.Errorf("%q: only %d lines", narrow.page, len(api))
		}
		if d := cmp.Diff(api, byCSV(t, lead.Get("/work/report/report.csv?"+narrow.page).Body)); d != "" {
			t.Errorf("%q: API and CSV of the page:\n%s", narrow.page, d)
		}
		if d := cmp.Diff(api, byCSV(t, h.API(lead.Person).Get("/api/v1/report/report.csv?"+narrow.api).Body)); d != "" {
			t.Errorf("%q: API and CSV of the API:\n%s", narrow.page, d)
		}
		if d := cmp.Diff(api, byXLSX(t, lead.Get("/work/report/report.xlsx?"+narrow.page).Body)); d != "" {
			t.Errorf("%q: API and XLSX:\n%s", narrow.page, d)
		}
		onPage(t, narrow.page, lead.Get("/work/report?"+narrow.page).Body, api)
	}
}

// busy lets tickets live in two groups for three weeks: kept, late, open, promised and renegotiated.
func busy(t *testing.T, h *apptest.House) {
	t.Helper()
	agent, who := h.Person(access.Agent), h.Person(access.Requester)
	by := apptest.Actor(agent, "web")
	var groups []person.GroupID
	for _, name := range []string{"服务台", "网络组"} {
		g, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: name, Members: []person.ID{agent.ID}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, g.ID)
	}
	do := func(which ticket.ID, cmd ticket.Command) {
		t.Helper()
		if _, err := h.Tickets.Do(t.Context(), by, ticket.Target{ID: which}, cmd); err != nil {
			t.Fatalf("%s: %v", cmd.Name(), err)
		}
	}
	say := ticket.Say{Text: "正在处理", Channel: ticket.Web}
	for i := range 9 {
		one, _, err := h.Tickets.Record(t.Context(), apptest.Actor(who, "portal"), ticket.Request{Requester: who.ID, Channel: ticket.Portal, Group: groups[i%2], Say: ticket.Say{Text: "打印机"}})
		if err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			do(one.ID, ticket.Grade{Answers: triage.Answers{Core: true, Affected: triage.Everyone, Halt: triage.Stopped}})
		}
		h.Advance(time.Duration(1+i*7%50) * time.Hour)
		do(one.ID, ticket.Accept{})
		do(one.ID, ticket.Reply{Say: say, Promise: h.Clock.Now().Add(2 * time.Hour)})
		if i%2 == 0 {
			do(one.ID, ticket.Reply{Say: say, Promise: h.Clock.Now().Add(90 * time.Hour)})
		}
		h.Advance(time.Duration(i*13%40) * time.Hour)
		if i%4 != 3 {
			do(one.ID, ticket.Reply{Say: say})
		}
	}
}

func byAPI(t *testing.T, body string) map[cell]figures {
	t.Helper()
	var got struct {
		Rows []struct {
			Week                            string
			Group                           struct{ Name string }
			Priority, What                  string
			Kept, Broken, Late, Open, Moved int64
			Longest                         int64 `json:"longest_minutes"`
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	out := map[cell]figures{}
	for _, x := range got.Rows {
		out[cell{x.Week, x.Group.Name, x.Priority, report.Word(i18n.ZH, x.What)}] = figures{x.Kept, x.Broken, x.Late, x.Open, x.Moved, x.Longest}
	}
	return out
}

func byCSV(t *testing.T, body string) map[cell]figures {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return byLines(t, lines)
}

func byXLSX(t *testing.T, body string) map[cell]figures {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := f.GetRows(f.GetSheetName(0), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return byLines(t, lines)
}

// byLines reads week, group, priority, what, five counts, the share and the longest.
func byLines(t *testing.T, lines [][]string) map[cell]figures {
	t.Helper()
	out := map[cell]figures{}
	for _, l := range lines[1:] {
		var f figures
		for i := range f {
			at := 4 + i
			if i == 5 {
				at = 10
			}
			n, err := strconv.ParseInt(l[at], 10, 64)
			if err != nil {
				t.Fatalf("%q: %v", l, err)
			}
			f[i] = n
		}
		group := l[1]
		if group == i18n.T(i18n.ZH, "report.no_group") {
			group = ""
		}
		out[cell{l[0], group, l[2], l[3]}] = f
	}
	return out
}

var (
	tableOf = regexp.MustCompile(`(?s)<section class="pan.*?</section>`)
	titleOf = regexp.MustCompile(`(?s)<h2[^>]*>(.*?)</h2>`)
	lineOf  = regexp.MustCompile(`(?s)<tr data-row>(.*?)</tr>`)
	cellOf  = regexp.MustCompile(`(?s)<td[^>]*>(.*?)</td>`)
	markOf  = regexp.MustCompile(`(?s)<small.*?</small>|<[^>]*>`)
)

// onPage holds the tables of the page against the sums of the API's rows.
func onPage(t *testing.T, narrow, body string, rows map[cell]figures) {
	t.Helper()
	sums := map[string]map[string]figures{}
	add := func(table, line string, f figures) {
		if sums[table] == nil {
			sums[table] = map[string]figures{}
		}
		x := sums[table][line]
		for i := range 5 {
			x[i] += f[i]
		}
		sums[table][line] = x
	}
	for k, f := range rows {
		group := k.Group
		if group == "" {
			group = i18n.T(i18n.ZH, "report.no_group")
		}
		add("report.by_what", k.What, f)
		add("report.by_what", i18n.T(i18n.ZH, "report.total"), f)
		add("report.by_week", k.Week, f)
		add("report.by_group", group, f)
		add("report.by_priority", k.Priority, f)
	}
	seen := 0
	for _, section := range tableOf.FindAllString(body, -1) {
		title := titleOf.FindStringSubmatch(section)
		for _, key := range slices.Collect(maps.Keys(sums)) {
			if title == nil || !strings.Contains(html.UnescapeString(title[1]), i18n.T(i18n.ZH, key)) {
				continue
			}
			seen++
			got := map[string]figures{}
			for _, line := range lineOf.FindAllStringSubmatch(section, -1) {
				cells := cellOf.FindAllStringSubmatch(line[1], -1)
				words := make([]string, len(cells))
				for i, c := range cells {
					words[i] = strings.TrimSpace(html.UnescapeString(markOf.ReplaceAllString(c[1], "")))
				}
				var f figures
				for i := range 5 {
					if _, err := fmt.Sscan(words[2+i], &f[i]); err != nil {
						t.Fatalf("%q: %v", words, err)
					}
				}
				if f != (figures{}) || sums[key][words[0]] != (figures{}) {
					got[words[0]] = f
				}
			}
			if d := cmp.Diff(sums[key], got); d != "" {
				t.Errorf("%s (%s), API and page:\n%s", key, narrow, d)
			}
		}
	}
	if seen != 4 {
		t.Errorf("%d tables on the page (%s)", seen, url.QueryEscape(narrow))
	}
}
