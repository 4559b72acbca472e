// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/calendar"
	"github.com/loopdesk/loopdesk/internal/desk/catalog"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/score"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
	"github.com/loopdesk/loopdesk/internal/web/workspace"
)

var scoreFigure = regexp.MustCompile(`<a class="lk fig" href="(` + workspace.ScoreBehindPath + `\?[^"]*)" aria-label="([^"]*)">([^<]*)</a>`)

func scoreFigures() []score.Figure {
	return []score.Figure{score.FigureTickets, score.FigureConfirmed, score.FigureUnconfirmed, score.FigureNeeded, score.FigureRated}
}

// TestN35_N1_AFigureOfTheScoresOpensItsTickets: each line's figures list exactly the tickets that they count,
// in the weeks of the reader; what is added up without names opens for nobody (N1).
func TestN35_N1_AFigureOfTheScoresOpensItsTickets(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		agent, other, lead := h.Person(access.Agent), h.Somebody(access.Agent), h.Person(access.Lead)
		var groups []person.GroupID
		for _, name := range []string{"服务台", "网络组"} {
			g, err := h.People.SaveGroup(t.Context(), access.Desk(), person.Group{Name: name, Members: []person.ID{agent.ID, other.ID}}, 0)
			if err != nil {
				t.Fatal(err)
			}
			groups = append(groups, g.ID)
		}
		by := apptest.Actor(lead, "web")
		for i := range 8 {
			who := []person.Person{agent, other}[i%2]
			which := closedBy(t, h, who, []person.GroupID{groups[0], groups[1], 0}[i%3], i%4 != 3, false)
			if i%3 == 1 && i%4 != 3 {
				if _, err := h.Tickets.Do(t.Context(), apptest.Actor(h.Person(access.Requester), "portal"), ticket.Target{ID: which}, ticket.Rate{Score: 4}); err != nil {
					t.Fatal(err)
				}
			}
		}
		at := time.FixedZone("a zone", 9*3600)
		list := func(q score.Question, p score.Pick, want int64, of any) {
			t.Helper()
			known := map[ticket.ID]bool{}
			for p.Limit = 2; ; {
				b, err := h.Scores.Behind(t.Context(), by, q, p, at)
				if err != nil {
					t.Fatal(err)
				}
				if b.Count != want {
					t.Errorf("%v, %s: the figure is %d and its list says %d", of, p.Figure, want, b.Count)
				}
				for _, e := range b.List {
					if known[e.Ticket] || p.Group != nil && e.Group != *p.Group || p.Category != nil && e.Category != *p.Category || p.Agent != nil && e.Agent != *p.Agent {
						t.Errorf("%v, %s: %+v twice, or not of it", of, p.Figure, e)
					}
					known[e.Ticket] = true
				}
				if p.After = b.Next; p.After == "" {
					break
				}
			}
			if int64(len(known)) != want {
				t.Errorf("%v, %s: the figure is %d and the list holds %d", of, p.Figure, want, len(known))
			}
		}
		now := h.Clock.Now()
		for _, q := range []score.Question{
			{Weeks: 26},
			{Weeks: 4},
			{Weeks: 1},
			{Group: groups[0], Weeks: 26},
			{Agent: agent.ID, Weeks: 26},
			{Weeks: 4, Until: now.AddDate(0, 0, -21)},
			{Weeks: 1, Until: calendar.Monday(now, at).Add(-time.Millisecond)},
		} {
			a, err := h.Scores.Ask(t.Context(), by, q, at)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range scoreFigures() {
				of := func(s score.Sum) int64 { n, _ := s.Of(f); return n }
				list(q, score.Pick{Figure: f}, of(a.Total()), fmt.Sprint(q, " all"))
				for _, l := range score.By(a.Cells, func(c score.Cell) person.GroupID { return c.Group }) {
					list(q, score.Pick{Figure: f, Group: &l.Key}, of(l.Sum), fmt.Sprint(q, " group ", l.Key))
				}
				for _, l := range score.By(a.Cells, func(c score.Cell) catalog.CategoryID { return c.Category }) {
					list(q, score.Pick{Figure: f, Category: &l.Key}, of(l.Sum), fmt.Sprint(q, " category ", l.Key))
				}
				for _, l := range score.By(a.Cells, func(c score.Cell) person.ID { return c.Agent }) {
					list(q, score.Pick{Figure: f, Agent: &l.Key}, of(l.Sum), fmt.Sprint(q, " agent ", l.Key))
				}
			}
		}
		list(score.Question{Group: groups[0], Weeks: 26}, score.Pick{Figure: score.FigureTickets, Group: &groups[1]}, 0, "another group than the one that was asked for")

		client := h.SignIn(access.Lead)
		texts := map[string]int{}
		for _, path := range []string{workspace.ScoresPath + "?weeks=26", workspace.ScoresPath + "/agents/" + fmt.Sprint(agent.ID) + "?weeks=26"} {
			for _, m := range scoreFigure.FindAllStringSubmatch(client.Get(path).Body, -1) {
				to, name := html.UnescapeString(m[1]), html.UnescapeString(m[2])
				texts[path]++
				r := client.Get(to)
				n := strings.Count(r.Body, "<tr data-row")
				if number := regexp.MustCompile(`\d+`).FindAllString(m[3], -1); r.Status != http.StatusOK || !slices.Contains(number, fmt.Sprint(n)) || !strings.Contains(name, m[3]) {
					t.Errorf("%s: %q (%s) leads to %d lines, %d", path, m[3], name, n, r.Status)
				}
				if !strings.Contains(html.UnescapeString(r.Body), `href="`+path+`"`) {
					t.Errorf("no way from %s back to %s", to, path)
				}
			}
		}
		if len(texts) != 2 || texts[workspace.ScoresPath+"?weeks=26"] < 20 {
			t.Errorf("figures that lead anywhere: %v", texts)
		}

		// An agent opens their own and nobody else's.
		mine, theirs := agent.ID, other.ID
		if b, err := h.Scores.Behind(t.Context(), apptest.Actor(agent, "web"), score.Question{Weeks: 26}, score.Pick{Figure: score.FigureTickets, Agent: &mine}, at); err != nil || b.Count != 4 || len(b.List) != 4 {
			t.Errorf("their own: %+v, %v", b, err)
		}
		for name, p := range map[string]score.Pick{"of a colleague": {Figure: score.FigureTickets, Agent: &theirs}, "of a group": {Figure: score.FigureTickets, Group: &groups[0]}, "of all": {Figure: score.FigureRated}} {
			if b, err := h.Scores.Behind(t.Context(), apptest.Actor(agent, "web"), score.Question{Weeks: 26}, p, at); errs.KindOf(err) != errs.Denied || len(b.List) != 0 || b.Count != 0 {
				t.Errorf("%s: %+v, %v", name, b, err)
			}
		}
		own := h.SignIn(access.Agent)
		body := own.Get(workspace.ScoresPath + "?weeks=26").Body
		for _, m := range scoreFigure.FindAllStringSubmatch(body, -1) {
			if to := html.UnescapeString(m[1]); !strings.Contains(to, "agent="+fmt.Sprint(mine)) || own.Get(to).Status != http.StatusOK {
				t.Errorf("an agent is led to %s", to)
			}
		}
		if !strings.Contains(body, "支持组的数字不列名单") {
			t.Error("the page does not say which figures open")
		}
		if r := own.Get(workspace.ScoreBehindPath + "?figure=tickets"); r.Status != http.StatusForbidden {
			t.Errorf("everybody's, for an agent: %d", r.Status)
		}
		if r := h.SignIn(access.Requester).Get(workspace.ScoreBehindPath + "?figure=tickets"); r.Status == http.StatusOK {
			t.Errorf("a requester: %d", r.Status)
		}
		for path, want := range map[string]int{
			"figure=stars": http.StatusNotFound, "": http.StatusNotFound, "figure=rated&in=x": http.StatusNotFound, "figure=rated&spread=fast": http.StatusNotFound,
			"figure=rated&after=nonsense": http.StatusSeeOther, "figure=rated&agent=999": http.StatusOK,
		} {
			if r := client.Get(workspace.ScoreBehindPath + "?" + path); r.Status != want {
				t.Errorf("%q: %d", path, r.Status)
			}
		}
	})
}
