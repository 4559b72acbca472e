// SPDX-License-Identifier: Apache-2.0

package scenario_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/app/apptest"
	"github.com/loopdesk/loopdesk/internal/desk/access"
)

// TestN10_N17_N41_ProgramsHearTheSameRemarks: what staff write through the API is sent, remarked
// on in the answer, kept with its fact and judged; requesters are not judged.
func TestN10_N17_N41_ProgramsHearTheSameRemarks(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := tell(t, h)
		user, agent := h.API(s.user), h.API(h.Person(access.Agent))
		made := user.JSON(http.MethodPost, "/api/v1/tickets", `{"text":"报表打不开"}`)
		number := regexp.MustCompile(`"number": ?(\d+)`).FindStringSubmatch(made.Body)
		if made.Status != http.StatusCreated || number == nil {
			t.Fatalf("%d %s", made.Status, made.Body)
		}
		at := "/api/v1/tickets/" + number[1]
		post := func(c *apptest.Client, path, body string, want ...string) {
			t.Helper()
			r := c.JSON(http.MethodPost, at+path, body)
			for _, w := range want {
				if !strings.Contains(r.Body, w) {
					t.Errorf("%s: %q is not in %s", path, w, r.Body)
				}
			}
			if len(want) == 0 && strings.Contains(r.Body, `"warnings"`) {
				t.Errorf("%s is remarked on: %s", path, r.Body)
			}
		}
		post(agent, "/accept", `{}`)
		post(agent, "/record", `{"intake":{"since":{"value":"最近"}}}`, `"rule":"time.recently"`, `"clause":"N17"`, `"field":"since"`, "具体是哪一天")
		post(agent, "/reply", `{"text":"表空间满了，您自己清理一下"}`, `"rule":"jargon.tablespace"`, `"better":"存储空间"`, `"rule":"blame.yourfault"`)
		post(user, "/reply", `{"text":"有时很慢，表空间是什么？"}`)
		for _, clause := range []string{"N10", "N17", "N41"} {
			if r := agent.JSON(http.MethodGet, at+"/conformance", ""); !strings.Contains(strings.ReplaceAll(r.Body, " ", ""), `"clause":"`+clause+`","`) {
				t.Errorf("%s has no verdict in %s", clause, r.Body)
			}
		}
	})
}
