// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/person"
	"github.com/loopdesk/loopdesk/internal/desk/score"
)

// TestN1_AnAgentSeesNoColleagueByThemselves: colleagues are one sum, of three people at least, asked
// here or through the API; the sum of two is left out.
func TestN1_AnAgentSeesNoColleagueByThemselves(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		agent := h.Person(access.Agent)
		group := func(name string, others int) {
			t.Helper()
			g := person.Group{Name: name, Members: []person.ID{agent.ID}}
			var list []person.Person
			for range others {
				list = append(list, h.Somebody(access.Agent))
				g.Members = append(g.Members, list[len(list)-1].ID)
			}
			made, err := h.People.SaveGroup(t.Context(), access.Desk(), g, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				closedBy(t, h, p, made.ID, true, false)
			}
			closedBy(t, h, agent, made.ID, true, false)
		}
		group("网络", 4)
		group("应用", 2)
		got, err := h.Scores.Ask(t.Context(), apptest.Actor(agent, "web"), score.Question{Weeks: 4}, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		var colleagues, mine []int64
		for _, c := range got.Cells {
			switch c.Agent {
			case 0:
				colleagues = append(colleagues, c.Tickets)
			case agent.ID:
				mine = append(mine, c.Tickets)
			default:
				t.Errorf("a colleague by name: %+v", c)
			}
		}
		if len(colleagues) != 1 || colleagues[0] != 4 || len(mine) != 2 || got.Own.Tickets != 2 {
			t.Errorf("colleagues %v, own %v", colleagues, mine)
		}
		r := h.API(agent).Get("/api/v1/scores?weeks=4")
		var out struct {
			Rows []struct {
				Agent   *struct{ ID int64 }
				Tickets int64
			}
		}
		if err := json.Unmarshal([]byte(r.Body), &out); err != nil || r.Status != http.StatusOK {
			t.Fatalf("%d %v", r.Status, err)
		}
		nameless := 0
		for _, row := range out.Rows {
			if row.Agent == nil {
				nameless++
				if row.Tickets < 3 {
					t.Errorf("a row of %d tickets without a name", row.Tickets)
				}
			}
		}
		if nameless != 1 || len(out.Rows) != 3 {
			t.Errorf("%d rows, %d without a name", len(out.Rows), nameless)
		}
	})
}
